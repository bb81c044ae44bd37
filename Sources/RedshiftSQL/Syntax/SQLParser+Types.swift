import Diagnostics

extension SQLParser {
  mutating func parseDataType() throws(SyntaxFailure) -> DataType {
    let start = index
    guard token.kind == .word || token.kind == .quotedIdentifier, !token.keyword.isReserved else {
      throw failure("a type")
    }
    let name: String
    let kind: DataType.Kind
    if peek().kind == .dot {
      let object = try parseObjectName("a type")
      name = object.relation.description
      kind = .other
    } else {
      (name, kind) = try parseTypeWords()
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

  /// Reads the words of a type, two in types such as DOUBLE PRECISION.
  private mutating func parseTypeWords() throws(SyntaxFailure) -> (String, DataType.Kind) {
    let first = token
    let name = takeIdentifier().text
    let kind =
      first.kind == .word
      ? meaning(of: first, in: SQLParser.typeKinds) : SQLParser.typeKinds.value(of: name)
    switch kind {
    case .character:
      if take(.varying) { return ("character varying", .characterVarying) }
    case .interval: _ = try parseIntervalQualifier()
    case nil:
      if name == "double", take(.precision) { return ("double precision", .double) }
      if name == "binary", take(.varying) { return ("binary varying", .binary) }
    default: break
    }
    return (name, kind ?? .other)
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
    guard isIntervalUnit(token) else { return nil }
    let start = index
    advance()
    try skipPrecision()
    if at(.to) {
      advance()
      guard isIntervalUnit(token) else {
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

  func isIntervalUnit(_ token: SQLToken) -> Bool {
    meaning(of: token, in: SQLParser.intervalUnits) != nil
  }

  private static let intervalUnits = WordTable(
    ["year", "month", "day", "hour", "minute", "second"].map { (word: $0, value: ()) }
  )

  static let typeKinds = WordTable<DataType.Kind>([
    ("smallint", .smallInteger), ("int2", .smallInteger), ("integer", .integer), ("int", .integer),
    ("int4", .integer), ("bigint", .bigInteger), ("int8", .bigInteger), ("decimal", .decimal),
    ("numeric", .decimal), ("dec", .decimal), ("real", .real), ("float4", .real),
    ("float8", .double), ("float", .double), ("boolean", .boolean), ("bool", .boolean),
    ("char", .character), ("character", .character), ("nchar", .character),
    ("bpchar", .blankPadded), ("varchar", .characterVarying), ("nvarchar", .characterVarying),
    ("text", .text), ("date", .date), ("time", .time), ("timetz", .timeWithZone),
    ("timestamp", .timestamp), ("datetime", .timestamp), ("timestamptz", .timestampWithZone),
    ("interval", .interval), ("super", .super), ("varbyte", .binary), ("varbinary", .binary),
    ("geometry", .geometry), ("geography", .geography), ("hllsketch", .sketch),
  ])
}
