/// Names one buffer of a `Buffers` store.
package struct BufferID: Hashable, Sendable {
  package let index: Int

  package init(index: Int) {
    self.index = index
  }
}

/// A run of bytes in one buffer; line and column are worked out only when it is shown.
package struct TextRange: Hashable, Sendable {
  package var buffer: BufferID
  /// UTF-8 byte offsets, from 0.
  package var bytes: Range<Int>

  package init(buffer: BufferID, bytes: Range<Int>) {
    self.buffer = buffer
    self.bytes = bytes
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
