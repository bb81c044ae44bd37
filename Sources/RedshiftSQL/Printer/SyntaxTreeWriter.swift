import Diagnostics

/// Writes trees as JSON that editors and scripts read, one statement on each line.
///
/// A node is an object: `node` is the name of its type, `range` says where it stands as
/// `[start, end, line, column]` (bytes from zero, line and column from one), and each part has its
/// own name. Of alternatives, `kind` says which one it is and `value` what belongs to it. Parts that
/// are missing, empty or false are left out.
///
/// ```json
/// {"node":"SelectItem","range":[7,8,1,8],
///  "value":{"node":"Expr","range":[7,8,1,8],"kind":"column","value":[{"text":"a","range":[7,8,1,8]}]}}
/// ```
///
/// Nothing is kept of a statement once it is written.
package struct SyntaxTreeWriter {
  private let bytes: [UInt8]
  private let lines: LineIndex
  private var output: [UInt8] = []
  /// Names of types and parts as they are written, for making them anew takes long.
  private var typeNames: [ObjectIdentifier: [UInt8]] = [:]
  private var partNames: [String: [UInt8]] = [:]

  /// Makes a writer for the statements of a text.
  ///
  /// - Parameter bytes: the text.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    lines = LineIndex(bytes)
  }

  /// The tree of a statement on one line.
  ///
  /// - Parameter statement: a statement of the text.
  /// - Returns: JSON without a line break.
  package mutating func json(_ statement: Statement) -> [UInt8] {
    output.removeAll(keepingCapacity: true)
    writeNode(Mirror(reflecting: statement), keywords: statement.keywords.joined(separator: " "))
    return output
  }

  // MARK: Values

  /// Writes a value; false, and nothing is written, for what is left out.
  private mutating func write(_ any: Any) -> Bool {
    switch any {
    case let text as String:
      if text.isEmpty { return false }
      write(text: text)
      return true
    case let flag as Bool:
      if flag { append("true") }
      return flag
    case let number as Int:
      append(String(number))
      return true
    case let range as TextRange:
      write(range)
      return true
    case let byte as UInt8:
      write(text: String(Unicode.Scalar(byte)))
      return true
    case let name as Identifier:
      write(name)
      return true
    case let parts as NameParts: return write(list: Mirror(reflecting: Array(parts)))
    case let diagnostic as Diagnostic:
      append("{\"code\":")
      write(text: diagnostic.code)
      append(",\"message\":")
      write(text: diagnostic.message)
      append("}")
      return true
    default: break
    }
    let mirror = Mirror(reflecting: any)
    switch mirror.displayStyle {
    case .optional:
      guard let wrapped = mirror.children.first else { return false }
      return write(wrapped.value)
    case .collection, .set: return write(list: mirror)
    case .dictionary: return write(entries: mirror)
    case .tuple: return write(tuple: mirror)
    case .enum:
      write(alternative: any, mirror)
      return true
    default:
      writeNode(mirror, keywords: nil)
      return true
    }
  }

  /// Names are what there is most of, so they do without their type.
  private mutating func write(_ name: Identifier) {
    append("{\"text\":")
    write(text: name.text)
    append(",\"range\":")
    write(name.range)
    if name.isQuoted { append(",\"is_quoted\":true") }
    append("}")
  }

  private mutating func write(list mirror: Mirror) -> Bool {
    guard !mirror.children.isEmpty else { return false }
    append("[")
    var isFirst = true
    for child in mirror.children {
      if !isFirst { append(",") }
      isFirst = false
      if !write(child.value) { append("null") }
    }
    append("]")
    return true
  }

  private mutating func writeNode(_ mirror: Mirror, keywords: String?) {
    append("{\"node\":")
    output += typeName(of: mirror)
    var range: TextRange?
    var isLeaf = mirror.subjectType == Expr.Operator.self
    for child in mirror.children {
      guard let label = child.label else { continue }
      if label == "range" { range = child.value as? TextRange }
      if label == "kind" {
        switch child.value as? Expr.Kind {
        case .literal(.number), .parameter: isLeaf = true
        default: break
        }
        let kind = Mirror(reflecting: child.value)
        if kind.displayStyle == .enum {
          append(",")
          writeAlternative(child.value, kind)
          continue
        }
      }
      write(part: label, child.value)
    }
    if let range, isLeaf {
      append(",\"text\":")
      write(text: String(decoding: bytes[range.bytes.clamped(to: 0..<bytes.count)], as: UTF8.self))
    }
    if let keywords {
      append(",\"keywords\":")
      write(text: keywords)
    }
    append("}")
  }

  /// `,"name":value`, or nothing.
  private mutating func write(part label: String, _ value: Any) {
    let start = output.count
    append(",")
    output += partName(label)
    append(":")
    if !write(value) { output.removeSubrange(start...) }
  }

  /// `"name"` for a case with nothing behind it, an object with kind and value for others.
  private mutating func write(alternative any: Any, _ mirror: Mirror) {
    guard mirror.children.first?.label != nil else {
      output += partName("\(any)")
      return
    }
    append("{")
    writeAlternative(any, mirror)
    append("}")
  }

  private mutating func writeAlternative(_ any: Any, _ mirror: Mirror) {
    append("\"kind\":")
    guard let child = mirror.children.first, let label = child.label else {
      output += partName("\(any)")
      return
    }
    output += partName(label)
    write(part: "value", child.value)
  }

  /// Named parts by their names, the others as a list.
  private mutating func write(tuple mirror: Mirror) -> Bool {
    guard mirror.children.contains(where: { $0.label?.hasPrefix(".") == false }) else {
      return write(list: mirror)
    }
    append("{")
    let start = output.count
    var position = 0
    for child in mirror.children {
      var label = child.label ?? ".0"
      if label.hasPrefix(".") {
        label = position == 0 ? "operand" : "operand\(position + 1)"
        position += 1
      }
      write(part: label, child.value)
    }
    if output.count > start { output.remove(at: start) }
    append("}")
    return true
  }

  private mutating func write(entries mirror: Mirror) -> Bool {
    var pairs: [(String, Any)] = []
    for child in mirror.children {
      let entry = Mirror(reflecting: child.value).children.map(\.value)
      guard entry.count == 2 else { continue }
      pairs.append(("\(entry[0])".lowercased(), entry[1]))
    }
    guard !pairs.isEmpty else { return false }
    append("{")
    let start = output.count
    for (key, value) in pairs.sorted(by: { $0.0 < $1.0 }) { write(part: key, value) }
    if output.count > start { output.remove(at: start) }
    append("}")
    return true
  }

  // MARK: Names

  private mutating func typeName(of mirror: Mirror) -> [UInt8] {
    let key = ObjectIdentifier(mirror.subjectType)
    if let known = typeNames[key] { return known }
    let name = Array("\"\(mirror.subjectType)\"".utf8)
    typeNames[key] = name
    return name
  }

  private mutating func partName(_ label: String) -> [UInt8] {
    if let known = partNames[label] { return known }
    let name = Array("\"\(Self.snakeCased(label))\"".utf8)
    partNames[label] = name
    return name
  }

  private static func snakeCased(_ name: String) -> String {
    var result = ""
    for scalar in name.unicodeScalars {
      if ("A"..."Z").contains(scalar), !result.isEmpty, result.last != "_" { result += "_" }
      result += String(scalar).lowercased()
    }
    return result
  }

  // MARK: Places and texts

  private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

  private mutating func write(text: String) { output += PlainValue.string(text).json() }

  private mutating func write(_ range: TextRange) {
    let (first, end) = (range.bytes.lowerBound, range.bytes.upperBound)
    let place = lines.position(of: first, in: bytes)
    append("[\(first),\(end),\(place.line),\(place.column)]")
  }
}
