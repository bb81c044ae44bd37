import Diagnostics
import ProjectModel
import Templating

/// The `config` of templates: called in a model's file to configure it, asked for values later.
final class ConfigObject: TemplateObject {
  /// Whether the node's configuration is final, or being gathered.
  let isFinal: Bool
  /// The merged configuration when final, what calls gave so far otherwise.
  private(set) var values: PlainDictionary
  /// While values are gathered: where each was written, and what is wrong with them.
  private(set) var places: [String: TextRange] = [:]
  private(set) var problems: [Diagnostic] = []
  /// The text of `{% call set_sql_header(config) %}` with the places of what it is made of.
  private(set) var header: MappedText?

  init(gathering: Void) {
    isFinal = false
    values = PlainDictionary()
  }

  init(final values: PlainDictionary) {
    isFinal = true
    self.values = values
  }

  var typeName: String { "config" }
  var rendered: String { "config" }

  func call(_ arguments: Arguments) throws(Diagnostic) -> Value {
    guard !isFinal else { return .text("") }
    var given = PlainDictionary()
    if let first = arguments.positional.first {
      guard case .dictionary(let dictionary)? = first.plainConfiguration,
        arguments.positional.count == 1
      else {
        throw .configArguments(at: arguments.range)
      }
      given.merge(dictionary)
    }
    for (name, value) in arguments.named {
      guard let plain = value.plainConfiguration else {
        throw .configValue(name, at: arguments.range)
      }
      given[name] = plain
    }
    for (name, dashed) in [("pre_hook", "pre-hook"), ("post_hook", "post-hook")]
    where given[name] != nil && given[dashed] != nil {
      throw .hookGivenTwice([name, dashed], at: arguments.range)
    }
    values = ConfigResolver.combining(values, with: given)
    check(given, in: arguments)
    return .text("")
  }

  /// What means something together with other settings only, and is checked with them.
  private static let checkedLater: Set<String> = [
    "enabled", "materialized", "incremental_strategy", "on_schema_change", "hard_deletes",
  ]

  private func check(_ given: PlainDictionary, in arguments: Arguments) {
    let text = CallText(arguments.range, in: arguments.renderer.buffers)
    for (key, value) in given.pairs {
      let place = text.place(of: key) ?? arguments.range
      places[Self.canonical(key)] = place
      guard !Self.checkedLater.contains(key),
        let problem = ConfigCheck.problem(key, value, at: place)
      else { continue }
      problems.append(problem)
    }
  }

  var isMapping: Bool { true }
  var isCallable: Bool { true }

  func item(_ key: Value) -> Value? {
    guard isFinal, let name = key.stringValue else { return nil }
    return values[ConfigObject.canonical(name)].map { Value($0) }
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "get":
      .function(
        NativeFunction("config.get") { [self] arguments throws(Diagnostic) in
          let key = try arguments.string(0, "name", of: "config.get")
          guard isFinal else { return .text("") }
          return values[ConfigObject.canonical(key)].map { Value($0) }
            ?? arguments.value(1, "default") ?? Value.none
        }
      )
    case "require":
      .function(
        NativeFunction("config.require") { [self] arguments throws(Diagnostic) in
          let key = try arguments.string(0, "name", of: "config.require")
          guard isFinal else { return .text("") }
          guard let value = values[ConfigObject.canonical(key)] else {
            throw .missingConfig(key, at: arguments.range)
          }
          return Value(value)
        }
      )
    case "set":
      .function(
        NativeFunction("config.set") { [self] arguments throws(Diagnostic) in
          let key = try arguments.string(0, "name", of: "config.set")
          guard let value = arguments.value(1, "value") else { return .text("") }
          if !isFinal, let plain = value.plainConfiguration {
            values[ConfigObject.canonical(key)] = plain
          } else if key == "sql_header", case .string(let text) = value {
            header = text.mapped
          }
          return .text("")
        }
      )
    case "persist_relation_docs", "persist_column_docs":
      .function(
        NativeFunction(name) { [self] _ throws(Diagnostic) in
          let docs = values["persist_docs"]?.dictionary
          let key = name == "persist_relation_docs" ? "relation" : "columns"
          return .boolean(isFinal && docs?[key]?.boolean == true)
        }
      )
    case "meta_get", "meta_require":
      .function(
        NativeFunction("config.\(name)") { [self] arguments throws(Diagnostic) in
          let key = try arguments.string(0, "name", of: "config.\(name)")
          guard isFinal else { return .text("") }
          if let value = values["meta"]?.dictionary?[key] { return Value(value) }
          if name == "meta_require" { throw .missingConfig(key, at: arguments.range) }
          return arguments.value(1, "default") ?? Value.none
        }
      )
    default: nil
    }
  }

  /// Keyword arguments cannot hold a dash, so dbt reads `pre_hook` as `pre-hook`.
  static func canonical(_ key: String) -> String {
    switch key {
    case "pre_hook": "pre-hook"
    case "post_hook": "post-hook"
    default: key
    }
  }
}
