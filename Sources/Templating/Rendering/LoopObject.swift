import Diagnostics

/// The variable `loop`.
final class LoopObject: TemplateObject {
  /// What a loop knows about the round in hand.
  enum Attribute: String {
    case index, index0, revindex, revindex0, first, last, length, depth, depth0
  }

  private let loop: LoopBody
  private let all: LoopElements
  private let length: Int
  /// Where a recursive loop runs again; nil for others, whose frame may hold this object.
  private let outer: Frame?
  private let depth: Int
  private var lastChecked: [Value]?
  @exclusivity(unchecked) var index = 0

  init(_ loop: LoopBody, _ elements: LoopElements, _ outer: Frame, depth: Int) {
    self.loop = loop
    all = elements
    length = elements.count
    self.outer = loop.isRecursive ? outer : nil
    self.depth = depth
  }

  var typeName: String { "LoopContext" }
  var rendered: String { "<LoopContext \(index + 1)/\(length)>" }
  var count: Int? { length }
  var isCallable: Bool { loop.isRecursive }

  func value(of attribute: Attribute) -> Value {
    switch attribute {
    case .index: .integer(index + 1)
    case .index0: .integer(index)
    case .revindex: .integer(length - index)
    case .revindex0: .integer(length - index - 1)
    case .first: .boolean(index == 0)
    case .last: .boolean(index == length - 1)
    case .length: .integer(length)
    case .depth: .integer(depth)
    case .depth0: .integer(depth - 1)
    }
  }

  func attribute(_ name: String) -> Value? {
    if let attribute = Attribute(rawValue: name) { return value(of: attribute) }
    switch name {
    case "previtem":
      if index > 0 { return all[index - 1] }
      return .undefined(UndefinedName(name: name, message: "there is no previous item"))
    case "nextitem":
      if index + 1 < length { return all[index + 1] }
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
    guard let outer else {
      throw .typeMismatch(
        "the loop is not recursive",
        at: arguments.range,
        help: ["write {% for … in … recursive %}"]
      )
    }
    let sequence = try arguments.required(0, "iterable", of: "loop")
    let text = try arguments.renderer.capture { (renderer) throws(Diagnostic) in
      try renderer.enterCall(at: arguments.range)
      defer { renderer.callDepth -= 1 }
      try loop.perform(
        over: sequence,
        renderer,
        outer,
        depth: depth + 1,
        at: arguments.range
      )
    }
    return .string(TemplateString(text))
  }
}
