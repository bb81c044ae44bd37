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
    text = definition.sql(in: buffers)
    problems = definition.unseen.map { Diagnostic.dumpUnseen($0.noun, at: $0.range) }
    problems += definition.unlimitedColumns.map {
      .dumpLength($0.table, $0.column, at: $0.range)
    }
    problems += definition.untypedColumns.map { .dumpUntyped($0.table, $0.column, at: $0.range) }
  }
}

extension Migrator {
  /// What the database holds.
  package func dumpDatabase() async throws(Diagnostic) -> SchemaDump {
    try await database.withSession { session throws(Diagnostic) in
      let live = try await LiveDefinitions(database, session)
      var dump = SchemaDump(live.definition(), buffers)
      dump.problems += live.problems
      return dump
    }
  }
}
