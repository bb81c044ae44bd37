package import Diagnostics

/// Works out what statements mean: which relation and column each name is, the type of every
/// value, and what each result depends on; reports what cannot be right.
///
/// The first rule is that valid SQL is never reported: where something is not known, everything
/// that hangs on it is not known either.
package struct SQLAnalyzer: Sendable {
  package let catalog: SymbolicCatalog
  let buffers: Buffers

  package init(catalog: SymbolicCatalog, buffers: Buffers) {
    self.catalog = catalog
    self.buffers = buffers
  }

  /// Analyses a query.
  ///
  /// - Parameters:
  ///   - query: the query.
  ///   - definesRelation: whether its result becomes a table or a view, whose columns need names
  ///     of their own.
  /// - Returns: its columns, what they depend on, and what is wrong.
  package func analyze(_ query: Query, definesRelation: Bool = false) -> QueryAnalysis {
    var walker = QueryWalker(
      catalog: catalog,
      bytes: buffers.bytes(of: query.range.buffer)
    )
    let result = walker.derive(query, parent: nil)
    if definesRelation { walker.checkNames(of: result) }
    return walker.finish(result)
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
    var all = table.influences
    for column in table.columns {
      all.formUnion(column.origins)
      analysis.columns.append(
        OutputColumn(
          name: column.name,
          type: column.type,
          isNullable: column.isNullable,
          range: column.range,
          origins: walker.columns.origins(column.origins)
        )
      )
    }
    // What was named but came to nothing, as an unused column of a subquery, is read all the same.
    for column in walker.columns.touched.sorted() {
      all.formUnion(Origins(column: column, kinds: []))
    }
    analysis.isComplete = table.isComplete
    analysis.meantNames = table.meantNames
    analysis.influences = walker.columns.origins(table.influences)
    analysis.reads = walker.columns.origins(all)
    analysis.relations = walker.columns.relations
    analysis.diagnostics = walker.diagnostics
    return analysis
  }
}
