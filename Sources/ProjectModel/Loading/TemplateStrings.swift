import Diagnostics
import Templating

/// Renders the templates in strings of configuration files.
///
/// Strings know `env_var()`, `var()` and, once it is chosen, `target`. A string that is one
/// expression gives the expression's own value, as in dbt: `"{{ var('threads') }}"` is a number
/// when the variable is one.
final class TemplateStrings: TemplateContext {
  let vars: PlainDictionary
  private let buffers: Buffers
  private let environment: [String: String]
  /// `target` in templates; nil while it is being read itself.
  var target: PlainDictionary?
  /// Whether `DBT_ENV_SECRET_…` may be read: only where connections are described.
  var allowsSecrets = false
  /// The names of the secrets that templates have read.
  private var secretsRead: Set<String> = []
  /// Variables that are being rendered, the outermost first.
  private var open: [String] = []

  init(buffers: Buffers, environment: [String: String], vars: PlainDictionary) {
    self.buffers = buffers
    self.environment = environment
    self.vars = vars
  }

  /// The scalar's value, rendered if it is a string.
  func value(of scalar: YAMLScalar, at range: TextRange) throws(Diagnostic) -> PlainValue {
    guard case .string(let text) = scalar.value else { return scalar.value }
    guard Self.holdsTemplate(text) else {
      // Jinja drops one line end at the end of whatever it renders.
      return text.last?.isNewline == true ? .string(String(text.dropLast())) : scalar.value
    }
    return withSecrets(
      try evaluate(mapped(text, at: range), name: buffers.name(of: range.buffer), at: range)
    )
  }

  /// What stands for a secret while a template is rendered, as in dbt: no filter can make of it what
  /// would no longer be known for the secret, and be shown.
  private static func stand(for name: String) -> String {
    "$$$DBT_SECRET_START$$$\(name)$$$DBT_SECRET_END$$$"
  }

  /// The secrets in the place of what stands for them.
  private func withSecrets(_ value: PlainValue) -> PlainValue {
    guard !secretsRead.isEmpty else { return value }
    switch value {
    case .string(var text):
      for name in secretsRead where text.contains(Self.stand(for: name)) {
        text = text.split(separator: Self.stand(for: name), omittingEmptySubsequences: false)
          .joined(separator: environment[name] ?? "")
      }
      return .string(text)
    case .list(let items): return .list(items.map(withSecrets))
    case .dictionary(let dictionary):
      var result = PlainDictionary()
      for (key, value) in dictionary.pairs { result[key] = withSecrets(value) }
      return .dictionary(result)
    default: return value
    }
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

  /// Whether a text has the marks of a template and is none.
  static func isBroken(_ text: String, in buffers: Buffers) -> Bool {
    guard holdsTemplate(text) else { return false }
    do throws(Diagnostic) {
      _ = try Template(parsing: buffers.add(name: "a setting", text: text), in: buffers)
      return false
    } catch {
      return true
    }
  }

  private func evaluate(
    _ text: MappedText,
    name: String,
    at range: TextRange
  ) throws(Diagnostic) -> PlainValue {
    let buffer = buffers.add(generated: name, text)
    let template = try Template(parsing: buffer, in: buffers)
    let renderer = Renderer(context: self, buffers: buffers, undefined: .standard)
    let value = try renderer.evaluate(template)
    if case .undefined(let undefined) = value {
      throw .unknownSettingName(undefined.name, at: range)
    }
    guard let plain = value.plain else { throw .settingNotPlain(at: range) }
    return plain
  }

  /// The text with its way back: exact when it stands in the file as it is.
  private func mapped(_ text: String, at range: TextRange) -> MappedText {
    let source = buffers.bytes(of: range.buffer)
    let bytes = Array(text.utf8)
    let inside = range.bytes.clamped(to: 0..<source.count)
    var mapped = MappedText()
    // Quotes, where there are any, are one byte at each end.
    for margin in [0, 1] where inside.count == bytes.count + 2 * margin {
      let lower = inside.lowerBound + margin
      let candidate = lower..<(lower + bytes.count)
      guard source[candidate].elementsEqual(bytes) else { continue }
      mapped.append(copying: source, range: TextRange(buffer: range.buffer, bytes: candidate))
      return mapped
    }
    mapped.append(generated: bytes, origin: range)
    return mapped
  }

  var names: [String] { ["env_var", "var"] + (target == nil ? [] : ["target"]) }

  var readYAML: ((String) throws(Diagnostic) -> Value)? { YAML.templateValue(of:) }

  func value(named name: String) -> Value? {
    switch name {
    case "env_var":
      .function(
        NativeFunction("env_var") { [unowned self] arguments throws(Diagnostic) in
          try self.environmentVariable(arguments)
        }
      )
    case "var":
      .function(
        NativeFunction("var") { [unowned self] arguments throws(Diagnostic) in
          try self.variable(arguments)
        }
      )
    case "target": target.map { Value(.dictionary($0)) }
    default: nil
    }
  }

  private func environmentVariable(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let name = try arguments.string(0, "var", of: "env_var")
    if name.hasPrefix("DBT_ENV_SECRET"), !allowsSecrets {
      throw .secretOutsideConnection(name, at: arguments.range)
    }
    if let value = environment[name] {
      guard name.hasPrefix("DBT_ENV_SECRET") else { return .text(value) }
      secretsRead.insert(name)
      return .text(Self.stand(for: name))
    }
    if let fallback = arguments.value(1, "default"), !fallback.isNone { return fallback }
    throw .missingEnvironmentVariable(name, known: environment.keys, at: arguments.range)
  }

  private func variable(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let name = try arguments.string(0, "name", of: "var")
    guard let plain = vars[name] else {
      if let fallback = arguments.value(1, "default") { return fallback }
      throw .unknownVariable(name, known: vars.keys, at: arguments.range)
    }
    guard case .string(let text) = plain, Self.holdsTemplate(text) else { return Value(plain) }
    guard !open.contains(name) else { throw .variablesTooDeep(name, at: arguments.range) }
    open.append(name)
    defer { open.removeLast() }
    var mapped = MappedText()
    mapped.append(generated: text.utf8, origin: arguments.range)
    return Value(try evaluate(mapped, name: "vars.\(name)", at: arguments.range))
  }
}
