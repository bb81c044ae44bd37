import Diagnostics

/// Python's `set`.
final class SetObject: PythonObject {
  /// The elements as keys, in order of insertion.
  private(set) var storage = DictionaryReference()

  init() {}

  /// - Throws: `template-type` for an element that cannot be in a set.
  init(_ elements: [Value], at range: TextRange) throws(Diagnostic) {
    for element in elements { try add(element, at: range) }
  }

  func add(_ element: Value, at range: TextRange) throws(Diagnostic) {
    guard DictionaryKey(element) != nil else { throw .unhashable(element, at: range) }
    try Value.checkCount(storage.count + 1, at: range)
    if storage.position(of: element) == nil { storage[element] = Value.none }
  }

  var typeName: String { "set" }
  var count: Int? { storage.count }
  var isTrue: Bool { storage.count > 0 }
  var elements: [Value]? { ordered }
  var hashKey: DictionaryKey? { nil }

  var rendered: String {
    if storage.count == 0 { return "set()" }
    let list = Value.list(ordered).represented
    return "{" + list.dropFirst().dropLast() + "}"
  }

  func contains(_ element: Value) -> Bool? { storage.position(of: element) != nil }

  func isEqual(to other: any TemplateObject) -> Bool {
    guard let other = other as? SetObject else { return false }
    return count == other.count && isSubset(of: other)
  }

  private func isSubset(of other: SetObject) -> Bool {
    storage.entries.allSatisfy { other.storage.position(of: $0.key) != nil }
  }

  func isLess(than other: Value) -> Bool? {
    guard case .object(let other as SetObject) = other else { return nil }
    return storage.count < other.storage.count && isSubset(of: other)
  }

  /// `<=` and `>=` are no negations of `<` here.
  static func isAtMost(_ left: Value, _ right: Value) -> Bool? {
    guard case .object(let a as SetObject) = left, case .object(let b as SetObject) = right else {
      return nil
    }
    return a.isSubset(of: b)
  }

  private var ordered: [Value] {
    let keys = storage.entries.map(\.key)
    var numbers: [Int] = []
    for key in keys {
      guard case .integer(let number) = key else { return keys }
      numbers.append(number)
    }
    return Self.tableOrder(numbers).map { .integer($0) }
  }

  /// Integers in the order that Python's hash table has them; users see it when they print a set.
  static func tableOrder(_ numbers: [Int]) -> [Int] {
    var table = [Int?](repeating: nil, count: 8)
    var used = 0
    func insert(_ number: Int) {
      let mask = UInt(table.count - 1)
      let modulus = 2_305_843_009_213_693_951
      var hash = number % modulus
      if hash == -1 { hash = -2 }
      var perturb = UInt(bitPattern: hash)
      var index = UInt(bitPattern: hash) & mask
      while true {
        let probes: UInt = index + 9 <= mask ? 9 : 0
        for offset in 0...probes where table[Int(index + offset)] == nil {
          table[Int(index + offset)] = number
          return
        }
        perturb >>= 5
        index = (index &* 5 &+ 1 &+ perturb) & mask
      }
    }
    for number in numbers {
      insert(number)
      used += 1
      if used * 5 >= (table.count - 1) * 3 {
        let wanted = used > 50_000 ? used * 2 : used * 4
        var size = 8
        while size <= wanted { size <<= 1 }
        let old = table
        table = [Int?](repeating: nil, count: size)
        for case .some(let number) in old { insert(number) }
      }
    }
    return table.compactMap { $0 }
  }

  func arithmetic(
    _ symbol: ArithmeticOperator,
    _ other: Value,
    isLeft: Bool,
    at range: TextRange
  ) throws(Diagnostic) -> Value? {
    guard symbol == .subtract, isLeft, case .object(let other as SetObject) = other else {
      return nil
    }
    return .object(try filtered(other, keeps: false, at: range))
  }

  private func filtered(
    _ other: SetObject,
    keeps: Bool,
    at range: TextRange
  ) throws(Diagnostic) -> SetObject {
    let kept = ordered.filter { (other.storage.position(of: $0) != nil) == keeps }
    return try SetObject(kept, at: range)
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "add":
      method(name) { (arguments) throws(Diagnostic) in
        try self.add(arguments.required(0, "object", of: name), at: arguments.range)
        return .none
      }
    case "discard", "remove":
      method(name) { (arguments) throws(Diagnostic) in
        let element = try arguments.required(0, "object", of: name)
        if let position = self.storage.position(of: element) {
          self.storage.remove(at: position)
        } else if name == "remove" {
          throw .invalidValue("\(element.represented) is not in the set", at: arguments.range)
        }
        return .none
      }
    case "clear":
      method(name) { _ in
        self.storage.removeAll()
        return .none
      }
    case "copy":
      method(name) { (arguments) throws(Diagnostic) in
        .object(try SetObject(self.ordered, at: arguments.range))
      }
    case "pop":
      method(name) { (arguments) throws(Diagnostic) in
        guard let first = self.ordered.first, let position = self.storage.position(of: first) else {
          throw .invalidValue("pop from an empty set", at: arguments.range)
        }
        self.storage.remove(at: position)
        return first
      }
    case "update":
      method(name) { (arguments) throws(Diagnostic) in
        for other in try Self.others(arguments) {
          for element in other.ordered { try self.add(element, at: arguments.range) }
        }
        return .none
      }
    case "union", "intersection", "difference", "symmetric_difference":
      method(name) { (arguments) throws(Diagnostic) in
        var result = try SetObject(self.ordered, at: arguments.range)
        for other in try Self.others(arguments) {
          switch name {
          case "intersection":
            result = try result.filtered(other, keeps: true, at: arguments.range)
          case "difference":
            result = try result.filtered(other, keeps: false, at: arguments.range)
          default:
            let new = try other.filtered(result, keeps: false, at: arguments.range)
            if name == "symmetric_difference" {
              result = try result.filtered(other, keeps: false, at: arguments.range)
            }
            for element in new.ordered { try result.add(element, at: arguments.range) }
          }
        }
        return .object(result)
      }
    case "difference_update", "intersection_update":
      method(name) { (arguments) throws(Diagnostic) in
        for other in try Self.others(arguments) {
          let keeps = name == "intersection_update"
          self.storage = try self.filtered(other, keeps: keeps, at: arguments.range).storage
        }
        return .none
      }
    case "issubset", "issuperset", "isdisjoint":
      method(name) { (arguments) throws(Diagnostic) in
        guard let other = try Self.others(arguments).first else {
          throw .missingArgument("other", of: name, at: arguments.range)
        }
        switch name {
        case "issubset": return .boolean(self.isSubset(of: other))
        case "issuperset": return .boolean(other.isSubset(of: self))
        default:
          return .boolean(try self.filtered(other, keeps: true, at: arguments.range).count == 0)
        }
      }
    default: nil
    }
  }

  private static func others(_ arguments: Arguments) throws(Diagnostic) -> [SetObject] {
    var result: [SetObject] = []
    for value in arguments.positional {
      guard let elements = value.elements else { throw .notIterable(value, at: arguments.range) }
      result.append(try SetObject(elements, at: arguments.range))
    }
    return result
  }
}

/// Python's `bytes`, as `"text".encode()` gives.
final class BytesObject: PythonObject {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var typeName: String { "bytes" }
  var count: Int? { bytes.count }
  var isTrue: Bool { !bytes.isEmpty }
  var elements: [Value]? { bytes.map { .integer(Int($0)) } }
  var hashKey: DictionaryKey? { .data(kind: "bytes", bytes.map(Int.init)) }

  var rendered: String {
    let hasSingle = bytes.contains(39)
    let quote: UInt8 = hasSingle && !bytes.contains(34) ? 34 : 39
    var result = "b" + String(UnicodeScalar(quote))
    for byte in bytes {
      switch byte {
      case quote, 92: result += "\\" + String(UnicodeScalar(byte))
      case 9: result += "\\t"
      case 10: result += "\\n"
      case 13: result += "\\r"
      case 32..<127: result += String(UnicodeScalar(byte))
      default: result += "\\x" + Self.hex(byte)
      }
    }
    return result + String(UnicodeScalar(quote))
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  func isEqual(to other: any TemplateObject) -> Bool { (other as? BytesObject)?.bytes == bytes }

  func item(_ key: Value) -> Value? {
    guard let index = key.integerValue else { return nil }
    let position = index < 0 ? index + bytes.count : index
    return bytes.indices.contains(position) ? .integer(Int(bytes[position])) : nil
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "decode":
      method(name) { [bytes] (arguments) throws(Diagnostic) in
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw .invalidValue("the bytes are no UTF-8 text", at: arguments.range)
        }
        return .text(text)
      }
    case "hex": method(name) { [bytes] _ in .text(bytes.map(Self.hex).joined()) }
    default: nil
    }
  }
}
