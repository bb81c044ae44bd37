import Diagnostics
import RedshiftSQL

/// Migrations followed statement by statement, without a database.
struct MigrationReplay: Sendable {
  /// A statement that took something away or changed its type.
  struct Change: Sendable {
    var script: MigrationScript
    var statement: Statement
    /// The relations it touched as they were before, by their names then.
    var former: [CatalogRelation]
    /// Functions that it dropped.
    var functions: [SymbolicCatalog.Key] = []
    /// Bound views that read the column it drops, and so are in its way.
    var boundViews: [SymbolicCatalog.Key] = []

    /// Puts back into a catalog what the statement took away.
    func restore(_ catalog: inout SymbolicCatalog) {
      for relation in former { catalog.add(relation) }
      for function in functions { catalog.restoreFunction(function) }
    }
  }

  /// A procedure as it was made last.
  private struct Procedure: Sendable {
    var script: MigrationScript
    var routine: CreateRoutine
    /// Its name now.
    var name: RelationName
    /// The types that tell it from others of the name.
    var signature: String
  }

  private var procedures: [String: Procedure] = [:]
  private(set) var catalog: SymbolicCatalog
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var changes: [Change] = []
  private(set) var lateViews = LateViews()
  /// What hooks make.
  let unseen: UnseenRelations
  /// Whether a statement may have made relations that cannot be seen in the text.
  private(set) var callsProcedures = false

  /// Follows scripts in order.
  ///
  /// - Parameters:
  ///   - scripts: the migrations.
  ///   - defaultSchema: the schema of names that have none.
  ///   - known: relations of nodes, which may exist while a migration runs, as `schema.name`.
  ///   - unseen: what hooks make.
  ///   - policy: what hazards are judged by; nil where they are not wanted.
  ///   - contents: what the database has, and which scripts it does not have yet; nil where only
  ///     files are asked.
  ///   - buffers: the store that has the texts.
  init(
    _ scripts: [MigrationScript],
    defaultSchema: String,
    known: Set<String>,
    unseen: UnseenRelations,
    policy: HazardPolicy? = nil,
    contents: (DatabaseContents, isPending: (MigrationScript) -> Bool)? = nil,
    buffers: Buffers
  ) {
    var scripts = scripts
    var awaited: DatabaseContents?
    if let contents {
      // What is pending comes last, wherever it stands among the files.
      scripts = scripts.filter { !contents.isPending($0) } + scripts.filter(contents.isPending)
      awaited = contents.0
    }
    let routines = ProcedureKnowledge(scripts, unseen)
    var finder = policy.map { HazardFinder($0, buffers: buffers) }
    let repeatable = scripts.filter { $0.kind == .repeatable }
    catalog = SymbolicCatalog(defaultSchema: defaultSchema)
    catalog.followsSession = true
    catalog.knowsProcedures = routines.isComplete
    self.unseen = unseen
    let known = known.union(unseen.names.map { MigrationScript.key($0) })
    for script in scripts {
      guard !Task.isCancelled else { break }
      if let known = awaited, contents?.isPending(script) == true {
        catalog.adopt(columns: known.columns, functions: known.functions)
        awaited = nil
      }
      var found: [Diagnostic] = []
      // A script's SET is none of the next one's business.
      catalog.defaultSchema = defaultSchema.lowercased()
      catalog.uncheckedProcedures = routines.withoutSchema.union(routines.repeated)
      // No database says what is applied: each file is taken for one that is pending alone.
      finder?.begin(batch: [script], remaking: repeatable)
      finder?.beginScript()
      for statement in script.statements {
        finder?.find(statement, catalog)
        catalog.closedSchemas = unseen.isOpen || callsProcedures ? [] : catalog.ownSchemas
        if let existing = existing(statement) {
          found.append(existing)
          continue
        }
        found += SQLAnalyzer(catalog: catalog, buffers: buffers).check(statement).diagnostics
        note(statement, of: script, buffers)
        lateViews.follow(statement, of: script, at: changes.count, catalog)
        let former = touched(by: statement).filter { !$0.isTemporary }
        let functions = functions(in: statement)
        for key in views(madeOrDroppedBy: statement) { forgetBoundView(key) }
        if !former.isEmpty || !functions.isEmpty {
          var change = Change(script: script, statement: statement, former: former)
          change.functions = functions
          change.boundViews = boundViews(inTheWayOf: statement)
          changes.append(change)
        }
        if case .call = statement.kind {
          callsProcedures = true
          // Whatever a procedure does, the database has it and the text does not.
          if contents != nil { catalog.doubtColumns() }
        }
        catalog.apply(statement, buffers: buffers)
      }
      catalog.endSession()
      if contents != nil, callsProcedures { found.removeAll { $0.code == "unknown-function" } }
      found.removeAll { isUnseen($0, known, buffers) }
      let remaining = AllowComments(script.sql, in: buffers).remaining(found)
      diagnostics += remaining
      // Most errors are what the analysis of the statement says as well.
      diagnostics += (finder?.end(script) ?? []).map(\.diagnostic).filter {
        !$0.isError || !$0.isTold(by: remaining)
      }
    }
    catalog.defaultSchema = defaultSchema.lowercased()
    catalog.closedSchemas = []
    catalog.uncheckedProcedures = routines.withoutSchema
    for key in catalog.droppedFunctions.keys
    where unseen.isOpen || callsProcedures || unseen.functions.contains(key.identifier) {
      catalog.restoreFunction(key)
    }
    for index in changes.indices {
      // Gone with something else that was dropped.
      changes[index].boundViews.removeAll { catalog.relations[$0] == nil }
    }
    checkProcedures(buffers)
  }

  // MARK: Procedures

  /// Keeps the procedures that are there in the end; nothing of them runs before.
  private mutating func note(
    _ statement: Statement,
    of script: MigrationScript,
    _ buffers: Buffers
  ) {
    switch statement.kind {
    case .createRoutine(let routine) where routine.body?.block != nil:
      let key = catalog.key(of: routine.name.relation)
      keep(
        Procedure(
          script: script,
          routine: routine,
          name: RelationName(schema: key.schema, identifier: key.identifier),
          signature: routine.arguments.signature(in: buffers)
        )
      )
    case .dropObject(let drop) where drop.kind == .procedure:
      for name in drop.names { take(name.name.relation, name.arguments, buffers) }
    case .drop(let drop) where drop.kind == .schema && drop.cascades:
      for name in drop.names { takeSchema(name.last) }
    case .alterObject(let change) where change.kind == .procedure:
      guard case .rename(let new) = change.action else { return }
      for var procedure in take(change.name.relation, change.arguments, buffers) {
        procedure.name.identifier = new.text.lowercased()
        keep(procedure)
      }
    case .alterSchema(let change):
      guard case .rename(let new) = change.action else { return }
      for var procedure in takeSchema(change.name.text) {
        procedure.name.schema = new.text.lowercased()
        keep(procedure)
      }
    default: break
    }
  }

  private mutating func keep(_ procedure: Procedure) {
    let name = procedure.name
    procedures["\(name.schema ?? "").\(name.identifier)(\(procedure.signature)"] = procedure
  }

  /// Takes away the procedures of a name, all of them where no types are written.
  @discardableResult
  private mutating func take(
    _ name: RelationName,
    _ arguments: [RoutineArgument]?,
    _ buffers: Buffers
  ) -> [Procedure] {
    let key = catalog.key(of: name)
    let signature = arguments.map { $0.signature(in: buffers) }
    return takeProcedures {
      $0.name.schema == key.schema && $0.name.identifier == key.identifier
        && (signature == nil || $0.signature == signature)
    }
  }

  @discardableResult
  private mutating func takeSchema(_ name: String) -> [Procedure] {
    takeProcedures { $0.name.schema == name.lowercased() }
  }

  private mutating func takeProcedures(where isMeant: (Procedure) -> Bool) -> [Procedure] {
    let taken = procedures.filter { isMeant($0.value) }
    for key in taken.keys { procedures[key] = nil }
    return Array(taken.values)
  }

  private mutating func checkProcedures(_ buffers: Buffers) {
    let analyzer = SQLAnalyzer(catalog: catalog, buffers: buffers)
    for (_, procedure) in procedures.sorted(by: { $0.key < $1.key }) {
      let found = analyzer.findings(inSourceOf: procedure.routine, named: procedure.name)
      guard !found.isEmpty else { continue }
      diagnostics += AllowComments(procedure.script.sql, in: buffers).remaining(found)
    }
  }

  /// What is wrong with a statement that makes a relation which is there already.
  private func existing(_ statement: Statement) -> Diagnostic? {
    let name: ObjectName
    switch statement.kind {
    case .createTable(let table):
      if table.isTemporary || table.allowsExisting { return nil }
      name = table.objectName
    case .createTableAs(let table):
      if table.isTemporary || table.allowsExisting { return nil }
      name = table.objectName
    case .createView(let view):
      if view.replaces { return nil }
      name = view.objectName
    case .alterTable(let table):
      guard case .rename(let new) = table.action else { return nil }
      name = ObjectName(parts: table.name.parts.dropLast() + [new], range: new.range)
    default: return nil
    }
    guard !callsProcedures, !name.last.hasPrefix("#"), let relation = catalog[name.relation],
      !relation.isTemporary, let first = relation.range
    else { return nil }
    return .relationExists(name, first)
  }

  /// Whether a finding is about a relation that a node of the project makes.
  ///
  /// What is known of such relations at the time of a migration depends on who ran what before.
  private func isUnseen(_ diagnostic: Diagnostic, _ known: Set<String>, _ buffers: Buffers) -> Bool
  {
    guard ["unknown-relation", "undeclared-relation"].contains(diagnostic.code),
      let range = diagnostic.primary?.range
    else { return false }
    let name = buffers.text(of: range).filter { $0 != "\"" }.lowercased()
    let parts = name.split(separator: ".").suffix(2)
    let full = parts.count == 1 ? "\(catalog.defaultSchema).\(name)" : parts.joined(separator: ".")
    return known.contains(full)
  }

  /// The relations that a statement takes away or changes so that readers may notice.
  private func touched(by statement: Statement) -> [CatalogRelation] {
    guard statement.isDestructive else { return [] }
    switch statement.kind {
    case .drop(let drop):
      let schemas = Set(drop.names.map { $0.last.lowercased() })
      let keys =
        drop.kind == .schema
        ? catalog.relations.keys.filter { schemas.contains($0.schema) }
        : drop.names.map { catalog.key(of: $0.relation) }
      return relations(keys, drop.cascades ? keys.map { catalog.allReaders(of: $0) } : [])
    case .alterTable(let table):
      let key = catalog.key(of: table.name.relation)
      guard case .dropColumn(let column, cascades: true) = table.action else {
        return relations([key], [])
      }
      return relations([key], [catalog.allReaders(of: key, column: column.text)])
    case .alterSchema(let schema):
      return catalog.relations.filter { $0.key.schema == schema.name.text.lowercased() }
        .map(\.value)
    case .createView(let view): return [catalog[view.name]].compactMap { $0 }
    default: return []
    }
  }
}

// MARK: Functions and bound views

extension MigrationReplay {
  private func relations(
    _ keys: [SymbolicCatalog.Key],
    _ readers: [Set<SymbolicCatalog.Key>]
  ) -> [CatalogRelation] {
    let others = readers.reduce(into: Set()) { $0.formUnion($1) }.subtracting(keys)
    return (keys + others).compactMap { catalog.relations[$0] }
  }

  /// The functions that a statement drops.
  private func functions(in statement: Statement) -> [SymbolicCatalog.Key] {
    switch statement.kind {
    case .dropObject(let drop) where drop.kind == .function:
      return drop.names.map { catalog.key(of: $0.name.relation) }
    case .drop(let drop) where drop.kind == .schema:
      return drop.names.flatMap { catalog.functions(of: $0.last) }
    default: return []
    }
  }

  /// The views that read the column which a statement drops.
  ///
  /// Neither Redshift nor PostgreSQL drops it under them, and they cannot be made again without it.
  private func boundViews(inTheWayOf statement: Statement) -> [SymbolicCatalog.Key] {
    guard case .alterTable(let table) = statement.kind,
      case .dropColumn(let column, cascades: false) = table.action
    else { return [] }
    return catalog.readers(of: catalog.key(of: table.name.relation), column: column.text)
      .sorted { ($0.schema, $0.identifier) < ($1.schema, $1.identifier) }
  }

  /// A view that is made anew or dropped later is what that statement says.
  private mutating func forgetBoundView(_ key: SymbolicCatalog.Key) {
    for index in changes.indices { changes[index].boundViews.removeAll { $0 == key } }
  }

  private func views(madeOrDroppedBy statement: Statement) -> [SymbolicCatalog.Key] {
    switch statement.kind {
    case .createView(let view): [catalog.key(of: view.name)]
    case .drop(let drop) where drop.kind != .schema:
      drop.names.map { catalog.key(of: $0.relation) }
    default: []
    }
  }
}

extension Statement {
  /// Whether the statement may take something away from those who read a relation.
  var isDestructive: Bool {
    switch kind {
    case .drop: return true
    case .alterTable(let table):
      switch table.action {
      case .dropColumn, .renameColumn, .rename, .changeType: return true
      default: return false
      }
    case .alterSchema(let schema):
      if case .rename = schema.action { return true }
      return false
    case .createView(let view): return view.replaces
    case .dropObject(let drop): return drop.kind == .function
    default: return false
    }
  }
}
