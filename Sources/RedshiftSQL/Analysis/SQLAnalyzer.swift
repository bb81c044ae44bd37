package import Diagnostics

/// Works out what statements mean: which relation and column each name is, the type of every
/// value, and what each result depends on; reports what cannot be right.
///
/// The first rule is that valid SQL is never reported: where something is not known, everything
/// that hangs on it is not known either.
package struct SQLAnalyzer: Sendable {
  /// A materialized view that a query is for.
  package struct MaterializedView: Sendable {
    package var refreshesItself: Bool

    package init(refreshesItself: Bool) {
      self.refreshesItself = refreshesItself
    }
  }

  package let catalog: SymbolicCatalog
  let buffers: Buffers

  package init(catalog: SymbolicCatalog, buffers: Buffers) {
    self.catalog = catalog
    self.buffers = buffers
  }

  /// Analyses a query.
  ///
  /// - Parameter query: the query.
  /// - Returns: its columns, what they depend on, and what is wrong.
  package func analyze(_ query: Query) -> QueryAnalysis {
    var walker = QueryWalker(
      catalog: catalog,
      bytes: buffers.bytes(of: query.range.buffer)
    )
    let result = walker.derive(query, parent: nil)
    return walker.finish(result)
  }

  /// Analyses one statement, and says what PostgreSQL would run and Redshift refuses.
  ///
  /// The translation to PostgreSQL knows it, so that success on the laptop is no false comfort;
  /// here it is told before anything runs, whatever the target. Both stand on one analysis.
  ///
  /// - Parameters:
  ///   - statement: a statement that the parser read.
  ///   - definesRelation: whether the result of a query becomes a table or a view, whose columns
  ///     need names of their own.
  ///   - view: whether that is a materialized view.
  /// - Returns: what is known of it. Nothing is said twice of one place, and nothing is refused of
  ///   queries that the leader node answers from its catalog: it is a PostgreSQL.
  package func check(
    _ statement: Statement,
    definesRelation: Bool = false,
    as view: MaterializedView? = nil
  ) -> QueryAnalysis {
    let bytes = buffers.bytes(of: statement.range.buffer)
    if case .unload(let unload) = statement.kind,
      let quoted = QueryWalker(catalog: catalog, bytes: bytes).quotedQuery(of: unload)
    {
      var analysis = QueryAnalysis()
      if let inner = quoted.statement {
        analysis = check(inner, quoted.bytes, definesRelation: false, as: nil)
      }
      analysis.diagnostics = quoted.problems + analysis.diagnostics
      return analysis
    }
    return check(statement, bytes, definesRelation: definesRelation, as: view)
  }

  private func check(
    _ statement: Statement,
    _ bytes: [UInt8],
    definesRelation: Bool,
    as view: MaterializedView?
  ) -> QueryAnalysis {
    var walker = QueryWalker(catalog: catalog, bytes: bytes)
    walker.meanings = Meanings()
    let result = walker.follow(statement)
    if definesRelation { walker.checkNames(of: result) }
    if let view, case .query(let query) = statement.kind {
      let rules = MaterializedViewRules(
        query,
        refreshesItself: view.refreshesItself,
        catalog: catalog
      )
      for problem in rules.problems { walker.report(problem) }
    }
    let meanings = walker.meanings ?? Meanings()
    var analysis = walker.finish(result)
    guard !analysis.relations.contains(where: { SystemCatalog.contains($0) }) else {
      return analysis
    }
    let refused = PostgresTranslator.refusals(of: statement, bytes, meanings, catalog)
    guard !refused.isEmpty else { return analysis }
    let errors = analysis.diagnostics.filter(\.isError).compactMap { $0.primary?.range }
    var seen: Set<Diagnostic> = []
    analysis.diagnostics += refused.filter { diagnostic in
      guard let range = diagnostic.primary?.range, seen.insert(diagnostic).inserted else {
        return false
      }
      return !errors.contains {
        $0.buffer == range.buffer && $0.bytes.overlaps(range.bytes)
      }
    }
    return analysis
  }

  /// Analyses one statement of any kind.
  ///
  /// Of DDL it checks what the statement refers to; `SymbolicCatalog.apply` follows what it does.
  package func analyze(_ statement: Statement) -> QueryAnalysis {
    var walker = QueryWalker(
      catalog: catalog,
      bytes: buffers.bytes(of: statement.range.buffer)
    )
    let result = walker.follow(statement)
    return walker.finish(result)
  }
}

extension QueryWalker {
  /// Reports names that two columns of a relation would have.
  mutating func checkNames(of table: DerivedTable) {
    var seen: [String: TextRange] = [:]
    for column in table.columns {
      if let first = seen[column.name] {
        report(.duplicateColumn(column.name, at: column.range, first: first))
      } else {
        seen[column.name] = column.range
      }
    }
  }

  /// Turns what was found into names.
  consuming func finish(_ table: DerivedTable) -> QueryAnalysis {
    var walker = self
    walker.adviseDistribution()
    walker.adviseLeaderNode()
    walker.reportUnknownCalls()
    var analysis = QueryAnalysis()
    for column in table.columns {
      analysis.columns.append(
        OutputColumn(
          name: column.name,
          type: column.type,
          isNullable: column.isNullable,
          traits: column.traits,
          range: column.range,
          origins: walker.columns.origins(column.origins)
        )
      )
    }
    // What was named but came to nothing, as an unused column of a subquery, is read all the same.
    let touched = walker.columns.touched.map { Origins(column: $0, kinds: []) }
    let all = Origins.union(of: [table.influences] + table.columns.map(\.origins) + touched)
    analysis.isComplete = table.isComplete
    analysis.meantNames = table.meantNames
    analysis.influences = walker.columns.origins(table.influences)
    analysis.reads = walker.columns.origins(all)
    analysis.relations = walker.columns.relations
    analysis.diagnostics = walker.diagnostics
    return analysis
  }
}
