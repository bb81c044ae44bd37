import Diagnostics
import Templating

/// An expression of Python, as far as the calls in it are of interest.
indirect enum PythonExpression {
  case name(String)
  case attribute(PythonExpression, String)
  case call(PythonCall)
  case element(PythonExpression, [PythonExpression])
  case list([PythonExpression])
  case tuple([PythonExpression])
  case set([PythonExpression])
  /// Keys are nil where another mapping is put in (`**`).
  case dictionary([(key: PythonExpression?, value: PythonExpression)])
  /// A constant, where configuration can hold it.
  case constant(PlainValue?)
  /// A formatted string with what is put into it.
  case formatted([PythonExpression])
  /// Anything else, with what it is made of.
  case other([PythonExpression])

  /// `dbt.config.get`, where it is nothing but names.
  var dottedName: String? {
    switch self {
    case .name(let name): name
    case .attribute(let base, let name): base.dottedName.map { "\($0).\(name)" }
    default: nil
    }
  }

  /// The value, where it is written out.
  var literal: PlainValue? {
    switch self {
    case .constant(let value): return value
    case .list(let elements), .tuple(let elements), .set(let elements):
      let values = elements.compactMap(\.literal)
      return values.count == elements.count ? .list(values) : nil
    case .dictionary(let entries):
      var dictionary = PlainDictionary()
      for (key, value) in entries {
        guard let key = key?.literal, let value = value.literal else { return nil }
        dictionary[key.string ?? key.jsonString] = value
      }
      return .dictionary(dictionary)
    default: return nil
    }
  }

  var call: PythonCall? { if case .call(let call) = self { call } else { nil } }
}

/// A call in Python.
struct PythonCall {
  var function: PythonExpression
  var positional: [PythonExpression] = []
  /// Without a name where a mapping is put in (`**`).
  var named: [(name: String?, value: PythonExpression)] = []
  var range: Range<Int>
}

/// Reads expressions from the tokens of a Python file.
struct PythonExpressionReader {
  let bytes: [UInt8]
  private let tokens: ArraySlice<PythonLexer.Token>
  private var index: Int
  private var depth = 0

  init(_ bytes: [UInt8], _ tokens: ArraySlice<PythonLexer.Token>) {
    self.bytes = bytes
    self.tokens = tokens
    index = tokens.startIndex
  }

  /// Every expression of one or more logical lines, whatever statements they are in.
  mutating func all() throws(PythonLexer.Problem) -> [PythonExpression] {
    var found: [PythonExpression] = []
    while index < tokens.endIndex {
      if isWord("def") || isWord("class") {
        // The name of what is defined, with brackets behind it, is no call.
        index += 2
        if isSign("(") { found += try group(until: ")") }
        continue
      }
      if let operand = try operand() { found.append(operand) } else { index += 1 }
    }
    return found
  }

  /// Whether the expression is several, with commas between them.
  var isTuple: Bool {
    mutating get throws(PythonLexer.Problem) {
      guard index < tokens.endIndex else { return false }
      let first = try expression()
      if isSign(",") { return true }
      if case .tuple = first { return true }
      return false
    }
  }

  // MARK: Expressions

  /// Everything within brackets, with all that can divide it.
  private mutating func group(until close: String) throws(PythonLexer.Problem) -> [PythonExpression]
  {
    index += 1
    var found: [PythonExpression] = []
    while index < tokens.endIndex, !isSign(close) {
      if let operand = try operand() { found.append(operand) } else { index += 1 }
    }
    index += 1
    return found
  }

  /// One expression, up to what ends it.
  private mutating func expression() throws(PythonLexer.Problem) -> PythonExpression {
    let start = index
    var operands: [PythonExpression] = []
    var signs: [String] = []
    while index < tokens.endIndex, !endsExpression() {
      if isWord("lambda") {
        signs.append("lambda")
        while index < tokens.endIndex, !isSign(":") {
          if let operand = try operand() { operands.append(operand) } else { index += 1 }
        }
        index += 1
      } else if let operand = try operand() {
        operands.append(operand)
      } else {
        signs.append(text(tokens[index]))
        index += 1
      }
    }
    if index == start { index += 1 }
    guard operands.count == 1 else { return .other(operands) }
    switch signs {
    case []: return operands[0]
    case ["-"]:
      if case .constant(.integer(let number)?) = operands[0] { return .constant(.integer(-number)) }
      if case .constant(.double(let number)?) = operands[0] { return .constant(.double(-number)) }
      return .other(operands)
    default: return .other(operands)
    }
  }

  private func endsExpression() -> Bool {
    if case .newline = tokens[index].kind { return true }
    guard case .sign = tokens[index].kind else { return false }
    return [",", ")", "]", "}", ":", "=", ";"].contains(text(tokens[index]))
  }

  /// A name, a constant or something in brackets, with what is called, looked up and indexed on it.
  private mutating func operand() throws(PythonLexer.Problem) -> PythonExpression? {
    let first = tokens[index]
    depth += 1
    defer { depth -= 1 }
    guard depth < 100 else {
      throw PythonLexer.Problem(message: "too many nested brackets", range: first.range)
    }
    guard var operand = try atom(first) else { return nil }
    // Whoever goes through the tree goes as deep as the chain is long.
    var links = 0
    while index < tokens.endIndex {
      links += 1
      guard links < 1000 else {
        throw PythonLexer.Problem(message: "too many calls in one chain", range: first.range)
      }
      if isSign("."), index + 1 < tokens.endIndex, case .name = tokens[index + 1].kind {
        operand = .attribute(operand, text(tokens[index + 1]))
        index += 2
      } else if isSign("(") {
        operand = .call(try call(operand, from: first.range.lowerBound))
      } else if isSign("[") {
        operand = .element(operand, try group(until: "]"))
      } else {
        break
      }
    }
    return operand
  }

  private mutating func atom(
    _ token: PythonLexer.Token
  ) throws(PythonLexer.Problem) -> PythonExpression? {
    switch token.kind {
    case .newline: return nil
    case .name:
      let word = text(token)
      switch word {
      case "True", "False":
        index += 1
        return .constant(.boolean(word == "True"))
      case "None":
        index += 1
        return .constant(.null)
      default:
        guard !Self.keywords.contains(word) else { return nil }
        index += 1
        return .name(word)
      }
    case .number:
      index += 1
      return .constant(Self.number(text(token)))
    case .string: return try strings()
    case .sign:
      switch text(token) {
      case "(": return try parenthesized()
      case "[": return .list(try elements(until: "]"))
      case "{": return try braces()
      case "...":
        index += 1
        return .constant(nil)
      default: return nil
      }
    }
  }

  private mutating func elements(
    until close: String
  ) throws(PythonLexer.Problem) -> [PythonExpression] {
    index += 1
    var found: [PythonExpression] = []
    while index < tokens.endIndex, !isSign(close) {
      if isSign(",") || isSign(":") || isSign("=") {
        index += 1
      } else {
        found.append(try expression())
      }
    }
    index += 1
    return found
  }

  private mutating func parenthesized() throws(PythonLexer.Problem) -> PythonExpression {
    index += 1
    var found: [PythonExpression] = []
    var hasComma = false
    while index < tokens.endIndex, !isSign(")") {
      if isSign(",") || isSign(":") || isSign("=") {
        hasComma = true
        index += 1
      } else {
        found.append(try expression())
      }
    }
    index += 1
    return found.count == 1 && !hasComma ? found[0] : .tuple(found)
  }

  private mutating func braces() throws(PythonLexer.Problem) -> PythonExpression {
    index += 1
    var entries: [(key: PythonExpression?, value: PythonExpression)] = []
    var elements: [PythonExpression] = []
    while index < tokens.endIndex, !isSign("}") {
      if isSign(",") {
        index += 1
      } else if isSign("**") {
        index += 1
        entries.append((nil, try expression()))
      } else {
        let first = try expression()
        if isSign(":") {
          index += 1
          entries.append((first, try expression()))
        } else {
          elements.append(first)
        }
      }
    }
    index += 1
    return elements.isEmpty ? .dictionary(entries) : .set(elements)
  }

  private mutating func call(
    _ function: PythonExpression,
    from start: Int
  ) throws(PythonLexer.Problem) -> PythonCall {
    var call = PythonCall(function: function, range: start..<start)
    index += 1
    while index < tokens.endIndex, !isSign(")") {
      if isSign(",") {
        index += 1
      } else if isSign("**") {
        index += 1
        call.named.append((nil, try expression()))
      } else if isSign("*") {
        index += 1
        call.positional.append(.other([try expression()]))
      } else if case .name = tokens[index].kind, isSign("=", at: index + 1) {
        let name = text(tokens[index])
        index += 2
        call.named.append((name, try expression()))
      } else {
        call.positional.append(try expression())
      }
    }
    if index < tokens.endIndex { call.range = start..<tokens[index].range.upperBound }
    index += 1
    return call
  }

  // MARK: Constants

  /// Strings that stand side by side are one.
  private mutating func strings() throws(PythonLexer.Problem) -> PythonExpression {
    var value = ""
    var isConstant = true
    var isFormatted = false
    var parts: [PythonExpression] = []
    while index < tokens.endIndex, case .string(let prefix, let inner) = tokens[index].kind {
      index += 1
      if prefix.contains("f") || prefix.contains("t") {
        isFormatted = true
        parts += try self.parts(of: inner, level: 0)
      } else if prefix.contains("b") {
        isConstant = false
      } else if prefix.contains("r") {
        value += String(decoding: bytes[inner], as: UTF8.self)
      } else {
        value += StringLiteral.text(within: bytes[inner])
      }
    }
    if isFormatted { return .formatted(parts) }
    return .constant(isConstant ? .string(value) : nil)
  }

  /// What is put into a formatted string.
  ///
  /// Formats may hold replacements of their own, and those none: Python's limit, too.
  private func parts(
    of inner: Range<Int>,
    level: Int
  ) throws(PythonLexer.Problem) -> [PythonExpression] {
    guard level < 3 else {
      throw PythonLexer.Problem(message: "expressions nested too deeply", range: inner)
    }
    var found: [PythonExpression] = []
    var place = inner.lowerBound
    while place < inner.upperBound {
      guard bytes[place] == UInt8(ascii: "{") else {
        place += 1
        continue
      }
      if place + 1 < inner.upperBound, bytes[place + 1] == UInt8(ascii: "{") {
        place += 2
        continue
      }
      let part = PythonString.replacement(in: bytes, from: place + 1, to: inner.upperBound)
      let tokens = try PythonLexer.tokens(of: bytes, in: part.expression)
      var reader = PythonExpressionReader(bytes, tokens[...])
      reader.depth = depth + 1
      let whole = try reader.expression()
      found.append(reader.index >= tokens.count - 1 ? whole : .other([whole] + (try reader.all())))
      if let format = part.format {
        found += try parts(of: format, level: level + 1).map { .other([$0]) }
      }
      place = part.end
    }
    return found
  }

  private static func number(_ text: String) -> PlainValue? {
    let digits = text.filter { $0 != "_" }.lowercased()
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
      return Int(digits.dropFirst(2), radix: radix).map { .integer($0) }
    }
    if let integer = Int(digits) { return .integer(integer) }
    return Double(digits).map { .double($0) }
  }

  // MARK: Tokens

  private func text(_ token: PythonLexer.Token) -> String {
    String(decoding: bytes[token.range], as: UTF8.self)
  }

  private func isWord(_ word: String) -> Bool {
    guard case .name = tokens[index].kind else { return false }
    return text(tokens[index]) == word
  }

  private func isSign(_ sign: String) -> Bool { isSign(sign, at: index) }

  private func isSign(_ sign: String, at place: Int) -> Bool {
    guard place < tokens.endIndex, case .sign = tokens[place].kind else { return false }
    return text(tokens[place]) == sign
  }

  private static let keywords: Set<String> = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
    "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
  ]
}
