import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// `redstart seed --show`: the first rows of every file that was loaded.
  func showSeeds(_ report: RunReport, _ compilation: Compilation) throws(Diagnostic) {
    for result in report.results where result.kind == .seed && result.status == .success {
      guard let compiled = compilation.compiled[result.id] else { continue }
      let delimiter = CSVTable.delimiter(of: compiled.node.config) ?? UInt8(ascii: ",")
      let file = try CSVTable(compiled.sql, delimiter: delimiter, in: buffers)
      var table = TextTable(columns: file.header)
      for row in 0..<min(file.rowCount, Self.shownSeedRows) {
        table.add(file.header.indices.map { file.text(row: row, column: $0) ?? "" })
      }
      console.output("\(result.name) (\(file.rowCount) rows)\n\(table.text)\n")
    }
  }

  private static var shownSeedRows: Int { 10 }
}
