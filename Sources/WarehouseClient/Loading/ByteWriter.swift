import Glibc

/// A growing run of bytes that the hot paths write to without checks per byte.
struct ByteWriter: ~Copyable {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 4096) {
    self.capacity = capacity
    base = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  }

  deinit {
    base.deallocate()
  }

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  /// Makes room, so that `appendUnchecked` may follow that many times.
  @inline(__always)
  mutating func reserve(_ extra: Int) {
    if capacity - count < extra { grow(extra) }
  }

  @inline(never)
  private mutating func grow(_ extra: Int) {
    let larger = max(capacity * 2, count + extra)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: base, count: count)
    base.deallocate()
    base = moved
    capacity = larger
  }

  @inline(__always)
  mutating func appendUnchecked(_ byte: UInt8) {
    base[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    appendUnchecked(byte)
  }

  @inline(__always)
  mutating func append(_ start: UnsafePointer<UInt8>, _ length: Int) {
    reserve(length)
    memcpy(base + count, start, length)
    count += length
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    append(start, bytes.count)
  }

  mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { append($0) }
  }

  /// Appends a number of at least `width` digits.
  mutating func append(number: Int, width: Int = 1) {
    reserve(20 + width)
    var digits = 1
    var bound = 10
    while digits < 19, number >= bound {
      digits += 1
      bound = digits < 19 ? bound * 10 : Int.max
    }
    let total = max(digits, width)
    var rest = number
    var index = count + total
    for _ in 0..<total {
      index -= 1
      base[index] = 48 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += total
  }

  /// Appends text with what COPY's text format reserves escaped.
  mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
    reserve(text.count * 2 + 8)
    guard let start = text.baseAddress else { return }
    let raw = UnsafeRawPointer(start)
    var index = 0
    while index < text.count {
      if index + 8 <= text.count {
        // Eight bytes at once while none is a backslash or a control character.
        let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let slashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let hits =
          (((slashes &- 0x0101_0101_0101_0101) & ~slashes)
            | ((word &- 0x2020_2020_2020_2020) & ~word)) & 0x8080_8080_8080_8080
        if hits == 0 {
          UnsafeMutableRawPointer(base + count).storeBytes(of: word, as: UInt64.self)
          count += 8
          index += 8
          continue
        }
      }
      let byte = start[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\\"):
        appendUnchecked(byte)
        appendUnchecked(byte)
      case 10:
        appendUnchecked(UInt8(ascii: "\\"))
        appendUnchecked(UInt8(ascii: "n"))
      case 13:
        appendUnchecked(UInt8(ascii: "\\"))
        appendUnchecked(UInt8(ascii: "r"))
      case 9:
        appendUnchecked(UInt8(ascii: "\\"))
        appendUnchecked(UInt8(ascii: "t"))
      default: appendUnchecked(byte)
      }
    }
  }

  /// Forgets everything after the first `length` bytes.
  mutating func truncate(to length: Int) {
    count = min(count, length)
  }

  /// Overwrites a byte already written.
  mutating func replace(at index: Int, with byte: UInt8) {
    if index < count { base[index] = byte }
  }

  /// The bytes so far as an array; the writer is empty afterwards.
  mutating func takeBlock() -> [UInt8] {
    let block = Array(bytes)
    count = 0
    return block
  }
}

/// Memory for plain values that is freed with its last owner.
final class PlainStorage<Element: BitwiseCopyable> {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    count = elements.count
    pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
    for (index, element) in elements.enumerated() {
      (pointer + index).initialize(to: element)
    }
  }

  deinit {
    pointer.deallocate()
  }
}
