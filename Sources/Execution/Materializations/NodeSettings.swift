import Diagnostics
import ProjectModel

/// Reads a node's configuration, with errors in the words of whoever wrote it.
struct NodeSettings: Sendable {
  let node: Node
  /// Whether what dbt takes without a word is no error.
  var isWrittenForDbt = false

  private var config: PlainDictionary { node.config }

  /// A value that is there and not null.
  func value(_ key: String) -> PlainValue? {
    guard let value = config[key], !value.isNull else { return nil }
    return value
  }

  func string(_ key: String) throws(Diagnostic) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.string else { throw wrong(key, "text") }
    return text
  }

  func boolean(_ key: String) throws(Diagnostic) -> Bool? {
    guard let value = value(key) else { return nil }
    if let flag = value.boolean { return flag }
    // Templates give text; dbt takes these words too.
    switch value.string?.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw wrong(key, "true or false")
    }
  }

  func integer(_ key: String) throws(Diagnostic) -> Int? {
    guard let value = value(key) else { return nil }
    if let number = value.integer { return number }
    guard let number = value.string.flatMap({ Int($0) }) else { throw wrong(key, "a whole number") }
    return number
  }

  /// One name or a list of names.
  func names(_ key: String) throws(Diagnostic) -> [String]? {
    guard let value = value(key) else { return nil }
    if let name = value.string { return [name] }
    guard let list = value.list else { throw wrong(key, "a name or a list of names") }
    var names: [String] = []
    for item in list {
      guard let name = item.string else { throw wrong(key, "a name or a list of names") }
      names.append(name)
    }
    return names
  }

  /// One of some words.
  func choice(_ key: String, _ allowed: [String]) throws(Diagnostic) -> String? {
    guard let text = try string(key) else { return nil }
    guard allowed.contains(text.lowercased()) else {
      throw .unknownSetting(key, text, allowed: allowed, node: node)
    }
    return text.lowercased()
  }

  func dictionary(_ key: String) throws(Diagnostic) -> PlainDictionary {
    guard let value = value(key) else { return PlainDictionary() }
    guard let dictionary = value.dictionary else { throw wrong(key, "a mapping") }
    return dictionary
  }

  func wrong(_ key: String, _ expected: String) -> Diagnostic {
    .wrongSetting(key, value(key) ?? .null, expected: expected, node: node)
  }
}
