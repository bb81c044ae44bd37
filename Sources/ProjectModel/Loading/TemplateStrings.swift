import Diagnostics

/// Renders the templates in strings of configuration files.
///
/// Strings know `env_var()`, `var()` and, once it is chosen, `target`. A string that is one
/// expression gives the expression's own value, as in dbt: `"{{ var('threads') }}"` is a number
/// when the variable is one.
final class TemplateStrings {
  private let buffers: Buffers
  private let environment: [String: String]
  private let vars: PlainDictionary
  /// `target` in templates; nil while it is being read itself.
  var target: PlainDictionary?
  /// Whether `DBT_ENV_SECRET_…` may be read: only where connections are described.
  var allowsSecrets = false

  init(buffers: Buffers, environment: [String: String], vars: PlainDictionary) {
    self.buffers = buffers
    self.environment = environment
    self.vars = vars
  }

  /// The scalar's value, rendered if it is a string with a template in it.
  func value(of scalar: YAMLScalar, at range: TextRange) throws(Diagnostic) -> PlainValue {
    guard case .string(let text) = scalar.value, Self.holdsTemplate(text) else {
      return scalar.value
    }
    return .string(text)
  }

  static func holdsTemplate(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count > 1 else { return false }
    for index in 0..<(bytes.count - 1) where bytes[index] == UInt8(ascii: "{") {
      switch bytes[index + 1] {
      case UInt8(ascii: "{"), UInt8(ascii: "%"), UInt8(ascii: "#"): return true
      default: continue
      }
    }
    return false
  }
}
