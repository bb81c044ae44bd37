import Diagnostics

extension SQLParser {
  mutating func parseCreate() throws(SyntaxFailure) -> Statement.Kind {
    let start = index
    advance()
    let replaces = take(.or, .replace)
    if !take(.local) { _ = take(.global) }
    let isTemporary = take(.temp) || take(.temporary)
    if isTemporary, token.kind == .word, !at(.table), !at(.view),
      SQLParser.creatable.contains(word(token))
    {
      throw failure("TABLE", help: "only tables are temporary on Redshift")
    }
    switch token.keyword {
    case .table: return try parseCreateTable(isTemporary: isTemporary)
    case .view: return .createView(try parseCreateView(replaces: replaces))
    case .materialized:
      return .createView(try parseCreateMaterializedView(replaces: replaces))
    case .schema: return try parseCreateSchema()
    case .procedure: return try parseCreateRoutine(.procedure, replaces: replaces)
    case .function: return try parseCreateRoutine(.function, replaces: replaces)
    case .external: if let kind = try parseCreateExternal(replaces: replaces) { return kind }
    default: if let kind = try parseCreateOther(replaces: replaces) { return kind }
    }
    guard token.kind == .word, SQLParser.creatable.contains(word(token)) else {
      throw failure(
        "TABLE, VIEW, SCHEMA or another kind of object",
        help: token.kind == .word
          ? Suggestion.sentence(
            for: string(token).uppercased(),
            among: SQLParser.creatable.map { $0.uppercased() }
          ) : nil
      )
    }
    return parseOpaque(from: start)
  }

  private mutating func parseCreateExternal(
    replaces: Bool
  ) throws(SyntaxFailure) -> Statement.Kind? {
    if let view = try parseExternalView(.create(replaces: replaces)) { return view }
    switch peek().keyword {
    case .schema: return try parseCreateExternalSchema()
    case .table: return try parseCreateExternalTable()
    case .function: return try parseCreateRoutine(.externalFunction, replaces: replaces)
    default: return isWord(peek(), "model") ? try parseCreateModel(isExternal: true) : nil
    }
  }

  private mutating func parseCreateOther(
    replaces: Bool
  ) throws(SyntaxFailure) -> Statement.Kind? {
    if let template = try parseTemplate(.create(replaces: replaces)) { return template }
    if let view = try parseExternalView(.create(replaces: replaces)) { return view }
    guard let (kind, words) = objectKind() else { return nil }
    switch kind {
    case .model: return try parseCreateModel(isExternal: false)
    case .rowSecurityPolicy, .maskingPolicy: return try parsePolicy(kind, alters: false)
    default: return try parseCreateObject(kind, words: words, replaces: replaces)
    }
  }

  /// Whether a kind of object is named here that Redshift or PostgreSQL has.
  var atKnownObject: Bool {
    token.kind == .word
      && (SQLParser.creatable.contains(word(token)) || atWord("system") || atWord("owned"))
  }

  static let objectExpected = "TABLE, VIEW, SCHEMA or another kind of object"

  private static let creatable: Set<String> = [
    "table", "view", "materialized", "schema", "external", "procedure", "function", "user", "role",
    "group", "database", "library", "datashare", "model", "rls", "masking", "identity", "index",
    "sequence", "type", "domain", "trigger", "rule", "extension", "protected", "unique",
    "aggregate", "operator", "cast", "language", "recursive", "unlogged", "template", "statistics",
    "tablespace", "conversion", "policy", "server", "foreign", "publication", "subscription",
  ]

  mutating func takeIfNotExists() throws(SyntaxFailure) -> Bool {
    guard take(.if) else { return false }
    try expect(.not)
    try expect(.exists)
    return true
  }

  // MARK: CREATE TABLE

  private mutating func parseCreateTable(
    isTemporary: Bool
  ) throws(SyntaxFailure) -> Statement.Kind {
    advance()
    let allowsExisting = try takeIfNotExists()
    let name = try parseObjectName("the name of the table")
    let isTemporary = isTemporary || name.parts.last?.isTemporary == true
    if at(.openParenthesis), !columnNamesAhead, !queryAhead {
      let elements = try parseTableElements()
      if at(.using) {
        return try parseIcebergTable(name, elements, allowsExisting: allowsExisting)
      }
      let attributes = try parseTableAttributes()
      if at(.as) {
        throw failure(
          "the end of the statement",
          help: "columns of CREATE TABLE … AS have names only, no types"
        )
      }
      try expectStatementEnd()
      return .createTable(
        CreateTable(
          objectName: name,
          isTemporary: isTemporary,
          allowsExisting: allowsExisting,
          elements: elements,
          attributes: attributes
        )
      )
    }
    var columns: [Identifier] = []
    if at(.openParenthesis), columnNamesAhead { columns = try parseIdentifierList("a column") }
    if at(.using), columns.isEmpty {
      return try parseIcebergTable(name, [], allowsExisting: allowsExisting)
    }
    let attributes = try parseTableAttributes()
    guard at(.as) else {
      throw failure(columns.isEmpty ? "\"(\" or AS" : "AS", help: suggestion([.as]))
    }
    advance()
    return .createTableAs(
      CreateTableAs(
        objectName: name,
        isTemporary: isTemporary,
        allowsExisting: allowsExisting,
        columns: columns,
        attributes: attributes,
        query: try parseQuery()
      )
    )
  }

  /// Whether `(a, b)` follows, rather than column definitions.
  private var columnNamesAhead: Bool {
    peek().kind == .word && peek().keyword != .like || peek().kind == .quotedIdentifier
      ? peek(2).kind == .comma || peek(2).kind == .closeParenthesis : false
  }

  /// Whether the next element of CREATE SCHEMA may stand here.
  private var isElement: Bool { depth > 1 && (at(.create) || at(.grant)) }

  private func expectStatementEnd() throws(SyntaxFailure) {
    guard token.kind != .semicolon, token.kind != .endOfText, !isElement else { return }
    throw failure(
      "a table attribute or the end of the statement",
      help: token.kind == .word
        ? Suggestion.sentence(
          for: string(token).uppercased(),
          among: ["DISTSTYLE", "DISTKEY", "SORTKEY", "COMPOUND", "INTERLEAVED", "BACKUP", "ENCODE"]
        ) : nil
    )
  }

  private mutating func parseTableElements() throws(SyntaxFailure) -> [CreateTable.Element] {
    try expect(.openParenthesis, "\"(\"")
    var elements: [CreateTable.Element] = []
    repeat {
      if at(.closeParenthesis), let help = trailingCommaHelp(elements) {
        throw failure("a column", help: help)
      }
      elements.append(try parseTableElement())
    } while take(.comma)
    try expect(.closeParenthesis, "a column attribute, \",\" or \")\"")
    return elements
  }

  private func trailingCommaHelp(_ elements: [CreateTable.Element]) -> String? {
    elements.isEmpty
      ? "a table needs at least one column" : "remove the comma behind the last column"
  }

  private mutating func parseTableElement() throws(SyntaxFailure) -> CreateTable.Element {
    let start = index
    if at(.like) {
      advance()
      let name = try parseObjectName("a table")
      var includesDefaults = false
      while at(.including) || at(.excluding) {
        includesDefaults = at(.including)
        advance()
        guard token.kind == .word else { throw failure("DEFAULTS") }
        advance()
      }
      return CreateTable.Element(
        range: textRange(from: start),
        kind: .like(name, includesDefaults: includesDefaults)
      )
    }
    if let constraint = try parseTableConstraint() {
      return CreateTable.Element(range: textRange(from: start), kind: .constraint(constraint))
    }
    let column = try parseColumnDefinition()
    return CreateTable.Element(range: column.range, kind: .column(column))
  }

  mutating func parseTableConstraint() throws(SyntaxFailure) -> TableConstraint? {
    let start = index
    var name: Identifier?
    switch token.keyword {
    case .constraint:
      advance()
      name = try parseIdentifier("the name of the constraint")
    case .primary, .unique, .foreign, .check: break
    default: return nil
    }
    let kind: TableConstraint.Kind
    switch token.keyword {
    case .primary:
      advance()
      try expect(.key)
      kind = .primaryKey(try parseIdentifierList("a column"))
    case .unique:
      advance()
      kind = .unique(try parseIdentifierList("a column"))
    case .foreign:
      advance()
      try expect(.key)
      let columns = try parseIdentifierList("a column")
      try expect(.references)
      let table = try parseObjectName("a table")
      var targets: [Identifier] = []
      if at(.openParenthesis) { targets = try parseIdentifierList("a column") }
      kind = .foreignKey(columns, table, references: targets)
    case .check:
      advance()
      try expect(.openParenthesis, "\"(\"")
      let condition = try parseExpr()
      try expect(.closeParenthesis, "\")\"")
      kind = .check(condition)
    default: throw failure("PRIMARY KEY, UNIQUE or FOREIGN KEY")
    }
    return TableConstraint(range: textRange(from: start), name: name, kind: kind)
  }

  mutating func parseColumnDefinition() throws(SyntaxFailure) -> ColumnDefinition {
    let start = index
    let name = try parseIdentifier("a column")
    let type = try parseDataType()
    var attributes: [ColumnAttribute] = []
    while let kind = try parseColumnAttribute(&attributes) {
      attributes.append(kind)
    }
    return ColumnDefinition(
      range: textRange(from: start),
      name: name,
      type: type,
      attributes: attributes
    )
  }

  private mutating func parseColumnAttribute(
    _ known: inout [ColumnAttribute]
  ) throws(SyntaxFailure) -> ColumnAttribute? {
    let start = index
    let kind: ColumnAttribute.Kind
    if at(.constraint) {
      advance()
      _ = try parseIdentifier("the name of the constraint")
    }
    switch token.keyword {
    case .default:
      advance()
      kind = .defaultValue(try parseOperand())
    case .identity:
      advance()
      kind = .identity(try parseIdentity(acceptsValues: false))
    case .generated:
      advance()
      let acceptsValues = !takeWord("always")
      if acceptsValues {
        try expect(.by)
        try expect(.default)
      }
      try expect(.as)
      try expect(.identity)
      kind = .identity(try parseIdentity(acceptsValues: acceptsValues))
    case .encode:
      advance()
      kind = .encode(try parseLabel("a compression encoding"))
    case .distkey:
      advance()
      kind = .distributionKey
    case .sortkey:
      advance()
      kind = .sortKey
    case .collate:
      advance()
      kind = .collate(try parseLabel("a collation"))
    case .not:
      advance()
      try expect(.null)
      kind = .notNull
    case .null:
      advance()
      kind = .null
    case .unique:
      advance()
      kind = .unique
    case .primary:
      advance()
      try expect(.key)
      kind = .primaryKey
    case .references:
      advance()
      let table = try parseObjectName("a table")
      var columns: [Identifier] = []
      if at(.openParenthesis) { columns = try parseIdentifierList("a column") }
      kind = .references(table, columns: columns)
    case .check:
      advance()
      try expect(.openParenthesis, "\"(\"")
      let condition = try parseExpr()
      try expect(.closeParenthesis, "\")\"")
      kind = .check(condition)
    default:
      if index > start { throw failure("a constraint") }
      return nil
    }
    return ColumnAttribute(range: textRange(from: start), kind: kind)
  }

  private mutating func parseIdentity(
    acceptsValues: Bool
  ) throws(SyntaxFailure) -> ColumnAttribute.Identity {
    var identity = ColumnAttribute.Identity(seed: 1, step: 1, acceptsValues: acceptsValues)
    guard at(.openParenthesis) else { return identity }
    advance()
    identity.seed = try parseInteger("the seed")
    try expect(.comma, "\",\"")
    identity.step = try parseInteger("the step")
    try expect(.closeParenthesis, "\")\"")
    return identity
  }

  // MARK: Table attributes

  mutating func parseTableAttributes() throws(SyntaxFailure) -> [TableAttribute] {
    var attributes: [TableAttribute] = []
    while let attribute = try parseTableAttribute() { attributes.append(attribute) }
    return attributes
  }

  private mutating func parseTableAttribute() throws(SyntaxFailure) -> TableAttribute? {
    let start = index
    let kind: TableAttribute.Kind
    switch token.keyword {
    case .backup:
      advance()
      kind = .backup(try parseYesOrNo())
    case .auto:
      guard peek().keyword == .refresh else { return nil }
      advance()
      advance()
      kind = .automaticRefresh(try parseYesOrNo())
    case .diststyle:
      advance()
      kind = .distribution(try parseDistribution())
    case .distkey:
      advance()
      kind = .distributionKey(try parseDistributionKey())
    case .compound, .interleaved, .sortkey: kind = .sortKey(try parseSortKey())
    case .encode:
      advance()
      try expect(.auto)
      kind = .encodeAutomatically
    default: return nil
    }
    return TableAttribute(range: textRange(from: start), kind: kind)
  }

  private mutating func parseYesOrNo() throws(SyntaxFailure) -> Bool {
    if takeWord("yes") { return true }
    guard take(.no) else { throw failure("YES or NO") }
    return false
  }

  mutating func parseDistribution() throws(SyntaxFailure) -> TableAttribute.Distribution {
    guard token.kind == .word,
      let style = TableAttribute.Distribution(rawValue: word(token))
    else {
      throw failure(
        "AUTO, EVEN, KEY or ALL",
        help: token.kind == .word
          ? Suggestion.sentence(
            for: string(token).uppercased(),
            among: ["AUTO", "EVEN", "KEY", "ALL"]
          ) : nil
      )
    }
    advance()
    return style
  }

  mutating func parseDistributionKey() throws(SyntaxFailure) -> Identifier {
    let isParenthesized = take(.openParenthesis)
    let column = isParenthesized ? try parseKeyColumn() : try parseIdentifier("a column")
    if isParenthesized {
      if at(.comma) { throw failure("\")\"", help: "a table has one distribution key column") }
      try expect(.closeParenthesis, "\")\"")
    }
    return column
  }

  /// A column by its name or, of CREATE TABLE AS, by its number.
  private mutating func parseKeyColumn() throws(SyntaxFailure) -> Identifier {
    guard at(.number) else { return try parseIdentifier("a column") }
    let number = token
    advance()
    return Identifier(text: string(number), range: textRange(number), isQuoted: false)
  }

  mutating func parseSortKey() throws(SyntaxFailure) -> TableAttribute.SortKey {
    let isInterleaved = take(.interleaved)
    let isCompound = !isInterleaved && take(.compound)
    try expect(.sortkey)
    if !isInterleaved, !isCompound {
      if take(.auto) { return .automatic }
      if takeWord("none") { return .none }
    }
    var columns: [Identifier] = []
    if take(.openParenthesis) {
      repeat { columns.append(try parseKeyColumn()) } while take(.comma)
      try expect(.closeParenthesis, "\",\" or \")\"")
    } else {
      columns.append(try parseIdentifier("\"(\" or AUTO"))
    }
    return isInterleaved ? .interleaved(columns) : .compound(columns)
  }

  // MARK: Views and schemas

  private mutating func parseCreateView(replaces: Bool) throws(SyntaxFailure) -> CreateView {
    advance()
    let name = try parseObjectName("the name of the view")
    var columns: [Identifier] = []
    if at(.openParenthesis) { columns = try parseIdentifierList("a column") }
    try expect(.as)
    let query = try parseQuery()
    var withoutBinding: TextRange?
    if at(.with) {
      let start = index
      advance()
      try expect(.no)
      try expect(.schema)
      try expect(.binding)
      withoutBinding = textRange(from: start)
    }
    return CreateView(
      objectName: name,
      isMaterialized: false,
      replaces: replaces,
      columns: columns,
      attributes: [],
      query: query,
      withoutBinding: withoutBinding
    )
  }

  private mutating func parseCreateMaterializedView(
    replaces: Bool
  ) throws(SyntaxFailure) -> CreateView {
    if replaces {
      throw failure("VIEW", help: "a materialized view cannot be replaced: drop it first")
    }
    advance()
    try expect(.view)
    let name = try parseObjectName("the name of the materialized view")
    var columns: [Identifier] = []
    if at(.openParenthesis) { columns = try parseIdentifierList("a column") }
    let attributes = try parseTableAttributes()
    try expect(.as)
    return CreateView(
      objectName: name,
      isMaterialized: true,
      replaces: false,
      columns: columns,
      attributes: attributes,
      query: try parseQuery(),
      withoutBinding: nil
    )
  }

  private mutating func parseCreateSchema() throws(SyntaxFailure) -> Statement.Kind {
    advance()
    let allowsExisting = try takeIfNotExists()
    var name: ObjectName?
    if !at(.authorization) { name = try parseObjectName("the name of the schema") }
    var owner: Identifier?
    if take(.authorization) { owner = try parseIdentifier("a user") }
    var quota: TextRange?
    if at(.quota) {
      let start = index
      try parseQuota()
      quota = textRange(from: start)
    }
    guard let name = name ?? owner.map({ ObjectName(parts: [$0], range: $0.range) }) else {
      throw failure("the name of the schema")
    }
    var schema = CreateSchema(
      name: name,
      allowsExisting: allowsExisting,
      owner: owner,
      quota: quota
    )
    while at(.create) || at(.grant) {
      let start = index
      let kind: Statement.Kind = at(.grant) ? try parseGrant() : try parseCreateTableOrView()
      schema.elements.append(Statement(range: textRange(from: start), kind: kind))
    }
    return .createSchema(schema)
  }

  /// An element of CREATE SCHEMA.
  private mutating func parseCreateTableOrView() throws(SyntaxFailure) -> Statement.Kind {
    guard peek().keyword == .table || peek().keyword == .view else {
      advance()
      throw failure("TABLE or VIEW", help: suggestion([.table, .view]))
    }
    try enter()
    defer { leave() }
    return try parseCreate()
  }

  mutating func parseQuota() throws(SyntaxFailure) {
    try expect(.quota)
    if takeWord("unlimited") { return }
    guard take(.number) else { throw failure("a size or UNLIMITED") }
    if takeWord("mb") || takeWord("gb") || takeWord("tb") { return }
  }
}
