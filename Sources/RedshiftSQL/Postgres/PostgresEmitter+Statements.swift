import Diagnostics

extension PostgresEmitter {
  mutating func emit(_ statement: Statement) {
    let range = statement.range
    switch statement.kind {
    case .query, .lock, .call: emitUnchanged(.statement(statement))
    case .drop(let drop): emit(drop, statement)
    case .truncate(let truncate): emit(truncate, in: range)
    case .insert(let insert): emit(insert, statement)
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
    case .unload:
      fail(
        "UNLOAD as a statement of PostgreSQL",
        at: range,
        help: "redstart writes the files itself"
      )
    case .grant(let grant): emit(grant, in: range)
    case .remark(let remark) where remark.objectKind == "view":
      let text = remark.text.map { SQLQuoting.literal($0.value, for: .postgres) } ?? "NULL"
      call("comment_on_view", remark.object, ", \(text)")
    case .remark: emitUnchanged(.statement(statement))
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

  private mutating func emit(_ insert: Insert, _ statement: Statement) {
    if let conflict = insert.conflict {
      reject("ON CONFLICT", at: conflict, help: "use MERGE")
    }
    checkReturning(insert.returning)
    if case .query(let query) = insert.source, case .values = query.body.kind {
      insertedValues = query.body.range
    }
    emitUnchanged(.statement(statement))
  }

  /// The tables that a changing statement names.
  private func scope(_ target: ObjectName, _ alias: Identifier?, _ others: [TableReference])
    -> PostgresScope
  {
    var table = TableReference(range: target.range, kind: .named(target), alias: nil)
    if let alias {
      table.alias = TableAlias(range: alias.range, name: alias, columns: [], position: nil)
    }
    return PostgresScope([table] + others)
  }

  private mutating func checkReturning(_ returning: Returning?) {
    guard let returning else { return }
    reject("RETURNING", at: returning.range, help: "read the rows with a SELECT of its own")
  }

  private mutating func emit(_ update: Update, _ statement: Statement) {
    checkReturning(update.returning)
    enter(update.with)
    scopes.append(scope(update.table, update.alias, update.from))
    defer {
      scopes.removeLast()
      leaveTables()
    }
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
    checkReturning(delete.returning)
    enter(delete.with)
    scopes.append(scope(delete.table, delete.alias, delete.using))
    defer {
      scopes.removeLast()
      leaveTables()
    }
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
    if merge.removesDuplicates != nil { return emitReplacement(merge, statement.range) }
    scopes.append(scope(merge.target, merge.alias, [merge.source]))
    defer { scopes.removeLast() }
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

  /// MERGE … REMOVE DUPLICATES: the source's different rows take the place of those that match.
  private mutating func emitReplacement(_ merge: Merge, _ range: TextRange) {
    let rows = makeName("merge")
    write("CREATE TEMP TABLE \(rows) AS SELECT DISTINCT * FROM ", for: range)
    emit(merge.source)
    write("; DELETE FROM ", for: range)
    emit(merge.target)
    if let alias = merge.alias {
      write(" AS ", for: alias.range)
      copy(alias.range)
    }
    write(" USING ", for: range)
    emit(merge.source)
    write(" WHERE ", for: range)
    scopes.append(scope(merge.target, merge.alias, [merge.source]))
    emit(merge.condition)
    scopes.removeLast()
    write("; INSERT INTO ", for: range)
    emit(merge.target)
    write(" SELECT * FROM \(rows); DROP TABLE \(rows)", for: range)
  }

  /// TRUNCATE commits what came before it.
  private mutating func emit(_ truncate: Truncate, in range: TextRange) {
    // Outside of a transaction COMMIT would only warn.
    write(
      "SET client_min_messages = error; COMMIT; RESET client_min_messages; TRUNCATE ",
      for: range
    )
    emit(truncate.table)
  }

  // MARK: Drops

  private mutating func emit(_ drop: Drop, _ statement: Statement) {
    switch drop.kind {
    case .table, .view, .materializedView:
      for name in drop.names {
        call("release_late_views", name)
        if drop.kind == .view { call("forget_late_view", name) }
      }
      write("; ", for: statement.range)
      emitUnchanged(.statement(statement))
    case .schema: emitUnchanged(.statement(statement))
    }
  }

  /// `SELECT rs.function('relation')`.
  mutating func call(_ function: String, _ name: ObjectName, _ more: String = "") {
    if !output.isEmpty, output.bytes.last != UInt8(ascii: " ") { write("; ", for: name.range) }
    let text = SQLQuoting.literal(name.quoted, for: .postgres)
    write("SELECT rs.\(function)(\(text)\(more))", for: name.range)
  }

  // MARK: The rest

  /// Privileges go to those who exist.
  private mutating func emit(_ grant: Grant, in range: TextRange) {
    let unknown: Set<String> = ["drop", "alter"]
    let known = grant.privileges.filter { !unknown.contains($0.name) }
    if known.count < grant.privileges.count {
      note("the privilege DROP or ALTER", at: range, why: "PostgreSQL has no such privilege")
    }
    guard let object = grant.object, let last = grant.grantees.last, !known.isEmpty else { return }
    let isPublic = grant.grantees.allSatisfy { $0.kind == .everybody }
    if isPublic, known.count == grant.privileges.count { return copy(range) }
    var statement = grant.revokes ? "REVOKE " : "GRANT "
    statement += known.map { text(privilege: $0, in: grant) }.joined(separator: ", ")
    statement += " ON " + String(decoding: bytes[object.bytes], as: UTF8.self)
    statement += grant.revokes ? " FROM" : " TO"
    let ending = String(
      decoding: bytes[last.range.bytes.upperBound..<range.bytes.upperBound],
      as: UTF8.self
    )
    let names = grant.grantees.map {
      SQLQuoting.literal($0.name?.text ?? "public", for: .postgres)
    }
    let literal = SQLQuoting.literal(statement, for: .postgres)
    write(
      "SELECT rs.grant_to(\(literal), ARRAY[\(names.joined(separator: ", "))], "
        + "\(SQLQuoting.literal(ending, for: .postgres)))",
      for: range
    )
  }

  /// A privilege with its columns.
  private func text(privilege: Grant.Privilege, in grant: Grant) -> String {
    guard let object = grant.object else { return privilege.name }
    var end = privilege.range.bytes.upperBound
    let slice = Array(bytes[end..<max(end, object.bytes.lowerBound)])
    let tokens = SQLLexer.significantTokens(of: slice)
    if let first = tokens.first, first.kind == .openParenthesis,
      let close = tokens.first(where: { $0.kind == .closeParenthesis })
    {
      end += close.stop
    }
    return String(decoding: bytes[privilege.range.bytes.lowerBound..<end], as: UTF8.self)
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
}

extension ObjectName {
  /// All parts in quotes.
  var quoted: String {
    parts.map { SQLQuoting.identifier($0.text) }.joined(separator: ".")
  }
}
