import Diagnostics

extension Renderer {
  /// Prints a value; text that came out of a template keeps its own origins.
  func write(_ value: Value, _ origin: SourceMap.Origin) throws(Diagnostic) {
    switch value {
    case .undefined: return
    case .integer(let number): try write(number, origin)
    case .string(let string): try write(string, origin)
    default:
      let text = escapes ? HTMLText.escape(value.rendered) : value.rendered
      try checkOutput(output.append(text, origin, frameNumber: expansion), origin)
    }
  }

  func write(_ number: Int, _ origin: SourceMap.Origin) throws(Diagnostic) {
    try checkOutput(output.append(number, origin, frameNumber: expansion), origin)
  }

  /// Prints a text of the template itself.
  @inline(__always)
  func write(_ text: FixedText, _ origin: SourceMap.Origin) throws(Diagnostic) {
    try checkOutput(output.append(copying: text, origin, frameNumber: expansion), origin)
  }

  /// Prints a variable, if it is what most are: an integer or a short text.
  ///
  /// - Parameters:
  ///   - slot: the variable.
  ///   - frame: what it belongs to.
  ///   - origin: what prints it.
  /// - Returns: whether it was printed.
  /// - Throws: a diagnostic for too much text.
  @inline(__always)
  func write(
    _ slot: Int,
    of frame: Frame,
    _ origin: SourceMap.Origin
  ) throws(Diagnostic) -> Bool {
    if let number = frame.integer(slot) {
      try write(number, origin)
      return true
    }
    guard let text = frame.shortText(slot), !escapes else { return false }
    try checkOutput(output.append(text, origin, frameNumber: expansion), origin)
    return true
  }

  func write(_ string: TemplateString, _ origin: SourceMap.Origin) throws(Diagnostic) {
    let count: Int
    switch string {
    case .short(let text) where !escapes:
      count = output.append(text, origin, frameNumber: expansion)
    case .plain(let text) where !escapes, .safe(let text):
      count = output.append(text, origin, frameNumber: expansion)
    case .mapped(let mapped):
      count = output.append(mapped.mapped, frame: expansion == 0 ? nil : Int(expansion) - 1)
    default:
      let text = escapes ? HTMLText.escape(string.text) : string.text
      count = output.append(text, origin, frameNumber: expansion)
    }
    try checkOutput(count, origin)
  }

  /// Checks the size of the text in hand, which ends where the output does.
  @inline(__always)
  func checkOutput(_ count: Int, _ origin: SourceMap.Origin) throws(Diagnostic) {
    if count - outputBase > TemplateLimits.textBytes { throw Self.tooMuchText(at: origin) }
  }

  /// Apart, so that the way of every text is short.
  @inline(never)
  private static func tooMuchText(at origin: SourceMap.Origin) -> Diagnostic {
    Value.textLimit(at: origin.range)
  }

  /// Writes what `body` prints to a text of its own.
  ///
  /// - Parameters:
  ///   - name: the macro whose expansion this is, if it is one.
  ///   - callSite: where it was called.
  ///   - body: what prints.
  /// - Returns: what was printed.
  /// - Throws: what `body` throws.
  func capture(
    named name: String? = nil,
    callSite: TextRange? = nil,
    _ body: (Renderer) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> MappedText {
    let mark = output.mark
    let outer = (expansion, outputBase)
    var collector: NodeCollector?
    swap(&collector, &nodes)
    expansion = 0
    outputBase = mark.bytes
    if let name, let callSite {
      expand(SourceMap.Frame(name: name, callSite: callSite, parent: nil))
    }
    defer {
      (expansion, outputBase) = outer
      swap(&collector, &nodes)
    }
    do {
      try body(self)
    } catch {
      output.removeAll(after: mark)
      throw error
    }
    return output.take(after: mark)
  }

  /// Lets what is written from now on belong to an expansion.
  func expand(_ frame: SourceMap.Frame) {
    expansion = UInt32(truncatingIfNeeded: output.addFrame(frame) + 1)
  }
}
