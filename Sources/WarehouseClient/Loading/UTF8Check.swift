/// Finds what is wrong with UTF-8, in the terms of Redshift's error 1220.
enum UTF8Check {
  /// The first bad sequence of a text.
  struct Fault: Hashable {
    var range: Range<Int>
    /// Redshift's number: 1 too long, 2 cut short, 3 bad first byte, 4 bad following byte.
    var number: Int
  }

  static func isASCII(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var seen: UInt64 = 0
    var index = 0
    let raw = UnsafeRawBufferPointer(text)
    while index + 8 <= text.count {
      seen |= raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      index += 8
    }
    while index < text.count {
      seen |= UInt64(text[index])
      index += 1
    }
    return seen & 0x8080_8080_8080_8080 == 0
  }

  /// The length of the sequence that starts with this byte; 0 for none.
  @inline(__always)
  static func length(startingWith byte: UInt8) -> Int {
    switch byte {
    case 0..<0x80: 1
    case 0xC2..<0xE0: 2
    case 0xE0..<0xF0: 3
    case 0xF0..<0xF5: 4
    default: 0
    }
  }

  static func firstFault(in text: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Fault? {
    var index = start
    let count = text.count
    while index < count {
      let byte = text[index]
      if byte < 0x80 {
        index += 1
        continue
      }
      let length = length(startingWith: byte)
      guard length > 1 else {
        // F8 and FC announce sequences of five and six bytes.
        let tooLong = (0xF8...0xFD).contains(byte)
        return Fault(range: index..<index + 1, number: tooLong ? 1 : 3)
      }
      var following = 1
      while following < length, index + following < count, text[index + following] & 0xC0 == 0x80 {
        following += 1
      }
      guard following == length else {
        let cut = index + following >= count
        return Fault(range: index..<index + following, number: cut ? 2 : 4)
      }
      let second = text[index + 1]
      let isBad =
        (byte == 0xE0 && second < 0xA0) || (byte == 0xED && second > 0x9F)
        || (byte == 0xF0 && second < 0x90) || (byte == 0xF4 && second > 0x8F)
      if isBad { return Fault(range: index..<index + length, number: 4) }
      index += length
    }
    return nil
  }

  /// The longest prefix of at most `limit` bytes that ends between characters.
  static func prefixLength(of text: UnsafeBufferPointer<UInt8>, limit: Int) -> Int {
    guard text.count > limit else { return text.count }
    var end = limit
    while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    return end
  }
}
