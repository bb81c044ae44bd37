/// Tables like those of the fixtures with a few rows of random values, on the server.
///
/// Few different values: rows have to meet in joins and fall into groups.
struct SampleRows {
  struct Column {
    var table: String
    var name: String
    /// SQL for a random value.
    var value: String
  }

  static let columns: [Column] = QueryGenerator.tables.flatMap { table in
    table.columns.map { column in
      Column(table: table.name, name: column.name, value: value(column.kind))
    }
  }

  /// Makes plain tables of what the fixtures have as tables and views, and fills them.
  static let setUp: String = {
    var sql = "DROP VIEW s.active;\n"
    sql += "ALTER TABLE s.plays ALTER play_id DROP IDENTITY;\n"
    sql += "CREATE TABLE s.active AS SELECT user_id, name, level FROM s.users LIMIT 0;\n"
    for table in QueryGenerator.tables {
      for column in table.columns {
        sql += "ALTER TABLE s.\(table.name) ALTER \(column.name) DROP NOT NULL;\n"
      }
      let values = table.columns.map { value($0.kind) }.joined(separator: ", ")
      let names = table.columns.map(\.name).joined(separator: ", ")
      sql += "INSERT INTO s.\(table.name) (\(names))"
      sql += " SELECT \(values) FROM generate_series(1, \(table.name == "plays" ? 9 : 6)) g;\n"
    }
    return sql
  }()

  /// Gives each row of a column another value, rows staying in their order.
  static func change(_ column: Column) -> String {
    "UPDATE s.\(column.table) SET \(column.name) = \(column.value)"
  }

  /// Brings the rows of every table into another order.
  static let shuffle: String = {
    QueryGenerator.tables.map { table in
      "CREATE TEMP TABLE shuffled ON COMMIT DROP AS SELECT * FROM s.\(table.name) ORDER BY random();"
        + " TRUNCATE s.\(table.name); INSERT INTO s.\(table.name) SELECT * FROM shuffled;"
        + " DROP TABLE shuffled"
    }.joined(separator: ";\n")
  }()

  private static func value(_ kind: QueryGenerator.Kind) -> String {
    let value =
      switch kind {
      case .whole: "floor(random() * 4)::int"
      case .decimal: "floor(random() * 4) + 0.5"
      case .double: "floor(random() * 4)"
      case .text: "(ARRAY['a', 'b', 'ab', 'x y'])[1 + floor(random() * 4)]"
      case .date: "date '2018-01-01' + floor(random() * 4)::int * 31"
      case .timestamp: "timestamp '2018-01-01 12:00:00' + floor(random() * 4) * interval '31 days'"
      case .truth: "random() < 0.5"
      case .object: "jsonb_build_object('a', floor(random() * 3)::int)"
      }
    return "CASE WHEN random() < 0.9 THEN \(value) END"
  }
}
