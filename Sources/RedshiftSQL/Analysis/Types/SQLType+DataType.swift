extension SQLType {
  /// The type of a column that is declared so.
  ///
  /// Defaults of lengths and precisions are those of CREATE TABLE: VARCHAR is VARCHAR(256), CHAR
  /// is CHAR(1), DECIMAL is DECIMAL(18,0) (Amazon Redshift Database Developer Guide, Data types).
  package init(declared type: DataType) {
    self = SQLType(type, usesDefaults: true)
  }

  /// The type of an expression that is cast so: VARCHAR without a length has no limit there.
  package init(cast type: DataType) {
    self = SQLType(type, usesDefaults: false)
  }

  private init(_ type: DataType, usesDefaults: Bool) {
    guard type.dimensions == 0 else {
      self = .unknown
      return
    }
    switch type.kind {
    case .smallInteger: self = .smallInteger
    case .integer: self = .integer
    case .bigInteger: self = .bigInteger
    case .decimal: self = SQLType.decimal(type.arguments)
    case .real: self = .real
    case .double: self = .double
    case .boolean: self = .boolean
    case .character, .blankPadded: self = .character(type.byteLimit)
    case .characterVarying:
      self = .characterVarying(usesDefaults || !type.arguments.isEmpty ? type.byteLimit : nil)
    case .text: self = .characterVarying(usesDefaults ? type.byteLimit : nil)
    case .date: self = .date
    case .time: self = .time
    case .timeWithZone: self = .timeWithZone
    case .timestamp: self = .timestamp
    case .timestampWithZone: self = .timestampWithZone
    case .interval: self = .interval
    case .super: self = .super
    case .binary: self = .binary
    case .geometry: self = .geometry
    case .geography: self = .geography
    case .sketch: self = .sketch
    case .other: self = .catalog(type.name)
    }
  }

  private static func decimal(_ arguments: [DataType.Argument]) -> SQLType {
    guard case .number(let precision)? = arguments.first else {
      return .decimal(precision: 18, scale: 0)
    }
    guard arguments.count > 1, case .number(let scale) = arguments[1] else {
      return .decimal(precision: precision, scale: 0)
    }
    return .decimal(precision: precision, scale: scale)
  }
}
