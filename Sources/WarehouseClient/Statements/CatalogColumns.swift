import RedshiftSQL

/// Asks a server for the columns of relations, for translation.
enum CatalogColumns {
  /// The columns of those relations that exist, found as the session finds them.
  static func read(
    _ relations: Set<RelationName>,
    session: any WarehouseSession
  ) async throws(WarehouseError) -> [RelationName: [CatalogColumn]] {
    let names = relations.sorted { $0.sql < $1.sql }
    guard !names.isEmpty else { return [:] }
    let result = try await session.execute(query(names))
    var columns: [RelationName: [CatalogColumn]] = [:]
    for row in result.rows where row.count == 3 {
      guard let index = row[0].flatMap({ Int($0) }), names.indices.contains(index - 1),
        let name = row[1]
      else { continue }
      columns[names[index - 1], default: []].append(
        CatalogColumn(
          name: name,
          type: row[2].map(type) ?? .unknown,
          traits: row[2] == "text" ? [] : .declared
        )
      )
    }
    return columns
  }

  private static func query(_ names: [RelationName]) -> String {
    let list = names.map { SQLQuoting.literal($0.sql, for: .postgres) }.joined(separator: ", ")
    return """
      SELECT r.place, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)
      FROM unnest(ARRAY[\(list)]) WITH ORDINALITY AS r(name, place)
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = pg_catalog.to_regclass(r.name)
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
