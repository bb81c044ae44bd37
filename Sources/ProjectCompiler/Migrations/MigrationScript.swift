package import Diagnostics
package import RedshiftSQL

/// The text of one migration file, rendered for the target.
package struct MigrationText: Sendable {
  /// Path from the project's root.
  package var path: String
  /// The file's text.
  package var source: BufferID
  /// Rendered Redshift SQL, mapped back to the file.
  package var sql: BufferID
  package var statements: [Statement]

  package init(path: String, source: BufferID, sql: BufferID, statements: [Statement]) {
    self.path = path
    self.source = source
    self.sql = sql
    self.statements = statements
  }
}

/// One migration file with what belongs to it, rendered for the target.
package struct MigrationScript: Sendable {
  /// How often a migration applies.
  package enum Kind: String, Hashable, Sendable {
    /// Once, in the order of versions.
    case versioned
    /// Again whenever its text changes, after the versioned ones.
    case repeatable
  }

  package var kind = Kind.versioned
  /// As written, without leading zeros in each part: `1`, `2.1`; empty for a repeatable one.
  package var version: String
  /// The parts of the version as numbers, by which migrations are ordered.
  package var versionParts: [Int]
  /// The description of the file name: `create staging tables`.
  package var name: String
  /// Path from the project's root.
  package var path: String
  /// The file's text.
  package var source: BufferID
  /// Rendered Redshift SQL, mapped back to the file.
  package var sql: BufferID
  package var statements: [Statement]
  package var directives = MigrationDirectives()
  /// Keys of the repeatable migrations that this repeatable one reads from.
  package var parents: Set<String> = []
  /// What takes the migration back.
  package var undo: MigrationText?
  /// Queries for what must not be there when the migration has run.
  package var verification: MigrationText?

  package init(
    version: String,
    versionParts: [Int],
    name: String,
    path: String,
    source: BufferID,
    sql: BufferID,
    statements: [Statement]
  ) {
    self.version = version
    self.versionParts = versionParts
    self.name = name
    self.path = path
    self.source = source
    self.sql = sql
    self.statements = statements
  }

  /// What the migration is called where versioned and repeatable ones stand together.
  package var key: String { kind == .versioned ? version : Self.key(repeatable: name) }

  package var text: MigrationText {
    MigrationText(path: path, source: source, sql: sql, statements: statements)
  }

  /// The key of a repeatable migration.
  package static func key(repeatable name: String) -> String { "R \(name)" }

  /// A relation's name as it is compared: folded, without the database.
  package static func key(_ name: RelationName) -> String {
    "\(name.schema ?? "").\(name.identifier)".lowercased()
  }
}

/// Scripts that run around migrations.
package struct MigrationCallbacks: Sendable {
  package enum Moment: String, CaseIterable, Sendable {
    /// Once, when something is pending, before it.
    case before
    /// Once, when everything pending is applied.
    case after
    /// In the transaction of each migration, first.
    case beforeEach = "before_each"
    /// In the transaction of each migration, last.
    case afterEach = "after_each"
  }

  /// In the order of their paths.
  package var texts: [Moment: [MigrationText]] = [:]

  package init() {}

  package subscript(moment: Moment) -> [MigrationText] { texts[moment] ?? [] }
}
