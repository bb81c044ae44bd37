import Diagnostics
import ProjectModel
import Templating

extension NodeContext {
  func functionValue(named name: String) -> Value? {
    guard let body = settingFunction(name) ?? statementFunction(name) ?? dataFunction(name) else {
      return nil
    }
    return .function(NativeFunction(name, body))
  }

  private typealias Body = (Arguments) throws(Diagnostic) -> Value

  // MARK: Settings and messages

  private func settingFunction(_ name: String) -> Body? {
    switch name {
    case "var": return { [unowned self] arguments throws(Diagnostic) in try variable(arguments) }
    case "env_var":
      return { [unowned self] arguments throws(Diagnostic) in try environmentVariable(arguments) }
    case "log", "print":
      return { [unowned self] arguments throws(Diagnostic) in
        let message = arguments.value(0, "msg")?.rendered ?? ""
        let isShown = name == "print" || arguments.value(1, "info")?.isTrue == true
        if isShown, isExecuting { captured.logs.append(message) }
        return .text("")
      }
    case "doc":
      return { arguments throws(Diagnostic) in
        throw .unavailableFunction("doc", at: arguments.range)
      }
    case "adapter_macro":
      return { arguments throws(Diagnostic) in
        throw .raisedByTemplate(
          "adapter_macro is gone; use adapter.dispatch",
          at: arguments.range
        )
      }
    default: return nil
    }
  }

  private func environmentVariable(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let name = try arguments.string(0, "var", of: "env_var")
    if name.hasPrefix("DBT_ENV_SECRET") {
      throw .secretVariable(name, at: arguments.range)
    }
    if let value = environment.invocation.environment[name] { return .text(value) }
    if let value = arguments.value(1, "default"), !value.isNone { return .text(value.rendered) }
    throw .missingEnvironmentVariable(name, at: arguments.range)
  }

  private func variable(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let name = try arguments.string(0, "name", of: "var")
    let vars = environment.package(packageName).vars
    if let value = vars[packageName]?.dictionary?[name] ?? vars[name] {
      return try render(value, variable: name)
    }
    if let value = arguments.value(1, "default") { return value }
    if case .parse = phase { return .none }
    throw .missingVariable(name, known: vars.keys, at: arguments.range)
  }

  /// Strings in variables may hold templates themselves.
  private func render(_ value: PlainValue, variable name: String) throws(Diagnostic) -> Value {
    guard case .string(let text) = value, text.contains("{{") || text.contains("{%") else {
      return Value(value)
    }
    let buffer = environment.buffers.add(name: "variable \"\(name)\"", text: text)
    let template = try Template(parsing: buffer, in: environment.buffers)
    let context = NodeContext(
      environment: environment,
      phase: .text,
      node: node,
      this: nil,
      config: ConfigObject(final: PlainDictionary())
    )
    let renderer = Renderer(context: context, buffers: environment.buffers, undefined: .standard)
    return .text(try renderer.render(template).string)
  }

  // MARK: Statements

  private func statementFunction(_ name: String) -> Body? {
    switch name {
    case "store_result":
      return { [unowned self] arguments throws(Diagnostic) in
        statements.store(
          try arguments.string(0, "name", of: name),
          response: try arguments.required(1, "response", of: name),
          table: arguments.value(2, "agate_table") ?? Value.none
        )
        return .text("")
      }
    case "store_raw_result":
      return { [unowned self] arguments throws(Diagnostic) in
        let response = ResponseObject(
          message: arguments.value(1, "message")?.rendered ?? "",
          code: arguments.value(2, "code")?.rendered ?? "",
          rowCount: arguments.value(3, "rows_affected").flatMap {
            $0.integerValue ?? Int($0.rendered)
          }
        )
        statements.store(
          try arguments.string(0, "name", of: name),
          response: .object(response),
          table: arguments.value(4, "agate_table") ?? Value.none
        )
        return .text("")
      }
    case "load_result":
      return { [unowned self] arguments throws(Diagnostic) in
        try statements.load(try arguments.string(0, "name", of: name), at: arguments.range)
      }
    case "write": return { _ throws(Diagnostic) in .text("") }
    case "render":
      return { [unowned self] arguments throws(Diagnostic) in
        let text = try arguments.required(0, "string", of: name)
        let buffer = environment.buffers.add(generated: "text given to render()", mapped(text))
        let template = try Template(parsing: buffer, in: environment.buffers)
        return .string(TemplateString(try arguments.renderer.render(template)))
      }
    case "try_or_compiler_error":
      return { arguments throws(Diagnostic) in
        let function = try arguments.required(1, "func", of: name)
        var inner = Arguments(range: arguments.range, renderer: arguments.renderer)
        inner.positional = Array(arguments.positional.dropFirst(2))
        inner.named = arguments.named
        do throws(Diagnostic) {
          return try arguments.renderer.call(function, inner)
        } catch {
          throw .raisedByTemplate(
            arguments.positional.first?.rendered ?? error.message,
            at: arguments.range
          )
        }
      }
    case "submit_python_job":
      return { arguments throws(Diagnostic) in
        throw .raisedByTemplate("models in Python are not supported", at: arguments.range)
      }
    default: return nil
    }
  }

  // MARK: Data

  private func dataFunction(_ name: String) -> Body? {
    switch name {
    case "fromjson":
      return { arguments throws(Diagnostic) in
        let text = try arguments.required(0, "string", of: name).rendered
        do throws(PlainValue.JSONProblem) {
          return Value(try PlainValue(json: Array(text.utf8)))
        } catch {
          return arguments.value(1, "default") ?? Value.none
        }
      }
    case "tojson":
      return { arguments throws(Diagnostic) in
        let value = try arguments.required(0, "value", of: name)
        let sorts = arguments.value(2, "sort_keys")?.isTrue == true
        guard value.plain != nil else { return arguments.value(1, "default") ?? Value.none }
        return .text(try PythonJSON.text(value, indent: nil, sortsKeys: sorts, at: arguments.range))
      }
    case "fromyaml":
      return { [unowned self] arguments throws(Diagnostic) in
        let text = try arguments.required(0, "value", of: name).rendered
        do throws(Diagnostic) {
          return Value(try YAML.parseValue(text, name: "fromyaml", in: environment.buffers))
        } catch {
          return arguments.value(1, "default") ?? Value.none
        }
      }
    case "toyaml":
      return { arguments throws(Diagnostic) in
        let value = try arguments.required(0, "value", of: name)
        guard let plain = value.plain else { return arguments.value(1, "default") ?? Value.none }
        return .text(PlainYAML.text(plain, sortsKeys: arguments.value(2, "sort_keys")?.isTrue == true))
      }
    case "local_md5":
      return { arguments throws(Diagnostic) in
        .text(Checksum.md5(Array(try arguments.required(0, "value", of: name).rendered.utf8)))
      }
    case "set", "set_strict":
      return { arguments throws(Diagnostic) in
        let value = try arguments.required(0, "value", of: name)
        guard let elements = value.elements else {
          return arguments.value(1, "default") ?? Value.none
        }
        var seen: Set<String> = []
        return .list(elements.filter { seen.insert($0.represented).inserted })
      }
    case "zip", "zip_strict":
      return { arguments throws(Diagnostic) in
        var lists: [[Value]] = []
        for value in arguments.positional {
          guard let elements = value.elements else {
            return arguments.value(named: "default") ?? Value.none
          }
          lists.append(elements)
        }
        let count = lists.map(\.count).min() ?? 0
        return .list((0..<count).map { index in .tuple(lists.map { $0[index] }) })
      }
    case "diff_of_two_dicts":
      return { arguments throws(Diagnostic) in
        guard case .dictionary(let a) = try arguments.required(0, "dict_a", of: name),
          case .dictionary(let b) = try arguments.required(1, "dict_b", of: name)
        else { return .dictionary(DictionaryReference()) }
        return Self.difference(a, b)
      }
    default: return nil
    }
  }

  /// What lists of `a` have that those of `b` lack, letters' case apart.
  private static func difference(_ a: DictionaryReference, _ b: DictionaryReference) -> Value {
    let result = DictionaryReference()
    for entry in a.entries {
      let key = entry.key.rendered.lowercased()
      let other = b.entries.first { $0.key.rendered.lowercased() == key }
      let known = Set((other?.value.elements ?? []).map { $0.rendered.lowercased() })
      let missing = (entry.value.elements ?? []).filter {
        !known.contains($0.rendered.lowercased())
      }
      if !missing.isEmpty { result[entry.key.rendered] = .list(missing) }
    }
    return .dictionary(result)
  }
}

/// Data as YAML in block style, as `toyaml` gives it.
enum PlainYAML {
  static func text(_ value: PlainValue, sortsKeys: Bool) -> String {
    switch value {
    case .dictionary(let dictionary) where !dictionary.isEmpty,
      .dictionary(let dictionary) where dictionary.isEmpty:
      return dictionary.isEmpty ? "{}\n" : block(value, 0, sortsKeys)
    case .list(let items): return items.isEmpty ? "[]\n" : block(value, 0, sortsKeys)
    default: return scalar(value) + "\n...\n"
    }
  }

  private static func block(_ value: PlainValue, _ level: Int, _ sorts: Bool) -> String {
    guard level < 100 else { return "" }
    let margin = String(repeating: "  ", count: level)
    switch value {
    case .dictionary(let dictionary):
      let pairs = sorts ? dictionary.pairs.sorted { $0.key < $1.key } : dictionary.pairs
      return pairs.map { key, value in
        let name = scalar(.string(key))
        switch value {
        case .dictionary(let inner) where !inner.isEmpty:
          return "\(margin)\(name):\n\(block(value, level + 1, sorts))"
        // A list stands at the level of its key.
        case .list(let items) where !items.isEmpty:
          return "\(margin)\(name):\n\(block(value, level, sorts))"
        default: return "\(margin)\(name): \(scalar(value))\n"
        }
      }.joined()
    case .list(let items):
      return items.map { item in
        switch item {
        case .dictionary(let inner) where !inner.isEmpty, .dictionary(let inner) where !inner.isEmpty:
          let text = block(item, level + 1, sorts)
          return "\(margin)- \(text.dropFirst((level + 1) * 2))"
        case .list(let inner) where !inner.isEmpty:
          let text = block(item, level + 1, sorts)
          return "\(margin)- \(text.dropFirst((level + 1) * 2))"
        default: return "\(margin)- \(scalar(item))\n"
        }
      }.joined()
    default: return margin + scalar(value) + "\n"
    }
  }

  private static func scalar(_ value: PlainValue) -> String {
    switch value {
    case .null: return "null"
    case .boolean(let flag): return flag ? "true" : "false"
    case .integer(let number): return String(number)
    case .double(let number): return String(number)
    case .list: return "[]"
    case .dictionary: return "{}"
    case .string(let text):
      let isPlain =
        !text.isEmpty && YAMLWord.isPlain(text)
      return isPlain ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "''") + "'"
    }
  }
}

/// Whether a text needs no quotes in YAML.
enum YAMLWord {
  private static let words: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "null", "~", "y", "n",
  ]

  static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first.properties.isAlphabetic || first == "_"
    else { return false }
    if words.contains(text.lowercased()) || text.hasSuffix(" ") || text.hasSuffix(":") {
      return false
    }
    return !text.contains(": ") && !text.contains(" #") && !text.contains("\n")
  }
}
