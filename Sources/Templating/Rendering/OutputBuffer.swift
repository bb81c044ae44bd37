import Diagnostics

/// What a renderer has written, with the map back to where it came from.
///
/// One buffer serves a whole rendering: a block whose text is a value is written at its end like
/// anything else, and then taken off again.
final class OutputBuffer {
  /// How far the text has come, to go back to.
  struct Mark {
    let bytes: Int
    let segments: Int
    let frames: Int
  }

  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity = 512
  @exclusivity(unchecked) private(set) var count = 0
  private var segments: UnsafeMutablePointer<SourceMap.Segment>
  private var segmentCapacity = 32
  @exclusivity(unchecked) private var segmentCount = 0
  private var frames: [SourceMap.Frame] = []

  init() {
    bytes = .allocate(capacity: capacity)
    segments = .allocate(capacity: segmentCapacity)
  }

  deinit {
    bytes.deallocate()
    // Segments are plain bytes: there is nothing to release.
    segments.deallocate()
  }

  var mark: Mark { Mark(bytes: count, segments: segmentCount, frames: frames.count) }

  // MARK: Writing

  /// Appends bytes that are a copy of their origin.
  @inline(__always)
  func append(
    copying text: UnsafeBufferPointer<UInt8>,
    _ origin: SourceMap.Origin,
    frameNumber: UInt32
  ) {
    let start = count
    append(text)
    if segmentCount > 0, segments[segmentCount - 1].isEndedAt == start,
      segments[segmentCount - 1].extend(by: origin, frameNumber: frameNumber, to: count)
    {
      return
    }
    record(start, origin, isCopy: true, frameNumber)
  }

  /// Appends computed text.
  @inline(__always)
  func append(_ text: String, _ origin: SourceMap.Origin, frameNumber: UInt32) {
    let start = count
    var text = text
    text.withUTF8 { append($0) }
    if count > start { record(start, origin, isCopy: false, frameNumber) }
  }

  /// Appends a number in decimal digits.
  func append(_ number: Int, _ origin: SourceMap.Origin, frameNumber: UInt32) {
    let start = count
    reserve(20)
    var rest = number.magnitude
    var digits = 1
    var power: UInt = 10
    while digits < 20, rest >= power {
      digits += 1
      let (next, overflows) = power.multipliedReportingOverflow(by: 10)
      if overflows { break }
      power = next
    }
    if number < 0 {
      bytes[count] = UInt8(ascii: "-")
      count += 1
    }
    for place in (0..<digits).reversed() {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      bytes[count + place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
      rest = quotient
    }
    count += digits
    record(start, origin, isCopy: false, frameNumber)
  }

  /// Appends a mapped text whole, keeping its origins.
  ///
  /// Its outermost frames come to hang from `frame`.
  func append(_ text: MappedText, frame: Int?) {
    let shift = count
    let frameShift = frames.count
    text.bytes.withUnsafeBufferPointer { append($0) }
    for var added in text.map.frames {
      added.parent = added.parent.map { $0 + frameShift } ?? frame
      frames.append(added)
    }
    let outer = UInt32(truncatingIfNeeded: (frame ?? -1) + 1)
    reserveSegments(text.map.segments.count)
    for segment in text.map.segments {
      let moved = segment.moved(by: shift, frames: frameShift, outer: outer)
      (segments + segmentCount).initialize(to: moved)
      segmentCount += 1
    }
  }

  /// Adds an expansion frame and returns its index.
  func addFrame(_ frame: SourceMap.Frame) -> Int {
    frames.append(frame)
    return frames.count - 1
  }

  // MARK: Taking off

  /// Forgets what was written since `mark`.
  func removeAll(after mark: Mark) {
    count = mark.bytes
    segmentCount = mark.segments
    frames.removeSubrange(mark.frames...)
  }

  /// Takes off what was written since `mark`, as a text of its own.
  func take(after mark: Mark) -> MappedText {
    let size = count - mark.bytes
    let text = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      if let start = buffer.baseAddress { start.initialize(from: bytes + mark.bytes, count: size) }
      initialized = size
    }
    let kept = segmentCount - mark.segments
    let map = [SourceMap.Segment](unsafeUninitializedCapacity: kept) { buffer, initialized in
      if let start = buffer.baseAddress, mark.bytes == 0, mark.frames == 0 {
        start.initialize(from: segments + mark.segments, count: kept)
        initialized = kept
        return
      }
      for index in 0..<kept {
        let moved = segments[mark.segments + index]
          .moved(by: -mark.bytes, frames: -mark.frames, outer: 0)
        buffer.initializeElement(at: index, to: moved)
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

  // MARK: Memory

  @inline(__always)
  private func append(_ text: UnsafeBufferPointer<UInt8>) {
    guard let start = text.baseAddress, text.count > 0 else { return }
    reserve(text.count)
    if text.count == 1 {
      bytes[count] = start[0]
    } else {
      (bytes + count).update(from: start, count: text.count)
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
    reserveSegments(1)
    (segments + segmentCount).initialize(
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

  @inline(__always)
  private func reserve(_ added: Int) {
    if count + added > capacity { grow(by: added) }
  }

  @inline(never)
  private func grow(by added: Int) {
    capacity = max(capacity * 2, count + added)
    let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    grown.moveInitialize(from: bytes, count: count)
    bytes.deallocate()
    bytes = grown
  }

  @inline(__always)
  private func reserveSegments(_ added: Int) {
    if segmentCount + added > segmentCapacity { growSegments(by: added) }
  }

  @inline(never)
  private func growSegments(by added: Int) {
    segmentCapacity = max(segmentCapacity * 2, segmentCount + added)
    let grown = UnsafeMutablePointer<SourceMap.Segment>.allocate(capacity: segmentCapacity)
    grown.moveInitialize(from: segments, count: segmentCount)
    segments.deallocate()
    segments = grown
  }
}
