/// Where the bytes of a generated text came from.
package struct SourceMap: Hashable, Sendable {
  /// A range of a buffer in few bytes: there are many of them, and texts are far below 4 GB.
  package struct Origin: Hashable, Sendable, BitwiseCopyable {
    package var start: UInt32
    package var end: UInt32
    package var buffer: UInt32

    package init(_ range: TextRange) {
      start = UInt32(range.bytes.lowerBound)
      end = UInt32(range.bytes.upperBound)
      buffer = UInt32(range.buffer.index)
    }

    package var range: TextRange {
      TextRange(buffer: BufferID(index: Int(buffer)), bytes: Int(start)..<Int(end))
    }
  }

  /// A run of output that has one origin.
  package struct Segment: Hashable, Sendable, BitwiseCopyable {
    package var outputStart: UInt32
    package var outputEnd: UInt32
    package var packedOrigin: Origin
    /// One more than the index of the frame, 0 for none; and whether this is a copy.
    package var frameAndKind: UInt32

    /// What `frameAndKind` has where the bytes are the origin's own.
    package static let copyFlag: UInt32 = 1 << 31

    init(output: Range<Int>, origin: TextRange, isCopy: Bool, frame: Int?) {
      outputStart = UInt32(output.lowerBound)
      outputEnd = UInt32(output.upperBound)
      packedOrigin = Origin(origin)
      let number = frame.map { UInt32($0 + 1) } ?? 0
      frameAndKind = isCopy ? number | Self.copyFlag : number
    }

    /// Whether the bytes are the origin's own (so an offset inside carries over), or were computed.
    package var isCopy: Bool { frameAndKind & Self.copyFlag != 0 }

    /// One more than the index of the frame; 0 for none.
    package var frameNumber: UInt32 { frameAndKind & ~Self.copyFlag }

    /// Byte offsets in the generated text.
    package var output: Range<Int> {
      get { Int(outputStart)..<Int(outputEnd) }
      set {
        outputStart = UInt32(newValue.lowerBound)
        outputEnd = UInt32(newValue.upperBound)
      }
    }

    /// What produced it, possibly itself in a generated buffer.
    package var origin: TextRange {
      get { packedOrigin.range }
      set { packedOrigin = Origin(newValue) }
    }

    /// Index into `frames` of the expansion that this was written in, if any.
    package var frame: Int? { frameNumber == 0 ? nil : Int(frameNumber) - 1 }

    /// Takes in what follows, if it is the next piece of the same copy.
    @inline(__always)
    fileprivate mutating func extend(by origin: Origin, frameNumber: UInt32, to end: Int) -> Bool {
      guard isCopy, packedOrigin.end == origin.start, packedOrigin.buffer == origin.buffer,
        self.frameNumber == frameNumber
      else { return false }
      outputEnd = UInt32(truncatingIfNeeded: end)
      packedOrigin.end = origin.end
      return true
    }

    /// The same run in a text that begins and counts its frames elsewhere.
    ///
    /// - Parameters:
    ///   - bytes: how far the text lies further on.
    ///   - frames: how many frames come before its own; negative to take some away.
    ///   - outer: the frame number of what has none of its own.
    /// - Returns: the run there.
    @inline(__always)
    package func moved(by bytes: Int, frames: Int, outer: UInt32) -> Segment {
      var result = self
      result.outputStart = UInt32(truncatingIfNeeded: Int(outputStart) + bytes)
      result.outputEnd = UInt32(truncatingIfNeeded: Int(outputEnd) + bytes)
      let number = Int(frameNumber) + frames
      let moved = frameNumber == 0 || number <= 0 ? outer : UInt32(number)
      result.frameAndKind = frameAndKind & Self.copyFlag | moved
      return result
    }

    @inline(__always)
    fileprivate var isEndedAt: Int { Int(outputEnd) }
  }

  /// One expansion (a macro call) that output was produced in.
  package struct Frame: Hashable, Sendable {
    /// What was expanded, in the user's words: `macro "cents_to_dollars"`.
    package var name: String
    /// Where it was called.
    package var callSite: TextRange
    /// The frame that the call stood in.
    package var parent: Int?

    package init(name: String, callSite: TextRange, parent: Int?) {
      self.name = name
      self.callSite = callSite
      self.parent = parent
    }
  }

  /// Ordered by `output`, without overlap; bytes between segments have no known origin.
  package var segments = Segments()
  package var frames: [Frame] = []

  package init() {}

  /// The last segment that starts at or before `offset`.
  func segment(at offset: Int) -> Segment? {
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].output.lowerBound <= offset { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? segments[low - 1] : nil
  }
}

/// Text under construction that remembers where each byte came from.
///
/// Both the template renderer and the SQL translator write through this type, so a position in
/// what was sent to a database can be followed back to what the user typed.
package struct MappedText: Hashable, Sendable {
  package private(set) var bytes: [UInt8] = []
  package private(set) var map = SourceMap()

  package init() {}

  /// A text that was put together elsewhere; the segments are in order and within the bytes.
  package init(bytes: [UInt8], segments: SourceMap.Segments, frames: [SourceMap.Frame]) {
    self.bytes = bytes
    map.segments = segments
    map.frames = frames
  }

  package var string: String { String(decoding: bytes, as: UTF8.self) }
  package var isEmpty: Bool { bytes.isEmpty }

  /// Appends `source[range]` as a copy of that range.
  package mutating func append(
    copying source: [UInt8],
    range: TextRange,
    frame: Int? = nil
  ) {
    guard !range.bytes.isEmpty else { return }
    let start = bytes.count
    source.withUnsafeBufferPointer { source in
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[range.bytes]))
    }
    record(start: start, origin: range, isCopy: true, frame: frame)
  }

  /// Appends computed text whose cause is `origin`.
  package mutating func append(
    generated text: some Sequence<UInt8>,
    origin: TextRange?,
    frame: Int? = nil
  ) {
    let start = bytes.count
    bytes.append(contentsOf: text)
    guard let origin, bytes.count > start else { return }
    record(start: start, origin: origin, isCopy: false, frame: frame)
  }

  /// Appends computed text whose cause is `origin`.
  package mutating func append(text: String, origin: TextRange?, frame: Int? = nil) {
    let start = bytes.count
    let isFast: Void? = text.utf8.withContiguousStorageIfAvailable { utf8 in
      bytes.append(contentsOf: utf8)
    }
    if isFast == nil { bytes.append(contentsOf: text.utf8) }
    guard let origin, bytes.count > start else { return }
    record(start: start, origin: origin, isCopy: false, frame: frame)
  }

  /// Appends another mapped text whole, keeping its origins.
  ///
  /// The other's outermost frames come to hang from `frame`.
  package mutating func append(_ other: MappedText, frame: Int? = nil) {
    let shift = bytes.count
    let frameShift = map.frames.count
    bytes.append(contentsOf: other.bytes)
    for var added in other.map.frames {
      added.parent = added.parent.map { $0 + frameShift } ?? frame
      map.frames.append(added)
    }
    let outer = frame.map { UInt32($0 + 1) } ?? 0
    map.segments.reserveCapacity(map.segments.count + other.map.segments.count)
    for segment in other.map.segments {
      map.segments.append(segment.moved(by: shift, frames: frameShift, outer: outer))
    }
  }

  /// Adds an expansion frame and returns its index.
  package mutating func addFrame(_ frame: SourceMap.Frame) -> Int {
    map.frames.append(frame)
    return map.frames.count - 1
  }

  /// The bytes of `range` with their origins, positions moved to start at 0.
  package func slice(_ range: Range<Int>) -> MappedText {
    var result = MappedText()
    result.bytes = Array(bytes[range])
    result.map.frames = map.frames
    for segment in map.segments where segment.output.overlaps(range) {
      let kept = segment.output.clamped(to: range)
      var moved = segment
      moved.output = kept.lowerBound - range.lowerBound..<kept.upperBound - range.lowerBound
      if segment.isCopy {
        let skipped = kept.lowerBound - segment.output.lowerBound
        let lower = segment.origin.bytes.lowerBound + skipped
        moved.origin.bytes = lower..<lower + kept.count
      }
      result.map.segments.append(moved)
    }
    return result
  }

  /// This text without white space at either end.
  package func trimmed() -> MappedText {
    guard let first = bytes.firstIndex(where: { !$0.isBlank }),
      let last = bytes.lastIndex(where: { !$0.isBlank })
    else { return MappedText() }
    return slice(first..<last + 1)
  }

  private mutating func record(start: Int, origin: TextRange, isCopy: Bool, frame: Int?) {
    if isCopy, let last = map.segments.indices.last, map.segments[last].isEndedAt == start,
      map.segments[last].extend(
        by: SourceMap.Origin(origin),
        frameNumber: frame.map { UInt32($0 + 1) } ?? 0,
        to: bytes.count
      )
    {
      return
    }
    map.segments.append(
      SourceMap.Segment(
        output: start..<bytes.count,
        origin: origin,
        isCopy: isCopy,
        frame: frame
      )
    )
  }
}
