package import Diagnostics

/// What statements leave behind, in full: what is needed to make it all anew.
///
/// `SymbolicCatalog` says what names mean. This also knows defaults, keys, encodings, grants,
/// comments, queries and bodies. Two runs of statements that leave the same behind have equal
/// definitions, and `sql` of them is the same text.
package struct SchemaDefinition: Sendable {
  package typealias Key = SymbolicCatalog.Key

  package struct View: Hashable, Sendable {
    package var isMaterialized = false
    package var isLate = false
    /// Names that the view gives its columns itself.
    package var columns: [String] = []
    /// BACKUP, DISTSTYLE and the like of a materialized view.
    var attributes: [String] = []
    var query: DefinitionText
    var owner: String?

    /// The query with the names that relations have now, without layout.
    package var text: String { query.sql }
    /// What the query names.
    package var relations: Set<Key> { query.relations }
  }

  struct Schema: Hashable, Sendable {
    var owner: String?
    var quota: String?
    /// The whole statement of an external schema.
    var external: String?
  }

  package struct Routine: Hashable, Sendable {
    package var kind: CreateRoutine.Kind
    package var schema: String
    package var name: String
    package var arguments: String
    /// The text before the name and behind it.
    var head: String
    var tail: String
    /// Words in the text, by which routines find those that they call.
    var words: Set<String>
    package var hasOutArguments = false
    var owner: String?

    private var key: Key { Key(schema: schema, identifier: name) }

    /// What tells it from other routines.
    package var signature: String { "\(key.sql)(\(arguments))" }

    /// The name with its arguments, for messages.
    package var relation: RelationName {
      RelationName(schema: schema, identifier: "\(name)(\(arguments))")
    }

    /// The statement that makes it.
    var text: String { [head, key.sql, tail].joined(separator: " ") }

    /// `procedure` or `function`.
    package var noun: String { kind == .procedure ? "procedure" : "function" }

    /// Whether it is in a language that every server has: neither Python nor a function elsewhere.
    package var isOfTheServer: Bool {
      kind != .externalFunction && !tail.lowercased().contains("plpython")
    }
  }

  /// What a remark is about.
  struct Subject: Hashable, Comparable, Sendable {
    var kind: String
    var relation: Key?
    /// A column's or constraint's name, or the whole name of what is no relation.
    var name = ""

    static func < (first: Subject, second: Subject) -> Bool { first.order < second.order }

    private var order: String {
      "\(relation?.schema ?? "")\u{0}\(relation?.identifier ?? "")\u{0}\(kind.count)\(kind)\u{0}\(name)"
    }
  }

  /// A statement that is kept as it stands.
  struct Other: Hashable, Sendable {
    enum Stage: Int, Hashable, Sendable {
      case principals
      case beforeViews
      case afterViews
      case privileges
    }

    var stage: Stage
    /// Kind and name of the object, by which DROP finds it.
    var object: String
    var text: DefinitionText
  }

  /// Follows the same statements.
  package internal(set) var catalog: SymbolicCatalog
  package internal(set) var tables: [Key: TableDefinition] = [:]
  package internal(set) var views: [Key: View] = [:]
  var schemas: [String: Schema] = [:]
  /// Those that are made, and are none of another catalog.
  package var schemaNames: Set<String> {
    Set(schemas.filter { $0.value.external == nil }.keys)
  }
  package internal(set) var routines: [String: Routine] = [:]
  var comments: [Subject: String] = [:]
  var grants = GrantTable()
  var others: [Other] = []
  /// Statements whose effect the text does not tell, such as CALL.
  package internal(set) var unseen: [Statement] = []
  /// Statements that change rows.
  package internal(set) var changesOfData: [Statement] = []
  /// Columns whose type is not known, in tables that queries make.
  var untyped: [(key: Key, column: String, range: TextRange)] = []

  /// Views that were made anew, with the same text, when a column that they read got another type.
  package internal(set) var remadeViews: Set<Key> = []

  /// Text columns of such tables whose length is not known.
  var unlimited: [(key: Key, column: String, range: TextRange)] = []

  /// A column whose type is not known.
  package struct UntypedColumn: Sendable {
    package var table: String
    /// `*` where not even the names are known.
    package var column: String
    package var range: TextRange
  }

  package var untypedColumns: [UntypedColumn] {
    untyped.map { UntypedColumn(table: $0.key.sql, column: $0.column, range: $0.range) }
  }

  /// Text columns, made by queries, whose length is not known.
  package var unlimitedColumns: [UntypedColumn] {
    unlimited.map { UntypedColumn(table: $0.key.sql, column: $0.column, range: $0.range) }
  }

  package init(defaultSchema: String) {
    catalog = SymbolicCatalog(defaultSchema: defaultSchema)
  }

  /// Follows statements in order.
  package init(_ statements: [Statement], defaultSchema: String, buffers: Buffers) {
    self.init(defaultSchema: defaultSchema)
    for statement in statements { apply(statement, buffers) }
  }

  /// Begins a file: settings of the one before are none of its business.
  package mutating func beginFile(defaultSchema: String) {
    catalog.defaultSchema = defaultSchema.lowercased()
  }

  /// Follows one statement.
  package mutating func apply(_ statement: Statement, _ buffers: Buffers) {
    let before = catalog
    catalog.apply(statement, buffers: buffers)
    follow(statement, before: before, buffers)
    removeWhatIsGone(before)
  }

  /// Forgets everything that belonged to relations that are no more.
  private mutating func removeWhatIsGone(_ before: SymbolicCatalog) {
    guard before.relations.count > catalog.relations.count || before.removals != catalog.removals
    else { return }
    for key in before.relations.keys where catalog.relations[key] == nil { forget(key) }
  }

  mutating func forget(_ key: Key) {
    tables[key] = nil
    views[key] = nil
    remadeViews.remove(key)
    comments = comments.filter { $0.key.relation != key }
    grants.forget(key)
    others.removeAll { $0.text.relations.contains(key) }
    untyped.removeAll { $0.key == key }
    unlimited.removeAll { $0.key == key }
    for other in tables.keys {
      tables[other]?.constraints.removeAll { constraint in
        if case .foreignKey(_, key, _) = constraint.kind { return true }
        return false
      }
    }
  }

  /// Takes passwords and keys out of the statements that have some, so that these can be shown.
  ///
  /// - Returns: the objects whose secrets are gone, as `user app`.
  package mutating func withholdSecrets() -> [String] {
    var found: [String] = []
    for index in others.indices where others[index].text.withholdSecrets() {
      if !found.contains(others[index].object) { found.append(others[index].object) }
    }
    for (signature, routine) in routines.sorted(by: { $0.key < $1.key }) {
      guard let tail = SQLSecrets.withheld(routine.tail) else { continue }
      routines[signature]?.tail = tail
      found.append("\(routine.noun) \(signature)")
    }
    return found
  }

  /// Adds a view whose query is not to be read.
  package mutating func addUnreadView(_ key: Key, isMaterialized: Bool, isLate: Bool) {
    views[key] = View(
      isMaterialized: isMaterialized,
      isLate: isLate,
      query: DefinitionText(pieces: [])
    )
  }

  /// Gives everything that belongs to a relation its new name.
  mutating func rename(_ old: Key, to new: Key) {
    if let table = tables.removeValue(forKey: old) { tables[new] = table }
    if let view = views.removeValue(forKey: old) { views[new] = view }
    if remadeViews.remove(old) != nil { remadeViews.insert(new) }
    for key in views.keys where views[key]?.isLate == false {
      views[key]?.query.rename(old, to: new)
    }
    for index in others.indices { others[index].text.rename(old, to: new) }
    for index in untyped.indices where untyped[index].key == old { untyped[index].key = new }
    for index in unlimited.indices where unlimited[index].key == old { unlimited[index].key = new }
    grants.rename(old, to: new)
    for (subject, text) in comments where subject.relation == old {
      comments[subject] = nil
      var moved = subject
      moved.relation = new
      comments[moved] = text
    }
    for key in tables.keys {
      for index in tables[key]?.constraints.indices ?? 0..<0 {
        if case .foreignKey(let names, old, let others)? = tables[key]?.constraints[index].kind {
          tables[key]?.constraints[index].kind = .foreignKey(names, new, references: others)
        }
      }
    }
  }
}

extension SchemaDefinition: Equatable {
  package static func == (first: SchemaDefinition, second: SchemaDefinition) -> Bool {
    first.tables == second.tables && first.views == second.views
      && first.schemas == second.schemas && first.routines == second.routines
      && first.comments == second.comments && first.grants == second.grants
      && first.others == second.others
  }
}
