package import Diagnostics
package import ProjectModel

extension Diagnostic {
  static func noSnapshot(in file: Project.File) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "no-snapshot",
      "\(file.path) has no snapshot",
      at: TextRange(buffer: file.buffer, bytes: 0..<0),
      help: ["write {% snapshot name %} … {% endsnapshot %} around a query"]
    )
  }

  static func snapshotRelation(_ call: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "snapshot-config",
      "`relation` must be a call of ref() or source(), not \"\(call)\"",
      at: range,
      help: ["write relation: ref('orders'), without braces"]
    )
  }

  static func snapshotConfig(
    _ message: String,
    _ node: Node,
    help: [String] = []
  ) -> Diagnostic {
    Diagnostic(
      code: "snapshot-config",
      message,
      at: node.declaration,
      file: node.originalFilePath,
      help: help
    )
  }

  static func snapshotSetting(
    _ key: String,
    _ value: PlainValue,
    expected: String,
    _ node: Node
  ) -> Diagnostic {
    snapshotConfig("`\(key)` of \(node.name) must be \(expected), not \(value.jsonString)", node)
  }

  static func unknownStrategy(_ name: String, known: [String], _ node: Node) -> Diagnostic {
    let macro = name.split(separator: ".").last.map(String.init) ?? name
    return Diagnostic(
      code: "snapshot-strategy",
      "snapshot \(node.name) has an unknown strategy \"\(name)\"",
      at: node.declaration,
      file: node.originalFilePath,
      help: [
        Suggestion.sentence(for: macro, among: known)
          ?? "strategies are \(known.joined(separator: ", ")); a macro snapshot_\(macro)_strategy"
          + " would make one more"
      ]
    )
  }

  static func strategyResult(_ macro: String, _ fault: String, _ node: Node) -> Diagnostic {
    Diagnostic(
      code: "snapshot-strategy",
      "\(macro)() \(fault)",
      at: node.declaration,
      file: node.originalFilePath,
      notes: ["snapshot \(node.name) uses it"],
      help: ["it returns unique_key, updated_at, row_changed, scd_id and, optionally, hard_deletes"]
    )
  }

  /// A setting of a snapshot that names a column which is not there.
  package static func snapshotColumn(
    _ name: String,
    of key: String,
    known: [String],
    _ node: Node
  ) -> Diagnostic {
    let names = known.prefix(12).joined(separator: ", ")
    return Diagnostic(
      code: "snapshot-column",
      "`\(key)` of snapshot \(node.name) names \"\(name)\", which its query does not give",
      at: node.declaration,
      file: node.originalFilePath,
      help: [
        Suggestion.sentence(for: name, among: known)
          ?? "the query's columns are \(names)\(known.count > 12 ? ", …" : "")"
      ]
    )
  }

  static func snapshotColumnTaken(_ column: NodeColumn, _ node: Node) -> Diagnostic {
    Diagnostic(
      code: "snapshot-column-taken",
      "snapshot \(node.name) adds a column \"\(column.name)\", and its query has one already",
      at: column.range ?? node.declaration,
      file: node.originalFilePath,
      help: ["leave it out of the query, or rename the added one in `snapshot_meta_column_names`"]
    )
  }
}
