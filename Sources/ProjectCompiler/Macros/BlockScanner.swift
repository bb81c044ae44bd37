import Diagnostics

/// A block at the top of a file: `{% macro … %} … {% endmacro %}`.
struct TemplateBlock {
  /// The word after `{%`, as `macro`, `test` or `docs`.
  var tag: String
  /// From the first delimiter to the last.
  var whole: Range<Int>
  /// The head's delimiters and what is between them.
  var head: Range<Int>
  /// What follows the word in the head, up to the closing delimiter.
  var headRest: Range<Int>
  var body: Range<Int>
  var tail: Range<Int>
}

/// Finds the blocks at the top of a file, as dbt's extractor does: text outside is ignored, and
/// what is inside of a block is looked at only for its end.
struct BlockScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Every block of the given kinds, in order.
  static func blocks(in bytes: [UInt8], tags: Set<String>) -> [TemplateBlock] {
    var scanner = BlockScanner(bytes)
    var blocks: [TemplateBlock] = []
    while let tag = scanner.nextTag() {
      if tag.word == "raw" {
        scanner.skip(to: "endraw")
        continue
      }
      guard tags.contains(tag.word) else { continue }
      let end = scanner.end(of: tag.word)
      blocks.append(
        TemplateBlock(
          tag: tag.word,
          whole: tag.range.lowerBound..<end.upperBound,
          head: tag.range,
          headRest: tag.rest,
          body: tag.range.upperBound..<end.lowerBound,
          tail: end
        )
      )
    }
    return blocks
  }

  /// The tags that stand outside of all blocks of the given kinds.
  static func looseTags(in bytes: [UInt8], besides kinds: Set<String>) -> [Tag] {
    var scanner = BlockScanner(bytes)
    var loose: [Tag] = []
    while let tag = scanner.nextTag() {
      if kinds.contains(tag.word) {
        _ = scanner.end(of: tag.word)
        continue
      }
      loose.append(tag)
      if tag.word == "raw" { scanner.skip(to: "endraw") }
    }
    return loose
  }

  /// `{% word … %}`.
  struct Tag {
    var word: String
    var range: Range<Int>
    var rest: Range<Int>
  }

  /// The next `{% … %}`; comments and printed expressions are passed over.
  private mutating func nextTag() -> Tag? {
    while position + 1 < bytes.count {
      guard bytes[position] == UInt8(ascii: "{") else {
        position += 1
        continue
      }
      switch bytes[position + 1] {
      case UInt8(ascii: "#"):
        position = find("#}", from: position + 2) ?? bytes.count
      case UInt8(ascii: "{"):
        position = endOfCode(from: position + 2, closing: UInt8(ascii: "}"))
      case UInt8(ascii: "%"): return tag(from: position)
      default: position += 1
      }
    }
    return nil
  }

  private mutating func tag(from start: Int) -> Tag {
    var index = start + 2
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      index += 1
    }
    while index < bytes.count, bytes[index].isBlank { index += 1 }
    let wordStart = index
    while index < bytes.count, Self.isWord(bytes[index]) { index += 1 }
    let word = String(decoding: bytes[wordStart..<index], as: UTF8.self)
    let end = endOfCode(from: index, closing: UInt8(ascii: "%"))
    var restEnd = max(index, end - 2)
    if restEnd > index,
      bytes[restEnd - 1] == UInt8(ascii: "-") || bytes[restEnd - 1] == UInt8(ascii: "+")
    {
      restEnd -= 1
    }
    position = end
    return Tag(word: word, range: start..<end, rest: index..<restEnd)
  }

  /// The tag that ends a block; the end of the text when there is none.
  private mutating func end(of word: String) -> Range<Int> {
    // Documentation is no template inside; quotes and braces mean nothing there.
    if word == "docs" { return plainEnd(of: "enddocs") }
    while let tag = nextTag() {
      if tag.word == "raw" {
        skip(to: "endraw")
      } else if tag.word == "end" + word {
        return tag.range
      }
    }
    return bytes.count..<bytes.count
  }

  private mutating func skip(to word: String) { _ = plainEnd(of: word) }

  private mutating func plainEnd(of word: String) -> Range<Int> {
    var start = position
    while let found = find("{%", from: start) {
      let opening = found - 2
      let tag = tag(from: opening)
      if tag.word == word { return tag.range }
      start = found
    }
    position = bytes.count
    return bytes.count..<bytes.count
  }

  /// The place after the closing delimiter, strings respected.
  private func endOfCode(from start: Int, closing: UInt8) -> Int {
    var index = start
    var quote: UInt8?
    while index < bytes.count {
      let byte = bytes[index]
      if let open = quote {
        if byte == UInt8(ascii: "\\") {
          index += 1
        } else if byte == open {
          quote = nil
        }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if byte == closing, index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "}") {
        return index + 2
      }
      index += 1
    }
    return bytes.count
  }

  /// The place after the next occurrence.
  private func find(_ text: StaticString, from start: Int) -> Int? {
    let count = text.utf8CodeUnitCount
    guard bytes.count >= count, start <= bytes.count - count else { return nil }
    let first = text.utf8Start[0]
    let second = text.utf8Start[1]
    for index in start...(bytes.count - count)
    where bytes[index] == first && bytes[index + 1] == second {
      return index + count
    }
    return nil
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte == 95 || (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}
