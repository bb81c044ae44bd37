/// Names one buffer of a `Buffers` store.
package struct BufferID: Hashable, Sendable {
  let number: Int32

  package var index: Int { Int(number) }

  package init(index: Int) {
    number = Int32(clamping: index)
  }
}

/// A run of bytes in one buffer; line and column are worked out only when it is shown.
///
/// Trees hold one for each node, so it is kept small: buffers are shorter than 2 GB.
package struct TextRange: Hashable, Sendable {
  package var buffer: BufferID
  /// The offsets as they are kept, for those who make a range for each token.
  package var lower: Int32
  package var upper: Int32

  /// UTF-8 byte offsets, from 0.
  package var bytes: Range<Int> {
    get { Range(uncheckedBounds: (Int(lower), Int(upper))) }
    set {
      lower = Int32(clamping: newValue.lowerBound)
      upper = Int32(clamping: newValue.upperBound)
    }
  }

  package init(buffer: BufferID, bytes: Range<Int>) {
    self.buffer = buffer
    lower = Int32(clamping: bytes.lowerBound)
    upper = Int32(clamping: bytes.upperBound)
  }

  /// The smallest range that covers both; `other` must be in the same buffer, else `self` is kept.
  package func union(_ other: TextRange) -> TextRange {
    guard other.buffer == buffer else { return self }
    let lower = min(bytes.lowerBound, other.bytes.lowerBound)
    let upper = max(bytes.upperBound, other.bytes.upperBound)
    return TextRange(buffer: buffer, bytes: lower..<upper)
  }
}

/// A place as people read it.
package struct Position: Hashable, Sendable {
  /// Line number, from 1.
  package var line: Int
  /// Column in characters (not bytes), from 1.
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}
