import Diagnostics

/// Views of the data catalog, templates of COPY, and settings of the whole system.
extension SQLParser {
  enum Verb {
    case create(replaces: Bool)
    case alter
    case drop
  }

  // MARK: External views

  /// `EXTERNAL [PROTECTED] VIEW` or `PROTECTED EXTERNAL VIEW` at a distance.
  private func externalViewWords(_ distance: Int) -> Int? {
    var words = 0
    var isExternal = false
    while words < 3 {
      let token = peek(distance + words)
      words += 1
      if token.keyword == .external {
        isExternal = true
      } else if token.keyword == .view {
        return isExternal ? words : nil
      } else if !isWord(token, "protected") {
        return nil
      }
    }
    return nil
  }

  mutating func parseExternalView(_ verb: Verb) throws(SyntaxFailure) -> Statement.Kind? {
    guard let words = externalViewWords(0) else { return nil }
    var isProtected = false
    for _ in 0..<words {
      if atWord("protected") { isProtected = true }
      advance()
    }
    var isConditional = try takeCondition(verb)
    let name = try parseObjectName("the name of the view")
    isConditional = try takeCondition(verb) || isConditional
    var catalogName: ObjectName?
    if atName, !atWord("force"), !at(.remove) {
      catalogName = try parseObjectName("the view's name in the catalog")
    }
    return .externalView(
      ExternalView(
        name: name,
        catalogName: catalogName,
        action: try parseExternalViewAction(verb, isProtected, isConditional)
      )
    )
  }

  /// `IF NOT EXISTS` or `IF EXISTS`.
  private mutating func takeCondition(_ verb: Verb) throws(SyntaxFailure) -> Bool {
    switch verb {
    case .create: return try takeIfNotExists()
    case .alter: return false
    case .drop:
      guard take(.if) else { return false }
      try expect(.exists)
      return true
    }
  }

  private mutating func parseExternalViewAction(
    _ verb: Verb,
    _ isProtected: Bool,
    _ isConditional: Bool
  ) throws(SyntaxFailure) -> ExternalView.Action {
    switch verb {
    case .create:
      try expect(.as)
      return .create(
        isProtected: isProtected,
        allowsExisting: isConditional,
        try parseQuery()
      )
    case .drop: return .drop(allowsMissing: isConditional)
    case .alter:
      let isForced = takeWord("force")
      if take(.remove) {
        guard takeWord("definition") else { throw failure("DEFINITION") }
        return .removeDefinition(isForced: isForced)
      }
      guard take(.as) else { throw failure("AS and a query, or REMOVE DEFINITION") }
      return .change(isForced: isForced, try parseQuery())
    }
  }

  // MARK: Templates

  mutating func parseTemplate(_ verb: Verb) throws(SyntaxFailure) -> Statement.Kind? {
    guard atWord("template") else { return nil }
    advance()
    var isConditional = false
    if case .drop = verb { isConditional = try takeCondition(verb) }
    let name = try parseObjectName("the name of the template")
    let action: CopyTemplate.Action
    switch verb {
    case .drop: action = .drop(allowsMissing: isConditional)
    case .create(let replaces):
      try expect(.for)
      try expect(.copy)
      _ = take(.as)
      var options: [StatementOption] = []
      while !atStatementEnd {
        options.append(try parseTemplateOption())
        _ = take(.comma)
      }
      action = .create(replaces: replaces, options)
    case .alter: action = try parseTemplateAction()
    }
    return .template(CopyTemplate(name: name, action: action))
  }

  private mutating func parseTemplateAction() throws(SyntaxFailure) -> CopyTemplate.Action {
    if take(.rename) {
      try expect(.to)
      return .rename(to: try parseIdentifier("the new name"))
    }
    if take(.owner) {
      try expect(.to)
      return .changeOwner(try parseIdentifier("a user"))
    }
    if take(.add) { return .add(try parseTemplateOption()) }
    if take(.drop) { return .remove(try parseTemplateOption()) }
    guard take(.set) else {
      throw failure(
        "RENAME, OWNER, ADD, DROP or SET",
        help: suggestion([.rename, .owner, .add, .drop, .set])
      )
    }
    var options = [try parseTemplateOption()]
    while take(.comma) { options.append(try parseTemplateOption()) }
    return .set(options)
  }

  /// One parameter of COPY with its value.
  private mutating func parseTemplateOption() throws(SyntaxFailure) -> StatementOption {
    let start = index
    if atWord("format") {
      advance()
      _ = take(.as)
    }
    guard let option = meaning(of: token, in: CopyOption.byWord) else {
      throw failure(
        "a parameter of COPY",
        help: token.kind == .word
          ? Suggestion.sentence(for: string(token).uppercased(), among: CopyOption.names) : nil
      )
    }
    advance()
    let behind = index
    if !take(.as), !take(.to) { _ = takeOperator("=") }
    var value = StatementOption.Value.none
    if at(.string) || at(.dollarString) {
      value = .text(try parseString("a text"))
    } else if at(.number) {
      value = .number(try parseInteger("a whole number"))
    } else if token.kind == .word, isSwitch(option) {
      value = .word(word(token))
      advance()
    } else if index > behind {
      throw failure("the value of \(option.rawValue)")
    }
    return StatementOption(
      range: textRange(from: start),
      name: option.rawValue.lowercased(),
      value: value
    )
  }

  /// Whether the word at hand is the value of the option.
  private func isSwitch(_ option: CopyOption) -> Bool {
    switch option {
    case .encoding: true
    case .updateCompression, .updateStatistics, .role: SQLParser.switchWords.contains(word(token))
    default: false
    }
  }

  private static let switchWords: Set<String> = [
    "on", "off", "true", "false", "preset", "default",
  ]

  // MARK: ALTER SYSTEM

  mutating func parseAlterSystem() throws(SyntaxFailure) -> Statement.Kind? {
    guard atWord("system") else { return nil }
    advance()
    try expect(.set)
    let setting = try parseIdentifier("a setting of the system")
    guard takeOperator("=") || take(.to) else { throw failure("\"=\"") }
    // ON is a value here, and reserved everywhere else.
    let isWord = token.kind == .word
    let value: Expr
    if isWord {
      let word = try parseLabel("a value")
      value = Expr(range: word.range, kind: .column([word]))
    } else {
      value = try parseExpr()
    }
    return .alterSystem(AlterSystem(setting: setting, value: value))
  }
}
