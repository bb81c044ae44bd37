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

  private static func statement(of schema: Schema, _ name: String) -> String {
    if let external = schema.external { return external }
    var text = "create schema \(SQLQuoting.plainIdentifier(name))"
    if let owner = schema.owner { text += " authorization \(SQLQuoting.plainIdentifier(owner))" }
    if let quota = schema.quota { text += " \(quota)" }
    return text
  }

  // MARK: Tables

  private var tableStatements: [String] {
    var statements: [String] = []
    var late: [String] = []
    var done: Set<Key> = []
    let parents = tables.mapValues { table in
      Set(table.constraints.compactMap(\.kind.target)).intersection(tables.keys)
    }
    for key in Self.ordered(tables.keys, parents) {
      guard let table = tables[key] else { continue }
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
    var statements: [String] = []
    for key in tables.keys.sorted() {
      guard let owner = tables[key]?.owner else { continue }
      statements.append("alter table \(key.sql) owner to \(SQLQuoting.plainIdentifier(owner))")
    }
    for key in views.keys.sorted() {
      guard let owner = views[key]?.owner else { continue }
      statements.append("alter table \(key.sql) owner to \(SQLQuoting.plainIdentifier(owner))")
    }
    for (signature, routine) in routines.sorted(by: { $0.key < $1.key }) {
      guard let owner = routine.owner else { continue }
      statements.append(
        "alter \(routine.kind == .procedure ? "procedure" : "function") \(signature) "
          + "owner to \(SQLQuoting.plainIdentifier(owner))"
      )
    }
    return statements
  }

  // MARK: Views and routines

  private var viewStatements: [String] {
    let parents = views.mapValues { $0.query.relations.intersection(views.keys) }
    return Self.ordered(views.keys, parents).compactMap { key in
      guard let view = views[key] else { return nil }
      var text = view.isMaterialized ? "create materialized view " : "create view "
      text += key.sql
      if !view.columns.isEmpty {
        text += " (" + view.columns.map(SQLQuoting.plainIdentifier).joined(separator: ", ") + ")"
      }
      if !view.attributes.isEmpty { text += " " + view.attributes.joined(separator: " ") }
      text += " as " + view.query.sql
      if view.isLate { text += " with no schema binding" }
      return text
    }
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
    comments.sorted { $0.key < $1.key }.map { subject, text in
      let literal = SQLQuoting.literal(text, for: .redshift)
      return "comment on \(target(of: subject)) is \(literal)"
    }
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

  // MARK: Proof

  /// A view whose text does not say any more what the view is.
  package struct OutdatedView: Sendable {
    package var name: RelationName
    package var range: TextRange?
    /// Why, in words.
    package var reason: String
  }

  /// Views that would not be the same if their text ran now, since what they read has changed.
  ///
  /// `select *` means the columns of the day on which it ran; a column that got another name goes
  /// on under its old name in the views that read it.
  package func outdatedViews(in buffers: Buffers) -> [OutdatedView] {
    let text = statements.map { $0 + ";\n" }.joined(separator: "\n")
    let parsed = SQLParser.parse(buffers.add(name: "the dump", text: text), in: buffers)
    var again = SchemaDefinition(defaultSchema: catalog.defaultSchema)
    var found: [OutdatedView] = []
    for statement in parsed.statements {
      if case .createView(let view) = statement.kind, view.withoutBinding == nil,
        let made = catalog[view.name]
      {
        again.catalog.closedSchemas = again.catalog.ownSchemas
        let analysis = SQLAnalyzer(catalog: again.catalog, buffers: buffers).analyze(statement)
        let problem = analysis.diagnostics.first {
          ["unknown-column", "unknown-relation", "ambiguous-column"].contains($0.code)
        }
        let names = made.columns.map(\.name)
        let types = made.columns.map(\.type)
        again.apply(statement, buffers)
        let now = again.catalog[view.name]?.columns ?? []
        let reason: String? =
          if let problem {
            problem.message
          } else if now.map(\.name) != names {
            "it would have the columns \(now.map(\.name).joined(separator: ", ")) now, "
              + "not \(names.joined(separator: ", "))"
          } else if now.map(\.type) != types {
            "its columns would have other types now"
          } else {
            nil
          }
        if let reason {
          found.append(OutdatedView(name: view.name, range: made.range, reason: reason))
        }
      } else {
        again.apply(statement, buffers)
      }
    }
    return found
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
  var sql: String {
    var text = "\(SQLQuoting.plainIdentifier(name)) \(type)"
    if let collation { text += " collate \(collation)" }
    if let defaultValue { text += " default \(defaultValue)" }
    if let identity {
      let numbers = "identity(\(identity.seed), \(identity.step))"
      text += identity.acceptsValues ? " generated by default as \(numbers)" : " \(numbers)"
    }
    if let encoding { text += " encode \(encoding)" }
    if isRequired { text += " not null" }
    return text
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
