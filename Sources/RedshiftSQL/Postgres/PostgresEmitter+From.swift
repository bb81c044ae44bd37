import Diagnostics

extension PostgresEmitter {
  mutating func emit(_ table: TableReference) {
    switch table.kind {
    case .subquery(_, let lateral):
      if let lateral {
        reject("LATERAL", at: lateral, help: "join a subquery, or name the SUPER value in FROM")
      }
      emitUnchanged(.table(table))
      if table.alias == nil {
        write(" AS \(name(ofUnnamed: table.range))", for: table.range)
      }
    case .pivot(let source, let pivot): emit(source, pivot, table)
    case .unpivot(let source, let unpivot): emit(source, unpivot, table)
    case .unnested(let value, let withOffset): emitUnnested(value, withOffset, table)
    case .attributes(let value): emitElements(of: value, "attributes", table)
    case .function(let value, let lateral):
      if case .navigation = value.kind { return emitElements(of: value, "elements", table) }
      if let lateral {
        reject("LATERAL", at: lateral, help: "join a subquery, or name the SUPER value in FROM")
      }
      emitUnchanged(.table(table))
    case .named(let name):
      if meanings.elements.contains(table.range) {
        // With all columns and schemas known it may be a table after all.
        wantColumns()
        let value = Expr(range: name.range, kind: .column(name.parts))
        return emitElements(of: value, "elements", table)
      }
      if let position = table.alias?.position {
        fail("AT behind a table", at: position.range, help: "AT numbers elements of SUPER values")
      }
      emitUnchanged(.table(table))
    case .joined(let first, let joins): emit(first, joins, table)
    case .parenthesized(let inner):
      guard let alias = table.alias, hasMerges(inner), let columns = meanings.stars[table.range]
      else { return emitUnchanged(.table(table)) }
      let items = columns.map { "\(ofRowValue($0)) AS \(SQLQuoting.identifier($0.name))" }
      write("(SELECT \(items.joined(separator: ", ")) FROM ", for: table.range)
      emit(inner)
      copy(inner.range.bytes.upperBound..<alias.range.bytes.upperBound)
    }
  }

  /// `rs.elements(value) AS "e"("e", "position")`, or `rs.element_values(value) AS "e"` where
  /// nothing names the position: a star must not stand for more columns than the query names.
  private mutating func emitElements(of value: Expr, _ function: String, _ table: TableReference) {
    let name = SQLQuoting.identifier(table.alias?.name.text ?? makeName("e"))
    guard let position = table.alias?.position?.text else {
      write("rs.\(function.dropLast())_values(", for: value.range)
      emit(value)
      return write(") AS \(name)", for: table.range)
    }
    write("rs.\(function)(", for: value.range)
    emit(value)
    write(") AS \(name)(\(name), \(SQLQuoting.identifier(position)))", for: table.range)
  }

  /// `rs.elements(value) AS t(element, offset)`.
  private mutating func emitUnnested(_ value: Expr, _ withOffset: Bool, _ table: TableReference) {
    let name = SQLQuoting.identifier(table.alias?.name.text ?? makeName("e"))
    let columns = (table.alias?.columns ?? []).map { SQLQuoting.identifier($0.text) }
    let hasOffset = withOffset && columns.count > 1
    write(hasOffset ? "rs.elements(" : "rs.element_values(", for: value.range)
    emit(value)
    write(") AS \(name)", for: table.range)
    if !columns.isEmpty { write("(\(columns.joined(separator: ", ")))", for: table.range) }
  }

  // MARK: PIVOT

  /// One name for each value and aggregate, in the order of the result.
  private func pivotNames(_ pivot: Pivot) -> [String] {
    pivot.values.flatMap { value in
      pivot.aggregates.map { aggregate in
        let name = value.alias?.text ?? plainName(of: value.value)
        return aggregate.alias.map { "\(name)_\($0.text)" } ?? name
      }
    }
  }

  private func plainName(of value: Expr) -> String {
    if case .literal(.string(let text)) = value.kind { return text.lowercased() }
    return String(decoding: bytes[value.range.bytes], as: UTF8.self).lowercased()
  }

  private mutating func emit(_ source: TableReference, _ pivot: Pivot, _ table: TableReference) {
    guard let kept = meanings.results[pivot.range] else {
      wantColumns()
      return fail(
        "PIVOT of a table whose columns are not known",
        at: pivot.range,
        help: "pivot a subquery that lists its columns"
      )
    }
    checkInput(source, of: "PIVOT")
    let names = pivotNames(pivot)
    let keys = kept.map { SQLQuoting.identifier($0.name) }
    var items = keys
    let groups = makeDistinct(&items, kept, keys)
    write("(SELECT \(items.joined(separator: ", "))", for: pivot.range)
    var index = 0
    for value in pivot.values {
      for aggregate in pivot.aggregates {
        if index > 0 || !keys.isEmpty { write(", ", for: value.range) }
        emit(aggregate.value)
        write(" FILTER (WHERE ", for: value.range)
        let flags = blankPadding(of: [pivot.column, value.value])
        emitOperand(pivot.column, flags[0])
        if case .literal(.null) = value.value.kind {
          write(" IS NULL", for: value.range)
        } else {
          write(" = ", for: value.range)
          emitOperand(value.value, flags[1])
        }
        write(") AS \(SQLQuoting.identifier(names[index]))", for: value.range)
        index += 1
      }
    }
    write(" FROM ", for: table.range)
    emit(source)
    if !keys.isEmpty {
      write(" GROUP BY \(groups.joined(separator: ", "))", for: pivot.range)
    }
    write(")", for: table.range)
    emitAlias(table)
  }

  /// Redshift turns no joins, and nothing that has been turned already.
  private mutating func checkInput(_ source: TableReference, of clause: String) {
    guard source.isJoinOrPivot else { return }
    reject(
      "\(clause) of a join, PIVOT or UNPIVOT",
      at: source.range,
      help: "put it into a subquery: FROM (SELECT … FROM a JOIN b …) \(clause) (…)"
    )
  }

  private mutating func emitAlias(_ table: TableReference) {
    write(" AS ", for: table.range)
    if let alias = table.alias {
      copy(alias.name.range.bytes.lowerBound..<alias.range.bytes.upperBound)
    } else {
      write(name(ofUnnamed: table.range), for: table.range)
    }
  }

  // MARK: UNPIVOT

  private mutating func emit(
    _ source: TableReference,
    _ unpivot: Unpivot,
    _ table: TableReference
  ) {
    guard let keys = meanings.results[unpivot.range] else {
      wantColumns()
      return fail(
        "UNPIVOT of a table whose columns are not known",
        at: unpivot.range,
        help: "unpivot a subquery that lists its columns"
      )
    }
    checkInput(source, of: "UNPIVOT")
    let rows = makeName("u")
    let name = SQLQuoting.identifier(unpivot.name.text)
    let value = SQLQuoting.identifier(unpivot.value.text)
    let list =
      keys.map { SQLQuoting.identifier($0.name) } + ["\(rows).\(name)", "\(rows).\(value)"]
    write("(SELECT \(list.joined(separator: ", ")) FROM ", for: unpivot.range)
    emit(source)
    write(" CROSS JOIN LATERAL (VALUES ", for: unpivot.range)
    for (index, column) in unpivot.columns.enumerated() {
      if index > 0 { write(", ", for: column.range) }
      let label = column.alias?.text ?? plainName(of: column.value)
      write("(\(SQLQuoting.literal(label, for: .postgres)), ", for: column.range)
      emit(column.value)
      write(")", for: column.range)
    }
    write(") AS \(rows)(\(name), \(value))", for: unpivot.range)
    if !unpivot.includesNulls {
      write(" WHERE \(rows).\(value) IS NOT NULL", for: unpivot.range)
    }
    write(")", for: table.range)
    emitAlias(table)
  }
}

extension TableReference {
  /// Whether this is a join, or has been turned already.
  fileprivate var isJoinOrPivot: Bool {
    switch kind {
    case .joined, .pivot, .unpivot: true
    case .parenthesized(let inner): inner.isJoinOrPivot
    default: false
    }
  }
}
