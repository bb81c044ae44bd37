import Diagnostics
import RedshiftSQL

/// SQL under construction: an interpolated type that quotes names, so that none is ever pasted.
///
/// The model's own text keeps its origin, so a position that the server reports leads back to the
/// file: `"create view \(name) as (\n\(query)\n)"`.
struct SQLText: Sendable, Equatable, ExpressibleByStringInterpolation {
  private(set) var text = MappedText()

  init() {}

  init(_ text: MappedText) {
    self.text = text
  }

  init(stringLiteral value: String) {
    text.append(generated: value.utf8, origin: nil)
  }

  init(stringInterpolation: StringInterpolation) {
    text = stringInterpolation.text
  }

  var string: String { text.string }

  static func + (a: SQLText, b: SQLText) -> SQLText {
    var sum = a
    sum += b
    return sum
  }

  static func += (a: inout SQLText, b: SQLText) {
    a.text.append(b.text)
  }

  struct StringInterpolation: StringInterpolationProtocol {
    var text = MappedText()

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: String) {
      text.append(generated: literal.utf8, origin: nil)
    }

    mutating func appendInterpolation(_ relation: RelationName) {
      appendLiteral(relation.sql)
    }

    mutating func appendInterpolation(identifier: String) {
      appendLiteral(SQLQuoting.identifier(identifier))
    }

    mutating func appendInterpolation(identifiers: [String]) {
      appendLiteral(identifiers.map(SQLQuoting.identifier).joined(separator: ", "))
    }

    mutating func appendInterpolation(literal: String, _ dialect: SQLQuoting.Dialect) {
      appendLiteral(SQLQuoting.literal(literal, for: dialect))
    }

    mutating func appendInterpolation(literals: [String], _ dialect: SQLQuoting.Dialect) {
      appendLiteral(
        literals.map { SQLQuoting.literal($0, for: dialect) }.joined(separator: ", ")
      )
    }

    mutating func appendInterpolation(number: Int) {
      appendLiteral(String(number))
    }

    /// SQL that the user, or the server's catalogue, wrote.
    mutating func appendInterpolation(verbatim: String) {
      appendLiteral(verbatim)
    }

    mutating func appendInterpolation(_ other: SQLText) {
      text.append(other.text)
    }

    mutating func appendInterpolation(_ query: QueryText) {
      text.append(copying: query.bytes, range: query.range)
    }
  }
}

extension Sequence where Element == SQLText {
  func joined(separator: SQLText) -> SQLText {
    var result = SQLText()
    var isFirst = true
    for element in self {
      if !isFirst { result += separator }
      result += element
      isFirst = false
    }
    return result
  }
}

/// The SQL of a node without white space and semicolons at its ends, ready to stand in parentheses.
///
/// A comment that ends the text stays; one behind a semicolon goes with it.
struct QueryText: Sendable {
  let bytes: [UInt8]
  let range: TextRange

  init(_ buffer: BufferID, in buffers: Buffers) {
    bytes = buffers.bytes(of: buffer)
    var lower = 0
    var upper = bytes.count
    while lower < upper, bytes[lower].isBlank { lower += 1 }
    while upper > lower, bytes[upper - 1].isBlank || bytes[upper - 1] == UInt8(ascii: ";") {
      upper -= 1
    }
    // A comment may follow the semicolon.
    if bytes[lower..<upper].contains(UInt8(ascii: ";")) {
      upper = max(lower, min(upper, SQLLexer.endWithoutSemicolon(of: bytes)))
    }
    range = TextRange(buffer: buffer, bytes: lower..<upper)
  }

  var isEmpty: Bool { range.bytes.isEmpty }
}
