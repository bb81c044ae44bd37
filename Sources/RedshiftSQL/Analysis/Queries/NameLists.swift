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

/// Columns in sight by their names.
struct VisibleIndex {
  private var places: [String: [Int]] = [:]

  init(_ columns: [VisibleColumn]) {
    for (place, column) in columns.enumerated() {
      places[column.name, default: []].append(place)
    }
  }

  func places(of name: String) -> [Int] { places[name] ?? [] }
}

extension Scope {
  /// The first column in sight of this name, and whether there are more.
  func findVisible(named name: String) -> (column: VisibleColumn, isAmbiguous: Bool)? {
    var found: (column: VisibleColumn, isAmbiguous: Bool)?
    guard visible.count > longList else {
      for column in visible where column.name == name {
        if found != nil {
          found?.isAmbiguous = true
        } else {
          found = (column, false)
        }
      }
      return found
    }
    let index = visibleIndex ?? VisibleIndex(visible)
    visibleIndex = index
    let places = index.places(of: name)
    return places.first.map { (visible[$0], places.count > 1) }
  }
}
