import Diagnostics

extension SQLParser {
  mutating func parseGrant() throws(SyntaxFailure) -> Statement.Kind {
    .grant(try parseGrantBody())
  }

  /// GRANT or REVOKE, by itself or in ALTER DEFAULT PRIVILEGES.
  mutating func parseGrantBody() throws(SyntaxFailure) -> Grant {
    let revokes = at(.revoke)
    advance()
    var grant = Grant(revokes: revokes, privileges: [], objectKind: "", grantees: [])
    let isAboutRoles = atWord("admin")
    if at(.grant) || isAboutRoles, isWord(peek(), "option") {
      advance()
      advance()
      try expect(.for)
      grant.revokesOption = true
    }
    if at(.role), isName(peek()), peek(2).keyword != .on {
      advance()
      _ = try parseRoles(&grant)
    } else if isAboutRoles, grant.revokesOption {
      // Amazon's own examples leave ROLE out here, and only here.
      _ = try parseRoles(&grant)
    } else {
      try parsePrivileges(&grant)
      if take(.for) { grant.scope = try parseGrantScope() }
      if at(.on) { try parseGrantObjects(&grant) }
    }
    let word: SQLKeyword = revokes ? .from : .to
    guard at(word) else { throw failure(revokes ? "FROM" : "TO", help: suggestion([word])) }
    advance()
    repeat { grant.grantees.append(try parseGrantee()) } while take(.comma)
    if take(.for) { try parsePurposes(&grant) }
    grant.cascades = take(.cascade)
    if !grant.cascades { _ = take(.restrict) }
    return grant
  }

  private mutating func parseRoles(_ grant: inout Grant) throws(SyntaxFailure) {
    repeat {
      _ = at(.role) && isName(peek()) ? take(.role) : false
      grant.roles.append(try parseAccount("a role"))
    } while take(.comma)
  }

  // MARK: Privileges

  private mutating func parsePrivileges(_ grant: inout Grant) throws(SyntaxFailure) {
    repeat {
      let start = index
      var words: [String] = []
      while token.kind == .word, !at(.on), !at(.to), !at(.from), !at(.for), words.count < 6 {
        words.append(word(token))
        advance()
      }
      if words == ["all", "privileges"] { words = ["all"] }
      let range = textRange(from: start)
      guard let first = words.first, words.count > 1 || SQLParser.privileges.contains(first)
      else {
        let mayBeRole = words.count == 1 && (at(.to) || at(.from) || at(.comma))
        rewind(to: start)
        let guess = Suggestion.sentence(
          for: string(token).uppercased(),
          among: SQLParser.privileges.map { $0.uppercased() }
        )
        let role = mayBeRole ? "a role is named with its kind: ROLE \(string(token))" : nil
        throw failure(
          "a privilege such as SELECT",
          help: token.kind == .word ? guess ?? role : nil
        )
      }
      var columns: [Identifier] = []
      if at(.openParenthesis) { columns = try parseIdentifierList("a column") }
      grant.privileges.append(
        Grant.Privilege(name: words.joined(separator: " "), range: range, columns: columns)
      )
    } while take(.comma)
  }

  private static let privileges: Set<String> = [
    "select", "insert", "update", "delete", "drop", "references", "alter", "truncate", "all",
    "create", "usage", "temp", "temporary", "execute", "share", "assumerole", "rule", "trigger",
    "vacuum", "analyze", "cancel", "connect", "maintain",
  ]

  /// `TABLES IN SCHEMA s [DATABASE d]`, `SCHEMAS IN DATABASE d`.
  private mutating func parseGrantScope() throws(SyntaxFailure) -> Grant.Scope {
    let start = index
    var kind: [String] = []
    while token.kind == .word, !at(.in), kind.count < 2 {
      kind.append(word(token))
      advance()
    }
    try expect(.in)
    var schema: ObjectName?
    var database: Identifier?
    if take(.schema) { schema = try parseObjectName("a schema") }
    if take(.database) { database = try parseIdentifier("a database") }
    guard schema != nil || database != nil else { throw failure("SCHEMA or DATABASE") }
    return Grant.Scope(
      range: textRange(from: start),
      kind: kind.joined(separator: " "),
      schema: schema,
      database: database
    )
  }

  // MARK: Objects

  private mutating func parseGrantObjects(_ grant: inout Grant) throws(SyntaxFailure) {
    try expect(.on)
    let start = index
    if grant.privileges.first?.name == "assumerole" {
      grant.objectKind = "role"
      if !take(.all), !take(.default) {
        repeat { grant.roleNames.append(try parseString("the ARN of a role")) } while take(.comma)
      }
      grant.object = textRange(from: start)
      return
    }
    grant.objectKind = try parseGrantObjectKind()
    repeat {
      // `FUNCTION f(int), FUNCTION g(int)`: the kind may be said again.
      if !grant.objects.isEmpty, isName(peek()), at(.function) || at(.procedure) { advance() }
      grant.objects.append(try parseSignature("the name of the object"))
    } while take(.comma)
    grant.object = textRange(from: start)
  }

  /// TABLE and its like; `table` when a name follows at once.
  private mutating func parseGrantObjectKind() throws(SyntaxFailure) -> String {
    if take(.all) {
      var words = ["all"]
      while token.kind == .word, !at(.in), words.count < 3 {
        words.append(word(token))
        advance()
      }
      try expect(.in)
      if take(.database) { return words.joined(separator: " ") + " in database" }
      try expect(.schema)
      return words.joined(separator: " ") + " in schema"
    }
    for kind in SQLParser.grantKinds {
      guard areAhead(kind), isName(peek(kind.count)) else { continue }
      for _ in kind { advance() }
      return kind.joined(separator: " ")
    }
    return "table"
  }

  private static let grantKinds: [[String]] = [
    ["external", "table"], ["external", "column"], ["external", "schema"], ["copy", "job"],
    ["masking", "policy"], ["rls", "policy"], ["table"], ["view"], ["schema"], ["database"],
    ["function"], ["procedure"], ["language"], ["model"], ["datashare"], ["role"], ["catalog"],
    ["library"], ["template"], ["sequence"], ["tablespace"], ["integration"],
  ]

  // MARK: Grantees

  mutating func parseGrantee() throws(SyntaxFailure) -> Grant.Grantee {
    let start = index
    var grantee = Grant.Grantee(range: textRange(token), kind: .user, name: nil)
    if at(.group), isName(peek()) {
      advance()
      grantee.kind = .group
    } else if at(.role), isName(peek()) {
      advance()
      grantee.kind = .role
    } else if takeWord("public") {
      grantee.kind = .everybody
    } else if atWord("rls"), isWord(peek(), "policy") {
      advance()
      advance()
      grantee.kind = .rowSecurityPolicy
    } else if atWord("masking"), isWord(peek(), "policy") {
      advance()
      advance()
      grantee.kind = .maskingPolicy
    } else if atWord("namespace") || atWord("account"), peek().kind == .string {
      grantee.kind = atWord("account") ? .account : .namespace
      advance()
      grantee.text = try parseString("an identifier in quotes")
      if takeWord("via") {
        guard takeWord("data"), takeWord("catalog") else { throw failure("DATA CATALOG") }
      }
    }
    if atWord("iam_role"), peek().kind == .string {
      advance()
      grantee.kind = .awsRole
      grantee.text = try parseString("the ARN of a role")
    }
    if grantee.kind != .everybody, grantee.text == nil {
      grantee.name = try parseAccount("a user, ROLE, GROUP or PUBLIC")
    }
    if at(.with), peek().keyword == .grant || isWord(peek(), "admin") {
      advance()
      advance()
      guard takeWord("option") else { throw failure("OPTION") }
      grantee.mayPassOn = true
    }
    grantee.range = textRange(from: start)
    return grantee
  }

  private mutating func parsePurposes(_ grant: inout Grant) throws(SyntaxFailure) {
    repeat {
      var words: [String] = []
      while token.kind == .word, words.count < 2 {
        words.append(word(token))
        advance()
      }
      guard !words.isEmpty else { throw failure("COPY, UNLOAD, EXTERNAL FUNCTION or CREATE MODEL") }
      grant.purposes.append(words.joined(separator: " "))
    } while take(.comma)
  }

  // MARK: ALTER DEFAULT PRIVILEGES

  mutating func parseDefaultPrivileges() throws(SyntaxFailure) -> Statement.Kind {
    advance()
    guard takeWord("privileges") else { throw failure("PRIVILEGES") }
    var users: [Identifier] = []
    var schemas: [Identifier] = []
    if take(.for) {
      guard take(.user) || take(.role) else { throw failure("USER") }
      repeat { users.append(try parseAccount("a user")) } while take(.comma)
    }
    if take(.in) {
      try expect(.schema)
      repeat { schemas.append(try parseIdentifier("a schema")) } while take(.comma)
    }
    guard at(.grant) || at(.revoke) else { throw failure("GRANT or REVOKE") }
    return .alterDefaultPrivileges(
      AlterDefaultPrivileges(users: users, schemas: schemas, grant: try parseDefaultGrant())
    )
  }

  private mutating func parseDefaultGrant() throws(SyntaxFailure) -> Grant {
    let revokes = at(.revoke)
    advance()
    var grant = Grant(revokes: revokes, privileges: [], objectKind: "", grantees: [])
    if at(.grant), isWord(peek(), "option") {
      advance()
      advance()
      try expect(.for)
      grant.revokesOption = true
    }
    try parsePrivileges(&grant)
    try expect(.on)
    let start = index
    grant.objectKind = try parseLabel("TABLES, FUNCTIONS or PROCEDURES").text
    grant.object = textRange(from: start)
    guard revokes ? take(.from) : take(.to) else { throw failure(revokes ? "FROM" : "TO") }
    repeat { grant.grantees.append(try parseGrantee()) } while take(.comma)
    grant.cascades = take(.cascade)
    if !grant.cascades { _ = take(.restrict) }
    return grant
  }
}
