package import Diagnostics
import Synchronization
import Templating

/// How redstart's own macros are named where files are.
package enum BuiltinFiles {
  static let prefix = "<built-in>/"

  /// Whether a buffer of this name holds macros of redstart's own, which are nobody's files.
  package static func contains(_ name: String) -> Bool { name.hasPrefix(prefix) }

  /// The call that led from the user's files into redstart's own macros, if a range is in those.
  ///
  /// - Parameters:
  ///   - diagnostic: what is wrong.
  ///   - buffers: the store that has the texts.
  /// - Returns: nil where the place is the user's own, or nothing tells who called.
  package static func call(
    leadingTo diagnostic: Diagnostic,
    in buffers: Buffers
  ) -> TextRange? {
    func isOwn(_ range: TextRange) -> Bool {
      contains(buffers.name(of: buffers.origin(of: range).range.buffer))
    }
    guard let range = diagnostic.primary?.range, isOwn(range) else { return nil }
    let frames = buffers.origin(of: range).frames.map(\.callSite)
    return (frames + diagnostic.callSites).first { !isOwn($0) }
  }
}

/// Redstart's own macros: the files of `Builtins/`, embedded in the program.
///
/// Most projects use few of them, so a file is parsed when the first of its macros is asked for.
final class BuiltinMacros: Sendable {
  private struct File: Sendable {
    var package: String
    var name: String
    var bytes: [UInt8]
    var macros: [String]
  }

  private let owners: [String: Int]
  private let buffers: Buffers
  /// What was parsed, by the index of the file.
  private let parsed = Mutex<[Int: [String: MacroTable.Entry]]>([:])

  /// The macros for an adapter: its own over PostgreSQL's over the general ones.
  init(adapterType: String, buffers: Buffers) {
    self.buffers = buffers
    owners = adapterType == "redshift" ? Self.redshiftOwners : Self.postgresOwners
  }

  var names: [String] { Array(owners.keys) }

  /// A macro; nil when there is none of the name.
  subscript(name: String) -> MacroTable.Entry? {
    guard let index = owners[name] else { return nil }
    return parsed.withLock { parsed in
      if let known = parsed[index] { return known[name] }
      let entries = read(Self.files[index])
      parsed[index] = entries
      return entries[name]
    }
  }

  private func read(_ file: File) -> [String: MacroTable.Entry] {
    let path = "macros/\(file.name).sql"
    let buffer = buffers.add(
      name: "\(BuiltinFiles.prefix)\(file.package)/\(file.name).sql",
      bytes: file.bytes
    )
    do throws(Diagnostic) {
      let parsed = try MacroFile(parsing: buffer, in: buffers)
      return Dictionary(
        parsed.macros.map { macro in
          (
            macro.definition.name,
            MacroTable.Entry(
              definition: macro.definition,
              packageName: file.package,
              path: path,
              source: macro.source,
              languages: macro.languages
            )
          )
        },
        uniquingKeysWith: { first, _ in first }
      )
    } catch {
      // The files are part of the program, and a test parses every one.
      preconditionFailure("\(file.name).sql: \(error.message)")
    }
  }

  private static let files: [File] = [
    file("dbt_redshift", "redshift", PackageResources.redshift_sql),
    file("dbt_postgres", "postgres", PackageResources.postgres_sql),
    file("dbt", "generic_tests", PackageResources.generic_tests_sql),
    file("dbt", "functions", PackageResources.functions_sql),
    file("dbt", "statements", PackageResources.statements_sql),
    file("dbt", "names", PackageResources.names_sql),
    file("dbt", "relations", PackageResources.relations_sql),
    file("dbt", "columns", PackageResources.columns_sql),
    file("dbt", "incremental", PackageResources.incremental_sql),
    file("dbt", "seeds", PackageResources.seeds_sql),
    file("dbt", "snapshots", PackageResources.snapshots_sql),
    file("dbt", "access", PackageResources.access_sql),
    file("dbt", "materializations", PackageResources.materializations_sql),
    file("dbt", "user_functions", PackageResources.user_functions_sql),
    file("dbt", "materialized_views", PackageResources.materialized_views_sql),
  ]

  private static func file(_ package: String, _ name: String, _ bytes: [UInt8]) -> File {
    File(package: package, name: name, bytes: bytes, macros: MacroFile.names(in: bytes))
  }

  private static let redshiftOwners = owners { _ in true }
  private static let postgresOwners = owners { $0 != "dbt_redshift" }

  private static func owners(of isWanted: (String) -> Bool) -> [String: Int] {
    var owners: [String: Int] = [:]
    for (index, file) in files.enumerated() where isWanted(file.package) {
      for name in file.macros where owners[name] == nil { owners[name] = index }
    }
    return owners
  }
}
