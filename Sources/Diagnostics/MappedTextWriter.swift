import Glibc

/// A text with its origins while it is written.
///
/// One writer can serve a whole rendering: a part whose text is a value is written at the end like
/// anything else, and then taken off again.
package final class MappedTextWriter {
  /// How far the text has come, to go back to.
  package struct Mark {
    package let bytes: Int
    fileprivate let segments: Int
    fileprivate let frames: Int
  }

  /// How many bytes there are.
  @exclusivity(unchecked) package private(set) var count = 0
  @exclusivity(unchecked) private var bytes: Store<UInt8>
  @exclusivity(unchecked) private var segments: Store<SourceMap.Segment>
  @exclusivity(unchecked) private var segmentCount = 0
  @exclusivity(unchecked) private var frames: [SourceMap.Frame] = []

  package init() {
    bytes = Store(capacity: 512)
    segments = Store(capacity: 32)
  }

  deinit {
    bytes.free()
    segments.free()
  }

  package var mark: Mark { Mark(bytes: count, segments: segmentCount, frames: frames.count) }

  // MARK: Writing

  /// Appends bytes that are a copy of their origin.
  ///
  /// - Parameters:
  ///   - text: the bytes.
  ///   - origin: where they stand.
  ///   - frameNumber: one more than the index of the frame they are written in; 0 for none.
  /// - Returns: how many bytes there are now.
  package func append(
    copying text: UnsafeBufferPointer<UInt8>,
    _ origin: SourceMap.Origin,
    frameNumber: UInt32
  ) -> Int {
    let start = count
    append(text)
    if segmentCount > 0 {
      let last = segments.base + (segmentCount - 1)
      if last.pointee.isEndedAt == start,
        last.pointee.extend(by: origin, frameNumber: frameNumber, to: count)
      {
        return count
      }
    }
    record(start, origin, isCopy: true, frameNumber)
    return count
  }

  /// Appends computed text.
  ///
  /// - Parameters:
  ///   - text: what is written.
  ///   - origin: what made it.
  ///   - frameNumber: one more than the index of the frame it is written in; 0 for none.
  /// - Returns: how many bytes there are now.
  package func append(_ text: String, _ origin: SourceMap.Origin, frameNumber: UInt32) -> Int {
    let start = count
    var text = text
    text.withUTF8 { append($0) }
    if count > start { record(start, origin, isCopy: false, frameNumber) }
    return count
  }

  /// Appends a number in decimal digits.
  ///
  /// - Parameters:
  ///   - number: what is written.
  ///   - origin: what made it.
  ///   - frameNumber: one more than the index of the frame it is written in; 0 for none.
  /// - Returns: how many bytes there are now.
  package func append(_ number: Int, _ origin: SourceMap.Origin, frameNumber: UInt32) -> Int {
    let start = count
    bytes.reserve(count, 20)
    if number < 0 {
      bytes.base[count] = UInt8(ascii: "-")
      count += 1
    }
    let first = count
    var rest = number.magnitude
    // The last digit first, and then the other way around.
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      bytes.base[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
      count += 1
      rest = quotient
    } while rest > 0
    var low = first
    var high = count - 1
    while low < high {
      (bytes.base[low], bytes.base[high]) = (bytes.base[high], bytes.base[low])
      low += 1
      high -= 1
    }
    record(start, origin, isCopy: false, frameNumber)
    return count
  }

  /// Appends a mapped text whole, keeping its origins.
  ///
  /// - Parameters:
  ///   - text: what is written.
  ///   - frame: the frame that its outermost frames come to hang from.
  /// - Returns: how many bytes there are now.
  package func append(_ text: MappedText, frame: Int?) -> Int {
    let shift = count
    let frameShift = frames.count
    text.bytes.withUnsafeBufferPointer { append($0) }
    for var added in text.map.frames {
      added.parent = added.parent.map { $0 + frameShift } ?? frame
      frames.append(added)
    }
    let outer = UInt32(truncatingIfNeeded: (frame ?? -1) + 1)
    segments.reserve(segmentCount, text.map.segments.count)
    for segment in text.map.segments {
      let moved = segment.moved(by: shift, frames: frameShift, outer: outer)
      (segments.base + segmentCount).initialize(to: moved)
      segmentCount += 1
    }
    return count
  }

  /// Adds an expansion frame and returns its index.
  package func addFrame(_ frame: SourceMap.Frame) -> Int {
    frames.append(frame)
    return frames.count - 1
  }

  // MARK: Taking off

  /// Forgets what was written since `mark`.
  package func removeAll(after mark: Mark) {
    count = mark.bytes
    segmentCount = mark.segments
    if frames.count > mark.frames { frames.removeSubrange(mark.frames...) }
  }

  /// Takes off what was written since `mark`, as a text of its own.
  package func take(after mark: Mark) -> MappedText {
    let size = count - mark.bytes
    let text = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      if let start = buffer.baseAddress {
        start.initialize(from: bytes.base + mark.bytes, count: size)
      }
      initialized = size
    }
    let kept = segmentCount - mark.segments
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
    bytes.reserve(count, text.count)
    if text.count == 1 {
      bytes.base[count] = start[0]
    } else {
      (bytes.base + count).update(from: start, count: text.count)
    }
    count += text.count
  }

  @inline(__always)
  private func record(
    _ start: Int,
    _ origin: SourceMap.Origin,
    isCopy: Bool,
    _ frameNumber: UInt32
  ) {
    segments.reserve(segmentCount, 1)
    (segments.base + segmentCount).initialize(
      to: SourceMap.Segment(
        start: start,
        end: count,
        origin: origin,
        isCopy: isCopy,
        frameNumber: frameNumber
      )
    )
    segmentCount += 1
  }
}

/// Memory for plain elements, which grows in place where the system can do that.
private struct Store<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    base = Self.resized(nil, capacity)
  }

  func free() { Glibc.free(base) }

  /// Makes room for some more elements.
  @inline(__always)
  mutating func reserve(_ count: Int, _ added: Int) {
    if count + added > capacity { grow(to: count + added) }
  }

  @inline(never)
  private mutating func grow(to count: Int) {
    capacity = max(capacity * 2, count)
    base = Self.resized(base, capacity)
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
