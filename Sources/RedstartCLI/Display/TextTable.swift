/// A table of text for a terminal.
struct TextTable {
  private let columns: [String]
  private var rows: [[String]] = []
  /// Columns whose values stand at the right, as numbers do.
  var rightAligned: Set<Int> = []
  /// Longest value shown, in characters.
  var maximumWidth = 60

  init(columns: [String]) {
    self.columns = columns
  }

  mutating func add(_ row: [String]) {
    rows.append(row)
  }

  /// The table, a line for each row.
  var text: String {
    let shown = rows.map { $0.map(cut) }
    var widths = columns.map(\.count)
    for row in shown {
      for (index, cell) in row.enumerated() where index < widths.count {
        widths[index] = max(widths[index], cell.count)
      }
    }
    var lines = [
      line(columns, widths), line(widths.map { String(repeating: "-", count: $0) }, widths),
    ]
    lines += shown.map { line($0, widths) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() where index < widths.count {
      if index > 0 { text += "  " }
      let padding = String(repeating: " ", count: max(0, widths[index] - cell.count))
      text += rightAligned.contains(index) ? padding + cell : cell + padding
    }
    while text.last == " " { text.removeLast() }
    return text
  }

  private func cut(_ text: String) -> String {
    let oneLine = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    guard oneLine.count > maximumWidth else { return oneLine }
    return oneLine.prefix(maximumWidth - 1) + "…"
  }
}
