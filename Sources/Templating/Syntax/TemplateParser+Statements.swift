import Diagnostics

extension TemplateParser {
  static let tags = [
    "autoescape", "block", "break", "call", "continue", "data_test", "do", "docs", "filter", "for",
    "if", "macro", "materialization", "print", "raw", "set", "test", "with",
  ]

  /// Reads one tag, after `{%` and up to its `%}` (which stays), with the body if it is a block.
  mutating func parseStatement(from start: Int) throws(Diagnostic) -> StatementKind {
    guard kind == .name else { throw unexpected("the name of a tag") }
    let token = current
    let word = text(of: token)
    advance()
    switch word {
    case "if": return try parseIf(from: start)
    case "for": return try parseFor(from: start)
    case "set": return try parseSet(from: start)
    case "macro": return try parseMacro(from: start)
    case "test", "data_test":
      return try parseMacro(
        from: start,
        prefix: "test_",
        end: word == "test" ? "endtest" : "enddata_test",
        block: word
      )
    case "materialization": return try parseMaterialization(from: start)
    case "docs":
      let (name, _) = try expectName()
      guard docsNames.insert(name.text).inserted else {
        throw .templateSyntax("docs block \"\(name.text)\" is there twice", at: range(from: start))
      }
      _ = try parseBody(until: ["enddocs"], of: word, from: start)
      return .block(body: [])
    case "call": return try parseCallBlock(from: start)
    case "do": return .perform(try parseTuple())
    case "filter":
      let filters = try parseFilterChain()
      let (body, _) = try parseBody(until: ["endfilter"], of: word, from: start)
      return .filter(filters, body: body)
    case "with": return try parseWith(from: start)
    case "block":
      let (name, _) = try expectName()
      while kind == .name, isName("scoped") || isName("required") { advance() }
      guard blockNames.insert(name.text).inserted else {
        throw .templateSyntax("block \"\(name.text)\" is there twice", at: range(from: start))
      }
      let (body, _) = try parseBody(until: ["endblock"], of: word, from: start)
      if kind == .name, text(of: current) == name.text { advance() }
      return .block(body: body)
    case "autoescape":
      let condition = try parseExpression()
      let (body, _) = try parseBody(until: ["endautoescape"], of: word, from: start)
      return .autoescape(condition, body: body)
    case "print":
      var parts: [ExpressionNode] = []
      while kind != .blockEnd {
        if !parts.isEmpty { try expect(.comma) }
        parts.append(try parseExpression())
      }
      return .block(body: parts.map { StatementNode(.output($0)) })
    case "break", "continue":
      guard loopDepth > 0 else {
        throw .misplacedLoopControl(word, at: source.range(token.range))
      }
      return word == "break" ? .breakLoop : .continueLoop
    case "include", "import", "extends", "from":
      throw .unsupportedTag(word, at: source.range(token.range))
    default:
      throw .unknownTag(word, known: Self.tags, at: source.range(token.range))
    }
  }

  private mutating func parseIf(from start: Int) throws(Diagnostic) -> StatementKind {
    var branches: [ConditionalBranch] = []
    var condition = try parseTuple(withConditional: false)
    while true {
      let (body, end) = try parseBody(until: ["elif", "else", "endif"], of: "if", from: start)
      branches.append(ConditionalBranch(condition: condition, body: body))
      switch end {
      case "elif":
        condition = try parseTuple(withConditional: false)
      case "else":
        let (otherwise, _) = try parseBody(until: ["endif"], of: "if", from: start)
        return .conditional(branches, otherwise: otherwise)
      default:
        return .conditional(branches, otherwise: [])
      }
    }
  }

  private mutating func parseFor(from start: Int) throws(Diagnostic) -> StatementKind {
    let targetStart = current.range.lowerBound
    let target = try parseTarget(endsAtIn: true)
    if target.names.contains("loop") {
      throw .templateSyntax(
        "\"loop\" is the name of the loop itself",
        at: range(from: targetStart),
        help: ["give the element another name"]
      )
    }
    guard take(name: "in") else { throw unexpected("\"in\"") }
    let sequence = try parseTuple(withConditional: false, endsAtRecursive: true)
    let outer = mentions
    mentions = Mentions()
    let condition = take(name: "if") ? try parseExpression() : nil
    let isRecursive = take(name: "recursive")
    loopDepth += 1
    let (body, end) = try parseBody(until: ["endfor", "else"], of: "for", from: start)
    loopDepth -= 1
    let loopName = mentions.loop
    mentions.loop = nil
    mentions.merge(outer)
    var otherwise: [StatementNode] = []
    if end == "else" {
      (otherwise, _) = try parseBody(until: ["endfor"], of: "for", from: start)
    }
    return .loop(
      LoopNode(
        target: target,
        sequence: sequence,
        condition: condition,
        isRecursive: isRecursive,
        body: body,
        otherwise: otherwise,
        loopName: loopName
      )
    )
  }

  private mutating func parseSet(from start: Int) throws(Diagnostic) -> StatementKind {
    let target = try parseTarget(allowsNamespace: true)
    if take(.assign) {
      let value = try parseTuple()
      return .assignment(target, value, range: range(from: start))
    }
    let filters = kind == .pipe ? try parseFilterChain() : []
    let head = range(from: start)
    let (body, _) = try parseBody(until: ["endset"], of: "set", from: start)
    return .blockAssignment(target, filters: filters, body: body, range: head)
  }

  private mutating func parseWith(from start: Int) throws(Diagnostic) -> StatementKind {
    var assignments: [(target: TargetNode, value: ExpressionNode, range: TextRange)] = []
    while kind != .blockEnd, kind != .colon {
      if !assignments.isEmpty { try expect(.comma) }
      let targetStart = current.range.lowerBound
      let target = try parseTarget()
      try expect(.assign)
      let value = try parseExpression()
      assignments.append((target, value, range(from: targetStart)))
    }
    let (body, _) = try parseBody(until: ["endwith"], of: "with", from: start)
    return .with(assignments, body: body)
  }

  /// A macro, or one of dbt's blocks that are macros by another name.
  private mutating func parseMacro(
    from start: Int,
    prefix: String = "",
    end: StaticString = "endmacro",
    block: String = "macro"
  ) throws(Diagnostic) -> StatementKind {
    let (written, nameRange) = try expectName()
    let name = prefix.isEmpty ? written : name(prefix + written.text)
    let parameters = try parseParameters()
    let definition = try parseMacroBody(
      name: name.text,
      nameRange: nameRange,
      parameters: parameters,
      end: end,
      block: block,
      from: start
    )
    return .macro(definition, name: name)
  }

  /// `{% materialization name, adapter='redshift', supported_languages=['sql'] %}`.
  private mutating func parseMaterialization(
    from start: Int
  ) throws(Diagnostic) -> StatementKind {
    let (written, nameRange) = try expectName()
    var adapter = "default"
    while take(.comma) {
      let (key, keyRange) = try expectName()
      switch key.text {
      case "default": break
      case "adapter":
        try expect(.assign)
        let token = try expect(.string)
        adapter = StringLiteral.text(of: source.bytes[token.range])
      case "supported_languages":
        try expect(.assign)
        _ = try parseExpression()
      default:
        throw .templateSyntax(
          "a materialization has no argument \"\(key.text)\"",
          at: keyRange,
          help: ["it takes default, adapter and supported_languages"]
        )
      }
    }
    let name = name("materialization_\(written.text)_\(adapter)")
    let definition = try parseMacroBody(
      name: name.text,
      nameRange: nameRange,
      parameters: [],
      end: "endmaterialization",
      block: "materialization",
      from: start
    )
    return .macro(definition, name: name)
  }

  private mutating func parseCallBlock(from start: Int) throws(Diagnostic) -> StatementKind {
    let parameters = kind == .leftParenthesis ? try parseParameters() : []
    let expression = try parseExpression()
    guard case .call(let function, let arguments) = expression.kind else {
      throw .templateSyntax(
        "\"call\" needs a call of a macro",
        at: expression.range,
        label: "not a call",
        help: ["write {% call name(arguments) %}"]
      )
    }
    let caller = try parseMacroBody(
      name: "caller",
      nameRange: expression.range,
      parameters: parameters,
      end: "endcall",
      block: "call",
      from: start
    )
    return .call(
      CallBlockNode(
        caller: caller,
        function: function,
        arguments: arguments,
        range: expression.range
      )
    )
  }

  private mutating func parseMacroBody(
    name: String,
    nameRange: TextRange,
    parameters: [MacroNode.Parameter],
    end: StaticString,
    block: String,
    from start: Int
  ) throws(Diagnostic) -> MacroNode {
    let outer = mentions
    let outerLoopDepth = loopDepth
    mentions = Mentions()
    loopDepth = 0
    let (body, _) = try parseBody(until: [end], of: block, from: start)
    loopDepth = outerLoopDepth
    let declared = Set(parameters.map(\.name.text))
    let implicit = MacroNode.ImplicitNames(
      caller: declared.contains("caller") ? nil : mentions.caller,
      varargs: declared.contains("varargs") ? nil : mentions.varargs,
      kwargs: declared.contains("kwargs") ? nil : mentions.kwargs
    )
    mentions.merge(outer)
    let whole = kind == .blockEnd ? current.range.upperBound : current.range.lowerBound
    return MacroNode(
      name: name,
      isCaller: block == "call",
      range: source.range(start..<whole),
      nameRange: nameRange,
      parameters: parameters,
      implicitNames: implicit,
      body: body
    )
  }

  /// Reads `(a, b=1, c: string)`; types are dbt's and mean nothing here.
  private mutating func parseParameters() throws(Diagnostic) -> [MacroNode.Parameter] {
    try expect(.leftParenthesis)
    var result: [MacroNode.Parameter] = []
    while kind != .rightParenthesis {
      if !result.isEmpty { try expect(.comma) }
      // Jinja allows no comma here; a trailing one does no harm.
      if kind == .rightParenthesis { break }
      let (name, nameRange) = try expectName()
      if result.contains(where: { $0.name.id == name.id }) {
        throw .templateSyntax("parameter \"\(name.text)\" is declared twice", at: nameRange)
      }
      if take(.colon) { try skipType() }
      var standard: ExpressionNode?
      if take(.assign) {
        standard = try parseExpression()
      } else if result.last?.standard != nil {
        throw .templateSyntax(
          "parameter \"\(name.text)\" has no default, but follows one that has",
          at: nameRange,
          help: ["give it a default, or move it before those that have one"]
        )
      }
      result.append(MacroNode.Parameter(name: name, standard: standard))
    }
    try expect(.rightParenthesis)
    return result
  }

  private mutating func skipType() throws(Diagnostic) {
    try expect(.name)
    while take(.dot) { try expect(.name) }
    guard take(.leftBracket) else { return }
    try nested { (parser) throws(Diagnostic) in
      while parser.kind != .rightBracket {
        try parser.skipType()
        if !parser.take(.comma) { break }
      }
      try parser.expect(.rightBracket)
    }
  }

  mutating func parseTarget(
    allowsNamespace: Bool = false,
    endsAtIn: Bool = false
  ) throws(Diagnostic) -> TargetNode {
    let start = current.range.lowerBound
    var targets: [TargetNode] = []
    var isTuple = false
    while true {
      if !targets.isEmpty, kind == .blockEnd || kind == .assign || (endsAtIn && isName("in")) {
        break
      }
      targets.append(try parseSingleTarget(allowsNamespace: allowsNamespace))
      guard take(.comma) else { break }
      isTuple = true
    }
    if !isTuple, let target = targets.first { return target }
    return .tuple(targets, range: range(from: start))
  }

  private mutating func parseSingleTarget(
    allowsNamespace: Bool
  ) throws(Diagnostic) -> TargetNode {
    let start = current.range.lowerBound
    if take(.leftParenthesis) {
      var targets: [TargetNode] = []
      var isTuple = false
      while kind != .rightParenthesis {
        let target = try nested { (parser) throws(Diagnostic) in
          try parser.parseSingleTarget(allowsNamespace: allowsNamespace)
        }
        targets.append(target)
        guard take(.comma) else { break }
        isTuple = true
      }
      try expect(.rightParenthesis)
      if !isTuple, let target = targets.first { return target }
      return .tuple(targets, range: range(from: start))
    }
    guard kind == .name else { throw unexpected("a name to assign to") }
    let (name, nameRange) = try expectName()
    if ["true", "false", "none", "True", "False", "None"].contains(name.text) {
      throw .templateSyntax("cannot assign to \"\(name.text)\"", at: nameRange)
    }
    if allowsNamespace, take(.dot) {
      let (attribute, _) = try expectName()
      return .namespace(name, attribute: attribute.text, range: range(from: start))
    }
    return .name(name)
  }
}
