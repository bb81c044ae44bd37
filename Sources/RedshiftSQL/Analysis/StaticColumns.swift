import Diagnostics

/// Finds the names of a query's columns as far as the text tells.
struct StaticColumns {
  /// Finds the columns of stored relations.
  let lookup: (RelationName) -> [String]?
  /// Common table expressions in sight, innermost last; nil for columns that are not known.
  private var scopes: [[String: [String]?]] = []

  init(lookup: @escaping (RelationName) -> [String]?) {
    self.lookup = lookup
  }

  /// Brings the tables of a WITH clause into sight until `leave`.
  mutating func enter(_ with: With?) {
    scopes.append([:])
    for table in with?.tables ?? [] {
      let known = table.columns.isEmpty ? columns(of: table.query) : table.columns.map(\.text)
      scopes[scopes.count - 1][table.name.text] = .some(known)
    }
  }

  mutating func leave() { scopes.removeLast() }

  mutating func columns(of query: Query) -> [String]? {
    enter(query.with)
    defer { leave() }
    return columns(of: query.body)
  }

  private mutating func columns(of body: QueryBody) -> [String]? {
    switch body.kind {
    case .select(let select): return columns(of: select)
    case .combined(let first, _): return columns(of: first)
    case .parenthesized(let query): return columns(of: query)
    case .values(let rows):
      return rows.first?.values.indices.map { "column\($0 + 1)" }
    }
  }

  private mutating func columns(of select: Select) -> [String]? {
    var names: [String] = []
    for item in select.items {
      if case .star(let qualifier) = item.value.kind {
        guard let all = columns(of: select.from, qualifier: qualifier.last?.text) else {
          return nil
        }
        names += all
      } else {
        names.append(item.outputName ?? "?column?")
      }
    }
    let excluded = Set(select.exclusion?.columns.map(\.text) ?? [])
    return names.filter { !excluded.contains($0) }
  }

  /// The columns that FROM offers; nil when not all are known.
  mutating func columns(of from: [TableReference], qualifier: String? = nil) -> [String]? {
    var names: [String] = []
    for table in from {
      guard let some = columns(of: table, qualifier: qualifier) else { return nil }
      names += some
    }
    return names
  }

  /// The columns of a join: those that USING makes one come first.
  private func merge(_ shared: [String], _ left: [String], _ right: [String]) -> [String] {
    shared + (left + right).filter { !shared.contains($0) }
  }

  private mutating func columns(of table: TableReference, qualifier: String?) -> [String]? {
    switch table.kind {
    case .joined(let first, let joins):
      guard var names = columns(of: first, qualifier: qualifier) else { return nil }
      for join in joins {
        guard let more = columns(of: join.right, qualifier: qualifier) else { return nil }
        if case .using(let shared) = join.condition {
          names = qualifier == nil ? merge(shared.map(\.text), names, more) : names + more
        } else if case .natural = join.condition {
          let shared = names.filter { more.contains($0) }
          names = qualifier == nil ? merge(shared, names, more) : names + more
        } else {
          names += more
        }
      }
      return names
    case .parenthesized(let inner): return columns(of: inner, qualifier: qualifier)
    default: break
    }
    if let qualifier, table.exposedName != qualifier { return [] }
    if let alias = table.alias, !alias.columns.isEmpty { return alias.columns.map(\.text) }
    switch table.kind {
    case .subquery(let query, _): return columns(of: query)
    case .named(let name):
      if name.parts.count == 1 {
        for scope in scopes.reversed() {
          if let known = scope[name.last] { return known }
        }
      }
      return lookup(name.relation)
    default: return nil
    }
  }
}

extension Query {
  /// The names of the columns of this query, nil where the text alone does not tell.
  package var columnNames: [String]? {
    var columns = StaticColumns { _ in nil }
    return columns.columns(of: self)
  }
}
