import RedshiftSQL

/// The functions that Redshift has and PostgreSQL lacks, kept in a schema of their own.
///
/// The text's hash is recorded as the schema's comment, so that a newer redstart replaces what an
/// older one installed, and nothing is sent when nothing changed.
package struct PostgresShims: Hashable, Sendable {
  /// Where they live; first after the user's schema on the search path.
  package static let schema = "rs"

  /// Answers with the mark of the shims that are installed, or NULL.
  package static let probe =
    "SELECT obj_description(to_regnamespace('\(schema)'), 'pg_namespace')"

  /// Makes those late-binding views that are missing and can be made.
  package static let bindLateViews = "SELECT \(schema).bind_late_views()"

  /// Late-binding views whose text was translated for other columns than what they read has now:
  /// schema, name, list of columns, query in Redshift's SQL, and what columns it has now.
  package static let outdatedLateViews = "SELECT * FROM \(schema).outdated_late_views()"

  /// Whether there are views that may become outdated, and whether there are any at all.
  package static let hasLateViews =
    "SELECT EXISTS (SELECT 1 FROM \(schema).late_views WHERE source IS NOT NULL AND NOT is_fixed), "
    + "EXISTS (SELECT 1 FROM \(schema).late_views)"

  /// Gives a late-binding view its text anew.
  ///
  /// - Parameters:
  ///   - view: its schema and its name.
  ///   - text: its query in PostgreSQL's words.
  ///   - problem: why there is no such text.
  ///   - seen: the columns that it was made for.
  /// - Returns: a statement.
  static func retranslation(
    of view: RelationName,
    text: String?,
    problem: String?,
    seen: String?
  ) -> String {
    let values = [view.schema, view.identifier, text, problem, seen].map { value in
      value.map { SQLQuoting.literal($0, for: .postgres) } ?? "NULL"
    }
    return "SELECT \(schema).retranslate_late_view(\(values.joined(separator: ", ")))"
  }

  /// Drops the late-binding views that stand on a relation; they wait until they are bound again.
  ///
  /// - Parameter relation: its name as it is written in SQL.
  /// - Returns: a statement.
  package static func releaseLateViews(_ relation: String) -> String {
    "SELECT \(schema).release_late_views(\(SQLQuoting.literal(relation, for: .postgres)))"
  }

  /// Empties a table that the same transaction fills anew.
  ///
  /// - Parameter relation: its name as it is written in SQL.
  /// - Returns: a statement.
  package static func emptying(_ relation: String) -> String {
    "SELECT \(schema).empty_table(\(SQLQuoting.literal(relation, for: .postgres)))"
  }

  /// The condition that a view is none of those that `releaseLateViews` drops.
  ///
  /// On PostgreSQL late-binding views are views like others, which the shims make anew together
  /// with what stands on them.
  ///
  /// - Parameters:
  ///   - view: SQL for the OID of the view.
  ///   - relations: SQL for an array of the OIDs of what is to be changed.
  /// - Returns: SQL for a condition.
  package static func standsApart(_ view: String, from relations: String) -> String {
    """
    not exists (select 1 from \(schema).late_readers('pg_catalog.pg_class'::regclass, \
    \(relations), false) late_reader where late_reader.view = \(view))
    """
  }

  /// Keeps a number that functions such as PG_LAST_COPY_COUNT answer with.
  static func remembering(_ name: String, _ number: Int) -> String {
    "SELECT pg_catalog.set_config('redshift.\(name)', '\(number)', false)"
  }

  /// What the schema's comment says when these shims are installed.
  package let mark: String
  private let additions: [String]

  /// - Parameter additions: More definitions, run after the embedded ones.
  package init(additions: [String] = []) {
    self.additions = additions
    var hash = StableHash()
    for (index, text) in Self.embedded.enumerated() {
      if index > 0 { hash.combine("\n".utf8) }
      hash.combine(text)
    }
    for text in additions { hash.combine("\n\(text)".utf8) }
    mark = "redstart shims \(hash.hexadecimal)"
  }

  /// Everything in one transaction; two sessions at once take turns.
  ///
  /// Changes the session's search path. It is large, and put together only where it is sent.
  package var script: String {
    let all = Self.embedded.map { String(decoding: $0, as: UTF8.self) } + additions
    // The lock's number is arbitrary; it only has to be the same in every redstart.
    return """
      BEGIN;
      SELECT pg_advisory_xact_lock(7305804402617214835);
      SET client_min_messages = warning;
      \(all.joined(separator: "\n"))
      ;
      COMMENT ON SCHEMA \(Self.schema) IS '\(mark)';
      COMMIT;
      RESET client_min_messages;
      """
  }

  /// In the order in which they build on each other; each may run again over an older version.
  private static let embedded: [[UInt8]] = [
    PackageResources.redshift_shims_sql, PackageResources.shim_dates_sql,
    PackageResources.shim_text_sql, PackageResources.shim_super_sql,
    PackageResources.shim_late_views_sql, PackageResources.shim_catalog_sql,
    PackageResources.shim_loading_sql,
  ]

  /// Installs the shims on a server of the user's, unless they are there.
  package func install(on warehouse: PostgresWarehouse) async throws(WarehouseError) {
    let (session, present) = try await warehouse.connect(asking: Self.probe)
    if present.rows.first?.first == mark { return await warehouse.giveBack(session) }
    do {
      _ = try await session.execute(script)
    } catch {
      await session.close()
      throw error
    }
    await session.close()
  }

  /// Installs the shims over an open connection, unless they are there.
  func install(on handle: PostgresHandle) throws(WarehouseError) {
    let present = try handle.execute(Self.probe)
    if present.rows.first?.first != mark { _ = try handle.execute(script) }
  }
}

/// A hash that is the same in every process, for names and marks; not for secrets.
struct StableHash {
  /// 64-bit FNV-1a.
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func combine(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// 16 digits.
  var hexadecimal: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The hash of one text, as 16 digits.
  static func hexadecimal(_ text: String) -> String {
    var hash = StableHash()
    hash.combine(text.utf8)
    return hash.hexadecimal
  }
}
