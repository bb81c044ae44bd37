package import Diagnostics

/// The tree as plain values, for JSON that editors and scripts read.
///
/// A node is a dictionary: `node` is the name of its type, `range` where it stands, and each
/// part has its own name. Of alternatives, `kind` says which one it is and `value` what belongs
/// to it. Parts that are missing are left out.
///
/// ```json
/// {"node": "SelectItem", "range": {"start": 7, "end": 8, "line": 1, "column": 8},
///  "value": {"node": "Expr", "kind": "column", "value": [{"node": "Identifier", "text": "a"}]}}
/// ```
package struct SyntaxTreeValue {
  private let bytes: [UInt8]
  private let lineStarts: [Int]
  private let isASCII: Bool

  /// The statements of a text, with their trees.
  package static func statements(_ parsed: ParsedSQL, in buffers: Buffers) -> PlainValue {
    let writer = SyntaxTreeValue(buffers.bytes(of: parsed.buffer))
    return .list(
      parsed.statements.map { statement in
        guard case .dictionary(var node) = writer.value(of: statement) else { return .null }
        node["keywords"] = .string(statement.keywords.joined(separator: " "))
        return .dictionary(node)
      }
    )
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts = [0]
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(index + 1)
    }
    lineStarts = starts
    isASCII = bytes.allSatisfy { $0 < 128 }
  }

  // MARK: Values

  private func value(of any: Any) -> PlainValue {
    switch any {
    case let range as TextRange: return value(of: range)
    case let text as String: return .string(text)
    case let flag as Bool: return .boolean(flag)
    case let number as Int: return .integer(number)
    case let byte as UInt8: return .string(String(Unicode.Scalar(byte)))
    case let diagnostic as Diagnostic:
      return dictionary([
        ("code", .string(diagnostic.code)), ("message", .string(diagnostic.message)),
      ])
    default: break
    }
    let mirror = Mirror(reflecting: any)
    switch mirror.displayStyle {
    case .optional:
      guard let wrapped = mirror.children.first else { return .null }
      return value(of: wrapped.value)
    case .collection, .set: return .list(mirror.children.map { value(of: $0.value) })
    case .dictionary: return entries(of: mirror)
    case .tuple: return tuple(mirror)
    case .enum: return alternative(any, mirror)
    default: return node(mirror)
    }
  }

  private func node(_ mirror: Mirror) -> PlainValue {
    var pairs: [(String, PlainValue)] = [("node", .string("\(mirror.subjectType)"))]
    var range: TextRange?
    for child in mirror.children {
      guard let label = child.label else { continue }
      if label == "range" { range = child.value as? TextRange }
      let name = SyntaxTreeValue.snakeCased(label)
      let isKind = Mirror(reflecting: child.value).displayStyle == .enum && label == "kind"
      if isKind, case .dictionary(let inner) = value(of: child.value) {
        pairs += inner.pairs.map { ($0.key, $0.value) }
        continue
      }
      let found = value(of: child.value)
      if case .null = found { continue }
      pairs.append((name, found))
    }
    if let range, isLeaf(mirror) { pairs.append(("text", .string(text(range)))) }
    return dictionary(pairs)
  }

  /// Whether the text itself says what the node is, as for numbers and operators.
  private func isLeaf(_ mirror: Mirror) -> Bool {
    if mirror.subjectType == Expr.Operator.self { return true }
    for child in mirror.children where child.label == "kind" {
      switch child.value as? Expr.Kind {
      case .literal(.number), .parameter: return true
      default: return false
      }
    }
    return false
  }

  /// `name` for a case with nothing behind it, `kind` and `value` for others.
  private func alternative(_ any: Any, _ mirror: Mirror) -> PlainValue {
    guard let child = mirror.children.first, let label = child.label else {
      return .string(SyntaxTreeValue.snakeCased("\(any)"))
    }
    return dictionary([
      ("kind", .string(SyntaxTreeValue.snakeCased(label))), ("value", value(of: child.value)),
    ])
  }

  /// Named parts by their names, the others as a list.
  private func tuple(_ mirror: Mirror) -> PlainValue {
    let names = mirror.children.compactMap(\.label).filter { !$0.hasPrefix(".") }
    guard !names.isEmpty else { return .list(mirror.children.map { value(of: $0.value) }) }
    var pairs: [(String, PlainValue)] = []
    var position = 0
    for child in mirror.children {
      let label = child.label ?? ".0"
      let isNamed = !label.hasPrefix(".")
      let name = isNamed ? label : position == 0 ? "operand" : "operand_\(position + 1)"
      if !isNamed { position += 1 }
      let found = value(of: child.value)
      if case .null = found { continue }
      pairs.append((SyntaxTreeValue.snakeCased(name), found))
    }
    return dictionary(pairs)
  }

  private func entries(of mirror: Mirror) -> PlainValue {
    var pairs: [(String, PlainValue)] = []
    for child in mirror.children {
      let entry = Mirror(reflecting: child.value).children.map(\.value)
      guard entry.count == 2 else { continue }
      pairs.append(("\(entry[0])".lowercased(), value(of: entry[1])))
    }
    return dictionary(pairs.sorted { $0.0 < $1.0 })
  }

  private func dictionary(_ pairs: [(String, PlainValue)]) -> PlainValue {
    var result = PlainDictionary()
    for (key, value) in pairs { result[key] = value }
    return .dictionary(result)
  }

  // MARK: Places

  private func text(_ range: TextRange) -> String {
    String(decoding: bytes[range.bytes.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  private func value(of range: TextRange) -> PlainValue {
    let start = min(range.bytes.lowerBound, bytes.count)
    let line = self.line(of: start)
    let column =
      isASCII
      ? start - lineStarts[line] + 1
      : String(decoding: bytes[lineStarts[line]..<start], as: UTF8.self).count + 1
    return dictionary([
      ("start", .integer(range.bytes.lowerBound)), ("end", .integer(range.bytes.upperBound)),
      ("line", .integer(line + 1)), ("column", .integer(column)),
    ])
  }

  private func line(of position: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= position { low = middle } else { high = middle }
    }
    return low
  }

  private static func snakeCased(_ name: String) -> String {
    var result = ""
    for scalar in name.unicodeScalars {
      if ("A"..."Z").contains(scalar), !result.isEmpty, result.last != "_" { result += "_" }
      result += String(scalar).lowercased()
    }
    return result
  }
}
