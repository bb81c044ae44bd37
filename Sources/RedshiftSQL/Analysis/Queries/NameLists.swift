/// Names of a query are looked up often, and wide queries have many: above this many a table of
/// them pays.
private let longList = 16

/// Items of a select list with an alias, as far as they are analysed.
struct AliasList {
  private(set) var items: [(item: SelectItem, facts: ExprFacts)] = []
  private var places: [String: Int] = [:]

  mutating func append(_ item: SelectItem, _ facts: ExprFacts) {
    items.append((item, facts))
    guard items.count > longList else { return }
    if places.isEmpty {
      for (place, entry) in items.enumerated() {
        if let name = entry.item.alias?.text { places[name] = place }
      }
    } else if let name = item.alias?.text {
      places[name] = items.count - 1
    }
  }

  /// The last item of this name.
  func last(named name: String) -> (item: SelectItem, facts: ExprFacts)? {
    guard items.count > longList else { return items.last { $0.item.alias?.text == name } }
    return places[name].map { items[$0] }
  }
}

/// Items of a select list that clauses before it name by their aliases.
struct PendingItems {
  let items: [SelectItem]
  /// How many of them, from the first on, can be named.
  var count: Int
  private let places: [String: [Int]]

  static var none: PendingItems { PendingItems([]) }

  init(_ items: [SelectItem]) {
    self.items = items
    count = items.count
    var places: [String: [Int]] = [:]
    if items.count > longList {
      for (place, item) in items.enumerated() {
        if let name = item.alias?.text { places[name, default: []].append(place) }
      }
    }
    self.places = places
  }

  /// The place of the first item of this name.
  func first(named name: String) -> Int? {
    guard items.count > longList else { return items.firstIndex { $0.alias?.text == name } }
    return places[name]?.first
  }

  /// The place of the last item of this name.
  func last(named name: String) -> Int? {
    guard items.count > longList else {
      return items[..<count].lastIndex { $0.alias?.text == name }
    }
    return places[name]?.last { $0 < count }
  }
}

/// Where names stand in a list.
struct NameIndex {
  private struct Place {
    var first: Int
    var isAmbiguous = false
  }

  private var places: [String: Place] = [:]

  init(_ names: some Sequence<String>) {
    for (place, name) in names.enumerated() {
      if places[name] == nil {
        places[name] = Place(first: place)
      } else {
        places[name]?.isAmbiguous = true
      }
    }
  }

  /// The first place of a name, and whether there are more.
  func find(_ name: String) -> (place: Int, isAmbiguous: Bool)? {
    places[name].map { ($0.first, $0.isAmbiguous) }
  }
}

extension Scope {
  /// The first column in sight of this name, and whether there are more.
  func findVisible(named name: String) -> (column: VisibleColumn, isAmbiguous: Bool)? {
    guard visible.count > longList else {
      return find(name, in: visible, \.name).map { (visible[$0.place], $0.isAmbiguous) }
    }
    let index = visibleIndex ?? NameIndex(visible.lazy.map(\.name))
    visibleIndex = index
    return index.find(name).map { (visible[$0.place], $0.isAmbiguous) }
  }

  /// The first column of this name of the table at a place, and whether there are more.
  func findColumn(named name: String, of table: Int) -> (place: Int, isAmbiguous: Bool)? {
    let columns = tables[table].columns
    guard columns.count > longList else { return find(name, in: columns, \.name) }
    let index = columnIndexes[table] ?? NameIndex(columns.lazy.map(\.name))
    columnIndexes[table] = index
    return index.find(name)
  }

  private func find<Element>(
    _ name: String,
    in list: [Element],
    _ nameOf: (Element) -> String
  ) -> (place: Int, isAmbiguous: Bool)? {
    guard let first = list.firstIndex(where: { nameOf($0) == name }) else { return nil }
    return (first, list[(first + 1)...].contains { nameOf($0) == name })
  }
}
