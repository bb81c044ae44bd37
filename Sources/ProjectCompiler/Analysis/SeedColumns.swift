import Diagnostics
import ProjectModel
import RedshiftSQL

/// The columns of a seed's table, from its file.
struct SeedColumns {
  let node: Node
  let buffers: Buffers
  let types: DeclaredTypes
  /// Whether the project's SQL is PostgreSQL's own, which has other types.
  let isPlainPostgres: Bool

  /// The columns, or what is wrong with the file.
  func analyze() -> NodeAnalysis {
    var analysis = NodeAnalysis()
    guard let buffer = node.buffer else { return analysis }
    do throws(Diagnostic) {
      let delimiter = CSVTable.delimiter(of: node.config) ?? UInt8(ascii: ",")
      let table = try CSVTable(buffer, delimiter: delimiter, in: buffers)
      try table.requireDelimiter(delimiter)
      if !isPlainPostgres { try table.requireNamesThatFold() }
      let declared = SeedDeclarations(node.config, types: types)
      for (column, name) in table.header.enumerated() {
        let range = column < table.headerRanges.count ? table.headerRanges[column] : nil
        let given = declared.type(ofColumn: name)
        let type = if let given { given } else { try inferred(column, table, range) }
        analysis.columns.append(NodeColumn(name: name.lowercased(), type: type, range: range))
      }
      analysis.diagnostics = table.renamings
      if !isPlainPostgres { analysis.diagnostics += declared.misfits(in: table) }
      analysis.isComplete = true
    } catch {
      analysis.diagnostics = [error]
    }
    return analysis
  }

  private func inferred(
    _ column: Int,
    _ table: CSVTable,
    _ range: TextRange?
  ) throws(Diagnostic) -> SQLType {
    let values = (0..<table.rowCount).lazy.compactMap { table.text(row: $0, column: column) }
    switch SeedType.infer(values) {
    case .integer: return .integer
    case .bigInteger: return .bigInteger
    case .numeric: return .decimal(precision: SeedType.mostDigits, scale: 0)
    case .double: return .double
    case .date: return .date
    case .timestamp: return .timestamp
    case .boolean: return .boolean
    case .text(let length):
      if length > SeedType.longestText, !isPlainPostgres, let range {
        throw .seedValueTooLong(length, at: range)
      }
      return .characterVarying(length)
    case .declared(let type): return types.type(type) ?? .unknown
    }
  }
}
