import Diagnostics
import ProjectModel

/// Finds where a text of the configuration is written, so that what is wrong in it is told there.
///
/// Configuration comes as values without places. A text is looked for in the files that can have
/// given it; where it stands exactly once, as a string of a template or as a scalar of YAML, it is
/// that one. Anything else, such as a text that a macro has made, has no known place.
struct WrittenText {
  /// A part of a file.
  struct Place {
    var buffer: BufferID
    var bytes: Range<Int>
  }

  let buffers: Buffers

  /// The text with its origin.
  ///
  /// - Parameters:
  ///   - text: a value of the configuration.
  ///   - places: where it may be written.
  /// - Returns: the same text; without an origin where its place is not known.
  func located(_ text: String, in places: [Place]) -> MappedText {
    let bytes = Array(text.utf8)
    var found: MappedText?
    if let first = bytes.firstIndex(where: { !$0.isBlank }),
      let last = bytes.lastIndex(where: { !$0.isBlank })
    {
      let wanted = bytes[first...last]
      for place in places {
        for match in matches(of: wanted, in: place) {
          guard found == nil else { return Self.plain(bytes[...]) }
          var whole = Self.plain(bytes[..<first])
          whole.append(match)
          whole.append(Self.plain(bytes[(last + 1)...]))
          found = whole
        }
      }
    }
    return found ?? Self.plain(bytes[...])
  }

  private static func plain(_ bytes: ArraySlice<UInt8>) -> MappedText {
    var text = MappedText()
    text.append(generated: bytes, origin: nil)
    return text
  }

  /// At most two: more is as good as many.
  private func matches(of text: ArraySlice<UInt8>, in place: Place) -> [MappedText] {
    guard let first = text.first else { return [] }
    let source = buffers.bytes(of: place.buffer)
    let range = place.bytes.clamped(to: 0..<source.count)
    var found: [MappedText] = []
    for start in range where source[start] == first {
      guard let opening = Opening(before: start, in: source),
        let match = match(
          text,
          at: start,
          in: source,
          upTo: range.upperBound,
          place.buffer,
          opening
        )
      else { continue }
      found.append(match)
      if found.count == 2 { break }
    }
    return found
  }

  /// What a text begins behind.
  private enum Opening {
    case quote(UInt8)
    /// The end of a tag of a template.
    case tag
    /// A key, a dash, or the indentation of YAML.
    case plain

    init?(before start: Int, in source: [UInt8]) {
      var index = start - 1
      if index >= 0, source[index] == UInt8(ascii: "'") || source[index] == UInt8(ascii: "\"") {
        self = .quote(source[index])
        return
      }
      var hasBlank = false
      while index >= 0, source[index].isBlank {
        if source[index] == UInt8(ascii: "\n") {
          // A quoted or tagged text may begin with blank lines.
          self = Opening.acrossLines(index, source)
          return
        }
        hasBlank = true
        index -= 1
      }
      guard index >= 0 else { return nil }
      if let other = Opening.closing(index, source) {
        self = other
      } else if hasBlank, [UInt8(ascii: ":"), UInt8(ascii: "-")].contains(source[index]) {
        self = .plain
      } else {
        return nil
      }
    }

    private static func closing(_ index: Int, _ source: [UInt8]) -> Opening? {
      switch source[index] {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): .quote(source[index])
      case UInt8(ascii: "}") where index > 0 && source[index - 1] == UInt8(ascii: "%"): .tag
      default: nil
      }
    }

    private static func acrossLines(_ end: Int, _ source: [UInt8]) -> Opening {
      var index = end
      while index >= 0, source[index].isBlank { index -= 1 }
      guard index >= 0 else { return .plain }
      return closing(index, source) ?? .plain
    }
  }

  /// Whether the source goes on with the text; line ends may be indented, and quotes escaped.
  private func match(
    _ text: ArraySlice<UInt8>,
    at start: Int,
    in whole: [UInt8],
    upTo end: Int,
    _ buffer: BufferID,
    _ opening: Opening
  ) -> MappedText? {
    let source = whole[..<end]
    var result = MappedText()
    var position = start
    var index = text.startIndex
    func byte(_ offset: Int) -> UInt8 {
      position + offset < source.endIndex ? source[position + offset] : 0
    }
    func copy(_ count: Int) {
      let range = TextRange(buffer: buffer, bytes: position..<position + count)
      result.append(generated: text[index..<index + 1], origin: range)
    }
    while index < text.endIndex {
      guard position < source.endIndex else { return nil }
      let wanted = text[index]
      let isLineEnd =
        byte(0) == UInt8(ascii: "\n")
        || (byte(0) == UInt8(ascii: "\r") && byte(1) == UInt8(ascii: "\n"))
      if isLineEnd, wanted == UInt8(ascii: "\n") || wanted == UInt8(ascii: " ") {
        copy(1)
        index += 1
        position += byte(0) == UInt8(ascii: "\r") ? 2 : 1
        // Indentation is part of the text in a template, and mostly none in YAML.
        while byte(0) == UInt8(ascii: " ") || byte(0) == UInt8(ascii: "\t") { position += 1 }
        while index < text.endIndex, [32, 9].contains(text[index]) {
          result.append(generated: text[index..<index + 1], origin: nil)
          index += 1
        }
      } else if byte(0) == wanted, !isClosing(byte(0), opening) {
        result.append(
          copying: whole,
          range: TextRange(buffer: buffer, bytes: position..<position + 1)
        )
        index += 1
        position += 1
      } else if case .quote(let quote) = opening,
        let width = escape(wanted, byte(0), byte(1), quote)
      {
        copy(width)
        index += 1
        position += width
      } else {
        return nil
      }
    }
    return isEnd(position, in: source, opening) ? result : nil
  }

  private func isClosing(_ byte: UInt8, _ opening: Opening) -> Bool {
    if case .quote(let quote) = opening { byte == quote } else { false }
  }

  /// How many bytes of the source are one byte of the text within quotes.
  private func escape(_ wanted: UInt8, _ first: UInt8, _ second: UInt8, _ quote: UInt8) -> Int? {
    if first == UInt8(ascii: "\\") {
      let meant: UInt8 =
        switch second {
        case UInt8(ascii: "n"): UInt8(ascii: "\n")
        case UInt8(ascii: "t"): UInt8(ascii: "\t")
        default: second
        }
      return meant == wanted ? 2 : nil
    }
    return first == quote && second == quote && wanted == quote ? 2 : nil
  }

  /// Whether nothing of a longer text follows.
  private func isEnd(_ position: Int, in source: ArraySlice<UInt8>, _ opening: Opening) -> Bool {
    var index = position
    switch opening {
    case .quote(let quote):
      while index < source.endIndex, source[index].isBlank { index += 1 }
      return index < source.endIndex && source[index] == quote
    case .tag:
      while index < source.endIndex, source[index].isBlank { index += 1 }
      return index + 1 < source.endIndex && source[index] == UInt8(ascii: "{")
        && source[index + 1] == UInt8(ascii: "%")
    case .plain:
      while index < source.endIndex, [32, 9, 13].contains(source[index]) { index += 1 }
      return index == source.endIndex || source[index] == UInt8(ascii: "\n")
        || (index > position && source[index] == UInt8(ascii: "#"))
    }
  }
}

extension WrittenText {
  /// Where the configuration of a node can be written: its own file, its entry in a properties
  /// file, and the project file.
  func places(of node: Node, in project: Project) -> [Place] {
    var places: [Place] = []
    if let file = node.buffer, node.kind != .seed { places.append(whole(file)) }
    if let patch = node.patch { places.append(entry(at: patch)) }
    let package = project.package(named: node.packageName)
    for some in [package, project] {
      guard let file = some?.fileBuffer, !places.contains(where: { $0.buffer == file }) else {
        continue
      }
      places.append(whole(file))
    }
    return places
  }

  func whole(_ file: BufferID) -> Place {
    Place(buffer: file, bytes: 0..<buffers.bytes(of: file).count)
  }

  /// An entry of a list in YAML, from its name on: up to a line that is indented less than its keys.
  private func entry(at name: TextRange) -> Place {
    let bytes = buffers.bytes(of: name.buffer)
    let start = min(name.bytes.lowerBound, bytes.count)
    let line = (bytes[..<start].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    let key =
      bytes[line..<start].firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "-") } ?? line
    var next = start
    while let newline = bytes[next...].firstIndex(of: UInt8(ascii: "\n")) {
      let content = bytes[(newline + 1)...].firstIndex { $0 != UInt8(ascii: " ") } ?? bytes.count
      next = newline + 1
      guard content < bytes.count else { break }
      if [10, 13].contains(bytes[content]) { continue }
      if content - next < key - line {
        return Place(buffer: name.buffer, bytes: start..<newline)
      }
    }
    return Place(buffer: name.buffer, bytes: start..<bytes.count)
  }
}
