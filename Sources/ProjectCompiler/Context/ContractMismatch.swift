import Templating

/// A column that differs between a model's query and its contract.
struct ContractMismatch: Equatable {
  enum Reason: String {
    case type = "data type mismatch"
    case onlyInQuery = "missing in contract"
    case onlyInContract = "missing in definition"
  }

  var column: String
  /// The type that the query gives; nil where it has no such column.
  var found: String?
  /// The type that the contract declares; nil where it has no such column.
  var declared: String?
  var reason: Reason

  /// Compares two lists of columns as `format_columns` makes them.
  static func all(declared: Value?, found: Value?) -> [ContractMismatch] {
    let declared = columns(declared)
    let found = columns(found)
    var mismatches: [ContractMismatch] = []
    for column in found {
      let other = declared.first { $0.name.lowercased() == column.name.lowercased() }
      guard other?.type != column.type else { continue }
      mismatches.append(
        ContractMismatch(
          column: column.name,
          found: column.type,
          declared: other?.type,
          reason: other == nil ? .onlyInQuery : .type
        )
      )
    }
    for column in declared
    where !found.contains(where: { $0.name.lowercased() == column.name.lowercased() }) {
      mismatches.append(
        ContractMismatch(
          column: column.name,
          found: nil,
          declared: column.type,
          reason: .onlyInContract
        )
      )
    }
    return mismatches.sorted { $0.column < $1.column }
  }

  private static func columns(_ value: Value?) -> [(name: String, type: String)] {
    (value?.elements ?? []).compactMap { element in
      guard case .dictionary(let column) = element else { return nil }
      return (column["name"]?.rendered ?? "", column["data_type"]?.rendered ?? "")
    }
  }

  /// A table of mismatches, as dbt draws it.
  static func table(_ mismatches: [ContractMismatch]) -> String {
    let head = ["column_name", "definition_type", "contract_type", "mismatch_reason"]
    let rows =
      [head]
      + mismatches.map { mismatch in
        [mismatch.column, mismatch.found ?? "", mismatch.declared ?? "", mismatch.reason.rawValue]
      }
    let widths = head.indices.map { index in rows.map { $0[index].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      "| "
        + zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        .joined(separator: " | ") + " |"
    }
    let rule =
      "| " + widths.map { String(repeating: "-", count: $0) }.joined(separator: " | ") + " |"
    return ([line(head), rule] + rows.dropFirst().map(line)).joined(separator: "\n")
  }
}
