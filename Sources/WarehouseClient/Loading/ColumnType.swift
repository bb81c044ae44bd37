/// The type of a table's column as far as loading is concerned.
enum ColumnType: Hashable, Sendable, BitwiseCopyable {
  case smallInteger
  case integer
  case bigInteger
  /// A negative scale means that any number fits.
  case decimal(precision: Int, scale: Int)
  case real
  case double
  case boolean
  /// The limits of both are bytes.
  case character(Int)
  case varying(Int)
  case date
  case time
  case timeWithZone
  case timestamp
  case timestampWithZone
  case semistructured
  case binary
  /// A type that Redshift does not have; the server checks it.
  case other

  /// The type of a column from PostgreSQL's catalog.
  ///
  /// - Parameters:
  ///   - name: `pg_type.typname`.
  ///   - modifier: `pg_attribute.atttypmod`.
  init(catalogName name: String, modifier: Int) {
    switch name {
    case "int2": self = .smallInteger
    case "int4": self = .integer
    case "int8": self = .bigInteger
    case "numeric":
      self =
        modifier < 4
        ? .decimal(precision: 38, scale: -1)
        : .decimal(precision: (modifier - 4) >> 16, scale: (modifier - 4) & 0x7FF)
    case "float4": self = .real
    case "float8": self = .double
    case "bool": self = .boolean
    case "bpchar": self = .character(modifier < 4 ? 256 : modifier - 4)
    case "varchar": self = .varying(modifier < 4 ? 65535 : modifier - 4)
    case "text": self = .varying(65535)
    case "date": self = .date
    case "time": self = .time
    case "timetz": self = .timeWithZone
    case "timestamp": self = .timestamp
    case "timestamptz": self = .timestampWithZone
    case "json", "jsonb": self = .semistructured
    case "bytea": self = .binary
    default: self = .other
    }
  }

  var isText: Bool {
    switch self {
    case .character, .varying: true
    default: false
    }
  }

  /// Redshift's name, as in STL_LOAD_ERRORS.
  var name: String {
    switch self {
    case .smallInteger: "int2"
    case .integer: "int4"
    case .bigInteger: "int8"
    case .decimal: "numeric"
    case .real: "float4"
    case .double: "float8"
    case .boolean: "bool"
    case .character: "char"
    case .varying: "varchar"
    case .date: "date"
    case .time: "time"
    case .timeWithZone: "timetz"
    case .timestamp: "timestamp"
    case .timestampWithZone: "timestamptz"
    case .semistructured: "super"
    case .binary: "varbyte"
    case .other: "other"
    }
  }

  /// The declared length, as in STL_LOAD_ERRORS; empty when there is none.
  var lengthText: String {
    switch self {
    case .character(let limit), .varying(let limit): "\(limit)"
    case .decimal(let precision, let scale): scale < 0 ? "" : "\(precision), \(scale)"
    default: ""
    }
  }

  /// The word for the type in `Invalid digit, Value 'a', Pos 0, Type: Integer`.
  var digitWord: String {
    switch self {
    case .smallInteger: "Short"
    case .bigInteger: "Long"
    case .decimal: "Decimal"
    case .real: "Float"
    case .double: "Double"
    default: "Integer"
    }
  }
}
