import Diagnostics

extension SQLParser {
  /// SHOW of objects; nil where a parameter is shown.
  mutating func parseShowObjects(describes: Bool) throws(SyntaxFailure) -> ShowObjects? {
    guard
      let words = SQLParser.shown.first(where: { areAhead($0) })
    else { return nil }
    // `show search_path` and `show tables` with nothing behind are told apart by the word.
    for _ in words { advance() }
    var show = ShowObjects(
      describes: describes,
      kind: words.joined(separator: " "),
      object: nil,
      relation: "",
      pattern: nil,
      limit: nil,
      options: []
    )
    var relation: [String] = []
    while token.kind == .word, relation.count < 4,
      at(.from) || at(.on) || at(.in) || (!relation.isEmpty && isRelationWord)
    {
      relation.append(word(token))
      advance()
    }
    show.relation = relation.joined(separator: " ")
    if take(.all) { return show }
    if atName, peek().kind != .string, !at(.like), !at(.limit), !at(.for), !atWord("iam_role") {
      show.object = try parseSignature("a name")
    }
    while !atStatementEnd {
      if take(.like) {
        show.pattern = try parseString("a pattern in quotes")
      } else if take(.limit) {
        show.limit = try parseInteger("a number")
      } else if let option = try parseOption(SQLParser.showOptions) {
        show.options.append(option)
      } else {
        throw failure("LIKE, LIMIT or the end of the statement", help: suggestion([.like, .limit]))
      }
    }
    return show
  }

  private var isRelationWord: Bool {
    guard isName(peek()) || peek().keyword == .table else { return false }
    switch token.keyword {
    case .table, .schema, .database, .role, .user, .group, .function, .procedure, .external,
      .column:
      return true
    default: return atWord("datashare") || atWord("model")
    }
  }

  private static let shown: [[String]] = [
    ["tables"], ["schemas"], ["databases", "from", "data", "catalog"], ["databases"], ["columns"],
    ["datashares"], ["grants"], ["functions"],
    ["procedures"], ["constraints", "primary", "keys"],
    ["constraints", "foreign", "keys", "exported"], ["constraints", "foreign", "keys"],
    ["constraints"],
    ["parameters", "of", "procedure"], ["parameters", "of", "function"], ["parameters"], ["models"],
    ["policies"], ["views"],
    ["external", "table"], ["external", "schemas"], ["column", "grants"], ["identity", "provider"],
    ["column", "masking", "policies"], ["rls", "policies"], ["masking", "policies"],
    ["table"], ["view"], ["procedure"], ["function"], ["model"], ["datashare"], ["copy", "jobs"],
    ["copy", "job"], ["roles"], ["users"], ["groups"], ["templates"], ["template"],
    ["partitions"],
  ]

  private static let showOptions: [OptionForm] = [
    OptionForm("for", .names), OptionForm("for user", .names), OptionForm("for role", .names),
    OptionForm("for group", .names), OptionForm("of account", .text), OptionForm("of", .names),
    OptionForm("account", .texts), OptionForm("namespace", .text),
    OptionForm("of namespace", .text),
    OptionForm("of account", .text), OptionForm("from database", .names),
    OptionForm("from schema", .names), OptionForm("in database", .names),
    OptionForm("partition"), OptionForm("partitions"), OptionForm("iam_role", .textOrWord),
  ]
}
