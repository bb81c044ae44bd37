import Diagnostics

/// What became of the contract of a model.
struct ContractChange {
  private(set) var isSame = true
  /// What others may have relied on and is no longer so, in dbt's words, which programs look for.
  private(set) var breaking: [String] = []

  init(old: PlainDictionary, new: PlainDictionary) {
    let was = Self.isEnforced(old)
    let isNow = Self.isEnforced(new)
    guard was || isNow else { return }
    guard was else {
      isSame = false
      return
    }
    if isNow, Self.signature(of: old) == Self.signature(of: new) { return }
    isSame = false
    if !isNow { breaking.append("Contract enforcement was removed") }
    findColumns(old, new)
    findConstraints(old, new)
  }

  static func isEnforced(_ entry: PlainDictionary) -> Bool {
    entry["contract"]?.dictionary?["enforced"]?.boolean == true
  }

  private mutating func findColumns(_ old: PlainDictionary, _ new: PlainDictionary) {
    let columns = new["columns"]?.dictionary ?? PlainDictionary()
    for (name, column) in old["columns"]?.dictionary?.pairs ?? [] {
      guard let other = columns[name]?.dictionary else {
        breaking.append("Columns were removed: \(name)")
        continue
      }
      let type = column.dictionary?["data_type"]?.string
      let otherType = other["data_type"]?.string
      if Self.base(type) != Self.base(otherType) {
        breaking.append(
          "Columns with data_type changes: \(name) (\(type ?? "None") -> \(otherType ?? "None"))"
        )
      }
      guard Self.enforcesConstraints(old) else { continue }
      let left = Self.constraintTypes(.dictionary(other))
      for constraint in Self.constraintTypes(column)
      where Self.isEnforcedConstraint(constraint) && !left.contains(constraint) {
        breaking.append(
          "Enforced column level constraints were removed: \(name) (\(constraint))"
        )
      }
    }
  }

  private mutating func findConstraints(_ old: PlainDictionary, _ new: PlainDictionary) {
    guard Self.enforcesConstraints(old) else { return }
    let left = Self.constraintTypes(.dictionary(new))
    for constraint in Self.constraintTypes(.dictionary(old))
    where Self.isEnforcedConstraint(constraint) && !left.contains(constraint) {
      breaking.append("Enforced model level constraints were removed: \(constraint)")
    }
    let hadConstraints =
      !Self.constraintTypes(.dictionary(old)).isEmpty
      || (old["columns"]?.dictionary?.pairs ?? []).contains {
        Self.constraintTypes($0.value).contains(where: Self.isEnforcedConstraint)
      }
    let (before, after) = (Self.materialization(old), Self.materialization(new))
    if hadConstraints, before != after, !Self.enforcesConstraints(new) {
      breaking.append("Materialization changed with enforced constraints: \(before) -> \(after)")
    }
  }

  /// Types are promised without their sizes.
  private static func base(_ type: String?) -> String {
    let text = (type ?? "").prefix { $0 != "(" }.lowercased()
    return text.split(separator: " ").joined(separator: " ")
  }

  private static func materialization(_ entry: PlainDictionary) -> String {
    entry["config"]?.dictionary?["materialized"]?.string ?? "view"
  }

  private static func enforcesConstraints(_ entry: PlainDictionary) -> Bool {
    ["table", "incremental"].contains(materialization(entry))
  }

  private static func constraintTypes(_ entry: PlainValue) -> [String] {
    (entry.dictionary?["constraints"]?.list ?? []).compactMap { $0.dictionary?["type"]?.string }
  }

  /// What PostgreSQL enforces of what can be written.
  private static func isEnforcedConstraint(_ type: String) -> Bool { type != "custom" }

  /// All that a contract's checksum is made of.
  private static func signature(of entry: PlainDictionary) -> PlainValue {
    let columns = (entry["columns"]?.dictionary?.pairs ?? []).sorted { $0.key < $1.key }
    var parts: [PlainValue] = columns.map { name, column in
      [
        .string(name), column.dictionary?["data_type"] ?? .null,
        constraints(column),
      ]
    }
    if enforcesConstraints(entry) {
      parts += [.string(materialization(entry)), constraints(.dictionary(entry))]
    }
    return .list(parts)
  }

  /// Constraints without what they leave unsaid.
  private static func constraints(_ entry: PlainValue) -> PlainValue {
    let list = entry.dictionary?["constraints"]?.list ?? []
    return .list(
      list.map { constraint in
        let written = (constraint.dictionary?.pairs ?? [])
          .filter { key, value in
            !value.isNull && value != .list([])
              && !(["warn_unenforced", "warn_unsupported"].contains(key) && value == true)
          }
          .sorted { $0.key < $1.key }
        return .dictionary(PlainDictionary(written.map { ($0.key, $0.value) }))
      }
    )
  }
}
