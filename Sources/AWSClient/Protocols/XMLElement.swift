/// An element of an XML answer with what is in it.
///
/// Attributes and namespaces say nothing in AWS's answers and are left out.
package struct XMLElement: Hashable, Sendable {
  package var name: String
  /// Text of this element alone.
  package var text = ""
  package var children: [XMLElement] = []

  /// The first child of a name.
  package func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

  /// All children of a name.
  package func children(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

  /// The text of a child; nil when it is not there.
  package func text(_ name: String) -> String? { child(name)?.text }

  /// The members of a wrapped list.
  package func list(_ name: String, _ member: String) -> [XMLElement] {
    child(name)?.children(member) ?? []
  }

  func integer(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
  func boolean(_ name: String) -> Bool? { text(name).map { $0 == "true" } }
  func time(_ name: String) -> Timestamp? { text(name).flatMap { Timestamp(iso8601: $0) } }
}

extension XMLElement {
  /// Why a text is no XML that a service would send.
  struct Problem: Error, Hashable, Sendable {
    var offset: Int
    var reason: String
  }

  /// Reads a document.
  ///
  /// - Parameter bytes: UTF-8.
  /// - Throws: where the text is not well formed, nested deeper than 100 elements, or has a document
  ///   type: entities of its own are the way to blow up a reader, and no service has any.
  init(xml bytes: [UInt8]) throws(Problem) {
    var reader = XMLReader(bytes: bytes)
    self = try reader.document()
  }
}

/// Reads XML byte by byte, with a stack of its own.
private struct XMLReader {
  let bytes: [UInt8]
  private var position = 0
  private static let deepest = 100

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func document() throws(XMLElement.Problem) -> XMLElement {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    var stack: [(element: XMLElement, text: [UInt8])] = []
    var root: XMLElement?
    while position < bytes.count {
      guard bytes[position] == UInt8(ascii: "<") else {
        let text = try characters()
        if stack.isEmpty {
          guard text.allSatisfy(Self.isSpace) else { throw problem("text outside of the document") }
        } else {
          stack[stack.count - 1].text += text
        }
        continue
      }
      if take("<?") {
        try skip(past: "?>")
      } else if take("<!--") {
        try skip(past: "-->")
      } else if take("<![CDATA[") {
        let start = position
        try skip(past: "]]>")
        guard !stack.isEmpty else { throw problem("text outside of the document") }
        stack[stack.count - 1].text += bytes[start..<position - 3]
      } else if take("<!") {
        throw problem("a document type is not taken")
      } else if take("</") {
        let name = try name()
        skipSpace()
        guard take(">"), let done = stack.popLast(), done.element.name == name else {
          throw problem("the end of \"\(name)\" does not fit")
        }
        close(done, into: &stack, &root)
      } else {
        position += 1
        guard root == nil else { throw problem("a second document") }
        let name = try name()
        let isEmpty = try attributes()
        let opened = (element: XMLElement(name: name), text: [UInt8]())
        if isEmpty {
          close(opened, into: &stack, &root)
        } else {
          guard stack.count < Self.deepest else { throw problem("too many levels") }
          stack.append(opened)
        }
      }
    }
    guard let root, stack.isEmpty else { throw problem("the document ends too early") }
    return root
  }

  private func close(
    _ done: (element: XMLElement, text: [UInt8]),
    into stack: inout [(element: XMLElement, text: [UInt8])],
    _ root: inout XMLElement?
  ) {
    var element = done.element
    // Between elements, space is layout.
    if element.children.isEmpty || !done.text.allSatisfy(Self.isSpace) {
      element.text = String(decoding: done.text, as: UTF8.self)
    }
    if stack.isEmpty {
      root = element
    } else {
      stack[stack.count - 1].element.children.append(element)
    }
  }

  private func problem(_ reason: String) -> XMLElement.Problem {
    XMLElement.Problem(offset: position, reason: reason)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 32 || byte == 10 || byte == 13 || byte == 9
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count - position >= count else { return false }
    for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] {
      return false
    }
    position += count
    return true
  }

  private mutating func skip(past text: StaticString) throws(XMLElement.Problem) {
    while position < bytes.count {
      if take(text) { return }
      position += 1
    }
    throw problem("the document ends too early")
  }

  private mutating func skipSpace() {
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
  }

  /// A name without the prefix of its namespace.
  private mutating func name() throws(XMLElement.Problem) -> String {
    var start = position
    while position < bytes.count, !Self.isSpace(bytes[position]),
      !"/>=<".utf8.contains(bytes[position])
    {
      if bytes[position] == UInt8(ascii: ":") { start = position + 1 }
      position += 1
    }
    guard position > start else { throw problem("a name is missing") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Skips attributes and the end of a tag; true for `/>`.
  private mutating func attributes() throws(XMLElement.Problem) -> Bool {
    while true {
      skipSpace()
      if take("/>") { return true }
      if take(">") { return false }
      _ = try name()
      skipSpace()
      guard take("=") else { throw problem("an attribute without a value") }
      skipSpace()
      guard position < bytes.count, bytes[position] == 34 || bytes[position] == 39,
        let end = bytes[(position + 1)...].firstIndex(of: bytes[position])
      else { throw problem("an attribute without quotes") }
      position = end + 1
    }
  }

  private mutating func characters() throws(XMLElement.Problem) -> [UInt8] {
    var text: [UInt8] = []
    while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "&") {
        text += try entity()
      } else if byte == 13 {
        // Line ends are one newline, however they were written.
        if position >= bytes.count || bytes[position] != 10 { text.append(10) }
      } else {
        text.append(byte)
      }
    }
    return text
  }

  private mutating func entity() throws(XMLElement.Problem) -> [UInt8] {
    guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
      throw problem("\"&\" begins no entity")
    }
    let name = String(decoding: bytes[position..<end], as: UTF8.self)
    position = end + 1
    switch name {
    case "amp": return [UInt8(ascii: "&")]
    case "lt": return [UInt8(ascii: "<")]
    case "gt": return [UInt8(ascii: ">")]
    case "quot": return [UInt8(ascii: "\"")]
    case "apos": return [UInt8(ascii: "'")]
    default:
      let digits = name.dropFirst()
      let isHexadecimal = digits.first == "x" || digits.first == "X"
      let code = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      guard name.hasPrefix("#"), let code, let scalar = Unicode.Scalar(code) else {
        throw problem("the entity \"\(name)\" is not known")
      }
      return Array(String(Character(scalar)).utf8)
    }
  }
}
