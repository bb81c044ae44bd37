import Diagnostics

/// `f(…)`.
class CallTerm: Term {
  /// What the call names, for errors.
  final let function: Term
  final let arguments: ArgumentTerms
  /// Whether one lone argument is given.
  final let isSimple: Bool

  init(_ function: Term, _ arguments: ArgumentTerms, _ range: TextRange) {
    self.function = function
    self.arguments = arguments
    isSimple =
      arguments.positional.count == 1 && arguments.named.isEmpty && !arguments.hasSplat
    super.init(range)
  }

  /// What is called.
  func target(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    try function.value(run, frame)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    try value(target(run, frame), run, frame)
  }

  override func print(_ run: Renderer, _ frame: Frame) throws(Diagnostic) {
    try print(target(run, frame), run, frame)
  }

  /// Calls a value.
  final func value(
    _ target: Value,
    _ run: Renderer,
    _ frame: Frame
  ) throws(Diagnostic) -> Value {
    let result: Value
    if case .macro(let macro) = target, !arguments.hasSplat {
      result = try run.call(macro, arguments, frame, at: range)
    } else if case .function(let function) = target, let simple = function.simple, isSimple {
      let argument = try arguments.positional[0].value(run, frame)
      if let value = simple(argument) { return value }
      let values = Arguments(positional: [argument], range: range, renderer: run)
      result = try run.call(.function(function), values)
    } else {
      if case .undefined(let name) = target, run.undefined == .standard {
        throw run.undefinedUse(name, at: function.range, frame: frame)
      }
      result = try run.call(target, arguments.values(run, frame, at: range))
    }
    try run.countWork(result, at: range)
    return result
  }

  /// Calls a value and prints the result; what a macro prints goes straight to the text.
  final func print(
    _ target: Value,
    _ run: Renderer,
    _ frame: Frame
  ) throws(Diagnostic) {
    switch target {
    case .macro(let macro) where !arguments.hasSplat:
      try run.print(macro, arguments, frame, at: range)
    case .object(let object):
      let values = try arguments.values(run, frame, at: range)
      if try run.print(object, values) { return }
      let result = try run.call(target, values)
      try run.countWork(result, at: range)
      try run.write(result, origin)
    default: try run.write(value(target, run, frame), origin)
    }
  }
}

/// `a.f(…)`: methods of Python's types are called without making a value of them first.
final class MethodCallTerm: CallTerm {
  private let base: Term
  private let attribute: AttributeTerm
  private let methods: MethodSet
  private let isAppend: Bool
  /// What `keys()` and its kin give of a dictionary.
  private let view: DictionaryView.Kind?

  init(
    _ base: Term,
    _ name: String,
    _ arguments: ArgumentTerms,
    of function: TextRange,
    _ range: TextRange
  ) {
    self.base = base
    methods = MethodSet.named(name)
    attribute = AttributeTerm(base, name, function)
    isAppend = name == "append"
    view = arguments.isEmpty ? DictionaryView.Kind(method: name) : nil
    super.init(attribute, arguments, range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    let owner = try base.value(run, frame)
    if let view, case .dictionary(let dictionary) = owner {
      return .object(DictionaryView(dictionary, view))
    }
    if isAppend, isSimple, case .list(let list) = owner {
      let element = try arguments.positional[0].value(run, frame)
      try Value.checkCount(list.elements.count + 1, at: range)
      list.elements.append(element)
      return .none
    }
    if let body = methods.body(of: owner) {
      let result = try body(owner, arguments.values(run, frame, at: range))
      try run.countWork(result, at: range)
      return result
    }
    return try value(attribute.value(of: owner, run, frame), run, frame)
  }

  override func print(_ run: Renderer, _ frame: Frame) throws(Diagnostic) {
    let owner = try base.value(run, frame)
    if let body = methods.body(of: owner) {
      let result = try body(owner, arguments.values(run, frame, at: range))
      try run.countWork(result, at: range)
      return try run.write(result, origin)
    }
    try print(attribute.value(of: owner, run, frame), run, frame)
  }
}

/// `x | f(…)`.
final class FilterTerm: Term {
  private let base: Term
  private let filter: FilterCall

  init(_ base: Term, _ filter: FilterCall, _ range: TextRange) {
    self.base = base
    self.filter = filter
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    let result = try filter.apply(to: base.value(run, frame), run, frame)
    try run.countWork(result, at: range)
    return result
  }
}

/// A filter with its arguments.
struct FilterCall {
  private let function: BuiltinFilter
  private let arguments: ArgumentTerms
  let range: TextRange
  /// What is tried first.
  private let simple: (@Sendable (Value) -> Value?)?

  init(_ function: BuiltinFilter, _ arguments: ArgumentTerms, at range: TextRange) {
    self.function = function
    self.arguments = arguments
    self.range = range
    simple = arguments.isEmpty ? function.simple : nil
  }

  func apply(
    to value: Value,
    _ run: Renderer,
    _ frame: Frame
  ) throws(Diagnostic) -> Value {
    if let simple, let result = simple(value) { return result }
    return try function.apply(value, arguments.values(run, frame, at: range))
  }
}

/// `x is f(…)`.
final class TestTerm: Term {
  private let base: Term
  private let test: BuiltinTest
  private let arguments: ArgumentTerms
  private let testRange: TextRange

  init(
    _ base: Term,
    _ test: BuiltinTest,
    _ arguments: ArgumentTerms,
    at testRange: TextRange,
    _ range: TextRange
  ) {
    self.base = base
    self.test = test
    self.arguments = arguments
    self.testRange = testRange
    super.init(range)
  }

  override func value(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Value {
    .boolean(try isTrue(run, frame))
  }

  override func isTrue(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Bool {
    let value = try base.value(run, frame)
    if let simple = test.simple, arguments.isEmpty { return simple(value) }
    return try test.check(value, arguments.values(run, frame, at: testRange))
  }
}
