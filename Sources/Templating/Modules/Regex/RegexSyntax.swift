/// The tree of a regular expression as Python writes them.
indirect enum RegexNode {
  case empty
  case scalar(Unicode.Scalar, ignoresCase: Bool)
  case any(matchesNewline: Bool)
  case set(RegexSet)
  case sequence([RegexNode])
  case alternatives([RegexNode])
  case group(RegexNode, index: Int)
  case repetition(RegexNode, minimum: Int, maximum: Int?, kind: Repetition)
  case backreference(Int, ignoresCase: Bool)
  case anchor(Anchor)
  case look(RegexNode, ahead: Bool, negated: Bool)
  case atomic(RegexNode)

  enum Repetition {
    case greedy, lazy, possessive
  }

  enum Anchor {
    case textStart, textEnd, lineStart, lineEnd, endOrLastNewline, wordBoundary, noWordBoundary
  }

  /// Numbers of characters from here on count as unknown, so that their sums and products fit.
  private static let widthLimit = 1 << 20

  /// The number of characters this always matches; nil when that varies, or is beyond all measure.
  var width: Int? {
    switch self {
    case .empty, .anchor, .look: return 0
    case .scalar, .any, .set: return 1
    case .sequence(let nodes):
      var total = 0
      for node in nodes {
        guard let width = node.width, total < Self.widthLimit else { return nil }
        total += width
      }
      return total
    case .alternatives(let nodes):
      let widths = Set(nodes.map(\.width))
      return widths.count == 1 ? widths.first ?? nil : nil
    case .group(let node, _), .atomic(let node): return node.width
    case .repetition(let node, let minimum, let maximum, _):
      guard minimum == maximum, let width = node.width, width < Self.widthLimit else {
        return nil
      }
      return width * minimum
    case .backreference: return nil
    }
  }
}

/// A set of characters: `[a-z\d]`.
struct RegexSet {
  enum Member {
    case range(Unicode.Scalar, Unicode.Scalar)
    case digit(Bool)
    case word(Bool)
    case space(Bool)
  }

  var members: [Member] = []
  var isNegated = false
  var ignoresCase = false

  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_": return true
      default: return false
      }
    }
    return Methods.isLetter(scalar) || scalar.properties.numericType != nil
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    var isInside = holds(scalar)
    if !isInside, ignoresCase {
      isInside = holds(Self.folded(scalar)) || holds(Self.raised(scalar))
    }
    return isInside != isNegated
  }

  private func holds(_ scalar: Unicode.Scalar) -> Bool {
    members.contains { member in
      switch member {
      case .range(let low, let high): low <= scalar && scalar <= high
      case .digit(let wanted): (scalar.properties.numericType == .decimal) == wanted
      case .word(let wanted): Self.isWord(scalar) == wanted
      case .space(let wanted): PythonText.isSpace(scalar) == wanted
      }
    }
  }

  static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII {
      return ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar
    }
    let lowered = scalar.properties.lowercaseMapping.unicodeScalars
    return lowered.count == 1 ? lowered.first ?? scalar : scalar
  }

  private static func raised(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let raised = scalar.properties.uppercaseMapping.unicodeScalars
    return raised.count == 1 ? raised.first ?? scalar : scalar
  }
}

/// What is wrong with a regular expression.
struct RegexProblem: Error {
  var message: String
  var position: Int
}

/// Python's flags.
struct RegexFlags: OptionSet {
  let rawValue: Int
  static let ignoreCase = RegexFlags(rawValue: 2)
  static let locale = RegexFlags(rawValue: 4)
  static let multiline = RegexFlags(rawValue: 8)
  static let dotAll = RegexFlags(rawValue: 16)
  static let unicode = RegexFlags(rawValue: 32)
  static let verbose = RegexFlags(rawValue: 64)
  static let ascii = RegexFlags(rawValue: 256)

  static let letters: [(Unicode.Scalar, RegexFlags)] = [
    ("i", .ignoreCase), ("m", .multiline), ("s", .dotAll), ("x", .verbose), ("a", .ascii),
    ("u", .unicode), ("L", .locale),
  ]
}

/// Reads a regular expression.
struct RegexParser {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  /// Where groups of flags alone end, at the start of the pattern.
  private var leadingFlagsEnd = 0
  private var depth = 0
  private(set) var flags: RegexFlags
  private(set) var groupCount = 0
  private(set) var names: [(name: String, index: Int)] = []
  private var openGroups: Set<Int> = []

  init(_ pattern: String, flags: RegexFlags) {
    scalars = Array(pattern.unicodeScalars)
    self.flags = flags
  }

  mutating func parse() throws(RegexProblem) -> RegexNode {
    let node = try alternatives()
    if position < scalars.count { throw problem("unbalanced parenthesis") }
    return node
  }

  private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private func problem(_ message: String) -> RegexProblem {
    RegexProblem(message: message, position: position)
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    position += 1
    return true
  }

  private mutating func alternatives() throws(RegexProblem) -> RegexNode {
    guard depth < 60 else { throw problem("the pattern is nested too deeply") }
    depth += 1
    defer { depth -= 1 }
    var nodes = [try sequence()]
    while take("|") { nodes.append(try sequence()) }
    return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
  }

  private mutating func sequence() throws(RegexProblem) -> RegexNode {
    var nodes: [RegexNode] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      if flags.contains(.verbose) {
        if PythonText.isSpace(scalar) {
          position += 1
          continue
        }
        if scalar == "#" {
          while let next = current, next != "\n" { position += next == "\n" ? 0 : 1 }
          continue
        }
      }
      guard let atom = try atom() else { continue }
      nodes.append(try quantified(atom))
    }
    return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = current, ("0"..."9").contains(digit) {
      value = min((value ?? 0) * 10 + Int(digit.value - 48), 1_000_000)
      position += 1
    }
    return value
  }

  private mutating func quantified(_ atom: RegexNode) throws(RegexProblem) -> RegexNode {
    var node = atom
    var isRepeated = false
    while let scalar = current {
      let start = position
      let minimum: Int
      let maximum: Int?
      switch scalar {
      case "*": (minimum, maximum) = (0, nil)
      case "+": (minimum, maximum) = (1, nil)
      case "?": (minimum, maximum) = (0, 1)
      case "{":
        position += 1
        let low = number()
        var high = low
        if take(",") { high = number() }
        let hasBounds = low != nil || scalars[start..<position].contains(",")
        guard hasBounds, current == "}", position > start + 1 else {
          position = start
          return node
        }
        minimum = low ?? 0
        maximum = high
        if let high, high < minimum { throw problem("min repeat greater than max repeat") }
      default: return node
      }
      position += 1
      if isRepeated { throw problem("multiple repeat") }
      if case .anchor = atom { throw problem("nothing to repeat") }
      let kind: RegexNode.Repetition = take("?") ? .lazy : take("+") ? .possessive : .greedy
      node = .repetition(node, minimum: minimum, maximum: maximum, kind: kind)
      isRepeated = true
    }
    return node
  }

  private var ignoresCase: Bool { flags.contains(.ignoreCase) }

  /// One element; nil for what matches nothing by itself, as a comment.
  private mutating func atom() throws(RegexProblem) -> RegexNode? {
    guard let scalar = current else { return nil }
    position += 1
    switch scalar {
    case ".": return .any(matchesNewline: flags.contains(.dotAll))
    case "^": return .anchor(flags.contains(.multiline) ? .lineStart : .textStart)
    case "$": return .anchor(flags.contains(.multiline) ? .lineEnd : .endOrLastNewline)
    case "(": return try group()
    case "[": return .set(try set())
    case "\\": return try escape()
    case "*", "+", "?":
      position -= 1
      throw problem("nothing to repeat")
    default: return .scalar(scalar, ignoresCase: ignoresCase)
    }
  }

  private mutating func groupName(until close: Unicode.Scalar) throws(RegexProblem) -> String {
    var name = ""
    while let scalar = current, scalar != close {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard take(close) else { throw problem("missing \(close), unterminated name") }
    guard let first = name.unicodeScalars.first, RegexSet.isWord(first),
      !("0"..."9").contains(first), name.unicodeScalars.allSatisfy(RegexSet.isWord)
    else { throw problem("bad character in group name '\(name)'") }
    return name
  }

  private mutating func group() throws(RegexProblem) -> RegexNode? {
    var index: Int?
    let outerFlags = flags
    var make: (RegexNode) -> RegexNode = { $0 }
    if take("?") {
      guard let scalar = current else { throw problem("unexpected end of pattern") }
      position += 1
      switch scalar {
      case ":": break
      case ">": make = { .atomic($0) }
      case "=": make = { .look($0, ahead: true, negated: false) }
      case "!": make = { .look($0, ahead: true, negated: true) }
      case "#":
        while let next = current, next != ")" { position += next == ")" ? 0 : 1 }
        guard take(")") else { throw problem("missing ), unterminated comment") }
        return nil
      case "<":
        guard take("=") || take("!") else { throw problem("unknown extension ?<") }
        let isNegated = scalars[position - 1] == "!"
        let body = try alternatives()
        guard body.width != nil else { throw problem("look-behind requires fixed-width pattern") }
        guard take(")") else { throw problem("missing ), unterminated subpattern") }
        return .look(body, ahead: false, negated: isNegated)
      case "P":
        if take("=") {
          let name = try groupName(until: ")")
          guard let found = names.first(where: { $0.name == name }) else {
            throw problem("unknown group name '\(name)'")
          }
          return .backreference(found.index, ignoresCase: ignoresCase)
        }
        guard take("<") else { throw problem("unknown extension ?P") }
        let name = try groupName(until: ">")
        guard !names.contains(where: { $0.name == name }) else {
          throw problem("redefinition of group name '\(name)'")
        }
        groupCount += 1
        index = groupCount
        names.append((name, groupCount))
      default:
        position -= 1
        guard try takeFlags() else {
          flags = outerFlags.union(flags)
          return nil
        }
      }
    } else {
      groupCount += 1
      index = groupCount
    }
    if let index { openGroups.insert(index) }
    let body = try alternatives()
    guard take(")") else { throw problem("missing ), unterminated subpattern") }
    if let index { openGroups.remove(index) }
    flags = outerFlags
    return index.map { .group(body, index: $0) } ?? make(body)
  }

  /// Reads `i-m:` or `i)`; false for the latter, whose flags hold for the whole.
  private mutating func takeFlags() throws(RegexProblem) -> Bool {
    var isOff = false
    let start = position
    while let scalar = current {
      position += 1
      switch scalar {
      case ":": return true
      case ")":
        guard start == leadingFlagsEnd + 2 else {
          throw problem("global flags not at the start of the expression")
        }
        leadingFlagsEnd = position
        return false
      case "-": isOff = true
      default:
        guard let flag = RegexFlags.letters.first(where: { $0.0 == scalar })?.1 else {
          throw problem("unknown extension ?\(scalar)")
        }
        if isOff { flags.remove(flag) } else { flags.insert(flag) }
      }
    }
    throw problem("missing ), unterminated subpattern")
  }

  private mutating func hexadecimal(_ width: Int) throws(RegexProblem) -> Unicode.Scalar {
    var value: UInt32 = 0
    for _ in 0..<width {
      guard let digit = current.flatMap({ Character($0).hexDigitValue }) else {
        throw problem("incomplete escape")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    guard let scalar = Unicode.Scalar(value) else { throw problem("bad escape") }
    return scalar
  }

  /// A character after a backslash that stands for another; nil for classes and anchors.
  private mutating func character(_ letter: Unicode.Scalar) throws(RegexProblem) -> Unicode.Scalar?
  {
    switch letter {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "f": return "\u{C}"
    case "v": return "\u{B}"
    case "a": return "\u{7}"
    case "x": return try hexadecimal(2)
    case "u": return try hexadecimal(4)
    case "U": return try hexadecimal(8)
    case "0":
      var value: UInt32 = 0
      for _ in 0..<2 {
        guard let digit = current, ("0"..."7").contains(digit) else { break }
        value = value * 8 + digit.value - 48
        position += 1
      }
      return Unicode.Scalar(value)
    default: return nil
    }
  }

  private func classMember(_ letter: Unicode.Scalar) -> RegexSet.Member? {
    switch letter {
    case "d": .digit(true)
    case "D": .digit(false)
    case "w": .word(true)
    case "W": .word(false)
    case "s": .space(true)
    case "S": .space(false)
    default: nil
    }
  }

  private mutating func escape() throws(RegexProblem) -> RegexNode {
    guard let letter = current else { throw problem("bad escape (end of pattern)") }
    position += 1
    if let member = classMember(letter) { return .set(RegexSet(members: [member])) }
    switch letter {
    case "A": return .anchor(.textStart)
    case "Z": return .anchor(.textEnd)
    case "b": return .anchor(.wordBoundary)
    case "B": return .anchor(.noWordBoundary)
    case "1"..."9":
      var index = Int(letter.value - 48)
      if let digit = current, ("0"..."9").contains(digit) {
        index = index * 10 + Int(digit.value - 48)
        position += 1
      }
      guard index <= groupCount else { throw problem("invalid group reference \(index)") }
      guard !openGroups.contains(index) else { throw problem("cannot refer to an open group") }
      return .backreference(index, ignoresCase: ignoresCase)
    default: break
    }
    if let scalar = try character(letter) { return .scalar(scalar, ignoresCase: ignoresCase) }
    if ("a"..."z").contains(letter) || ("A"..."Z").contains(letter) {
      throw problem("bad escape \\\(letter)")
    }
    return .scalar(letter, ignoresCase: ignoresCase)
  }

  private mutating func setMember() throws(RegexProblem) -> RegexSet.Member {
    guard let scalar = current else { throw problem("unterminated character set") }
    position += 1
    guard scalar == "\\" else { return .range(scalar, scalar) }
    guard let letter = current else { throw problem("bad escape (end of pattern)") }
    position += 1
    if let member = classMember(letter) { return member }
    if letter == "b" { return .range("\u{8}", "\u{8}") }
    if let scalar = try character(letter) { return .range(scalar, scalar) }
    if ("a"..."z").contains(letter) || ("A"..."Z").contains(letter) {
      throw problem("bad escape \\\(letter)")
    }
    return .range(letter, letter)
  }

  private mutating func set() throws(RegexProblem) -> RegexSet {
    var result = RegexSet(ignoresCase: ignoresCase)
    result.isNegated = take("^")
    var isFirst = true
    while isFirst || current != "]" {
      isFirst = false
      let member = try setMember()
      guard case .range(let low, _) = member, current == "-", position + 1 < scalars.count,
        scalars[position + 1] != "]"
      else {
        result.members.append(member)
        continue
      }
      position += 1
      guard case .range(let high, _) = try setMember(), low <= high else {
        throw problem("bad character range")
      }
      result.members.append(.range(low, high))
    }
    guard take("]") else { throw problem("unterminated character set") }
    return result
  }
}
