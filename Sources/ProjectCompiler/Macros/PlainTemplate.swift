/// Whether a model's template is so plain that dbt-core reads what it refers to without rendering it.
///
/// Such a template has nothing but calls of `ref`, `source` and `config` with literal arguments, and
/// literals. dbt's extractor keeps each source of it once; where it renders, each call is kept.
struct PlainTemplate {
  private let bytes: [UInt8]
  private var position = 0

  /// - Parameter text: the whole template.
  /// - Returns: whether dbt's extractor would take all of it.
  static func isPlain(_ text: [UInt8]) -> Bool {
    var template = PlainTemplate(bytes: text)
    return template.readsAll()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func readsAll() -> Bool {
    while let byte = current {
      position += 1
      guard byte == UInt8(ascii: "{"), let next = current else { continue }
      switch next {
      case UInt8(ascii: "%"): return false
      case UInt8(ascii: "#"):
        position += 1
        guard skipComment() else { return false }
      case UInt8(ascii: "{"):
        position += 1
        guard readsExpression() else { return false }
      default: break
      }
    }
    return true
  }

  private mutating func skipComment() -> Bool {
    while position + 1 < bytes.count {
      if bytes[position] == UInt8(ascii: "#"), bytes[position + 1] == UInt8(ascii: "}") {
        position += 2
        return true
      }
      position += 1
    }
    return false
  }

  private mutating func readsExpression() -> Bool {
    let name = readName()
    let isRead: Bool
    switch name {
    case "ref", "source":
      isRead = readsArguments(named: ["v", "version", "source_name", "table_name"])
    case "config": isRead = readsArguments(named: nil)
    case "": isRead = readsLiteral(depth: 0, numbers: true)
    case "True", "False": isRead = true
    default: return false
    }
    return isRead && take("}") && take("}")
  }

  // `names` are the keywords that may be there, and numbers with them; nil means those of `config`,
  // which are settings, and must be named.
  private mutating func readsArguments(named names: Set<String>?) -> Bool {
    guard take("(") else { return false }
    while !take(")") {
      let name = readName()
      if name.isEmpty {
        guard names != nil, readsLiteral(depth: 0, numbers: false) else { return false }
      } else {
        guard take("=") else { return false }
        if let names {
          guard names.contains(name) else { return false }
        } else if name == "pre_hook" || name == "post_hook" {
          return false
        }
        guard readsValue(depth: 0, numbers: names != nil) else { return false }
      }
      guard take(",") || current == UInt8(ascii: ")") else { return false }
    }
    return true
  }

  private mutating func readsValue(depth: Int, numbers: Bool) -> Bool {
    switch readName() {
    case "True", "False": true
    case "": readsLiteral(depth: depth, numbers: numbers)
    default: false
    }
  }

  private mutating func readsLiteral(depth: Int, numbers: Bool) -> Bool {
    skipSpace()
    guard let byte = current, depth < 64 else { return false }
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return readsText(byte)
    case UInt8(ascii: "["):
      position += 1
      while !take("]") {
        guard readsValue(depth: depth + 1, numbers: numbers),
          take(",") || current == UInt8(ascii: "]")
        else { return false }
      }
      return true
    case UInt8(ascii: "{"):
      position += 1
      while !take("}") {
        guard readsValue(depth: depth + 1, numbers: false), take(":"),
          readsValue(depth: depth + 1, numbers: numbers),
          take(",") || current == UInt8(ascii: "}")
        else { return false }
      }
      return true
    case UInt8(ascii: "0")...UInt8(ascii: "9") where numbers:
      while let digit = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
        position += 1
      }
      return true
    default: return false
    }
  }

  private mutating func readsText(_ quote: UInt8) -> Bool {
    position += 1
    while let byte = current {
      position += 1
      if byte == UInt8(ascii: "\\") {
        position += 1
      } else if byte == quote {
        return true
      }
    }
    return false
  }

  /// The name that comes next; nothing where none does.
  private mutating func readName() -> String {
    skipSpace()
    let start = position
    while let byte = current,
      byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || position > start && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    {
      position += 1
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard let byte = current, byte == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
  }
}
