import Diagnostics
import RedshiftSQL

/// One column of the table that a COPY fills.
struct TargetColumn: Hashable, Sendable {
  var name: String
  var type: ColumnType
  var isNotNull = false
  var isIdentity = false
  /// A column that the server computes takes no value.
  var isGenerated = false
  /// The SQL of the DEFAULT clause.
  var defaultExpression: String?
  /// The default's value as text, for NULL in a NOT NULL column.
  var defaultValue: String?
}

/// The columns of a table, read from the server's catalog.
struct TargetTable: Sendable {
  var name: RelationName
  var columns: [TargetColumn]

  /// The relation without a database part, which PostgreSQL does not take.
  static func localName(_ name: RelationName) -> RelationName {
    RelationName(schema: name.schema, identifier: name.identifier)
  }

  static func catalogQuery(_ name: RelationName) -> String {
    let literal = SQLQuoting.literal(localName(name).sql, for: .postgres)
    return """
      SELECT a.attname, t.typname, a.atttypmod, a.attnotnull, a.attidentity <> '',
        a.attgenerated <> '', pg_catalog.pg_get_expr(d.adbin, d.adrelid)
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = pg_catalog.to_regclass(\(literal)) AND a.attnum > 0
        AND NOT a.attisdropped
      ORDER BY a.attnum
      """
  }

  /// Reads the table; nil when there is no such table.
  static func read(
    _ name: RelationName,
    session: any WarehouseSession
  ) async throws(WarehouseError) -> TargetTable? {
    let result = try await session.execute(catalogQuery(name))
    var columns: [TargetColumn] = []
    for row in result.rows where row.count >= 7 {
      let modifier = row[2].flatMap { Int($0) } ?? -1
      var column = TargetColumn(
        name: row[0] ?? "",
        type: ColumnType(catalogName: row[1] ?? "", modifier: modifier)
      )
      column.isNotNull = row[3] == "t"
      column.isIdentity = row[4] == "t"
      column.isGenerated = row[5] == "t"
      if !column.isGenerated { column.defaultExpression = row[6] }
      columns.append(column)
    }
    guard !columns.isEmpty else { return nil }
    return TargetTable(name: localName(name), columns: columns)
  }

  /// Asks the server what the defaults of NOT NULL columns come to.
  ///
  /// COPY loads the default where such a column would get NULL.
  static func evaluateDefaults(
    of columns: [TargetColumn],
    session: any WarehouseSession
  ) async throws(WarehouseError) -> [TargetColumn] {
    let wanted = columns.indices.filter {
      columns[$0].isNotNull && columns[$0].defaultExpression != nil && !columns[$0].isIdentity
    }
    guard !wanted.isEmpty else { return columns }
    var expressions: [String] = []
    for index in wanted {
      expressions.append("(\(columns[index].defaultExpression ?? "NULL"))::pg_catalog.text")
    }
    let list = expressions.joined(separator: ", ")
    let result = try await session.execute("SELECT \(list)")
    var columns = columns
    if let row = result.rows.first {
      for (position, index) in wanted.enumerated() where position < row.count {
        columns[index].defaultValue = row[position]
      }
    }
    return columns
  }
}
