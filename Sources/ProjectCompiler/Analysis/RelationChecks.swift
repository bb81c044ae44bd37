import Diagnostics
import ProjectModel
import RedshiftSQL

/// Compares what a node gives with what others say of it: the table of a migration, its contract,
/// its documentation.
struct RelationChecks {
  let node: Node
  let analysis: NodeAnalysis
  let types: DeclaredTypes

  // MARK: The table of a migration

  /// Compares a model's columns with the table that a migration makes for them.
  func mismatches(with table: CatalogRelation) -> [Diagnostic] {
    guard analysis.isComplete, table.isComplete else { return [] }
    var found: [Diagnostic] = []
    for column in analysis.columns {
      guard let stored = table.column(column.name.lowercased()) else {
        found.append(.columnNotInTable(column, table, node))
        continue
      }
      if !column.type.isAssignable(to: stored.type) {
        found.append(.columnTypeOfTable(column, stored, table, node))
      }
    }
    let given = Set(analysis.columns.map { $0.name.lowercased() })
    for stored in table.columns
    where !stored.isNullable && !stored.hasDefault && !given.contains(stored.name) {
      found.append(.requiredColumnNotGiven(stored, table, node))
    }
    return found
  }

  // MARK: The contract

  private var hasContract: Bool {
    node.config["contract"]?.dictionary?["enforced"]?.boolean ?? false
  }

  /// Compares the columns with those that an enforced contract promises.
  func contractViolations() -> [Diagnostic] {
    guard hasContract, analysis.isComplete else { return [] }
    var found: [Diagnostic] = []
    var promised: Set<String> = []
    for column in node.columns {
      promised.insert(column.name.lowercased())
      guard
        let given = analysis.columns.first(where: {
          $0.name.lowercased() == column.name.lowercased()
        })
      else {
        found.append(.contractColumnMissing(column, analysis, node))
        continue
      }
      guard let type = column.dataType.flatMap(types.type), !type.isSameKind(as: given.type) else {
        continue
      }
      found.append(.contractType(column, type, given, node))
    }
    for column in analysis.columns where !promised.contains(column.name.lowercased()) {
      found.append(.contractColumnExtra(column, node))
    }
    return found
  }

  // MARK: Documentation

  /// Columns that a properties file speaks of and that are not there.
  ///
  /// - Parameters:
  ///   - names: the columns there are.
  ///   - reported: columns of which a test says the same already.
  /// - Returns: a warning for each.
  func unknownDocumentedColumns(
    among names: [String],
    except reported: Set<String>
  ) -> [Diagnostic] {
    guard !hasContract || !analysis.isComplete else { return [] }
    let known = Set(names.map { $0.lowercased() })
    return node.columns.filter {
      !known.contains($0.name.lowercased()) && !reported.contains($0.name.lowercased())
    }.map { .unknownDocumentedColumn($0, known: names, node) }
  }
}

extension SQLType {
  /// Whether two types differ in nothing but lengths and precisions, as contracts compare them.
  func isSameKind(as other: SQLType) -> Bool {
    switch (self, other) {
    case (.unknown, _), (_, .unknown), (_, .null), (.catalog, _), (_, .catalog): true
    case (.decimal, .decimal), (.character, .character): true
    case (.characterVarying, .literalText), (.character, .literalText): true
    case (.characterVarying, .characterVarying), (.characterVarying, .character),
      (.character, .characterVarying):
      true
    default: self == other
    }
  }
}
