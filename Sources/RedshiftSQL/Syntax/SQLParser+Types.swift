import Diagnostics

extension SQLParser {
  mutating func parseDataType() throws(SyntaxFailure) -> DataType {
    let start = index
    guard token.kind == .word || token.kind == .quotedIdentifier, !token.keyword.isReserved else {
      throw failure("a type")
    }
    var name: String
    let kind: DataType.Kind
    if peek().kind == .dot {
      let object = try parseObjectName("a type")
      name = object.relation.description
      kind = .other
    } else {
      let first = takeIdentifier()
      name = first.text
      (name, kind) = try parseTypeWords(name)
    }
    var arguments: [DataType.Argument] = []
    if at(.openParenthesis) {
      advance()
      repeat {
        if takeWord("max") {
          arguments.append(.maximum)
        } else {
          arguments.append(.number(try parseInteger("a length or MAX")))
        }
      } while take(.comma)
      try expect(.closeParenthesis, "\",\" or \")\"")
    }
    let zoned = try parseZone(kind)
    var dimensions = 0
    while at(.openBracket), peek().kind == .closeBracket {
      advance()
      advance()
      dimensions += 1
    }
    return DataType(
      range: textRange(from: start),
      kind: zoned,
      name: name,
      arguments: arguments,
      dimensions: dimensions
    )
  }

  /// Reads the second words of types such as DOUBLE PRECISION.
  private mutating func parseTypeWords(
    _ name: String
  ) throws(SyntaxFailure) -> (String, DataType.Kind) {
    switch name {
    case "double":
      guard take(.precision) else { return (name, .other) }
      return ("double precision", .double)
    case "character", "char", "nchar":
      if take(.varying) { return ("character varying", .characterVarying) }
      return (name, .character)
    case "binary":
      if take(.varying) { return ("binary varying", .binary) }
      return (name, .other)
    case "interval":
      _ = try parseIntervalQualifier()
      return (name, .interval)
    default: return (name, SQLParser.typeKinds[name] ?? .other)
    }
  }

  /// WITH TIME ZONE and WITHOUT TIME ZONE.
  private mutating func parseZone(
    _ kind: DataType.Kind
  ) throws(SyntaxFailure) -> DataType.Kind {
    guard kind == .time || kind == .timestamp else { return kind }
    if at(.with, .time) {
      advance()
      advance()
      try expect(.zone)
      return kind == .time ? .timeWithZone : .timestampWithZone
    }
    if at(.without, .time) {
      advance()
      advance()
      try expect(.zone)
    }
    return kind
  }

  /// `day to second (3)` behind INTERVAL; nil when there is none.
  mutating func parseIntervalQualifier() throws(SyntaxFailure) -> TextRange? {
    guard token.kind == .word, SQLParser.intervalUnits.contains(word(token)) else { return nil }
    let start = index
    advance()
    try skipPrecision()
    if at(.to) {
      advance()
      guard token.kind == .word, SQLParser.intervalUnits.contains(word(token)) else {
        throw failure("YEAR, MONTH, DAY, HOUR, MINUTE or SECOND")
      }
      advance()
      try skipPrecision()
    }
    return textRange(from: start)
  }

  private mutating func skipPrecision() throws(SyntaxFailure) {
    guard at(.openParenthesis) else { return }
    advance()
    _ = try parseInteger("a precision")
    try expect(.closeParenthesis, "\")\"")
  }

  static func isIntervalUnit(_ word: String) -> Bool { intervalUnits.contains(word) }

  private static let intervalUnits: Set<String> = [
    "year", "month", "day", "hour", "minute", "second",
  ]

  static let typeKinds: [String: DataType.Kind] = [
    "smallint": .smallInteger, "int2": .smallInteger, "integer": .integer, "int": .integer,
    "int4": .integer, "bigint": .bigInteger, "int8": .bigInteger, "decimal": .decimal,
    "numeric": .decimal, "dec": .decimal, "real": .real, "float4": .real, "float8": .double,
    "float": .double, "boolean": .boolean, "bool": .boolean, "char": .character,
    "character": .character, "nchar": .character, "bpchar": .blankPadded,
    "varchar": .characterVarying, "nvarchar": .characterVarying, "text": .text, "date": .date,
    "time": .time, "timetz": .timeWithZone, "timestamp": .timestamp, "datetime": .timestamp,
    "timestamptz": .timestampWithZone, "interval": .interval, "super": .super,
    "varbyte": .binary, "varbinary": .binary, "geometry": .geometry, "geography": .geography,
    "hllsketch": .sketch,
  ]
}
