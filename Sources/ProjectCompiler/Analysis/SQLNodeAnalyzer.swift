import Diagnostics
import ProjectModel
import RedshiftSQL

/// Analyses the SQL of one node against a catalog.
struct SQLNodeAnalyzer {
  let catalog: SymbolicCatalog
  let buffers: Buffers

  /// A model or a test: one query, or the COPY statement of a `copy` model.
  ///
  /// - Parameters:
  ///   - sql: the compiled SQL.
  ///   - definesRelation: whether the result's columns need names of their own.
  /// - Returns: what was found; nothing where the text has syntax errors, which are reported when
  ///   it is compiled.
  func analyze(_ sql: BufferID, definesRelation: Bool) -> NodeAnalysis {
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
      found = analyzer.check(statement, definesRelation: definesRelation)
      let fingerprints = ColumnFingerprints(query, in: buffers)
      analysis.columns = found.columns.map {
        NodeColumn(
          name: $0.name,
          type: $0.type,
          isNullable: $0.isNullable,
          range: $0.range,
          origins: $0.origins,
          fingerprint: fingerprints.fingerprint(of: $0.name, at: $0.range)
        )
      }
      analysis.rowFingerprint = fingerprints.rows
    } else {
      found = analyzer.check(statement)
    }
    analysis.isComplete = found.isComplete
    analysis.meantNames = found.meantNames
    analysis.influences = found.influences
    analysis.reads = found.reads
    analysis.relations = found.relations
    analysis.diagnostics = AllowComments(sql, in: buffers).remaining(found.diagnostics)
    return analysis
  }

  /// Statements that run one after the other, such as a hook.
  func diagnostics(ofStatements sql: BufferID) -> [Diagnostic] {
    let parsed = SQLParser.parse(sql, in: buffers)
    var catalog = catalog
    var found = parsed.diagnostics
    for statement in parsed.statements {
      found += SQLAnalyzer(catalog: catalog, buffers: buffers).check(statement).diagnostics
      catalog.apply(statement, buffers: buffers)
    }
    return AllowComments(sql, in: buffers).remaining(found)
  }
}
