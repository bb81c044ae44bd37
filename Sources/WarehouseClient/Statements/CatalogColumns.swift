import RedshiftSQL

/// Asks a server for the columns of relations, for translation.
enum CatalogColumns {
  struct Answer {
    var columns: [RelationName: [CatalogColumn]] = [:]
    /// Views whose columns may become others with those of a table: late-binding ones, or such as
    /// may stand on one.
    var fleeting: Set<RelationName> = []
  }

  /// The columns of those relations that exist, found as the session finds them.
  static func read(
    _ relations: Set<RelationName>,
    session: any WarehouseSession
  ) async throws(WarehouseError) -> Answer {
    let names = relations.sorted { $0.sql < $1.sql }
    var answer = Answer()
    guard !names.isEmpty else { return answer }
    let result = try await session.execute(query(names))
    for row in result.rows where row.count == 4 {
      guard let index = row[0].flatMap({ Int($0) }), names.indices.contains(index - 1),
        let name = row[1]
      else { continue }
      if row[3] == "t" { answer.fleeting.insert(names[index - 1]) }
      answer.columns[names[index - 1], default: []].append(
        CatalogColumn(
          name: name,
          type: row[2].map(type) ?? .unknown,
          traits: row[2] == "text" ? [] : .declared
        )
      )
    }
    return answer
  }

  private static func query(_ names: [RelationName]) -> String {
    let list = names.map { SQLQuoting.literal($0.sql, for: .postgres) }.joined(separator: ", ")
    return """
      SELECT r.place, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
      c.relkind IN ('v', 'm') AND EXISTS (SELECT 1 FROM \(PostgresShims.schema).late_views)
      FROM unnest(ARRAY[\(list)]) WITH ORDINALITY AS r(name, place)
      JOIN pg_catalog.pg_class AS c ON c.oid = pg_catalog.to_regclass(r.name)
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
      WHERE a.attnum > 0 AND NOT a.attisdropped
      ORDER BY r.place, a.attnum
      """
  }

  /// A type as PostgreSQL writes it, such as `numeric(10,2)`.
  static func type(_ text: String) -> SQLType {
    let name = text.prefix { $0 != "(" }
    let arguments = text.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
      .split(separator: ",").compactMap { Int($0) }
    switch name {
    case "numeric":
      // NUMERIC without digits is no type of a column that a translated statement made.
      guard arguments.count == 2 else { return .decimal(precision: nil, scale: nil) }
      return .decimal(precision: arguments[0], scale: arguments[1])
    case "character": return .character(arguments.first)
    case "character varying": return .characterVarying(arguments.first)
    default: return types[String(name)] ?? .unknown
    }
  }

  private static let types: [String: SQLType] = [
    "smallint": .smallInteger, "integer": .integer, "bigint": .bigInteger, "real": .real,
    "double precision": .double, "boolean": .boolean, "bpchar": .character(nil),
    "text": .characterVarying(nil), "date": .date, "time without time zone": .time,
    "time with time zone": .timeWithZone, "timestamp without time zone": .timestamp,
    "timestamp with time zone": .timestampWithZone, "interval": .interval, "jsonb": .super,
    "bytea": .binary,
  ]
}
