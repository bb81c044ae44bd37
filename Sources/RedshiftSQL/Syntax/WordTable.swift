/// What some words mean, found by their bytes in any case without making a string of them.
final class WordTable<Value: Sendable>: Sendable {
  /// All words, in lower case and in the order in which they were given.
  let words: [String]
  private let packed: [PackedWord]
  private let values: [Value]
  /// By the hash of a word, one more than where it stands; zero is a free place.
  private let places: [UInt16]
  private let lengths: ClosedRange<Int>

  /// - Parameter entries: words of ASCII letters, digits and underscores, each once.
  init(_ entries: [(word: String, value: Value)]) {
    var bits = 5
    while 1 << bits < entries.count * 4 { bits += 1 }
    var places = [UInt16](repeating: 0, count: 1 << bits)
    var packed: [PackedWord] = []
    for entry in entries {
      let bytes = Array(entry.word.utf8)
      precondition(bytes.count <= PackedWord.longest, "the word is too long for the table")
      let word = bytes.withUnsafeBufferPointer { PackedWord($0, 0..<$0.count) }
      packed.append(word)
      var place = word.hash & (places.count - 1)
      while places[place] != 0 { place = (place + 1) & (places.count - 1) }
      places[place] = UInt16(packed.count)
    }
    words = entries.map(\.word)
    self.packed = packed
    values = entries.map(\.value)
    self.places = places
    let counts = entries.map(\.word.utf8.count)
    lengths = (counts.min() ?? 0)...(counts.max() ?? 0)
  }

  /// What the word in a range of a text means.
  @inline(__always)
  func value(in text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Value? {
    guard lengths.contains(range.count) else { return nil }
    return value(of: PackedWord(text, range))
  }

  @inline(__always)
  func value(of word: PackedWord) -> Value? {
    let mask = places.count - 1
    var place = word.hash & mask
    while true {
      let entry = Int(places[place]) &- 1
      if entry < 0 { return nil }
      if packed[entry] == word { return values[entry] }
      place = (place &+ 1) & mask
    }
  }

  func value(of word: String) -> Value? {
    // A blank looks as nothing does, and what lies below it as a digit: no word has such.
    guard word.utf8.allSatisfy({ $0 > UInt8(ascii: " ") }) else { return nil }
    var word = word
    return word.withUTF8 { value(in: $0, 0..<$0.count) }
  }
}

/// A short word in lower case as three numbers of eight bytes: two words are the same when their
/// numbers are.
struct PackedWord: Equatable, Sendable {
  static let longest = 24

  private let first: UInt64
  private let second: UInt64
  private let third: UInt64

  @inline(__always)
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    first = PackedWord.eight(bytes, range.lowerBound, range.upperBound)
    second =
      range.count > 8 ? PackedWord.eight(bytes, range.lowerBound + 8, range.upperBound) : 0
    third =
      range.count > 16 ? PackedWord.eight(bytes, range.lowerBound + 16, range.upperBound) : 0
  }

  /// The first bytes of eight, fewer than all.
  @inline(__always)
  init(_ eight: UInt64, count: Int) {
    first = PackedWord.lowercased(eight & WordBytes.mask(count))
    second = 0
    third = 0
  }

  /// Up to eight bytes, each with the bit that makes a capital letter a small one.
  ///
  /// What the bit does to the other bytes of words makes no two of them the same.
  @inline(__always)
  private static func eight(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ start: Int,
    _ end: Int
  ) -> UInt64 {
    lowercased(WordBytes.load(bytes, start..<end))
  }

  @inline(__always)
  private static func lowercased(_ eight: UInt64) -> UInt64 { eight | 0x2020_2020_2020_2020 }

  @inline(__always)
  var hash: Int {
    var hash = first &* 0x9E37_79B9_7F4A_7C15
    hash ^= second &* 0xC2B2_AE3D_27D4_EB4F
    hash ^= third &* 0x1656_67B1_9E37_79F9
    return Int(truncatingIfNeeded: hash >> 40 ^ hash >> 52)
  }
}

/// Eight bytes of a text at once, the first of them lowest.
enum WordBytes {
  /// The eight bytes from a place on, all of which the text must have.
  @inline(__always)
  static func load(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt64 {
    let loaded = UnsafeRawBufferPointer(text).loadUnaligned(fromByteOffset: start, as: UInt64.self)
    return UInt64(littleEndian: loaded)
  }

  /// The bytes of a range, at most eight, with zeros behind them.
  @inline(__always)
  static func load(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UInt64 {
    let start = range.lowerBound
    let length = range.count
    if start + 8 <= text.count {
      let eight = load(text, start)
      return length < 8 ? eight & mask(length) : eight
    }
    var result: UInt64 = 0
    for offset in 0..<min(length, 8) {
      result |= UInt64(text[start + offset]) << (8 * UInt64(offset))
    }
    return result
  }

  /// The first bytes of eight, fewer than all.
  @inline(__always)
  static func mask(_ count: Int) -> UInt64 { 1 &<< (8 &* count) &- 1 }

  /// How many of eight bytes stand before the first that belongs to no word.
  ///
  /// Letters, digits, `_`, `$` and all bytes that are not ASCII belong to words.
  @inline(__always)
  static func count(_ bytes: UInt64) -> Int {
    let ascii = bytes & (every(0x7F))
    let small = ascii | every(0x20)
    // A sum has the highest bit of a byte when the byte is at least so big.
    let letters = (small &+ every(0x80 - 0x61)) & ~(small &+ every(0x80 - 0x7B))
    let digits = (ascii &+ every(0x80 - 0x30)) & ~(ascii &+ every(0x80 - 0x3A))
    let underscores = ~((ascii ^ every(0x5F)) &+ every(0x7F))
    let dollars = ~((ascii ^ every(0x24)) &+ every(0x7F))
    let others = ~(letters | digits | underscores | dollars | bytes) & every(0x80)
    return others.trailingZeroBitCount >> 3
  }

  /// The bytes with small letters for capital ones of ASCII.
  @inline(__always)
  static func lowercased(_ bytes: UInt64) -> UInt64 {
    let ascii = bytes & every(0x7F)
    let capitals = (ascii &+ every(0x80 - 0x41)) & ~(ascii &+ every(0x80 - 0x5B)) & ~bytes
    return bytes | (capitals & every(0x80)) >> 2
  }

  /// The word in a range of a text, in lower case.
  static func lowercased(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    // Room for fifteen bytes takes no allocation, and lets eight be stored at once.
    String(unsafeUninitializedCapacity: max(range.count, 15)) { target in
      let target = UnsafeMutableRawBufferPointer(target)
      func store(_ eight: UInt64, _ offset: Int) {
        let small = lowercased(eight).littleEndian
        target.storeBytes(of: small, toByteOffset: offset, as: UInt64.self)
      }
      guard range.count > 8 else {
        store(load(text, range), 0)
        return range.count
      }
      // The last eight overlap those before them.
      let last = range.count - 8
      for offset in stride(from: 0, to: last, by: 8) {
        store(load(text, range.lowerBound + offset), offset)
      }
      store(load(text, range.lowerBound + last), last)
      return range.count
    }
  }

  @inline(__always)
  private static func every(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
}
