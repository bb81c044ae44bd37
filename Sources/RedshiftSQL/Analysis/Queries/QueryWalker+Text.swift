import Diagnostics

/// Where blanks at the end of text would tell rows apart that Redshift takes for equal: what groups
/// them, makes them distinct or joins them. Noted for translation, and for nothing else.
extension QueryWalker {
  // MARK: GROUP BY

  /// Notes a key of GROUP BY.
  ///
  /// - Parameters:
  ///   - key: the key as it is written, which may be the number or the name of an item.
  ///   - value: what it means.
  ///   - facts: what is known of the value.
  ///   - scope: the query that groups by it.
  mutating func noteTextKey(
    _ key: Expr,
    meaning value: Expr,
    _ facts: ExprFacts,
    in scope: Scope
  ) {
    guard meanings != nil else { return }
    scope.foundKeys.append((key, value, facts))
  }

  /// Makes what was noted of a query's keys known to what is read next: its items and conditions.
  mutating func noteTextKeys(of select: Select, _ grouping: Grouping, in scope: Scope) {
    guard meanings != nil else { return }
    if grouping.isAll {
      noteAllKeys(of: select, in: scope)
    } else if scope.groupKeys == nil {
      return
    }
    var groups = Meanings.TextGroups()
    var places: [UInt64: Int] = [:]
    for (key, value, facts) in scope.foundKeys {
      if facts.type == .unknown { groups.hasUnknown = true }
      guard scope.makesGroups(facts) else { continue }
      // What a star stands for is no place that a key is written at.
      if case .star = value.kind { continue }
      let place = places[facts.fingerprint] ?? groups.values.count
      if place == groups.values.count {
        groups.values.append(value)
        places[facts.fingerprint] = place
      }
      groups.keys[key.range] = value
      groups.places[key.range] = place
    }
    // Other keys are noted, too, for they may consist of keys that are text.
    let areText = scope.foundKeys.contains { scope.makesGroups($0.facts) }
    for (_, _, facts) in scope.foundKeys where areText && facts.fingerprint != 0 {
      scope.textKeys[facts.fingerprint] = Meanings.TextKey(
        select: select.range,
        isText: scope.makesGroups(facts),
        cast: facts.textCast,
        isInSets: grouping.hasSets,
        place: places[facts.fingerprint] ?? 0
      )
    }
    scope.foundKeys = []
    meanings?.textGroups[select.range] = groups
  }

  /// GROUP BY ALL: every item that has no aggregate in it.
  private mutating func noteAllKeys(of select: Select, in scope: Scope) {
    for (index, item) in select.items.enumerated() where !item.value.containsAggregate {
      if case .star(let qualifier) = item.value.kind {
        for column in scope.columns(behind: qualifier.last?.text) {
          noteTextKey(item.value, meaning: item.value, facts(of: column, in: scope), in: scope)
        }
        continue
      }
      let facts = itemFacts(index, of: select, in: scope)
      noteTextKey(item.value, meaning: item.value, facts, in: scope)
    }
  }

  /// Notes a value that is a key of a query's groups, this query's or one around it.
  mutating func noteTextKey(_ range: TextRange, _ facts: ExprFacts, _ scope: Scope) {
    guard meanings != nil else { return }
    var current: Scope? = scope
    var depth = aggregateDepth
    while let level = current {
      if let key = level.textKeys[facts.fingerprint], facts.fingerprint != 0 {
        // Within an aggregate of the same query it is the value of a row.
        if depth == 0 {
          meanings?.keyUses[range] = key
          if level !== scope, key.isText, key.isInSets {
            meanings?.keysAskedBelow.insert(key.select)
          }
          if meanings?.types[range] == nil { meanings?.types[range] = facts.typeThere }
        }
        return
      }
      current = level.parent
      depth = current?.aggregateDepth ?? 0
    }
  }

  /// An aggregate of values of a query around belongs to that query: they are those of its rows.
  ///
  /// What queries within the aggregate group by stays a key of theirs.
  mutating func forgetTextKeys(in range: TextRange) {
    guard let uses = meanings?.keyUses, !uses.isEmpty else { return }
    meanings?.keyUses = uses.filter { place, key in
      place.buffer != range.buffer || !range.bytes.contains(place.bytes.lowerBound)
        || range.bytes.contains(key.select.bytes.lowerBound)
    }
  }

  // MARK: Results

  /// Notes the columns of a query's result, for DISTINCT and set operations.
  mutating func noteResult(_ table: DerivedTable, at range: TextRange) {
    guard meanings != nil, table.isComplete else { return }
    meanings?.results[range] = table.columns.map { column in
      let facts = ExprFacts(column.type, column.traits)
      return Meanings.ResultColumn(
        name: column.name,
        type: facts.typeThere,
        canEndInBlank: facts.canEndInBlank,
        cast: facts.textCast,
        isSized: facts.traits.contains(.sized)
      )
    }
  }

  // MARK: Joins

  /// What an alias around a join stands for, in case that has to be written out as a query.
  func starColumns(of scope: Scope) -> [Meanings.StarColumn] {
    scope.visible.map { column in
      Meanings.StarColumn(
        table: column.merged == nil ? scope.tables[column.table].name : nil,
        name: column.name,
        source: scope.source(of: column)
      )
    }
  }

  /// The condition that says what USING or NATURAL says, where that has to be written out: over text
  /// that may end in blanks, and over what such a join further left has merged, for which the
  /// database sees two columns.
  ///
  /// - Returns: where each column comes from, in the order of the names, and whether the condition
  ///   is written; nil where no name tells the columns from others.
  mutating func mergedColumns(
    _ pairs: [(VisibleColumn, VisibleColumn)],
    _ join: Join,
    in scope: Scope
  ) -> (sources: [MergedColumn], isWritten: Bool)? {
    guard meanings != nil, keepsMerges == 0, !scope.isLoose, scope.tables.count <= 500 else {
      return nil
    }
    var needsCondition = false
    var parts: [Meanings.MergedPair] = []
    for (first, second) in pairs {
      let (one, two) = (facts(of: first, in: scope), facts(of: second, in: scope))
      if one.type == .unknown || two.type == .unknown { meanings?.openMerges.insert(join.range) }
      let areText = one.type.isText && two.type.isText
      let isPadded = areText && (one.canEndInBlank || two.canEndInBlank)
      let isWritten = first.source != nil || second.source != nil
      needsCondition = needsCondition || isPadded || isWritten
      guard let left = scope.source(of: first), let right = scope.source(of: second) else {
        return nil
      }
      parts.append(Meanings.MergedPair(left: left, right: right, isPadded: isPadded))
    }
    if needsCondition { meanings?.merges[join.range] = parts }
    let sources: [MergedColumn] = parts.map { part in
      switch join.kind {
      case .right: part.right
      case .full: .either(part.left, part.right)
      case .inner, .left, .cross: part.left
      }
    }
    return (sources, needsCondition)
  }
}

/// Where the values of a column come from that a join has merged.
indirect enum MergedColumn: Hashable, Sendable {
  /// A column of a table that has this name.
  case column(table: String, name: String)
  /// A column of a table without a name, by its place.
  case unnamed(table: TextRange, name: String)
  /// Of FULL JOIN: the first that is not NULL.
  case either(MergedColumn, MergedColumn)
}

extension Scope {
  /// Whether rows of this query may differ in a key by blanks alone: a constant, as is what a query
  /// around gives, makes one group of all.
  fileprivate func makesGroups(_ key: ExprFacts) -> Bool {
    key.canEndInBlank && (key.tables != 0 || tables.count > 64)
  }

  /// Where a column comes from; nil where no name tells its table from the others.
  fileprivate func source(of column: VisibleColumn) -> MergedColumn? {
    if let source = column.source ?? column.origin { return source }
    guard column.merged == nil else { return nil }
    let table = tables[column.table]
    guard let name = table.name else { return .unnamed(table: table.range, name: column.name) }
    guard tables.count(where: { $0.name == name }) == 1, !table.isValue else { return nil }
    return .column(table: name, name: column.name)
  }

  /// The columns that `*` or `qualifier.*` stands for.
  func columns(behind qualifier: String?) -> [VisibleColumn] {
    guard let qualifier else { return visible }
    return tables.indices.filter { tables[$0].name == qualifier }.flatMap { table in
      tables[table].columns.enumerated().map {
        VisibleColumn(name: $1.name, table: table, column: $0)
      }
    }
  }
}

extension CatalogColumn {
  var facts: ExprFacts { ExprFacts(type, traits) }
}

extension DerivedTable.Column {
  var typeThere: SQLType { ExprFacts(type, traits).typeThere }
}

extension ExprFacts {
  /// What is known of a column by its type and its traits alone.
  init(_ type: SQLType, _ traits: TextTraits) {
    self.init()
    self.type = type
    self.traits = traits
  }

  /// The type as PostgreSQL sees it: of a CHAR and something else it makes a text.
  var typeThere: SQLType {
    if case .character = type, !traits.contains(.padded) { return .characterVarying(nil) }
    return type
  }

  /// Whether this is text that blanks at its end may tell from other text.
  var canEndInBlank: Bool {
    switch typeThere {
    case .characterVarying, .literalText: !traits.contains(.trimmed)
    default: false
    }
  }

  /// The cast that gives back the type of a VARCHAR to what a function of PostgreSQL has made of it;
  /// with a length only if that is declared and no guess, for values must not be cut off.
  var textCast: String {
    guard case .characterVarying(let length) = type else { return "" }
    if let length, traits.contains(.sized) { return "::varchar(\(length))" }
    return traits.contains(.varying) ? "::varchar" : ""
  }

  /// The traits that this has as a part of `a || b`, where numbers become text.
  var joinedTraits: TextTraits {
    if type.family == .number { return [.trimmed, .filled] }
    // A CHAR loses its blanks when it becomes text.
    if case .character = typeThere { return .trimmed }
    return traits
  }
}

extension Grouping.Element {
  /// The keys and rows of keys in it.
  var values: [Expr] {
    switch self {
    case .value(let value): [value]
    case .rollup(let list), .cube(let list): list
    case .sets(let inner): inner.flatMap(\.values)
    case .empty: []
    }
  }
}

extension Expr {
  /// The keys of GROUP BY that this is: itself, or the values of a row.
  var groupKeys: [Expr] {
    switch kind {
    case .row(let values, hasKeyword: false): values
    case .parenthesized(let inner): inner.groupKeys
    default: [self]
    }
  }
}

extension Grouping {
  /// Whether a row may stand for several keys at once.
  var hasSets: Bool {
    elements.contains { element in
      switch element {
      case .value: false
      case .rollup, .cube, .sets, .empty: true
      }
    }
  }
}
