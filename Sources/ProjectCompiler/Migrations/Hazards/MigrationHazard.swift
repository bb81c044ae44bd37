package import Diagnostics
package import RedshiftSQL

/// Something in a migration that loses data, blocks others or cannot work on tables that are in
/// use.
package struct MigrationHazard: Sendable {
  /// The bytes that Redshift keeps of a name.
  static let longestName = 127

  package var diagnostic: Diagnostic
  /// The relation whose rows are concerned; nil where there is none.
  package var relation: RelationName?
  /// Whether it is none when the relation does not exist.
  package var needsRelation: Bool
  /// Whether it is none when the relation is small.
  package var needsRows: Bool

  init(
    _ diagnostic: Diagnostic,
    on relation: RelationName? = nil,
    needsRelation: Bool = false,
    needsRows: Bool = false
  ) {
    self.diagnostic = diagnostic
    self.relation = relation
    self.needsRelation = needsRelation
    self.needsRows = needsRows
  }
}

/// What hazards are judged by besides the statements.
package struct HazardPolicy: Sendable {
  /// The schema of names that have none.
  package var defaultSchema: String
  /// Whether the project says what names without a schema mean.
  package var declaresSchema: Bool
  package var levels: CheckLevels?

  package init(defaultSchema: String, declaresSchema: Bool = false, levels: CheckLevels? = nil) {
    self.defaultSchema = defaultSchema
    self.declaresSchema = declaresSchema
    self.levels = levels
  }
}

/// Finds the hazards of migrations that would be applied together.
package struct MigrationHazards {
  private let policy: HazardPolicy
  private let buffers: Buffers

  package init(_ policy: HazardPolicy, buffers: Buffers) {
    self.policy = policy
    self.buffers = buffers
  }

  /// Hazards of pending migrations, in the order of their statements.
  ///
  /// - Parameters:
  ///   - pending: what a run would apply. What they make themselves is no danger to change.
  ///   - applied: what the database has, in the order in which it got it.
  /// - Returns: warnings, and errors for what Redshift refuses whatever the tables hold.
  package func hazards(
    in pending: [MigrationScript],
    after applied: [MigrationScript]
  ) -> [MigrationHazard] {
    var catalog = SymbolicCatalog(defaultSchema: policy.defaultSchema)
    let wantsTypes = pending.contains { $0.statements.contains(where: \.changesTypes) }
    if wantsTypes { follow(applied, &catalog) }
    let owned = OwnedRelations(applied, defaultSchema: policy.defaultSchema, buffers: buffers)
    var finder = HazardFinder(policy, buffers: buffers, applied: owned)
    finder.begin(batch: pending)
    var found: [MigrationHazard] = []
    for script in pending {
      finder.beginScript()
      for statement in script.statements {
        finder.find(statement, catalog)
        if wantsTypes { catalog.apply(statement, buffers: buffers) }
      }
      found += finder.end(script)
    }
    return found
  }

  private func follow(_ scripts: [MigrationScript], _ catalog: inout SymbolicCatalog) {
    for script in scripts {
      catalog.defaultSchema = policy.defaultSchema.lowercased()
      for statement in script.statements { catalog.apply(statement, buffers: buffers) }
    }
    catalog.defaultSchema = policy.defaultSchema.lowercased()
  }
}

extension Statement {
  fileprivate var changesTypes: Bool {
    if case .alterTable(let table) = kind, case .changeType = table.action { return true }
    return false
  }
}
