package import Diagnostics
package import ProjectCompiler
package import RedshiftSQL
import WarehouseClient

/// Canonical SQL of everything that is defined.
package struct SchemaDump: Sendable {
  package var definition: SchemaDefinition
  package var text: [UInt8]
  /// What the text does not say.
  package var problems: [Diagnostic]
}

extension SchemaDump {
  /// What files define, up to a version.
  ///
  /// - Parameters:
  ///   - scripts: the migrations, in order.
  ///   - target: the last version; nil for all, and the repeatable ones.
  ///   - defaultSchema: the schema of names that have none.
  ///   - buffers: the store that has the texts.
  /// - Throws: `unknown-migration-version`.
  package init(
    _ scripts: [MigrationScript],
    to target: String?,
    defaultSchema: String,
    buffers: Buffers
  ) throws(Diagnostic) {
    var chosen = scripts
    if let target {
      guard let parts = MigrationVersion(target)?.parts,
        scripts.contains(where: { $0.kind == .versioned && $0.versionParts == parts })
      else {
        throw .unknownMigrationVersion(
          target,
          known: scripts.map(\.version).filter { !$0.isEmpty }
        )
      }
      chosen.removeAll {
        $0.kind == .repeatable || parts.lexicographicallyPrecedes($0.versionParts)
      }
    }
    var definition = SchemaDefinition(defaultSchema: defaultSchema)
    for script in chosen {
      definition.beginFile(defaultSchema: defaultSchema)
      for statement in script.statements { definition.apply(statement, buffers) }
    }
    definition.beginFile(defaultSchema: defaultSchema)
    self.init(definition, buffers)
    problems += definition.outdatedViews(in: buffers).map(Diagnostic.dumpOutdatedView)
  }

  init(_ definition: SchemaDefinition, _ buffers: Buffers) {
    self.definition = definition
    var shown = definition
    let secrets = shown.withholdSecrets()
    text = shown.sql(in: buffers)
    problems = definition.unseen.map { Diagnostic.dumpUnseen($0.noun, at: $0.range) }
    problems += definition.unlimitedColumns.map {
      .dumpLength($0.table, $0.column, at: $0.range)
    }
    problems += definition.untypedColumns.map { .dumpUntyped($0.table, $0.column, at: $0.range) }
    problems += secrets.map(Diagnostic.secretWithheld)
  }
}

extension Migrator {
  /// What the database holds.
  package func dumpDatabase() async throws(Diagnostic) -> SchemaDump {
    try await database.withSession { session throws(Diagnostic) in
      let (definition, problems) = try await liveDefinition(
        try await states(session),
        session,
        mayWrite: true
      )
      var dump = SchemaDump(definition, buffers)
      dump.problems += problems
      return dump
    }
  }

  /// What the database holds, in Redshift's SQL.
  ///
  /// Redshift's catalogue has it so. PostgreSQL's has the words into which it was translated, so what
  /// is as the migrations say is told in theirs, and the rest in words that are proved to come to the
  /// same.
  ///
  /// - Parameters:
  ///   - standing: what is applied.
  ///   - session: where to ask.
  ///   - mayWrite: whether definitions may be tried out in transactions that are rolled back.
  /// - Returns: the definition, and what could not be given back.
  /// - Throws: errors of the database.
  func liveDefinition(
    _ standing: Standing,
    _ session: any WarehouseSession,
    mayWrite: Bool
  ) async throws(Diagnostic) -> (definition: SchemaDefinition, problems: [Diagnostic]) {
    let live = try await LiveDefinitions(database, tellsForeignParts: true, session)
    guard database.warehouse.dialect == .postgres else { return (live.definition(), live.problems) }
    let drift = try await driftParts(live, standing, session, mayWrite: mayWrite)
    var words = RedshiftWords(
      drift: drift,
      live: live,
      spelling: mayWrite ? ServerSpelling(database, session) : nil,
      modelViews: settings.modelViews,
      buffers: buffers
    )
    try await words.find()
    return (words.definition, words.problems)
  }
}
