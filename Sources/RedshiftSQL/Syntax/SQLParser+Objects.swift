import Diagnostics

extension SQLParser {
  /// The kind of object that is named here, and how many words name it.
  func objectKind() -> (kind: ObjectKind, words: Int)? {
    guard token.kind == .word else { return nil }
    for (kind, words) in SQLParser.objectKinds where areAhead(words) {
      return (kind, words.count)
    }
    return nil
  }

  private static let objectKinds: [(kind: ObjectKind, words: [String])] =
    ObjectKind.allCases.map { ($0, $0.rawValue.split(separator: " ").map(String.init)) }

  private mutating func skip(_ count: Int) {
    for _ in 0..<count { advance() }
  }

  // MARK: CREATE

  mutating func parseCreateObject(
    _ kind: ObjectKind,
    words: Int,
    replaces: Bool
  ) throws(SyntaxFailure) -> Statement.Kind {
    skip(words)
    let allowsExisting = try takeIfNotExists()
    let name = try parseName(of: kind)
    _ = take(.with)
    return .createObject(
      CreateObject(
        kind: kind,
        name: name,
        replaces: replaces,
        allowsExisting: allowsExisting,
        options: try parseOptions(SQLParser.options(of: kind), of: "an option")
      )
    )
  }

  private mutating func parseName(of kind: ObjectKind) throws(SyntaxFailure) -> ObjectName {
    let expected = "the name of the \(kind.rawValue)"
    guard kind == .user || kind == .role else { return try parseObjectName(expected) }
    let name = try parseAccount(expected)
    return ObjectName(parts: [name], range: name.range)
  }

  private mutating func parseSignature(
    of kind: ObjectKind
  ) throws(SyntaxFailure) -> RoutineSignature {
    guard kind == .user || kind == .role else {
      return try parseSignature("the name of the \(kind.rawValue)")
    }
    let name = try parseName(of: kind)
    return RoutineSignature(range: name.range, name: name, arguments: nil)
  }

  private static func options(of kind: ObjectKind) -> [OptionForm] {
    switch kind {
    case .user: userOptions
    case .group: [OptionForm("user", .names), OptionForm("with user", .names)]
    case .role: [OptionForm("externalid", .textOrWord)]
    case .database: databaseOptions
    case .datashare: datashareOptions
    case .library: libraryOptions
    case .identityProvider: identityProviderOptions
    case .externalSchema: changedSchemaOptions
    case .function, .procedure, .materializedView, .model, .maskingPolicy, .rowSecurityPolicy: []
    }
  }

  private static let userOptions: [OptionForm] = [
    OptionForm("password", .textOrWord), OptionForm("createdb"), OptionForm("nocreatedb"),
    OptionForm("createuser"), OptionForm("nocreateuser"), OptionForm("syslog access", .word),
    OptionForm("in group", .names), OptionForm("valid until", .text),
    OptionForm("connection limit", .numberOrWord), OptionForm("session timeout", .number),
    OptionForm("reset session timeout"), OptionForm("externalid", .textOrWord), OptionForm("with"),
    OptionForm("set", .setting), OptionForm("reset", .word),
  ]

  private static let changedSchemaOptions: [OptionForm] = [
    OptionForm("iam_role", .textOrWord), OptionForm("uri", .text),
    OptionForm("authentication", .word), OptionForm("authentication_arn", .text),
    OptionForm("secret_arn", .text),
  ]

  private static let databaseOptions: [OptionForm] = [
    OptionForm("owner", .word), OptionForm("connection limit", .numberOrWord),
    OptionForm("collate", .word), OptionForm("isolation level", .word),
    OptionForm("from datashare", .names), OptionForm("of account", .textOrWord),
    OptionForm("of namespace", .textOrWord), OptionForm("account", .textOrWord),
    OptionForm("namespace", .textOrWord),
    OptionForm("with permissions"), OptionForm("permissions"), OptionForm("no data catalog schema"),
    OptionForm("with"), OptionForm("from integration", .text),
    OptionForm("from arn", .text), OptionForm("with data catalog schema", .textOrWord),
    OptionForm("with no data catalog schema"), OptionForm("data catalog schema", .textOrWord),
    OptionForm("iam_role", .textOrWord), OptionForm("database", .textOrWord),
    OptionForm("set"), OptionForm("acceptinvchars", .wordIfAny),
    OptionForm("query_all_states", .wordIfAny), OptionForm("refresh_interval", .wordIfAny),
    OptionForm("truncatecolumns", .wordIfAny), OptionForm("history_mode", .wordIfAny),
    OptionForm("integration set"), OptionForm("integration refresh", .wordIfAny),
    OptionForm("integration refresh table", .names),
    OptionForm("integration refresh all tables"),
    OptionForm("integration refresh all tables in schema", .names),
    OptionForm("integration refresh inerror tables"),
    OptionForm("integration refresh inerror tables in schema", .names),
    OptionForm("for all tables"), OptionForm("for all tables in schema", .names),
    OptionForm("for table", .names),
    OptionForm("encoding", .textOrWord), OptionForm("template", .word),
  ]

  private static let datashareOptions: [OptionForm] = [
    OptionForm("set publicaccessible", .wordIfAny), OptionForm("set includenew", .wordIfAny),
    OptionForm("publicaccessible", .wordIfAny), OptionForm("for schema", .names),
    OptionForm("managedby", .word), OptionForm("set"),
  ]

  private static let libraryOptions: [OptionForm] = [
    OptionForm("language", .word), OptionForm("from", .text), OptionForm("region", .text),
    OptionForm("iam_role", .textOrWord), OptionForm("credentials", .text),
    OptionForm("with credentials", .text), OptionForm("access_key_id", .text),
    OptionForm("secret_access_key", .text), OptionForm("session_token", .text),
  ]

  private static let identityProviderOptions: [OptionForm] = [
    OptionForm("type", .word), OptionForm("namespace", .text), OptionForm("parameters", .text),
    OptionForm("application_arn", .text), OptionForm("iam_role", .textOrWord),
    OptionForm("auto_create_roles", .word), OptionForm("disable"), OptionForm("enable"),
    OptionForm("include groups like", .text), OptionForm("exclude groups like", .text),
  ]

  // MARK: DROP

  mutating func parseDropObject(
    _ kind: ObjectKind,
    words: Int
  ) throws(SyntaxFailure) -> Statement.Kind {
    skip(words)
    var allowsMissing = false
    if take(.if) {
      try expect(.exists)
      allowsMissing = true
    }
    var names: [RoutineSignature] = []
    repeat {
      names.append(try parseSignature(of: kind))
    } while take(.comma)
    var cascades = take(.cascade)
    if !cascades { _ = take(.restrict) }
    if atWord("force") {
      advance()
      cascades = true
    }
    return .dropObject(
      DropObject(kind: kind, names: names, allowsMissing: allowsMissing, cascades: cascades)
    )
  }

  // MARK: ALTER

  mutating func parseAlterObject(
    _ kind: ObjectKind,
    words: Int
  ) throws(SyntaxFailure) -> Statement.Kind {
    skip(words)
    let signature = try parseSignature(of: kind)
    return .alterObject(
      AlterObject(
        kind: kind,
        name: signature.name,
        arguments: signature.arguments,
        action: try parseObjectAction(kind)
      )
    )
  }

  private mutating func parseObjectAction(
    _ kind: ObjectKind
  ) throws(SyntaxFailure) -> AlterObject.Action {
    if kind == .user || kind == .role { _ = take(.with) }
    if take(.rename) {
      try expect(.to)
      return .rename(to: try parseIdentifier("the new name"))
    }
    if at(.owner), peek().keyword == .to {
      advance()
      advance()
      return .changeOwner(try parseIdentifier("a user"))
    }
    switch kind {
    case .group:
      let adds = take(.add)
      guard adds || take(.drop) else { throw failure("ADD USER, DROP USER or RENAME TO") }
      try expect(.user)
      var members = [try parseIdentifier("a user")]
      while take(.comma) { members.append(try parseIdentifier("a user")) }
      return adds ? .addMembers(members) : .removeMembers(members)
    case .datashare where at(.add) || at(.remove):
      let adds = at(.add)
      advance()
      let item = try parseShareItem()
      return adds ? .addToShare(item) : .removeFromShare(item)
    case .materializedView:
      if at(.row) { return .rowSecurity(try parseRowSecurity()) }
      if at(.alter) {
        let action = try parseAlterAction()
        guard case .changeLayout(let layout) = action else {
          throw failure("DISTKEY, DISTSTYLE or SORTKEY")
        }
        return .changeLayout(layout)
      }
      let attributes = try parseTableAttributes()
      guard !attributes.isEmpty else {
        throw failure("AUTO REFRESH, ALTER, ROW LEVEL SECURITY or OWNER TO")
      }
      return .changeLayout(attributes)
    default: break
    }
    _ = take(.with)
    let options = try parseOptions(SQLParser.options(of: kind), of: "an option")
    guard !options.isEmpty else { throw failure("RENAME TO, OWNER TO or an option") }
    return .options(options)
  }

  private mutating func parseShareItem() throws(SyntaxFailure) -> AlterObject.ShareItem {
    let start = index
    var kind: [String] = []
    if at(.all) {
      while !at(.in) {
        guard token.kind == .word, kind.count < 2 else { throw failure("IN SCHEMA") }
        kind.append(word(token))
        advance()
      }
      advance()
      try expect(.schema)
      kind += ["in", "schema"]
    } else {
      guard at(.schema) || at(.table) || at(.function) || at(.view) else {
        throw failure(
          "SCHEMA, TABLE, FUNCTION or ALL TABLES IN SCHEMA",
          help: suggestion([.schema, .table, .function, .all])
        )
      }
      kind.append(word(token))
      advance()
    }
    var objects = [try parseSignature("a name")]
    while take(.comma) { objects.append(try parseSignature("a name")) }
    return AlterObject.ShareItem(
      range: textRange(from: start),
      kind: kind.joined(separator: " "),
      objects: objects
    )
  }

  /// `ROW LEVEL SECURITY ON|OFF [CONJUNCTION TYPE AND|OR] [FOR DATASHARES]`.
  mutating func parseRowSecurity() throws(SyntaxFailure) -> RowSecurity {
    try expect(.row)
    try expect(.level)
    try expect(.security)
    let isOn = take(.on)
    if !isOn, !takeWord("off") { throw failure("ON or OFF") }
    var conjunction: String?
    if takeWord("conjunction") {
      try expect(.type)
      guard at(.and) || at(.or) else { throw failure("AND or OR") }
      conjunction = word(token)
      advance()
    }
    if take(.for) {
      guard takeWord("datashares") else { throw failure("DATASHARES") }
    }
    return RowSecurity(isOn: isOn, conjunction: conjunction)
  }
}
