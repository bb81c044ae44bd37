/// A set of columns that a value depends on, each with the kinds of its dependence.
///
/// Columns are numbers that `ColumnNumbers` gives out, so that sets of them merge without looking
/// at names.
enum Origins: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    var column: UInt32
    var kinds: DependenceKinds
  }

  case none
  case one(Entry)
  /// Ordered by column, at least two.
  case many([Entry])

  init(column: UInt32, kinds: DependenceKinds = .value) {
    self = .one(Entry(column: column, kinds: kinds))
  }

  var isEmpty: Bool { self == .none }

  var entries: [Entry] {
    switch self {
    case .none: []
    case .one(let entry): [entry]
    case .many(let entries): entries
    }
  }

  mutating func formUnion(_ other: Origins) {
    switch (self, other) {
    case (_, .none): return
    case (.none, _): self = other
    case (.one(let first), .one(let second)) where first.column == second.column:
      self = .one(Entry(column: first.column, kinds: first.kinds.union(second.kinds)))
    default:
      self = .many(Self.merge(entries, other.entries))
    }
  }

  /// The union of many sets, in less time than one after the other takes.
  static func union(of sets: [Origins]) -> Origins {
    var merged: [Entry] = []
    for entry in sets.flatMap(\.entries).sorted(by: { $0.column < $1.column }) {
      if let last = merged.last, last.column == entry.column {
        merged[merged.count - 1].kinds.formUnion(entry.kinds)
      } else {
        merged.append(entry)
      }
    }
    guard let first = merged.first else { return .none }
    return merged.count == 1 ? .one(first) : .many(merged)
  }

  func union(_ other: Origins) -> Origins {
    var result = self
    result.formUnion(other)
    return result
  }

  /// The same columns, depended on in another way: what was a value decides something instead.
  func used(as kinds: DependenceKinds) -> Origins {
    func recast(_ entry: Entry) -> Entry {
      guard entry.kinds.contains(.value) else { return entry }
      return Entry(column: entry.column, kinds: entry.kinds.subtracting(.value).union(kinds))
    }
    switch self {
    case .none: return .none
    case .one(let entry): return .one(recast(entry))
    case .many(let entries): return .many(entries.map(recast))
    }
  }

  private static func merge(_ first: [Entry], _ second: [Entry]) -> [Entry] {
    var result: [Entry] = []
    result.reserveCapacity(first.count + second.count)
    var (i, j) = (0, 0)
    while i < first.count, j < second.count {
      if first[i].column < second[j].column {
        result.append(first[i])
        i += 1
      } else if first[i].column > second[j].column {
        result.append(second[j])
        j += 1
      } else {
        result.append(
          Entry(column: first[i].column, kinds: first[i].kinds.union(second[j].kinds))
        )
        i += 1
        j += 1
      }
    }
    result += first[i...]
    result += second[j...]
    return result
  }
}

/// Gives the columns of stored relations numbers, and names back for numbers.
struct ColumnNumbers {
  struct Name {
    var relation: Int
    var column: String
  }

  private(set) var relations: [RelationName] = []
  private var indexes: [SymbolicCatalog.Key: Int] = [:]
  private var starts: [Int: UInt32] = [:]
  private(set) var names: [Name] = []
  /// Columns that the catalog does not list, of relations that are not known whole.
  private var others: [String: UInt32] = [:]
  /// Columns that were named or came in by a star.
  var touched: Set<UInt32> = []

  /// The index of a relation, which is noted as read.
  mutating func index(of name: RelationName, key: SymbolicCatalog.Key) -> Int {
    if let known = indexes[key] { return known }
    relations.append(name)
    indexes[key] = relations.count - 1
    return relations.count - 1
  }

  /// The number of the first of a relation's columns; the others follow in order.
  mutating func start(of relation: Int, columns: [CatalogColumn]) -> UInt32 {
    if let known = starts[relation] { return known }
    let start = UInt32(names.count)
    starts[relation] = start
    for column in columns { names.append(Name(relation: relation, column: column.name)) }
    return start
  }

  mutating func number(of column: String, in relation: Int) -> UInt32 {
    let key = "\(relation).\(column)"
    if let known = others[key] { return known }
    let number = UInt32(names.count)
    others[key] = number
    names.append(Name(relation: relation, column: column))
    return number
  }

  /// The columns of a set under their names, ordered by relation and column.
  func origins(_ set: Origins) -> [ColumnOrigin] {
    var list = set.entries.compactMap { entry -> ColumnOrigin? in
      let name = names[Int(entry.column)]
      return ColumnOrigin(
        relation: relations[name.relation],
        column: name.column,
        kinds: entry.kinds
      )
    }
    if list.count > 1 {
      list.sort {
        let (a, b) = ($0.relation, $1.relation)
        if a != b {
          return (a.schema ?? "", a.identifier) < (b.schema ?? "", b.identifier)
        }
        return $0.column < $1.column
      }
    }
    return list
  }
}
