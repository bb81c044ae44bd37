/// A text of few bytes, in the value itself.
///
/// Most texts of templates are names of columns and the like. Those are copied as numbers are:
/// nothing is allocated, retained or released for them, and equal ones have equal bits.
package struct ShortText: BitwiseCopyable, Hashable {
  /// More bytes do not fit.
  static let capacity = 15

  /// The bytes in order, the rest zero; the last byte is their number.
  private let low: UInt64
  private let high: UInt64

  @inline(__always)
  private init(low: UInt64, high: UInt64, count: Int) {
    self.low = low
    self.high = high | UInt64(truncatingIfNeeded: count) << 56
  }

  /// Nil for more bytes than fit.
  @inline(__always)
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    let count = bytes.count
    guard count <= Self.capacity else { return nil }
    guard count > 0, let start = bytes.baseAddress else {
      self.init(low: 0, high: 0, count: 0)
      return
    }
    let raw = UnsafeRawPointer(start)
    // Two pieces, which may overlap, so that nothing beyond the text is read.
    if count >= 8 {
      let head = raw.loadUnaligned(as: UInt64.self)
      let tail = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      let high = count == 8 ? 0 : UInt64(littleEndian: tail) >> UInt64(8 * (16 - count))
      self.init(low: UInt64(littleEndian: head), high: high, count: count)
    } else if count >= 4 {
      let head = UInt64(UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self)))
      let tail = UInt32(
        littleEndian: raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
      )
      self.init(low: head | UInt64(tail) << UInt64(8 * (count - 4)), high: 0, count: count)
    } else {
      let middle = UInt64(start[count / 2]) << UInt64(8 * (count / 2))
      let last = UInt64(start[count - 1]) << UInt64(8 * (count - 1))
      self.init(low: UInt64(start[0]) | middle | last, high: 0, count: count)
    }
  }

  /// Nil for more bytes than fit.
  @inline(__always)
  init?(_ text: String) {
    guard text.utf8.count <= Self.capacity else { return nil }
    let short: ShortText?? = text.utf8.withContiguousStorageIfAvailable { ShortText($0) }
    guard let short = short ?? Self.converted(text) else { return nil }
    self = short
  }

  /// Text of another kind than Swift's own.
  @inline(never)
  private static func converted(_ text: String) -> ShortText? {
    var text = text
    return text.withUTF8 { ShortText($0) }
  }

  @inline(__always)
  var count: Int { Int(truncatingIfNeeded: high >> 56) }

  @inline(__always)
  var isEmpty: Bool { high >> 56 == 0 }

  var text: String {
    String(unsafeUninitializedCapacity: Self.capacity) { buffer in
      withUnsafeBytes(of: self) { bytes in
        _ = buffer.initialize(from: bytes.prefix(count))
      }
      return count
    }
  }

  /// Writes the bytes to where there is room for 16; those behind the text mean nothing.
  @inline(__always)
  func write(to target: UnsafeMutablePointer<UInt8>) {
    let raw = UnsafeMutableRawPointer(target)
    raw.storeBytes(of: low.littleEndian, as: UInt64.self)
    raw.storeBytes(of: high.littleEndian, toByteOffset: 8, as: UInt64.self)
  }

  /// Lends the bytes.
  @inline(__always)
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { buffer in
      guard let start = buffer.baseAddress else { return body(UnsafeBufferPointer(buffer)) }
      write(to: start)
      return body(UnsafeBufferPointer(start: start, count: count))
    }
  }

  // MARK: ASCII

  /// Whether all bytes are ASCII.
  @inline(__always)
  var isASCII: Bool { (low | high) & 0x8080_8080_8080_8080 == 0 }

  /// Whether the text begins and ends with something other than white space; for ASCII only.
  @inline(__always)
  var hasVisibleEnds: Bool {
    guard count > 0 else { return false }
    let last = count > 8 ? high >> UInt64(8 * (count - 9)) : low >> UInt64(8 * (count - 1))
    let blank = UInt8(ascii: " ")
    return UInt8(truncatingIfNeeded: low) > blank && UInt8(truncatingIfNeeded: last) > blank
  }

  /// The same with small letters; for ASCII only.
  var lowercasedASCII: ShortText {
    ShortText(low: Self.lowercased(low), high: Self.lowercased(high), count: 0)
  }

  /// The same with capitals; for ASCII only.
  var uppercasedASCII: ShortText {
    ShortText(low: Self.uppercased(low), high: Self.uppercased(high), count: 0)
  }

  /// Adds 32 to each of eight bytes that is a capital letter; the number of bytes is none.
  private static func lowercased(_ bytes: UInt64) -> UInt64 {
    bytes + letters(bytes, first: UInt8(ascii: "A")) >> 2
  }

  private static func uppercased(_ bytes: UInt64) -> UInt64 {
    bytes - letters(bytes, first: UInt8(ascii: "a")) >> 2
  }

  /// The highest bit of each byte that is one of 26 letters, of eight bytes below 128.
  @inline(__always)
  private static func letters(_ bytes: UInt64, first: UInt8) -> UInt64 {
    let each: UInt64 = 0x0101_0101_0101_0101
    let reachesFirst = bytes + each * UInt64(128 - first)
    let isBeyondLast = bytes + each * UInt64(128 - first - 26)
    return reachesFirst & ~isBeyondLast & (each << 7)
  }
}
