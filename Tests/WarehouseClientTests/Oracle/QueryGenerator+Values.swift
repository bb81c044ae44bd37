import TestSupport

extension QueryGenerator {
  /// A value of a kind.
  mutating func value(_ wanted: Kind, _ place: Place, _ depth: Int) -> String {
    var kind = wanted
    if strikes(.otherKind) { kind = random.pick(Kind.allCases, or: .text) }
    if random.percent(3) { return "null" }
    guard depth > 0, random.percent(60) else { return leaf(kind, place) }
    if random.percent(18) { return common(kind, place, depth - 1) }
    if place.mayAggregate, place.keys != nil, random.percent(30) { return aggregate(kind, place) }
    if place.mayWindow, random.percent(15) { return window(kind, place) }
    if random.percent(30), let made = function(kind, place, depth - 1) { return made }
    switch kind {
    case .whole: return whole(place, depth - 1)
    case .decimal: return decimal(place, depth - 1)
    case .double: return double(place, depth - 1)
    case .text: return text(place, depth - 1)
    case .date: return date(place, depth - 1)
    case .timestamp: return timestamp(place, depth - 1)
    case .truth: return truth(place, depth - 1)
    case .object: return object(place, depth - 1)
    }
  }

  mutating func number(_ place: Place, _ depth: Int) -> String {
    value(random.pick([.whole, .whole, .decimal, .double], or: .whole), place, depth)
  }

  /// A call, in which the number of arguments can be made wrong.
  mutating func call(_ name: String, _ arguments: [String]) -> String {
    var arguments = arguments
    if strikes(.missingArgument), !arguments.isEmpty { arguments.removeLast() }
    if strikes(.extraArgument) { arguments += ["1", "2", "3", "4"].prefix(1 + random.below(4)) }
    return "\(name)(\(arguments.joined(separator: ", ")))"
  }

  /// What there is of every kind.
  private mutating func common(_ kind: Kind, _ place: Place, _ depth: Int) -> String {
    let other = random.pick(Kind.allCases, or: .text)
    switch random.below(8) {
    case 0: return call("coalesce", [value(kind, place, depth), value(kind, place, depth)])
    case 1:
      let condition = truth(place, depth)
      return
        "case when \(condition) then \(value(kind, place, depth)) else \(value(kind, place, depth)) end"
    case 2 where kind != .object:
      return call("nullif", [value(kind, place, depth), value(kind, place, depth)])
    case 3:
      let parts = [
        value(other, place, depth), value(kind, place, depth), value(kind, place, depth),
      ]
      return call("nvl2", parts)
    case 4 where kind != .object:
      return call(
        "decode",
        [
          value(.whole, place, depth), "1", value(kind, place, depth), value(kind, place, depth),
        ]
      )
    case 5 where kind != .truth && kind != .object:
      return call("greatest", [value(kind, place, depth), value(kind, place, depth)])
    case 6: return scalarQuery(kind, place, depth)
    default:
      let subject = value(.text, place, depth)
      return "case \(subject) when 'a' then \(value(kind, place, depth)) end"
    }
  }

  private mutating func whole(_ place: Place, _ depth: Int) -> String {
    switch random.below(11) {
    case 0: return "(\(value(.whole, place, depth)) + \(value(.whole, place, depth)))"
    case 1: return "(\(value(.whole, place, depth)) - \(value(.whole, place, depth)))"
    case 2: return "\(value(.whole, place, 0)) % 7"
    case 3: return "\(value(.whole, place, 0)) / 3"
    case 4: return call("len", [value(.text, place, depth)])
    case 5: return "(\(value(.decimal, place, depth)))::int"
    case 6:
      return "extract(\(random.pick(["year", "month"])) from \(value(.timestamp, place, depth)))"
    case 7:
      return
        "datediff(day, \(value(.timestamp, place, depth)), \(value(.timestamp, place, depth)))"
    case 8: return "(\(leaf(.date, place)) - \(leaf(.date, place)))"
    case 9: return call("abs", [value(.whole, place, depth)])
    default: return call("strpos", [value(.text, place, depth), "'a'"])
    }
  }

  private mutating func decimal(_ place: Place, _ depth: Int) -> String {
    switch random.below(5) {
    case 0: return "\(value(.whole, place, 0)) * 1.5"
    case 1: return "(\(value(.decimal, place, depth)) + \(value(.whole, place, depth)))"
    case 2: return "(\(value(.decimal, place, depth)) / 2.0)"
    case 3: return call("round", [value(.decimal, place, depth), "1"])
    default: return "(\(value(.whole, place, depth)))::decimal(12, 2)"
    }
  }

  private mutating func double(_ place: Place, _ depth: Int) -> String {
    switch random.below(4) {
    case 0: return "(\(value(.double, place, depth)) + \(number(place, depth)))"
    case 1: return "\(call("abs", [value(.double, place, depth)])) * 0.5"
    case 2: return "cast(\(number(place, depth)) as float)"
    default: return call("power", [value(.double, place, depth), "2"])
    }
  }

  private mutating func text(_ place: Place, _ depth: Int) -> String {
    switch random.below(11) {
    case 0: return call(random.pick(["upper", "lower", "trim"]), [value(.text, place, depth)])
    case 1: return call(random.pick(["left", "right"]), [value(.text, place, depth), "2"])
    case 2: return "(\(value(.text, place, depth)) || \(value(.text, place, depth)))"
    case 3: return call("replace", [value(.text, place, depth), "'a'", "'b'"])
    case 4: return call("split_part", [value(.text, place, depth), "' '", "1"])
    case 5: return call("lpad", [value(.text, place, depth), "5", "'0'"])
    case 6: return "(\(value(.whole, place, depth)))::varchar"
    case 7: return call("to_char", [value(.timestamp, place, depth), "'YYYY-MM'"])
    case 8: return call("concat", [value(.text, place, depth), value(.text, place, depth)])
    case 9: return "substring(\(value(.text, place, depth)) from 1 for 2)"
    default: return call("md5", [value(.text, place, depth)])
    }
  }

  private mutating func date(_ place: Place, _ depth: Int) -> String {
    switch random.below(4) {
    case 0: return "(\(value(.timestamp, place, depth)))::date"
    case 1: return call("last_day", [value(.timestamp, place, depth)])
    case 2: return "(\(leaf(.date, place)) + 1)"
    default: return call("trunc", [leaf(.timestamp, place)])
    }
  }

  private mutating func timestamp(_ place: Place, _ depth: Int) -> String {
    switch random.below(5) {
    case 0: return "dateadd(month, 1, \(value(.timestamp, place, depth)))"
    case 1: return "date_trunc('month', \(leaf(.timestamp, place)))"
    case 2: return "(\(leaf(.timestamp, place)) + interval '1 day')"
    case 3: return "(\(value(.date, place, depth)))::timestamp"
    default: return isSteady ? leaf(.timestamp, place) : "getdate()"
    }
  }

  private mutating func object(_ place: Place, _ depth: Int) -> String {
    if place.keys == nil, let column = column(.object, place.scope), column.contains(".") {
      return "\(column).\(random.pick(["a", "b.c"]))"
    }
    return leaf(.object, place)
  }
}
