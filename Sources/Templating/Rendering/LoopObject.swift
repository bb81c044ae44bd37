import Diagnostics

/// The variable `loop`.
final class LoopObject: TemplateObject {
  private let loop: LoopNode
  private let all: [Value]
  private let scope: Scope
  private let depth: Int
  private var lastChecked: [Value]?
  @exclusivity(unchecked) var index = 0

  init(_ loop: LoopNode, _ elements: [Value], scope: Scope, depth: Int) {
    self.loop = loop
    all = elements
    self.scope = scope
    self.depth = depth
  }

  var typeName: String { "LoopContext" }
  var rendered: String { "<LoopContext \(index + 1)/\(all.count)>" }
  var count: Int? { all.count }
  var isCallable: Bool { loop.isRecursive }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "index": return .integer(index + 1)
    case "index0": return .integer(index)
    case "revindex": return .integer(all.count - index)
    case "revindex0": return .integer(all.count - index - 1)
    case "first": return .boolean(index == 0)
    case "last": return .boolean(index == all.count - 1)
    case "length": return .integer(all.count)
    case "depth": return .integer(depth)
    case "depth0": return .integer(depth - 1)
    case "previtem":
      if index > 0 { return all[index - 1] }
      return .undefined(UndefinedName(name: name, message: "there is no previous item"))
    case "nextitem":
      if index + 1 < all.count { return all[index + 1] }
      return .undefined(UndefinedName(name: name, message: "there is no next item"))
    case "cycle":
      return .function(
        NativeFunction("cycle") { [index] (arguments) throws(Diagnostic) in
          guard !arguments.positional.isEmpty else {
            throw .missingArgument("item", of: "loop.cycle", at: arguments.range)
          }
          return arguments.positional[index % arguments.positional.count]
        }
      )
    case "changed":
      return .function(
        NativeFunction("changed") { [weak self] arguments in
          let values = arguments.positional
          guard let self else { return .boolean(true) }
          if let last = lastChecked, Value.isEqual(.tuple(last), .tuple(values)) {
            return .boolean(false)
          }
          lastChecked = values
          return .boolean(true)
        }
      )
    default: return nil
    }
  }

  /// A recursive loop over other elements, as text.
  func call(_ arguments: Arguments) throws(Diagnostic) -> Value {
    guard loop.isRecursive else {
      throw .typeMismatch(
        "the loop is not recursive",
        at: arguments.range,
        help: ["write {% for … in … recursive %}"]
      )
    }
    let sequence = try arguments.required(0, "iterable", of: "loop")
    let text = try arguments.renderer.capture { (renderer) throws(Diagnostic) in
      guard renderer.callDepth < TemplateLimits.callDepth else {
        throw .recursionLimit(TemplateLimits.callDepth, at: arguments.range)
      }
      renderer.callDepth += 1
      defer { renderer.callDepth -= 1 }
      try renderer.runLoop(loop, over: sequence, scope, depth: depth + 1, at: arguments.range)
    }
    return .string(TemplateString(text))
  }
}
