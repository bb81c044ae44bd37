package import Diagnostics
package import RedshiftSQL
package import WarehouseClient

/// What a cluster knows about the state of one table, from SVV_TABLE_INFO.
///
/// The view lists tables that hold rows. Source of columns and thresholds: Amazon Redshift's
/// Developer Guide, "SVV_TABLE_INFO" and "Best practices for designing tables".
package struct TableHealth: Hashable, Sendable {
  package var schema: String
  package var table: String
  /// As `KEY(user_id)`, `EVEN`, `AUTO(ALL)`.
  package var distribution: String
  /// The first sort key column, or AUTO(SORTKEY); nil without one.
  package var sortKey: String?
  /// Whether any column is compressed.
  package var isEncoded: Bool
  /// The longest VARCHAR in bytes.
  package var widestText: Int
  /// In blocks of 1 MB.
  package var megabytes: Int
  package var rows: Double
  /// Rows that queries still see; fewer than `rows` when some are deleted.
  package var visibleRows: Double?
  /// Percent of rows out of order.
  package var unsorted: Double?
  /// Percent by which statistics are off; 100 means none.
  package var staleStatistics: Double
  /// Rows of the fullest slice for each row of the emptiest.
  package var skew: Double?
  /// Percent by which sorting would help.
  package var sortBenefit: Double?

  package var name: RelationName { RelationName(schema: schema, identifier: table) }

  /// Reads the tables of some schemas, the largest first.
  ///
  /// - Parameters:
  ///   - schemas: where the project's nodes and migrations live.
  ///   - session: a session with a cluster.
  /// - Returns: the tables that hold rows.
  /// - Throws: what the server says.
  package static func read(
    schemas: some Sequence<String>,
    on session: any WarehouseSession
  ) async throws(Diagnostic) -> [TableHealth] {
    let names = Set(schemas.map { $0.lowercased() }).sorted()
    guard !names.isEmpty else { return [] }
    do throws(WarehouseError) {
      return try await session.execute(query(names).string).rows.compactMap(TableHealth.init)
    } catch {
      throw .statementFailed(error, purpose: "reading the state of the tables")
    }
  }

  static func query(_ schemas: [String]) -> SQLText {
    query(where: #""schema" in (\#(literals: schemas, .redshift))"#)
  }

  /// Asks for one table; there is no row for an empty one.
  static func query(_ table: RelationName) -> SQLText {
    query(
      where: #"""
        "schema" = \#(literal: table.schema ?? "public", .redshift) and \#
        "table" = \#(literal: table.identifier, .redshift)
        """#
    )
  }

  private static func query(where condition: SQLText) -> SQLText {
    """
    select "schema", "table", diststyle, sortkey1, encoded, max_varchar, size, tbl_rows, \
    estimated_visible_rows, unsorted, stats_off, skew_rows, vacuum_sort_benefit
    from svv_table_info
    where \(condition)
    order by size desc, "schema", "table"
    """
  }

  init?(_ row: [String?]) {
    guard row.count == 13, let schema = Self.text(row[0]), let table = Self.text(row[1]) else {
      return nil
    }
    self.schema = schema
    self.table = table
    distribution = Self.text(row[2]) ?? ""
    sortKey = Self.text(row[3])
    isEncoded = Self.text(row[4])?.hasPrefix("N") != true
    widestText = row[5].flatMap { Int($0) } ?? 0
    megabytes = row[6].flatMap { Int($0) } ?? 0
    rows = row[7].flatMap { Double($0) } ?? 0
    visibleRows = row[8].flatMap { Double($0) }
    unsorted = row[9].flatMap { Double($0) }
    staleStatistics = row[10].flatMap { Double($0) } ?? 0
    skew = row[11].flatMap { Double($0) }
    sortBenefit = row[12].flatMap { Double($0) }
  }

  /// Names of Redshift's catalogue are padded with blanks.
  private static func text(_ value: String?) -> String? {
    guard var value else { return nil }
    while value.last == " " { value.removeLast() }
    return value.isEmpty ? nil : value
  }
}

/// One thing that would make a table better.
package struct TableAdvice: Hashable, Sendable {
  /// A stable word, as `stale-statistics`.
  package var kind: String
  package var message: String
  /// The statement that does it; nil where a decision is wanted first.
  package var sql: String?
  package var hint: String?
}

extension TableHealth {
  /// Percent by which statistics may be off.
  static let staleLimit = 10

  /// Whether so many rows are deleted that queries are slowed down.
  var hasDeletedRows: Bool {
    guard let visibleRows else { return false }
    return rows > 0 && visibleRows < rows * 0.8
  }

  /// Whether sorting would help.
  var isUnsorted: Bool {
    guard let unsorted else { return false }
    return unsorted > 20 && (sortBenefit ?? 100) > 5
  }

  /// What would help this table, the most useful first.
  package var advice: [TableAdvice] {
    let target = name.sql
    var advice: [TableAdvice] = []
    if staleStatistics > Double(Self.staleLimit) {
      let message =
        staleStatistics >= 100
        ? "there are no statistics" : "statistics are \(Self.percent(staleStatistics)) off"
      advice.append(
        TableAdvice(kind: "stale-statistics", message: message, sql: "ANALYZE \(target);")
      )
    }
    if let visibleRows, hasDeletedRows {
      advice.append(
        TableAdvice(
          kind: "deleted-rows",
          message: "\(Self.percent((1 - visibleRows / rows) * 100)) of the rows are deleted",
          sql: "VACUUM DELETE ONLY \(target);"
        )
      )
    }
    if let unsorted, isUnsorted {
      // Copying a large table anew is faster than sorting most of it in place.
      let isDeepCopy = unsorted > 50 && megabytes > 100_000
      advice.append(
        TableAdvice(
          kind: "unsorted-rows",
          message: "\(Self.percent(unsorted)) of the rows are not sorted",
          sql: isDeepCopy ? nil : "VACUUM SORT ONLY \(target);",
          hint: isDeepCopy ? "`redstart migrate rebuild \(name.description)` copies it anew" : nil
        )
      )
    }
    advice += distributionAdvice(target)
    if !isEncoded, megabytes > 100 {
      advice.append(
        TableAdvice(
          kind: "not-compressed",
          message: "no column is compressed",
          sql: "ALTER TABLE \(target) ALTER ENCODE AUTO;"
        )
      )
    }
    if widestText > 10_000, rows > 100_000 {
      advice.append(
        TableAdvice(
          kind: "wide-text",
          message: "a VARCHAR may hold \(widestText) bytes, which queries reserve memory for",
          hint: "declare it as short as its values are: select max(octet_length(column))"
        )
      )
    }
    return advice
  }

  private func distributionAdvice(_ target: String) -> [TableAdvice] {
    if let skew, skew > 4, distribution.hasPrefix("KEY") {
      return [
        TableAdvice(
          kind: "skewed-rows",
          message: "one slice has \(Self.number(skew)) times the rows of another "
            + "(\(distribution))",
          sql: "ALTER TABLE \(target) ALTER DISTSTYLE EVEN;",
          hint: "or choose a distribution key with many values, evenly spread"
        )
      ]
    }
    if distribution == "ALL", rows > 3_000_000 {
      return [
        TableAdvice(
          kind: "large-everywhere",
          message: "\(Int(rows)) rows are kept on every node",
          sql: "ALTER TABLE \(target) ALTER DISTSTYLE AUTO;"
        )
      ]
    }
    return []
  }

  private static func percent(_ value: Double) -> String { "\(Int(value.rounded())) %" }

  private static func number(_ value: Double) -> String {
    let tenths = Int((min(value, 1e9) * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
