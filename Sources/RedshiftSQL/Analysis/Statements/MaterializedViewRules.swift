import Diagnostics

/// What Redshift refuses in the query of a materialized view.
///
/// Source: Amazon Redshift Database Developer Guide, CREATE MATERIALIZED VIEW, Limitations. What
/// newer releases have begun to accept (standard views, functions of users, external schemas that
/// refresh themselves) is let through.
struct MaterializedViewRules {
  let catalog: SymbolicCatalog
  private(set) var problems: [Diagnostic] = []

  /// Checks the query of a materialized view.
  ///
  /// - Parameters:
  ///   - query: the query.
  ///   - refreshesItself: whether the view has AUTO REFRESH YES.
  ///   - catalog: the relations that it may read.
  init(_ query: Query, refreshesItself: Bool, catalog: SymbolicCatalog) {
    self.catalog = catalog
    check(query, refreshesItself)
  }

  init(_ view: CreateView, catalog: SymbolicCatalog) {
    let refreshesItself = view.attributes.contains { attribute in
      if case .automaticRefresh(true) = attribute.kind { return true }
      return false
    }
    self.init(view.query, refreshesItself: refreshesItself, catalog: catalog)
  }

  private mutating func report(_ diagnostic: Diagnostic) { problems.append(diagnostic) }

  private mutating func check(_ query: Query, _ refreshesItself: Bool) {
    checkClauses(of: query)
    let common = query.commonNames
    var found: [Diagnostic] = []
    SyntaxNode.query(query).walk { node in
      switch node {
      case .table(let table):
        guard case .named(let name) = table.kind,
          name.parts.count > 1 || !common.contains(name.last)
        else { return true }
        if let what = refusal(of: name) { found.append(.materializedView(what, at: name.range)) }
      case .expr(let expr):
        guard case .call(let call) = expr.kind, call.name.parts.count == 1 else { return true }
        let name = call.name.last
        if Self.leaderFunctions.contains(name) {
          found.append(.materializedView("call \(name.uppercased())", at: call.name.range))
        } else if refreshesItself, Self.mutableFunctions.contains(name) {
          found.append(.refreshOfMutable(name.uppercased(), at: call.name.range))
        }
      default: break
      }
      return true
    }
    problems += found
  }

  /// The order and the count of rows that the view itself would have.
  private mutating func checkClauses(of query: Query) {
    var query = query
    while true {
      if let range = query.orderRange, !query.order.isEmpty {
        report(.materializedView("have ORDER BY", at: range))
      }
      if let limit = query.limit, let range = query.limitRange {
        if limit.count != nil { report(.materializedView("have LIMIT", at: range)) }
        if limit.count == nil, limit.offset != nil {
          report(.materializedView("have OFFSET", at: range))
        }
      }
      switch query.body.kind {
      case .parenthesized(let inner): query = inner
      case .select(let select):
        if let top = select.top { report(.materializedView("have TOP", at: top.range)) }
        return
      case .combined, .values: return
      }
    }
  }

  /// What cannot be read; nil where nothing is known against it.
  private func refusal(of name: ObjectName) -> String? {
    if name.isTemporary { return "read the temporary table \(name.last)" }
    guard let relation = catalog[name.relation] else {
      return SystemCatalog.contains(name.relation) ? "read the system's \(name.last)" : nil
    }
    if relation.isTemporary { return "read the temporary table \(name.last)" }
    return relation.bindsLate ? "read the late-binding view \(name.last)" : nil
  }

  private static let leaderFunctions: Set<String> = [
    "current_schema", "current_schemas", "has_database_privilege", "has_schema_privilege",
    "has_table_privilege",
  ]

  private static let mutableFunctions: Set<String> = [
    "getdate", "sysdate", "current_date", "current_timestamp", "now", "timeofday", "random",
    "current_time", "localtime", "localtimestamp",
  ]
}
