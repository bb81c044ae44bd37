import Diagnostics

/// SQL as a server received it, and the way from a place in it back to the user's file.
struct SentText {
  /// Names the statement in the user's terms: where it stands.
  var statement: TextRange
  /// What was sent, with its origins.
  var text: MappedText

  /// The range that a server's position means.
  ///
  /// - Parameters:
  ///   - position: Counted in characters from 1, as servers do.
  ///   - buffers: Takes what was sent, if it is needed.
  /// - Returns: A range in a buffer made of the sent text, or the statement's first line when the
  ///   server did not say where.
  func range(of position: Int?, in buffers: Buffers) -> TextRange {
    guard let position, let start = byteOffset(of: position) else { return firstLine(buffers) }
    let end = endOfWord(from: start)
    let name = "\(buffers.name(of: statement.buffer)) (as sent)"
    let buffer = buffers.add(generated: name, text)
    let range = TextRange(buffer: buffer, bytes: start..<end)
    // Text that the translator made up may have no origin; then the statement is the best answer.
    return buffers.origin(of: range).range.buffer == buffer ? firstLine(buffers) : range
  }

  private func byteOffset(of position: Int) -> Int? {
    guard position >= 1 else { return nil }
    var characters = 0
    for (offset, byte) in text.bytes.enumerated() where byte & 0xC0 != 0x80 {
      characters += 1
      if characters == position { return offset }
    }
    // At the very end, as for "syntax error at end of input": the last word is what is there.
    guard characters > 0 else { return nil }
    let last = text.bytes.lastIndex { $0 > 32 } ?? 0
    return startOfWord(at: last)
  }

  private func startOfWord(at offset: Int) -> Int {
    var start = offset
    while start > 0, isWordByte(text.bytes[start]), isWordByte(text.bytes[start - 1]) {
      start -= 1
    }
    return start
  }

  /// The end of the identifier, number or quoted text that begins at `start`.
  private func endOfWord(from start: Int) -> Int {
    let bytes = text.bytes
    let first = bytes[start]
    var end = start + 1
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      while end < bytes.count, bytes[end] != first, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      return min(end + 1, bytes.count)
    }
    guard isWordByte(first) else { return end }
    while end < bytes.count, isWordByte(bytes[end]) { end += 1 }
    return end
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"),
      UInt8(ascii: "."), 0x80...:
      true
    default: false
    }
  }

  private func firstLine(_ buffers: Buffers) -> TextRange {
    let bytes = buffers.bytes(of: statement.buffer)
    let range = statement.bytes.clamped(to: 0..<bytes.count)
    let end = bytes[range].firstIndex(of: UInt8(ascii: "\n")) ?? range.upperBound
    return TextRange(buffer: statement.buffer, bytes: range.lowerBound..<end)
  }
}
