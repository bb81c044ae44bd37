import TestSupport

extension QueryGenerator {
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
      switch random.below(8) {
      case 0: return "count(*)"
      case 1: return "count(\(distinct)\(value(random.pick(Self.plain, or: .text), inside, 1)))"
      case 2: return "sum(\(value(.whole, inside, 1)))"
      case 3: return "avg(\(leaf(.whole, inside)))"
      case 4:
        return "approximate count(distinct \(value(random.pick(Self.plain, or: .text), inside, 1)))"
      case 5: return "sum(case when \(truth(inside, 1)) then 1 else 0 end)"
      case 6: return "\(random.pick(["bit_and", "bit_or"]))(\(leaf(.whole, inside)))"
      default: return call(random.pick(["min", "max"]), [value(.whole, inside, 1)])
      }
    case .decimal:
      if random.percent(15) { return "median(\(leaf(.decimal, inside)))" }
      return "\(random.pick(["sum", "avg", "max"]))(\(distinct)\(value(.decimal, inside, 1)))"
    case .double:
      if random.percent(30) {
        let order = value(.double, inside, 1)
        return random.pick([
          "percentile_cont(0.5) within group (order by \(order))",
          "percentile_disc(0.5) within group (order by \(order) desc)", "median(\(order))",
        ])
      }
      return
        "\(random.pick(["sum", "avg", "min", "stddev", "var_pop", "stddev_pop", "variance"]))(\(value(.double, inside, 1)))"
    case .text:
      if random.percent(40) {
        let item = value(.text, inside, 1)
        return random.pick([
          "listagg(\(item), ',') within group (order by \(item))",
          "listagg(\(item)) within group (order by \(item) desc)",
          "listagg(distinct \(item), ', ') within group (order by \(item))",
        ])
      }
      if !isSteady, random.percent(15) { return "any_value(\(value(.text, inside, 1)))" }
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
      " rows between unbounded preceding and unbounded following", " rows 2 preceding",
      " rows between current row and unbounded following",
      " rows between 2 preceding and 1 preceding", " rows between 1 following and 2 following",
    ])
    if kind == .whole, random.percent(60) {
      let name = random.pick(["row_number()", "rank()", "dense_rank()", "count(*)", "ntile(3)"])
      return name == "count(*)"
        ? "count(*) over (\(partition))" : "\(name) over (\(partition)\(order))"
    }
    if kind == .double, random.percent(40) {
      switch random.below(4) {
      case 0: return "ratio_to_report(\(number(inside, 1))) over (\(partition))"
      case 1: return "\(random.pick(["cume_dist", "percent_rank"]))() over (\(partition)\(order))"
      case 2: return "median(\(number(inside, 1))) over (\(partition))"
      default:
        let name = random.pick(["percentile_cont", "percentile_disc"])
        return "\(name)(0.5) within group (order by \(number(inside, 1))) over (\(partition))"
      }
    }
    if kind == .text, random.percent(25) {
      let item = value(.text, inside, 1)
      return "listagg(\(item), ',') within group (order by \(item)) over (\(partition))"
    }
    let argument = value(kind, inside, 1)
    let nulls = random.pick(["", "", " ignore nulls", " respect nulls"])
    switch random.below(7) {
    case 0: return "lag(\(argument)) over (\(partition)\(order))"
    case 4:
      let name = random.pick(["lag", "lead"])
      return
        "\(name)(\(argument)\(random.pick(["", ", 1", ", 2"])))\(nulls) over (\(partition)\(order))"
    case 5:
      let name = random.pick(["first_value", "last_value"])
      // The words may stand in the parentheses as well.
      return random.percent(50)
        ? "\(name)(\(argument)\(nulls)) over (\(partition)\(order)\(frame))"
        : "\(name)(\(argument))\(nulls) over (\(partition)\(order)\(frame))"
    case 6: return "nth_value(\(argument), 2)\(nulls) over (\(partition)\(order)\(frame))"
    case 1: return "first_value(\(argument)) over (\(partition)\(order)\(frame))"
    case 2 where [.whole, .decimal, .double].contains(kind):
      let name = random.pick(["sum", "avg", "count", "min", "stddev"])
      return "\(name)(\(argument)) over (\(partition)\(order)\(frame))"
    case 3 where kind != .object && kind != .truth:
      return "max(\(argument)) over (\(partition))"
    default: return "lead(\(argument), 2) over (\(partition)\(order))"
    }
  }
}
