import Diagnostics

/// The macros that a macro's text calls, found without rendering it: what `state:modified` follows.
struct MacroCalls {
  /// A call as written: `cents(…)`, `pkg.cents(…)`, `adapter.dispatch('cents', 'pkg')`.
  struct Call: Hashable {
    var package: String?
    var name: String
    var isDispatched = false
  }

  private(set) var calls: [Call] = []
  private let bytes: [UInt8]
  private var position = 0

  init(in text: [UInt8]) {
    bytes = text
    scan()
  }

  /// unique_ids of the macros called, as dbt finds them without rendering.
  ///
  /// - Parameters:
  ///   - text: the template.
  ///   - name: the macro whose text it is: a bare call of that name is its own dispatch.
  ///   - packageName: the package that the text belongs to.
  ///   - macros: what names can mean.
  /// - Returns: each macro once, in the order of the calls.
  static func dependencies(
    of text: [UInt8],
    named name: String? = nil,
    packageName: String,
    in macros: MacroTable
  ) -> [String] {
    var found: [String] = []
    func add(_ entry: MacroTable.Entry?) {
      if let id = entry?.uniqueID, !found.contains(id) { found.append(id) }
    }
    for call in MacroCalls(in: text).calls {
      if call.isDispatched {
        if call.name != name { add(macros.mentioned(call.name, in: packageName)) }
        guard call.package == nil else {
          add(macros.dispatched(call.name, namespace: call.package, from: packageName))
          continue
        }
        // Of no package's: as in dbt, the project's comes first, whoever calls.
        let candidates = macros.dispatchPrefixes.map { "\($0)__\(call.name)" }
        add(candidates.lazy.compactMap { macros.mentioned($0, in: macros.projectName) }.first)
      } else if let package = call.package {
        add(macros.mentioned(call.name, in: package))
      } else if call.name != name, !contextNames.contains(call.name) {
        add(macros.mentioned(call.name, in: packageName))
      }
    }
    return found
  }

  /// What a bare call means before any macro of the name: dbt-core's standard calls, and the members
  /// of the context that it reads macros in.
  private static let contextNames: Set<String> = [
    "source", "ref", "config", "var", "env_var", "debug", "return", "fromjson", "tojson",
    "fromyaml", "toyaml", "set", "set_strict", "zip", "zip_strict", "log", "print",
    "diff_of_two_dicts", "local_md5",
  ]

  // MARK: Scanning

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func byte(after offset: Int) -> UInt8? {
    position + offset < bytes.count ? bytes[position + offset] : nil
  }

  /// Finds the expressions and statements between literal text.
  private mutating func scan() {
    while let byte = current {
      position += 1
      guard byte == UInt8(ascii: "{"), let next = current else { continue }
      switch next {
      case UInt8(ascii: "{"):
        position += 1
        scanCode(until: UInt8(ascii: "}"))
      case UInt8(ascii: "%"):
        position += 1
        scanCode(until: UInt8(ascii: "%"))
      case UInt8(ascii: "#"):
        position += 1
        skipComment()
      default: break
      }
    }
  }

  private mutating func skipComment() {
    while let byte = current {
      position += 1
      if byte == UInt8(ascii: "#"), current == UInt8(ascii: "}") {
        position += 1
        return
      }
    }
  }

  /// Reads up to `}}` or `%}`; an inner `}` may close a mapping.
  private mutating func scanCode(until end: UInt8) {
    // `macro name(…)` and `call(x) name(…)` begin with words that are no calls themselves.
    var depth = 0
    while let byte = current {
      if byte == end, self.byte(after: 1) == UInt8(ascii: "}"), depth <= 0 {
        position += 2
        return
      }
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): _ = text()
      case UInt8(ascii: "{"):
        depth += 1
        position += 1
      case UInt8(ascii: "}"):
        depth -= 1
        position += 1
      case _ where Self.startsName(byte): readName()
      default: position += 1
      }
    }
  }

  /// A quoted text, without its quotes; what escapes mean is of no interest.
  private mutating func text() -> String? {
    guard let quote = current, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    position += 1
    let start = position
    while let byte = current {
      position += 1
      if byte == UInt8(ascii: "\\") {
        position += 1
      } else if byte == quote {
        return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
      }
    }
    return nil
  }

  /// A name with the names behind its dots; kept when it is called.
  private mutating func readName() {
    let isPartOfAnother = followsDotOrBar
    var parts: [String] = []
    while true {
      let start = position
      while let byte = current, Self.continuesName(byte) { position += 1 }
      parts.append(String(decoding: bytes[start..<position], as: UTF8.self))
      // A method may be called on the next line.
      let end = position
      skipSpace()
      guard current == UInt8(ascii: ".") else {
        position = end
        break
      }
      position += 1
      skipSpace()
      guard let next = current, Self.startsName(next) else {
        position = end
        break
      }
    }
    if parts == ["macro"] || parts == ["test"] || parts == ["materialization"] {
      // What is defined here is not called.
      skipSpace()
      while let byte = current, Self.continuesName(byte) { position += 1 }
      return
    }
    skipSpace()
    guard current == UInt8(ascii: "("), !isPartOfAnother else { return }
    position += 1
    if parts == ["adapter", "dispatch"] { return readDispatch() }
    if parts.first == "adapter", parts.count > 1 { return }
    switch parts.count {
    case 1: add(Call(package: nil, name: parts[0]))
    case 2: add(Call(package: parts[0], name: parts[1]))
    default: break
    }
  }

  /// Whether what comes is a filter, or a method of a value that is no name: neither is a macro.
  private var followsDotOrBar: Bool {
    switch bytes[..<position].last(where: { !$0.isBlank }) {
    case UInt8(ascii: "."), UInt8(ascii: "|"): true
    default: false
    }
  }

  private mutating func readDispatch() {
    skipSpace()
    skipKeyword("macro_name")
    guard let name = text() else { return }
    skipSpace()
    var package: String?
    if current == UInt8(ascii: ",") {
      position += 1
      skipSpace()
      skipKeyword("macro_namespace")
      package = text()
    }
    add(Call(package: package, name: name, isDispatched: true))
  }

  private mutating func skipKeyword(_ word: String) {
    let end = position + word.utf8.count
    guard end < bytes.count, bytes[position..<end].elementsEqual(word.utf8) else { return }
    position = end
    skipSpace()
    if current == UInt8(ascii: "=") { position += 1 }
    skipSpace()
  }

  private mutating func skipSpace() {
    while let byte = current, byte.isBlank { position += 1 }
  }

  private mutating func add(_ call: Call) {
    if !calls.contains(call) { calls.append(call) }
  }

  private static func startsName(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || byte >= 0x80
  }

  private static func continuesName(_ byte: UInt8) -> Bool {
    startsName(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
