import Diagnostics

extension Renderer {
  func arguments(
    _ nodes: ArgumentNodes,
    _ scope: Scope,
    at range: TextRange
  ) throws(Diagnostic) -> Arguments {
    var result = Arguments(range: range, renderer: self)
    if nodes.isEmpty { return result }
    result.positional.reserveCapacity(nodes.positional.count)
    for node in nodes.positional { result.positional.append(try evaluate(node, scope)) }
    for (name, node) in nodes.named { result.named.append((name, try evaluate(node, scope))) }
    if let splat = nodes.positionalSplat {
      let value = try evaluate(splat, scope)
      guard let elements = value.elements else { throw .notIterable(value, at: splat.range) }
      try Value.checkCount(elements.count, at: splat.range)
      result.positional += elements
    }
    if let splat = nodes.namedSplat {
      let value = try evaluate(splat, scope)
      guard case .dictionary(let dictionary) = value else {
        if case .undefined(let name) = value {
          throw undefinedUse(name, at: splat.range, scope: scope)
        }
        throw .typeMismatch(
          "\"**\" needs a dictionary, not a \(value.typeName)",
          at: splat.range
        )
      }
      for entry in dictionary.entries {
        guard let name = entry.key.stringValue else {
          throw .typeMismatch("the names of arguments must be text", at: splat.range)
        }
        guard result.value(named: name) == nil else {
          throw .repeatedArgument(name, of: "the call", at: splat.range)
        }
        result.named.append((name, entry.value))
      }
    }
    return result
  }

  func runCallBlock(_ block: CallBlockNode, _ scope: Scope) throws(Diagnostic) {
    let function = try evaluate(block.function, scope)
    if case .undefined(let name) = function, undefined == .standard {
      throw undefinedUse(name, at: block.function.range, scope: scope)
    }
    var arguments = try arguments(block.arguments, scope, at: block.range)
    arguments.named.append(("caller", .macro(BoundMacro(block.caller, scope: scope))))
    try write(call(function, arguments), origin: block.range)
  }

  /// Calls a macro: its text, or what it returns.
  func call(_ macro: BoundMacro, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let definition = macro.definition
    guard callDepth < TemplateLimits.callDepth else {
      throw .recursionLimit(TemplateLimits.callDepth, at: arguments.range)
    }
    try countStep(at: arguments.range)
    try enterLevel(at: arguments.range)
    callDepth += 1
    let outerSource = source
    let outerEscapes = escapes
    source = definition.source
    defer {
      source = outerSource
      escapes = outerEscapes
      callDepth -= 1
      leaveLevel()
    }
    let scope = Scope(parent: macro.scope)
    // The block handed to a macro is no macro to the user: no frame, no name, no return.
    if definition.isCaller {
      try bind(arguments, to: definition, scope)
      let text = try capture { (renderer) throws(Diagnostic) in
        _ = try renderer.run(definition.body, scope)
      }
      return .string(TemplateString(text))
    }
    try bind(arguments, to: definition, scope)
    do {
      let text = try capture(named: definition.frameName, callSite: arguments.range) {
        (renderer) throws(Diagnostic) in
        _ = try renderer.run(definition.body, scope)
      }
      return text.isEmpty ? .text("") : .string(TemplateString(text))
    } catch {
      if let value = returned {
        returned = nil
        return value
      }
      var error = error
      error.notes.append(
        "in \(definition.frameName), called from \(place(of: arguments.range))"
      )
      throw error
    }
  }

  /// A place as people read it: `models/a.sql:3:7`.
  private func place(of range: TextRange) -> String {
    let position = buffers.position(of: range)
    return "\(buffers.name(of: range.buffer)):\(position.line):\(position.column)"
  }

  /// Gives the parameters of a macro their values.
  private func bind(
    _ arguments: Arguments,
    to definition: MacroDefinition,
    _ scope: Scope
  ) throws(Diagnostic) {
    let parameters = definition.parameters
    let implicit = definition.implicitNames
    var named = arguments.named
    for (index, parameter) in parameters.enumerated() {
      if index < arguments.positional.count {
        scope.set(parameter.name, arguments.positional[index])
        continue
      }
      if let position = named.firstIndex(where: { $0.name == parameter.name.text }) {
        scope.set(parameter.name, named.remove(at: position).value)
      } else if let standard = parameter.standard {
        scope.set(parameter.name, try evaluate(standard, scope))
      } else {
        let name = parameter.name.text
        let missing = UndefinedName(
          name: name,
          message: "parameter '\(name)' of \(definition.frameName) was not provided"
        )
        scope.set(parameter.name, .undefined(missing))
      }
    }
    if let caller = implicit.caller {
      if let position = named.firstIndex(where: { $0.name == "caller" }) {
        scope.set(caller, named.remove(at: position).value)
      } else {
        let missing = UndefinedName(name: "caller", message: "no caller is defined")
        scope.set(caller, .undefined(missing))
      }
    }
    if let kwargs = implicit.kwargs {
      scope.set(kwargs, .dictionary(DictionaryReference(named.lazy.map { ($0.name, $0.value) })))
    } else if let extra = named.first {
      if extra.name == "caller" {
        throw .unusedCaller(definition.frameName, at: arguments.range)
      }
      if definition.parameterNames.contains(extra.name) {
        throw .repeatedArgument(extra.name, of: definition.frameName, at: arguments.range)
      }
      throw .unknownArgument(
        extra.name,
        of: definition.frameName,
        parameters: definition.parameterNames,
        at: arguments.range
      )
    }
    let extra = arguments.positional.dropFirst(parameters.count)
    if let varargs = implicit.varargs {
      scope.set(varargs, .tuple(Array(extra)))
    } else if !extra.isEmpty {
      throw .tooManyArguments(
        of: definition.frameName,
        maximum: parameters.count,
        given: arguments.positional.count,
        at: arguments.range
      )
    }
  }
}
