import Diagnostics
import ProjectModel

/// Looks for what an exposure must say and does not, by dbt's rules.
struct ExposureCheck {
  let entry: Properties.Entry

  private static let types = ["dashboard", "notebook", "analysis", "ml", "application"]
  private static let maturities = ["high", "medium", "low"]

  var problems: [Diagnostic] {
    var problems: [Diagnostic] = []
    func add(_ problem: Diagnostic?) {
      if let problem { problems.append(problem) }
    }
    add(name)
    add(choice("type", Self.types, isRequired: true))
    add(choice("maturity", Self.maturities, isRequired: false))
    add(owner)
    if let node = value("depends_on"), node.items == nil {
      add(.declaredType("depends_on", "a list of calls", given: node.plain, at: node.range))
    }
    return problems
  }

  /// The calls of `depends_on`.
  var calls: [WrittenCall] {
    (value("depends_on")?.items ?? []).compactMap { item in
      item.scalar.map { WrittenCall($0.text, at: item.range) }
    }
  }

  private func value(_ key: String) -> YAMLNode? {
    guard let node = entry.node[key], !node.isNull else { return nil }
    return node
  }

  private var name: Diagnostic? {
    let name = entry.name
    let isUsable = name.unicodeScalars.allSatisfy {
      $0 == "_" || $0 == "-" || $0.properties.isAlphabetic || $0.properties.numericType != nil
    }
    return name.isEmpty || isUsable ? nil : .exposureName(name, at: entry.range)
  }

  private var owner: Diagnostic? {
    guard let owner = value("owner") else {
      return .exposureLacks("owner", entry.name, at: entry.range)
    }
    guard let pairs = owner.pairs else {
      return .declaredType("owner", "a mapping", given: owner.plain, at: owner.range)
    }
    let isNamed = pairs.contains { pair in
      ["name", "email"].contains(pair.key) && !pair.value.isNull
    }
    let place = entry.node.pair("owner")?.keyRange ?? owner.range
    return isNamed ? nil : .exposureOwner(entry.name, given: pairs.map(\.key), at: place)
  }

  private func choice(_ key: String, _ known: [String], isRequired: Bool) -> Diagnostic? {
    guard let node = value(key) else {
      return isRequired ? .exposureLacks(key, entry.name, at: entry.range) : nil
    }
    guard let text = node.scalar?.text else {
      return .declaredType(key, "a word", given: node.plain, at: node.range)
    }
    if known.contains(text) || text.contains("{") { return nil }
    return .exposureChoice(key, text, known: known, at: node.range)
  }
}
