import Glibc

/// Walks over JSON text without building anything.
///
/// The byte at `end` must be 0 (and at least seven more must be readable): it stops every loop, so
/// none of them checks bounds.
struct JSONScanner {
  /// Why scanning cannot go on.
  struct Stop: Error {
    enum Problem: UInt8 {
      /// The text ends here; more input may help.
      case incomplete
      case unexpected
      case badEscape
      case badNumber
      case controlCharacter
      case tooDeep
    }

    var offset: Int
    var problem: Problem
  }

  /// A string's extent and what is in it.
  struct Text {
    /// Offset of the closing quote.
    var close: Int
    var hasEscapes: Bool
    var isASCII: Bool
  }

  static let depthLimit = 1024

  let base: UnsafePointer<UInt8>
  let end: Int

  @inline(__always)
  private func stop(_ offset: Int, _ problem: Stop.Problem = .unexpected) -> Stop {
    Stop(offset: offset, problem: offset >= end ? .incomplete : problem)
  }

  @inline(__always)
  func skipSpace(_ start: Int) -> Int {
    var offset = start
    while true {
      switch base[offset] {
      case 32, 10, 13, 9: offset += 1
      default: return offset
      }
    }
  }

  /// Scans a string whose first byte after the quote is at `start`.
  @inline(__always)
  func string(_ start: Int) throws(Stop) -> Text {
    var offset = start
    var seen: UInt64 = 0
    var hasEscapes = false
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let raw = UnsafeRawPointer(base)
    while true {
      let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let quotes = word ^ 0x2222_2222_2222_2222
      let slashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
      // Eight bytes at once: the high bit of each byte that is a quote, a backslash or a control.
      let hits =
        (((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
          | ((word &- 0x2020_2020_2020_2020) & ~word)) & highs
      if hits == 0 {
        seen |= word
        offset += 8
        continue
      }
      let index = hits.trailingZeroBitCount >> 3
      seen |= word & ((1 &<< UInt64(index * 8)) &- 1)
      offset += index
      switch base[offset] {
      case UInt8(ascii: "\""):
        if offset >= end { throw Stop(offset: end, problem: .incomplete) }
        return Text(close: offset, hasEscapes: hasEscapes, isASCII: seen & highs == 0)
      case UInt8(ascii: "\\"):
        if offset >= end { throw Stop(offset: end, problem: .incomplete) }
        hasEscapes = true
        offset = try escape(offset)
      default:
        throw stop(offset, .controlCharacter)
      }
    }
  }

  @inline(never)
  private func escape(_ backslash: Int) throws(Stop) -> Int {
    switch base[backslash + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      if backslash + 1 >= end { throw stop(end) }
      return backslash + 2
    case UInt8(ascii: "u"):
      for index in backslash + 2..<backslash + 6 where Self.hexDigit(base[index]) == nil {
        throw stop(index, .badEscape)
      }
      return backslash + 6
    default:
      throw stop(backslash + 1, .badEscape)
    }
  }

  static func hexDigit(_ byte: UInt8) -> Int? {
    switch byte {
    case 48...57: Int(byte) - 48
    case 65...70: Int(byte) - 55
    case 97...102: Int(byte) - 87
    default: nil
    }
  }

  @inline(__always)
  private func digits(_ start: Int) -> Int {
    var offset = start
    while base[offset] &- 48 < 10 { offset += 1 }
    return offset
  }

  func number(_ start: Int) throws(Stop) -> Int {
    var offset = start
    if base[offset] == UInt8(ascii: "-") { offset += 1 }
    let whole = digits(offset)
    guard whole > offset else { throw stop(whole, .badNumber) }
    if base[offset] == 48, whole > offset + 1 { throw stop(offset + 1, .badNumber) }
    offset = whole
    if base[offset] == UInt8(ascii: ".") {
      let fraction = digits(offset + 1)
      guard fraction > offset + 1 else { throw stop(fraction, .badNumber) }
      offset = fraction
    }
    if base[offset] | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if base[offset] == UInt8(ascii: "+") || base[offset] == UInt8(ascii: "-") { offset += 1 }
      let exponent = digits(offset)
      guard exponent > offset else { throw stop(exponent, .badNumber) }
      offset = exponent
    }
    switch base[offset] {
    case 32, 9, 10, 13, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): return offset
    default: throw stop(offset, .badNumber)
    }
  }

  func word(_ start: Int) throws(Stop) -> Int {
    let wanted: StaticString
    switch base[start] {
    case UInt8(ascii: "t"): wanted = "true"
    case UInt8(ascii: "f"): wanted = "false"
    case UInt8(ascii: "n"): wanted = "null"
    default: throw stop(start)
    }
    for index in 0..<wanted.utf8CodeUnitCount
    where base[start + index] != wanted.utf8Start[index] {
      throw stop(start + index)
    }
    return start + wanted.utf8CodeUnitCount
  }

  /// Skips a value that is no object or array.
  @inline(__always)
  func scalar(_ start: Int) throws(Stop) -> Int {
    switch base[start] {
    case UInt8(ascii: "\""): return try string(start + 1).close + 1
    case UInt8(ascii: "-"), 48...57: return try number(start)
    default: return try word(start)
    }
  }

  /// Skips the key and the colon of a member and returns where its value starts.
  @inline(__always)
  private func member(_ start: Int) throws(Stop) -> Int {
    guard base[start] == UInt8(ascii: "\"") else { throw stop(start) }
    let colon = skipSpace(try string(start + 1).close + 1)
    guard base[colon] == UInt8(ascii: ":") else { throw stop(colon) }
    return skipSpace(colon + 1)
  }

  /// Skips any value.
  ///
  /// Does not recurse: `open` (room for `depthLimit` bytes) holds the brackets passed.
  func value(_ start: Int, open: UnsafeMutablePointer<UInt8>) throws(Stop) -> Int {
    var offset = start
    var depth = 0
    while true {
      let byte = base[offset]
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        guard depth < Self.depthLimit else { throw stop(offset, .tooDeep) }
        // ASCII puts each closing bracket two places after its opening one.
        open[depth] = byte + 2
        depth += 1
        offset = skipSpace(offset + 1)
        guard base[offset] == byte + 2 else {
          if byte == UInt8(ascii: "{") { offset = try member(offset) }
          continue
        }
        offset += 1
        depth -= 1
      } else {
        offset = try scalar(offset)
      }
      while true {
        if depth == 0 { return offset }
        offset = skipSpace(offset)
        if base[offset] == UInt8(ascii: ",") {
          offset = skipSpace(offset + 1)
          if open[depth - 1] == UInt8(ascii: "}") { offset = try member(offset) }
          break
        }
        guard base[offset] == open[depth - 1] else { throw stop(offset) }
        offset += 1
        depth -= 1
      }
    }
  }

  /// Decodes the inside of a string that `string` has accepted.
  ///
  /// - Returns: false when a surrogate stands alone.
  static func decode(_ text: UnsafeBufferPointer<UInt8>, into out: inout ByteWriter) -> Bool {
    guard let start = text.baseAddress else { return true }
    var isSound = true
    var offset = 0
    let count = text.count
    while offset < count {
      let rest = count - offset
      let found = memchr(start + offset, Int32(UInt8(ascii: "\\")), rest)
      guard let found else {
        out.append(start + offset, rest)
        return isSound
      }
      let slash = UnsafeRawPointer(start).distance(to: UnsafeRawPointer(found))
      out.append(start + offset, slash - offset)
      guard slash + 1 < count else { return false }
      offset = slash + 2
      switch start[slash + 1] {
      case UInt8(ascii: "n"): out.append(10)
      case UInt8(ascii: "t"): out.append(9)
      case UInt8(ascii: "r"): out.append(13)
      case UInt8(ascii: "b"): out.append(8)
      case UInt8(ascii: "f"): out.append(12)
      case UInt8(ascii: "u"):
        guard var code = unit(text, offset) else { return false }
        offset += 4
        if (0xD800..<0xE000).contains(code) {
          if code < 0xDC00, offset + 1 < count, start[offset] == UInt8(ascii: "\\"),
            start[offset + 1] == UInt8(ascii: "u"), let low = unit(text, offset + 2),
            (0xDC00..<0xE000).contains(low)
          {
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            offset += 6
          } else {
            isSound = false
          }
        }
        append(code, to: &out)
      case let other: out.append(other)
      }
    }
    return isSound
  }

  private static func unit(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    guard start + 4 <= text.count else { return nil }
    var code = 0
    for index in start..<start + 4 {
      guard let digit = hexDigit(text[index]) else { return nil }
      code = code << 4 | digit
    }
    return code
  }

  private static func append(_ code: Int, to out: inout ByteWriter) {
    func byte(_ value: Int) -> UInt8 { UInt8(truncatingIfNeeded: value) }
    switch code {
    case 0..<0x80: out.append(byte(code))
    case 0x80..<0x800:
      out.append(byte(0xC0 | code >> 6))
      out.append(byte(0x80 | code & 63))
    case 0x800..<0x10000:
      out.append(byte(0xE0 | code >> 12))
      out.append(byte(0x80 | code >> 6 & 63))
      out.append(byte(0x80 | code & 63))
    default:
      out.append(byte(0xF0 | code >> 18))
      out.append(byte(0x80 | code >> 12 & 63))
      out.append(byte(0x80 | code >> 6 & 63))
      out.append(byte(0x80 | code & 63))
    }
  }
}
