import Diagnostics
import ProjectModel

/// What dbt takes the checksum of a contract of: the columns by name, in Python's words.
enum ContractChecksum {
  /// The checksum; nil where no contract is enforced.
  static func of(_ node: Node) -> String? {
    guard node.kind == .model, node.config["contract"]?.dictionary?["enforced"]?.boolean == true
    else { return nil }
    var text = ""
    for column in node.columns.sorted(by: {
      Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8))
    }) {
      text += "|\(column.name)\(column.dataType ?? "None")"
      text += constraints(column.extra["constraints"], ofColumn: true)
    }
    let materialized = node.config["materialized"]?.string ?? ""
    if ["table", "incremental"].contains(materialized) {
      text += materialized + constraints(node.extra["constraints"], ofColumn: false)
    }
    return Checksum.sha256(Array(text.utf8))
  }

  private static func constraints(_ value: PlainValue?, ofColumn isOfColumn: Bool) -> String {
    let texts = (value?.list ?? []).map { value -> String in
      let entry = NodeEntry.constraint(value, ofColumn: isOfColumn).dictionary ?? [:]
      let type = entry["type"]?.string ?? ""
      var parts = ["type=<ConstraintType.\(type): '\(type)'>"]
      let keys = [
        "name", "expression", "warn_unenforced", "warn_unsupported", "to", "to_columns",
      ]
      for key in keys + (isOfColumn ? [] : ["columns"]) {
        parts.append("\(key)=\(repr(entry[key] ?? .null))")
      }
      let name = isOfColumn ? "ColumnLevelConstraint" : "ModelLevelConstraint"
      return "\(name)(\(parts.joined(separator: ", ")))"
    }
    return "[\(texts.joined(separator: ", "))]"
  }

  private static func repr(_ value: PlainValue) -> String {
    switch value {
    case .null: "None"
    case .boolean(let isTrue): isTrue ? "True" : "False"
    case .integer(let number): String(number)
    case .double(let number): String(number)
    case .string(let text):
      text.contains("'") && !text.contains("\"")
        ? "\"\(escaped(text, "\""))\"" : "'\(escaped(text, "'"))'"
    case .list(let items): "[\(items.map(repr).joined(separator: ", "))]"
    case .dictionary(let entries):
      "{\(entries.pairs.map { "\(repr(.string($0.key))): \(repr($0.value))" }.joined(separator: ", "))}"
    }
  }

  private static func escaped(_ text: String, _ quote: Character) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case quote: result += "\\\(quote)"
      default: result.append(character)
      }
    }
    return result
  }
}

extension PlainDictionary {
  /// Itself with what another one says instead.
  func merging(_ other: PlainDictionary?) -> PlainDictionary {
    var result = self
    if let other { result.merge(other) }
    return result
  }
}
