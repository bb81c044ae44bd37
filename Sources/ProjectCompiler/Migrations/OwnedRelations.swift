package import Diagnostics
package import RedshiftSQL

/// The tables and views that migrations have made and not taken away, by name.
///
/// Names alone, without columns: cheap enough for thousands of files. What procedures make, and
/// what CASCADE takes, is not seen.
package struct OwnedRelations: Sendable {
  package enum Kind: Sendable {
    case table
    case view
    case materializedView
    /// WITH NO SCHEMA BINDING.
    case lateView
  }

  package struct Relation: Sendable {
    /// With its schema.
    package var name: RelationName
    package var kind: Kind
    /// The statement that made it last.
    package var statement: Statement
    /// The file that it stands in.
    package var path: String
  }

  /// By `schema.name` in lower case.
  package private(set) var relations: [String: Relation] = [:]
  private let defaultSchema: String
  private let buffers: Buffers

  package init(defaultSchema: String, buffers: Buffers) {
    self.defaultSchema = defaultSchema.lowercased()
    self.buffers = buffers
  }

  /// What scripts leave behind, applied in this order.
  package init(_ scripts: [MigrationScript], defaultSchema: String, buffers: Buffers) {
    self.init(defaultSchema: defaultSchema, buffers: buffers)
    for script in scripts { follow(script.text) }
  }

  package static func key(_ name: RelationName, defaultSchema: String) -> String {
    "\(name.schema ?? defaultSchema).\(name.identifier)".lowercased()
  }

  package func contains(_ name: RelationName) -> Bool {
    relations[Self.key(name, defaultSchema: defaultSchema)] != nil
  }

  /// The late-binding views, and the views that read one of them, directly or through others.
  package var lateViewsAndTheirReaders: Set<String> {
    var found = Set(relations.filter { $0.value.kind == .lateView }.keys)
    guard !found.isEmpty else { return found }
    var reads: [String: Set<String>] = [:]
    for (key, relation) in relations where relation.kind == .view {
      guard case .createView(let view) = relation.statement.kind else { continue }
      SyntaxNode.query(view.query).walk { node in
        if case .table(let table) = node, case .named(let name) = table.kind {
          let schema = relation.name.schema ?? defaultSchema
          reads[key, default: []].insert(Self.key(name.relation, defaultSchema: schema))
        }
        return true
      }
    }
    while true {
      let next = reads.filter { !found.contains($0.key) && !found.isDisjoint(with: $0.value) }
      if next.isEmpty { return found }
      found.formUnion(next.keys)
    }
  }

  /// Follows the statements of one file.
  package mutating func follow(_ text: MigrationText) {
    var schema = defaultSchema
    for statement in text.statements { follow(statement, text.path, &schema) }
  }

  private mutating func follow(_ statement: Statement, _ path: String, _ schema: inout String) {
    switch statement.kind {
    case .createTable(let table):
      guard !table.isTemporary else { return }
      add(table.objectName, .table, statement, path, schema, keeps: table.allowsExisting)
    case .createTableAs(let table):
      guard !table.isTemporary else { return }
      add(table.objectName, .table, statement, path, schema, keeps: table.allowsExisting)
    case .createView(let view):
      let kind: Kind =
        view.withoutBinding != nil ? .lateView : view.isMaterialized ? .materializedView : .view
      add(view.objectName, kind, statement, path, schema)
    case .query(let query):
      guard case .select(let select) = query.body.kind, let into = select.into, !into.isTemporary
      else { return }
      add(into.name, .table, statement, path, schema)
    case .drop(let drop): remove(drop, schema)
    case .alterTable(let table):
      guard case .rename(let new) = table.action else { return }
      let old = Self.key(table.name.relation, defaultSchema: schema)
      guard var relation = relations.removeValue(forKey: old) else { return }
      relation.name.identifier = new.text
      relations[Self.key(relation.name, defaultSchema: schema)] = relation
    case .alterSchema(let altered):
      guard case .rename(let new) = altered.action else { return }
      rename(schema: altered.name.text, to: new.text)
    case .parameter(let parameter)
    where parameter.name == "search_path" && parameter.action == .set:
      let first = parameter.value.map { buffers.text(of: $0) }?.split(separator: ",").first?
        .filter { !$0.isWhitespace && $0 != "'" && $0 != "\"" }
      if let first, !first.hasPrefix("$"), first != "default" { schema = first.lowercased() }
    default: return
    }
  }

  private mutating func add(
    _ name: ObjectName,
    _ kind: Kind,
    _ statement: Statement,
    _ path: String,
    _ schema: String,
    keeps: Bool = false
  ) {
    guard !name.last.hasPrefix("#") else { return }
    var relation = name.relation
    relation.database = nil
    relation.schema = (relation.schema ?? schema).lowercased()
    let key = Self.key(relation, defaultSchema: schema)
    if keeps, relations[key] != nil { return }
    relations[key] = Relation(name: relation, kind: kind, statement: statement, path: path)
  }

  private mutating func remove(_ drop: Drop, _ schema: String) {
    for name in drop.names {
      if drop.kind == .schema {
        let prefix = name.last.lowercased() + "."
        relations = relations.filter { !$0.key.hasPrefix(prefix) }
      } else {
        relations[Self.key(name.relation, defaultSchema: schema)] = nil
      }
    }
  }

  private mutating func rename(schema old: String, to new: String) {
    let prefix = old.lowercased() + "."
    for (key, relation) in relations where key.hasPrefix(prefix) {
      var moved = relation
      moved.name.schema = new.lowercased()
      relations[key] = nil
      relations[Self.key(moved.name, defaultSchema: new)] = moved
    }
  }
}
