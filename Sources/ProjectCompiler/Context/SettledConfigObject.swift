import Diagnostics
import Templating

/// The configuration of a node of `results`: in dbt an object of which anything can be asked, and what
/// is not there is None.
final class SettledConfigObject: TemplateObject {
  private let values: PlainDictionary

  init(_ values: PlainDictionary) { self.values = values }

  var typeName: String { "NodeConfig" }
  var rendered: String { Value(.dictionary(values)).rendered }
  var elements: [Value]? { values.keys.map { .text($0) } }
  var count: Int? { values.keys.count }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "get":
      return .function(
        NativeFunction(name) { [values] arguments throws(Diagnostic) in
          let key = try arguments.string(0, "key", of: "get")
          return values[key].map { Value($0) } ?? arguments.value(1, "default") ?? Value.none
        }
      )
    case "to_dict":
      return .function(
        NativeFunction(name) { [values] _ throws(Diagnostic) in Value(.dictionary(values)) }
      )
    default: return values[name].map { Value($0) } ?? Value.none
    }
  }

  func item(_ key: Value) -> Value? {
    key.stringValue.map { values[$0].map { Value($0) } ?? .none }
  }
}
