import Diagnostics

/// Merges configurations from the weakest to the strongest.
struct ConfigMerger {
  private(set) var config: PlainDictionary
  /// Whether weaker levels are yet to come below this: then `+select` of grants stays what it is.
  private let isPart: Bool
  /// Whether tags take the place of weaker ones, as those of sources do.
  var replacesTags = false

  init(_ config: PlainDictionary, isPart: Bool = false) {
    self.config = config
    self.isPart = isPart
  }

  /// Lists that add up.
  private static let appended: Set<String> = ["pre-hook", "post-hook", "tags", "packages"]
  /// Mappings that merge key by key.
  private static let updated: Set<String> = [
    "quoting", "column_types", "meta", "docs", "contract",
  ]

  /// The name that a config goes by: Python's keyword form has no hyphen.
  static func canonical(_ key: String) -> String {
    switch key {
    case "pre_hook": "pre-hook"
    case "post_hook": "post-hook"
    default: key
    }
  }

  /// A key without its `+` and the space after it.
  static func trimmed(_ key: String) -> String {
    let rest = key.drop { $0 == "+" }.drop { $0 == " " }
    var text = String(rest)
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }

  mutating func merge(_ stronger: PlainDictionary) {
    for (writtenKey, value) in stronger.pairs {
      let key = Self.canonical(writtenKey)
      if key == "tags", replacesTags {
        config[key] = .list(Self.list(value))
      } else if Self.appended.contains(key) {
        append(value, to: key)
      } else if Self.updated.contains(key), case .dictionary(let added) = value {
        var merged = config[key]?.dictionary ?? PlainDictionary()
        merged.merge(added)
        config[key] = .dictionary(merged)
      } else if key == "grants", case .dictionary(let added) = value {
        mergeGrants(added)
      } else {
        config[key] = value
      }
    }
  }

  private mutating func append(_ value: PlainValue, to key: String) {
    var items = Self.list(config[key] ?? .null)
    for item in Self.list(value) {
      if key == "packages", items.contains(item) { continue }
      items.append(item)
    }
    config[key] = .list(items)
  }

  /// `select` replaces who was granted before, `+select` adds to them; other privileges stay.
  private mutating func mergeGrants(_ added: PlainDictionary) {
    var grants = config["grants"]?.dictionary ?? PlainDictionary()
    for (key, value) in added.pairs {
      guard key.hasPrefix("+") else {
        grants[key] = .list(Self.list(value))
        if isPart { grants["+" + key] = nil }
        continue
      }
      var privilege = Self.trimmed(key)
      if isPart, grants[privilege] == nil { privilege = "+" + privilege }
      var grantees = Self.list(grants[privilege] ?? .null)
      for grantee in Self.list(value) where !grantees.contains(grantee) { grantees.append(grantee) }
      grants[privilege] = .list(grantees)
    }
    config["grants"] = .dictionary(grants)
  }

  private static func list(_ value: PlainValue) -> [PlainValue] {
    switch value {
    case .null: []
    case .list(let items): items
    default: [value]
    }
  }
}
