package import Diagnostics

extension BuiltinFilter {
  static let markupFilters: [String: Body] = [
    "safe": { (value, _) throws(Diagnostic) in .string(TemplateString(safe: text(value))) },
    "escape": escape, "e": escape,
    "forceescape": { (value, _) throws(Diagnostic) in
      .string(TemplateString(safe: HTMLText.escape(text(value))))
    },
    "striptags": { (value, _) throws(Diagnostic) in .text(HTMLText.strippingTags(text(value))) },
    "xmlattr": attributes,
    "urlencode": urlEncode, "urlize": links,
    "tojson": json,
    "pprint": { (value, _) throws(Diagnostic) in .text(PrettyPrinter.text(value)) },
  ]

  @Sendable
  private static func escape(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    if case .string(let string) = value, string.isSafe { return value }
    return .string(TemplateString(safe: HTMLText.escape(text(value))))
  }

  @Sendable
  private static func attributes(
    _ value: Value,
    _ arguments: Arguments
  ) throws(Diagnostic) -> Value {
    let startsWithSpace = try arguments.matched(to: ["autospace"], of: "xmlattr")[0]?.isTrue ?? true
    guard case .dictionary(let dictionary) = value else {
      throw .typeMismatch("xmlattr needs a dictionary", at: arguments.range)
    }
    var parts: [String] = []
    for entry in dictionary.entries where !entry.value.isNone && !entry.value.isUndefined {
      let key = entry.key.rendered
      let isInvalid = key.unicodeScalars.contains {
        PythonText.isSpace($0) || $0 == "/" || $0 == ">" || $0 == "="
      }
      if isInvalid {
        throw .invalidValue("invalid character in the attribute name '\(key)'", at: arguments.range)
      }
      parts.append("\(HTMLText.escape(key))=\"\(HTMLText.escape(entry.value.rendered))\"")
    }
    let result = parts.joined(separator: " ")
    return .text(startsWithSpace && !result.isEmpty ? " " + result : result)
  }

  @Sendable
  private static func urlEncode(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value
  {
    var pairs: [Value]
    switch value {
    case .dictionary(let dictionary): pairs = DictionaryView(dictionary, .items).elements ?? []
    case .string: return .text(quote(text(value), isQuery: false))
    default:
      guard let elements = value.elements else { return .text(quote(text(value), isQuery: false)) }
      pairs = elements
    }
    var parts: [String] = []
    for pair in pairs {
      guard let elements = pair.elements, elements.count == 2 else {
        throw .typeMismatch("urlencode needs pairs", at: arguments.range)
      }
      parts.append(
        quote(text(elements[0]), isQuery: true) + "=" + quote(text(elements[1]), isQuery: true)
      )
    }
    return .text(parts.joined(separator: "&"))
  }

  private static func quote(_ text: String, isQuery: Bool) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "~"):
        result.append(byte)
      case UInt8(ascii: "/") where !isQuery: result.append(byte)
      case UInt8(ascii: " ") where isQuery: result.append(UInt8(ascii: "+"))
      default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  @Sendable
  private static func json(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let indent = try arguments.matched(to: ["indent"], of: "tojson")[0]
    var width: Int?
    if let indent, !indent.isNone {
      width = try integer(indent, 0, "indent", of: "tojson", at: arguments.range)
      guard (0...100).contains(width ?? 0) else {
        throw .sizeLimit("tojson indents by 100 columns at most", at: arguments.range)
      }
    }
    let text = try PythonJSON.text(
      value,
      indent: width,
      sortsKeys: true,
      at: arguments.range
    )
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "\\u003c"
      case ">": result += "\\u003e"
      case "&": result += "\\u0026"
      case "'": result += "\\u0027"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return .string(TemplateString(safe: result))
  }
}

/// JSON as Python's `json.dumps` writes it.
package enum PythonJSON {
  /// Writes a value as JSON.
  ///
  /// - Parameters:
  ///   - value: plain data.
  ///   - indent: spaces for each level; nil writes one line.
  ///   - sortsKeys: whether keys are put in order.
  ///   - range: where an error points.
  /// - Returns: ASCII text.
  /// - Throws: `template-type` for values that JSON does not have.
  package static func text(
    _ value: Value,
    indent: Int? = nil,
    sortsKeys: Bool = false,
    at range: TextRange
  ) throws(Diagnostic) -> String {
    var writer = Writer(indent: indent, sortsKeys: sortsKeys, range: range)
    try writer.write(value, level: 0)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private struct Writer {
    let indent: Int?
    let sortsKeys: Bool
    let range: TextRange
    var bytes: [UInt8] = []

    mutating func write(_ value: Value, level: Int) throws(Diagnostic) {
      guard level < 150 else {
        throw .invalidValue("the value is nested too deeply for JSON", at: range)
      }
      try Value.checkText(bytes.count, at: range)
      switch value {
      case .none: bytes += "null".utf8
      case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
      case .integer(let number): bytes += String(number).utf8
      case .float(let number):
        if number.isFinite {
          bytes += PythonNumber.text(of: number).utf8
        } else {
          bytes += (number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity").utf8
        }
      case .string(let string): write(string.text)
      case .list(let list): try write(list.elements, level: level)
      case .tuple(let tuple): try write(tuple.elements, level: level)
      case .object(let object as LongInteger): bytes += object.rendered.utf8
      case .object(let object as GroupObject): try write(object.elements ?? [], level: level)
      case .dictionary(let dictionary): try write(dictionary, level: level)
      default:
        throw .typeMismatch(
          "a value of type \(value.typeName) cannot be written as JSON",
          at: range,
          help: value.elements == nil ? [] : ["make a list of it first: value | list | tojson"]
        )
      }
    }

    private mutating func newLine(_ level: Int) {
      guard let indent else { return }
      bytes.append(10)
      bytes += repeatElement(32, count: indent * level)
    }

    private mutating func comma() {
      bytes += (indent == nil ? ", " : ",").utf8
    }

    private mutating func write(_ elements: [Value], level: Int) throws(Diagnostic) {
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { comma() }
        newLine(level + 1)
        try write(element, level: level + 1)
      }
      if !elements.isEmpty { newLine(level) }
      bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(
      _ dictionary: DictionaryReference,
      level: Int
    ) throws(Diagnostic) {
      var entries: [(key: Value, value: Value)] = []
      for entry in dictionary.entries {
        entries.append((entry.key, .tuple([entry.key, entry.value])))
      }
      let ordered =
        sortsKeys
        ? try Value.sorted(entries, reversed: false, at: range) : entries.map(\.value)
      bytes.append(UInt8(ascii: "{"))
      var isFirst = true
      for case .tuple(let pair) in ordered {
        if !isFirst { comma() }
        isFirst = false
        newLine(level + 1)
        switch pair.elements[0] {
        case .string(let string): write(string.text)
        case .none: write("null")
        case .boolean(let flag): write(flag ? "true" : "false")
        case .integer, .float: write(pair.elements[0].rendered)
        default: throw .typeMismatch("keys of JSON objects must be text", at: range)
        }
        bytes += ": ".utf8
        try write(pair.elements[1], level: level + 1)
      }
      if !isFirst { newLine(level) }
      bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ text: String) {
      bytes.append(UInt8(ascii: "\""))
      for unit in text.utf16 {
        switch unit {
        case 34: bytes += "\\\"".utf8
        case 92: bytes += "\\\\".utf8
        case 10: bytes += "\\n".utf8
        case 13: bytes += "\\r".utf8
        case 9: bytes += "\\t".utf8
        case 8: bytes += "\\b".utf8
        case 12: bytes += "\\f".utf8
        case 32..<127: bytes.append(UInt8(unit))
        default:
          let digits = String(unit, radix: 16)
          bytes += "\\u".utf8
          bytes += repeatElement(48, count: 4 - digits.utf8.count)
          bytes += digits.utf8
        }
      }
      bytes.append(UInt8(ascii: "\""))
    }
  }
}

/// Python's `pprint`: as `repr`, with sorted keys, one element per line where 80 columns are
/// exceeded.
enum PrettyPrinter {
  static func text(_ value: Value) -> String { text(value, column: 0, rest: 0, depth: 0) }

  private static func text(_ value: Value, column: Int, rest: Int, depth: Int) -> String {
    let flat = sorted(value, depth: depth).represented
    guard depth < 50, column + flat.unicodeScalars.count + rest > 80 else { return flat }
    func lines(_ parts: [String]) -> String {
      parts.joined(separator: ",\n" + String(repeating: " ", count: column + 1))
    }
    func parts(_ elements: [Value]) -> [String] {
      elements.enumerated().map { index, element in
        let after = index == elements.count - 1 ? rest + 1 : 1
        return text(element, column: column + 1, rest: after, depth: depth + 1)
      }
    }
    switch value {
    case .list(let list) where !list.elements.isEmpty:
      return "[" + lines(parts(list.elements)) + "]"
    case .tuple(let tuple) where !tuple.elements.isEmpty:
      return "(" + lines(parts(tuple.elements)) + (tuple.elements.count == 1 ? ",)" : ")")
    case .dictionary where flat != "{}":
      guard case .dictionary(let dictionary) = sorted(value, depth: depth) else { return flat }
      let entries = dictionary.entries
      return "{"
        + lines(
          entries.enumerated().map { index, entry in
            let key = entry.key.represented + ": "
            let after = index == entries.count - 1 ? rest + 1 : 1
            let start = column + 1 + key.unicodeScalars.count
            return key + text(entry.value, column: start, rest: after, depth: depth + 1)
          }
        ) + "}"
    default: return flat
    }
  }

  /// The same value with dictionaries in order of their keys.
  private static func sorted(_ value: Value, depth: Int) -> Value {
    guard depth < 50 else { return value }
    switch value {
    case .list(let list): return .list(list.elements.map { sorted($0, depth: depth + 1) })
    case .tuple(let tuple): return .tuple(tuple.elements.map { sorted($0, depth: depth + 1) })
    case .dictionary(let dictionary):
      let result = DictionaryReference()
      let entries = dictionary.entries.sorted { left, right in
        if let a = left.key.stringValue, let b = right.key.stringValue {
          return a.utf8.lexicographicallyPrecedes(b.utf8)
        }
        if let a = left.key.doubleValue, let b = right.key.doubleValue { return a < b }
        return left.key.typeName < right.key.typeName
      }
      for entry in entries { result[entry.key] = sorted(entry.value, depth: depth + 1) }
      return .dictionary(result)
    default: return value
    }
  }
}
