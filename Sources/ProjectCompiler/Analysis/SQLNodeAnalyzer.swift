import Diagnostics
import ProjectModel
import RedshiftSQL

/// Analyses the SQL of one node against a catalog.
struct SQLNodeAnalyzer {
  private(set) var catalog: SymbolicCatalog
  let buffers: Buffers
  /// What the temporary tables of a header are made of.
  private var session = SessionOrigins()

  init(catalog: SymbolicCatalog, buffers: Buffers) {
    self.catalog = catalog
    self.buffers = buffers
  }

  /// A model or a test: one query, or the COPY statement of a `copy` model.
  ///
  /// - Parameters:
  ///   - sql: the compiled SQL.
  ///   - definesRelation: whether the result's columns need names of their own.
  ///   - view: what is known of the materialized view that the query is for.
  /// - Returns: what was found; nothing where the text has syntax errors, which are reported when
  ///   it is compiled.
  func analyze(
    _ sql: BufferID,
    definesRelation: Bool,
    as view: SQLAnalyzer.MaterializedView? = nil
  ) -> NodeAnalysis {
    let parsed = SQLParser.parse(sql, in: buffers)
    guard parsed.statements.count == 1, let statement = parsed.statements.first else {
      var nothing = NodeAnalysis()
      nothing.isSilent = false
      return nothing
    }
    let analyzer = SQLAnalyzer(catalog: catalog, buffers: buffers)
    var analysis = NodeAnalysis()
    analysis.isSilent = parsed.diagnostics.isEmpty
    let found: QueryAnalysis
    if case .query(let query) = statement.kind {
      found = analyzer.check(statement, definesRelation: definesRelation, as: view)
      let fingerprints = ColumnFingerprints(query, in: buffers)
      analysis.columns = found.columns.map {
        NodeColumn(
          name: $0.name,
          type: $0.type,
          isNullable: $0.isNullable,
          range: $0.range,
          origins: session.resolved($0.origins),
          fingerprint: fingerprints.fingerprint(of: $0.name, at: $0.range)
        )
      }
      analysis.rowFingerprint = fingerprints.rows
    } else {
      found = analyzer.check(statement)
    }
    analysis.isComplete = found.isComplete
    analysis.meantNames = found.meantNames
    analysis.influences = session.influences(found.influences, reading: found.relations)
    analysis.reads = session.resolved(found.reads)
    analysis.relations = found.relations.filter { !$0.isTemporary }
    analysis.diagnostics = AllowComments(sql, in: buffers).remaining(found.diagnostics)
    return analysis
  }

  /// Statements that run one after the other, such as a hook.
  func diagnostics(ofStatements sql: BufferID) -> [Diagnostic] {
    var copy = self
    return copy.follow(sql).diagnostics
  }

  /// Statements that run before a node's own SQL in the same session, as `sql_header` does.
  ///
  /// - Parameter sql: the statements; the temporary tables and functions that they make are known
  ///   from here on.
  /// - Returns: what they read of other relations, and what is wrong with them.
  mutating func follow(header sql: BufferID) -> NodeAnalysis {
    catalog.followsSession = true
    return follow(sql)
  }

  /// Statements that make something a node is.
  mutating func follow(statements sql: BufferID) -> NodeAnalysis { follow(sql) }

  private mutating func follow(_ sql: BufferID) -> NodeAnalysis {
    let parsed = SQLParser.parse(sql, in: buffers)
    var result = NodeAnalysis()
    result.isSilent = parsed.diagnostics.isEmpty
    var found = parsed.diagnostics
    for statement in parsed.statements {
      let analysis = SQLAnalyzer(catalog: catalog, buffers: buffers).check(statement)
      found += analysis.diagnostics
      for relation in analysis.relations
      where !relation.isTemporary && !result.relations.contains(relation) {
        result.relations.append(relation)
      }
      result.reads.formUnion(session.resolved(analysis.reads))
      session.follow(statement, analysis)
      catalog.apply(statement, buffers: buffers)
    }
    result.diagnostics = AllowComments(sql, in: buffers).remaining(found)
    return result
  }
}
