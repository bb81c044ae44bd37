extension Statement {
  func collect(into list: inout [SyntaxNode]) {
    switch kind {
    case .query(let query): list.append(.query(query))
    case .createTable(let table):
      list.append(.relation(table.objectName))
      for element in table.elements {
        switch element.kind {
        case .column(let column): list.append(.column(column))
        case .like(let name, _): list.append(.relation(name))
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
      list.append(insert.returning)
    case .update(let update):
      list.append(update.with)
      list.append(.relation(update.table))
      list.append(update.assignments)
      list.append(update.from)
      list.append(update.condition)
      list.append(update.returning)
    case .delete(let delete):
      list.append(delete.with)
      list.append(.relation(delete.table))
      list.append(delete.using)
      list.append(delete.condition)
      list.append(delete.returning)
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
    case .remark(let remark):
      switch remark.objectKind {
      case "table", "view", "materialized view": list.append(.relation(remark.object))
      default: if let table = remark.table { list.append(.relation(table)) }
      }
    case .createExternalTable(let table):
      list.append(.relation(table.name))
      for column in table.columns + table.partitions { list.append(.column(column)) }
      if let query = table.query { list.append(.query(query)) }
    case .createRoutine(let routine):
      list.append(.relation(routine.name))
      list.append(routine.arguments)
      if let result = routine.result { list.append(.type(result)) }
    case .createModel(let model):
      switch model.source {
      case .table(let name): list.append(.relation(name))
      case .query(let query): list.append(.query(query))
      case .text, .none: break
      }
    case .externalView(let view):
      list.append(.relation(view.name))
      if let query = view.query { list.append(.query(query)) }
    case .alterSystem(let system): list.append(system.value)
    case .policy(let policy):
      for column in policy.columns { list.append(.column(column)) }
      list.append(policy.expressions)
    case .policyAttachment(let policy):
      for table in policy.tables { list.append(.relation(table)) }
    case .grant(let grant): grant.collect(into: &list)
    case .dropObject(let drop):
      guard drop.kind == .procedure || drop.kind == .function else { break }
      for routine in drop.names { list.append(.relation(routine.name)) }
    case .alterObject(let object):
      switch object.kind {
      case .materializedView, .procedure, .function:
        list.append(.relation(object.name))
      default: break
      }
    case .cursor(let cursor):
      if case .declare(let query) = cursor.action { list.append(.query(query)) }
    case .prepare(let prepare):
      for type in prepare.types { list.append(.type(type)) }
      list.append(.statement(prepare.statement))
    case .execute(let execute): list.append(execute.arguments)
    case .cancel(let cancel): list.append(cancel.process)
    case .createSchema(let schema):
      for element in schema.elements { list.append(.statement(element)) }
    case .createExternalSchema, .createObject, .drop, .alterSchema, .copy, .copyJob,
      .alterDefaultPrivileges, .parameter, .session, .show, .use, .transaction, .deallocate,
      .template, .opaque, .invalid:
      break
    }
  }
}

extension Grant {
  /// Relations and routines; names of schemas, databases and other objects are no nodes.
  func collect(into list: inout [SyntaxNode]) {
    switch objectKind {
    case "table", "function", "procedure", "external table":
      for object in objects { list.append(.relation(object.name)) }
    default: break
    }
  }
}

extension [SyntaxNode] {
  mutating func append(_ arguments: [RoutineArgument]) {
    for argument in arguments {
      append(.type(argument.type))
      if let value = argument.defaultValue { append(.expr(value)) }
    }
  }

  mutating func append(_ returning: Returning?) {
    if let returning { append(returning.items) }
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
      .changeLayout, .rowSecurity, .masking, .external, .other:
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
