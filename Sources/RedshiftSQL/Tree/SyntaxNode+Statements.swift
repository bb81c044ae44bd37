extension Statement {
  func collect(into list: inout [SyntaxNode]) {
    switch kind {
    case .query(let query): list.append(.query(query))
    case .createTable(let table):
      list.append(.relation(table.objectName))
      for element in table.elements {
        switch element.kind {
        case .column(let column): list.append(.column(column))
        case .like(let name): list.append(.relation(name))
        case .constraint(let constraint): constraint.collect(into: &list)
        }
      }
    case .createTableAs(let table):
      list.append(.relation(table.objectName))
      list.append(.query(table.query))
    case .createView(let view):
      list.append(.relation(view.objectName))
      list.append(.query(view.query))
    case .drop(let drop) where drop.kind != .schema:
      for name in drop.names { list.append(.relation(name)) }
    case .alterTable(let table): table.collect(into: &list)
    case .insert(let insert):
      list.append(.relation(insert.table))
      if case .query(let query) = insert.source { list.append(.query(query)) }
    case .update(let update):
      list.append(update.with)
      list.append(.relation(update.table))
      list.append(update.assignments)
      list.append(update.from)
      list.append(update.condition)
    case .delete(let delete):
      list.append(delete.with)
      list.append(.relation(delete.table))
      list.append(delete.using)
      list.append(delete.condition)
    case .merge(let merge): merge.collect(into: &list)
    case .truncate(let truncate): list.append(.relation(truncate.table))
    case .unload(let unload):
      if let query = unload.query { list.append(.query(query)) }
    case .analyze(let analyze):
      if let table = analyze.table { list.append(.relation(table)) }
    case .vacuum(let vacuum):
      if let table = vacuum.table { list.append(.relation(table)) }
    case .lock(let lock):
      for table in lock.tables { list.append(.relation(table)) }
    case .call(let call):
      list.append(.relation(call.name))
      list.append(call.arguments)
    case .explain(let explain): list.append(.statement(explain.statement))
    case .refresh(let refresh): list.append(.relation(refresh.name))
    case .remark(let remark) where remark.objectKind == "table" || remark.objectKind == "view":
      list.append(.relation(remark.object))
    case .createSchema, .drop, .alterSchema, .copy, .grant, .remark, .parameter, .transaction,
      .opaque, .invalid:
      break
    }
  }
}

extension TableConstraint {
  func collect(into list: inout [SyntaxNode]) {
    switch kind {
    case .foreignKey(_, let table, _): list.append(.relation(table))
    case .check(let condition): list.append(condition)
    case .primaryKey, .unique: break
    }
  }
}

extension AlterTable {
  func collect(into list: inout [SyntaxNode]) {
    list.append(.relation(name))
    switch action {
    case .addColumn(let column): list.append(.column(column))
    case .addConstraint(let constraint): constraint.collect(into: &list)
    case .changeType(_, let type): list.append(.type(type))
    case .append(let source, _, _): list.append(.relation(source))
    case .dropColumn, .renameColumn, .rename, .changeOwner, .dropConstraint, .changeEncoding,
      .changeLayout, .rowSecurity, .other:
      break
    }
  }
}

extension Merge {
  func collect(into list: inout [SyntaxNode]) {
    list.append(.relation(target))
    list.append(.table(source))
    list.append(condition)
    for branch in branches {
      list.append(branch.condition)
      switch branch.action {
      case .update(let assignments): list.append(assignments)
      case .delete: break
      case .insert(_, let values): list.append(values)
      }
    }
  }
}
