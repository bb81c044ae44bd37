import Diagnostics
import RedshiftSQL

/// Follows statements that would be applied together and gathers what is dangerous about them.
///
/// Relations that an earlier statement of the same batch has made hold nothing that anybody relies
/// on: to change them is no danger.
struct HazardFinder {
  private let policy: HazardPolicy
  private let buffers: Buffers
  /// Relations and schemas that the batch has made so far, as `TouchedObjects` writes them.
  private var made: Set<String> = []
  /// Views that some statement of the batch makes.
  private var remade: Set<String> = []
  /// Columns that the batch has added to what was there: to fill them loses nothing.
  private var addedColumns: Set<String> = []
  private var found: [(hazard: MigrationHazard, statement: TextRange)] = []
  /// Exclusive locks that the open transaction holds.
  private var locks: [(name: RelationName, range: TextRange, statement: TextRange)] = []
  private var setsSearchPath = false
  /// Whether a relation was there before the batch, as far as files say.
  private let isKnown: (RelationName, SymbolicCatalog) -> Bool
  /// Whether what files do not make is not there.
  private let knowsAll: Bool
  private var statement: TextRange?

  /// - Parameters:
  ///   - policy: what hazards are judged by.
  ///   - buffers: the store that has the texts.
  ///   - applied: what earlier migrations have made; nil to ask the catalog that comes with each
  ///     statement.
  init(_ policy: HazardPolicy, buffers: Buffers, applied: OwnedRelations? = nil) {
    self.policy = policy
    self.buffers = buffers
    knowsAll = applied == nil
    isKnown = { name, catalog in
      let isKept = catalog[name].map { !$0.isTemporary }
      return applied.map { $0.contains(name) } ?? isKept ?? false
    }
  }

  /// Begins migrations that are applied together.
  mutating func begin(batch: [MigrationScript], remaking others: [MigrationScript] = []) {
    made = []
    remade = []
    addedColumns = []
    for statement in (batch + others).flatMap(\.statements) {
      if case .createView(let view) = statement.kind { remade.insert(key(view.name)) }
    }
  }

  /// Begins the next script of them.
  mutating func beginScript() {
    found = []
    locks = []
    setsSearchPath = false
  }

  /// The hazards of a script, without those that it allows and those that the project has off.
  mutating func end(_ script: MigrationScript) -> [MigrationHazard] {
    guard !found.isEmpty else { return [] }
    let comments = AllowComments(script.sql, in: buffers)
    return found.compactMap { hazard, statement in
      var hazard = hazard
      let code = hazard.diagnostic.code
      if script.directives.allowed.contains(code) { return nil }
      if comments.allows(hazard.diagnostic, in: statement) { return nil }
      guard let levels = policy.levels else { return hazard }
      guard let levelled = levels.apply(to: hazard.diagnostic) else { return nil }
      hazard.diagnostic = levelled
      return hazard
    }
  }

  // MARK: Statements

  /// Looks at one statement.
  ///
  /// - Parameters:
  ///   - statement: the next one.
  ///   - catalog: what is known of columns before it; may be empty.
  mutating func find(_ statement: Statement, _ catalog: SymbolicCatalog) {
    self.statement = statement.range
    if statement.transactionBehaviour != .transactional { locks = [] }
    adviseNames(statement)
    switch statement.kind {
    case .drop(let drop): find(drop, catalog)
    case .alterTable(let table): find(table, catalog)
    case .delete(let delete) where delete.condition == nil:
      guard isOld(delete.table) else { break }
      add(.deletesAll(delete.table.relation, at: delete.table.range), on: delete.table)
    case .update(let update) where update.condition == nil: find(update)
    case .truncate(let truncate):
      guard isOld(truncate.table) else { break }
      add(.truncates(truncate.table.relation, at: truncate.table.range), on: truncate.table)
    case .lock(let lock):
      for name in lock.tables where isOld(name) {
        locks.append((name.relation, name.range, statement.range))
      }
    case .analyze(let analyze) where analyze.isCompression:
      guard let table = analyze.table, isOld(table) else { break }
      add(.analyzesUnderLock(table.relation, at: table.range), on: table, needsRows: true)
    case .parameter(let parameter) where parameter.name == "search_path": setsSearchPath = true
    default: break
    }
    if statement.movesData { reportLocks(statement) }
    remember(statement, catalog)
  }

  private mutating func find(_ update: Update) {
    guard isOld(update.table) else { return }
    let table = key(update.table.relation)
    let columns = update.assignments.map { $0.target.last.lowercased() }
      .filter { !addedColumns.contains("\(table).\($0)") }
    guard !columns.isEmpty else { return }
    add(
      .updatesAll(columns, of: update.table.relation, at: update.table.range),
      on: update.table
    )
  }

  private mutating func find(_ drop: Drop, _ catalog: SymbolicCatalog) {
    for name in drop.names {
      let mayBeMissing = drop.allowsMissing && knowsAll && drop.kind != .schema
      if mayBeMissing, !isKnown(name.relation, catalog) { continue }
      switch drop.kind {
      case .schema:
        let schema = name.last.lowercased()
        guard !made.contains(schema + ".") else { continue }
        add(.dropsSchema(schema, cascades: drop.cascades, at: name.range))
        continue
      case .table:
        guard isOld(name) else { continue }
        add(.dropsTable(name.relation, at: name.range), on: name)
      case .view, .materializedView:
        guard isOld(name) else { continue }
        if !remade.contains(key(name.relation)) {
          add(.dropsView(name.relation, at: name.range), on: name)
        }
      }
      if drop.cascades { add(.cascades(name.relation, at: name.range), on: name) }
      if drop.kind == .table { locks.append((name.relation, name.range, statement ?? name.range)) }
    }
  }

  private mutating func find(_ table: AlterTable, _ catalog: SymbolicCatalog) {
    let name = table.name
    // Redshift asks for a DEFAULT even of a table without rows.
    if case .addColumn(let column) = table.action, column.isRequiredWithoutValue {
      add(.requiredColumn(column.name.text, of: name.relation, at: column.range))
    }
    guard isOld(name) else { return }
    switch table.action {
    case .dropColumn(let column, let cascades):
      add(.dropsColumn(column.text, of: name.relation, at: table.actionRange), on: name)
      if cascades { add(.cascades(name.relation, at: table.actionRange), on: name) }
    case .changeType(let column, let type): find(column, type, name, catalog)
    case .changeEncoding:
      add(
        .rewrites(name.relation, "other encodings", at: table.actionRange),
        on: name,
        needsRows: true
      )
    case .changeLayout(let attributes):
      guard attributes.contains(where: \.movesRows) else { break }
      add(
        .rewrites(name.relation, "another distribution or order", at: table.actionRange),
        on: name,
        needsRows: true
      )
    case .other: add(.alterUnsupported(name.relation, at: table.actionRange))
    case .addColumn, .renameColumn, .rename, .changeOwner, .addConstraint, .dropConstraint, .append,
      .rowSecurity, .masking, .external:
      break
    }
    if table.isTransactional {
      locks.append((name.relation, table.actionRange, statement ?? table.actionRange))
    }
  }

  private mutating func find(
    _ column: Identifier,
    _ type: DataType,
    _ table: ObjectName,
    _ catalog: SymbolicCatalog
  ) {
    let wanted = SQLType(declared: type)
    let stored = catalog[table.relation]?.column(column.text)
    guard [.text, .binary].contains(wanted.family) else {
      // The analysis says the same of a column that it knows, and shows where it is defined.
      if stored == nil || stored?.type.isKnown == false {
        add(.typeStays(column.text, of: table.relation, at: type.range))
      } else if let stored, stored.type != wanted {
        add(.typeStays(column.text, of: table.relation, was: stored.type, at: type.range))
      }
      return
    }
    guard let stored else { return }
    if ![.text, .binary, .unknown].contains(stored.type.family) {
      add(.typeStays(column.text, of: table.relation, was: stored.type, at: type.range))
      return
    }
    if let reason = stored.resizeObstacle(to: wanted) {
      add(.resizeRefused(column.text, of: table.relation, because: reason, at: type.range))
    }
    if let old = stored.type.byteLimit, let new = type.byteLimit, new < old {
      add(.narrows(column.text, of: table.relation, from: old, to: new, at: type.range), on: table)
    }
  }

  // MARK: Locks

  private mutating func reportLocks(_ moving: Statement) {
    for lock in locks {
      found.append(
        (
          MigrationHazard(
            .holdsLock(lock.name, while: moving, at: lock.range),
            on: lock.name,
            needsRelation: true,
            needsRows: true
          ), lock.statement
        )
      )
    }
    locks = []
  }

  // MARK: Names

  private mutating func adviseNames(_ statement: Statement) {
    for name in statement.givenNames where !name.isQuoted && name.isReservedWord {
      add(.reservedName(name.text, at: name.range))
    }
    for name in statement.givenNames where name.text.utf8.count > MigrationHazard.longestName {
      add(.longName(name.text, at: name.range))
    }
    guard !policy.declaresSchema, !setsSearchPath else { return }
    if let name = unqualified(statement) {
      add(.unqualifiedName(name.last, in: policy.defaultSchema, at: name.range))
    }
  }

  /// The first name of a relation that says nothing of its schema.
  private func unqualified(_ statement: Statement) -> ObjectName? {
    var own: Set<String> = []
    var names: [ObjectName] = []
    func addTables(of with: With?) {
      for table in with?.tables ?? [] { own.insert(table.name.text.lowercased()) }
    }
    SyntaxNode.statement(statement).walk { node in
      switch node {
      case .query(let query): addTables(of: query.with)
      case .relation(let name): names.append(name)
      case .table(let table):
        if case .named(let name) = table.kind { names.append(name) }
      default: break
      }
      return true
    }
    switch statement.kind {
    case .update(let update): addTables(of: update.with)
    case .delete(let delete): addTables(of: delete.with)
    case .createTable(let table): if table.isTemporary { own.insert(table.objectName.last) }
    case .createTableAs(let table): if table.isTemporary { own.insert(table.objectName.last) }
    case .query(let query):
      if case .select(let select) = query.body.kind, let into = select.into, into.isTemporary {
        own.insert(into.name.last.lowercased())
      }
    case .drop(let drop) where drop.kind == .schema: return nil
    case .createSchema, .createExternalSchema, .alterSchema, .call, .createRoutine, .grant, .remark:
      return nil
    default: break
    }
    return names.first { name in
      name.parts.count == 1 && !name.last.hasPrefix("#") && !own.contains(name.last.lowercased())
        && !made.contains("#" + name.last.lowercased())
        && !SystemCatalog.contains(name.relation)
    }
  }

  // MARK: What the batch makes

  private mutating func remember(_ statement: Statement, _ catalog: SymbolicCatalog) {
    switch statement.kind {
    case .createSchema(let schema):
      if !schema.allowsExisting { made.insert(schema.name.last.lowercased() + ".") }
    case .createTable(let table):
      if table.isTemporary { made.insert("#" + table.objectName.last.lowercased()) }
      if !table.allowsExisting || !isKnown(table.name, catalog) {
        made.insert(key(table.name))
      }
    case .createTableAs(let table):
      if table.isTemporary { made.insert("#" + table.objectName.last.lowercased()) }
      if !table.allowsExisting || !isKnown(table.name, catalog) {
        made.insert(key(table.name))
      }
    case .createView(let view): if !view.replaces { made.insert(key(view.name)) }
    case .query(let query):
      guard case .select(let select) = query.body.kind, let into = select.into else { return }
      if into.isTemporary { made.insert("#" + into.name.last.lowercased()) }
      made.insert(key(into.name.relation))
    case .alterTable(let table):
      if case .addColumn(let column) = table.action {
        addedColumns.insert("\(key(table.name.relation)).\(column.name.text.lowercased())")
      }
      guard case .rename(let new) = table.action else { return }
      var name = table.name.relation
      let isNew = made.remove(key(name)) != nil
      name.identifier = new.text
      if isNew { made.insert(key(name)) } else { made.remove(key(name)) }
    case .drop(let drop):
      for name in drop.names {
        if drop.kind == .schema {
          let prefix = name.last.lowercased() + "."
          made = made.filter { !$0.hasPrefix(prefix) }
        } else {
          made.remove(key(name.relation))
        }
      }
    default: break
    }
  }

  /// Whether a relation may have been there before the batch.
  private func isOld(_ name: ObjectName) -> Bool {
    let name = name.relation
    if name.identifier.hasPrefix("#") || made.contains("#" + name.identifier.lowercased()) {
      return false
    }
    let schema = (name.schema ?? policy.defaultSchema).lowercased()
    return !made.contains(key(name)) && !made.contains(schema + ".")
  }

  private func key(_ name: RelationName) -> String {
    OwnedRelations.key(name, defaultSchema: policy.defaultSchema)
  }

  private mutating func add(
    _ diagnostic: Diagnostic,
    on name: ObjectName? = nil,
    needsRows: Bool = false
  ) {
    guard let statement else { return }
    found.append(
      (
        MigrationHazard(
          diagnostic,
          on: name?.relation,
          needsRelation: name != nil,
          needsRows: needsRows
        ), statement
      )
    )
  }
}
