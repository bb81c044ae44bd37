package import Diagnostics
package import RedshiftSQL

/// One migration file, rendered for the target.
package struct MigrationScript: Sendable {
  /// As written, without leading zeros in each part: `1`, `2.1`.
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

  /// A relation's name as it is compared: folded, without the database.
  package static func key(_ name: RelationName) -> String {
    "\(name.schema ?? "").\(name.identifier)".lowercased()
  }

  /// Adds what this migration creates to `defined`, and takes away what it drops.
  func apply(to defined: inout Set<String>) {
    for effect in DefinedRelations.effects(of: statements) {
      switch effect {
      case .created(let name): defined.insert(Self.key(name))
      case .dropped(let name): defined.remove(Self.key(name))
      case .renamed(let from, let to):
        if defined.remove(Self.key(from)) != nil { defined.insert(Self.key(to)) }
      }
    }
  }
}
