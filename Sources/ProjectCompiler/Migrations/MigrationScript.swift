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
}
