import TestSupport

extension QueryGenerator {
  /// A FROM clause; its tables come into the scope.
  mutating func from(_ scope: Scope, _ depth: Int) -> String {
    var text = "from \(table(scope, depth))"
    var count = random.pick([0, 0, 1, 1, 2], or: 0)
    while count > 0 {
      count -= 1
      text += join(scope, depth)
    }
    if random.percent(8),
      let owner = scope.sources.first(where: { source in
        source.columns.contains { $0.name == "details" }
      })
    {
      text += ", " + elements(of: "\(owner.name).details", scope)
    }
    return text
  }

  /// The elements or attributes of a SUPER value.
  private mutating func elements(of value: String, _ scope: Scope) -> String {
    let (name, place) = (makeName("e"), makeName("k"))
    let element = Column(name: name, kind: .object)
    if isSteady || random.percent(40) {
      add(Source(name: name, columns: [element]), to: scope)
      return "\(value).list as \(name)"
    }
    switch random.below(3) {
    case 0:
      add(Source(name: name, columns: [element, Column(name: place, kind: .whole)]), to: scope)
      return "\(value).list as \(name) at \(place)"
    case 1:
      add(Source(name: name, columns: [element, Column(name: place, kind: .text)]), to: scope)
      return "unpivot \(value) as \(name) at \(place)"
    default:
      let table = makeName("u")
      add(Source(name: table, columns: [element]), to: scope)
      return "unnest(\(value).list) as \(table) (\(name))"
    }
  }

  /// Brings one more table into the scope.
  private mutating func table(_ scope: Scope, _ depth: Int) -> String {
    let (text, source) = item(scope, depth)
    add(source, to: scope)
    return text
  }

  private func add(_ source: Source, to scope: Scope) {
    scope.sources.append(source)
    for column in source.columns { scope.counts[column.name, default: 0] += 1 }
  }

  private mutating func item(_ scope: Scope, _ depth: Int) -> (String, Source) {
    if strikes(.unknownTable) {
      let name = makeName("t")
      return ("s.nothing as \(name)", Source(name: name, columns: Self.tables[0].columns))
    }
    var alias = makeName("t")
    if strikes(.sameAlias), let other = scope.sources.last { alias = other.name }
    if random.percent(25), let known = common.randomElement(using: &random) {
      return ("\(known.name) as \(alias)", Source(name: alias, columns: known.columns))
    }
    if depth > 0, random.percent(20) {
      // A sibling is not in sight there.
      let parent = strikes(.sibling) && !scope.sources.isEmpty ? scope : scope.parent
      let made = query(depth: depth - 1, parent: parent, isNamed: true)
      guard random.percent(25) else {
        return ("(\(made.text)) as \(alias)", Source(name: alias, columns: made.columns))
      }
      var columns = made.columns
      for index in columns.indices { columns[index].name = makeName("n") }
      let list = columns.map(\.name).joined(separator: ", ")
      return ("(\(made.text)) as \(alias) (\(list))", Source(name: alias, columns: columns))
    }
    if !isSteady, random.percent(3) {
      let columns = "id:whole now_so:whole deep:whole".split(separator: " ").map { word in
        Column(name: String(word.prefix { $0 != ":" }), kind: .whole)
      }
      let start = random.pick(["", " start with id = 1"])
      let text =
        "(select id, now_so, level as deep from s.old\(start) connect by prior id = now_so) as \(alias)"
      return (text, Source(name: alias, columns: columns))
    }
    if random.percent(1) {
      let rows = strikes(.valuesArity) ? "(1, 'a'), (2)" : "(1, 'a'), (2, null)"
      let columns = [
        Column(name: makeName("v"), kind: .whole), Column(name: makeName("v"), kind: .text),
      ]
      let list = columns.map(\.name).joined(separator: ", ")
      return ("(values \(rows)) as \(alias) (\(list))", Source(name: alias, columns: columns))
    }
    if !isSteady, random.percent(6) { return rotated(alias) }
    let (name, columns) = random.pick(Self.tables, or: Self.tables[0])
    // A table under its own name, unless a query around has it too.
    if random.percent(15), !isInSight(name, scope) {
      return ("s.\(name)", Source(name: name, columns: columns))
    }
    return ("s.\(name) \(random.pick(["as ", ""]))\(alias)", Source(name: alias, columns: columns))
  }

  private func isInSight(_ name: String, _ scope: Scope) -> Bool {
    var level: Scope? = scope
    while let current = level {
      if current.sources.contains(where: { $0.name == name }) { return true }
      level = current.parent
    }
    return false
  }

  /// PIVOT and UNPIVOT.
  private mutating func rotated(_ alias: String) -> (String, Source) {
    let column = strikes(.misspeltColumn) ? "nope" : "level"
    if random.percent(50) {
      let text =
        "(select name, level, balance from s.users) pivot (sum(balance) for \(column) in ('a', 'b' as c)) as \(alias)"
      let columns = [
        Column(name: "name", kind: .text), Column(name: "a", kind: .decimal),
        Column(name: "c", kind: .decimal),
      ]
      return (text, Source(name: alias, columns: columns))
    }
    let text =
      "(select user_id, name, \(column) from s.users) unpivot (kept for label in (name, level)) as \(alias)"
    let columns = [
      Column(name: "user_id", kind: .whole), Column(name: "label", kind: .text),
      Column(name: "kept", kind: .text),
    ]
    return (text, Source(name: alias, columns: columns))
  }

  // MARK: Joins

  private mutating func join(_ scope: Scope, _ depth: Int) -> String {
    let left = scope.sources
    let before = scope.counts
    let (text, source) = item(scope, depth)
    let kind = random.pick(["join", "inner join", "left join", "right join", "full join"])
    let shared = source.columns.filter { column in
      before[column.name] == 1
        && left.contains {
          $0.columns.contains { $0.name == column.name && $0.kind == column.kind }
        }
        && column.kind != .object
    }
    let isNatural = source.columns.allSatisfy { column in
      before[column.name] == nil || shared.contains { $0.name == column.name }
    }
    add(source, to: scope)
    let choice = random.below(10)
    if strikes(.usingColumn) {
      let column = random.pick(Self.tables.flatMap(\.columns).map(\.name))
      return " \(kind) \(text) using (\(column))"
    }
    if choice < 3, !shared.isEmpty {
      let names = shared.shuffled(using: &random).prefix(1 + random.below(2)).map(\.name)
      for name in names { scope.counts[name] = before[name] }
      return " \(kind) \(text) using (\(names.joined(separator: ", ")))"
    }
    if choice == 3, isNatural, Set(source.columns.map(\.name)).count == source.columns.count {
      for column in shared { scope.counts[column.name] = before[column.name] }
      return " natural \(kind) \(text)"
    }
    if choice == 4 { return " cross join \(text)" }
    if choice == 5 {
      scope.start = scope.sources.count - 1
      return ", \(text)"
    }
    return " \(kind) \(text) on \(joinCondition(source, left, kind, scope, depth))"
  }

  private mutating func joinCondition(
    _ right: Source,
    _ left: [Source],
    _ kind: String,
    _ scope: Scope,
    _ depth: Int
  ) -> String {
    let place = Place(scope: Scope(parent: scope.parent))
    // A list of tables behind a comma is not in sight of a join.
    place.scope.sources = left.suffix(from: scope.start) + [right]
    for column in place.scope.sources.flatMap(\.columns) {
      place.scope.counts[column.name, default: 0] += 1
    }
    if let other = left.first, scope.start > 0, strikes(.outsideOfJoin) {
      place.scope.sources = [other]
    }
    var pairs: [String] = []
    for table in left.suffix(1) {
      for one in table.columns where one.kind != .object && one.kind != .truth {
        for two in right.columns where one.kind == two.kind {
          pairs.append("\(table.name).\(one.name) = \(right.name).\(two.name)")
        }
      }
    }
    guard let pair = pairs.randomElement(using: &random) else {
      return kind == "full join" ? "true" : truth(place, 0)
    }
    if kind != "full join", random.percent(25) {
      return "\(pair) and \(truth(place, min(1, depth)))"
    }
    return pair
  }
}
