import Diagnostics

extension SQLParser {
  /// `CREATE|ALTER RLS|MASKING POLICY p [WITH (columns) [[AS] alias]] USING (expressions)`.
  mutating func parsePolicy(
    _ kind: ObjectKind,
    alters: Bool
  ) throws(SyntaxFailure) -> Statement.Kind {
    advance()
    advance()
    var allowsExisting = try takeIfNotExists()
    let name = try parseObjectName("the name of the policy")
    // The manual has the condition here.
    if !alters, try takeIfNotExists() { allowsExisting = true }
    var policy = PolicyDefinition(
      kind: kind,
      alters: alters,
      allowsExisting: allowsExisting,
      name: name,
      columns: [],
      alias: nil,
      expressions: []
    )
    if take(.with) {
      try expect(.openParenthesis, "\"(\"")
      repeat { policy.columns.append(try parseColumnDefinition()) } while take(.comma)
      try expect(.closeParenthesis, "\",\" or \")\"")
      if take(.as) || (atName && !at(.using)) { policy.alias = try parseIdentifier("an alias") }
    }
    guard at(.using) else { throw failure("USING", help: suggestion([.using, .with])) }
    advance()
    repeat {
      try expect(.openParenthesis, "\"(\"")
      policy.expressions += try parseExprList()
      try expect(.closeParenthesis, "\",\" or \")\"")
    } while take(.comma)
    return .policy(policy)
  }

  /// `ATTACH|DETACH RLS|MASKING POLICY p ON t … TO|FROM …`.
  mutating func parsePolicyAttachment() throws(SyntaxFailure) -> Statement.Kind {
    let attaches = atWord("attach")
    advance()
    guard let (kind, words) = objectKind(), kind == .maskingPolicy || kind == .rowSecurityPolicy
    else { throw failure("RLS POLICY or MASKING POLICY") }
    for _ in 0..<words { advance() }
    var attachment = PolicyAttachment(
      kind: kind,
      attaches: attaches,
      policy: try parseObjectName("the name of the policy"),
      tables: [],
      columns: [],
      inputs: [],
      grantees: [],
      priority: nil
    )
    try expect(.on)
    _ = take(.table)
    repeat { attachment.tables.append(try parseObjectName("a table")) } while take(.comma)
    if take(.openParenthesis) {
      attachment.columns = try parseExprList()
      try expect(.closeParenthesis, "\",\" or \")\"")
    }
    if take(.using) {
      try expect(.openParenthesis, "\"(\"")
      attachment.inputs = try parseExprList()
      try expect(.closeParenthesis, "\",\" or \")\"")
    }
    guard attaches ? take(.to) : take(.from) else { throw failure(attaches ? "TO" : "FROM") }
    repeat { attachment.grantees.append(try parseGrantee()) } while take(.comma)
    if takeWord("priority") { attachment.priority = try parseInteger("a number") }
    return .policyAttachment(attachment)
  }
}
