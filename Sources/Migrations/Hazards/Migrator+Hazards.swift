package import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// What is to be said of pending migrations before they run: what is dangerous about them, with how
  /// much is concerned, and what Redshift would refuse.
  ///
  /// - Parameters:
  ///   - judgement: what their texts say.
  ///   - session: where to ask how large tables are.
  /// - Returns: warnings, and errors for what cannot work.
  /// - Throws: errors of the database.
  func hazards(
    _ judgement: PendingJudgement,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [Diagnostic] {
    guard !judgement.hazards.isEmpty else { return judgement.errors }
    let names = Set(judgement.hazards.compactMap(\.relation).map(key))
    let facts = try await facts(of: names, session)
    let dangers = judgement.hazards.compactMap { hazard -> Diagnostic? in
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
    // What both know of is told once, with how much is concerned.
    return dangers + judgement.errors.filter { !$0.isTold(by: dangers) }
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
