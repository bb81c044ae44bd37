extension UInt8 {
  /// Whether the byte is white space in ASCII: a blank, a tab, or one of the line ends.
  @inlinable package var isBlank: Bool { self == 32 || (9...13).contains(self) }
}
