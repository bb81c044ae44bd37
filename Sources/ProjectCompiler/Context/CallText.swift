import Diagnostics

/// The text of a call in a template, to find the arguments in it.
struct CallText {
  private let range: TextRange
  private let bytes: [UInt8]

  init(_ range: TextRange, in buffers: Buffers) {
    self.range = range
    let all = buffers.bytes(of: range.buffer)
    bytes = Array(all[range.bytes.clamped(to: 0..<all.count)])
  }

  /// Where a named argument's name stands, or the same as a quoted key of a mapping.
  ///
  /// Names inside of quoted values are passed over only where no `=` or `:` follows them, so this
  /// is for showing, not for reading.
  func place(of name: String) -> TextRange? {
    let wanted = Array(name.utf8)
    guard let first = wanted.first, bytes.count > wanted.count else { return nil }
    for start in 1...(bytes.count - wanted.count)
    where bytes[start] == first && !isWord(bytes[start - 1]) {
      let end = start + wanted.count
      guard bytes[start..<end].elementsEqual(wanted), isName(endingAt: end) else { continue }
      let lower = range.bytes.lowerBound + start
      return TextRange(buffer: range.buffer, bytes: lower..<lower + wanted.count)
    }
    return nil
  }

  /// Whether `=` or `:` follows, behind a closing quote or blanks.
  private func isName(endingAt end: Int) -> Bool {
    var rest = bytes[end...]
    if let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
      rest.removeFirst()
    }
    while let byte = rest.first, byte.isBlank { rest.removeFirst() }
    guard let mark = rest.first else { return false }
    return mark == UInt8(ascii: ":")
      || mark == UInt8(ascii: "=") && rest.dropFirst().first != UInt8(ascii: "=")
  }

  private func isWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (48...57).contains(byte) || (65...90).contains(byte)
      || (97...122).contains(byte) || byte >= 128
  }
}
