/// The type of a value, as far as the text tells.
///
/// `unknown` is compatible with everything: what is not known never becomes an error.
package enum SQLType: Hashable, Sendable {
  case unknown
  /// The type of NULL.
  case null
  /// A string literal whose type its surroundings decide.
  case literalText
  case boolean
  case smallInteger
  case integer
  case bigInteger
  /// Precision and scale are nil where they are not known.
  case decimal(precision: Int?, scale: Int?)
  case real
  case double
  /// Length in bytes, nil where it is not known.
  case character(Int?)
  /// Length in bytes, nil where it is not known.
  case characterVarying(Int?)
  case date
  case time
  case timeWithZone
  case timestamp
  case timestampWithZone
  case interval
  case `super`
  case binary
  case geometry
  case geography
  case sketch
  /// A type of the leader node's catalog, such as `oid` or `name`.
  case catalog(String)
  /// Several values in parentheses.
  case row

  /// Types that can be compared with each other and stand in one column of a set operation.
  package enum Family: Hashable, Sendable {
    case unknown
    case boolean
    case number
    case text
    /// Dates and timestamps.
    case moment
    case timeOfDay
    case interval
    case `super`
    case binary
    case spatial
    case sketch
    case catalog
    case row
  }

  package var family: Family {
    switch self {
    case .unknown, .null, .literalText: .unknown
    case .boolean: .boolean
    case .smallInteger, .integer, .bigInteger, .decimal, .real, .double: .number
    case .character, .characterVarying: .text
    case .date, .timestamp, .timestampWithZone: .moment
    case .time, .timeWithZone: .timeOfDay
    case .interval: .interval
    case .super: .super
    case .binary: .binary
    case .geometry, .geography: .spatial
    case .sketch: .sketch
    case .catalog: .catalog
    case .row: .row
    }
  }

  package var isInteger: Bool {
    switch self {
    case .smallInteger, .integer, .bigInteger: true
    default: false
    }
  }

  package var isText: Bool { family == .text || self == .literalText }

  package var isKnown: Bool { self != .unknown }

  /// The type as Redshift's SQL writes it, for messages, artifacts and DDL.
  package var spelling: String {
    switch self {
    case .unknown: "unknown"
    case .null: "null"
    case .literalText: "varchar"
    case .boolean: "boolean"
    case .smallInteger: "smallint"
    case .integer: "integer"
    case .bigInteger: "bigint"
    case .decimal(let precision?, let scale?): "decimal(\(precision),\(scale))"
    case .decimal: "decimal"
    case .real: "real"
    case .double: "double precision"
    case .character(let length?): "char(\(length))"
    case .character: "char"
    case .characterVarying(let length?): "varchar(\(length))"
    case .characterVarying: "varchar"
    case .date: "date"
    case .time: "time"
    case .timeWithZone: "timetz"
    case .timestamp: "timestamp"
    case .timestampWithZone: "timestamptz"
    case .interval: "interval"
    case .super: "super"
    case .binary: "varbyte"
    case .geometry: "geometry"
    case .geography: "geography"
    case .sketch: "hllsketch"
    case .catalog(let name): name
    case .row: "row"
    }
  }
}
