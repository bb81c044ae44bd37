import Diagnostics
import Templating

/// What `this.get_function_config(model)` gives: what a function is written in, and of which type.
final class FunctionConfigObject: TemplateObject {
  private let values: [String: Value]

  private init(_ values: [String: Value]) { self.values = values }

  var typeName: String { "FunctionConfig" }
  var rendered: String { "FunctionConfig" }

  func attribute(_ name: String) -> Value? { values[name] }

  /// Reads it from a node as the manifest has it; none for a node that is no function.
  static func config(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let model = try arguments.required(0, "model", of: "get_function_config")
    guard case .dictionary(let node) = model,
      node["resource_type"]?.stringValue == "function"
    else { return .none }
    var config = DictionaryReference()
    if case .dictionary(let own)? = node["config"] { config = own }
    var values = ["language": node["language"] ?? .text("")]
    for key in ["type", "runtime_version", "entry_point"] {
      values[key] = config[key] ?? Value.none
    }
    if values["language"]?.stringValue == "python" {
      for key in ["runtime_version", "entry_point"] where values[key]?.isNone ?? true {
        let article = key == "entry_point" ? "An" : "A"
        throw .raisedByTemplate(
          "\(article) `\(key)` is required for python functions",
          at: arguments.range
        )
      }
    }
    return .object(FunctionConfigObject(values))
  }

  /// The macro that writes the statement for it, as `scalar_function_sql`.
  static func macroName(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let config = try arguments.required(0, "config", of: "get_function_macro_name")
    guard case .object(let object) = config, let values = (object as? FunctionConfigObject)?.values
    else {
      throw .raisedByTemplate(
        "get_function_macro_name takes what get_function_config gives",
        at: arguments.range
      )
    }
    let type = values["type"]?.rendered ?? ""
    return .text("\(type)_function_\(values["language"]?.rendered ?? "")")
  }
}
