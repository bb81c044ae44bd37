import Diagnostics

/// An option that a statement takes: its words, and what follows them.
struct OptionForm: Sendable {
  enum Value: Sendable {
    case none
    case text
    case number
    case word
    case textOrWord
    case numberOrWord
    /// A word or a number, if one follows.
    case wordIfAny
    case names
    /// One text or several in parentheses or behind commas.
    case texts
    /// `('key' 'value', …)` and `(key value, …)`.
    case pairs
    case expression
    /// `name = value, …` and `name TO value, …`.
    case setting
    /// A text, and a second one behind a colon.
    case textAndPart
  }

  var words: [String]
  var value: Value

  /// `words` must not be empty.
  init(_ words: String, _ value: Value = .none) {
    self.words = words.split(separator: " ").map(String.init)
    self.value = value
  }

  var name: String { words.joined(separator: " ") }
}

extension SQLParser {
  var atStatementEnd: Bool { token.kind == .semicolon || token.kind == .endOfText }

  /// Reads options until the statement ends.
  mutating func parseOptions(
    _ forms: [OptionForm],
    of what: String
  ) throws(SyntaxFailure) -> [StatementOption] {
    var options: [StatementOption] = []
    while !atStatementEnd {
      // Some of the manual's examples have commas between them.
      if !options.isEmpty { _ = take(.comma) }
      guard let option = try parseOption(forms) else {
        throw failure(
          "\(what) or the end of the statement",
          help: token.kind == .word
            ? Suggestion.sentence(
              for: string(token).uppercased(),
              among: forms.map { $0.name.uppercased() }
            ) : nil
        )
      }
      options.append(option)
    }
    return options
  }

  /// Reads one option if one of the forms stands here.
  mutating func parseOption(_ forms: [OptionForm]) throws(SyntaxFailure) -> StatementOption? {
    guard token.kind == .word, let form = longestMatch(forms) else { return nil }
    let start = index
    for _ in form.words { advance() }
    if form.value != .none, form.value != .setting {
      if !take(.as), !takeOperator("=") { _ = take(.to) }
    }
    let value = try parseOptionValue(form, before: forms)
    return StatementOption(range: textRange(from: start), name: form.name, value: value)
  }

  private func longestMatch(_ forms: [OptionForm]) -> OptionForm? {
    var best: OptionForm?
    for form in forms where form.words.count > best?.words.count ?? 0 && areAhead(form.words) {
      best = form
    }
    return best
  }

  /// `others` are the options that may follow.
  private mutating func parseOptionValue(
    _ form: OptionForm,
    before others: [OptionForm] = []
  ) throws(SyntaxFailure) -> StatementOption.Value {
    let name = form.name.uppercased()
    switch form.value {
    case .none: return .none
    case .text: return .text(try parseString("a text in quotes behind \(name)"))
    case .number: return .number(try parseInteger("a number behind \(name)"))
    case .word: return .word(try parseOptionWord(name))
    case .wordIfAny:
      if at(.number) { return .number(try parseInteger("a number")) }
      guard token.kind == .word else { return .none }
      return .word(try parseOptionWord(name))
    case .textOrWord:
      if at(.string) || at(.dollarString) { return .text(try parseString("a text")) }
      if at(.number) { return .number(try parseInteger("a number")) }
      return .word(try parseOptionWord(name))
    case .numberOrWord:
      if token.kind == .word { return .word(try parseOptionWord(name)) }
      if at(.string) { return .text(try parseString("a text")) }
      return .number(try parseInteger("a number behind \(name)"))
    case .names:
      var names = [try parseObjectName("a name behind \(name)")]
      while take(.comma) { names.append(try parseObjectName("a name")) }
      return .names(names)
    case .texts: return .list(try parseTextList())
    case .pairs: return .list(try parsePairs())
    case .expression: return .value(try parseExpr())
    case .setting: return .list([try parseSetting(before: others)])
    case .textAndPart: return .list(try parseTextAndPart(name))
    }
  }

  /// Reads values until a comma with one of the options behind it.
  private mutating func parseSetting(
    before options: [OptionForm]
  ) throws(SyntaxFailure) -> StatementOption {
    let start = index
    let name = try parseOptionWord("SET")
    if !take(.to), !takeOperator("=") { throw failure("TO or \"=\"", help: suggestion([.to])) }
    var values: [StatementOption] = []
    repeat {
      let start = index
      let isSimple = at(.string) || token.kind == .word
      let value =
        isSimple
        ? try parseOptionValue(OptionForm(name, .textOrWord))
        : StatementOption.Value.value(try parseExpr())
      values.append(StatementOption(range: textRange(from: start), name: "", value: value))
    } while !options.contains { areAhead($0.words, from: 1) } && take(.comma)
    return StatementOption(range: textRange(from: start), name: name, value: .list(values))
  }

  private mutating func parseTextAndPart(
    _ name: String
  ) throws(SyntaxFailure) -> [StatementOption] {
    var texts: [StatementOption] = []
    repeat {
      texts.append(try parseTextItem("a text in quotes behind \(name)"))
    } while texts.count < 2 && take(.colon)
    return texts
  }

  /// One text of a list.
  private mutating func parseTextItem(
    _ expected: String
  ) throws(SyntaxFailure) -> StatementOption {
    let start = index
    let text = try parseString(expected)
    return StatementOption(range: textRange(from: start), name: "", value: .text(text))
  }

  private mutating func parseOptionWord(_ name: String) throws(SyntaxFailure) -> String {
    guard token.kind == .word || token.kind == .quotedIdentifier else {
      throw failure("a word behind \(name)")
    }
    return takeIdentifier().text
  }

  private mutating func parseTextList() throws(SyntaxFailure) -> [StatementOption] {
    let isParenthesized = take(.openParenthesis)
    var list: [StatementOption] = []
    repeat { list.append(try parseTextItem("a text in quotes")) } while take(.comma)
    if isParenthesized { try expect(.closeParenthesis, "\",\" or \")\"") }
    return list
  }

  private mutating func parsePairs() throws(SyntaxFailure) -> [StatementOption] {
    try enter()
    defer { leave() }
    try expect(.openParenthesis, "\"(\"")
    var list: [StatementOption] = []
    repeat {
      let start = index
      let name: String
      if at(.string) {
        name = try parseString("a name").value
      } else {
        name = try parseLabel("the name of a setting").text
      }
      _ = takeOperator("=")
      var value = StatementOption.Value.none
      if at(.string) {
        value = .text(try parseString("a text"))
      } else if at(.openParenthesis) {
        value = .list(try parsePairs())
      } else if !at(.comma), !at(.closeParenthesis) {
        value = .value(try parseExpr())
      }
      list.append(StatementOption(range: textRange(from: start), name: name, value: value))
    } while take(.comma)
    try expect(.closeParenthesis, "\",\" or \")\"")
    return list
  }
}
