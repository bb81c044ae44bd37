import Glibc

/// The part of a file that is in memory: unread bytes, and how many lines came before.
struct InputWindow: ~Copyable {
  /// Readable behind `end`, for loops that look at several bytes at once.
  static let padding = 64
  static let chunk = 512 << 10

  private(set) var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var end = 0
  /// Where the unread bytes start.
  var position = 0
  private(set) var isAtEnd = false
  private let source: any ByteSource
  /// Line breaks, and characters since the last of them, before the first byte in memory.
  private var linesBefore = 0
  private var charactersBefore = 0

  init(_ source: any ByteSource) {
    self.source = source
    capacity = Self.chunk * 2
    base = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Self.padding)
    base.initialize(repeating: 0, count: capacity + Self.padding)
  }

  deinit {
    base.deallocate()
  }

  /// Drops what is read and reads at least one byte more, unless the file is at its end.
  mutating func refill() throws(SourceFailure) {
    guard !isAtEnd else { return }
    drop()
    if capacity - end < Self.chunk {
      let larger = capacity * 2
      let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + Self.padding)
      moved.initialize(repeating: 0, count: larger + Self.padding)
      moved.update(from: base, count: end)
      base.deallocate()
      base = moved
      capacity = larger
    }
    let target = end + Self.chunk
    while end < target {
      let count = try source.read(into: base + end, capacity: capacity - end)
      if count == 0 {
        isAtEnd = true
        break
      }
      end += count
    }
    memset(base + end, 0, Self.padding)
  }

  private mutating func drop() {
    guard position > 0 else { return }
    let (lines, characters) = count(upTo: position)
    if lines > 0 { charactersBefore = 0 }
    linesBefore += lines
    charactersBefore += characters
    memmove(base, base + position, end - position)
    end -= position
    position = 0
  }

  /// Line breaks in the first bytes, and characters behind the last of them.
  private func count(upTo offset: Int) -> (lines: Int, characters: Int) {
    let bytes = UnsafeBufferPointer(start: base, count: offset)
    let raw = UnsafeRawPointer(base)
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    var lines = 0
    var index = 0
    while index + 8 <= offset {
      let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ 0x0A0A_0A0A_0A0A_0A0A
      // The high bit of each byte that is no line break.
      let others = (((word & low) &+ low) | word) & ~low
      lines &+= 8 &- others.nonzeroBitCount
      index += 8
    }
    while index < offset {
      if base[index] == 10 { lines &+= 1 }
      index += 1
    }
    var start = 0
    if lines > 0 { start = lineStart(before: offset) }
    var characters = 0
    for byte in bytes[start...] where byte & 0xC0 != 0x80 { characters &+= 1 }
    return (lines, characters)
  }

  /// Line and column of a byte in memory, both from 1.
  func place(of offset: Int) -> (line: Int, column: Int) {
    let (lines, characters) = count(upTo: min(offset, end))
    let before = lines > 0 ? 0 : charactersBefore
    return (linesBefore + lines + 1, before + characters + 1)
  }

  /// The whole line around a byte, as far as it is in memory, and where it starts.
  func line(around offset: Int) -> Range<Int> {
    let offset = min(offset, end)
    let start = lineStart(before: offset)
    var finish = end
    if let next = memchr(base + offset, 10, end - offset) {
      finish = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(next))
    }
    return start..<finish
  }

  private func lineStart(before offset: Int) -> Int {
    var start = offset
    while start > 0, base[start - 1] != 10 { start -= 1 }
    return start
  }

  func bytes(_ range: Range<Int>) -> [UInt8] {
    let clamped = range.clamped(to: 0..<end)
    return Array(UnsafeBufferPointer(start: base + clamped.lowerBound, count: clamped.count))
  }
}
