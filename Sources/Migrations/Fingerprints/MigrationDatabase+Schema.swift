import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

extension MigrationDatabase {
  /// Statements whose last one gives the rows of `LiveSchema`.
  ///
  /// PostgreSQL names relations in views and defaults by what the search path leaves out, so it is
  /// set for the length of the transaction.
  func schemaQuery(_ names: Set<String>) -> [String] {
    let query = LiveSchema.query(names.sorted(), history.dialect, literal: history.literal)
    guard history.dialect == .postgres else { return [query] }
    return ["select set_config('search_path', 'pg_catalog', true)", query]
  }

  /// What the catalogue says of relations, `schema.name` each.
  func liveSchema(
    of names: Set<String>,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> LiveSchema {
    guard !names.isEmpty else { return LiveSchema() }
    let sql = schemaQuery(names).joined(separator: ";\n")
    return LiveSchema(rows: try await execute(sql, session).rows)
  }

  /// Schemas that were kept in the history, by their fingerprints.
  func keptSchemas(
    _ fingerprints: [String],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [String: LiveSchema] {
    guard !fingerprints.isEmpty else { return [:] }
    let rows = try await execute(history.bodiesQuery(checksums: fingerprints), session).rows
    var parts: [String: [Int: String]] = [:]
    for row in rows where row.count == 3 {
      guard let checksum = row[0], let part = row[1].flatMap({ Int($0) }) else { continue }
      parts[checksum, default: [:]][part] = row[2] ?? ""
    }
    return parts.mapValues { parts in
      LiveSchema(manifest: parts.sorted { $0.key < $1.key }.map(\.value).joined())
    }
  }
}

/// What a performer records of the schema that a file leaves behind.
struct SchemaWatch: Sendable {
  /// The relations that migrations own when the file is done.
  var names: Set<String>
  /// Fingerprints whose schemas the history has already.
  var kept: Set<String>
  /// What was changed by hand, and is recorded as if it had not been.
  var drift = LiveSchema.Drift()
}

extension OwnedRelations {
  /// The names by which a schema is known; late-binding views come and go with what they read, and
  /// so does, locally, what stands on them.
  var fingerprinted: Set<String> {
    Set(relations.keys).subtracting(lateViewsAndTheirReaders)
  }
}
