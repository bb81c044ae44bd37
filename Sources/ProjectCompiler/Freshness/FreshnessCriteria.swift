package import Diagnostics
package import ProjectModel

/// How old the data of a source may be.
package struct FreshnessCriteria: Sendable {
  /// An age, as `{count: 12, period: hour}`.
  package struct Age: Hashable, Sendable {
    package var count: Int
    package var period: String

    package var seconds: Double {
      let unit: Double =
        switch period {
        case "minute": 60
        case "hour": 3600
        default: 86_400
        }
      return Double(count) * unit
    }
  }

  package var warning: Age?
  package var error: Age?
  package var filter: String?
  /// Ages that are switched off, which are written down as such.
  private var off: Set<String> = []

  /// Reads the `freshness` of a source's table.
  ///
  /// - Returns: nil when its age is of no interest.
  /// - Throws: `wrong-freshness`.
  package init?(_ node: Node) throws(Diagnostic) {
    guard let given = node.config["freshness"]?.dictionary else { return nil }
    warning = try Self.age("warn_after", given, node)
    error = try Self.age("error_after", given, node)
    filter = given["filter"]?.string
    off = Set(given.pairs.filter(\.value.isNull).map(\.key))
    if warning == nil, error == nil { return nil }
  }

  private static func age(
    _ key: String,
    _ given: PlainDictionary,
    _ node: Node
  ) throws(Diagnostic) -> Age? {
    guard let age = given[key]?.dictionary else { return nil }
    let count = age["count"] ?? .null
    let period = age["period"] ?? .null
    if count.isNull, period.isNull { return nil }
    let number = count.integer ?? count.string.flatMap { Int($0) }
    guard let number, let word = period.string, ["minute", "hour", "day"].contains(word) else {
      throw .wrongFreshness(node, key)
    }
    return Age(count: number, period: word)
  }

  /// What is wrong with data of an age, in dbt's words: `pass`, `warn` or `error`.
  package func verdict(age: Double) -> Verdict {
    if let error, age > error.seconds { return .error }
    if let warning, age > warning.seconds { return .warning }
    return .pass
  }

  package enum Verdict: Sendable {
    case pass
    case warning
    case error
  }

  /// The criteria as artifacts have them.
  package var plain: PlainValue {
    func value(_ age: Age?, _ key: String) -> PlainValue {
      if off.contains(key) { return .null }
      return [
        "count": age.map { .integer($0.count) } ?? .null,
        "period": age.map { .string($0.period) } ?? .null,
      ]
    }
    return [
      "warn_after": value(warning, "warn_after"), "error_after": value(error, "error_after"),
      "filter": .optional(filter),
    ]
  }

  /// A `freshness` as written, with what it leaves unsaid; null when it is switched off.
  static func settled(_ value: PlainValue?) -> PlainValue {
    if value == .null { return .null }
    var settled: PlainDictionary = [
      "warn_after": ["count": nil, "period": nil], "error_after": ["count": nil, "period": nil],
      "filter": nil,
    ]
    // An age that is switched off is written down as such.
    for (key, value) in value?.dictionary?.pairs ?? [] {
      settled[key] = value
    }
    return .dictionary(settled)
  }
}

extension Diagnostic {
  static func wrongFreshness(_ node: Node, _ key: String) -> Diagnostic {
    Diagnostic(
      code: "wrong-freshness",
      "the freshness of \(node.sourceName ?? "").\(node.name) cannot be judged: \"\(key)\" is no age",
      at: node.declaration,
      help: ["write \(key): {count: 12, period: hour}; periods are minute, hour and day"]
    )
  }
}
