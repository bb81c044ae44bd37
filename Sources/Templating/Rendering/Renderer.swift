package import Diagnostics

/// Renders templates: walks their trees and writes text that remembers where it came from.
///
/// One renderer lives in one task. Host functions get it with their arguments, and may render and
/// call through it while it is at work.
package final class Renderer {
  package let context: any TemplateContext
  package let buffers: Buffers
  package let undefined: UndefinedPolicy

  /// What is written at the moment: the template's text, or that of the macro or block in hand.
  @exclusivity(unchecked) var output = MappedText()
  /// The expansion in `output` that text belongs to.
  @exclusivity(unchecked) var frame: Int?
  /// The template that the statement in hand stands in.
  @exclusivity(unchecked) var source: TemplateSource?
  /// What `return()` was given, on the way to the macro that it ends.
  @exclusivity(unchecked) var returned: Value?
  @exclusivity(unchecked) var callDepth = 0
  /// Whether printed values are to be escaped for HTML.
  @exclusivity(unchecked) var escapes = false
  /// Whether the conversions `as_bool`, `as_number`, `as_native` have an effect.
  var isNative = false
  /// What was printed, while the value of a template is worked out.
  @exclusivity(unchecked) var nodes: NodeCollector?
  @exclusivity(unchecked) private var level = 0
  private var stackFloor: StackFloor?
  @exclusivity(unchecked) private var steps = 0
  @exclusivity(unchecked) private var work = 0
  private var rendersInProgress = 0
  private var capturedScopes: [Scope] = []
  private var builtins: [String: Value] = [:]

  /// Levels of statements, expressions and calls inside of one another.
  private static let levelLimit = 2_500
  /// Levels that fit into the stack of any thread.
  private static let uncheckedLevels = 48

  package init(context: any TemplateContext, buffers: Buffers, undefined: UndefinedPolicy) {
    self.context = context
    self.buffers = buffers
    self.undefined = undefined
  }

  /// Renders a template to text with the map back to what the user typed.
  ///
  /// - Parameter template: what to render.
  /// - Returns: the text.
  /// - Throws: a diagnostic with a range in the template or in a macro it calls.
  package func render(_ template: Template) throws(Diagnostic) -> MappedText {
    try begin(template.source) { (renderer) throws(Diagnostic) in
      _ = try renderer.run(template.body, Scope(parent: nil))
      return renderer.output
    }
  }

  /// Gives the value of a template that is one lone `{{ expression }}`, and else its text.
  ///
  /// - Parameter template: what to evaluate.
  /// - Returns: the value.
  /// - Throws: a diagnostic with a range in the template or in a macro it calls.
  package func evaluate(_ template: Template) throws(Diagnostic) -> Value {
    try begin(template.source) { (renderer) throws(Diagnostic) in
      let wasNative = renderer.isNative
      renderer.isNative = true
      defer { renderer.isNative = wasNative }
      // As in dbt, what prints one value is that value, and constants are text already.
      renderer.nodes = NodeCollector()
      defer { renderer.nodes = nil }
      _ = try renderer.run(template.body, Scope(parent: nil))
      if let nodes = renderer.nodes, nodes.count == 1, let value = nodes.first { return value }
      return .string(TemplateString(renderer.output))
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
    try begin(macro.source) { (renderer) throws(Diagnostic) in
      try renderer.call(BoundMacro(macro, scope: nil), arguments)
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

  /// Runs `body` with fresh output, and puts back what was there before.
  private func begin<Result>(
    _ newSource: TemplateSource,
    _ body: (Renderer) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    let outer = (output, frame, source, escapes)
    output = MappedText()
    frame = nil
    source = newSource
    if rendersInProgress == 0 {
      steps = 0
      work = 0
      // Each rendering may be on another thread.
      stackFloor = StackFloor()
    }
    rendersInProgress += 1
    defer {
      (output, frame, source, escapes) = outer
      rendersInProgress -= 1
      if rendersInProgress == 0, callDepth == 0 {
        // Macros hold the scope they stand in, which holds them.
        for scope in capturedScopes { scope.removeAll() }
        capturedScopes = []
        returned = nil
      }
    }
    try enterLevel(at: newSource.range(0..<0))
    defer { leaveLevel() }
    return try body(self)
  }

  /// Writes what `body` prints to a text of its own.
  func capture(
    named name: String? = nil,
    callSite: TextRange? = nil,
    _ body: (Renderer) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> MappedText {
    var text = MappedText()
    var inner: Int?
    if let name, let callSite {
      inner = text.addFrame(SourceMap.Frame(name: name, callSite: callSite, parent: nil))
    }
    var collector: NodeCollector?
    swap(&text, &output)
    swap(&inner, &frame)
    swap(&collector, &nodes)
    defer {
      swap(&text, &output)
      swap(&inner, &frame)
      swap(&collector, &nodes)
    }
    try body(self)
    return output
  }

  /// Goes one level deeper, unless that would exhaust the stack.
  func enterLevel(at range: TextRange) throws(Diagnostic) {
    if level >= Self.uncheckedLevels {
      guard level < Self.levelLimit, stackFloor?.isReached != true else {
        throw .recursionLimit(TemplateLimits.callDepth, at: range)
      }
    }
    level += 1
  }

  func leaveLevel() { level -= 1 }

  /// Counts work, so that no template runs forever.
  func countStep(at range: TextRange) throws(Diagnostic) {
    steps += 1
    guard steps <= TemplateLimits.steps else {
      throw .sizeLimit("the template takes too many steps", at: range)
    }
    if steps & 1023 == 0, Task.isCancelled { throw .renderingCancelled(at: range) }
  }

  /// Counts what one operation made, so that many large values cannot use up all memory.
  func countWork(_ value: Value, at range: TextRange) throws(Diagnostic) {
    switch value {
    case .string(let string): work += string.byteCount
    case .list(let list): work += list.elements.count * MemoryLayout<Value>.stride
    case .tuple(let tuple): work += tuple.elements.count * MemoryLayout<Value>.stride
    default: return
    }
    guard work <= TemplateLimits.work else {
      throw .sizeLimit("the template makes more than 2 GB of values", at: range)
    }
  }

  func keepUntilDone(_ scope: Scope) {
    if capturedScopes.last !== scope { capturedScopes.append(scope) }
  }

  func value(_ name: TemplateName, _ scope: Scope) -> Value {
    if let value = scope.value(name) { return value }
    if let value = context.value(named: name.text) { return value }
    if let value = builtins[name.text] { return value }
    if let value = BuiltinFunctions.named(name.text) ?? BaseFunctions.named(name.text) {
      builtins[name.text] = value
      return value
    }
    return .undefined(UndefinedName(variable: name.text))
  }

  /// The error for using what is not there, with the names that may have been meant.
  func undefinedUse(
    _ name: UndefinedName,
    at range: TextRange,
    scope: Scope? = nil
  ) -> Diagnostic {
    guard name.isVariable else { return .undefinedUse(name, at: range) }
    let candidates = (scope?.names ?? []) + context.names + BuiltinFunctions.names
    return .undefinedUse(name, at: range, candidates: candidates)
  }

  /// Gives an error of a host function the place of the call, when it has none of its own.
  private func placed(_ error: Diagnostic, at range: TextRange) -> Diagnostic {
    var error = error
    if error.labels.isEmpty { error.labels = [Diagnostic.Label(range)] }
    return error
  }
}
