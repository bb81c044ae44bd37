import Diagnostics
import Glibc

/// The functions that dbt gives to every template, wherever it stands.
enum BaseFunctions {
  static var names: [String] { Array(table.keys) + ["modules"] }

  static func named(_ name: String) -> Value? {
    if name == "modules" { return modules }
    return table[name].map { .function(NativeFunction(name, $0)) }
  }

  private static var modules: Value {
    .dictionary(
      DictionaryReference([
        ("pytz", .dictionary(DateModule.pytz)), ("datetime", .dictionary(DateModule.datetime)),
        ("re", .dictionary(RegexModule.members)),
        ("itertools", .dictionary(ItertoolsModule.members)),
      ])
    )
  }

  private static let table: [String: @Sendable (Arguments) throws(Diagnostic) -> Value] = [
    "fromjson": { (arguments) throws(Diagnostic) in
      let given = try arguments.matched(to: ["string", "default"], of: "fromjson")
      let value = try arguments.required(0, "string", of: "fromjson")
      guard let text = value.stringValue else {
        throw .typeMismatch(
          "fromjson needs text, not '\(value.typeName)'",
          at: arguments.range
        )
      }
      do {
        return try PythonJSONReader.value(text)
      } catch {
        return given[1] ?? .none
      }
    },
    "tojson": { (arguments) throws(Diagnostic) in
      let given = try arguments.matched(to: ["value", "default", "sort_keys"], of: "tojson")
      let value = try arguments.required(0, "value", of: "tojson")
      do throws(Diagnostic) {
        let sorts = given[2]?.isTrue ?? false
        return .text(try PythonJSON.text(value, sortsKeys: sorts, at: arguments.range))
      } catch {
        // As in dbt, only what is nested too deeply gives the default.
        guard error.code == "template-value" else { throw error }
        return given[1] ?? .none
      }
    },
    "fromyaml": { (arguments) throws(Diagnostic) in
      let given = try arguments.matched(to: ["value", "default"], of: "fromyaml")
      let text = try arguments.string(0, "value", of: "fromyaml")
      guard let read = arguments.renderer.context.readYAML else {
        throw .unavailable("fromyaml", at: arguments.range)
      }
      do {
        return try read(text)
      } catch {
        return given[1] ?? .none
      }
    },
    "toyaml": { (arguments) throws(Diagnostic) in
      let given = try arguments.matched(to: ["value", "default", "sort_keys"], of: "toyaml")
      let value = try arguments.required(0, "value", of: "toyaml")
      do throws(Diagnostic) {
        let sorts = given[2]?.isTrue ?? false
        return .text(try YAMLWriter.text(value, sortsKeys: sorts, at: arguments.range))
      } catch {
        guard error.code != "template-limit" else { throw error }
        return given[1] ?? .none
      }
    },
    "set": { (arguments) throws(Diagnostic) in
      let given = try arguments.matched(to: ["value", "default"], of: "set")
      let value = try arguments.required(0, "value", of: "set")
      guard let elements = value.elements, elements.allSatisfy({ DictionaryKey($0) != nil }) else {
        return given[1] ?? .none
      }
      return .object(try SetObject(elements, at: arguments.range))
    },
    "set_strict": { (arguments) throws(Diagnostic) in
      let value = try arguments.required(0, "value", of: "set_strict")
      guard let elements = value.elements else { throw .notIterable(value, at: arguments.range) }
      return .object(try SetObject(elements, at: arguments.range))
    },
    "zip": { (arguments) throws(Diagnostic) in
      for value in arguments.positional where value.elementsWithoutUse == nil {
        return arguments.value(named: "default") ?? .none
      }
      return try zipped(arguments)
    },
    "zip_strict": { (arguments) throws(Diagnostic) in try zipped(arguments) },
    "local_md5": { (arguments) throws(Diagnostic) in
      .text(MD5.text(of: Array(try arguments.string(0, "value", of: "local_md5").utf8)))
    },
    "diff_of_two_dicts": { (arguments) throws(Diagnostic) in
      guard case .dictionary(let a) = try arguments.required(0, "dict_a", of: "diff_of_two_dicts"),
        case .dictionary(let b) = try arguments.required(1, "dict_b", of: "diff_of_two_dicts")
      else {
        throw .typeMismatch("diff_of_two_dicts needs two dictionaries", at: arguments.range)
      }
      func lowered(_ value: Value) -> Value {
        guard let text = value.stringValue else { return value }
        return .text(text.lowercased())
      }
      let other = DictionaryReference()
      for entry in b.entries {
        other[lowered(entry.key)] = .list((entry.value.elements ?? []).map(lowered))
      }
      let result = DictionaryReference()
      for entry in a.entries {
        let values = entry.value.elements ?? []
        guard let known = other[lowered(entry.key)]?.elements else {
          result[entry.key] = entry.value
          continue
        }
        let new = values.filter { value in !known.contains { Value.isEqual($0, lowered(value)) } }
        if !new.isEmpty { result[entry.key] = .list(new) }
      }
      return .dictionary(result)
    },
    "print": { _ in .text("") },
    "log": { _ in .text("") },
  ]

  private static func zipped(_ arguments: Arguments) throws(Diagnostic) -> Value {
    var pools: [[Value]] = []
    for value in arguments.positional {
      guard let elements = value.elements else { throw .notIterable(value, at: arguments.range) }
      pools.append(elements)
    }
    let count = pools.map(\.count).min() ?? 0
    let tuples = (0..<count).map { index in Value.tuple(pools.map { $0[index] }) }
    return .object(OneShotSequence(tuples, typeName: "zip"))
  }
}

extension Value {
  /// Whether there are elements, without using up those of a one-shot sequence.
  fileprivate var elementsWithoutUse: Bool? {
    if case .object(let object) = self, object is OneShotSequence { return true }
    return elements == nil ? nil : true
  }
}

/// MD5, for names that other tools compute as well; nothing relies on its strength.
enum MD5 {
  private static let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
  private static let constants: [UInt32] = (0..<64).map { index in
    let angle = Double(index + 1)
    return UInt32(sin(angle).magnitude * 4_294_967_296)
  }

  static func text(of message: [UInt8]) -> String {
    var bytes = message + [0x80]
    while bytes.count % 64 != 56 { bytes.append(0) }
    let bitCount = UInt64(message.count) &* 8
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: bitCount >> shift))
    }
    var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
    for start in stride(from: 0, to: bytes.count, by: 64) {
      let words = (0..<16).map { index -> UInt32 in
        let offset = start + index * 4
        return UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8
          | UInt32(bytes[offset + 2]) << 16 | UInt32(bytes[offset + 3]) << 24
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      for index in 0..<64 {
        let mix: UInt32
        let word: Int
        switch index / 16 {
        case 0: (mix, word) = ((b & c) | (~b & d), index)
        case 1: (mix, word) = ((d & b) | (~d & c), (5 * index + 1) % 16)
        case 2: (mix, word) = (b ^ c ^ d, (3 * index + 5) % 16)
        default: (mix, word) = (c ^ (b | ~d), (7 * index) % 16)
        }
        let sum = a &+ mix &+ constants[index] &+ words[word]
        let shift = shifts[index / 16 * 4 + index % 4]
        (a, d, c, b) = (d, c, b, b &+ (sum << shift | sum >> (32 - shift)))
      }
      state[0] &+= a
      state[1] &+= b
      state[2] &+= c
      state[3] &+= d
    }
    var result = ""
    for word in state {
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        let byte = UInt8(truncatingIfNeeded: word >> shift)
        result += (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return result
  }
}
