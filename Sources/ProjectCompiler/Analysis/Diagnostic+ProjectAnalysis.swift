import Diagnostics
import ProjectModel
import RedshiftSQL

// What the check of a whole project finds beyond its single queries.
extension Diagnostic {
  static func unknownCheck(_ code: String, known: [String], at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unknown-check",
      "no finding has the code \"\(code)\"",
      at: range,
      help: [
        Suggestion.sentence(for: code, among: known) ?? "`redstart explain` lists all codes"
      ]
    )
  }

  // MARK: Tables of migrations

  static func relationExists(_ name: ObjectName, _ first: TextRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "relation-exists",
      "\(name.relation.description) is there already",
      at: name.range,
      label: "made a second time",
      help: ["give it another name, drop the first one before, or write IF NOT EXISTS"]
    )
    diagnostic.labels.append(Label(first, "made here"))
    return diagnostic
  }

  static func columnNotInTable(_ column: NodeColumn, _ table: CatalogRelation, _ node: Node)
    -> Diagnostic
  {
    var diagnostic = Diagnostic(
      code: "column-not-in-table",
      "column \"\(column.name)\" of \(node.name) is not in the table \(table.name.description)",
      at: column.range ?? node.declaration,
      label: "the table has no such column",
      help: [
        Suggestion.sentence(for: column.name, among: table.columns.map(\.name))
          ?? "add it to the table in a migration, or leave it out here"
      ]
    )
    if let removal = table.removals.last(where: { $0.column == column.name }) {
      diagnostic.labels.append(Label(removal.range, "taken away here"))
    } else if let range = table.range {
      diagnostic.labels.append(Label(range, "the table is made here"))
    }
    return diagnostic
  }

  static func columnTypeOfTable(
    _ column: NodeColumn,
    _ stored: CatalogColumn,
    _ table: CatalogRelation,
    _ node: Node
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "column-type-of-table",
      "\(column.type.spelling) cannot be stored in \"\(stored.name)\" of"
        + " \(table.name.description), which is \(stored.type.spelling)",
      at: column.range ?? node.declaration,
      label: column.type.spelling,
      help: ["cast it, or change the column's type in a migration"]
    )
    if let range = stored.range {
      diagnostic.labels.append(Label(range, stored.type.spelling))
    }
    return diagnostic
  }

  static func requiredColumnNotGiven(
    _ stored: CatalogColumn,
    _ table: CatalogRelation,
    _ node: Node
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "required-column-not-given",
      "\(node.name) gives no value for \"\(stored.name)\" of \(table.name.description), which is"
        + " NOT NULL without a default",
      at: node.declaration,
      label: "has no column \"\(stored.name)\"",
      help: ["select the column, or give it a default in a migration"]
    )
    if let range = stored.range { diagnostic.labels.append(Label(range, "required here")) }
    return diagnostic
  }

  // MARK: Contracts

  static func contractColumnMissing(
    _ column: Node.Column,
    _ analysis: NodeAnalysis,
    _ node: Node
  ) -> Diagnostic {
    Diagnostic(
      code: "contract-broken",
      "the contract of \(node.name) has a column \"\(column.name)\", its SQL has not",
      at: column.range ?? node.declaration,
      label: "not given",
      help: [
        Suggestion.sentence(for: column.name, among: analysis.columns.map(\.name))
          ?? "select it, or take it out of the contract"
      ]
    )
  }

  static func contractColumnExtra(_ column: NodeColumn, _ node: Node) -> Diagnostic {
    Diagnostic(
      code: "contract-broken",
      "\(node.name) gives a column \"\(column.name)\" that its contract does not have",
      at: column.range ?? node.declaration,
      label: "not in the contract",
      help: ["add it to the contract with its data_type, or do not select it"]
    )
  }

  static func contractType(
    _ column: Node.Column,
    _ promised: SQLType,
    _ given: NodeColumn,
    _ node: Node
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "contract-broken",
      "column \"\(column.name)\" of \(node.name) is \(given.type.spelling), its contract says"
        + " \(promised.spelling)",
      at: given.range ?? node.declaration,
      label: given.type.spelling,
      help: ["cast it, or change the contract"]
    )
    if let range = column.range { diagnostic.labels.append(Label(range, promised.spelling)) }
    return diagnostic
  }

  // MARK: Properties files

  static func unknownDocumentedColumn(_ column: Node.Column, known: [String], _ node: Node)
    -> Diagnostic
  {
    let names = known.prefix(12).joined(separator: ", ")
    return Diagnostic(
      .warning,
      code: "unknown-documented-column",
      "\(node.name) has no column \"\(column.name)\"",
      at: column.range ?? node.declaration,
      label: "described here",
      help: [
        Suggestion.sentence(for: column.name, among: known)
          ?? "its columns are \(names)\(known.count > 12 ? ", …" : "")"
      ]
    )
  }

  /// A finding in a generic test's SQL, shown where the test is declared.
  func shown(at declaration: TextRange, of test: Node, in buffers: Buffers) -> Diagnostic {
    var shown = self
    var labels = [Label(declaration, "in the test \(test.genericTest?.name ?? test.name)")]
    for label in self.labels
    where buffers.origin(of: label.range).range != buffers.origin(of: declaration).range {
      let file = buffers.name(of: buffers.origin(of: label.range).range.buffer)
      // The bodies of the built-in tests are nobody's files.
      if !file.hasPrefix("<") { labels.append(label) }
    }
    shown.labels = labels
    return shown
  }
}
