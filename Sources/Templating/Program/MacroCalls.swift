import Diagnostics

/// What a call gave a macro beyond its parameters.
struct SurplusArguments {
  var positional: [Value] = []
  var named: [(name: String, value: Value)] = []
}

extension Renderer {
  /// Calls a macro with arguments that are evaluated straight into its frame.
  func call(
    _ macro: BoundMacro,
    _ terms: ArgumentTerms,
    _ caller: Frame,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    let frame = Frame(macro.definition.program.layout, parent: macro.frame)
    let surplus = try bind(terms, of: macro.definition, frame, caller)
    return try value(of: macro.definition, frame, surplus, at: range)
  }

  /// Calls a macro with arguments that a host has put together.
  func call(_ macro: BoundMacro, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let frame = Frame(macro.definition.program.layout, parent: macro.frame)
    let surplus = bind(arguments, of: macro.definition, frame)
    return try value(of: macro.definition, frame, surplus, at: arguments.range)
  }

  /// Calls a macro and prints what it gives, without a text in between.
  func print(
    _ macro: BoundMacro,
    _ terms: ArgumentTerms,
    _ caller: Frame,
    at range: TextRange
  ) throws(Diagnostic) {
    let frame = Frame(macro.definition.program.layout, parent: macro.frame)
    let surplus = try bind(terms, of: macro.definition, frame, caller)
    try print(macro.definition, frame, surplus, at: range)
  }

  /// Calls a macro with arguments that are there already, and prints what it gives.
  func print(_ macro: BoundMacro, _ arguments: Arguments) throws(Diagnostic) {
    let frame = Frame(macro.definition.program.layout, parent: macro.frame)
    let surplus = bind(arguments, of: macro.definition, frame)
    try print(macro.definition, frame, surplus, at: arguments.range)
  }

  /// Runs a macro in place.
  private func print(
    _ definition: MacroDefinition,
    _ frame: Frame,
    _ surplus: SurplusArguments,
    at range: TextRange
  ) throws(Diagnostic) {
    let outerExpansion = expansion
    let outerEscapes = escapes
    try countStep(at: range)
    try enterCall(at: range)
    defer {
      expansion = outerExpansion
      escapes = outerEscapes
      callDepth -= 1
    }
    try complete(frame, of: definition, surplus, at: range)
    let mark = output.mark
    // The block handed to a macro is no macro to the user: no frame, no name, no return.
    if definition.isCaller {
      _ = try definition.program.body.perform(self, frame)
    } else {
      expand(
        SourceMap.Frame(
          name: definition.frameName,
          callSite: range,
          parent: outerExpansion == 0 ? nil : Int(outerExpansion) - 1
        )
      )
      do {
        _ = try definition.program.body.perform(self, frame)
      } catch {
        guard let value = returned else { throw noted(error, in: definition, at: range) }
        returned = nil
        output.removeAll(after: mark)
        expansion = outerExpansion
        escapes = outerEscapes
        try countWork(value, at: range)
        return try write(value, SourceMap.Origin(range))
      }
    }
    let count = output.count - mark.bytes
    if count == 0 { output.removeAll(after: mark) }
    try countWork(count, at: range)
  }

  /// Runs a macro: its text, or what it returns.
  private func value(
    of definition: MacroDefinition,
    _ frame: Frame,
    _ surplus: SurplusArguments,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    let outerEscapes = escapes
    try countStep(at: range)
    try enterCall(at: range)
    defer {
      escapes = outerEscapes
      callDepth -= 1
    }
    try complete(frame, of: definition, surplus, at: range)
    if definition.isCaller {
      let text = try capture { (renderer) throws(Diagnostic) in
        _ = try definition.program.body.perform(renderer, frame)
      }
      return .string(TemplateString(text))
    }
    do {
      let text = try capture(named: definition.frameName, callSite: range) {
        (renderer) throws(Diagnostic) in
        _ = try definition.program.body.perform(renderer, frame)
      }
      return text.isEmpty ? .text("") : .string(TemplateString(text))
    } catch {
      guard let value = returned else { throw noted(error, in: definition, at: range) }
      returned = nil
      return value
    }
  }

  private func noted(
    _ error: Diagnostic,
    in definition: MacroDefinition,
    at range: TextRange
  ) -> Diagnostic {
    var error = error
    error.notes.append("in \(definition.frameName), called from \(place(of: range))")
    error.callSites.append(range)
    return error
  }

  /// A place as people read it: `models/a.sql:3:7`.
  private func place(of range: TextRange) -> String {
    let position = buffers.position(of: range)
    return "\(buffers.name(of: range.buffer)):\(position.line):\(position.column)"
  }

  private func bind(
    _ terms: ArgumentTerms,
    of definition: MacroDefinition,
    _ frame: Frame,
    _ caller: Frame
  ) throws(Diagnostic) -> SurplusArguments {
    var surplus = SurplusArguments()
    let count = definition.program.parameters.count
    for (index, term) in terms.positional.enumerated() {
      let value = try term.value(self, caller)
      if index < count { frame[index] = value } else { surplus.positional.append(value) }
    }
    for (name, term) in terms.named {
      let value = try term.value(self, caller)
      give(value, name, to: definition, frame, &surplus)
    }
    return surplus
  }

  private func bind(
    _ arguments: Arguments,
    of definition: MacroDefinition,
    _ frame: Frame
  ) -> SurplusArguments {
    var surplus = SurplusArguments()
    let count = definition.program.parameters.count
    for (index, value) in arguments.positional.enumerated() {
      if index < count { frame[index] = value } else { surplus.positional.append(value) }
    }
    for (name, value) in arguments.named { give(value, name, to: definition, frame, &surplus) }
    return surplus
  }

  private func give(
    _ value: Value,
    _ name: String,
    to definition: MacroDefinition,
    _ frame: Frame,
    _ surplus: inout SurplusArguments
  ) {
    let parameters = definition.program.parameters
    for index in parameters.indices where parameters[index].name == name {
      // What was given by position already is told later on.
      guard frame[index] == nil else { break }
      frame[index] = value
      return
    }
    surplus.named.append((name, value))
  }

  /// Gives the parameters that are left their values, and checks what is too much.
  private func complete(
    _ frame: Frame,
    of definition: MacroDefinition,
    _ surplus: SurplusArguments,
    at range: TextRange
  ) throws(Diagnostic) {
    let program = definition.program
    for index in program.parameters.indices where frame[index] == nil {
      let parameter = program.parameters[index]
      if let standard = parameter.standard {
        frame[index] = try standard.value(self, frame)
      } else {
        frame[index] = .undefined(parameter.missing)
      }
    }
    if program.callerSlot == nil, program.kwargsSlot == nil, program.varargsSlot == nil,
      surplus.positional.isEmpty, surplus.named.isEmpty
    {
      return
    }
    try complete(frame, of: definition, beyond: surplus, at: range)
  }

  private func complete(
    _ frame: Frame,
    of definition: MacroDefinition,
    beyond surplus: SurplusArguments,
    at range: TextRange
  ) throws(Diagnostic) {
    let program = definition.program
    var named = surplus.named
    if let slot = program.callerSlot {
      if let position = named.firstIndex(where: { $0.name == "caller" }) {
        frame[slot] = named.remove(at: position).value
      } else {
        frame[slot] = .undefined(
          UndefinedName(name: "caller", message: "no caller is defined")
        )
      }
    }
    if let slot = program.kwargsSlot {
      frame[slot] = .dictionary(DictionaryReference(named.lazy.map { ($0.name, $0.value) }))
    } else if let extra = named.first {
      if extra.name == "caller" { throw .unusedCaller(definition.frameName, at: range) }
      if definition.parameterNames.contains(extra.name) {
        throw .repeatedArgument(extra.name, of: definition.frameName, at: range)
      }
      throw .unknownArgument(
        extra.name,
        of: definition.frameName,
        parameters: definition.parameterNames,
        at: range
      )
    }
    if let slot = program.varargsSlot {
      frame[slot] = .tuple(surplus.positional)
    } else if !surplus.positional.isEmpty {
      throw .tooManyArguments(
        of: definition.frameName,
        maximum: program.parameters.count,
        given: program.parameters.count + surplus.positional.count,
        at: range
      )
    }
  }
}
