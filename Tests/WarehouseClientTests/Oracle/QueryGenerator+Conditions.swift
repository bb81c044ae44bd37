import TestSupport

extension QueryGenerator {
  /// Kinds that can be compared, grouped and ordered.
  static let plain: [Kind] = [.whole, .decimal, .double, .text, .date, .timestamp]

  mutating func truth(_ place: Place, _ depth: Int) -> String {
    guard depth > 0 else { return comparison(place, 0) }
    switch random.below(16) {
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
    case 11, 12: return predicate(place, depth - 1)
    default: return comparison(place, depth - 1)
    }
  }

  private mutating func comparison(_ place: Place, _ depth: Int) -> String {
    let sign = random.pick(["=", "<>", "<", "<=", ">", ">="])
    if random.percent(30) { return "\(number(place, depth)) \(sign) \(number(place, depth))" }
    let kind = random.pick(Self.plain, or: .whole)
    return "\(value(kind, place, depth)) \(sign) \(value(kind, place, depth))"
  }

  /// Conditions of the rarer kinds.
  private mutating func predicate(_ place: Place, _ depth: Int) -> String {
    switch random.below(11) {
    case 0: return "\(value(.text, place, depth)) similar to '(a|b)%'"
    case 1: return "\(value(.text, place, depth)) \(random.pick(["~", "!~", "~*"])) '^[a-c]'"
    case 2:
      return "(\(truth(place, depth))) is \(random.pick(["true", "not true", "false", "unknown"]))"
    case 3: return "\(value(.text, place, depth)) like 'a!%%' escape '!'"
    case 4:
      let kinds = [random.pick(Self.plain, or: .text), random.pick(Self.plain, or: .whole)]
      let query = query(depth: depth, parent: inner(place), wanted: kinds, isInner: true).text
      let row = kinds.map { value($0, place, 0) }.joined(separator: ", ")
      return "(\(row)) \(random.pick(["", "not "]))in (\(query))"
    case 5:
      let kinds = [random.pick(Self.plain, or: .text), random.pick(Self.plain, or: .whole)]
      let rows = (0..<2).map { _ in
        "(" + kinds.map { value($0, place, 0) }.joined(separator: ", ") + ")"
      }
      return rows.joined(separator: random.pick([" = ", " <> ", " < "]))
    case 6:
      let kind = random.pick(Self.plain, or: .whole)
      let query = query(depth: depth, parent: inner(place), wanted: [kind], isInner: true).text
      return "\(value(kind, place, depth)) \(random.pick([">", "<=", "<>"])) all (\(query))"
    case 7:
      return
        "\(random.pick(["is_array", "is_object", "is_scalar"]))(\(value(.object, place, depth)))"
    case 8:
      return
        "\(value(.object, place, depth)) = \(value(random.pick([.whole, .text], or: .whole), place, 0))"
    case 9: return "(\(truth(place, depth))) = \(leaf(.truth, place))"
    default:
      return
        "\(value(random.pick(Self.plain, or: .text), place, depth)) \(random.pick(["isnull", "notnull"]))"
    }
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
  mutating func inner(_ place: Place) -> Scope {
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
}
