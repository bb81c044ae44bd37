import Diagnostics

/// Statements of which only the words are known.
extension PostgresEmitter {
  private enum Policy {
    case same
    case noUsers
    case onlyRedshift
    case fail(String)
    case reject(String)
  }

  mutating func emit(_ opaque: Opaque, in range: TextRange) {
    let tokens = words(range)
    let found = opaque.keywords
    if emitKnown(found, tokens, range) { return }
    let name = found.prefix(2).joined(separator: " ").uppercased()
    switch policy(found) {
    case .same: copy(range)
    case .noUsers:
      note(name, at: range, why: "there are no other users, groups and roles locally")
    case .onlyRedshift: note(name, at: range, why: "only Redshift has it")
    case .fail(let help): fail(name, at: range, help: help)
    case .reject(let help): reject(name, at: range, help: help)
    case nil: fail(name, at: range)
    }
  }

  /// The tokens of a range, at their places in the buffer.
  func words(_ range: TextRange) -> [SQLToken] {
    SQLLexer.significantTokens(of: Array(bytes[range.bytes]))
  }

  private func policy(_ words: [String]) -> Policy? {
    for length in [4, 3, 2, 1] where words.count >= length {
      let key = words.prefix(length).joined(separator: " ")
      if let policy = PostgresEmitter.policies[key] { return policy }
    }
    return nil
  }

  private static let policies: [String: Policy] = {
    var policies: [String: Policy] = [:]
    func add(_ policy: Policy, _ keys: [String]) {
      for key in keys { policies[key] = policy }
    }
    add(
      .same,
      [
        "drop procedure", "drop function", "execute", "deallocate", "fetch", "close", "comment",
        "set session", "alter procedure", "alter function",
      ]
    )
    add(
      .noUsers,
      [
        "create user", "create role", "create group", "alter user", "alter role", "alter group",
        "drop user", "drop role", "drop group", "alter default", "grant", "revoke",
      ]
    )
    add(
      .onlyRedshift,
      [
        "create rls", "create masking", "attach", "detach", "drop rls", "drop masking", "alter rls",
        "alter masking", "alter materialized", "create datashare", "alter datashare",
        "drop datashare", "alter system", "create identity", "alter identity", "drop identity",
        "copy job",
      ]
    )
    add(
      .fail("redshift runs it; locally use a table or a function of the same name"),
      [
        "create model", "drop model", "create external function", "create library",
        "drop library", "show model", "show datashares", "desc", "create external model",
        "create external view",
      ]
    )
    add(
      .fail("Python functions end on Redshift too: use SQL or a Lambda function"),
      ["create function python"]
    )
    add(
      .fail("the local warehouse is one database"),
      ["create database", "alter database", "drop database", "use"]
    )
    add(.reject("sort keys do their work"), ["create index", "drop index", "reindex", "cluster"])
    add(.reject("use an IDENTITY column"), ["create sequence", "drop sequence", "alter sequence"])
    add(
      .reject("use Redshift's own types"),
      ["create type", "create domain", "create extension", "create aggregate", "create operator"]
    )
    add(.reject("call a procedure instead"), ["create trigger", "create rule", "do"])
    add(.reject("use transactions"), ["savepoint", "release", "rollback to"])
    add(.reject("poll a table instead"), ["listen", "notify", "unlisten"])
    add(
      .reject("it has no such statement"),
      ["checkpoint", "load", "import", "discard", "reassign", "security", "move"]
    )
    return policies
  }()

  // MARK: Those with a meaning of their own

  private mutating func emitKnown(
    _ found: [String],
    _ tokens: [SQLToken],
    _ range: TextRange
  ) -> Bool {
    let first = found.first ?? ""
    let second = found.count > 1 ? found[1] : ""
    switch (first, second) {
    case ("prepare", _), ("declare", _): return emitInner(tokens, range)
    case ("cancel", _): return emitCancel(tokens, range)
    case ("show", _): return emitShow(found, tokens, range)
    case ("create", "external"): return emitExternal(found, tokens, range)
    case ("create", "procedure"), ("create", "function"), ("create", "or"):
      return emitRoutine(tokens, range)
    case ("comment", "on"): return false
    case ("drop", "external"), ("alter", "external"): return emitExternalSchema(tokens, range)
    default: return false
    }
  }

  /// PREPARE and DECLARE: the statement behind AS or FOR is translated.
  private mutating func emitInner(_ tokens: [SQLToken], _ range: TextRange) -> Bool {
    let shift = range.bytes.lowerBound
    guard
      let opening = tokens.firstIndex(where: { $0.keyword == .as || $0.keyword == .for }),
      opening + 1 < tokens.count
    else { return false }
    let start = shift + tokens[opening + 1].start
    copy(shift..<start)
    return emitSlice(start..<range.bytes.upperBound)
  }

  /// A statement that is part of another one.
  mutating func emitSlice(_ slice: Range<Int>) -> Bool {
    let parsed = SQLParser.parse(slice, of: bytes, buffer: statement.buffer)
    guard let inner = parsed.statements.first, parsed.statements.count == 1 else { return false }
    emit(inner)
    return true
  }

  private mutating func emitCancel(_ tokens: [SQLToken], _ range: TextRange) -> Bool {
    guard tokens.count > 1, tokens[1].kind == .number else { return false }
    let shift = range.bytes.lowerBound
    write("SELECT pg_cancel_backend(", for: range)
    copy(shift + tokens[1].start..<shift + tokens[1].stop)
    write(")", for: range)
    return true
  }

  // MARK: SHOW

  private struct Listing {
    var columns: String
    var source: String
    var schemaColumn: String?
    var tableColumn: String?
    var nameColumn: String
  }

  private static let listings: [String: Listing] = [
    "databases": Listing(
      columns: "datname AS database_name, datdba AS database_owner, 'local' AS database_type",
      source: "pg_catalog.pg_database",
      nameColumn: "datname"
    ),
    "schemas": Listing(
      columns: "database_name, schema_name, schema_owner, schema_type",
      source: "rs.svv_all_schemas",
      nameColumn: "schema_name"
    ),
    "tables": Listing(
      columns: "database_name, schema_name, table_name, table_type, table_acl, remarks",
      source: "rs.svv_all_tables",
      schemaColumn: "schema_name",
      nameColumn: "table_name"
    ),
    "columns": Listing(
      columns: "database_name, schema_name, table_name, column_name, ordinal_position, "
        + "column_default, is_nullable, data_type, character_maximum_length, numeric_precision, "
        + "numeric_scale, remarks",
      source: "rs.svv_all_columns",
      schemaColumn: "schema_name",
      tableColumn: "table_name",
      nameColumn: "column_name"
    ),
  ]

  private mutating func emitShow(
    _ found: [String],
    _ tokens: [SQLToken],
    _ range: TextRange
  ) -> Bool {
    let kind = found.count > 1 ? found[1] : ""
    if kind == "table" || kind == "view" {
      guard let name = names(tokens.dropFirst(2), range).first, !name.isEmpty else { return false }
      let relation = name.map(SQLQuoting.identifier).joined(separator: ".")
      let text = SQLQuoting.literal(relation, for: .postgres)
      write(
        kind == "table"
          ? "SELECT rs.table_ddl(\(text)) AS \"Show Table DDL statement\""
          : "SELECT pg_get_viewdef(\(text)::regclass) AS \"Show View DDL statement\"",
        for: range
      )
      return true
    }
    guard let listing = PostgresEmitter.listings[kind] else { return false }
    write("SELECT \(listing.columns) FROM \(listing.source) WHERE true", for: range)
    let name = names(tokens.drop { $0.keyword != .from }.dropFirst(2), range).first ?? []
    var parts = Array(name.reversed())
    if let column = listing.tableColumn, let part = parts.first {
      write(" AND \(column) = \(SQLQuoting.literal(part, for: .postgres))", for: range)
      parts.removeFirst()
    }
    if let column = listing.schemaColumn, let part = parts.first {
      write(" AND \(column) = \(SQLQuoting.literal(part, for: .postgres))", for: range)
    }
    let shift = range.bytes.lowerBound
    if let like = tokens.firstIndex(where: { $0.keyword == .like }), like + 1 < tokens.count {
      write(" AND \(listing.nameColumn) LIKE ", for: range)
      copy(shift + tokens[like + 1].start..<shift + tokens[like + 1].stop)
    }
    let order = listing.tableColumn == nil ? listing.nameColumn : "ordinal_position"
    write(" ORDER BY \(order)", for: range)
    if let limit = tokens.firstIndex(where: { $0.keyword == .limit }), limit + 1 < tokens.count {
      write(" LIMIT ", for: range)
      copy(shift + tokens[limit + 1].start..<shift + tokens[limit + 1].stop)
    }
    return true
  }

  /// Names of one to three parts among tokens, each as its parts.
  func names(_ tokens: ArraySlice<SQLToken>, _ range: TextRange) -> [[String]] {
    var result: [[String]] = []
    var continues = false
    for token in tokens {
      let text = bytes[range.bytes.lowerBound + token.start..<range.bytes.lowerBound + token.stop]
      switch token.kind {
      case .dot: continues = true
      case .word, .quotedIdentifier, .temporaryName:
        let name =
          token.kind == .quotedIdentifier
          ? SQLStrings.name(of: text)
          : String(decoding: text.map(asciiLowercased), as: UTF8.self)
        if continues, !result.isEmpty {
          result[result.count - 1].append(name)
        } else {
          result.append([name])
        }
        continues = false
      default: return result
      }
    }
    return result
  }
}
