import RedshiftSQL
import WarehouseClient

/// A column as a database describes it.
struct ActualColumn: Hashable, Sendable {
  var name: String
  /// In the words of `information_schema`, as `character varying`.
  var type: String
  var length: Int?
  var precision: Int?
  var scale: Int?
  var isNullable: Bool

  /// Columns of the relations in some schemas, in order; understood by both kinds of server.
  static func query(schemas: [String], quoting: (String) -> String) -> String {
    """
    select table_schema, table_name, column_name, data_type, character_maximum_length, \
    numeric_precision, numeric_scale, is_nullable from information_schema.columns \
    where table_schema in (\(schemas.map(quoting).joined(separator: ", "))) \
    order by table_schema, table_name, ordinal_position
    """
  }

  init?(_ row: [String?]) {
    guard row.count == 8, let name = row[2], let type = row[3] else { return nil }
    self.name = name
    self.type = type.lowercased()
    length = row[4].flatMap { Int($0) }
    precision = row[5].flatMap { Int($0) }
    scale = row[6].flatMap { Int($0) }
    isNullable = row[7]?.uppercased() != "NO"
  }

  /// The type as SQL writes it.
  var spelling: String {
    switch type {
    case "character varying": length.map { "varchar(\($0))" } ?? "varchar"
    case "character": length.map { "char(\($0))" } ?? "char"
    case "numeric":
      precision.map { "decimal(\($0),\(scale ?? 0))" } ?? "decimal"
    case "timestamp without time zone": "timestamp"
    case "timestamp with time zone": "timestamptz"
    case "time without time zone": "time"
    case "time with time zone": "timetz"
    case "jsonb": "super"
    case "bytea": "varbyte"
    default: type
    }
  }

  /// Whether this is a column of a type; true where either is not known well enough to say.
  ///
  /// - Parameters:
  ///   - expected: the type that the text says.
  ///   - isDerived: whether the type is that of an expression, whose length and precision the two
  ///     kinds of server do not agree on.
  /// - Returns: false only for what is certainly another type.
  func isOf(_ expected: SQLType, isDerived: Bool) -> Bool {
    switch expected {
    case .boolean: return type == "boolean"
    case .smallInteger, .integer, .bigInteger:
      if isDerived { return ["smallint", "integer", "bigint", "numeric"].contains(type) }
      return type == expected.spelling
    case .decimal(let precision, let scale):
      guard type == "numeric" else { return isDerived && type == "bigint" }
      if isDerived { return true }
      return (precision == nil || precision == self.precision)
        && (scale == nil || scale == self.scale ?? 0)
    case .real: return type == "real" || (isDerived && type == "double precision")
    case .double: return type == "double precision" || (isDerived && type == "numeric")
    case .character(let length):
      if isDerived { return isText }
      return type == "character" && (length == nil || length == self.length)
    case .characterVarying(let length):
      if isDerived { return isText }
      return type == "character varying" && (length == nil || length == self.length)
    case .date: return type == "date"
    case .time: return type == "time without time zone"
    case .timeWithZone: return type == "time with time zone"
    case .timestamp: return type == "timestamp without time zone"
    case .timestampWithZone: return type == "timestamp with time zone"
    case .super: return type == "super" || type == "jsonb"
    case .binary: return ["bytea", "varbyte", "binary varying"].contains(type)
    case .unknown, .null, .literalText, .interval, .geometry, .geography, .sketch, .catalog, .row:
      return true
    }
  }

  private var isText: Bool { ["character", "character varying", "text"].contains(type) }
}
