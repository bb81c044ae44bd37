package import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// What is dangerous about pending migrations, with how much is concerned.
  ///
  /// - Parameters:
  ///   - pending: what a run would apply.
  ///   - states: all migrations.
  ///   - session: where to ask how large tables are.
  /// - Returns: warnings, and errors for what Redshift refuses.
  /// - Throws: errors of the database.
  func hazards(
    of pending: [MigrationState],
    _ states: [MigrationState],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [Diagnostic] {
    guard let policy = settings.hazards, !pending.isEmpty else { return [] }
    let applied = states.filter { $0.applied != nil || $0.former != nil }
      .filter { !$0.isPending }.inOrderOfApplication.compactMap(\.script)
    let found = MigrationHazards(policy, buffers: buffers)
      .hazards(in: pending.compactMap(\.script), after: applied)
    guard !found.isEmpty else { return [] }
    let names = Set(found.compactMap(\.relation).map(key))
    let facts = try await facts(of: names, session)
    return found.compactMap { hazard in
      guard let facts, let relation = hazard.relation else { return hazard.diagnostic }
      var diagnostic = hazard.diagnostic
      guard let fact = facts[key(relation)] else {
        // Redshift lists no tables without rows.
        let isCertain = database.history.dialect == .postgres
        return isCertain && hazard.needsRelation ? nil : diagnostic
      }
      if hazard.needsRows, fact.isSmall { return nil }
      diagnostic.notes.append("\(relation.description) has \(fact.description)")
      return diagnostic
    }
  }

  private func key(_ name: RelationName) -> String {
    OwnedRelations.key(name, defaultSchema: settings.defaultSchema)
  }

  /// How much relations hold; nil where the user may not ask.
  private func facts(
    of names: Set<String>,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [String: TableFacts]? {
    guard !names.isEmpty else { return [:] }
    let query = TableFacts.query(
      names.sorted(),
      database.history.dialect,
      literal: database.history.literal
    )
    let result: StatementResult
    do throws(WarehouseError) {
      result = try await session.execute(query)
    } catch {
      // The view of table sizes is for those who were given it, and a table may be held by somebody
      // for himself; warnings go without figures then.
      if error.kind == .statement { return nil }
      throw .database(error, at: nil)
    }
    var facts: [String: TableFacts] = [:]
    for row in result.rows {
      if let name = row.first.flatMap({ $0 }), let fact = TableFacts(row) { facts[name] = fact }
    }
    return facts
  }

  /// What forbids applying: errors, and with `strict` warnings as well.
  ///
  /// - Returns: nothing when the migrations may be applied.
  package static func refusals(_ hazards: [Diagnostic], isStrict: Bool) -> [Diagnostic] {
    let errors = hazards.filter(\.isError)
    if !errors.isEmpty { return hazards + [.refusedByErrors(errors.count)] }
    guard isStrict, !hazards.isEmpty else { return [] }
    return hazards + [.refusedByStrictness(hazards.count)]
  }

  /// Whether diagnostics say that nothing ran for what the files say: what is wrong in them, or what
  /// they would do.
  package static func isRefusal(_ diagnostics: [Diagnostic]) -> Bool {
    let codes: Set<String> = [
      "migrations-refused", "transaction-in-migration", "migration-not-transactional",
      "foreign-views", "repair-loses",
    ]
    return diagnostics.contains { $0.isError && codes.contains($0.code) }
  }
}
