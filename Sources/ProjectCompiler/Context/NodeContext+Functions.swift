import Diagnostics
import ProjectModel
import Templating

extension NodeContext {
  func functionValue(named name: String) -> Value? {
    if name == "var" { return .function(variableFunction) }
    guard let body = settingFunction(name) ?? statementFunction(name) else {
      return nil
    }
    return .function(NativeFunction(name, body))
  }

  private typealias Body = (Arguments) throws(Diagnostic) -> Value

  // MARK: Settings and messages

  private func settingFunction(_ name: String) -> Body? {
    switch name {
    case "env_var":
      return { [unowned self] arguments throws(Diagnostic) in try environmentVariable(arguments) }
    case "log", "print":
      return { [unowned self] arguments throws(Diagnostic) in
        let message = arguments.value(0, "msg")?.rendered ?? ""
        let isShown =
          (name == "print" && environment.invocation.prints)
          || arguments.value(1, "info")?.isTrue == true
        if isExecuting, isShown || name == "log" {
          captured.logs.append(TemplateLog(message, isShown: isShown))
        }
        return .text("")
      }
    case "doc":
      return { arguments throws(Diagnostic) in
        throw .unavailableFunction("doc", at: arguments.range)
      }
    case "adapter_macro":
      return { arguments throws(Diagnostic) in
        throw .raisedByTemplate(
          "The \"adapter_macro\" macro has been deprecated; use adapter.dispatch",
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

  /// `var('name', default)`; macros of packages also ask `var.has_var('name')`.
  private var variableFunction: NativeFunction {
    NativeFunction(
      "var",
      attribute: { [unowned self] name in
        guard name == "has_var" else { return nil }
        return .function(
          NativeFunction(name) { [unowned self] arguments throws(Diagnostic) in
            let name = try arguments.string(0, "var_name", of: name)
            return .boolean(variable(named: name) != nil)
          }
        )
      },
      { [unowned self] arguments throws(Diagnostic) in
        let name = try arguments.string(0, "name", of: "var")
        if let value = variable(named: name) {
          return try rendered(value, variable: name, arguments.renderer)
        }
        if let value = arguments.value(1, "default") { return value }
        if case .parse = phase, !demandsVariables { return .none }
        let known = environment.package(packageName).vars.keys
        throw .missingVariable(name, known: known, at: arguments.range)
      }
    )
  }

  private func variable(named name: String) -> PlainValue? {
    let vars = environment.package(packageName).vars
    return vars[packageName]?.dictionary?[name] ?? vars[name]
  }

  /// Texts of variables may hold templates themselves, which know what the template knows that
  /// asks: `ref()` in a variable names a parent.
  private func rendered(
    _ value: PlainValue,
    variable name: String,
    _ renderer: Renderer
  ) throws(Diagnostic) -> Value {
    guard case .string(let text) = value, text.contains("{{") || text.contains("{%") else {
      return Value(value)
    }
    let buffer = environment.buffers.add(name: "variable \"\(name)\"", text: text)
    let template = try Template(parsing: buffer, in: environment.buffers)
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
}
