import Diagnostics
import ProjectModel

/// What dbt refuses of a model's contract and constraints before it looks at the database.
struct ConstraintCheck {
  let node: Node
  /// Whether a properties file speaks of the model.
  let isDescribed: Bool
  let isWrittenForDbt: Bool

  /// Errors, each with its place.
  var problems: [Diagnostic] {
    guard node.isEnabled, node.kind == .model else { return [] }
    return contract + ignoredConstraints + primaryKeys + foreignKeys
  }

  private var enforcesContract: Bool {
    node.config["contract"]?.dictionary?["enforced"]?.boolean == true
  }

  private var constraints: [PlainDictionary] {
    let own = node.extra["constraints"]?.list ?? []
    let ofColumns = node.columns.flatMap { $0.extra["constraints"]?.list ?? [] }
    return (own + ofColumns).compactMap(\.dictionary)
  }

  /// Views can have no constraints; those that say so themselves are not told.
  private var ignoredConstraints: [Diagnostic] {
    let kind = node.config["materialized"]?.string ?? "view"
    guard isDescribed, enforcesContract, !["table", "incremental"].contains(kind),
      constraints.contains(where: { $0["warn_unsupported"]?.boolean != false })
    else { return [] }
    return [
      Diagnostic(
        .warning,
        code: "ignored-constraint",
        "Constraint types are not supported for \(kind) materializations and will be ignored",
        at: node.patch ?? node.place,
        file: node.originalFilePath,
        help: ["make \(node.name) a table, or set `warn_unsupported: false` on the constraints"]
      )
    ]
  }

  /// What a foreign key points at is a node: dbt reads no other names there.
  private var foreignKeys: [Diagnostic] {
    guard isWrittenForDbt else { return [] }
    return constraints.compactMap { constraint in
      guard constraint["type"]?.string == "foreign_key", let target = constraint["to"]?.string,
        !target.isEmpty, !Self.isCall(target)
      else { return nil }
      return Diagnostic(
        code: "foreign-key-target",
        "Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model "
          + "\(node.name): \(target).",
        at: node.patch ?? node.place,
        file: node.originalFilePath,
        help: ["write ref('name'), or source('source', 'table')"]
      )
    }
  }

  private static func isCall(_ text: String) -> Bool {
    let text = text.drop { $0.isWhitespace }
    return ["ref", "source"].contains { name in
      text.hasPrefix(name)
        && text.dropFirst(name.count).first { !$0.isWhitespace } == "("
    }
  }

  private var contract: [Diagnostic] {
    guard isDescribed, enforcesContract else { return [] }
    var reasons: [String] = []
    if node.columns.isEmpty {
      reasons.append(
        "Constraints must be defined in a `yml` schema configuration file like `schema.yml`."
      )
    }
    if node.language == .python {
      reasons.append("Language Error: Expected 'sql' but found 'python'")
    }
    return reasons.isEmpty
      ? [] : [.contractConfig("Contract enforcement failed for: ", reasons, node)]
  }

  private var primaryKeys: [Diagnostic] {
    let columns = node.columns.filter { Self.hasPrimaryKey($0.extra["constraints"]) }.map(\.name)
    guard !columns.isEmpty else { return [] }
    var reasons: [String] = []
    if columns.count > 1 {
      let names = columns.map { "'\($0)'" }.joined(separator: ", ")
      reasons.append(
        "Found \(columns.count) columns ([\(names)]) with primary key constraints defined. "
          + "Primary keys for multiple columns must be defined as a model level constraint."
      )
    }
    if Self.hasPrimaryKey(node.extra["constraints"]) {
      reasons.append(
        "Primary key constraints defined at the model level and the columns level. "
          + "Primary keys can be defined at the model level or the column level, not both."
      )
    }
    return reasons.isEmpty ? [] : [.contractConfig("Primary key constraint error: ", reasons, node)]
  }

  private static func hasPrimaryKey(_ constraints: PlainValue?) -> Bool {
    (constraints?.list ?? []).contains { $0.dictionary?["type"]?.string == "primary_key" }
  }
}

extension Diagnostic {
  /// In dbt's words, which people look for.
  fileprivate static func contractConfig(
    _ title: String,
    _ reasons: [String],
    _ node: Node
  ) -> Diagnostic {
    Diagnostic(
      code: "contract-config",
      "\(title)(\(node.originalFilePath))\n" + reasons.joined(separator: "\n"),
      at: node.place(of: "contract"),
      file: node.originalFilePath
    )
  }
}
