import TestSupport

extension QueryGenerator {
  /// Kinds that can be compared, grouped and ordered.
  static let plain: [Kind] = [.whole, .decimal, .double, .text, .date, .timestamp]

  mutating func truth(_ place: Place, _ depth: Int) -> String {
    guard depth > 0 else { return comparison(place, 0) }
    switch random.below(13) {
    case 0: return "(\(truth(place, depth - 1)) and \(truth(place, depth - 1)))"
    case 1: return "(\(truth(place, depth - 1)) or \(truth(place, depth - 1)))"
    case 2: return "not (\(truth(place, depth - 1)))"
    case 3:
      let kind = random.pick(Self.plain, or: .whole)
      let parts = (0..<3).map { _ in value(kind, place, depth - 1) }
      return "\(parts[0]) \(random.pick(["", "not "]))between \(parts[1]) and \(parts[2])"
    case 4:
      let kind = random.pick(Self.plain, or: .whole)
      let parts = (0..<3).map { _ in value(kind, place, depth - 1) }
      return "\(parts[0]) \(random.pick(["", "not "]))in (\(parts[1]), \(parts[2]))"
    case 5, 6: return membership(place, depth - 1)
    case 7:
      let query = query(depth: depth - 1, parent: inner(place), isInner: true).text
      return "\(random.pick(["", "not "]))exists (\(query))"
    case 8:
      let pattern = random.pick(["'a%'", "'%b%'", "'_'"])
      return
        "\(value(.text, place, depth - 1)) \(random.pick(["like", "ilike", "not like"])) \(pattern)"
    case 9:
      let kind = random.pick(Kind.allCases, or: .whole)
      return "\(value(kind, place, 0)) is \(random.pick(["", "not "]))null"
    case 10: return leaf(.truth, place)
    default: return comparison(place, depth - 1)
    }
  }

  private mutating func comparison(_ place: Place, _ depth: Int) -> String {
    let sign = random.pick(["=", "<>", "<", "<=", ">", ">="])
    if random.percent(30) { return "\(number(place, depth)) \(sign) \(number(place, depth))" }
    let kind = random.pick(Self.plain, or: .whole)
    return "\(value(kind, place, depth)) \(sign) \(value(kind, place, depth))"
  }

  private mutating func membership(_ place: Place, _ depth: Int) -> String {
    let kind = random.pick(Self.plain, or: .whole)
    var wanted = [kind]
    if strikes(.subqueryArity) { wanted.append(.whole) }
    let query = query(depth: depth, parent: inner(place), wanted: wanted, isInner: true).text
    let subject = value(kind, place, depth)
    if random.percent(15) { return "\(subject) = any (\(query))" }
    return "\(subject) \(random.pick(["", "not "]))in (\(query))"
  }

  /// A query with one value in it.
  mutating func scalarQuery(_ kind: Kind, _ place: Place, _ depth: Int) -> String {
    guard depth > 0 else { return leaf(kind, place) }
    var wanted = [kind]
    if strikes(.subqueryArity) { wanted.append(.text) }
    let query = query(
      depth: depth - 1,
      parent: inner(place),
      wanted: wanted,
      isInner: true,
      isOneRow: true
    )
    return "(\(query.text))"
  }

  /// What a subquery sees of the query around it: of a grouped one the keys alone.
  private mutating func inner(_ place: Place) -> Scope {
    guard let keys = place.keys, !strikes(.ungrouped) else { return place.scope }
    let scope = Scope(parent: place.scope.parent)
    for source in place.scope.sources {
      var visible = source
      visible.columns = source.columns.filter { column in
        keys.contains { $0.text == "\(source.name).\(column.name)" }
      }
      scope.sources.append(visible)
    }
    return scope
  }

  // MARK: Aggregates and windows

  mutating func aggregate(_ kind: Kind, _ place: Place) -> String {
    // Inside of an aggregate every row's columns are in sight.
    var inside = place
    // An aggregate of an outer query's columns alone would belong to that query.
    inside.scope = Scope(parent: nil)
    inside.scope.sources = place.scope.sources
    inside.scope.counts = place.scope.counts
    inside.keys = nil
    inside.mayAggregate = false
    inside.mayWindow = false
    inside.aliases = []
    if strikes(.nestedAggregate) { return "sum(\(aggregate(.whole, place)))" }
    let distinct = random.percent(15) ? "distinct " : ""
    switch kind {
    case .whole:
      switch random.below(5) {
      case 0: return "count(*)"
      case 1: return "count(\(distinct)\(value(random.pick(Self.plain, or: .text), inside, 1)))"
      case 2: return "sum(\(value(.whole, inside, 1)))"
      case 3: return "avg(\(leaf(.whole, inside)))"
      default: return call(random.pick(["min", "max"]), [value(.whole, inside, 1)])
      }
    case .decimal:
      return "\(random.pick(["sum", "avg", "max"]))(\(distinct)\(value(.decimal, inside, 1)))"
    case .double:
      if random.percent(30) {
        return "percentile_cont(0.5) within group (order by \(value(.double, inside, 1)))"
      }
      return "\(random.pick(["sum", "avg", "min", "stddev"]))(\(value(.double, inside, 1)))"
    case .text:
      if random.percent(40) {
        let item = value(.text, inside, 1)
        return "listagg(\(item), ',') within group (order by \(item))"
      }
      return "\(random.pick(["min", "max"]))(\(value(.text, inside, 1)))"
    case .date: return "max(\(value(.date, inside, 1)))"
    case .timestamp: return "min(\(value(.timestamp, inside, 1)))"
    case .truth: return "\(random.pick(["bool_or", "bool_and"]))(\(truth(inside, 1)))"
    case .object: return literal(.object)
    }
  }

  mutating func window(_ kind: Kind, _ place: Place) -> String {
    var inside = place
    inside.mayWindow = false
    inside.aliases = []
    let partition =
      random.percent(60)
      ? "partition by \(value(random.pick(Self.plain, or: .text), inside, 1)) " : ""
    let order = "order by \(value(random.pick(Self.plain, or: .text), inside, 1))"
    let frame = random.pick([
      " rows unbounded preceding", " rows between 1 preceding and 1 following",
    ])
    if kind == .whole, random.percent(60) {
      let name = random.pick(["row_number()", "rank()", "dense_rank()", "count(*)", "ntile(3)"])
      return name == "count(*)"
        ? "count(*) over (\(partition))" : "\(name) over (\(partition)\(order))"
    }
    let argument = value(kind, inside, 1)
    switch random.below(4) {
    case 0: return "lag(\(argument)) over (\(partition)\(order))"
    case 1: return "first_value(\(argument)) over (\(partition)\(order)\(frame))"
    case 2 where [.whole, .decimal, .double].contains(kind):
      return "sum(\(argument)) over (\(partition)\(order)\(frame))"
    case 3 where kind != .object && kind != .truth:
      return "max(\(argument)) over (\(partition))"
    default: return "lead(\(argument), 2) over (\(partition)\(order))"
    }
  }
}
