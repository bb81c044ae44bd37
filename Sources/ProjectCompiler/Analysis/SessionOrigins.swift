import Diagnostics
import RedshiftSQL

/// What the columns of temporary tables are made of, so that lineage goes through them.
struct SessionOrigins: Sendable {
  private struct Table {
    var columns: [String: [ColumnOrigin]] = [:]
    /// What decides which rows it has.
    var influences: [ColumnOrigin] = []
  }

  private var tables: [String: Table] = [:]

  /// Takes notice of a statement that makes or fills a temporary table.
  mutating func follow(_ statement: Statement, _ analysis: QueryAnalysis) {
    switch statement.kind {
    case .createTableAs(let table) where table.isTemporary:
      var names = analysis.columns.map(\.name)
      for (index, name) in table.columns.enumerated() where names.indices.contains(index) {
        names[index] = name.text
      }
      tables[table.name.identifier.lowercased()] = made(analysis, names: names)
    case .query(let query):
      guard case .select(let select) = query.body.kind, let into = select.into,
        into.isTemporary || into.name.isTemporary
      else { return }
      let names = analysis.columns.map(\.name)
      tables[into.name.relation.identifier.lowercased()] = made(analysis, names: names)
    case .insert(let insert):
      let name = insert.table.relation.identifier.lowercased()
      guard var table = tables[name] else { return }
      let given = insert.columns.map(\.text)
      let names = given.isEmpty ? analysis.columns.map(\.name) : given
      let more = made(analysis, names: names)
      for (column, origins) in more.columns {
        table.columns[column, default: []].formUnion(origins)
      }
      table.influences.formUnion(more.influences)
      tables[name] = table
    default: break
    }
  }

  private func made(_ analysis: QueryAnalysis, names: [String]) -> Table {
    var table = Table()
    for (name, column) in zip(names, analysis.columns) {
      table.columns[name] = resolved(column.origins)
    }
    table.influences = influences(analysis.influences, reading: analysis.relations)
    return table
  }

  /// The columns of other tables that columns of temporary ones stand for.
  func resolved(_ origins: [ColumnOrigin]) -> [ColumnOrigin] {
    guard origins.contains(where: \.relation.isTemporary) else { return origins }
    var result: [ColumnOrigin] = []
    for origin in origins {
      guard origin.relation.isTemporary else {
        result.formUnion([origin])
        continue
      }
      let made = tables[origin.relation.identifier.lowercased()]?.columns[origin.column] ?? []
      result.formUnion(
        made.map { source in
          var source = source
          // A value that is filtered by is a filter, and what filtered before stays one.
          if source.kinds.contains(.value) {
            source.kinds.remove(.value)
            source.kinds.formUnion(origin.kinds)
          }
          return source
        }
      )
    }
    return result
  }

  /// The same of what decides about rows, to which a temporary table adds its own.
  func influences(_ origins: [ColumnOrigin], reading relations: [RelationName]) -> [ColumnOrigin] {
    var result = resolved(origins)
    for relation in relations where relation.isTemporary {
      result.formUnion(tables[relation.identifier.lowercased()]?.influences ?? [])
    }
    return result
  }
}

extension RelationName {
  /// Whether this is a temporary table of a session that is followed.
  var isTemporary: Bool { schema == SymbolicCatalog.temporarySchema }
}
