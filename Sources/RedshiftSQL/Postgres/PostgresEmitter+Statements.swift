import Diagnostics

extension PostgresEmitter {
  mutating func emit(_ statement: Statement) {
    let range = statement.range
    switch statement.kind {
    case .query(let query) where query.body.firstSelect?.into != nil:
      keptQueries.insert(query.range)
      emitUnchanged(.statement(statement))
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
    case .remark(let remark):
      if remark.objectKind == "database" { return failDatabase("COMMENT ON DATABASE", at: range) }
      emitUnchanged(.statement(statement))
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
    case .createExternalSchema(let schema): emit(schema, in: range)
    case .createExternalTable(let table): emit(table, in: range)
    case .createRoutine(let routine): emit(routine, in: range)
    case .externalView:
      fail(
        statement.keywords.joined(separator: " ").uppercased(),
        at: range,
        help: PostgresEmitter.substitute
      )
    case .template:
      note(statement.noun, at: range, why: "COPY reads templates on Redshift only")
    case .alterSystem: note("ALTER SYSTEM", at: range, why: "there is no cluster to set up locally")
    case .createModel: fail("CREATE MODEL", at: range, help: PostgresEmitter.substitute)
    case .createObject(let object): emit(object, in: range)
    case .dropObject(let drop): emit(drop, in: range)
    case .alterObject(let object): emit(object, in: range)
    case .policy(let policy): emit(policy, in: range)
    case .policyAttachment(let policy): emit(policy, in: range)
    case .copyJob: note("COPY JOB", at: range, why: "only Redshift has it")
    case .alterDefaultPrivileges(let privileges): emit(privileges, in: range)
    case .session(let command): emit(command, in: range)
    case .show(let show): emit(show, in: range)
    case .use: failDatabase("USE", at: range)
    case .cursor(let cursor): emit(cursor, statement)
    case .prepare(let prepare): emit(prepare, statement)
    case .execute: emitUnchanged(.statement(statement))
    case .deallocate(let deallocate):
      if deallocate.name == nil {
        return reject("DEALLOCATE ALL", at: range, help: "name the statement")
      }
      copy(range)
    case .cancel(let cancel):
      write("SELECT pg_cancel_backend(", for: range)
      emit(cancel.process)
      write(")", for: range)
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
    guard case .query(let query) = insert.source else {
      return emitUnchanged(.statement(statement))
    }
    emit(
      statement.range.bytes,
      children: SyntaxNode.statement(statement).children,
      patches: [Patch(range: query.range.bytes) { $0.emitInserted(query) }]
    )
  }

  private mutating func checkReturning(_ returning: Returning?) {
    guard let returning else { return }
    reject("RETURNING", at: returning.range, help: "read the rows with a SELECT of its own")
  }

  private mutating func emit(_ update: Update, _ statement: Statement) {
    checkReturning(update.returning)
    noteStored(update.assignments.map(\.value))
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
    var assignments: [Assignment] = []
    var columns: [Identifier] = []
    for branch in merge.branches {
      switch branch.action {
      case .update(let some):
        assignments += some
        noteStored(some.map(\.value))
      case .insert(let some, let values):
        columns += some
        noteStored(values)
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
    switch explain.statement.kind {
    case .merge(let merge) where merge.removesDuplicates != nil:
      return fail("EXPLAIN of MERGE … REMOVE DUPLICATES", at: range)
    case .query, .insert, .update, .delete, .merge, .createTableAs: break
    case .unload, .copy: return fail("EXPLAIN of COPY and UNLOAD", at: range)
    default:
      return reject(
        "EXPLAIN of this statement",
        at: explain.statement.range,
        help: "explain a query, CREATE TABLE AS, INSERT, UPDATE, DELETE or MERGE"
      )
    }
    copy(range.bytes.lowerBound..<explain.statement.range.bytes.lowerBound)
    emit(explain.statement)
  }

  /// MERGE … REMOVE DUPLICATES: the source's different rows take the place of those that match.
  private mutating func emitReplacement(_ merge: Merge, _ range: TextRange) {
    let rows = makeName("merge")
    write("CREATE TEMP TABLE \(rows) AS ", for: range)
    emitDistinctRows(of: merge.source, range)
    write("; DELETE FROM ", for: range)
    emit(merge.target)
    if let alias = merge.alias {
      write(" AS ", for: alias.range)
      copy(alias.range)
    }
    write(" USING ", for: range)
    emit(merge.source)
    write(" WHERE ", for: range)
    emit(merge.condition)
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
    case .schema:
      releaseSchemas(drop.names, cascades: drop.cascades, statement.range)
      guard let part = drop.dropsExternalDatabase else {
        return emitUnchanged(.statement(statement))
      }
      note("DROP EXTERNAL DATABASE", at: part, why: "there is no data catalog locally")
      let bytes = statement.range.bytes
      copy(bytes.lowerBound..<part.bytes.lowerBound)
      copy(part.bytes.upperBound..<bytes.upperBound)
    }
  }

  /// What stands in front of DROP SCHEMA: views that wait belong to their schema, too.
  mutating func releaseSchemas(_ names: [ObjectName], cascades: Bool, _ range: TextRange) {
    for part in names.compactMap(\.parts.last) {
      if cascades {
        call("release_schema", part.text, ", NULL", for: part.range)
      } else {
        call("refuse_waiting", part.text, "", for: part.range)
      }
    }
    write("; ", for: range)
  }

  /// `SELECT rs.function('relation')`.
  mutating func call(_ function: String, _ name: ObjectName, _ more: String = "") {
    call(function, name.quoted, more, for: name.range)
  }

  /// `SELECT rs.function('name' …)`.
  mutating func call(_ function: String, _ name: String, _ more: String, for range: TextRange) {
    if !output.isEmpty, output.bytes.last != UInt8(ascii: " ") { write("; ", for: range) }
    let text = SQLQuoting.literal(name, for: .postgres)
    write("\(selecting) rs.\(function)(\(text)\(more))", for: range)
  }

  // MARK: The rest

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
