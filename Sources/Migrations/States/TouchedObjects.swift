import RedshiftSQL

/// The tables, views, routines and schemas that statements read and change.
struct TouchedObjects: Hashable, Sendable {
  /// `schema.name`, and `schema.` for a schema itself.
  var read: Set<String> = []
  var changed: Set<String> = []
  /// Whether a statement may touch what its text does not name.
  var isOpen = false

  init(_ statements: [Statement], defaultSchema: String) {
    for statement in statements { add(statement, defaultSchema.lowercased()) }
  }

  /// Objects that one of the two changes and the other one uses; nil when that cannot be told.
  func conflicts(with other: TouchedObjects) -> [String]? {
    if isOpen || other.isOpen { return nil }
    let shared = changed.intersection(other.changed.union(other.read))
      .union(other.changed.intersection(read))
    return shared.sorted()
  }

  private mutating func add(_ statement: Statement, _ schema: String) {
    let main = changedNames(of: statement)
    for name in main { use(name.relation, schema, isChange: true) }
    switch statement.kind {
    case .createSchema(let created):
      changed.insert(created.name.last.lowercased() + ".")
      for element in created.elements { add(element, created.name.last.lowercased()) }
    case .createExternalSchema(let created): changed.insert(created.name.last.lowercased() + ".")
    case .alterSchema(let altered): changed.insert(altered.name.text.lowercased() + ".")
    case .drop(let drop) where drop.kind == .schema:
      for name in drop.names { changed.insert(name.last.lowercased() + ".") }
    case .alterTable(let table):
      if case .rename(let new) = table.action {
        var name = table.name.relation
        name.identifier = new.text
        use(name, schema, isChange: true)
      }
    case .call, .execute, .opaque, .invalid, .parameter: isOpen = true
    default: break
    }
    SyntaxNode.statement(statement).walk { node in
      switch node {
      case .relation(let name): use(name.relation, schema, isChange: false)
      case .table(let table):
        if case .named(let name) = table.kind { use(name.relation, schema, isChange: false) }
      default: break
      }
      return true
    }
  }

  private mutating func use(_ name: RelationName, _ schema: String, isChange: Bool) {
    let schema = (name.schema ?? schema).lowercased()
    let key = "\(schema).\(name.identifier.lowercased())"
    if isChange { changed.insert(key) } else { read.insert(key) }
    read.insert(schema + ".")
  }

  private func changedNames(of statement: Statement) -> [ObjectName] {
    switch statement.kind {
    case .createTable(let table): [table.objectName]
    case .createTableAs(let table): [table.objectName]
    case .createView(let view): [view.objectName]
    case .createExternalTable(let table): [table.name]
    case .createRoutine(let routine): [routine.name]
    case .drop(let drop): drop.kind == .schema ? [] : drop.names
    case .dropObject(let drop): drop.names.map(\.name)
    case .alterTable(let table):
      if case .append(let source, _, _) = table.action {
        [table.name, source]
      } else {
        [table.name]
      }
    case .insert(let insert): [insert.table]
    case .update(let update): [update.table]
    case .delete(let delete): [delete.table]
    case .merge(let merge): [merge.target]
    case .truncate(let truncate): [truncate.table]
    case .remark(let remark): [remark.table ?? remark.object]
    case .refresh(let refresh): [refresh.name]
    case .query(let query):
      if case .select(let select) = query.body.kind, let into = select.into {
        [into.name]
      } else {
        []
      }
    case .grant(let grant): grant.objects.map(\.name)
    default: []
    }
  }
}
