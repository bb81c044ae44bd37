import Diagnostics
import Templating

/// What became of a node, as `on-run-end` hooks see it: in dbt an object with attributes, which
/// becomes a dictionary by `to_dict()`.
final class RecordObject: TemplateObject {
  private let values: PlainDictionary

  init(_ values: PlainDictionary) { self.values = values }

  var typeName: String { "RunResult" }
  var rendered: String { Value(.dictionary(values)).rendered }

  func attribute(_ name: String) -> Value? {
    if name == "to_dict" {
      let values = values
      return .function(
        NativeFunction(name) { _ throws(Diagnostic) in Value(.dictionary(values)) }
      )
    }
    // The node and the timings are objects as well.
    switch values[name] {
    case .dictionary(let dictionary)? where name == "node": return .object(RecordObject(dictionary))
    case .dictionary(let dictionary)? where name == "config":
      return .object(SettledConfigObject(dictionary))
    case .list(let items)? where name == "timing":
      return .list(items.compactMap(\.dictionary).map { .object(RecordObject($0)) })
    case let value?: return Value(value)
    case nil: return nil
    }
  }

  func item(_ key: Value) -> Value? { key.stringValue.flatMap { values[$0] }.map { Value($0) } }
}
