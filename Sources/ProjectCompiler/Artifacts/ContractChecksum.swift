import Diagnostics
import ProjectModel
import Templating

/// What dbt takes the checksum of a contract of: the columns by name, in Python's words.
enum ContractChecksum {
  /// The checksum; nil where no contract is enforced.
  static func of(_ node: Node) -> String? {
    guard node.kind == .model, node.config["contract"]?.dictionary?["enforced"]?.boolean == true
    else { return nil }
    var text = ""
    for column in node.columns.sorted(by: {
      $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
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
        parts.append("\(key)=\(Value(entry[key] ?? .null).represented)")
      }
      let name = isOfColumn ? "ColumnLevelConstraint" : "ModelLevelConstraint"
      return "\(name)(\(parts.joined(separator: ", ")))"
    }
    return "[\(texts.joined(separator: ", "))]"
  }
}
