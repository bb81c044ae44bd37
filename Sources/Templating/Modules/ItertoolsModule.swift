import Diagnostics

/// `modules.itertools`: what dbt hands out of it.
enum ItertoolsModule {
  static var members: DictionaryReference {
    let result = DictionaryReference()
    for (name, body) in table {
      result[name] = .function(
        NativeFunction("itertools.\(name)") { arguments throws(Diagnostic) in
          arguments.renderer.context.noteFormer("itertools.\(name)", at: arguments.range)
          return try body(arguments)
        }
      )
    }
    return result
  }

  private static func once(_ elements: [Value], _ name: String) -> Value {
    .object(OneShotSequence(elements, typeName: "itertools.\(name)"))
  }

  private static func elements(
    _ value: Value,
    limit: Int = TemplateLimits.elements,
    _ arguments: Arguments
  ) throws(Diagnostic) -> [Value] {
    if case .object(let endless as EndlessSequence) = value {
      guard limit < TemplateLimits.elements else {
        throw .sizeLimit("the sequence has no end; take a part with islice", at: arguments.range)
      }
      return endless.take(limit)
    }
    guard let elements = value.elements else { throw .notIterable(value, at: arguments.range) }
    return elements
  }

  /// Every way to pick indices, in Python's order; `pick` says whether a choice may follow.
  private static func arrangements(
    _ pool: [Value],
    _ size: Int,
    _ name: String,
    _ arguments: Arguments,
    allows: ([Int], Int) -> Bool
  ) throws(Diagnostic) -> Value {
    guard size >= 0 else { throw .invalidValue("r must be non-negative", at: arguments.range) }
    var result: [Value] = []
    var chosen: [Int] = []
    var candidate = 0
    if size == 0 { return once([.tuple([])], name) }
    guard size <= 1_000 else {
      throw .sizeLimit("\(name) takes 1000 elements at most", at: arguments.range)
    }
    while true {
      try arguments.renderer.countStep(at: arguments.range)
      if candidate < pool.count {
        guard allows(chosen, candidate) else {
          candidate += 1
          continue
        }
        chosen.append(candidate)
        if chosen.count < size {
          candidate = 0
          continue
        }
        result.append(.tuple(chosen.map { pool[$0] }))
        try Value.checkCount(result.count * size, at: arguments.range)
      } else if chosen.isEmpty {
        return once(result, name)
      }
      guard let last = chosen.popLast() else { return once(result, name) }
      candidate = last + 1
    }
  }

  private static let table: [String: @Sendable (Arguments) throws(Diagnostic) -> Value] = [
    "chain": { (arguments) throws(Diagnostic) in
      var result: [Value] = []
      for value in arguments.positional {
        result += try elements(value, arguments)
        try Value.checkCount(result.count, at: arguments.range)
      }
      return once(result, "chain")
    },
    "count": { (arguments) throws(Diagnostic) in
      let start = arguments.value(0, "start") ?? .integer(0)
      let step = arguments.value(1, "step") ?? .integer(1)
      let range = arguments.range
      guard start.doubleValue != nil, step.doubleValue != nil else {
        throw .typeMismatch("a number is required", at: range)
      }
      return .object(
        EndlessSequence("itertools.count") { index in
          let offset = Value.integer(index)
          if let a = start.integerValue, let b = step.integerValue {
            return .integer(a &+ index &* b)
          }
          return .float(
            (start.doubleValue ?? 0) + (step.doubleValue ?? 0) * (offset.doubleValue ?? 0)
          )
        }
      )
    },
    "cycle": { (arguments) throws(Diagnostic) in
      let pool = try elements(arguments.required(0, "iterable", of: "cycle"), arguments)
      if pool.isEmpty { return once([], "cycle") }
      return .object(EndlessSequence("itertools.cycle") { pool[$0 % pool.count] })
    },
    "repeat": { (arguments) throws(Diagnostic) in
      let value = try arguments.required(0, "object", of: "repeat")
      guard arguments.value(1, "times") != nil else {
        return .object(EndlessSequence("itertools.repeat") { _ in value })
      }
      let times = max(0, try Methods.integer(arguments, 1, "times", of: "repeat"))
      try Value.checkCount(times, at: arguments.range)
      return once(Array(repeating: value, count: times), "repeat")
    },
    "accumulate": { (arguments) throws(Diagnostic) in
      let pool = try elements(arguments.required(0, "iterable", of: "accumulate"), arguments)
      let function = arguments.value(1, "func")
      var result: [Value] = []
      if let initial = arguments.value(named: "initial"), !initial.isNone { result.append(initial) }
      for element in pool {
        guard let last = result.last else {
          result.append(element)
          continue
        }
        if let function, !function.isNone {
          let call = Arguments(
            positional: [last, element],
            range: arguments.range,
            renderer: arguments.renderer
          )
          result.append(try arguments.renderer.call(function, call))
        } else {
          result.append(try Value.arithmetic(.add, last, element, at: arguments.range))
        }
      }
      return once(result, "accumulate")
    },
    "compress": { (arguments) throws(Diagnostic) in
      let data = try elements(arguments.required(0, "data", of: "compress"), arguments)
      let keys = try elements(arguments.required(1, "selectors", of: "compress"), arguments)
      return once(zip(data, keys).filter { $0.1.isTrue }.map(\.0), "compress")
    },
    "islice": { (arguments) throws(Diagnostic) in
      let source = try arguments.required(0, "iterable", of: "islice")
      var bounds: [Int?] = []
      for value in arguments.positional.dropFirst() {
        guard value.isNone || (value.integerValue ?? -1) >= 0 else {
          throw .invalidValue(
            "the bounds of islice must be None or integers from 0 on",
            at: arguments.range
          )
        }
        bounds.append(value.integerValue)
      }
      if bounds.isEmpty { throw .missingArgument("stop", of: "islice", at: arguments.range) }
      let start = bounds.count > 1 ? bounds[0] ?? 0 : 0
      let stop = bounds.count > 1 ? bounds[1] : bounds[0]
      let step = bounds.count > 2 ? bounds[2] ?? 1 : 1
      guard step > 0 else {
        throw .invalidValue("the step of islice must be above zero", at: arguments.range)
      }
      let pool = try elements(source, limit: stop ?? TemplateLimits.elements, arguments)
      let end = min(stop ?? pool.count, pool.count)
      guard start < end else { return once([], "islice") }
      return once(stride(from: start, to: end, by: step).map { pool[$0] }, "islice")
    },
    "starmap": { (arguments) throws(Diagnostic) in
      let function = try arguments.required(0, "function", of: "starmap")
      var result: [Value] = []
      for element in try elements(arguments.required(1, "iterable", of: "starmap"), arguments) {
        let call = Arguments(
          positional: try elements(element, arguments),
          range: arguments.range,
          renderer: arguments.renderer
        )
        result.append(try arguments.renderer.call(function, call))
      }
      return once(result, "starmap")
    },
    "tee": { (arguments) throws(Diagnostic) in
      let pool = try elements(arguments.required(0, "iterable", of: "tee"), arguments)
      let count =
        try arguments.value(1, "n") == nil ? 2 : Methods.integer(arguments, 1, "n", of: "tee")
      try Value.checkCount(max(0, count), at: arguments.range)
      return .tuple((0..<max(0, count)).map { _ in once(pool, "_tee") })
    },
    "zip_longest": { (arguments) throws(Diagnostic) in
      let fill = arguments.value(named: "fillvalue") ?? .none
      var pools: [[Value]] = []
      for value in arguments.positional { pools.append(try elements(value, arguments)) }
      let count = pools.map(\.count).max() ?? 0
      return once(
        (0..<count).map { index in
          .tuple(pools.map { index < $0.count ? $0[index] : fill })
        },
        "zip_longest"
      )
    },
    "product": { (arguments) throws(Diagnostic) in
      var pools: [[Value]] = []
      for value in arguments.positional { pools.append(try elements(value, arguments)) }
      if arguments.value(named: "repeat") != nil {
        let times = try Methods.integer(arguments, .max, "repeat", of: "product")
        guard (0...1_000).contains(times) else {
          throw .sizeLimit("product repeats 1000 times at most", at: arguments.range)
        }
        pools = Array(repeatElement(pools, count: times).joined())
      }
      var result: [[Value]] = [[]]
      for pool in pools {
        let (count, overflows) = result.count.multipliedReportingOverflow(by: pool.count)
        try Value.checkCount(overflows ? .max : count, at: arguments.range)
        result = result.flatMap { start in pool.map { start + [$0] } }
      }
      return once(result.map { .tuple($0) }, "product")
    },
    "permutations": { (arguments) throws(Diagnostic) in
      let pool = try elements(arguments.required(0, "iterable", of: "permutations"), arguments)
      let size = arguments.value(1, "r")?.integerValue ?? pool.count
      return try arrangements(pool, size, "permutations", arguments) { !$0.contains($1) }
    },
    "combinations": { (arguments) throws(Diagnostic) in
      let pool = try elements(arguments.required(0, "iterable", of: "combinations"), arguments)
      let size = try Methods.integer(arguments, 1, "r", of: "combinations")
      return try arrangements(pool, size, "combinations", arguments) { ($0.last ?? -1) < $1 }
    },
    "combinations_with_replacement": { (arguments) throws(Diagnostic) in
      let name = "combinations_with_replacement"
      let pool = try elements(arguments.required(0, "iterable", of: name), arguments)
      let size = try Methods.integer(arguments, 1, "r", of: name)
      return try arrangements(pool, size, name, arguments) { ($0.last ?? 0) <= $1 }
    },
  ]
}

/// A sequence without an end.
final class EndlessSequence: TemplateObject {
  let typeName: String
  private var position = 0
  private let element: (Int) -> Value

  init(_ typeName: String, _ element: @escaping (Int) -> Value) {
    self.typeName = typeName
    self.element = element
  }

  var rendered: String { "\(typeName) object" }
  func attribute(_ name: String) -> Value? { nil }

  func take(_ count: Int) -> [Value] {
    defer { position += count }
    return (position..<position + count).map(element)
  }
}
