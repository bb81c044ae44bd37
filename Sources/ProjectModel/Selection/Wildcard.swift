/// Shell patterns as Python's `fnmatch` reads them: `*`, `?`, `[a-z]`, `[!a]`.
package struct Wildcard: Sendable {
  private enum Part {
    case character(Unicode.Scalar)
    case any
    case anyRun
    case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
  }

  private let parts: [Part]

  package init(_ pattern: some StringProtocol) {
    var parts: [Part] = []
    let scalars = Array(pattern.unicodeScalars)
    var index = 0
    while index < scalars.count {
      switch scalars[index] {
      case "*":
        // Several in a row mean the same as one, and would cost time.
        if case .anyRun = parts.last {} else { parts.append(.anyRun) }
      case "?": parts.append(.any)
      case "[":
        if let (set, end) = Self.parseSet(scalars, at: index) {
          parts.append(set)
          index = end
        } else {
          parts.append(.character("["))
        }
      case let other: parts.append(.character(other))
      }
      index += 1
    }
    self.parts = parts
  }

  /// Whether a text holds any of the characters that mean more than themselves.
  package static func isPattern(_ text: some StringProtocol) -> Bool {
    text.unicodeScalars.contains { $0 == "*" || $0 == "?" || $0 == "[" }
  }

  /// Whether the whole of `text` matches.
  package func matches(_ text: some StringProtocol) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var position = 0
    var part = 0
    // Where to start again after the last `*`: the shortest match is tried first.
    var retry: (part: Int, position: Int)?
    while position < scalars.count {
      if part < parts.count, case .anyRun = parts[part] {
        retry = (part, position)
        part += 1
      } else if part < parts.count, matches(parts[part], scalars[position]) {
        part += 1
        position += 1
      } else if let last = retry {
        retry = (last.part, last.position + 1)
        part = last.part + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    while part < parts.count, case .anyRun = parts[part] { part += 1 }
    return part == parts.count
  }

  private func matches(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
    switch part {
    case .character(let expected): expected == scalar
    case .any, .anyRun: true
    case .set(let ranges, let isNegated):
      ranges.contains { $0.contains(scalar) } != isNegated
    }
  }

  /// The set that starts at `start`, and the index of its `]`; nil when it is not closed.
  private static func parseSet(_ scalars: [Unicode.Scalar], at start: Int) -> (Part, Int)? {
    var index = start + 1
    let isNegated = index < scalars.count && scalars[index] == "!"
    if isNegated { index += 1 }
    let first = index
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    while index < scalars.count {
      // A `]` that comes first is one of the set.
      if scalars[index] == "]", index > first { return (.set(ranges, isNegated: isNegated), index) }
      if index + 2 < scalars.count, scalars[index + 1] == "-", scalars[index + 2] != "]" {
        if scalars[index] <= scalars[index + 2] {
          ranges.append(scalars[index]...scalars[index + 2])
        }
        index += 3
      } else {
        ranges.append(scalars[index]...scalars[index])
        index += 1
      }
    }
    return nil
  }
}
