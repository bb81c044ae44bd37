/// Where the bytes of a generated text came from.
package struct SourceMap: Hashable, Sendable {
  /// A run of output that has one origin.
  package struct Segment: Hashable, Sendable {
    /// Byte offsets in the generated text.
    package var output: Range<Int>
    /// What produced it, possibly itself in a generated buffer.
    package var origin: TextRange
    /// Whether the bytes are the origin's own (so an offset inside carries over), or were computed.
    package var isCopy: Bool
    /// Index into `frames` of the expansion that this was written in, if any.
    package var frame: Int?
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
  package var segments: [Segment] = []
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
    bytes.append(contentsOf: source[range.bytes])
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
    for var segment in other.map.segments {
      segment.output = segment.output.lowerBound + shift..<segment.output.upperBound + shift
      segment.frame = segment.frame.map { $0 + frameShift } ?? frame
      map.segments.append(segment)
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
    func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return MappedText() }
    return slice(first..<last + 1)
  }

  private mutating func record(start: Int, origin: TextRange, isCopy: Bool, frame: Int?) {
    if isCopy, let last = map.segments.last, last.isCopy, last.frame == frame,
      last.output.upperBound == start, last.origin.buffer == origin.buffer,
      last.origin.bytes.upperBound == origin.bytes.lowerBound
    {
      let index = map.segments.count - 1
      map.segments[index].output = last.output.lowerBound..<bytes.count
      map.segments[index].origin.bytes =
        last.origin.bytes.lowerBound..<origin.bytes.upperBound
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
