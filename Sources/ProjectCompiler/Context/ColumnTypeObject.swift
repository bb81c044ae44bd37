import Diagnostics
import Templating

/// The type of a table's column: it writes values for CSV and JSON.
final class ColumnTypeObject: TemplateObject {
  private let name: String

  init(_ name: String) { self.name = name }

  var typeName: String { name }
  var rendered: String { name }

  func attribute(_ attribute: String) -> Value? {
    switch attribute {
    case "cast": converting(attribute) { $0 }
    case "csvify": converting(attribute) { .text($0.rendered) }
    case "jsonify":
      converting(attribute) { [name] value in
        switch value {
        case .boolean, .integer: value
        default: name == "Number" ? value.doubleValue.map { .float($0) } ?? value : value
        }
      }
    default: nil
    }
  }

  private func converting(_ function: String, _ convert: @escaping (Value) -> Value) -> Value {
    .function(
      NativeFunction(function) { arguments throws(Diagnostic) in
        let value = try arguments.required(0, "d", of: function)
        return value.isNone ? value : convert(value)
      }
    )
  }
}
