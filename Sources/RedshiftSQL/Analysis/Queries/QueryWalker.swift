import Diagnostics

/// Goes through one statement and works out what everything in it means.
///
/// One pass: each expression is looked at once, and says its type, what it depends on, and a
/// fingerprint by which equal expressions are recognised (for GROUP BY).
struct QueryWalker {
  /// The clause that an expression stands in, where that matters.
  enum Clause {
    case items
    case join
    case filter
    case grouping
    case having
    case qualify
    case order
    case other
  }

  var catalog: SymbolicCatalog
  let bytes: [UInt8]
  var columns = ColumnNumbers()
  private(set) var diagnostics: [Diagnostic] = []
  private var reported: Set<Diagnostic> = []
  /// Above zero nothing is reported: the same text is, or will be, looked at otherwise.
  var muted = 0
  var clause = Clause.other
  /// Common table expressions in sight, innermost last.
  var commonTables: [(name: String, table: DerivedTable)] = []
  /// What decides which rows the current query has.
  var influences = Origins.none
  /// Whether the division at hand is meant to give whole numbers.
  var wantsWholeNumber = false
  /// Depth of aggregates around the expression at hand.
  var aggregateDepth = 0
  /// Columns of grouped queries around the aggregate at hand that are no keys of their groups.
  var ungrouped: [Identifier] = []
  /// How often a name has meant an alias of a select list.
  var aliasUses = 0
  /// Depth of window functions around the expression at hand.
  var windowDepth = 0
  var leaderCalls: [(name: String, range: TextRange, asksCatalog: Bool)] = []
  /// Findings about functions that the leader node may have, for queries of its catalog.
  var unknownCalls: [Diagnostic] = []
  /// Window functions seen so far.
  var windowCount = 0
  /// Levels between a column of an outer query and the subquery that names it; the largest.
  var correlationDepth = 0
  /// The same of whatever is named of an outer query, be it a column or an item of its list.
  var reach = 0
  /// Subqueries that name columns of queries around them.
  var correlatedSubqueries: [TextRange] = []
  /// What is found out about places of the text; nil where nobody asked.
  var meanings: Meanings?
  /// How many items of a select list are being looked up for one another.
  var pendingDepth = 0
  /// Above zero the columns that joins merge are left to the database to merge.
  var keepsMerges = 0
  /// Pairs of columns that are compared in joins.
  var joins: [(UInt32, UInt32, TextRange)] = []
  /// The variables of the procedure that is followed, in sight of everything in it.
  var blockScope: Scope?
  /// The types of the arguments of a function, by their numbers.
  var argumentTypes: [SQLType] = []
  /// The variables of the procedure that can be filled.
  var variables: Set<String> = []
  /// How many expressions have been looked at: the measure of the work.
  var expressionCount = 0
  private var scopes: UInt64 = 0

  init(catalog: SymbolicCatalog, bytes: [UInt8]) {
    self.catalog = catalog
    self.bytes = bytes
  }

  mutating func report(_ diagnostic: Diagnostic) {
    guard muted == 0 else { return }
    if reported.insert(diagnostic).inserted { diagnostics.append(diagnostic) }
  }

  mutating func makeScope(parent: Scope?) -> Scope {
    scopes += 1
    return Scope(parent: parent ?? blockScope, number: scopes)
  }

  func text(_ range: TextRange) -> ArraySlice<UInt8> {
    bytes[range.bytes.clamped(to: 0..<bytes.count)]
  }

  /// Runs a step in another clause.
  mutating func within<Result>(_ clause: Clause, _ step: (inout QueryWalker) -> Result) -> Result {
    let outer = self.clause
    self.clause = clause
    defer { self.clause = outer }
    return step(&self)
  }

  // MARK: Queries

  /// Analyses a query.
  ///
  /// - Parameters:
  ///   - query: the query.
  ///   - parent: what is in sight around it: for subqueries in expressions and LATERAL.
  /// - Returns: its result as the surroundings see it.
  mutating func derive(_ query: Query, parent: Scope?) -> DerivedTable {
    let outerInfluences = influences
    let outerClause = clause
    let outerDepth = (aggregateDepth, windowDepth)
    let visible = commonTables.count
    influences = .none
    (aggregateDepth, windowDepth) = (0, 0)
    defer {
      influences = outerInfluences
      clause = outerClause
      (aggregateDepth, windowDepth) = outerDepth
      commonTables.removeLast(commonTables.count - visible)
    }
    if let with = query.with { define(with, parent: parent) }
    var result = derive(query.body, order: query.order, limit: query.limit, parent: parent)
    if let limit = query.limit {
      let scope = makeScope(parent: parent)
      within(.other) { walker in
        if let count = limit.count { walker.checkLimit(count, "LIMIT", in: scope) }
        if let offset = limit.offset { walker.checkLimit(offset, "OFFSET", in: scope) }
      }
      if let count = limit.count, case .literal(.number) = count.kind,
        text(count.range).elementsEqual("1".utf8)
      {
        result.isSingleRow = true
      }
    }
    result.influences = influences
    return result
  }

  /// Brings the tables of a WITH clause into sight.
  mutating func bring(_ with: With) { define(with, parent: nil) }

  private mutating func define(_ with: With, parent: Scope?) {
    var names: [String: TextRange] = [:]
    for table in with.tables {
      if let first = names.updateValue(table.name.range, forKey: table.name.text) {
        report(
          .duplicateTableName(table.name.text, in: "WITH", at: table.name.range, other: first)
        )
      }
      var derived: DerivedTable
      if with.isRecursive, case .combined(let first, let terms) = table.query.body.kind {
        if let term = terms.first(where: { $0.operator == .union && !$0.keepsDuplicates }),
          table.readsItself
        {
          report(.recursionWithoutAll(at: term.operatorRange))
        }
        // The first branch alone says what the columns are.
        muted += 1
        let anchor = named(derive(first, parent: parent), table.columns)
        muted -= 1
        commonTables.append((table.name.text, anchor))
        derived = derive(table.query, parent: parent)
        commonTables.removeLast()
      } else {
        derived = derive(table.query, parent: parent)
      }
      if derived.isComplete, table.columns.count > derived.columns.count {
        report(
          .columnAliasCount(
            table.name,
            aliases: table.columns.count,
            columns: derived.columns.count
          )
        )
      }
      derived = named(derived, table.columns)
      commonTables.append((table.name.text, derived))
    }
  }

  /// Gives columns other names.
  func named(_ table: DerivedTable, _ names: [Identifier]) -> DerivedTable {
    guard !names.isEmpty else { return table }
    var table = table
    for (index, name) in names.enumerated() {
      if index < table.columns.count {
        table.columns[index].name = name.text
      } else if !table.isComplete {
        table.columns.append(
          DerivedTable.Column(
            name: name.text,
            type: .unknown,
            isNullable: true,
            origins: .none,
            range: name.range
          )
        )
      }
    }
    return table
  }

  private mutating func derive(_ body: QueryBody, parent: Scope?) -> DerivedTable {
    derive(body, order: [], limit: nil, parent: parent)
  }

  private mutating func derive(
    _ body: QueryBody,
    order: [SortItem],
    limit: Limit?,
    parent: Scope?
  ) -> DerivedTable {
    switch body.kind {
    case .select(let select):
      let result = derive(select, order: order, isLimited: limit?.count != nil, parent: parent)
      noteResult(result, at: select.range)
      return result
    case .parenthesized(let query):
      let inner = derive(query, parent: parent)
      influences.formUnion(inner.influences)
      orderResult(order, of: inner, parent: parent)
      return inner
    case .values(let rows):
      let table = derive(rows, parent: parent)
      orderResult(order, of: table, parent: parent)
      return table
    case .combined(let first, let terms):
      var result = derive(first, parent: parent)
      for term in terms {
        let right = derive(term.right, parent: parent)
        combine(&result, with: right, term, first: first)
      }
      result.isSingleRow = false
      noteResult(result, at: body.range)
      orderResult(order, of: result, isCombined: true, parent: parent)
      return result
    }
  }

  /// ORDER BY over a whole result can name its columns only.
  private mutating func orderResult(
    _ order: [SortItem],
    of table: DerivedTable,
    isCombined: Bool = false,
    parent: Scope?
  ) {
    guard !order.isEmpty else { return }
    let scope = makeScope(parent: parent)
    guard let range = order.first?.range else { return }
    scope.append(
      ScopeTable(
        name: nil,
        columns: table.scopeColumns,
        isComplete: table.isComplete,
        range: range
      )
    )
    for item in order where !reportConstant(item.value, "ORDER BY") {
      if let number = ordinal(item.value) {
        checkOrdinal(number, in: table, at: item.value.range)
        continue
      }
      let facts = within(.order) { $0.facts(of: item.value, in: scope) }
      influences.formUnion(facts.origins.used(as: .order))
      if isCombined, !isName(item.value) {
        report(.orderOfSetOperation(at: item.value.range))
      }
    }
  }

  private func isName(_ expr: Expr) -> Bool {
    switch expr.kind {
    case .parenthesized(let inner): isName(inner)
    case .column: true
    default: false
    }
  }

  /// Checks the number of a column in ORDER BY, and notes what it orders by.
  mutating func checkOrdinal(_ number: Int, in table: DerivedTable, at range: TextRange) {
    guard table.isComplete else { return }
    guard number >= 1, number <= table.columns.count else {
      let count = table.columns.count
      return report(.ordinalOutOfRange(number, count: count, "ORDER BY", range))
    }
    influences.formUnion(table.columns[number - 1].origins.used(as: .order))
  }

  /// The number that an expression is, as in ORDER BY 2.
  func ordinal(_ expr: Expr) -> Int? {
    switch expr.kind {
    case .parenthesized(let inner): ordinal(inner)
    // A sign belongs to the number: -1 is no value either.
    case .prefix(let sign, let inner) where sign.kind == .minus: ordinal(inner).map { -$0 }
    case .literal(.number): Int(String(decoding: text(expr.range), as: UTF8.self))
    default: nil
    }
  }

  /// Reports a literal where only the number of a column can stand; whether it is one.
  mutating func reportConstant(_ expr: Expr, _ clause: String) -> Bool {
    var (value, isSigned) = (expr, false)
    // A sign belongs to the number behind it.
    unwrapping: while true {
      switch value.kind {
      case .parenthesized(let inner): value = inner
      case .prefix(let sign, let inner) where sign.kind == .minus: (value, isSigned) = (inner, true)
      default: break unwrapping
      }
    }
    switch value.kind {
    case .literal(.string) where !isSigned, .literal(.null) where !isSigned: break
    case .literal(.number) where ordinal(value) == nil: break
    default: return false
    }
    report(.constantNotOrdinal(clause, at: expr.range))
    return true
  }

  private mutating func derive(_ rows: [ValuesRow], parent: Scope?) -> DerivedTable {
    var result = DerivedTable()
    let scope = makeScope(parent: parent)
    for (number, row) in rows.enumerated() {
      for (index, value) in row.values.enumerated() {
        let facts = within(.other) { $0.facts(of: value, in: scope) }
        if number == 0 {
          result.columns.append(
            DerivedTable.Column(
              name: "column\(index + 1)",
              type: facts.type,
              isNullable: facts.isNullable,
              origins: facts.origins,
              range: value.range,
              traits: facts.traits
            )
          )
        } else if index < result.columns.count {
          let common = result.columns[index].type.common(with: facts.type) ?? .unknown
          result.columns[index].traits = TextTraits.common(
            [
              (result.columns[index].type, result.columns[index].traits),
              (facts.type, facts.traits),
            ]
          )
          result.columns[index].type = common
          result.columns[index].isNullable = result.columns[index].isNullable || facts.isNullable
          result.columns[index].origins.formUnion(facts.origins)
        }
      }
      if row.values.count != result.columns.count {
        report(.valuesArity(row.values.count, expected: result.columns.count, at: row.range))
        result.isComplete = false
      }
    }
    result.isSingleRow = rows.count == 1
    return result
  }

  // MARK: Set operations

  private mutating func combine(
    _ result: inout DerivedTable,
    with right: DerivedTable,
    _ term: QueryBody.SetTerm,
    first: QueryBody
  ) {
    if !term.keepsDuplicates {
      for column in result.columns + right.columns {
        influences.formUnion(column.origins.used(as: .group))
      }
    }
    result.meantNames.formUnion(right.meantNames)
    guard result.isComplete, right.isComplete else {
      result.isComplete = false
      return
    }
    guard result.columns.count == right.columns.count else {
      report(
        .setArity(
          term.operatorRange,
          first: result.columns.count,
          second: right.columns.count,
          name: String(decoding: text(term.operatorRange), as: UTF8.self).uppercased()
        )
      )
      result.isComplete = false
      return
    }
    var areDisjoint = false
    for index in result.columns.indices {
      let (a, b) = (result.columns[index], right.columns[index])
      result.columns[index].traits = TextTraits.common([(a.type, a.traits), (b.type, b.traits)])
      if let common = a.type.common(with: b.type) {
        result.columns[index].type = common
      } else {
        report(.setTypes(a, b, position: index + 1))
        result.columns[index].type = .unknown
      }
      checkConstant(of: a, against: b.type)
      checkConstant(of: b, against: a.type)
      if let one = a.constant, let two = b.constant, one != two { areDisjoint = true }
      if a.constant != b.constant { result.columns[index].constant = nil }
      result.columns[index].isNullable = a.isNullable || b.isNullable
      if term.operator == .union || term.operator == .intersect {
        result.columns[index].origins.formUnion(b.origins)
      } else {
        influences.formUnion(b.origins.used(as: .filter))
      }
    }
    if areDisjoint, term.operator == .union, !term.keepsDuplicates {
      report(.unionOfDisjoint(at: term.operatorRange))
    }
  }

  /// Reports a text of one side that cannot be read as what the other side has.
  private mutating func checkConstant(of column: DerivedTable.Column, against type: SQLType) {
    guard column.type == .literalText, let value = column.constant, !type.reads(value) else {
      return
    }
    report(.literalDoesNotFit(value, type, at: column.range))
  }
}
