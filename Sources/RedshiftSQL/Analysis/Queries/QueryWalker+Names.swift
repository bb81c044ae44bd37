import Diagnostics

extension QueryWalker {
  mutating func touch(_ origins: Origins) {
    switch origins {
    case .none: break
    case .one(let entry): columns.touched.insert(entry.column)
    case .many(let entries): for entry in entries { columns.touched.insert(entry.column) }
    }
  }

  /// What a name means: a column, or a path into a SUPER column.
  mutating func resolve(_ parts: NameParts, in scope: Scope) -> ExprFacts {
    guard let first = parts.first else { return .unknown }
    if parts.count == 1 { return resolve(first, in: scope) }
    // table.column, or table.column.attribute…
    if let (level, index, depth) = table(first.text, from: scope) {
      let table = level.tables[index]
      if table.isValue {
        meanings?.paths[first.range] = .element
        return path(column(0, of: index, level, depth, first), parts)
      }
      noteSteps(in: parts, behind: 2)
      let facts = member(parts[1], of: index, level, depth)
      checkGrouped(facts, parts[1], from: scope, to: level)
      return parts.count > 2 ? into(facts, parts[2...]) : facts
    }
    // schema.table.column
    if parts.count > 2, let (level, index, depth) = table(schema: first.text, parts[1].text, scope)
    {
      noteSteps(in: parts, behind: 3)
      let facts = member(parts[2], of: index, level, depth)
      return parts.count > 3 ? into(facts, parts[3...]) : facts
    }
    // database.schema.table.column
    if parts.count > 3,
      let (level, index, depth) = table(schema: parts[1].text, parts[2].text, scope)
    {
      noteSteps(in: parts, behind: 4)
      let facts = member(parts[3], of: index, level, depth)
      return parts.count > 4 ? into(facts, parts[4...]) : facts
    }
    // column.attribute
    if let facts = lookUp(first, in: scope) {
      noteSteps(in: parts, behind: 1)
      return into(facts, parts[1...])
    }
    if isOpen(scope) {
      noteSteps(in: parts, behind: 1)
    } else {
      reportUnknownTable(first, in: scope)
    }
    return unresolved(parts)
  }

  /// Notes that parts of a name are steps into a SUPER value.
  private mutating func noteSteps(in parts: NameParts, behind length: Int) {
    guard meanings != nil, parts.count > length, let first = parts.first else { return }
    meanings?.paths[first.range] = .column(length: length)
  }

  private mutating func resolve(_ name: Identifier, in scope: Scope) -> ExprFacts {
    if let facts = lookUp(name, in: scope) { return facts }
    // A table's name alone is its row; rare, and not worth a word.
    if table(name.text, from: scope) != nil || Self.pseudoColumns.contains(name.text) {
      return unresolved([name])
    }
    if !isOpen(scope) { reportUnknownColumn(name, in: scope) }
    return unresolved([name])
  }

  /// Columns that every table has, though no catalog lists them.
  static let pseudoColumns: Set<String> = [
    "oid", "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "deletexid", "insertxid",
    "$path", "$size", "$spectrum_oid",
  ]

  /// Whether some table in sight has columns that are not known.
  private func isOpen(_ scope: Scope) -> Bool {
    var current: Scope? = scope
    while let level = current {
      if level.isLoose || level.tables.contains(where: { !$0.isComplete }) { return true }
      current = level.parent
    }
    return false
  }

  private func unresolved(_ parts: NameParts) -> ExprFacts {
    var facts = ExprFacts()
    for part in parts { facts.mix(Fingerprint.of(part.text)) }
    return facts
  }

  /// Finds a column, or the alias of an item, by its name alone, innermost query first.
  private mutating func lookUp(_ name: Identifier, in scope: Scope) -> ExprFacts? {
    var current: Scope? = scope
    var depth = 0
    while let level = current {
      if let (found, isAmbiguous) = level.findVisible(named: name.text) {
        if isAmbiguous {
          if !level.isLoose { reportAmbiguous(name, in: level) }
          return unresolved([name])
        }
        if let source = found.source { meanings?.mergedNames[name.range] = source }
        guard var facts = found.merged else {
          let facts = column(found.column, of: found.table, level, depth, name)
          checkGrouped(facts, name, from: scope, to: level)
          return facts
        }
        touch(facts.origins)
        if depth > 0 {
          level.namedFromBelow |= facts.tables
          correlationDepth = max(correlationDepth, depth)
          checkGrouped(facts, name, from: scope, to: level)
        } else if facts.isColumn, let keys = level.groupKeys, aggregateDepth == 0,
          !keys.contains(facts.fingerprint)
        {
          facts.bare = ExprFacts.Bare(range: name.range, name: name.text)
        }
        return leaving(facts, depth)
      }
      if level.hasLevel, name.text == "level" { return leaving(.level, depth) }
      // The column may be one of those that are not known.
      let isOpen = level.isLoose || level.tables.contains { !$0.isComplete }
      if let alias = level.aliases.last(named: name.text) {
        aliasUses += 1
        note(name, means: alias.item, isOpen: isOpen, level, from: scope)
        if !isOpen, depth == 0, aggregateDepth > 0, alias.facts.hasAggregate {
          report(.nestedAggregate(name.text, at: name.range))
        }
        var facts = alias.facts
        if isOpen { facts = unresolved([name]) }
        return leaving(facts, depth)
      }
      if let facts = pendingItem(name, of: level, isOpen: isOpen, from: scope) {
        if depth == 0, clause == .filter, !isColumn(name.text, from: level.parent) {
          checkFilter(name, facts)
        }
        guard isColumn(name.text, from: level.parent) else { return leaving(facts, depth) }
        // A column of a query around may be meant as well.
        var either = unresolved([name])
        either.origins = facts.origins
        return either
      }
      if isOpen {
        noteHidden(name, above: level)
        let open = level.tables.indices.filter { !level.tables[$0].isComplete }
        if open.count == 1, let only = open.first {
          return other(name, of: only, level, depth)
        }
        return nil
      }
      current = level.parent
      depth += 1
    }
    return nil
  }

  /// Whether a query from here outwards may have a column of this name.
  private func isColumn(_ name: String, from scope: Scope?) -> Bool {
    var current = scope
    while let level = current {
      let isThere = level.tables.contains { !$0.isComplete || $0.index(of: name) != nil }
      if isThere || level.isLoose { return true }
      current = level.parent
    }
    return false
  }

  /// Notes that a name means an item of its query, or of one around it.
  private mutating func note(
    _ name: Identifier,
    means item: SelectItem,
    isOpen: Bool,
    _ level: Scope,
    from scope: Scope
  ) {
    guard meanings != nil else { return }
    if level !== scope {
      var shade = Meanings.Shade()
      var current: Scope? = scope
      while let inner = current, inner !== level {
        shade.columns.formUnion(inner.visible.map(\.name))
        shade.tables.formUnion(inner.tables.compactMap(\.name))
        current = inner.parent
      }
      meanings?.shades[name.range] = shade
    }
    if isOpen {
      meanings?.possibleAliases[name.range] = item.value
    } else {
      meanings?.aliases[name.range] = item.value
    }
  }

  /// Notes that a name, which some table here may have as a column, is an alias further out.
  private mutating func noteHidden(_ name: Identifier, above level: Scope) {
    guard meanings != nil else { return }
    var current = level.parent
    while let outer = current {
      if outer.aliases.last(named: name.text) != nil
        || outer.pending.last(named: name.text) != nil
      {
        meanings?.hiddenAliases.insert(name.range)
        return
      }
      current = outer.parent
    }
  }

  /// An item of the select list by its alias, which Redshift lets WHERE name.
  private mutating func pendingItem(
    _ name: Identifier,
    of level: Scope,
    isOpen: Bool,
    from scope: Scope
  ) -> ExprFacts? {
    guard let index = level.pending.last(named: name.text) else { return nil }
    let items = level.pending.items
    note(name, means: items[index], isOpen: isOpen, level, from: scope)
    guard !isOpen else { return nil }
    if let known = level.pendingFacts[index] { return known }
    // Items that name one another in a long row: what they are is not known then.
    guard pendingDepth < 50 else { return unresolved([name]) }
    pendingDepth += 1
    let count = level.pending.count
    level.pending.count = index
    muted += 1
    defer {
      muted -= 1
      pendingDepth -= 1
      level.pending.count = count
    }
    let facts = facts(of: items[index].value, in: level)
    level.pendingFacts[index] = facts
    return facts
  }

  /// Reports an item of the select list that is not computed yet when rows are filtered.
  private mutating func checkFilter(_ name: Identifier, _ facts: ExprFacts) {
    if facts.hasWindow {
      report(.windowNotAllowed("behind \"\(name.text)\"", "WHERE", at: name.range))
    } else if facts.hasAggregate {
      report(.aggregateNotAllowed("the aggregate \"\(name.text)\"", "WHERE", at: name.range))
    }
  }

  /// A value of an outer query is one value here, grouped or not.
  private mutating func leaving(_ facts: ExprFacts, _ depth: Int) -> ExprFacts {
    guard depth > 0 else { return facts }
    reach = max(reach, depth)
    var facts = facts
    facts.namesOuter = true
    facts.bare = nil
    facts.hasAggregate = false
    facts.hasWindow = false
    facts.tables = 0
    return facts
  }

  private mutating func column(
    _ position: Int,
    of index: Int,
    _ level: Scope,
    _ depth: Int,
    _ name: Identifier
  ) -> ExprFacts {
    let table = level.tables[index]
    guard table.columns.indices.contains(position) else { return unresolved([name]) }
    let column = table.columns[position]
    touch(column.origins)
    var facts = ExprFacts()
    facts.type = column.type
    facts.isNullable = column.isNullable
    facts.traits = column.traits
    facts.origins = column.origins
    facts.isColumn = true
    facts.fingerprint = columnFingerprint(level, index, column.name)
    mark(&facts, index, level, depth, name)
    return facts
  }

  /// A column that is not listed, of a table that is not known whole.
  private mutating func other(
    _ name: Identifier,
    of index: Int,
    _ level: Scope,
    _ depth: Int
  ) -> ExprFacts {
    var facts = unresolved([name])
    if let relation = level.tables[index].relation {
      facts.origins = Origins(column: columns.number(of: name.text, in: relation))
      touch(facts.origins)
    }
    facts.isColumn = true
    if depth > 0 {
      if index < 64 { level.namedFromBelow |= 1 << UInt64(index) }
      correlationDepth = max(correlationDepth, depth)
      return leaving(facts, depth)
    } else if index < 64 {
      facts.tables = 1 << UInt64(index)
    }
    return facts
  }

  private mutating func mark(
    _ facts: inout ExprFacts,
    _ index: Int,
    _ level: Scope,
    _ depth: Int,
    _ name: Identifier
  ) {
    if level.isBlock { return }
    let mask: UInt64 = index < 64 ? 1 << UInt64(index) : 0
    if depth == 0 {
      facts.tables = mask
      if let keys = level.groupKeys, !keys.contains(facts.fingerprint), aggregateDepth == 0 {
        facts.bare = ExprFacts.Bare(range: name.range, name: name.text)
      }
    } else {
      level.namedFromBelow |= mask
      correlationDepth = max(correlationDepth, depth)
      facts = leaving(facts, depth)
    }
  }

  /// Reports a column of a grouped query around this one that is no key of its groups.
  private mutating func checkGrouped(
    _ facts: ExprFacts,
    _ name: Identifier,
    from scope: Scope,
    to level: Scope
  ) {
    guard level !== scope, facts.isColumn, let keys = level.groupKeys,
      !keys.contains(facts.fingerprint),
      // A key may be the same column by another name, where the columns of a table are not known.
      !level.tables.contains(where: { !$0.isComplete })
    else { return }
    var current = scope.parent
    while let outer = current, outer.aggregateDepth == 0 {
      if outer === level {
        // An aggregate of outer columns alone is the outer query's.
        guard aggregateDepth == 0 else { return ungrouped.append(name) }
        return report(.notGrouped(name.text, at: name.range))
      }
      current = outer.parent
    }
  }

  // MARK: Qualified names

  private func table(
    _ name: String,
    from scope: Scope
  ) -> (level: Scope, index: Int, depth: Int)? {
    var current: Scope? = scope
    var depth = 0
    while let level = current {
      if let index = level.tables.firstIndex(where: { $0.name == name }) {
        return (level, index, depth)
      }
      current = level.parent
      depth += 1
    }
    return nil
  }

  private func table(
    schema: String,
    _ name: String,
    _ scope: Scope
  ) -> (level: Scope, index: Int, depth: Int)? {
    var current: Scope? = scope
    var depth = 0
    while let level = current {
      let found = level.tables.firstIndex {
        $0.name == name && $0.schema?.lowercased() == schema
      }
      if let found { return (level, found, depth) }
      current = level.parent
      depth += 1
    }
    return nil
  }

  private mutating func member(
    _ name: Identifier,
    of index: Int,
    _ level: Scope,
    _ depth: Int
  ) -> ExprFacts {
    let table = level.tables[index]
    if let (position, isAmbiguous) = level.findColumn(named: name.text, of: index) {
      if isAmbiguous, table.isComplete, !level.isLoose {
        report(.ambiguousColumn(name, tables: [table]))
      }
      return column(position, of: index, level, depth, name)
    }
    guard table.isComplete, !level.isLoose, !Self.pseudoColumns.contains(name.text) else {
      var facts = other(name, of: index, level, depth)
      facts.mix(Fingerprint.of(table.name ?? ""))
      return facts
    }
    reportUnknownColumn(name, of: table)
    return unresolved([name])
  }

  // MARK: SUPER

  private func path(_ base: ExprFacts, _ parts: NameParts) -> ExprFacts {
    parts.count > 1 ? steps(base, parts.dropFirst()) : base
  }

  /// Steps into a column that must be a SUPER value.
  private mutating func into(_ base: ExprFacts, _ parts: Slice<NameParts>) -> ExprFacts {
    switch base.type {
    case .super, .unknown, .catalog: break
    default:
      if let step = parts.first { report(.notNavigable(step, base.type)) }
    }
    return steps(base, parts)
  }

  private func steps(_ base: ExprFacts, _ parts: Slice<NameParts>) -> ExprFacts {
    var facts = base
    facts.type = .super
    facts.traits = []
    facts.isNullable = true
    facts.isColumn = false
    for part in parts { facts.mix(Fingerprint.of(part.text)) }
    return facts
  }
}
