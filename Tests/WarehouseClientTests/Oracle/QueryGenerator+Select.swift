import Foundation
import TestSupport

extension QueryGenerator {
  /// A query.
  ///
  /// - Parameters:
  ///   - depth: how deep queries and expressions may be nested.
  ///   - parent: what is in sight around it.
  ///   - wanted: the kinds of its columns; nil for any.
  ///   - isNamed: whether its columns need names of their own.
  ///   - isInner: whether it stands in an expression.
  ///   - isOneRow: whether it must not have more than one row.
  /// - Returns: its text and its columns.
  mutating func query(
    depth: Int,
    parent: Scope?,
    wanted: [Kind]? = nil,
    isNamed: Bool = false,
    isInner: Bool = false,
    isOneRow: Bool = false
  ) -> Made {
    let visible = common.count
    defer { common.removeLast(common.count - visible) }
    var text = ""
    if depth > 0, random.percent(isInner ? 4 : 30) { text = with(depth, parent) }
    var made: Made
    if !isOneRow, random.percent(12) {
      made = combination(depth, parent, wanted, isNamed)
    } else {
      made = select(depth, parent, wanted, isNamed, isInner, isOneRow)
    }
    made.text = text + made.text
    return made
  }

  private mutating func with(_ depth: Int, _ parent: Scope?) -> String {
    var parts: [String] = []
    var isRecursive = false
    for _ in 0...random.below(2) {
      var name = makeName("c")
      if strikes(.sameCommonTable), let last = common.last { name = last.name }
      if !isSteady, strikes(.laterCommonTable) {
        parts.append("\(name) as (select * from c\(names + 1))")
        continue
      }
      if random.percent(12) {
        isRecursive = true
        let columns = [Column(name: makeName("n"), kind: .whole)]
        let list = columns.map(\.name).joined()
        parts.append(
          "\(name) (\(list)) as (select 1 union all select \(list) + 1 from \(name) where \(list) < 4)"
        )
        common.append(Source(name: name, columns: columns))
        continue
      }
      let made = query(depth: depth - 1, parent: nil, isNamed: true)
      var columns = made.columns
      if random.percent(25) {
        for index in columns.indices { columns[index].name = makeName("n") }
        parts.append("\(name) (\(columns.map(\.name).joined(separator: ", "))) as (\(made.text))")
      } else {
        parts.append("\(name) as (\(made.text))")
      }
      common.append(Source(name: name, columns: columns))
    }
    return "with \(isRecursive ? "recursive " : "")\(parts.joined(separator: ", ")) "
  }

  private mutating func combination(
    _ depth: Int,
    _ parent: Scope?,
    _ wanted: [Kind]?,
    _ isNamed: Bool
  ) -> Made {
    let kinds = wanted ?? (0...random.below(3)).map { _ in random.pick(Self.plain, or: .text) }
    var made = select(depth - 1, parent, kinds, isNamed, true, false)
    for _ in 0...random.below(2) {
      var others = kinds
      if strikes(.setArity) { others.append(.whole) }
      let word = random.pick(["union all", "union", "intersect", "except", "minus"])
      let next = select(depth - 1, parent, others, false, true, false).text
      let limit = isSteady ? "" : random.pick(["", " order by 1 limit 3", " limit 2"])
      made.text += " \(word) " + (random.percent(20) ? "(\(next)\(limit))" : next)
    }
    if random.percent(25), wanted == nil {
      let names = made.columns.map(\.name).filter { !$0.isEmpty }
      let place = "\(1 + random.below(kinds.count))"
      let key = random.percent(40) ? names.randomElement(using: &random) ?? place : place
      made.text += " order by \(key)\(random.pick(["", " desc", " asc nulls first"]))"
      if !isSteady, random.percent(30) { made.text += " limit 4 offset 1" }
    }
    return made
  }

  private mutating func select(
    _ depth: Int,
    _ parent: Scope?,
    _ wanted: [Kind]?,
    _ isNamed: Bool,
    _ isInner: Bool,
    _ isOneRow: Bool
  ) -> Made {
    let scope = Scope(parent: parent)
    let from = random.percent(4) && wanted == nil ? "" : from(scope, max(0, depth))
    var place = Place(scope: scope)
    let isGrouped = isOneRow || (!from.isEmpty && random.percent(30))
    var grouping = ""
    if isGrouped {
      place.keys = isOneRow || random.percent(20) ? [] : keys(place)
      place.mayAggregate = true
    }
    place.mayWindow = !isOneRow && !from.isEmpty && random.percent(30)
    let isDistinct = !isOneRow && random.percent(8)
    let list = items(place, depth, wanted, isNamed, isGrouped)
    if let keys = place.keys, !keys.isEmpty { grouping = " group by \(group(keys, list, scope))" }
    let isTop = !isSteady && !isInner && !isOneRow && !isDistinct && random.percent(6)
    var text = "select \(isTop ? "top 7 " : isDistinct ? "distinct " : "")\(list.text)"
    if !from.isEmpty { text += " \(from)" }
    text += filter(scope, depth)
    text += grouping
    if isGrouped, !list.text.contains(" over ("), random.percent(20) {
      place.mayWindow = false
      text += " having \(truth(place, 1))"
    }
    if !isGrouped, !isOneRow, !from.isEmpty, random.percent(6), !isSteady,
      !list.text.contains("exclude"), !endsInTable(text)
    {
      text += " qualify row_number() over (order by \(value(.whole, place, 1))) = 1"
    }
    if !isInner, random.percent(30) { text += order(place, list, isDistinct) }
    if !isSteady, !isInner, !isTop, random.percent(10) {
      text += random.pick([" limit 5", " limit 5 offset 1", " limit all", " offset 2"])
    }
    return Made(text: text, columns: list.columns)
  }

  /// Whether a FROM clause ends in a table without an alias, for which QUALIFY would be taken.
  private func endsInTable(_ text: String) -> Bool {
    text.split(separator: " ").last?.hasPrefix("s.") == true
  }

  private mutating func filter(_ scope: Scope, _ depth: Int) -> String {
    let place = Place(scope: scope)
    if strikes(.aggregateInFilter) { return " where \(aggregate(.whole, place)) > 1" }
    if strikes(.windowInFilter) { return " where \(window(.whole, place)) > 1" }
    guard random.percent(45) else { return "" }
    return " where \(truth(place, depth))"
  }

  // MARK: Items

  private mutating func items(
    _ place: Place,
    _ depth: Int,
    _ wanted: [Kind]?,
    _ isNamed: Bool,
    _ isGrouped: Bool
  ) -> Made {
    if wanted == nil, !isGrouped, !place.scope.sources.isEmpty, random.percent(15) {
      let all = place.scope.sources.flatMap(\.columns)
      if !isNamed || Set(all.map(\.name)).count == all.count {
        if random.percent(15), Set(all.map(\.name)).count == all.count, all.count > 1,
          let out = all.randomElement(using: &random)
        {
          let rest = all.filter { $0.name != out.name }
          return Made(text: "* exclude (\(out.name))", columns: rest)
        }
        return Made(text: "*", columns: all)
      }
    }
    var place = place
    var parts: [String] = []
    var columns: [Column] = []
    let kinds = wanted ?? (0...random.below(4)).map { _ in random.pick(Kind.allCases, or: .text) }
    if wanted == nil, !isNamed, !isGrouped, random.percent(8),
      let source = place.scope.sources.randomElement(using: &random)
    {
      parts.append("\(source.name).*")
      columns += source.columns
    }
    for (index, kind) in kinds.enumerated() {
      let isKey = wanted == nil && (place.keys ?? []).indices.contains(index) && random.percent(80)
      let key = isKey ? place.keys?[index] : nil
      let text = key?.text ?? value(kind, place, min(2, depth))
      if isNamed || random.percent(60) {
        // An alias that is a column as well is a column wherever it is named.
        let name =
          !isNamed && random.percent(10)
          ? random.pick(Self.tables.flatMap(\.columns).map(\.name)) : makeName("i")
        parts.append("\(text) as \(name)")
        columns.append(Column(name: name, kind: key?.kind ?? kind))
        if place.scope.counts[name] == nil, !text.contains("null"), !text.contains(" over ") {
          place.aliases.append(Column(name: name, kind: key?.kind ?? kind))
        }
      } else {
        parts.append(text)
        columns.append(Column(name: "", kind: key?.kind ?? kind))
      }
    }
    return Made(text: parts.joined(separator: ", "), columns: columns)
  }

  // MARK: GROUP BY and ORDER BY

  private mutating func keys(_ place: Place) -> [(text: String, kind: Kind)] {
    var keys: [(text: String, kind: Kind)] = []
    for _ in 0...random.below(2) {
      let kind = random.pick(Self.plain, or: .text)
      let sources = place.scope.sources
      let fitting = sources.flatMap { source in
        source.columns.filter { $0.kind == kind }.map { "\(source.name).\($0.name)" }
      }
      guard let column = fitting.randomElement(using: &random) else { continue }
      switch kind {
      case .text where random.percent(30): keys.append(("upper(\(column))", .text))
      case .whole where random.percent(30): keys.append(("(\(column) + 1)", .whole))
      case .timestamp where random.percent(50):
        keys.append(("date_trunc('month', \(column))", .timestamp))
      default: keys.append((column, kind))
      }
    }
    return keys
  }

  /// GROUP BY's list: each key as it is, or by its place, or by its alias.
  private mutating func group(
    _ keys: [(text: String, kind: Kind)],
    _ list: Made,
    _ scope: Scope
  ) -> String {
    var items = list.text.components(separatedBy: ", ")
    if items.count != list.columns.count { items = [] }
    var parts: [String] = []
    for key in keys {
      if strikes(.ungrouped) { continue }
      if strikes(.ordinal) {
        parts.append("9")
        continue
      }
      guard
        let index = items.firstIndex(where: { $0 == key.text || $0.hasPrefix(key.text + " as ") })
      else {
        parts.append(bare(key.text, scope))
        continue
      }
      let name = list.columns[index].name
      switch random.below(4) {
      case 0: parts.append("\(index + 1)")
      case 1 where !name.isEmpty && scope.counts[name] == nil: parts.append(name)
      default: parts.append(bare(key.text, scope))
      }
    }
    if parts.isEmpty { return "()" }
    let all = parts.joined(separator: ", ")
    switch random.below(14) {
    case 0: return "rollup (\(all))"
    case 1: return "cube (\(all))"
    case 2: return "grouping sets ((\(all)), ())"
    default: return all
    }
  }

  /// The same column without the table's name, where that means the same.
  private mutating func bare(_ text: String, _ scope: Scope) -> String {
    let parts = text.split(separator: ".")
    guard parts.count == 2, !text.contains("("), scope.counts[String(parts[1])] == 1,
      random.percent(40)
    else { return text }
    return String(parts[1])
  }

  private mutating func order(_ place: Place, _ list: Made, _ isDistinct: Bool) -> String {
    var place = place
    place.aliases = []
    if strikes(.ordinal) { return " order by \(list.columns.count + 1)" }
    if strikes(.orderOfDistinct) { return " order by \(value(.text, place, 1))" }
    let names = list.columns.map(\.name).filter { !$0.isEmpty && place.scope.counts[$0] == nil }
    var word = random.pick(["", " desc", " asc nulls first", " desc nulls last"])
    if !isDistinct, random.percent(25) {
      word += ", \(value(random.pick(Self.plain, or: .whole), place, 1))"
    }
    switch random.below(3) {
    case 0:
      if let name = names.randomElement(using: &random) { return " order by \(name)\(word)" }
      return " order by 1\(word)"
    case 1 where !isDistinct:
      let kind = random.pick(Self.plain, or: .text)
      return " order by \(value(kind, place, 1))\(word)"
    default: return " order by \(1 + random.below(list.columns.count))\(word)"
    }
  }
}
