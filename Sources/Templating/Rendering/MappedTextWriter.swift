import Diagnostics
import Glibc

/// A text with its origins while it is written.
///
/// One writer can serve a whole rendering: a part whose text is a value is written at the end like
/// anything else, and then taken off again.
final class MappedTextWriter {
  /// How far the text has come, to go back to.
  struct Mark {
    let bytes: Int
    fileprivate let segments: Int
    fileprivate let frames: Int
  }

  @exclusivity(unchecked) private var bytes: Store<UInt8>
  @exclusivity(unchecked) private var segments: Store<SourceMap.Segment>
  @exclusivity(unchecked) private var frames: [SourceMap.Frame] = []

  init() {
    bytes = Store(capacity: 512)
    segments = Store(capacity: 32)
  }

  deinit {
    bytes.free()
    segments.free()
  }

  /// How many bytes there are.
  @inline(__always)
  var count: Int { bytes.count }

  var mark: Mark { Mark(bytes: count, segments: segments.count, frames: frames.count) }

  // MARK: Writing

  /// Appends bytes that are a copy of their origin.
  ///
  /// - Parameters:
  ///   - text: the bytes.
  ///   - origin: where they stand.
  ///   - frameNumber: one more than the index of the frame they are written in; 0 for none.
  /// - Returns: how many bytes there are now.
  @inline(__always)
  func append(
    copying text: FixedText,
    _ origin: SourceMap.Origin,
    frameNumber: UInt32
  ) -> Int {
    guard text.count <= FixedText.slack, bytes.hasRoom(FixedText.slack), segments.hasRoom(1) else {
      return appendLong(copying: text, origin, frameNumber)
    }
    // Most texts are short. As many bytes as fit are copied at once, however long the text is:
    // there are as many behind its start, and there is room for as many here.
    let start = count
    let copied = UnsafeRawPointer(text.start).loadUnaligned(as: SIMD16<UInt8>.self)
    UnsafeMutableRawPointer(bytes.next).storeBytes(of: copied, as: SIMD16<UInt8>.self)
    bytes.next += text.count
    recordCopy(start, origin, frameNumber)
    return count
  }

  /// The same for a text of any length.
  @inline(never)
  private func appendLong(
    copying text: FixedText,
    _ origin: SourceMap.Origin,
    _ frameNumber: UInt32
  ) -> Int {
    let start = count
    append(text.bytes)
    segments.reserve(1)
    recordCopy(start, origin, frameNumber)
    return count
  }

  /// Appends computed text.
  ///
  /// - Parameters:
  ///   - text: what is written.
  ///   - origin: what made it.
  ///   - frameNumber: one more than the index of the frame it is written in; 0 for none.
  /// - Returns: how many bytes there are now.
  func append(_ text: String, _ origin: SourceMap.Origin, frameNumber: UInt32) -> Int {
    let start = count
    let isAppended: Void? = text.utf8.withContiguousStorageIfAvailable { append($0) }
    if isAppended == nil {
      // Text of another kind than Swift's own.
      var text = text
      text.withUTF8 { append($0) }
    }
    if count > start {
      segments.reserve(1)
      record(start, origin, isCopy: false, frameNumber)
    }
    return count
  }

  /// Appends a number in decimal digits.
  ///
  /// - Parameters:
  ///   - number: what is written.
  ///   - origin: what made it.
  ///   - frameNumber: one more than the index of the frame it is written in; 0 for none.
  /// - Returns: how many bytes there are now.
  func append(_ number: Int, _ origin: SourceMap.Origin, frameNumber: UInt32) -> Int {
    let start = count
    bytes.reserve(20)
    segments.reserve(1)
    if (0...9).contains(number) {
      bytes.next.pointee = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)
      bytes.next += 1
      record(start, origin, isCopy: false, frameNumber)
      return count
    }
    var rest = number.magnitude
    if number < 0 {
      bytes.next[0] = UInt8(ascii: "-")
      bytes.next += 1
    }
    // The last digit first: where it stands follows from how many there are.
    bytes.next += Self.digits(of: rest)
    var place = bytes.next
    repeat {
      place -= 1
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      place.pointee = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
      rest = quotient
    } while rest > 0
    record(start, origin, isCopy: false, frameNumber)
    return count
  }

  @inline(__always)
  private static func digits(of number: UInt) -> Int {
    var digits = 1
    var rest = number
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    return digits
  }

  /// Appends a mapped text whole, keeping its origins.
  ///
  /// - Parameters:
  ///   - text: what is written.
  ///   - frame: the frame that its outermost frames come to hang from.
  /// - Returns: how many bytes there are now.
  func append(_ text: MappedText, frame: Int?) -> Int {
    let shift = count
    let frameShift = frames.count
    text.bytes.withUnsafeBufferPointer { append($0) }
    for var added in text.map.frames {
      added.parent = added.parent.map { $0 + frameShift } ?? frame
      frames.append(added)
    }
    let outer = UInt32(truncatingIfNeeded: (frame ?? -1) + 1)
    segments.reserve(text.map.segments.count)
    for segment in text.map.segments {
      segments.next.initialize(to: segment.moved(by: shift, frames: frameShift, outer: outer))
      segments.next += 1
    }
    return count
  }

  /// Adds an expansion frame and returns its index.
  func addFrame(_ frame: SourceMap.Frame) -> Int {
    frames.append(frame)
    return frames.count - 1
  }

  // MARK: Taking off

  /// Forgets what was written since `mark`.
  func removeAll(after mark: Mark) {
    bytes.next = bytes.base + mark.bytes
    segments.next = segments.base + mark.segments
    if frames.count > mark.frames { frames.removeSubrange(mark.frames...) }
  }

  /// Takes off what was written since `mark`, as a text of its own.
  func take(after mark: Mark) -> MappedText {
    let size = count - mark.bytes
    let text = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      if let start = buffer.baseAddress {
        start.initialize(from: bytes.base + mark.bytes, count: size)
      }
      initialized = size
    }
    let kept = segments.count - mark.segments
    let map = [SourceMap.Segment](unsafeUninitializedCapacity: kept) { buffer, initialized in
      let taken = segments.base + mark.segments
      if let start = buffer.baseAddress {
        if mark.bytes == 0, mark.frames == 0 {
          start.initialize(from: taken, count: kept)
        } else {
          for index in 0..<kept {
            let moved = taken[index].moved(by: -mark.bytes, frames: -mark.frames, outer: 0)
            (start + index).initialize(to: moved)
          }
        }
      }
      initialized = kept
    }
    var own = Array(frames[mark.frames...])
    if mark.frames > 0 {
      for index in own.indices {
        own[index].parent = own[index].parent.flatMap {
          $0 < mark.frames ? nil : $0 - mark.frames
        }
      }
    }
    removeAll(after: mark)
    return MappedText(bytes: text, segments: map, frames: own)
  }

  @inline(__always)
  private func append(_ text: UnsafeBufferPointer<UInt8>) {
    guard let start = text.baseAddress, text.count > 0 else { return }
    bytes.reserve(text.count)
    Self.copy(start, to: bytes.next, count: text.count)
    bytes.next += text.count
  }

  /// Copies bytes to where they have room.
  ///
  /// Short texts are the most by far: up to 16 bytes are two pieces, which may overlap.
  @inline(__always)
  private static func copy(
    _ source: UnsafePointer<UInt8>,
    to target: UnsafeMutablePointer<UInt8>,
    count: Int
  ) {
    func pieces<Piece: FixedWidthInteger & BitwiseCopyable>(of _: Piece.Type) {
      let last = count - MemoryLayout<Piece>.size
      let from = UnsafeRawPointer(source)
      let to = UnsafeMutableRawPointer(target)
      let (head, tail) = (
        from.loadUnaligned(as: Piece.self), from.loadUnaligned(fromByteOffset: last, as: Piece.self)
      )
      to.storeBytes(of: head, as: Piece.self)
      to.storeBytes(of: tail, toByteOffset: last, as: Piece.self)
    }
    switch count {
    case 1: target.pointee = source.pointee
    case 2...3: pieces(of: UInt16.self)
    case 4...7: pieces(of: UInt32.self)
    case 8...16: pieces(of: UInt64.self)
    default: target.update(from: source, count: count)
    }
  }

  /// Notes where a copy comes from; there is room for one more segment.
  @inline(__always)
  private func recordCopy(_ start: Int, _ origin: SourceMap.Origin, _ frameNumber: UInt32) {
    if !segments.isEmpty {
      // The next piece of the same copy makes that longer.
      let last = segments.next - 1
      if last.pointee.isCopy, last.pointee.outputEnd == UInt32(truncatingIfNeeded: start),
        last.pointee.packedOrigin.end == origin.start,
        last.pointee.packedOrigin.buffer == origin.buffer, last.pointee.frameNumber == frameNumber
      {
        last.pointee.outputEnd = UInt32(truncatingIfNeeded: count)
        last.pointee.packedOrigin.end = origin.end
        return
      }
    }
    record(start, origin, isCopy: true, frameNumber)
  }

  /// Notes where something comes from; there is room for one more segment.
  @inline(__always)
  private func record(
    _ start: Int,
    _ origin: SourceMap.Origin,
    isCopy: Bool,
    _ frameNumber: UInt32
  ) {
    // Field by field: an initializer of another module would be called for each.
    let new = segments.next
    new.pointee.outputStart = UInt32(truncatingIfNeeded: start)
    new.pointee.outputEnd = UInt32(truncatingIfNeeded: count)
    new.pointee.packedOrigin = origin
    new.pointee.frameNumber = frameNumber
    new.pointee.isCopy = isCopy
    segments.next += 1
  }
}

/// Memory for plain elements, which grows in place where the system can do that.
private struct Store<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  /// Behind the last element.
  var next: UnsafeMutablePointer<Element>
  private var limit: UnsafeMutablePointer<Element>

  init(capacity: Int) {
    base = Self.resized(nil, capacity)
    next = base
    limit = base + capacity
  }

  func free() { Glibc.free(base) }

  @inline(__always)
  var count: Int { next - base }

  @inline(__always)
  var isEmpty: Bool { next == base }

  /// Whether there is room for some more elements.
  @inline(__always)
  func hasRoom(_ added: Int) -> Bool { next + added <= limit }

  /// Makes room for some more elements.
  @inline(__always)
  mutating func reserve(_ added: Int) {
    if next + added > limit { grow(by: added) }
  }

  @inline(never)
  private mutating func grow(by added: Int) {
    let count = count
    // What was written is copied when it moves: twice as often if only doubled.
    let capacity = max((limit - base) * 4, count + added)
    base = Self.resized(base, capacity)
    next = base + count
    limit = base + capacity
  }

  private static func resized(
    _ old: UnsafeMutablePointer<Element>?,
    _ capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    guard let memory = realloc(old, capacity * MemoryLayout<Element>.stride) else {
      fatalError("out of memory")
    }
    return memory.bindMemory(to: Element.self, capacity: capacity)
  }
}
