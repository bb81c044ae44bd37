import Diagnostics

extension SQLParser {
  mutating func parseDrop() throws(SyntaxFailure) -> Statement.Kind {
    let start = index
    advance()
    let kind: Drop.Kind
    switch token.keyword {
    case .table: kind = .table
    case .view: kind = .view
    case .schema: kind = .schema
    case .materialized where peek().keyword == .view:
      advance()
      kind = .materializedView
    default:
      guard token.kind == .word else { throw failure("TABLE, VIEW or SCHEMA") }
      if let view = try parseExternalView(.drop) { return view }
      if let template = try parseTemplate(.drop) { return template }
      if let (kind, words) = objectKind(), kind != .externalSchema {
        return try parseDropObject(kind, words: words)
      }
      if let help = suggestion([.table, .view, .schema, .materialized]) {
        throw failure("TABLE, VIEW, SCHEMA or another kind of object", help: help)
      }
      guard atKnownObject else { throw failure(SQLParser.objectExpected) }
      return parseOpaque(from: start)
    }
    advance()
    var allowsMissing = false
    if take(.if) {
      try expect(.exists)
      allowsMissing = true
    }
    var names = [try parseObjectName("a name")]
    while take(.comma) { names.append(try parseObjectName("a name")) }
    var dropsExternalDatabase: TextRange?
    if kind == .schema, at(.drop, .external) {
      let start = index
      advance()
      advance()
      try expect(.database)
      dropsExternalDatabase = textRange(from: start)
    }
    let cascades = take(.cascade)
    if !cascades { _ = take(.restrict) }
    return .drop(
      Drop(
        kind: kind,
        names: names,
        allowsMissing: allowsMissing,
        cascades: cascades,
        dropsExternalDatabase: dropsExternalDatabase
      )
    )
  }

  mutating func parseAlter() throws(SyntaxFailure) -> Statement.Kind {
    let start = index
    advance()
    switch token.keyword {
    case .table:
      advance()
      let name = try parseObjectName("a table")
      let actionStart = index
      let action = try parseTableAction()
      return .alterTable(
        AlterTable(name: name, action: action, actionRange: textRange(from: actionStart))
      )
    case .schema:
      advance()
      let name = try parseIdentifier("a schema")
      return .alterSchema(AlterSchema(name: name, action: try parseSchemaAction()))
    case .default: return try parseDefaultPrivileges()
    default:
      if let view = try parseExternalView(.alter) { return view }
      if let template = try parseTemplate(.alter) { return template }
      if let system = try parseAlterSystem() { return system }
      if let (kind, words) = objectKind() {
        switch kind {
        case .rowSecurityPolicy, .maskingPolicy: return try parsePolicy(kind, alters: true)
        default: return try parseAlterObject(kind, words: words)
        }
      }
      guard atKnownObject else { throw failure(SQLParser.objectExpected) }
      guard token.kind == .word else { throw failure("TABLE or SCHEMA") }
      if let help = suggestion([.table, .schema]) {
        throw failure("TABLE, SCHEMA or another kind of object", help: help)
      }
      return parseOpaque(from: start)
    }
  }

  private mutating func parseSchemaAction() throws(SyntaxFailure) -> AlterSchema.Action {
    if take(.rename) {
      try expect(.to)
      return .rename(to: try parseIdentifier("the new name"))
    }
    if take(.owner) {
      try expect(.to)
      return .changeOwner(try parseIdentifier("a user"))
    }
    guard at(.quota) else { throw failure("RENAME TO, OWNER TO or QUOTA") }
    try parseQuota()
    return .quota
  }

  private mutating func parseTableAction() throws(SyntaxFailure) -> AlterTable.Action {
    if let action = try parseExternalAction() { return .external(action) }
    switch token.keyword {
    case .add:
      advance()
      if let constraint = try parseTableConstraint() { return .addConstraint(constraint) }
      _ = take(.column)
      let column = try parseColumnDefinition()
      if at(.comma) {
        throw failure("the end of the statement", help: "Redshift adds one column per statement")
      }
      return .addColumn(column)
    case .drop: return try parseDropAction()
    case .rename:
      advance()
      if take(.to) { return .rename(to: try parseIdentifier("the new name")) }
      _ = take(.column)
      let column = try parseIdentifier("a column")
      try expect(.to)
      return .renameColumn(column, to: try parseIdentifier("the new name"))
    case .owner:
      advance()
      try expect(.to)
      return .changeOwner(try parseIdentifier("a user"))
    case .append:
      advance()
      try expect(.from)
      let source = try parseObjectName("a table")
      let ignoresExtra = take(.ignoreextra)
      return .append(
        from: source,
        ignoresExtra: ignoresExtra,
        fillsTarget: take(.filltarget)
      )
    case .alter: return try parseAlterAction()
    case .row: return .rowSecurity(try parseRowSecurity())
    case .set: return skipAction()
    default:
      if takeWord("masking") {
        let isOn = take(.on)
        if !isOn, !takeWord("off") { throw failure("ON or OFF") }
        try expect(.for)
        guard takeWord("datashares") else { throw failure("DATASHARES") }
        return .masking(isOn: isOn)
      }
      throw failure(
        "ADD, DROP, RENAME, ALTER, APPEND or OWNER",
        help: suggestion([.add, .drop, .rename, .alter, .append, .owner])
      )
    }
  }

  private mutating func skipAction() -> AlterTable.Action {
    while token.kind != .semicolon, token.kind != .endOfText { advance() }
    return .other
  }

  private mutating func takeCascade() -> Bool {
    let cascades = take(.cascade)
    if !cascades { _ = take(.restrict) }
    return cascades
  }

  private mutating func parseDropAction() throws(SyntaxFailure) -> AlterTable.Action {
    advance()
    if take(.constraint) {
      let name = try parseIdentifier("a constraint")
      return .dropConstraint(name, cascades: takeCascade())
    }
    _ = take(.column)
    let name = try parseIdentifier("a column")
    return .dropColumn(name, cascades: takeCascade())
  }

  mutating func parseAlterAction() throws(SyntaxFailure) -> AlterTable.Action {
    var encodings: [(column: Identifier, encoding: Identifier)] = []
    var layout: [TableAttribute] = []
    repeat {
      let start = index
      try expect(.alter)
      switch token.keyword {
      case .distkey:
        advance()
        let key = try parseDistributionKey()
        layout.append(TableAttribute(range: textRange(from: start), kind: .distributionKey(key)))
      case .diststyle:
        advance()
        let style = try parseDistribution()
        layout.append(TableAttribute(range: textRange(from: start), kind: .distribution(style)))
        if take(.distkey) {
          let key = try parseDistributionKey()
          layout.append(TableAttribute(range: textRange(from: start), kind: .distributionKey(key)))
        }
      case .sortkey, .compound, .interleaved:
        let key = try parseSortKey()
        layout.append(TableAttribute(range: textRange(from: start), kind: .sortKey(key)))
      case .encode:
        advance()
        try expect(.auto)
        layout.append(TableAttribute(range: textRange(from: start), kind: .encodeAutomatically))
      default:
        _ = take(.column)
        let column = try parseIdentifier("a column")
        if take(.encode) {
          encodings.append((column, try parseLabel("a compression encoding")))
        } else if take(.type) {
          return .changeType(column, try parseDataType())
        } else if at(.set) || at(.drop) {
          // SET NOT NULL, SET DEFAULT and the like, which only PostgreSQL has.
          return skipAction()
        } else {
          throw failure(
            "TYPE or ENCODE",
            help: "Redshift can change a column's VARCHAR size and its encoding, nothing else"
          )
        }
      }
    } while take(.comma)
    return encodings.isEmpty ? .changeLayout(layout) : .changeEncoding(encodings)
  }
}
