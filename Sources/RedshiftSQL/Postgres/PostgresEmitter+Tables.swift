import Diagnostics

extension PostgresEmitter {
  // MARK: CREATE TABLE

  mutating func emit(_ table: CreateTable, in range: TextRange) {
    emitCreateHead(table.objectName, isTemporary: table.isTemporary, in: range)
    guard let first = table.elements.first, let last = table.elements.last else { return }
    copy(table.objectName.range.bytes.upperBound..<first.range.bytes.lowerBound)
    var keys: Set<String> = []
    for constraint in table.constraints {
      if case .primaryKey(let columns) = constraint.kind { keys.formUnion(columns.map(\.text)) }
    }
    /// Where the last element that was written ends, until the next of the text is met.
    var end: Int?
    /// The text between those two.
    var gap: Range<Int>?
    for element in table.elements {
      if let last = end {
        gap = last..<max(last, element.range.bytes.lowerBound)
        end = nil
      }
      if case .constraint(let constraint) = element.kind {
        drop(constraint)
        continue
      }
      if let gap { copy(gap) }
      switch element.kind {
      case .column(let column): emit(column, required: keys.contains(column.name.text))
      case .like(let name, _):
        emit(element.range.bytes, children: [.relation(name)])
        write(" INCLUDING CONSTRAINTS", for: element.range)
      case .constraint: break
      }
      end = element.range.bytes.upperBound
    }
    copy(closing(after: last.range.bytes.upperBound, in: range))
    for attribute in table.attributes { note(attribute) }
  }

  /// From `position` to behind the parenthesis that closes the list of elements.
  private func closing(after position: Int, in range: TextRange) -> Range<Int> {
    let slice = Array(bytes[position..<range.bytes.upperBound])
    for token in SQLLexer.significantTokens(of: slice) where token.kind == .closeParenthesis {
      return position..<position + token.stop
    }
    return position..<position
  }

  private mutating func drop(_ constraint: TableConstraint) {
    switch constraint.kind {
    case .primaryKey: noteKey("PRIMARY KEY", constraint.range)
    case .unique: noteKey("UNIQUE", constraint.range)
    case .foreignKey: noteKey("FOREIGN KEY", constraint.range)
    case .check: rejectCheck(constraint.range)
    }
  }

  /// From CREATE to the name; `#name` makes the table temporary.
  private mutating func emitCreateHead(
    _ name: ObjectName,
    isTemporary: Bool,
    in range: TextRange
  ) {
    let start = range.bytes.lowerBound
    if isTemporary, name.parts.last?.isTemporary == true, !saysTemporary(start, name) {
      let end = min(start + 6, name.range.bytes.lowerBound)
      copy(start..<end)
      write(" TEMP", for: name.range)
      copy(end..<name.range.bytes.lowerBound)
    } else {
      copy(start..<name.range.bytes.lowerBound)
    }
    emit(name)
  }

  private func saysTemporary(_ start: Int, _ name: ObjectName) -> Bool {
    let slice = Array(bytes[start..<name.range.bytes.lowerBound])
    return SQLLexer.significantTokens(of: slice).contains {
      $0.keyword == .temp || $0.keyword == .temporary
    }
  }

  mutating func note(_ attribute: TableAttribute) {
    switch attribute.kind {
    case .backup: noteLayout("BACKUP", attribute.range)
    case .distribution: noteLayout("DISTSTYLE", attribute.range)
    case .distributionKey: noteLayout("DISTKEY", attribute.range)
    case .sortKey: noteLayout("SORTKEY", attribute.range)
    case .encodeAutomatically: noteLayout("ENCODE", attribute.range)
    case .automaticRefresh(let isOn):
      guard isOn else { return }
      note(
        "AUTO REFRESH",
        at: attribute.range,
        why: "refresh it with REFRESH MATERIALIZED VIEW"
      )
    }
  }

  mutating func emit(_ table: CreateTableAs, in range: TextRange) {
    emitCreateHead(table.objectName, isTemporary: table.isTemporary, in: range)
    emitColumnNames(table.columns)
    for attribute in table.attributes { note(attribute) }
    write(" AS ", for: range)
    keptQueries.insert(table.query.range)
    emit(table.query)
  }

  mutating func emitColumnNames(_ columns: [Identifier]) {
    guard let first = columns.first, let last = columns.last else { return }
    write(" (", for: first.range)
    copy(first.range.bytes.lowerBound..<last.range.bytes.upperBound)
    write(")", for: last.range)
  }

  // MARK: Schemas

  mutating func emit(_ schema: CreateSchema, in range: TextRange) {
    write(schema.allowsExisting ? "CREATE SCHEMA IF NOT EXISTS " : "CREATE SCHEMA ", for: range)
    if let name = schema.name.parts.last { copy(name.range) }
    if let owner = schema.owner {
      note("AUTHORIZATION", at: owner.range, why: "there are no other users locally")
    }
    if let quota = schema.quota { noteLayout("QUOTA", quota) }
    for element in schema.elements {
      guard case .createTable(let table) = element.kind else {
        fail(
          "\(element.noun) inside of CREATE SCHEMA",
          at: element.range,
          help: "make it a statement of its own"
        )
        continue
      }
      write(" ", for: element.range)
      emit(table, in: element.range)
    }
  }

  // MARK: ALTER

  mutating func emit(_ table: AlterTable, in range: TextRange) {
    let head = range.bytes.lowerBound..<table.actionRange.bytes.lowerBound
    switch table.action {
    case .addColumn(let column):
      emit(head, children: [.relation(table.name)])
      copy(table.actionRange.bytes.lowerBound..<column.range.bytes.lowerBound)
      emit(column, required: false)
    case .dropColumn, .rename:
      call("release_late_views", table.name)
      write("; ", for: range)
      emit(range.bytes, children: [.relation(table.name)])
    case .renameColumn(let column, let other):
      call("release_late_views", table.name)
      let names = [column.text, other.text].map { SQLQuoting.literal($0, for: .postgres) }
      call("rename_byte_check", table.name, ", " + names.joined(separator: ", "))
      write("; ", for: range)
      emit(range.bytes, children: [.relation(table.name)])
    case .changeType(let column, let type):
      guard type.kind == .characterVarying || type.kind == .binary else {
        diagnostics.append(
          .redshiftRejects(
            "a change of a column's type other than the size of a VARCHAR",
            at: type.range,
            help: "add a column, copy the values, drop the old one and rename"
          )
        )
        return
      }
      emitChange(of: column, to: type, in: table, head)
    case .addConstraint(let constraint): drop(constraint)
    case .dropConstraint:
      noteKey("DROP CONSTRAINT", table.actionRange)
    case .changeEncoding: noteLayout("ENCODE", table.actionRange)
    case .changeLayout(let attributes):
      for attribute in attributes { note(attribute) }
    case .changeOwner:
      note("OWNER TO", at: table.actionRange, why: "there are no other users locally")
    case .masking:
      note("MASKING FOR DATASHARES", at: table.actionRange, why: "there are no datashares locally")
    case .rowSecurity:
      note("ROW LEVEL SECURITY", at: table.actionRange, why: "only Redshift has these policies")
    case .append(let source, let ignoresExtra, let fillsTarget):
      let from = SQLQuoting.literal(source.quoted, for: .postgres)
      call("append_rows", table.name, ", \(from), \(ignoresExtra), \(fillsTarget)")
    case .external(let action): emit(action, at: table.actionRange)
    case .other:
      reject(
        "this form of ALTER TABLE",
        at: table.actionRange,
        help: "only names, lengths of VARCHAR, keys and encodings can change; make a new table"
      )
    }
  }

  private mutating func emitChange(
    of column: Identifier,
    to type: DataType,
    in table: AlterTable,
    _ head: Range<Int>
  ) {
    call("release_late_views", table.name)
    write("; ", for: table.actionRange)
    emit(head, children: [.relation(table.name)])
    let name = SQLQuoting.identifier(column.text)
    let old = SQLQuoting.identifier("bytes_of_\(column.text)")
    let hasName = column.text.utf8.count <= 54
    if hasName { write("DROP CONSTRAINT IF EXISTS \(old), ", for: column.range) }
    write("ALTER COLUMN \(name) TYPE ", for: column.range)
    emit(type, isColumn: true)
    if let check = byteCheck(column, type) { write(", ADD \(check)", for: type.range) }
  }

  mutating func emit(_ schema: AlterSchema, in range: TextRange) {
    switch schema.action {
    case .rename(let other):
      call("release_schema", schema.name.text, releasing(other), for: schema.name.range)
      write("; ", for: range)
      copy(range)
    case .changeOwner: note("OWNER TO", at: range, why: "there are no other users locally")
    case .quota: noteLayout("QUOTA", range)
    }
  }
}
