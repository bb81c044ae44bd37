import Diagnostics
import ProjectModel
import RedshiftSQL

/// The columns of a seed's table, from its file.
struct SeedColumns {
  let node: Node
  let buffers: Buffers
  let types: DeclaredTypes

  /// The columns, or what is wrong with the file.
  func analyze() -> NodeAnalysis {
    var analysis = NodeAnalysis()
    guard let buffer = node.buffer else { return analysis }
    do throws(Diagnostic) {
      let table = try CSVTable(buffer, delimiter: delimiter, in: buffers)
      var declared: [String: String] = [:]
      for (name, type) in node.config["column_types"]?.dictionary?.pairs ?? [] {
        declared[name.lowercased()] = type.string
      }
      for (column, name) in table.header.enumerated() {
        let name = name.lowercased()
        let range = column < table.headerRanges.count ? table.headerRanges[column] : nil
        analysis.columns.append(
          NodeColumn(name: name, type: type(of: column, declared[name], table), range: range)
        )
      }
      analysis.isComplete = true
    } catch {
      analysis.diagnostics = [error]
    }
    return analysis
  }

  private func type(of column: Int, _ declared: String?, _ table: CSVTable) -> SQLType {
    if let declared { return types.type(declared) ?? .unknown }
    let values = (0..<table.rowCount).lazy.compactMap { table.text(row: $0, column: column) }
    return switch SeedType.infer(values) {
    case .integer: .integer
    case .bigInteger: .bigInteger
    case .double: .double
    case .date: .date
    case .timestamp: .timestamp
    case .boolean: .boolean
    case .text(let length): .characterVarying(length)
    case .declared(let type): types.type(type) ?? .unknown
    }
  }

  /// As loading takes it; what is no delimiter is reported there.
  private var delimiter: UInt8 {
    let text = node.config["delimiter"]?.string ?? ","
    return (text == "\\t" ? "\t" : text).utf8.first ?? UInt8(ascii: ",")
  }
}
