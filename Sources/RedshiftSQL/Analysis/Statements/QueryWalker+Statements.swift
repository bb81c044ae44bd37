import Diagnostics

extension QueryWalker {
  /// Goes through a statement of any kind.
  mutating func follow(_ statement: Statement) -> DerivedTable {
    switch statement.kind {
    case .query(let query): return whole(query)
    case .createSchema(let schema):
      let outer = catalog.defaultSchema
      catalog.defaultSchema = schema.name.last.lowercased()
      for element in schema.elements { _ = follow(element) }
      catalog.defaultSchema = outer
      return DerivedTable()
    case .createTable(let table):
      advise(table)
      return DerivedTable()
    case .createTableAs(let table):
      let result = whole(table.query)
      checkCount(of: table.columns, result, table.objectName)
      checkNames(of: named(result, table.columns))
      checkDistribution(table.attributes, columns: [])
      return result
    case .createView(let view):
      let result = whole(view.query)
      checkCount(of: view.columns, result, view.objectName)
      checkNames(of: named(result, view.columns))
      if view.isMaterialized {
        for problem in MaterializedViewRules(view, catalog: catalog).problems { report(problem) }
      }
      return result
    case .insert(let insert): return follow(insert)
    case .update(let update): return follow(update)
    case .delete(let delete): return follow(delete)
    case .merge(let merge): return follow(merge)
    case .unload(let unload): return follow(unload)
    case .explain(let explain): return follow(explain.statement)
    case .alterTable(let table):
      follow(table)
      return DerivedTable()
    case .createExternalTable(let table):
      var rules = ExternalTableRules(catalog)
      rules.check(table)
      for problem in rules.problems { report(problem) }
      return table.query.map { whole($0) } ?? DerivedTable()
    case .externalView(let view): return view.query.map { whole($0) } ?? DerivedTable()
    case .prepare(let prepare): return follow(prepare.statement)
    case .cursor(let cursor):
      if case .declare(let query) = cursor.action { return whole(query) }
      return DerivedTable()
    case .createModel(let model):
      if case .query(let query) = model.source { return whole(query) }
      return DerivedTable()
    case .drop(let drop):
      follow(drop)
      return DerivedTable()
    case .truncate(let truncate): return reading([truncate.table])
    case .lock(let lock): return reading(lock.tables)
    case .analyze(let analyze):
      if let table = analyze.table { require(table, columns: analyze.columns) }
      return DerivedTable()
    case .vacuum(let vacuum):
      if let table = vacuum.table { require(table) }
      return DerivedTable()
    case .refresh(let refresh):
      require(refresh.name)
      return DerivedTable()
    case .grant(let grant):
      if ["table", "view"].contains(grant.objectKind) {
        let columns = grant.privileges.flatMap(\.columns)
        for object in grant.objects { require(object.name, columns: columns) }
      }
      return DerivedTable()
    case .remark(let remark):
      follow(remark)
      return DerivedTable()
    case .copy(let copy): return follow(copy)
    case .call(let call):
      let scope = makeScope(parent: nil)
      let given = call.arguments.map { argument in
        within(.other) { $0.facts(of: argument, in: scope) }
      }
      check(call, given)
      return DerivedTable()
    case .createRoutine(let routine):
      for argument in routine.arguments { check(argument.type) }
      if let result = routine.result { check(result) }
      for problem in routine.body?.problems ?? [] { report(problem) }
      checkNumberedArguments(of: routine)
      checkFunction(routine)
      return DerivedTable()
    default: return DerivedTable()
    }
  }

  private mutating func whole(_ query: Query) -> DerivedTable { derive(query, parent: nil) }

  /// The columns of a table that is written to; nil where they are not known.
  private mutating func target(_ name: ObjectName) -> CatalogRelation? {
    guard let known = catalog[name.relation] else {
      meanings?.unknownRelations.insert(name.relation)
      reportUnknownRelation(name)
      return nil
    }
    return known
  }

  /// A scope with the table that is written to.
  private mutating func scope(
    of name: ObjectName,
    alias: Identifier?,
    _ relation: CatalogRelation?
  ) -> Scope {
    let scope = makeScope(parent: nil)
    let known = relation.map { stored($0) }
    scope.append(
      ScopeTable(
        name: alias?.text ?? name.last,
        schema: alias == nil ? name.relation.schema : nil,
        columns: known?.columns ?? [],
        isComplete: relation?.isComplete ?? false,
        range: name.range,
        relation: known?.index
      )
    )
    return scope
  }

  /// Reports a relation, or a column of it, that certainly is not there.
  ///
  /// Such statements read no rows: where anything may exist, there is nothing to say.
  mutating func require(_ name: ObjectName, columns: [Identifier] = []) {
    guard let known = catalog[name.relation] else {
      let schema = (name.relation.schema ?? catalog.defaultSchema).lowercased()
      guard catalog.closedSchemas.contains(schema) || catalog.removal(of: name.relation) != nil
      else { return }
      return reportUnknownRelation(name)
    }
    for column in columns where known.isComplete && known.column(column.text) == nil {
      report(.insertColumnMissing(column, known))
    }
  }

  /// COMMENT ON; of a column the name has the table in front.
  private mutating func follow(_ remark: Remark) {
    switch remark.objectKind {
    case "table", "view", "materialized view": require(remark.object)
    case "column":
      guard let column = remark.object.parts.last, remark.object.parts.count > 1 else { return }
      let parts = Array(remark.object.parts.dropLast())
      let range = parts.dropFirst().reduce(parts[0].range) { $0.union($1.range) }
      require(ObjectName(parts: parts, range: range), columns: [column])
    default: break
    }
  }

  /// Reports a list of names that is longer than a query has columns.
  private mutating func checkCount(
    of names: [Identifier],
    _ result: DerivedTable,
    _ object: ObjectName
  ) {
    guard result.isComplete, names.count > result.columns.count, let name = object.parts.last
    else { return }
    report(.columnAliasCount(name, aliases: names.count, columns: result.columns.count))
  }

  /// Notes tables that a statement names, and reports those that are not there.
  private mutating func reading(_ names: [ObjectName]) -> DerivedTable {
    for name in names {
      guard let known = target(name) else { continue }
      _ = columns.index(of: known.name, key: catalog.key(of: known.name))
    }
    return DerivedTable()
  }

  private mutating func follow(_ copy: CopyStatement) -> DerivedTable {
    let parts = [copy.table.schema, copy.table.identifier].compactMap { $0 }.map {
      Identifier(text: $0, range: copy.tableRange, isQuoted: false)
    }
    guard let known = target(ObjectName(parts: parts, range: copy.tableRange)), known.isComplete
    else { return DerivedTable() }
    for column in copy.columns where known.column(column.lowercased()) == nil {
      let name = Identifier(text: column, range: copy.tableRange, isQuoted: false)
      report(.insertColumnMissing(name, known))
    }
    return DerivedTable()
  }

  // MARK: INSERT

  private mutating func follow(_ insert: Insert) -> DerivedTable {
    let target = target(insert.table)
    checkOnce(insert.columns)
    guard case .query(let query) = insert.source else { return DerivedTable() }
    let result = whole(query)
    guard let target else { return result }
    noteStored(query, into: target, insert.columns)
    if !insert.columns.isEmpty {
      for name in insert.columns where target.isComplete && target.column(name.text) == nil {
        report(.insertColumnMissing(name, target))
      }
    }
    guard result.isComplete, target.isComplete else { return result }
    let names = insert.columns.isEmpty ? target.columns.map(\.name) : insert.columns.map(\.text)
    let isTooLong = result.columns.count > names.count
    let isTooShort = !insert.columns.isEmpty && result.columns.count < names.count
    if isTooLong || isTooShort {
      report(
        .insertCount(result.columns.count, expected: names.count, at: query.range, insert.table)
      )
      return result
    }
    for (column, name) in zip(result.columns, names) {
      guard let stored = target.column(name) else { continue }
      if stored.isIdentity, !insert.columns.isEmpty {
        report(.insertIdentity(name, at: column.range))
      }
      if !column.type.isAssignable(to: stored.type) {
        report(.cannotStore(column.type, stored, at: column.range))
      }
      if column.type == .literalText, let text = column.constant, !stored.type.reads(text) {
        report(.literalDoesNotFit(text, stored.type, at: column.range))
      }
    }
    checkValues(of: query, for: names.map { target.column($0) }, target)
    if !insert.columns.isEmpty {
      checkRequired(target, given: names, hasRow: hasRows(query), at: insert.table.range)
    }
    return result
  }

  /// Reports columns that need a value and are not among those that get one.
  private mutating func checkRequired(
    _ table: CatalogRelation,
    given names: [String],
    hasRow: Bool,
    at range: TextRange
  ) {
    guard table.isComplete else { return }
    let given = Set(names)
    for column in table.columns
    where !column.isNullable && !column.hasDefault && !given.contains(column.name) {
      report(.insertRequired(column, hasRow, at: range))
    }
  }

  /// Notes the types that the rows of a query are stored as.
  private mutating func noteStored(
    _ query: Query,
    into target: CatalogRelation,
    _ names: [Identifier]
  ) {
    guard meanings != nil else { return }
    let types =
      names.isEmpty
      ? target.columns.map(\.type) : names.map { target.column($0.text)?.type ?? .unknown }
    meanings?.storedColumns[query.range] = types
    guard case .values(let rows) = query.body.kind else { return }
    for row in rows {
      for (value, type) in zip(row.values, types) { meanings?.storedValues[value.range] = type }
    }
  }

  /// Reports values in the rows of VALUES that their columns cannot hold.
  private mutating func checkValues(
    of query: Query,
    for columns: [CatalogColumn?],
    _ table: CatalogRelation
  ) {
    guard case .values(let rows) = query.body.kind else {
      return checkNulls(in: query.body, for: columns, table, mayDrop: query.limit != nil)
    }
    for row in rows {
      for (value, column) in zip(row.values, columns) {
        guard let column else { continue }
        checkLiteral(value, against: column.type)
        checkNull(value, for: column, table, hasRow: query.limit == nil)
      }
    }
  }

  /// Reports NULL as an item of every SELECT whose rows are stored.
  ///
  /// `mayDrop` says that what stands around it leaves rows out.
  private mutating func checkNulls(
    in body: QueryBody,
    for columns: [CatalogColumn?],
    _ table: CatalogRelation,
    mayDrop: Bool
  ) {
    switch body.kind {
    case .select(let select):
      let hasRow = !mayDrop && hasRow(select)
      // Behind a star it is not known here which column an item goes to.
      for (item, column) in zip(select.items, columns) {
        if case .star = item.value.kind { return }
        if let column { checkNull(item.value, for: column, table, hasRow: hasRow) }
      }
    case .combined(let first, let terms):
      let mayDrop = mayDrop || terms.contains { $0.operator != .union }
      checkNulls(in: first, for: columns, table, mayDrop: mayDrop)
      for term in terms where term.operator == .union {
        checkNulls(in: term.right, for: columns, table, mayDrop: mayDrop)
      }
    case .parenthesized(let query):
      checkNulls(in: query.body, for: columns, table, mayDrop: mayDrop || query.limit != nil)
    case .values(let rows):
      for row in rows {
        for (value, column) in zip(row.values, columns) {
          if let column { checkNull(value, for: column, table, hasRow: !mayDrop) }
        }
      }
    }
  }

  /// Whether a query has a row for certain.
  private func hasRows(_ query: Query) -> Bool {
    query.limit == nil && hasRows(query.body)
  }

  private func hasRows(_ body: QueryBody) -> Bool {
    switch body.kind {
    case .select(let select): hasRow(select)
    case .combined(let first, let terms):
      terms.allSatisfy { $0.operator == .union }
        && (hasRows(first) || terms.contains { hasRows($0.right) })
    case .parenthesized(let query): hasRows(query)
    case .values: true
    }
  }

  /// Whether a SELECT has a row for certain: one that reads no table, or counts all there is.
  private func hasRow(_ select: Select) -> Bool {
    guard select.top == nil, select.having == nil, select.qualify == nil, select.grouping == nil
    else { return false }
    if select.from.isEmpty { return select.condition == nil }
    return select.items.contains { $0.value.containsAggregate }
  }

  /// Reports NULL, also one that is cast, for a column that cannot hold it: an error where there is
  /// a row for certain, for a statement that touches none is right.
  private mutating func checkNull(
    _ value: Expr,
    for column: CatalogColumn,
    _ table: CatalogRelation,
    hasRow: Bool
  ) {
    // Of what no statement has made NOT NULL is a guess.
    guard value.isAlwaysNull, !column.isNullable, table.range != nil, table.kind == .table else {
      return
    }
    report(.nullForRequired(column, hasRow, at: value.range))
  }

  /// Reports a column that gets two values.
  private mutating func checkOnce(_ names: [Identifier]) {
    var seen: [String: TextRange] = [:]
    for name in names {
      if let first = seen.updateValue(name.range, forKey: name.text) {
        report(.duplicateColumn(name.text, at: name.range, first: first))
      }
    }
  }

  // MARK: UPDATE and DELETE

  private mutating func follow(_ update: Update) -> DerivedTable {
    let visible = commonTables.count
    defer { commonTables.removeLast(commonTables.count - visible) }
    if let with = update.with { bring(with) }
    let relation = target(update.table)
    let scope = scope(of: update.table, alias: update.alias, relation)
    for table in update.from { add(table, to: scope) }
    checkTargets(update, relation)
    assign(update.assignments, to: relation, in: scope)
    if let condition = update.condition { filter(condition, in: scope) }
    return DerivedTable(influences: influences)
  }

  private mutating func follow(_ delete: Delete) -> DerivedTable {
    let visible = commonTables.count
    defer { commonTables.removeLast(commonTables.count - visible) }
    if let with = delete.with { bring(with) }
    let relation = target(delete.table)
    let scope = scope(of: delete.table, alias: delete.alias, relation)
    for table in delete.using { add(table, to: scope) }
    if let condition = delete.condition { filter(condition, in: scope) }
    return DerivedTable(influences: influences)
  }

  private mutating func filter(_ condition: Expr, in scope: Scope) {
    let facts = within(.filter) { $0.condition(condition, "WHERE", in: scope) }
    influences.formUnion(facts.origins.used(as: .filter))
  }

  /// The columns behind SET stand there without their table.
  private mutating func checkTargets(_ update: Update, _ relation: CatalogRelation?) {
    for name in update.assignments.map(\.target) where name.parts.count > 1 {
      guard let first = name.parts.first,
        first.text == (update.alias?.text ?? update.table.last) || first.text == update.table.last,
        relation?.column(first.text) == nil
      else { continue }
      report(.assignedWithTable(name))
    }
  }

  private mutating func assign(
    _ assignments: [Assignment],
    to relation: CatalogRelation?,
    in scope: Scope
  ) {
    checkOnce(assignments.compactMap(\.target.parts.last))
    for assignment in assignments {
      let value = within(.other) { $0.facts(of: assignment.value, in: scope) }
      influences.formUnion(value.origins)
      guard let relation, let name = assignment.target.parts.last else { continue }
      guard let column = relation.column(name.text) else {
        if relation.isComplete { report(.insertColumnMissing(name, relation)) }
        continue
      }
      if !value.type.isAssignable(to: column.type) {
        report(.cannotStore(value.type, column, at: assignment.value.range))
      }
      checkLiteral(assignment.value, against: column.type)
      checkNull(assignment.value, for: column, relation, hasRow: false)
      meanings?.storedValues[assignment.value.range] = column.type
    }
  }

  // MARK: MERGE

  /// One branch for rows that match and one for the others, neither with a condition.
  private mutating func checkBranches(of merge: Merge) {
    guard merge.removesDuplicates == nil else { return }
    for branch in merge.branches {
      if let condition = branch.condition { report(.mergeCondition(at: condition.range)) }
    }
    let matched = merge.branches.filter(\.isMatched)
    let others = merge.branches.filter { !$0.isMatched }
    if let second = matched.dropFirst().first ?? others.dropFirst().first {
      report(.mergeBranchTwice(at: second.range))
    } else if let only = merge.branches.first, merge.branches.count == 1 {
      report(.mergeBranchMissing(isMatched: !only.isMatched, at: only.range))
    }
  }

  private mutating func follow(_ merge: Merge) -> DerivedTable {
    let relation = target(merge.target)
    let scope = scope(of: merge.target, alias: merge.alias, relation)
    add(merge.source, to: scope)
    let facts = within(.join) { $0.condition(merge.condition, "ON", in: scope) }
    influences.formUnion(facts.origins.used(as: .join))
    checkBranches(of: merge)
    for branch in merge.branches {
      if let condition = branch.condition { filter(condition, in: scope) }
      switch branch.action {
      case .update(let assignments): assign(assignments, to: relation, in: scope)
      case .delete: break
      case .insert(let names, let values):
        checkOnce(names)
        // There is no row of the target: a bare name is the source's.
        let source = makeScope(parent: scope)
        for table in scope.tables.dropFirst() { source.append(table) }
        let wanted = names.isEmpty ? relation?.columns.count : names.count
        if let wanted, relation?.isComplete != false || !names.isEmpty, values.count != wanted {
          report(.insertCount(values.count, expected: wanted, at: branch.range, merge.target))
        } else if let relation, !names.isEmpty {
          let given = names.map(\.text)
          checkRequired(relation, given: given, hasRow: false, at: merge.target.range)
        }
        for (index, value) in values.enumerated() {
          let facts = within(.other) { $0.facts(of: value, in: source) }
          influences.formUnion(facts.origins)
          guard let relation else { continue }
          let column: CatalogColumn?
          if names.isEmpty {
            column = index < relation.columns.count ? relation.columns[index] : nil
          } else if index < names.count {
            column = relation.column(names[index].text)
            if column == nil, relation.isComplete {
              report(.insertColumnMissing(names[index], relation))
            }
          } else {
            column = nil
          }
          if let column, !facts.type.isAssignable(to: column.type) {
            report(.cannotStore(facts.type, column, at: value.range))
          }
          if let column {
            checkLiteral(value, against: column.type)
            checkNull(value, for: column, relation, hasRow: false)
            meanings?.storedValues[value.range] = column.type
          }
        }
      }
    }
    return DerivedTable(influences: influences)
  }
}

extension SQLType {
  /// Whether a value can be stored in a column; text may hold whatever the column's type reads.
  package func isAssignable(to column: SQLType) -> Bool {
    let (from, into) = (family, column.family)
    if from == into || from == .unknown || into == .unknown { return true }
    if into == .super || from == .super || from == .catalog || into == .catalog { return true }
    switch (from, into) {
    case (.number, .text), (.moment, .text), (.timeOfDay, .text), (.interval, .text): return true
    // A column of text into one of numbers or dates: Redshift wants a cast.
    case (.text, .number), (.text, .moment), (.text, .timeOfDay), (.text, .interval): return true
    case (.text, .binary), (.binary, .text), (.text, .spatial), (.interval, .timeOfDay): return true
    case (.number, .boolean), (.boolean, .number): return true
    default: return false
    }
  }
}
