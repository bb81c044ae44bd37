import Diagnostics

/// The arguments of a call, compiled.
struct ArgumentTerms {
  let positional: [Term]
  let named: [(name: String, value: Term)]
  let positionalSplat: Term?
  let namedSplat: Term?

  var isEmpty: Bool {
    positional.isEmpty && named.isEmpty && !hasSplat
  }

  var hasSplat: Bool { positionalSplat != nil || namedSplat != nil }

  /// Evaluates them, in the order they are written in.
  func values(
    _ run: Renderer,
    _ frame: Frame,
    at range: TextRange
  ) throws(Diagnostic) -> Arguments {
    var result = Arguments(range: range, renderer: run)
    if !positional.isEmpty {
      result.positional.reserveCapacity(positional.count)
      for term in positional { result.positional.append(try term.value(run, frame)) }
    }
    for (name, term) in named { result.named.append((name, try term.value(run, frame))) }
    if hasSplat { try unfold(into: &result, run, frame) }
    return result
  }

  /// Adds what stands behind `*` and `**`.
  private func unfold(
    into result: inout Arguments,
    _ run: Renderer,
    _ frame: Frame
  ) throws(Diagnostic) {
    if let splat = positionalSplat {
      let value = try splat.value(run, frame)
      guard let elements = value.elements else { throw .notIterable(value, at: splat.range) }
      try Value.checkCount(elements.count, at: splat.range)
      result.positional += elements
    }
    guard let splat = namedSplat else { return }
    let value = try splat.value(run, frame)
    guard case .dictionary(let dictionary) = value else {
      if case .undefined(let name) = value {
        throw run.undefinedUse(name, at: splat.range, frame: frame)
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
}
