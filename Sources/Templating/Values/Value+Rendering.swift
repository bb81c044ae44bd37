import Diagnostics

extension Value {
  /// The text that `{{ value }}` prints: Python's `str()`.
  package var rendered: String {
    switch self {
    case .undefined: return ""
    case .string(let string): return string.text
    case .integer(let number): return String(number)
    case .object(let object): return object.rendered
    default: return represented
    }
  }

  /// The text of the value inside of a printed list: Python's `repr()`.
  package var represented: String {
    var writer = RepresentationWriter()
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

/// Writes values as Python's `repr()` does.
struct RepresentationWriter {
  /// Where printing stops; shared substructure can be exponentially larger in print.
  static let sizeLimit = 64 << 20
  static let depthLimit = 150

  var bytes: [UInt8] = []
  private var active: [ObjectIdentifier] = []

  mutating func write(_ value: Value) {
    guard bytes.count < Self.sizeLimit else { return }
    switch value {
    case .undefined: write("Undefined")
    case .none: write("None")
    case .boolean(let flag): write(flag ? "True" : "False")
    case .integer(let number): write(String(number))
    case .float(let number): write(PythonNumber.text(of: number))
    case .string(let string):
      if string.isSafe { write("Markup(") }
      write(quoted: string.text)
      if string.isSafe { write(")") }
    case .list(let list):
      write(list.elements, identity: ObjectIdentifier(list), open: "[", close: "]")
    case .tuple(let tuple):
      let close = tuple.elements.count == 1 ? ",)" : ")"
      write(tuple.elements, identity: ObjectIdentifier(tuple), open: "(", close: close)
    case .dictionary(let dictionary): write(dictionary)
    case .namespace(let namespace):
      write("<Namespace ")
      write(.dictionary(namespace.attributes))
      write(">")
    case .function(let function): write("<function \(function.name)>")
    case .macro(let macro): write("<Macro '\(macro.definition.name)'>")
    case .object(let object): write(object.represented)
    }
  }

  private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func enter(_ identity: ObjectIdentifier, _ ellipsis: String) -> Bool {
    guard active.count < Self.depthLimit, !active.contains(identity) else {
      write(ellipsis)
      return false
    }
    active.append(identity)
    return true
  }

  private mutating func write(
    _ elements: [Value],
    identity: ObjectIdentifier,
    open: String,
    close: String
  ) {
    guard enter(identity, open == "[" ? "[...]" : "(...)") else { return }
    write(open)
    for (index, element) in elements.enumerated() {
      if index > 0 { write(", ") }
      write(element)
    }
    write(close)
    active.removeLast()
  }

  private mutating func write(_ dictionary: DictionaryReference) {
    guard enter(ObjectIdentifier(dictionary), "{...}") else { return }
    write("{")
    for (index, entry) in dictionary.entries.enumerated() {
      if index > 0 { write(", ") }
      write(entry.key)
      write(": ")
      write(entry.value)
    }
    write("}")
    active.removeLast()
  }

  /// Python prefers single quotes, unless the text has some and no double ones.
  mutating func write(quoted text: String) {
    let utf8 = text.utf8
    let hasSingle = utf8.contains(UInt8(ascii: "'"))
    let hasDouble = utf8.contains(UInt8(ascii: "\""))
    let quote: Unicode.Scalar = hasSingle && !hasDouble ? "\"" : "'"
    bytes.append(UInt8(ascii: quote))
    for scalar in text.unicodeScalars {
      switch scalar {
      case quote: write("\\\(quote)")
      case "\\": write("\\\\")
      case "\n": write("\\n")
      case "\r": write("\\r")
      case "\t": write("\\t")
      case " "..<"\u{7F}": bytes.append(UInt8(ascii: scalar))
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F || !Self.isPrintable(scalar) {
          writeEscape(scalar.value)
        } else {
          write(String(scalar))
        }
      }
    }
    bytes.append(UInt8(ascii: quote))
  }

  private mutating func writeEscape(_ number: UInt32) {
    let (prefix, width) = number < 0x100 ? ("\\x", 2) : number < 0x10000 ? ("\\u", 4) : ("\\U", 8)
    let digits = String(number, radix: 16)
    write(prefix)
    write(String(repeating: "0", count: max(0, width - digits.count)))
    write(digits)
  }

  /// The text with everything but ASCII escaped.
  static func ascii(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 > 127 }) else { return text }
    var writer = RepresentationWriter()
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        writer.bytes.append(UInt8(ascii: scalar))
      } else {
        writer.writeEscape(scalar.value)
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == " " { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}
