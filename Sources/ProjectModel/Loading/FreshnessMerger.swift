import Diagnostics

/// `freshness` of a source's table, which may be said beside and under `config` of the source, and of
/// the table: the later word counts, age by age.
struct FreshnessMerger {
  private struct Threshold {
    /// Null where it is switched off, without keys where nothing is said.
    var ages: [String: PlainValue]
    var filter: PlainValue

    init(_ value: PlainDictionary) {
      ages = [:]
      for key in FreshnessMerger.keys { ages[key] = value[key] ?? [:] }
      filter = value["filter"] ?? .null
    }

    var saysSomething: Bool { ages.values.contains(where: FreshnessMerger.isAge) }
  }

  private static let keys = ["warn_after", "error_after"]

  private var current: Threshold? = Threshold([:])
  private var isFirst = true

  /// Takes the next word; nil is none, and null switches freshness off.
  mutating func add(_ value: PlainValue?) {
    let update = value == .null ? nil : Threshold(value?.dictionary ?? [:])
    defer { isFirst = false }
    guard !isFirst else {
      current = update
      return
    }
    guard let base = current, let update else {
      current = update.flatMap { $0.saysSomething ? $0 : nil }
      return
    }
    var merged = base
    if !update.filter.isNull { merged.filter = update.filter }
    for key in Self.keys {
      merged.ages[key] = Self.merged(base.ages[key] ?? [:], update.ages[key] ?? [:])
    }
    current = merged
  }

  /// What it comes to: null where it is switched off, nil where the file says nothing.
  var value: PlainValue? {
    guard let current else { return .null }
    guard current.saysSomething else { return nil }
    var value = PlainDictionary()
    for key in Self.keys where current.ages[key]?.dictionary?.isEmpty != true {
      value[key] = current.ages[key]
    }
    if !current.filter.isNull { value["filter"] = current.filter }
    return .dictionary(value)
  }

  private static func merged(_ base: PlainValue, _ update: PlainValue) -> PlainValue {
    if update.isNull || isAge(update) { return update }
    return base
  }

  private static func isAge(_ value: PlainValue) -> Bool {
    guard let age = value.dictionary else { return false }
    return ["count", "period"].allSatisfy { age[$0].map { !$0.isNull } ?? false }
  }
}
