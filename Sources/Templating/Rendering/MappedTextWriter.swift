import Diagnostics

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

  /// The constant of another module, which is a call there.
  private let copyFlag = SourceMap.Segment.copyFlag
  /// So many segments are soon copied.
  private static let fewSegments = 64

  init() {
    bytes = Store(capacity: 512)
    segments = Store(capacity: Self.fewSegments)
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
    let start = bytes.next
    guard text.count <= FixedText.slack, bytes.hasRoom(FixedText.slack), segments.hasRoom(1) else {
      return appendLong(copying: text, origin, frameNumber)
    }
    // Most texts are short. As many bytes as fit are copied at once, however long the text is:
    // there are as many behind its start, and there is room for as many here.
    let copied = UnsafeRawPointer(text.start).loadUnaligned(as: SIMD16<UInt8>.self)
    UnsafeMutableRawPointer(start).storeBytes(of: copied, as: SIMD16<UInt8>.self)
    return finish(start, start + text.count, origin, frameNumber, isCopy: true)
  }

  /// The same for a text of any length.
  @inline(never)
  private func appendLong(
    copying text: FixedText,
    _ origin: SourceMap.Origin,
    _ frameNumber: UInt32
  ) -> Int {
    bytes.reserve(text.count)
    segments.reserve(1)
    let start = bytes.next
    start.update(from: text.start, count: text.count)
    return finish(start, start + text.count, origin, frameNumber, isCopy: true)
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
    segments.reserve(1)
    return finish(bytes.base + start, bytes.next, origin, frameNumber, isCopy: false)
  }

  /// The same for a text of few bytes.
  @inline(__always)
  func append(_ text: ShortText, _ origin: SourceMap.Origin, frameNumber: UInt32) -> Int {
    if !bytes.hasRoom(16) || !segments.hasRoom(1) { makeRoom() }
    let start = bytes.next
    text.write(to: start)
    return finish(start, start + text.count, origin, frameNumber, isCopy: false)
  }

  /// The same for a string, without the origins that it may have.
  func append(_ text: TemplateString, _ origin: SourceMap.Origin, frameNumber: UInt32) -> Int {
    switch text {
    case .short(let text): append(text, origin, frameNumber: frameNumber)
    case .plain(let text): append(text, origin, frameNumber: frameNumber)
    default: append(text.text, origin, frameNumber: frameNumber)
    }
  }

  /// Appends a number in decimal digits.
  ///
  /// - Parameters:
  ///   - number: what is written.
  ///   - origin: what made it.
  ///   - frameNumber: one more than the index of the frame it is written in; 0 for none.
  /// - Returns: how many bytes there are now.
  @inline(__always)
  func append(_ number: Int, _ origin: SourceMap.Origin, frameNumber: UInt32) -> Int {
    if !bytes.hasRoom(20) || !segments.hasRoom(1) { makeRoom() }
    guard (0...9).contains(number) else { return appendDigits(number, origin, frameNumber) }
    let start = bytes.next
    start.pointee = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number)
    return finish(start, start + 1, origin, frameNumber, isCopy: false)
  }

  /// The same for any number; there is room for it.
  @inline(never)
  private func appendDigits(
    _ number: Int,
    _ origin: SourceMap.Origin,
    _ frameNumber: UInt32
  ) -> Int {
    let start = bytes.next
    var end = start
    var rest = number.magnitude
    if number < 0 {
      end.pointee = UInt8(ascii: "-")
      end += 1
    }
    // The last digit first: where it stands follows from how many there are.
    end += Self.digits(of: rest)
    var place = end
    repeat {
      place -= 1
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      place.pointee = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
      rest = quotient
    } while rest > 0
    return finish(start, end, origin, frameNumber, isCopy: false)
  }

  /// Room for a short text or a number, and for one more segment.
  @inline(never)
  private func makeRoom() {
    bytes.reserve(20)
    segments.reserve(1)
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

  /// Takes off what was written since `mark`, as a text without origins.
  func takeText(after mark: Mark) -> TemplateString {
    let text = UnsafeBufferPointer(start: bytes.base + mark.bytes, count: count - mark.bytes)
    defer { removeAll(after: mark) }
    return ShortText(text).map { .short($0) } ?? .plain(String(decoding: text, as: UTF8.self))
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
    let map = takeSegments(after: mark)
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

  /// The segments since `mark`, as those of a text of their own.
  private func takeSegments(after mark: Mark) -> SourceMap.Segments {
    let kept = segments.count - mark.segments
    let isAll = mark.bytes == 0 && mark.frames == 0 && mark.segments == 0
    if isAll, kept > Self.fewSegments {
      // Many segments are not copied: the writer gets other memory, should it go on.
      defer { segments = Store(capacity: Self.fewSegments) }
      return SourceMap.Segments(taking: segments.shrunk(), count: kept, capacity: kept)
    }
    let store = Store<SourceMap.Segment>(capacity: max(1, kept))
    store.next.initialize(from: segments.base + mark.segments, count: kept)
    if !isAll {
      for index in 0..<kept {
        store.next[index] = store.next[index].moved(by: -mark.bytes, frames: -mark.frames, outer: 0)
      }
    }
    return SourceMap.Segments(taking: store.base, count: kept, capacity: max(1, kept))
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

  /// Takes in what was written, and notes where it comes from; there is room for one more segment.
  ///
  /// - Parameters:
  ///   - start: where it begins, which is where the text ended.
  ///   - end: where it ends.
  ///   - origin: what it is a copy of, or what made it.
  ///   - frameNumber: one more than the index of the frame it is written in; 0 for none.
  ///   - isCopy: whether the bytes are the origin's own.
  /// - Returns: how many bytes there are now.
  @inline(__always)
  private func finish(
    _ start: UnsafeMutablePointer<UInt8>,
    _ end: UnsafeMutablePointer<UInt8>,
    _ origin: SourceMap.Origin,
    _ frameNumber: UInt32,
    isCopy: Bool
  ) -> Int {
    let base = bytes.base
    let count = end - base
    if start == end { return count }
    bytes.next = end
    let new = segments.next
    let first = UInt32(truncatingIfNeeded: start - base)
    let frameAndKind = isCopy ? frameNumber | copyFlag : frameNumber
    // The next piece of the same copy makes that longer. That the two places differ is seen first.
    if isCopy, new > segments.base, (new - 1).pointee.packedOrigin.end == origin.start,
      (new - 1).pointee.outputEnd == first, (new - 1).pointee.frameAndKind == frameAndKind,
      (new - 1).pointee.packedOrigin.buffer == origin.buffer
    {
      (new - 1).pointee.outputEnd = UInt32(truncatingIfNeeded: count)
      (new - 1).pointee.packedOrigin.end = origin.end
      return count
    }
    // Field by field: an initializer of another module would be called for each.
    new.pointee.outputStart = first
    new.pointee.outputEnd = UInt32(truncatingIfNeeded: count)
    new.pointee.packedOrigin = origin
    new.pointee.frameAndKind = frameAndKind
    segments.next = new + 1
    return count
  }
}
