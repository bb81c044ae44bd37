import TestSupport

extension QueryGenerator {
  /// Something of the wanted kind that has no parts: a column where there is one.
  mutating func leaf(_ kind: Kind, _ place: Place) -> String {
    if let keys = place.keys {
      if strikes(.ungrouped), let column = column(kind, place.scope) { return column }
      let fitting = keys.filter { $0.kind == kind }
      if let key = fitting.randomElement(using: &random), random.percent(80) { return key.text }
      if place.mayAggregate, random.percent(70) { return aggregate(kind, place) }
      return literal(kind)
    }
    if random.percent(15) {
      let fitting = place.aliases.filter { $0.kind == kind }
      if let alias = fitting.randomElement(using: &random) { return alias.name }
    }
    if random.percent(85), let column = column(kind, place.scope) { return column }
    return literal(kind)
  }

  /// A column in sight, also of the queries around; nil where there is none of that kind.
  mutating func column(_ kind: Kind, _ scope: Scope) -> String? {
    var level = scope
    var hidden: Set<String> = []
    // Mostly the nearest query.
    while let parent = level.parent, random.percent(level.sources.isEmpty ? 90 : 20) {
      hidden.formUnion(level.counts.keys)
      level = parent
    }
    var candidates: [(Source, Column)] = []
    for source in level.sources {
      for column in source.columns where column.kind == kind { candidates.append((source, column)) }
    }
    guard let (source, column) = candidates.randomElement(using: &random) else { return nil }
    return name(column, of: source, level, hidden)
  }

  private mutating func name(
    _ column: Column,
    of source: Source,
    _ scope: Scope,
    _ hidden: Set<String>
  ) -> String {
    if strikes(.misspeltColumn) { return "\(source.name).\(column.name)x" }
    if strikes(.columnOfOtherTable) {
      let other = random.pick(Self.tables.flatMap(\.columns).map(\.name))
      return random.percent(50) ? "\(source.name).\(other)" : other
    }
    if strikes(.unknownQualifier) { return "nowhere.\(column.name)" }
    if strikes(.hiddenQualifier) {
      return "\(random.pick(Self.tables.map(\.name))).\(column.name)"
    }
    if strikes(.missingQualifier) { return column.name }
    if scope.counts[column.name] == 1, !hidden.contains(column.name), random.percent(50) {
      return column.name
    }
    return "\(source.name).\(column.name)"
  }

  mutating func literal(_ kind: Kind) -> String {
    switch kind {
    case .whole: "\(random.below(9))"
    case .decimal: "\(random.below(9)).5"
    case .double: "\(random.below(9))e0"
    case .text: "'\(random.pick(["a", "b", "ab", "x y", "5"]))'"
    case .date: "date '2018-0\(1 + random.below(9))-01'"
    case .timestamp: "timestamp '2018-0\(1 + random.below(9))-01 12:00:00'"
    case .truth: random.pick(["true", "false"])
    case .object: "json_parse('{\"a\": \(random.below(9))}')"
    }
  }
}
