import Diagnostics
package import ProjectCompiler
import ProjectModel
import RedshiftSQL

/// A migration that the database has.
package struct AppliedMigration: Sendable {
  package var version: String
  package var name: String
  package var path: String
  package var sourceChecksum: String
  package var normalizedChecksum: String
  /// UTC, as the database prints it.
  package var appliedAt: String
  package var milliseconds: Int
  package var appliedBy: String
}

/// One line of `redstart migrate status`.
package struct MigrationState: Sendable {
  package enum Kind: String, Sendable {
    case pending
    case applied
    /// Applied, and the file means something else now.
    case changed
    /// Applied, and there is no such file any more.
    case missing
    /// Not applied, though a later version is.
    case outOfOrder = "out of order"
  }

  package var kind: Kind
  package var version: String
  package var name: String
  package var path: String
  package var script: MigrationScript?
  package var applied: AppliedMigration?
}

/// Compares a project's migration files with what a database has.
enum MigrationComparison {
  static func states(
    scripts: [MigrationScript],
    applied: [AppliedMigration],
    checksum: (MigrationScript) -> String
  ) -> [MigrationState] {
    var byVersion: [String: AppliedMigration] = [:]
    // The log may hold a row twice, since Redshift enforces no keys; the last one counts.
    for migration in applied { byVersion[migration.version] = migration }
    let latest = applied.map { parts($0.version) }.max { $0.lexicographicallyPrecedes($1) }
    var states: [MigrationState] = []
    for script in scripts {
      let found = byVersion.removeValue(forKey: script.version)
      let kind: MigrationState.Kind =
        if let found {
          found.normalizedChecksum == checksum(script) ? .applied : .changed
        } else if let latest, script.versionParts.lexicographicallyPrecedes(latest) {
          .outOfOrder
        } else {
          .pending
        }
      states.append(
        MigrationState(
          kind: kind,
          version: script.version,
          name: script.name,
          path: script.path,
          script: script,
          applied: found
        )
      )
    }
    for migration in byVersion.values {
      states.append(
        MigrationState(
          kind: .missing,
          version: migration.version,
          name: migration.name,
          path: migration.path,
          script: nil,
          applied: migration
        )
      )
    }
    return states.sorted { parts($0.version).lexicographicallyPrecedes(parts($1.version)) }
  }

  static func parts(_ version: String) -> [Int] {
    version.split(separator: ".").map { Int($0) ?? 0 }
  }

  /// A checksum of what a migration says, whatever its comments, line ends and layout.
  static func normalizedChecksum(_ text: [UInt8]) -> String {
    var normalized: [UInt8] = []
    for token in SQLLexer.significantTokens(of: text) {
      normalized.append(contentsOf: text[token.range])
      normalized.append(UInt8(ascii: "\n"))
    }
    return Checksum.sha256(normalized)
  }
}
