package import Diagnostics

/// Renders templates: runs their steps and writes text that remembers where it came from.
///
/// One renderer lives in one task. Host functions get it with their arguments, and may render and
/// call through it while it is at work.
package final class Renderer {
  package let context: any TemplateContext
  package let buffers: Buffers
  package let undefined: UndefinedPolicy

  let output = MappedTextWriter()
  /// Where in `output` the text in hand begins: the template's, or that of a macro or block.
  @exclusivity(unchecked) var outputBase = 0
  /// One more than the index of the expansion that text belongs to; 0 for none.
  @exclusivity(unchecked) var expansion: UInt32 = 0
  /// What `return()` was given, on the way to the macro that it ends.
  @exclusivity(unchecked) var returned: Value?
  @exclusivity(unchecked) var callDepth = 0
  /// Whether printed values are to be escaped for HTML.
  @exclusivity(unchecked) var escapes = false
  /// Whether the conversions `as_bool`, `as_number`, `as_native` have an effect.
  var isNative = false
  /// What was printed, while the value of a template is worked out.
  @exclusivity(unchecked) var nodes: NodeCollector?
  private var stackFloor: StackFloor?
  @exclusivity(unchecked) private var steps = 0
  @exclusivity(unchecked) private var work = 0
  @exclusivity(unchecked) private var nextLook = TemplateLimits.workBetweenLooks
  /// The memory in use when it was first looked at.
  private var usedBefore: Int?
  private var rendersInProgress = 0
  private var capturedFrames: [Frame] = []
  /// How many places were drawn.
  private var draws: UInt64 = 0
  /// The functions of `BuiltinFunctions.all` that were asked for.
  @exclusivity(unchecked) private var builtins: [Value?] = []

  package init(context: any TemplateContext, buffers: Buffers, undefined: UndefinedPolicy) {
    self.context = context
    self.buffers = buffers
    self.undefined = undefined
  }

  /// A place that looks drawn by lot, and is the same in every rendering: the same project compiles
  /// to the same SQL.
  func drawnPlace(below count: Int) -> Int {
    draws &+= 1
    var bits = draws &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    return Int(bits % UInt64(count))
  }

  /// Renders a template to text with the map back to what the user typed.
  ///
  /// - Parameter template: what to render.
  /// - Returns: the text.
  /// - Throws: a diagnostic with a range in the template or in a macro it calls.
  package func render(_ template: Template) throws(Diagnostic) -> MappedText {
    try begin(at: template.start) { (renderer) throws(Diagnostic) in
      try renderer.capture { (renderer) throws(Diagnostic) in
        _ = try template.program.run(renderer)
      }
    }
  }

  /// Gives the value of a template that is one lone `{{ expression }}`, and else its text.
  ///
  /// - Parameter template: what to evaluate.
  /// - Returns: the value.
  /// - Throws: a diagnostic with a range in the template or in a macro it calls.
  package func evaluate(_ template: Template) throws(Diagnostic) -> Value {
    try begin(at: template.start) { (renderer) throws(Diagnostic) in
      let wasNative = renderer.isNative
      renderer.isNative = true
      defer { renderer.isNative = wasNative }
      // As in dbt, what prints one value is that value, and constants are text already.
      var nodes: NodeCollector?
      let text = try renderer.capture { (renderer) throws(Diagnostic) in
        renderer.nodes = NodeCollector()
        _ = try template.program.run(renderer)
        nodes = renderer.nodes
      }
      if let nodes, nodes.count == 1, let value = nodes.first { return try value.readAsMarked() }
      return .string(TemplateString(text))
    }
  }

  /// Calls a macro of the host's choice.
  ///
  /// - Parameters:
  ///   - macro: what to call.
  ///   - arguments: its arguments, with the place of the call.
  /// - Returns: what the macro returns, or its text.
  /// - Throws: a diagnostic with a range in the macro or in what it calls.
  package func call(
    _ macro: MacroDefinition,
    arguments: Arguments
  ) throws(Diagnostic) -> Value {
    try begin(at: arguments.range) { (renderer) throws(Diagnostic) in
      try renderer.call(BoundMacro(macro, frame: nil), arguments)
    }
  }

  /// Calls a macro of the host's choice and prints what it gives at the place in hand.
  ///
  /// - Parameters:
  ///   - macro: what to call.
  ///   - arguments: its arguments, with the place of the call.
  /// - Throws: a diagnostic with a range in the macro or in what it calls.
  package func print(_ macro: MacroDefinition, arguments: Arguments) throws(Diagnostic) {
    try begin(at: arguments.range) { (renderer) throws(Diagnostic) in
      try renderer.print(BoundMacro(macro, frame: nil), arguments)
    }
  }

  /// Calls any value: a function, a macro, an object that can be called.
  ///
  /// - Parameters:
  ///   - value: what to call.
  ///   - arguments: its arguments, with the place of the call.
  /// - Returns: what the call gives.
  /// - Throws: `not-callable`, or a diagnostic of what was called.
  package func call(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    switch value {
    case .macro(let macro): return try call(macro, arguments)
    case .function(let function):
      do {
        return try function.body(arguments)
      } catch {
        throw placed(error, at: arguments.range)
      }
    case .object(let object):
      do {
        return try object.call(arguments)
      } catch {
        throw placed(error, at: arguments.range)
      }
    case .undefined(let name):
      if undefined == .absorbing { return value }
      throw undefinedUse(name, at: arguments.range)
    default: throw .notCallable(value.typeName, at: arguments.range)
    }
  }

  /// Runs `body`, and puts back what was there before.
  private func begin<Result>(
    at range: TextRange,
    _ body: (Renderer) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    let outer = escapes
    if rendersInProgress == 0 {
      steps = 0
      work = 0
      nextLook = TemplateLimits.workBetweenLooks
      usedBefore = nil
      // Each rendering may be on another thread.
      stackFloor = StackFloor()
    }
    rendersInProgress += 1
    defer {
      escapes = outer
      rendersInProgress -= 1
      if rendersInProgress == 0, callDepth == 0 {
        // Macros hold the frame they stand in, which holds them.
        for frame in capturedFrames { frame.removeAll() }
        capturedFrames = []
        returned = nil
      }
    }
    guard rendersInProgress <= TemplateLimits.callDepth else {
      throw .recursionLimit(TemplateLimits.callDepth, at: range)
    }
    return try body(self)
  }

  /// Goes one call deeper, unless that would exhaust the stack; whoever calls goes back.
  ///
  /// Inside of a template the depth is that of its text, which the parser limits.
  func enterCall(at range: TextRange) throws(Diagnostic) {
    guard callDepth < TemplateLimits.callDepth, stackFloor?.isReached != true else {
      throw .recursionLimit(TemplateLimits.callDepth, at: range)
    }
    callDepth += 1
  }

  /// Counts work, so that no template runs forever.
  @inline(__always)
  func countStep(at range: TextRange) throws(Diagnostic) {
    steps += 1
    if steps & 1023 == 0 || steps > TemplateLimits.steps { try checkSteps(at: range) }
  }

  @inline(never)
  private func checkSteps(at range: TextRange) throws(Diagnostic) {
    guard steps <= TemplateLimits.steps else {
      throw .sizeLimit("the template takes too many steps", at: range)
    }
    if Task.isCancelled { throw .renderingCancelled(at: range) }
  }

  /// Counts what one operation made, so that many large values cannot use up all memory.
  @inline(__always)
  func countWork(_ value: Value, at range: TextRange) throws(Diagnostic) {
    switch value {
    case .string(let string): try countWork(string.byteCount, at: range)
    case .list(let list):
      try countWork(list.elements.count * MemoryLayout<Value>.stride, at: range)
    case .tuple(let tuple):
      try countWork(tuple.elements.count * MemoryLayout<Value>.stride, at: range)
    default: return
    }
  }

  @inline(__always)
  func countWork(_ bytes: Int, at range: TextRange) throws(Diagnostic) {
    work += bytes
    if work > nextLook { try checkWork(at: range) }
  }

  /// Looks at the memory itself: most of what a template makes is soon let go.
  @inline(never)
  private func checkWork(at range: TextRange) throws(Diagnostic) {
    nextLook = work + TemplateLimits.workBetweenLooks
    let used = ProcessMemory.used
    let before = usedBefore ?? used
    usedBefore = before
    if used - before > TemplateLimits.memory {
      throw .sizeLimit("the template holds more than 2 GB of values", at: range)
    }
    if work > TemplateLimits.work {
      throw .sizeLimit("the template makes more than 32 GB of values", at: range)
    }
  }

  func keepUntilDone(_ frame: Frame) {
    if capturedFrames.last !== frame { capturedFrames.append(frame) }
  }

  /// A function that every template has, once it is known that the host has none of its name.
  @inline(__always)
  func builtin(_ number: Int) -> Value? {
    number < builtins.count ? builtins[number] : nil
  }

  /// Makes the function of a place in `BuiltinFunctions.all`: from now on the host is not asked.
  func makeBuiltin(_ number: Int) -> Value {
    if builtins.isEmpty {
      builtins = Array(repeating: nil, count: BuiltinFunctions.all.count)
    }
    let name = BuiltinFunctions.all[number]
    let value = BuiltinFunctions.named(name) ?? BaseFunctions.named(name) ?? .none
    builtins[number] = value
    return value
  }

  /// The error for using what is not there, with the names that may have been meant.
  func undefinedUse(
    _ name: UndefinedName,
    at range: TextRange,
    frame: Frame? = nil
  ) -> Diagnostic {
    guard name.isVariable else { return .undefinedUse(name, at: range) }
    let candidates = (frame?.names ?? []) + context.names + BuiltinFunctions.names
    return .undefinedUse(name, at: range, candidates: candidates)
  }

  /// Prints what an object gives when it is called, if it can do that by itself.
  func print(_ object: any TemplateObject, _ arguments: Arguments) throws(Diagnostic) -> Bool {
    do {
      return try object.printCall(arguments)
    } catch {
      throw placed(error, at: arguments.range)
    }
  }

  /// Gives an error of a host function the place of the call, when it has none of its own.
  private func placed(_ error: Diagnostic, at range: TextRange) -> Diagnostic {
    var error = error
    if error.labels.isEmpty { error.labels = [Diagnostic.Label(range)] }
    return error
  }
}
