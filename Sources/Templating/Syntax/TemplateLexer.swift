import Diagnostics

/// Cuts a template into literal text and the tokens of its tags.
///
/// White space control is settled here: the ranges of text tokens are already trimmed where a
/// neighbouring tag has a `-`, and comments and `raw` blocks leave nothing but text.
struct TemplateLexer {
  private let source: TemplateSource
  private let bytes: [UInt8]
  private let end: Int
  private var position = 0
  private var result: [TemplateToken] = []
  /// Whether the text has no delimiters at all.
  private(set) var isStatic = true

  init(_ source: TemplateSource) {
    self.source = source
    bytes = source.bytes
    // One newline at the very end is not part of the template.
    var end = bytes.count
    if end > 0, bytes[end - 1] == UInt8(ascii: "\n") {
      end -= 1
      if end > 0, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    } else if end > 0, bytes[end - 1] == UInt8(ascii: "\r") {
      end -= 1
    }
    self.end = end
  }

  mutating func tokens() throws(Diagnostic) -> [TemplateToken] {
    result.reserveCapacity(min(bytes.count / 6, 4_096) + 8)
    while position < end {
      let start = position
      guard let tag = nextTag(from: start) else {
        add(.text, start..<end)
        position = end
        break
      }
      isStatic = false
      let opening = bytes[tag + 1]
      position = tag + 2
      var textEnd = tag
      if byte(position) == UInt8(ascii: "-") {
        position += 1
        while textEnd > start, isSpace(bytes[textEnd - 1]) { textEnd -= 1 }
      } else if byte(position) == UInt8(ascii: "+") {
        position += 1
      }
      add(.text, start..<textEnd)
      switch opening {
      case UInt8(ascii: "#"): try skipComment(from: tag)
      case UInt8(ascii: "%"):
        if try !takeRaw(from: tag) {
          result.append(TemplateToken(kind: .blockBegin, range: tag..<position))
          try lexTag(from: tag, closing: UInt8(ascii: "%"))
        }
      default:
        result.append(TemplateToken(kind: .variableBegin, range: tag..<position))
        try lexTag(from: tag, closing: UInt8(ascii: "}"))
      }
    }
    if isStatic { isStatic = !hasClosingDelimiter }
    result.append(TemplateToken(kind: .end, range: end..<end))
    return result
  }

  /// dbt takes a text with a closing delimiter for a template as well.
  private var hasClosingDelimiter: Bool {
    var index = 0
    while index + 1 < bytes.count {
      if bytes[index + 1] == UInt8(ascii: "}") {
        let first = bytes[index]
        if first == UInt8(ascii: "}") || first == UInt8(ascii: "%") || first == UInt8(ascii: "#") {
          return true
        }
      }
      index += 1
    }
    return false
  }

  private func byte(_ index: Int) -> UInt8 { index < end ? bytes[index] : 0 }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == 32 || (9...13).contains(byte) || (28...31).contains(byte)
  }

  private mutating func add(_ kind: TemplateToken.Kind, _ range: Range<Int>) {
    if !range.isEmpty { result.append(TemplateToken(kind: kind, range: range)) }
  }

  private func nextTag(from start: Int) -> Int? {
    bytes.withUnsafeBufferPointer { bytes in
      var index = start
      while index + 1 < end {
        if bytes[index] == UInt8(ascii: "{") {
          let next = bytes[index + 1]
          if next == UInt8(ascii: "{") || next == UInt8(ascii: "%") || next == UInt8(ascii: "#") {
            return index
          }
        }
        index += 1
      }
      return nil
    }
  }

  private mutating func skipSpace() {
    while position < end {
      if isSpace(bytes[position]) {
        position += 1
      } else if bytes[position] > 127, let width = wideSpace {
        position += width
      } else {
        return
      }
    }
  }

  /// The length of a space beyond ASCII that stands here; nil for anything else.
  private var wideSpace: Int? {
    switch bytes[position] {
    case 0xC2: byte(position + 1) == 0xA0 || byte(position + 1) == 0x85 ? 2 : nil
    case 0xE1: byte(position + 1) == 0x9A && byte(position + 2) == 0x80 ? 3 : nil
    case 0xE2:
      switch (byte(position + 1), byte(position + 2)) {
      case (0x80, 0x80...0x8A), (0x80, 0xA8), (0x80, 0xA9), (0x80, 0xAF), (0x81, 0x9F): 3
      default: nil
      }
    case 0xE3: byte(position + 1) == 0x80 && byte(position + 2) == 0x80 ? 3 : nil
    default: nil
    }
  }

  private mutating func skipComment(from tag: Int) throws(Diagnostic) {
    var index = position
    while index + 1 < end {
      if bytes[index] == UInt8(ascii: "#"), bytes[index + 1] == UInt8(ascii: "}") {
        let strips = index > position && bytes[index - 1] == UInt8(ascii: "-")
        position = index + 2
        if strips { skipSpace() }
        return
      }
      index += 1
    }
    throw .unclosedComment(at: source.range(tag..<tag + 2))
  }

  /// Where the word ends, when `word` and nothing else stands between here and the tag's end.
  private func lone(_ word: StaticString, from start: Int, plusAllowed: Bool) -> (Int, Bool)? {
    var index = start
    while index < end, isSpace(bytes[index]) { index += 1 }
    let length = word.utf8CodeUnitCount
    guard index + length <= end else { return nil }
    let matches = word.withUTF8Buffer { bytes[index..<index + length].elementsEqual($0) }
    guard matches else { return nil }
    index += length
    while index < end, isSpace(bytes[index]) { index += 1 }
    var strips = false
    if byte(index) == UInt8(ascii: "-") {
      strips = true
      index += 1
    } else if plusAllowed, byte(index) == UInt8(ascii: "+") {
      index += 1
    }
    guard byte(index) == UInt8(ascii: "%"), byte(index + 1) == UInt8(ascii: "}") else {
      return nil
    }
    return (index + 2, strips)
  }

  private mutating func takeRaw(from tag: Int) throws(Diagnostic) -> Bool {
    guard let (head, headStrips) = lone("raw", from: position, plusAllowed: false) else {
      return false
    }
    position = head
    if headStrips { skipSpace() }
    let start = position
    var index = start
    while index + 1 < end {
      if bytes[index] == UInt8(ascii: "{"), bytes[index + 1] == UInt8(ascii: "%") {
        let sign = byte(index + 2)
        let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
        let wordStart = index + (isSigned ? 3 : 2)
        if let (tail, tailStrips) = lone("endraw", from: wordStart, plusAllowed: true) {
          var textEnd = index
          if sign == UInt8(ascii: "-") {
            while textEnd > start, isSpace(bytes[textEnd - 1]) { textEnd -= 1 }
          }
          add(.text, start..<textEnd)
          position = tail
          if tailStrips { skipSpace() }
          return true
        }
      }
      index += 1
    }
    throw .unclosedBlock("raw", at: source.range(tag..<head), found: nil)
  }

  private mutating func lexTag(from tag: Int, closing: UInt8) throws(Diagnostic) {
    var brackets: [(byte: UInt8, position: Int)] = []
    while true {
      skipSpace()
      guard position < end else {
        throw .unclosedTag(
          isBlock: closing == UInt8(ascii: "%"),
          at: source.range(tag..<min(tag + 2, end))
        )
      }
      if brackets.isEmpty, takeClosing(closing) { return }
      let start = position
      let first = bytes[start]
      if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
        try lexString(first)
      } else if first >= 48, first <= 57 {
        lexNumber()
      } else if isNameByte(first) {
        while position < end, isNameByte(bytes[position]) { position += 1 }
        result.append(TemplateToken(kind: .name, range: start..<position))
      } else {
        let kind = try lexOperator()
        switch kind {
        case .leftParenthesis: brackets.append((UInt8(ascii: ")"), start))
        case .leftBracket: brackets.append((UInt8(ascii: "]"), start))
        case .leftBrace: brackets.append((UInt8(ascii: "}"), start))
        case .rightParenthesis, .rightBracket, .rightBrace:
          guard let open = brackets.popLast() else {
            throw .unexpectedBracket(first, expected: nil, at: source.range(start..<position))
          }
          guard open.byte == first else {
            throw .unexpectedBracket(first, expected: open.byte, at: source.range(start..<position))
          }
        default: break
        }
        result.append(TemplateToken(kind: kind, range: start..<position))
      }
    }
  }

  private mutating func takeClosing(_ closing: UInt8) -> Bool {
    var index = position
    var strips = false
    if byte(index) == UInt8(ascii: "-") {
      strips = true
      index += 1
    } else if closing == UInt8(ascii: "%"), byte(index) == UInt8(ascii: "+") {
      index += 1
    }
    guard byte(index) == closing, byte(index + 1) == UInt8(ascii: "}") else { return false }
    let kind: TemplateToken.Kind = closing == UInt8(ascii: "%") ? .blockEnd : .variableEnd
    result.append(TemplateToken(kind: kind, range: position..<index + 2))
    position = index + 2
    if strips { skipSpace() }
    return true
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 95, 97...122, 128...255: true
    default: false
    }
  }

  private mutating func lexString(_ quote: UInt8) throws(Diagnostic) {
    let start = position
    var index = start + 1
    while index < end {
      if bytes[index] == UInt8(ascii: "\\") {
        index += 2
        continue
      }
      if bytes[index] == quote {
        position = index + 1
        result.append(TemplateToken(kind: .string, range: start..<position))
        return
      }
      index += 1
    }
    throw .unclosedString(at: source.range(start..<start + 1))
  }

  private mutating func lexNumber() {
    let start = position
    let afterDot = start > 0 && bytes[start - 1] == UInt8(ascii: ".")
    if byte(start) == UInt8(ascii: "0") {
      let radix: ((UInt8) -> Bool)? =
        switch byte(start + 1) | 32 {
        case UInt8(ascii: "x"): { (48...57).contains($0) || (97...102).contains($0 | 32) }
        case UInt8(ascii: "o"): { (48...55).contains($0) }
        case UInt8(ascii: "b"): { $0 == 48 || $0 == 49 }
        default: nil
        }
      if let radix {
        let stop = digits(from: start + 2, where: radix)
        if stop > start + 2 {
          position = stop
          result.append(TemplateToken(kind: .integer, range: start..<stop))
          return
        }
      }
    }
    let isDigit: (UInt8) -> Bool = { (48...57).contains($0) }
    var stop = digits(from: start, where: isDigit)
    var isFloat = false
    if !afterDot {
      if byte(stop) == UInt8(ascii: "."), isDigit(byte(stop + 1)) {
        isFloat = true
        stop = digits(from: stop + 1, where: isDigit)
      }
      if byte(stop) | 32 == UInt8(ascii: "e") {
        var exponent = stop + 1
        if byte(exponent) == UInt8(ascii: "+") || byte(exponent) == UInt8(ascii: "-") {
          exponent += 1
        }
        if isDigit(byte(exponent)) {
          isFloat = true
          stop = digits(from: exponent, where: isDigit)
        }
      }
    }
    if !isFloat, bytes[start] == UInt8(ascii: "0") {
      // A number does not start with a zero, unless it is zero.
      stop = digits(from: start) { $0 == 48 }
    }
    position = stop
    result.append(TemplateToken(kind: isFloat ? .float : .integer, range: start..<stop))
  }

  /// The end of a run of digits, which may have single underscores inside.
  private func digits(from start: Int, where isDigit: (UInt8) -> Bool) -> Int {
    var index = start
    while index < end {
      if isDigit(bytes[index]) {
        index += 1
      } else if bytes[index] == UInt8(ascii: "_"), index > start, index + 1 < end,
        isDigit(bytes[index + 1])
      {
        index += 2
      } else {
        break
      }
    }
    return index
  }

  private mutating func lexOperator() throws(Diagnostic) -> TemplateToken.Kind {
    let first = bytes[position]
    let second = byte(position + 1)
    let double: TemplateToken.Kind? =
      switch (first, second) {
      case (UInt8(ascii: "/"), UInt8(ascii: "/")): .floorDivide
      case (UInt8(ascii: "*"), UInt8(ascii: "*")): .power
      case (UInt8(ascii: "="), UInt8(ascii: "=")): .equal
      case (UInt8(ascii: "!"), UInt8(ascii: "=")): .notEqual
      case (UInt8(ascii: "<"), UInt8(ascii: "=")): .lessOrEqual
      case (UInt8(ascii: ">"), UInt8(ascii: "=")): .greaterOrEqual
      default: nil
      }
    if let double {
      position += 2
      return double
    }
    let single: TemplateToken.Kind? =
      switch first {
      case UInt8(ascii: "+"): .add
      case UInt8(ascii: "-"): .subtract
      case UInt8(ascii: "*"): .multiply
      case UInt8(ascii: "/"): .divide
      case UInt8(ascii: "%"): .remainder
      case UInt8(ascii: "~"): .tilde
      case UInt8(ascii: "<"): .less
      case UInt8(ascii: ">"): .greater
      case UInt8(ascii: "="): .assign
      case UInt8(ascii: "."): .dot
      case UInt8(ascii: ":"): .colon
      case UInt8(ascii: "|"): .pipe
      case UInt8(ascii: ","): .comma
      case UInt8(ascii: ";"): .semicolon
      case UInt8(ascii: "("): .leftParenthesis
      case UInt8(ascii: ")"): .rightParenthesis
      case UInt8(ascii: "["): .leftBracket
      case UInt8(ascii: "]"): .rightBracket
      case UInt8(ascii: "{"): .leftBrace
      case UInt8(ascii: "}"): .rightBrace
      default: nil
      }
    guard let single else {
      throw .unexpectedCharacter(first, at: source.range(position..<position + 1))
    }
    position += 1
    return single
  }
}
