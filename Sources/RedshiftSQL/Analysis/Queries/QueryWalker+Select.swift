import Diagnostics

extension QueryWalker {
  mutating func derive(
    _ select: Select,
    order: [SortItem],
    isLimited: Bool,
    parent: Scope?
  ) -> DerivedTable {
    let scope = makeScope(parent: parent)
    if let top = select.top, isLimited { report(.topWithLimit(at: top.range)) }
    scope.hasLevel = select.hierarchy != nil
    for table in select.from { add(table, to: scope) }
    if let hierarchy = select.hierarchy, scope.tables.count == 1, scope.tables[0].isComplete {
      meanings?.hierarchyColumns[hierarchy.range] = scope.tables[0].columns.map(\.name)
    }
    if let top = select.top { _ = within(.other) { $0.facts(of: top.count, in: scope) } }
    followFilters(of: select, in: scope)

    let grouping = select.grouping
    let isGrouped = grouping != nil || hasAggregate(select, order)
    if isGrouped, grouping?.isAll != true {
      scope.pending = PendingItems(select.items)
      let keys = groupKeys(of: select, in: scope)
      scope.groupKeys = keys
      scope.pending = .none
    }
    if let grouping { noteTextKeys(of: select, grouping, in: scope) }
    var result = items(of: select, in: scope)
    result.isSingleRow = (isGrouped && grouping == nil) || select.from.isEmpty

    if let having = select.having {
      let facts = within(.having) { $0.condition(having, "HAVING", in: scope) }
      checkGrouped(facts)
      influences.formUnion(facts.origins.used(as: .filter))
    }
    if let qualify = select.qualify {
      if let table = select.tableBeforeQualify {
        report(.qualifyWithoutAlias(at: table.range, qualify.range))
      }
      let facts = within(.qualify) { $0.condition(qualify.condition, "QUALIFY", in: scope) }
      checkGrouped(facts)
      influences.formUnion(facts.origins.used(as: .filter))
    }
    for window in select.windows {
      within(.items) { walker in
        let facts = walker.facts(of: window.definition, in: scope)
        walker.influences.formUnion(facts.origins)
      }
    }
    if case .distinct = select.quantifier {
      for column in result.columns { influences.formUnion(column.origins.used(as: .group)) }
    }
    followOrder(order, of: select, result, in: scope)
    checkConnections(of: select, in: scope)
    adviseGroups(of: select, in: scope)
    if let exclusion = select.exclusion { exclude(exclusion, from: &result, in: scope) }
    return result
  }

  // MARK: WHERE and CONNECT BY

  private mutating func followFilters(of select: Select, in scope: Scope) {
    if let condition = select.condition {
      scope.pending = PendingItems(select.items)
      defer { scope.pending = .none }
      let facts = within(.filter) { $0.condition(condition, "WHERE", in: scope) }
      influences.formUnion(facts.origins.used(as: .filter))
    }
    if let hierarchy = select.hierarchy {
      for condition in [hierarchy.start, hierarchy.connection].compactMap({ $0 }) {
        let facts = within(.other) { $0.facts(of: condition, in: scope) }
        influences.formUnion(facts.origins.used(as: .filter))
      }
    }
  }

  /// A condition: checked to be true or false, and looked through for tables it connects.
  mutating func condition(_ expr: Expr, _ clause: String, in scope: Scope) -> ExprFacts {
    let facts = facts(of: expr, in: scope)
    requireBoolean(facts, expr, clause)
    // The parts of a conjunction connect tables each for itself.
    if !isConjunction(expr) {
      noteCondition(facts, self.clause == .filter || self.clause == .join, scope)
    }
    return facts
  }

  private func isConjunction(_ expr: Expr) -> Bool {
    switch expr.kind {
    case .parenthesized(let inner): isConjunction(inner)
    case .infix(_, let terms): terms.contains { $0.operator.kind == .and }
    default: false
    }
  }

  mutating func requireBoolean(_ facts: ExprFacts, _ expr: Expr, _ clause: String) {
    switch facts.type.family {
    case .unknown: if facts.type == .unknown { meanings?.hasOpenConditions = true }
    case .boolean, .catalog: break
    case .super: meanings?.conditions.insert(expr.range)
    // Whole numbers become conditions by themselves.
    case .number where facts.type.isInteger: meanings?.conditions.insert(expr.range)
    default: report(.notBoolean(clause, facts.type, at: expr.range))
    }
  }

  // MARK: GROUP BY

  private func hasAggregate(_ select: Select, _ order: [SortItem]) -> Bool {
    if select.having != nil { return true }
    return select.items.contains { $0.value.containsAggregate }
      || order.contains { $0.value.containsAggregate }
      || select.qualify.map { $0.condition.containsAggregate } == true
  }

  /// The fingerprints of what GROUP BY lists; nil when that cannot be told.
  private mutating func groupKeys(of select: Select, in scope: Scope) -> Set<UInt64>? {
    guard let grouping = select.grouping else { return [] }
    let hasStar = select.items.contains {
      if case .star = $0.value.kind { return true }
      return false
    }
    var keys: Set<UInt64> = []
    var isSound = true
    for expr in grouping.elements.flatMap(\.values) {
      for part in expr.groupKeys {
        if reportConstant(part, "GROUP BY") { return nil }
        if let number = ordinal(part) {
          guard !hasStar else { return nil }
          guard number >= 1, number <= select.items.count else {
            report(.ordinalOutOfRange(number, count: select.items.count, "GROUP BY", part.range))
            return nil
          }
          let facts = itemFacts(number - 1, of: select, in: scope)
          if facts.hasAggregate {
            let range = select.items[number - 1].value.range
            report(.aggregateNotAllowed("an aggregate", "GROUP BY", at: range))
          }
          keys.insert(facts.fingerprint)
          noteTextKey(part, meaning: select.items[number - 1].value, facts, in: scope)
          continue
        }
        if let index = aliasIndex(of: part, select, in: scope) {
          let facts = itemFacts(index, of: select, in: scope)
          keys.insert(facts.fingerprint)
          noteTextKey(part, meaning: select.items[index].value, facts, in: scope)
          continue
        }
        let count = diagnostics.count
        let facts = within(.grouping) { $0.facts(of: part, in: scope) }
        influences.formUnion(facts.origins.used(as: .group))
        keys.insert(facts.fingerprint)
        noteTextKey(part, meaning: part, facts, in: scope)
        // What is misspelt here is not grouped, for that reason and no other.
        if diagnostics.count > count { isSound = false }
      }
    }
    return isSound ? keys : nil
  }

  /// The item whose alias a name in GROUP BY or ORDER BY means.
  private func aliasIndex(of expr: Expr, _ select: Select, in scope: Scope) -> Int? {
    guard case .column(let parts) = expr.kind, parts.count == 1, let name = parts.first else {
      return nil
    }
    if scope.findVisible(named: name.text) != nil { return nil }
    // While keys are looked up, the items are there by name.
    if scope.pending.items.count == select.items.count {
      return scope.pending.first(named: name.text)
    }
    return select.items.firstIndex { $0.alias?.text == name.text }
  }

  /// The item that a key of GROUP BY means by its number or its name.
  func groupedItem(_ key: Expr, of select: Select, in scope: Scope) -> SelectItem? {
    let index = ordinal(key).map { $0 - 1 } ?? aliasIndex(of: key, select, in: scope)
    guard let index, select.items.indices.contains(index) else { return nil }
    return select.items[index]
  }

  /// What an item of the select list is, without reporting anything.
  ///
  /// Earlier items come first, as this one may use their aliases; each is looked at once for all
  /// keys of a query.
  mutating func itemFacts(_ index: Int, of select: Select, in scope: Scope) -> ExprFacts {
    muted += 1
    let keys = scope.groupKeys
    scope.groupKeys = nil
    swap(&scope.aliases, &scope.previewAliases)
    defer {
      muted -= 1
      scope.groupKeys = keys
      swap(&scope.aliases, &scope.previewAliases)
    }
    while scope.previews.count <= index, scope.previews.count < select.items.count {
      let item = select.items[scope.previews.count]
      let facts = within(.items) { $0.facts(of: item.value, in: scope) }
      if item.alias != nil { scope.aliases.append(item, facts) }
      scope.previews.append(facts)
    }
    guard scope.previews.indices.contains(index) else { return .unknown }
    influences.formUnion(scope.previews[index].origins.used(as: .group))
    return scope.previews[index]
  }

  /// Reports a column that is neither grouped nor aggregated.
  mutating func checkGrouped(_ facts: ExprFacts) {
    guard let bare = facts.bare else { return }
    report(.notGrouped(bare.name, at: bare.range))
  }

  // MARK: The select list

  private mutating func items(of select: Select, in scope: Scope) -> DerivedTable {
    var result = DerivedTable()
    for item in select.items {
      if case .star(let qualifier) = item.value.kind {
        expand(qualifier, at: item.range, in: scope, excluding: select.exclusion, to: &result)
        continue
      }
      let count = diagnostics.count
      let facts = within(.items) { $0.facts(of: item.value, in: scope) }
      if diagnostics.count > count, item.alias == nil, let name = item.outputName {
        result.meantNames.formUnion(
          Suggestion.nearest(to: name, among: scope.visible.map(\.name))
        )
      }
      checkGrouped(facts)
      let name = item.outputName ?? "?column?"
      if item.alias != nil { scope.aliases.append(item, facts) }
      result.columns.append(
        DerivedTable.Column(
          name: name,
          type: facts.type,
          isNullable: facts.isNullable,
          origins: facts.origins,
          range: item.range,
          fingerprint: facts.fingerprint,
          constant: constant(item.value),
          traits: facts.traits
        )
      )
    }
    return result
  }

  private func constant(_ expr: Expr) -> String? {
    switch expr.kind {
    case .literal(.string(let text)): text
    case .cast(let inner, _, _), .parenthesized(let inner): constant(inner)
    default: nil
    }
  }

  private mutating func expand(
    _ qualifier: NameParts,
    at range: TextRange,
    in scope: Scope,
    excluding exclusion: Select.Exclusion?,
    to result: inout DerivedTable
  ) {
    let name = qualifier.last?.text
    let wanted = scope.tables.indices.filter { index in
      name == nil || scope.tables[index].name == name
    }
    if wanted.isEmpty {
      if let last = qualifier.last {
        reportUnknownTable(last, in: scope)
        result.isComplete = false
      } else {
        report(.starWithoutTable(at: range))
      }
      return
    }
    for index in wanted { result.meantNames.formUnion(scope.tables[index].meantNames) }
    let left = Set(exclusion?.columns.map(\.text) ?? [])
    let isOpen = wanted.contains { !scope.tables[$0].isComplete } || scope.isLoose
    if isOpen { result.isComplete = false }
    let all = scope.columns(behind: name)
    if !isOpen {
      let columns = all.filter { !left.contains($0.name) }.map {
        Meanings.StarColumn(
          table: $0.merged == nil ? scope.tables[$0.table].name : nil,
          name: $0.name,
          source: $0.source ?? $0.origin,
          isWritten: $0.source != nil,
          key: scope.textKeys[facts(of: $0, in: scope).fingerprint]
        )
      }
      meanings?.stars[range] = columns
    }
    for column in all where !left.contains(column.name) {
      let facts = facts(of: column, in: scope)
      touch(facts.origins)
      if let keys = scope.groupKeys, !keys.contains(facts.fingerprint), !scope.isLoose,
        scope.tables[column.table].isComplete
      {
        report(.notGrouped(column.name, at: range))
      }
      result.columns.append(
        DerivedTable.Column(
          name: column.name,
          type: facts.type,
          isNullable: facts.isNullable,
          origins: facts.origins,
          range: range,
          fingerprint: facts.fingerprint,
          traits: facts.traits
        )
      )
    }
  }

  func columnFingerprint(_ scope: Scope, _ table: Int, _ column: String) -> UInt64 {
    // Mixed one after the other: near numbers of scopes and tables must not make up for each other.
    Fingerprint.mix(
      Fingerprint.mix(Fingerprint.mix(0x5151, scope.number), UInt64(table)),
      Fingerprint.of(column)
    )
  }

  private mutating func exclude(
    _ exclusion: Select.Exclusion,
    from result: inout DerivedTable,
    in scope: Scope
  ) {
    let names = Set(exclusion.columns.map(\.text))
    if result.isComplete, !scope.isLoose {
      let known = Set((scope.visible.map(\.name)) + result.columns.map(\.name))
      for name in exclusion.columns
      where !known.contains(name.text) && !scope.tables.contains(where: { !$0.isComplete }) {
        reportUnknownColumn(name, in: scope)
      }
    }
    result.columns.removeAll { names.contains($0.name) }
  }

  // MARK: ORDER BY

  private mutating func followOrder(
    _ order: [SortItem],
    of select: Select,
    _ result: DerivedTable,
    in scope: Scope
  ) {
    for item in order {
      if reportConstant(item.value, "ORDER BY") { continue }
      if let number = ordinal(item.value) {
        checkOrdinal(number, in: result, at: item.value.range)
        continue
      }
      if case .column(let parts) = item.value.kind, parts.count == 1, let name = parts.first,
        let column = result.columns.first(where: { $0.name == name.text })
      {
        if let other = result.columns.last(where: { $0.name == name.text }),
          other.fingerprint != column.fingerprint, other.fingerprint != 0, column.fingerprint != 0
        {
          report(.ambiguousOutput(name, first: column.range, second: other.range))
        }
        influences.formUnion(column.origins.used(as: .order))
        continue
      }
      let uses = aliasUses
      let facts = within(.order) { $0.facts(of: item.value, in: scope) }
      checkGrouped(facts)
      if case .distinct = select.quantifier, aliasUses == uses, result.isComplete, !scope.isLoose,
        // Of tables whose columns are not known one column may stand under two names.
        scope.tables.allSatisfy(\.isComplete),
        !result.columns.contains(where: { $0.fingerprint == facts.fingerprint })
      {
        report(.orderOfDistinct(at: item.value.range))
      }
      if let place = result.columns.firstIndex(where: { $0.fingerprint == facts.fingerprint }),
        result.isComplete, facts.fingerprint != 0
      {
        meanings?.orderPlaces[item.value.range] = place + 1
      }
      influences.formUnion(facts.origins.used(as: .order))
    }
  }

  // MARK: Cross joins by comma

  /// Reports a table of a list that nothing connects with the others.
  private mutating func checkConnections(of select: Select, in scope: Scope) {
    guard select.from.count > 1, scope.tables.count <= 64, !scope.isLoose else { return }
    guard scope.connections.count == select.from.count else { return }
    // Items of FROM are nodes, conditions are edges.
    var group = Array(0..<select.from.count)
    func root(_ index: Int) -> Int {
      var index = index
      while group[index] != index { index = group[index] }
      return index
    }
    for mask in scope.conditions {
      let touched = scope.connections.indices.filter { scope.connections[$0] & mask != 0 }
      guard let first = touched.first else { continue }
      for other in touched.dropFirst() { group[root(other)] = root(first) }
    }
    for index in select.from.indices.dropFirst() where root(index) != root(0) {
      // One row beside others multiplies nothing, and elements of a value belong to its row.
      if scope.singleItems.contains(index) || scope.singleItems.contains(0) { continue }
      report(.crossJoin(at: select.from[index].range, with: select.from[0].range))
      return
    }
  }
}

extension Select {
  /// The table whose alias Redshift takes QUALIFY for: one without an alias right in front of it.
  fileprivate var tableBeforeQualify: TableReference? {
    guard condition == nil, hierarchy == nil, grouping == nil, having == nil else { return nil }
    var last = from.last
    while case .joined(_, let joins) = last?.kind, let join = joins.last {
      switch join.condition {
      case .none, .natural: last = join.right
      case .on, .using: return nil
      }
    }
    guard let last, case .named = last.kind, last.alias == nil else { return nil }
    return last
  }
}

extension Expr {
  /// Whether an aggregate that is no window function stands in the expression itself.
  var containsAggregate: Bool {
    hasPlainCall {
      $0.name.parts.count == 1 && FunctionTable.signature(of: $0)?.kind == .aggregate
    }
  }

  /// Whether one of some calls without a window stands in the expression itself, and not in a query
  /// within it.
  func hasPlainCall(where isWanted: (FunctionCall) -> Bool) -> Bool {
    var found = false
    SyntaxNode.expr(self).walk { node in
      switch node {
      case .query: return false
      case .expr(let inner):
        if !found, case .call(let call) = inner.kind, call.over == nil, isWanted(call) {
          found = true
        }
        return !found
      default: return !found
      }
    }
    return found
  }
}
