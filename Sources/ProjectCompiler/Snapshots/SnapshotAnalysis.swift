import Diagnostics
import ProjectModel
import RedshiftSQL

/// What a snapshot's table has beside the columns of its query, and whether its configuration
/// speaks of columns that are there.
struct SnapshotAnalysis {
  let node: Node
  let definition: SnapshotDefinition

  private var settings: SnapshotSettings { definition.settings }

  /// The analysis of the query, with the columns that the snapshot adds.
  ///
  /// - Parameters:
  ///   - query: what was found out about the query.
  ///   - table: what was found out about the query that gives the whole table.
  /// - Returns: what is known of the snapshot's table.
  func complete(_ query: NodeAnalysis, with table: NodeAnalysis) -> NodeAnalysis {
    var analysis = query
    let problems = query.isComplete ? unknownColumns(query.columns) + taken(query.columns) : []
    if !problems.isEmpty {
      analysis.diagnostics += problems
    } else if !query.diagnostics.contains(where: \.isError) {
      // What is wrong with the query itself stands in both.
      analysis.diagnostics += table.diagnostics.filter(\.isError)
    }
    let names = Set(query.columns.map(\.name))
    for name in settings.addedColumns where !names.contains(name) {
      var column = NodeColumn(name: name)
      if let found = table.columns.last(where: { $0.name == name }) { column = found }
      // Versions of one row come one after the other; only the last has no end.
      column.range = nil
      column.isNullable = true
      analysis.columns.append(column)
    }
    // A column that was added later has no values in older versions.
    for index in analysis.columns.indices { analysis.columns[index].isNullable = true }
    analysis.reads.formUnion(table.reads)
    return analysis
  }

  // MARK: Columns

  private func unknownColumns(_ columns: [NodeColumn]) -> [Diagnostic] {
    let known = columns.map(\.name)
    var settled = settings.uniqueKey.map { ("unique_key", $0) }
    if let updatedAt = settings.updatedAt { settled.append(("updated_at", updatedAt)) }
    if case .some(let checked)? = settings.checkedColumns {
      settled += checked.map { ("check_cols", $0) }
    }
    return settled.compactMap { key, text in
      guard let name = ColumnMention(text)?.name.lowercased(), !known.contains(name) else {
        return nil
      }
      return .snapshotColumn(name, of: key, known: known, node)
    }
  }

  private func taken(_ columns: [NodeColumn]) -> [Diagnostic] {
    let added = Set(settings.addedColumns)
    return columns.filter { added.contains($0.name) }.map { .snapshotColumnTaken($0, node) }
  }
}
