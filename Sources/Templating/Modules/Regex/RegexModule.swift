import Diagnostics

/// `modules.re`.
enum RegexModule {
  static var members: DictionaryReference {
    let result = DictionaryReference()
    for name in PatternObject.operations {
      result[name] = .function(
        NativeFunction("re.\(name)") { (arguments) throws(Diagnostic) in
          var arguments = arguments
          let pattern = try arguments.required(0, "pattern", of: name)
          arguments.drop(0, "pattern")
          var flags = RegexFlags()
          let place = ["sub", "subn"].contains(name) ? 3 : name == "split" ? 2 : 1
          if let value = arguments.value(place, "flags") {
            flags = try Self.flags(value, arguments)
            arguments.drop(place, "flags")
          }
          let object = try compiled(pattern, flags, arguments)
          return try object.perform(name, arguments)
        }
      )
    }
    result["compile"] = .function(
      NativeFunction("re.compile") { (arguments) throws(Diagnostic) in
        let given = try arguments.matched(to: ["pattern", "flags"], of: "compile")
        let pattern = try arguments.required(0, "pattern", of: "compile")
        let flags = try given[1].map { value throws(Diagnostic) in try Self.flags(value, arguments)
        }
        return .object(try compiled(pattern, flags ?? [], arguments))
      }
    )
    result["escape"] = .function(
      NativeFunction("re.escape") { (arguments) throws(Diagnostic) in
        var text = String.UnicodeScalarView()
        for scalar in try arguments.string(0, "pattern", of: "escape").unicodeScalars {
          if "()[]{}?*+-|^$\\.&~# \t\n\r\u{B}\u{C}".unicodeScalars.contains(scalar) {
            text.append("\\")
          }
          text.append(scalar)
        }
        return .text(String(text))
      }
    )
    result["purge"] = .function(NativeFunction("re.purge") { _ in .none })
    let flags: [(String, String, RegexFlags)] = [
      ("I", "IGNORECASE", .ignoreCase), ("M", "MULTILINE", .multiline), ("S", "DOTALL", .dotAll),
      ("X", "VERBOSE", .verbose), ("A", "ASCII", .ascii), ("U", "UNICODE", .unicode),
      ("L", "LOCALE", .locale),
    ]
    for (short, long, flag) in flags {
      let value = Value.object(RegexFlagObject(long, flag))
      result[short] = value
      result[long] = value
    }
    result["NOFLAG"] = .integer(0)
    return result
  }

  private static func flags(
    _ value: Value,
    _ arguments: Arguments
  ) throws(Diagnostic) -> RegexFlags {
    if case .object(let flag as RegexFlagObject) = value { return flag.flags }
    if let number = value.integerValue { return RegexFlags(rawValue: number) }
    throw .argumentType(
      "flags",
      of: "re",
      expected: "flags as modules.re.IGNORECASE",
      given: value,
      at: arguments.range
    )
  }

  static func compiled(
    _ value: Value,
    _ flags: RegexFlags,
    _ arguments: Arguments
  ) throws(Diagnostic) -> PatternObject {
    if case .object(let pattern as PatternObject) = value { return pattern }
    guard let text = value.stringValue else {
      throw .typeMismatch(
        "first argument must be string or compiled pattern, not \(value.typeName)",
        at: arguments.range
      )
    }
    do {
      return PatternObject(try RegexProgram(text, flags: flags))
    } catch {
      throw .invalidPattern(error, text, at: arguments.range)
    }
  }
}

/// `modules.re.IGNORECASE` and its kin.
private final class RegexFlagObject: PythonObject {
  let name: String
  let flags: RegexFlags

  init(_ name: String, _ flags: RegexFlags) {
    self.name = name
    self.flags = flags
  }

  var typeName: String { "re.RegexFlag" }
  var rendered: String { "re.\(name)" }
  func attribute(_ name: String) -> Value? { name == "value" ? .integer(flags.rawValue) : nil }

  func arithmetic(
    _ symbol: ArithmeticOperator,
    _ other: Value,
    isLeft: Bool,
    at range: TextRange
  ) throws(Diagnostic) -> Value? {
    var other = other
    if case .object(let flag as RegexFlagObject) = other { other = .integer(flag.flags.rawValue) }
    let (a, b) = (Value.integer(flags.rawValue), other)
    return try Value.arithmetic(symbol, isLeft ? a : b, isLeft ? b : a, at: range)
  }
}

/// A compiled pattern.
final class PatternObject: PythonObject {
  static let operations = [
    "match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn",
  ]

  let program: RegexProgram

  init(_ program: RegexProgram) {
    self.program = program
  }

  var typeName: String { "re.Pattern" }

  var rendered: String {
    let names = [
      "IGNORECASE": RegexFlags.ignoreCase, "MULTILINE": .multiline, "DOTALL": .dotAll,
      "VERBOSE": .verbose, "ASCII": .ascii,
    ].filter { program.flags.contains($0.value) }.sorted { $0.value.rawValue < $1.value.rawValue }
    let flags = names.map { "re." + $0.key }.joined(separator: "|")
    let pattern = Value.text(program.pattern).represented
    return "re.compile(\(pattern)\(flags.isEmpty ? "" : ", " + flags))"
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "pattern": return .text(program.pattern)
    case "groups": return .integer(program.groupCount)
    case "flags": return .integer(program.flags.union(.unicode).rawValue)
    case "groupindex":
      let pairs = program.names.map { ($0.name, Value.integer($0.index)) }
      return .dictionary(DictionaryReference(pairs))
    default:
      guard Self.operations.contains(name) else { return nil }
      return method(name) { (arguments) throws(Diagnostic) in try self.perform(name, arguments) }
    }
  }

  func perform(_ name: String, _ arguments: Arguments) throws(Diagnostic) -> Value {
    do {
      switch name {
      case "sub", "subn": return try substitute(arguments, withCount: name == "subn")
      default: return try find(name, arguments)
      }
    } catch let error as Diagnostic {
      throw error
    } catch {
      throw .sizeLimit(
        "the regular expression \(Value.text(program.pattern).represented) takes too many steps",
        at: arguments.range
      )
    }
  }

  private func subject(
    _ arguments: Arguments,
    _ index: Int
  ) throws(Diagnostic) -> (string: String, scalars: [Unicode.Scalar]) {
    let value = try arguments.required(index, "string", of: "re")
    guard let text = value.stringValue else {
      if case .undefined(let name) = value {
        throw arguments.renderer.undefinedUse(name, at: arguments.range)
      }
      throw .typeMismatch(
        "expected string or bytes-like object, got '\(value.typeName)'",
        at: arguments.range
      )
    }
    return (text, Array(text.unicodeScalars))
  }

  /// Every match, one after the other, as Python goes through a text.
  private func matches(
    _ text: [Unicode.Scalar],
    limit: Int = .max,
    _ body: ([Int]) throws -> Void
  ) throws {
    var matcher = RegexMatcher(program, text)
    var position = 0
    var mustAdvance = false
    var count = 0
    while count < limit, position <= text.count,
      let groups = try matcher.search(from: position, mustAdvance: mustAdvance)
    {
      try body(groups)
      count += 1
      mustAdvance = groups[0] == groups[1]
      position = groups[1]
    }
  }

  private func find(_ name: String, _ arguments: Arguments) throws -> Value {
    let (string, text) = try subject(arguments, 0)
    func object(_ groups: [Int]) -> Value {
      .object(MatchObject(program, string, text, groups))
    }
    switch name {
    case "match", "fullmatch", "search":
      var matcher = RegexMatcher(program, text)
      let groups =
        name == "search"
        ? try matcher.search(from: 0) : try matcher.match(at: 0, toEnd: name == "fullmatch")
      return groups.map(object) ?? .none
    case "findall":
      var result: [Value] = []
      try matches(text) { groups in
        let match = MatchObject(program, string, text, groups)
        switch program.groupCount {
        case 0: result.append(match.group(0) ?? .text(""))
        case 1: result.append(match.group(1) ?? .text(""))
        default:
          result.append(.tuple((1...program.groupCount).map { match.group($0) ?? .text("") }))
        }
      }
      return .list(result)
    case "finditer":
      var result: [Value] = []
      try matches(text) { result.append(object($0)) }
      return .object(OneShotSequence(result, typeName: "callable_iterator"))
    default:
      let limit = arguments.value(1, "maxsplit")?.integerValue ?? 0
      var result: [Value] = []
      var start = 0
      try matches(text, limit: limit > 0 ? limit : .max) { groups in
        result.append(.text(PythonText.text(text[start..<groups[0]])))
        start = groups[1]
        let match = MatchObject(program, string, text, groups)
        if program.groupCount > 0 {
          for index in 1...program.groupCount { result.append(match.group(index) ?? .none) }
        }
      }
      result.append(.text(PythonText.text(text[start...])))
      return .list(result)
    }
  }

  private func substitute(_ arguments: Arguments, withCount: Bool) throws -> Value {
    let replacement = try arguments.required(0, "repl", of: "sub")
    let (string, text) = try subject(arguments, 1)
    let limit = arguments.value(2, "count")?.integerValue ?? 0
    var template: [Replacement]?
    if let written = replacement.stringValue {
      template = try Replacement.parse(written, program, arguments)
    }
    var result = String.UnicodeScalarView()
    var start = 0
    var count = 0
    try matches(text, limit: limit > 0 ? limit : .max) { groups in
      result.append(contentsOf: text[start..<groups[0]])
      start = groups[1]
      count += 1
      let match = MatchObject(program, string, text, groups)
      if let template {
        for part in template {
          switch part {
          case .text(let text): result.append(contentsOf: text.unicodeScalars)
          case .group(let index):
            result.append(contentsOf: (match.group(index)?.stringValue ?? "").unicodeScalars)
          }
        }
      } else {
        let call = Arguments(
          positional: [.object(match)],
          range: arguments.range,
          renderer: arguments.renderer
        )
        let value = try arguments.renderer.call(replacement, call)
        result.append(contentsOf: value.rendered.unicodeScalars)
      }
      try Value.checkText(result.count, at: arguments.range)
    }
    result.append(contentsOf: text[start...])
    let value = Value.text(String(result))
    return withCount ? .tuple([value, .integer(count)]) : value
  }

  /// A part of what matches are replaced with: `\1`, `\g<name>` or text.
  private enum Replacement {
    case text(String)
    case group(Int)

    static func parse(
      _ text: String,
      _ program: RegexProgram,
      _ arguments: Arguments
    ) throws(Diagnostic) -> [Replacement] {
      var result: [Replacement] = []
      var plain = String.UnicodeScalarView()
      var rest = Array(text.unicodeScalars)[...]
      func problem(_ message: String) -> Diagnostic {
        .invalidPattern(RegexProblem(message: message, position: 0), text, at: arguments.range)
      }
      func group(_ index: Int) throws(Diagnostic) {
        guard index <= program.groupCount else { throw problem("invalid group reference \(index)") }
        result.append(.text(String(plain)))
        plain = String.UnicodeScalarView()
        result.append(.group(index))
      }
      while let scalar = rest.popFirst() {
        guard scalar == "\\", let letter = rest.popFirst() else {
          plain.append(scalar)
          continue
        }
        switch letter {
        case "g":
          guard rest.popFirst() == "<", let close = rest.firstIndex(of: ">") else {
            throw problem("missing <")
          }
          let name = PythonText.text(rest[..<close])
          rest = rest[(close + 1)...]
          let index = Int(name) ?? program.names.first { $0.name == name }?.index
          guard let index, index >= 0 else { throw problem("unknown group name '\(name)'") }
          try group(index)
        case "0": plain.append("\0")
        case "1"..."9":
          var index = Int(letter.value - 48)
          if let digit = rest.first, ("0"..."9").contains(digit) {
            index = index * 10 + Int(digit.value - 48)
            rest.removeFirst()
          }
          try group(index)
        case "n": plain.append("\n")
        case "t": plain.append("\t")
        case "r": plain.append("\r")
        case "f": plain.append("\u{C}")
        case "v": plain.append("\u{B}")
        case "a": plain.append("\u{7}")
        case "b": plain.append("\u{8}")
        case "\\": plain.append("\\")
        default:
          if ("a"..."z").contains(letter) || ("A"..."Z").contains(letter) {
            throw problem("bad escape \\\(letter)")
          }
          plain.append("\\")
          plain.append(letter)
        }
      }
      result.append(.text(String(plain)))
      return result
    }
  }
}

/// What `match` and `search` give.
final class MatchObject: PythonObject {
  private let program: RegexProgram
  private let string: String
  private let text: [Unicode.Scalar]
  private let borders: [Int]

  init(_ program: RegexProgram, _ string: String, _ text: [Unicode.Scalar], _ borders: [Int]) {
    self.program = program
    self.string = string
    self.text = text
    self.borders = borders
  }

  var typeName: String { "re.Match" }

  var rendered: String {
    let whole = group(0)?.represented ?? ""
    return "<re.Match object; span=(\(borders[0]), \(borders[1])), match=\(whole)>"
  }

  /// A group's text; nil when it took no part in the match.
  func group(_ index: Int) -> Value? {
    let lower = borders[index * 2]
    let upper = borders[index * 2 + 1]
    guard lower >= 0, upper >= lower else { return nil }
    return .text(PythonText.text(text[lower..<upper]))
  }

  private func index(_ value: Value, at range: TextRange) throws(Diagnostic) -> Int {
    let name = value.stringValue
    let index = value.integerValue ?? program.names.first { $0.name == name }?.index
    guard let index, (0...program.groupCount).contains(index) else {
      throw .invalidValue("no such group: \(value.represented)", at: range)
    }
    return index
  }

  func item(_ key: Value) -> Value? {
    let name = key.stringValue
    let index = key.integerValue ?? program.names.first { $0.name == name }?.index
    guard let index, (0...program.groupCount).contains(index) else { return nil }
    return group(index) ?? Value.none
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "string": return .text(string)
    case "re": return .object(PatternObject(program))
    case "pos": return .integer(0)
    case "endpos": return .integer(text.count)
    case "lastindex", "lastgroup":
      var last: Int?
      for index in 1..<(program.groupCount + 1) where borders[index * 2 + 1] >= 0 {
        if last.map({ borders[$0 * 2 + 1] <= borders[index * 2 + 1] }) ?? true { last = index }
      }
      if name == "lastindex" { return last.map { .integer($0) } ?? Value.none }
      return program.names.first { $0.index == last }.map { .text($0.name) } ?? Value.none
    case "group":
      return method(name) { (arguments) throws(Diagnostic) in
        if arguments.positional.isEmpty { return self.group(0) ?? .none }
        var values: [Value] = []
        for value in arguments.positional {
          values.append(self.group(try self.index(value, at: arguments.range)) ?? .none)
        }
        return values.count == 1 ? values[0] : .tuple(values)
      }
    case "groups":
      return method(name) { (arguments) throws(Diagnostic) in
        let standard = arguments.value(0, "default") ?? .none
        return .tuple((1..<(self.program.groupCount + 1)).map { self.group($0) ?? standard })
      }
    case "groupdict":
      return method(name) { (arguments) throws(Diagnostic) in
        let standard = arguments.value(0, "default") ?? .none
        let pairs = self.program.names.map { ($0.name, self.group($0.index) ?? standard) }
        return .dictionary(DictionaryReference(pairs))
      }
    case "start", "end", "span":
      return method(name) { (arguments) throws(Diagnostic) in
        let index = try self.index(arguments.value(0, "group") ?? .integer(0), at: arguments.range)
        let start = Value.integer(self.borders[index * 2])
        let end = Value.integer(self.borders[index * 2 + 1])
        return name == "start" ? start : name == "end" ? end : .tuple([start, end])
      }
    default: return nil
    }
  }
}

extension Arguments {
  /// Takes an argument out, so that those after it move up.
  fileprivate mutating func drop(_ index: Int, _ name: String) {
    if positional.indices.contains(index) {
      positional.remove(at: index)
    } else {
      named.removeAll { $0.name == name }
    }
  }
}
