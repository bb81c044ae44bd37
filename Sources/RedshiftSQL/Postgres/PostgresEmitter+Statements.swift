import Diagnostics

extension PostgresEmitter {
  mutating func emit(_ statement: Statement) {
    let range = statement.range
    switch statement.kind {
    case .query, .createTableAs, .createView, .insert: tracksTables = true
    default: tracksTables = false
    }
    switch statement.kind {
    case .query, .drop, .insert, .truncate, .lock, .call: emitUnchanged(.statement(statement))
    case .createTable(let table): emit(table, in: range)
    case .createTableAs(let table): emit(table, in: range)
    case .createView(let view): emit(view, in: range)
    case .createSchema(let schema): emit(schema, in: range)
    case .alterTable(let table): emit(table, in: range)
    case .alterSchema(let schema): emit(schema, in: range)
    case .update(let update): emit(update, statement)
    case .delete(let delete):
      emitDelete(delete, statement)
    case .merge(let merge): emit(merge, statement)
    case .copy:
      fail("COPY as a statement of PostgreSQL", at: range, help: "redstart loads the files itself")
    case .unload: fail("UNLOAD", at: range, help: "query the data instead")
    case .grant(let grant): emit(grant, in: range)
    case .remark(let remark): emit(remark, statement)
    case .analyze(let analyze): emit(analyze, in: range)
    case .vacuum: note("VACUUM", at: range, why: "the local server cleans up by itself")
    case .parameter(let parameter): emit(parameter, in: range)
    case .transaction(let command):
      switch command {
      case .begin: write("BEGIN", for: range)
      case .commit: write("COMMIT", for: range)
      case .rollback: write("ROLLBACK", for: range)
      }
    case .explain(let explain): emitExplain(explain, in: range)
    case .refresh(let refresh):
      write("REFRESH MATERIALIZED VIEW ", for: range)
      emit(refresh.name)
    case .createExternalSchema, .createExternalTable, .createRoutine, .createModel, .createObject,
      .dropObject, .alterObject, .policy, .policyAttachment, .copyJob, .alterDefaultPrivileges,
      .session, .show, .use, .cursor, .prepare, .execute, .deallocate, .cancel:
      emit(Opaque(keywords: statement.keywords), in: range)
    case .opaque(let opaque): emit(opaque, in: range)
    case .invalid(let diagnostic): diagnostics.append(diagnostic)
    }
  }

  // MARK: Changes

  private mutating func emit(_ update: Update, _ statement: Statement) {
    emitAssignments(
      update.assignments,
      others: SyntaxNode.statement(statement).children,
      in: statement.range.bytes
    )
  }

  /// Emits a statement whose assignments may name the table in front of the column, which
  /// PostgreSQL does not take.
  private mutating func emitAssignments(
    _ assignments: [Assignment],
    insertColumns: [Identifier] = [],
    others: [SyntaxNode],
    in range: Range<Int>
  ) {
    enum Piece {
      case node(SyntaxNode)
      case column(TextRange, Identifier)

      var start: Int {
        switch self {
        case .node(let node): node.range.bytes.lowerBound
        case .column(let range, _): range.bytes.lowerBound
        }
      }
    }
    var pieces = others.map(Piece.node)
    for assignment in assignments where assignment.target.parts.count > 1 {
      guard let column = assignment.target.parts.last else { continue }
      pieces.append(.column(assignment.target.range, column))
    }
    for column in insertColumns { pieces.append(.column(column.range, column)) }
    pieces.sort { $0.start < $1.start }
    var position = range.lowerBound
    for piece in pieces where piece.start >= position {
      copy(position..<piece.start)
      switch piece {
      case .node(let node):
        emit(node)
        position = node.range.bytes.upperBound
      case .column(let range, let column):
        write(SQLQuoting.identifier(column.text), for: range)
        position = range.bytes.upperBound
      }
    }
    copy(position..<range.upperBound)
  }

  private mutating func emitDelete(_ delete: Delete, _ statement: Statement) {
    guard !delete.hasFrom else { return emitUnchanged(.statement(statement)) }
    let children = SyntaxNode.statement(statement).children
    let split = delete.keyword.bytes.upperBound
    emit(
      statement.range.bytes.lowerBound..<split,
      children: children.filter { $0.range.bytes.upperBound <= split }
    )
    write(" FROM", for: delete.keyword)
    emit(
      split..<statement.range.bytes.upperBound,
      children: children.filter { $0.range.bytes.lowerBound >= split }
    )
  }

  private mutating func emit(_ merge: Merge, _ statement: Statement) {
    if let duplicates = merge.removesDuplicates {
      return fail(
        "MERGE … REMOVE DUPLICATES",
        at: duplicates,
        help: "write out the WHEN MATCHED and WHEN NOT MATCHED branches"
      )
    }
    var assignments: [Assignment] = []
    var columns: [Identifier] = []
    for branch in merge.branches {
      switch branch.action {
      case .update(let some): assignments += some
      case .insert(let some, _): columns += some
      case .delete: break
      }
    }
    emitAssignments(
      assignments,
      insertColumns: columns,
      others: SyntaxNode.statement(statement).children,
      in: statement.range.bytes
    )
  }

  private mutating func emitExplain(_ explain: Explain, in range: TextRange) {
    let before = output
    copy(range.bytes.lowerBound..<explain.statement.range.bytes.lowerBound)
    let length = output.bytes.count
    emit(explain.statement)
    if output.bytes.count == length { output = before }
  }

  // MARK: The rest

  private mutating func emit(_ grant: Grant, in range: TextRange) {
    guard grant.grantees.allSatisfy({ $0.kind == .everybody }) else {
      return note(
        grant.revokes ? "REVOKE" : "GRANT",
        at: range,
        why: "there are no other users, groups and roles locally"
      )
    }
    let unknown: Set<String> = ["drop", "alter"]
    guard grant.privileges.contains(where: { unknown.contains($0.name) }) else {
      return copy(range)
    }
    note(
      "the privilege DROP or ALTER",
      at: range,
      why: "PostgreSQL has no such privilege"
    )
  }

  private mutating func emit(_ remark: Remark, _ statement: Statement) {
    emitUnchanged(.statement(statement))
  }

  private mutating func emit(_ analyze: Analyze, in range: TextRange) {
    if analyze.isCompression {
      return note("ANALYZE COMPRESSION", at: range, why: "there are no encodings locally")
    }
    let end = analyze.option.map(\.bytes.lowerBound) ?? range.bytes.upperBound
    emit(
      range.bytes.lowerBound..<end,
      children: analyze.table.map { [.relation($0)] } ?? []
    )
  }

  private mutating func emit(_ parameter: Parameter, in range: TextRange) {
    let known =
      PostgresEmitter.sharedParameters.contains(parameter.name)
      || parameter.name.contains(".")
    switch (parameter.action, parameter.name) {
    case (.set, "seed"):
      guard let value = parameter.value else { return }
      write("SELECT setseed(", for: range)
      copy(value)
      write(")", for: range)
    case (.set, "search_path"):
      guard let value = parameter.value else { return }
      copy(range.bytes.lowerBound..<value.bytes.lowerBound)
      // New tables go to the first schema, so the functions of `rs` come behind.
      copy(value)
      write(", rs, pg_catalog", for: parameter.nameRange)
    case (.reset, "search_path"):
      write("SET search_path = rs, pg_catalog, \"$user\", public", for: range)
    case (.reset, "all"):
      note("RESET ALL", at: range, why: "it would reset redstart's own settings")
    case (.show, "all"): copy(range)
    case (.show, _) where !known:
      fail("SHOW \(parameter.name)", at: range, help: "PostgreSQL has no such parameter")
    default:
      if known {
        copy(range)
      } else {
        note(
          "the parameter \(parameter.name)",
          at: parameter.nameRange,
          why: "only Redshift has it"
        )
      }
    }
  }

  /// Parameters that mean the same in both.
  private static let sharedParameters: Set<String> = [
    "search_path", "timezone", "datestyle", "statement_timeout", "extra_float_digits",
    "client_encoding", "application_name", "server_version", "intervalstyle",
  ]

  private mutating func emit(_ opaque: Opaque, in range: TextRange) {
    let words = opaque.keywords
    let first = words.first ?? ""
    let second = words.dropFirst().first ?? ""
    switch (first, second) {
    case ("create", "or"), ("create", "procedure"), ("create", "function"), ("drop", "procedure"),
      ("drop", "function"), ("prepare", _), ("execute", _), ("deallocate", _), ("declare", _),
      ("fetch", _), ("close", _), ("comment", _), ("set", _):
      copy(range)
    case ("create", "user"), ("create", "role"), ("create", "group"), ("alter", "user"),
      ("alter", "role"), ("alter", "group"), ("drop", "user"), ("drop", "role"), ("drop", "group"),
      ("alter", "default"), ("grant", _), ("revoke", _):
      note(
        "\(first.uppercased()) \(second.uppercased())",
        at: range,
        why: "there are no other users, groups and roles locally"
      )
    case ("create", "rls"), ("create", "masking"), ("attach", _), ("detach", _), ("drop", "rls"),
      ("drop", "masking"), ("alter", "rls"), ("alter", "masking"), ("alter", "materialized"),
      ("create", "datashare"), ("alter", "datashare"), ("drop", "datashare"):
      note(
        "\(first.uppercased()) \(second.uppercased())",
        at: range,
        why: "only Redshift has it"
      )
    default:
      fail(words.prefix(2).joined(separator: " ").uppercased(), at: range)
    }
  }
}
