package import Diagnostics

extension SchemaDefinition {
  /// Statements that make all of it, in canonical SQL and in an order in which they can run.
  ///
  /// The same definition gives the same text. Objects stand in the order of their names, apart from
  /// those that need others.
  package func sql(in buffers: Buffers) -> [UInt8] {
    let text = statements.map { $0 + ";\n" }.joined(separator: "\n")
    let parsed = SQLParser.parse(buffers.add(name: "the dump", text: text), in: buffers)
    return SQLPrinter.print(parsed, in: buffers)
  }

  /// The statements one by one, without layout.
  package var statements: [String] {
    var statements = others(.principals)
    statements += schemas.sorted { $0.key < $1.key }.map { Self.statement(of: $1, $0) }
    statements += orderedRoutines.map(\.text)
    statements += tableStatements
    statements += others(.beforeViews)
    statements += viewStatements
    statements += others(.afterViews)
    statements += ownerStatements
    statements += commentStatements
    statements += grants.statements
    statements += others(.privileges)
    return statements
  }

  private func others(_ stage: Other.Stage) -> [String] {
    others.filter { $0.stage == stage }.map(\.text.sql)
  }

  static func statement(of schema: Schema, _ name: String) -> String {
    if let external = schema.external { return external }
    var text = "create schema \(SQLQuoting.plainIdentifier(name))"
    if let owner = schema.owner { text += " authorization \(SQLQuoting.plainIdentifier(owner))" }
    if let quota = schema.quota { text += " \(quota)" }
    return text
  }

  // MARK: Tables

  private var tableStatements: [String] { creations(of: Set(tables.keys)) }

  /// Statements that make some of the tables with what belongs to them; the others are there.
  package func making(tables keys: Set<Key>) -> [String] {
    guard !keys.isEmpty else { return [] }
    return creations(of: keys) + keys.sorted().flatMap(belongings)
  }

  private func creations(of keys: Set<Key>) -> [String] {
    var statements: [String] = []
    var late: [String] = []
    var done = Set(tables.keys).subtracting(keys)
    let parents = tables.mapValues { table in
      Set(table.constraints.compactMap(\.kind.target)).intersection(tables.keys)
    }
    for key in Self.ordered(keys, parents) {
      guard keys.contains(key), let table = tables[key] else { continue }
      done.insert(key)
      statements.append(table.creation(key, known: done))
      // Tables that refer to each other in a circle get their keys when all are there.
      late += table.constraints.filter { constraint in
        constraint.kind.target.map { !done.contains($0) } ?? false
      }.map { "alter table \(key.sql) add \($0.sql)" }
      if table.sortKey == .none { late.append("alter table \(key.sql) alter sortkey none") }
    }
    return statements + late
  }

  /// Keys in the order of names, those that others need first; circles are cut anywhere.
  static func ordered(_ keys: some Collection<Key>, _ parents: [Key: Set<Key>]) -> [Key] {
    var result: [Key] = []
    var seen: Set<Key> = []
    for key in keys.sorted() {
      // Without recursion: the chain may be as long as the text.
      var stack: [(key: Key, rest: [Key])] = []
      if seen.insert(key).inserted { stack.append((key, (parents[key] ?? []).sorted(by: >))) }
      while var top = stack.popLast() {
        if let next = top.rest.popLast() {
          stack.append(top)
          if seen.insert(next).inserted {
            stack.append((next, (parents[next] ?? []).sorted(by: >)))
          }
        } else {
          result.append(top.key)
        }
      }
    }
    return result
  }

  private var ownerStatements: [String] {
    let relations = tables.keys.sorted() + views.keys.sorted()
    return relations.compactMap(owner) + routines.keys.sorted().compactMap(owner)
  }

  private func owner(of key: Key) -> String? {
    (tables[key]?.owner ?? views[key]?.owner).map {
      "alter table \(key.sql) owner to \(SQLQuoting.plainIdentifier($0))"
    }
  }

  private func owner(of signature: String) -> String? {
    guard let routine = routines[signature], let owner = routine.owner else { return nil }
    return "alter \(routine.noun) \(signature) owner to \(SQLQuoting.plainIdentifier(owner))"
  }

  /// Owner, comments and grants of a relation, as statements.
  package func belongings(of key: Key) -> [String] {
    var statements = owner(of: key).map { [$0] } ?? []
    statements += comments.filter { $0.key.relation == key }.sorted { $0.key < $1.key }
      .map { statement(of: $0, $1) }
    return statements + grants.statements(for: { $0.relation == key })
  }

  /// Comment and grants of a schema, as statements.
  func belongings(ofSchema name: String) -> [String] {
    let subject = Subject(kind: "schema", name: name)
    let comment = comments[subject].map { [statement(of: subject, $0)] } ?? []
    return comment + grants.statements(for: { $0.kind == "schema" && $0.name == name })
  }

  /// The same of a routine.
  package func belongings(ofRoutine signature: String) -> [String] {
    guard let routine = routines[signature] else { return [] }
    let subject = Subject(kind: routine.noun, name: signature)
    var statements = owner(of: signature).map { [$0] } ?? []
    if let text = comments[subject] { statements.append(statement(of: subject, text)) }
    return statements + grants.statements(for: { $0.kind == routine.noun && $0.name == signature })
  }

  // MARK: Views and routines

  private var viewStatements: [String] {
    orderedViews(views.keys).compactMap { creation(ofView: $0) }
  }

  /// Views in the order of names, those first that others read.
  package func orderedViews(_ keys: some Collection<Key>) -> [Key] {
    let parents = views.mapValues { $0.query.relations.intersection(views.keys) }
    let wanted = Set(keys)
    return Self.ordered(views.keys, parents).filter(wanted.contains)
  }

  /// The statement that makes a view, under another name if one is given.
  package func creation(ofView key: Key, as other: Key? = nil) -> String? {
    guard let view = views[key], !view.query.pieces.isEmpty else { return nil }
    var text = view.isMaterialized ? "create materialized view " : "create view "
    text += (other ?? key).sql
    if !view.columns.isEmpty {
      text += " (" + view.columns.map(SQLQuoting.plainIdentifier).joined(separator: ", ") + ")"
    }
    if !view.attributes.isEmpty { text += " " + view.attributes.joined(separator: " ") }
    text += " as " + view.query.sql
    if view.isLate { text += " with no schema binding" }
    return text
  }

  /// The statement that makes a routine, under another name if one is given.
  package func creation(ofRoutine signature: String, as other: Key? = nil) -> String? {
    guard let routine = routines[signature] else { return nil }
    let key = other ?? Key(schema: routine.schema, identifier: routine.name)
    return [routine.head, key.sql, routine.tail].joined(separator: " ")
  }

  private var orderedRoutines: [Routine] {
    func key(_ signature: String) -> Key { Key(schema: "", identifier: signature) }
    let parents = Dictionary(
      routines.map { signature, routine in
        let called = routines.filter {
          $0.key != signature && routine.words.contains($0.value.name)
        }
        return (key(signature), Set(called.keys.map(key)))
      },
      uniquingKeysWith: { $1 }
    )
    let bySignature = Dictionary(
      routines.map { (key($0.key), $0.value) },
      uniquingKeysWith: { $1 }
    )
    return Self.ordered(bySignature.keys, parents).compactMap { bySignature[$0] }
  }

  // MARK: Comments

  private var commentStatements: [String] {
    comments.sorted { $0.key < $1.key }.map { statement(of: $0, $1) }
  }

  func statement(of subject: Subject, _ text: String?) -> String {
    let literal = text.map { SQLQuoting.literal($0, for: .redshift) } ?? "null"
    return "comment on \(target(of: subject)) is \(literal)"
  }

  private func target(of subject: Subject) -> String {
    let name = SQLQuoting.plainIdentifier(subject.name)
    switch (subject.kind, subject.relation) {
    case ("relation", let key?):
      guard let view = views[key] else { return "table \(key.sql)" }
      return "\(view.isMaterialized ? "materialized view" : "view") \(key.sql)"
    case ("column", let key?): return "column \(key.sql).\(name)"
    case ("constraint", let key?): return "constraint \(name) on \(key.sql)"
    case ("function", _), ("procedure", _): return "\(subject.kind) \(subject.name)"
    default: return "\(subject.kind) \(name)"
    }
  }
}

extension SymbolicCatalog.Key: Comparable {
  package static func < (first: Self, second: Self) -> Bool {
    (first.schema, first.identifier) < (second.schema, second.identifier)
  }
}

extension TableDefinition {
  /// The statement that makes the table.
  ///
  /// - Parameters:
  ///   - key: its name.
  ///   - known: the tables that foreign keys may refer to, this one among them; nil for all.
  /// - Returns: CREATE TABLE without a semicolon.
  package func creation(_ key: SymbolicCatalog.Key, known: Set<SymbolicCatalog.Key>?) -> String {
    var lines = columns.map(\.sql)
    lines += constraints.filter { constraint in
      constraint.kind.target.map { known?.contains($0) ?? true } ?? true
    }.map(\.sql)
    var text = "create table \(key.sql) (\n  \(lines.joined(separator: ",\n  "))\n)"
    if !isBackedUp { text += " backup no" }
    switch distribution {
    case .unknown: break
    case .automatic: text += " diststyle auto"
    case .even: text += " diststyle even"
    case .all: text += " diststyle all"
    case .key(let column): text += " distkey (\(SQLQuoting.plainIdentifier(column)))"
    }
    func list(_ names: [String]) -> String {
      names.map(SQLQuoting.plainIdentifier).joined(separator: ", ")
    }
    switch sortKey {
    case .unstated, .none: break
    case .automatic: text += " sortkey auto"
    case .compound(let names): text += " sortkey (\(list(names)))"
    case .interleaved(let names): text += " interleaved sortkey (\(list(names)))"
    }
    if encodesAutomatically { text += " encode auto" }
    return text
  }
}

extension TableDefinition.Column {
  /// The column as CREATE TABLE and ADD COLUMN write it.
  package var sql: String {
    var text = "\(SQLQuoting.plainIdentifier(name)) \(type)"
    if let collation { text += " collate \(collation)" }
    if let defaultValue { text += " default \(defaultValue)" }
    if let identity { text += " \(identity.sql)" }
    if let encoding { text += " encode \(encoding)" }
    if isRequired { text += " not null" }
    return text
  }
}

extension ColumnAttribute.Identity {
  /// The identity as CREATE TABLE writes it.
  var sql: String {
    let numbers = "identity(\(seed), \(step))"
    return acceptsValues ? "generated by default as \(numbers)" : numbers
  }
}

extension TableDefinition.Constraint {
  /// The constraint as CREATE TABLE and ADD write it.
  var sql: String {
    func list(_ names: [String]) -> String {
      "(" + names.map(SQLQuoting.plainIdentifier).joined(separator: ", ") + ")"
    }
    let head = name.map { "constraint \(SQLQuoting.plainIdentifier($0)) " } ?? ""
    switch kind {
    case .primaryKey(let names): return head + "primary key \(list(names))"
    case .unique(let names): return head + "unique \(list(names))"
    case .foreignKey(let names, let table, let references):
      let target = references.isEmpty ? table.sql : "\(table.sql) \(list(references))"
      return head + "foreign key \(list(names)) references \(target)"
    }
  }
}

extension TableDefinition.Constraint.Kind {
  /// The table that a foreign key refers to.
  var target: SymbolicCatalog.Key? {
    if case .foreignKey(_, let table, _) = self { return table }
    return nil
  }
}
