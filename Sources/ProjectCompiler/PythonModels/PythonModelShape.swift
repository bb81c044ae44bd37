import Diagnostics

/// Whether a Python file is a model: one function `model(dbt, session)` that returns one value.
struct PythonModelShape {
  /// What is wrong, if anything is.
  private(set) var problem: (message: String, range: Range<Int>)?

  private typealias Line = ArraySlice<PythonLexer.Token>

  private let bytes: [UInt8]

  init(_ bytes: [UInt8], _ tokens: [PythonLexer.Token]) throws(PythonLexer.Problem) {
    self.bytes = bytes
    let lines = Self.lines(of: tokens)
    var models: [Int] = []
    /// How far the function is indented within which nothing counts.
    var enclosing: Int?
    for (index, line) in lines.enumerated() {
      guard let first = line.first, let indentation = first.indentation else { continue }
      if let outer = enclosing, indentation <= outer { enclosing = nil }
      guard enclosing == nil, isWord(first, "def") else { continue }
      enclosing = indentation
      if let name = line.dropFirst().first, isWord(name, "model") { models.append(index) }
    }
    guard models.count == 1 else {
      problem = (
        "a Python model has exactly one function named \"model\"; this file has \(models.count)",
        lines.first?.first?.range ?? 0..<0
      )
      return
    }
    try check(lines, at: models[0])
  }

  private static func lines(of tokens: [PythonLexer.Token]) -> [Line] {
    tokens.split {
      if case .newline = $0.kind { true } else { false }
    }
  }

  private mutating func check(_ lines: [Line], at index: Int) throws(PythonLexer.Problem) {
    let line = lines[index]
    guard let first = line.first, let indentation = first.indentation else { return }
    let header = parameters(of: line)
    let place = first.range
    if let parameter = header.names.first, parameter != "dbt" {
      problem = ("the first argument of \"model\" must be \"dbt\", not \"\(parameter)\"", place)
      return
    }
    if header.names.count != 2 {
      problem = (
        "\"model\" takes two arguments: dbt, and a session of the warehouse", place
      )
      return
    }
    var body = lines[(index + 1)...].prefix { ($0.first?.indentation ?? 0) > indentation }
    let rest = line[header.end...]
    if !rest.isEmpty { body = [rest] }
    // What stands deeper than the first statement belongs to another one.
    guard let last = body.last, last.first?.indentation == body.first?.first?.indentation,
      try returnsOneValue(last)
    else {
      problem = ("\"model\" must end with `return` and one data frame", place)
      return
    }
  }

  /// The names of the positional parameters, and where the body begins if it is on the same line.
  private func parameters(of line: Line) -> (names: [String], end: Int) {
    var names: [String] = []
    var depth = 0
    var isExpectingName = false
    var isOpen = true
    // Types have brackets as well, before the parameters and behind them.
    var isWithin = false
    var isBehind = false
    var index = line.startIndex
    while index < line.endIndex {
      let token = line[index]
      let text = self.text(token)
      if case .sign = token.kind {
        switch text {
        case "(", "[", "{":
          isWithin = isWithin || depth == 0 && text == "(" && !isBehind
          depth += 1
          isExpectingName = depth == 1 && isWithin
        case ")", "]", "}":
          depth -= 1
          if depth == 0, isWithin { (isWithin, isBehind) = (false, true) }
        case ",": isExpectingName = depth == 1 && isWithin
        case "/" where depth == 1 && isWithin: names = []
        case "*", "**": if depth == 1, isExpectingName { isOpen = false }
        case ":" where depth == 0: return (names, index + 1)
        default: break
        }
      } else if case .name = token.kind, depth == 1, isExpectingName {
        if isOpen { names.append(text) }
        isExpectingName = false
      }
      index += 1
    }
    return (names, line.endIndex)
  }

  /// Whether a line's last statement returns something other than several values.
  private func returnsOneValue(_ line: Line) throws(PythonLexer.Problem) -> Bool {
    var depth = 0
    var start = line.startIndex
    for index in line.indices {
      guard case .sign = line[index].kind else { continue }
      switch text(line[index]) {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case ";" where depth == 0 && index + 1 < line.endIndex: start = index + 1
      default: break
      }
    }
    guard start < line.endIndex, isWord(line[start], "return") else { return false }
    var reader = PythonExpressionReader(bytes, line[(start + 1)...])
    return try !reader.isTuple
  }

  private func text(_ token: PythonLexer.Token) -> String {
    String(decoding: bytes[token.range], as: UTF8.self)
  }

  private func isWord(_ token: PythonLexer.Token, _ word: String) -> Bool {
    guard case .name = token.kind else { return false }
    return text(token) == word
  }
}
