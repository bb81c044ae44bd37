import Synchronization

/// Every text that a diagnostic can point into.
///
/// A buffer is a file, or text generated from another buffer together with the map back. A range
/// names its buffer, so no caller converts positions: only the formatter climbs from generated
/// text to what the user typed.
package final class Buffers: Sendable {
  struct Buffer: Sendable {
    var name: String
    var bytes: [UInt8]
    var map: SourceMap?
    /// Worked out when somebody asks for a line.
    var lines: LineIndex?
    /// Bytes that no excerpt shows.
    var hidden: [Range<Int>] = []
  }

  /// A place the user typed, and the expansions that led from there to the text in question.
  package struct Origin: Sendable {
    package var range: TextRange
    /// Innermost first.
    package var frames: [SourceMap.Frame]
  }

  private let all = Mutex<[Buffer]>([])

  package init() {}

  /// Adds a file's text.
  ///
  /// `name` is the path as people should read it.
  package func add(name: String, bytes: [UInt8]) -> BufferID {
    append(Buffer(name: name, bytes: bytes, map: nil))
  }

  /// Adds a file's text.
  ///
  /// `name` is the path as people should read it.
  package func add(name: String, text: String) -> BufferID {
    add(name: name, bytes: Array(text.utf8))
  }

  /// Adds text generated from other buffers.
  package func add(generated name: String, _ text: MappedText) -> BufferID {
    append(Buffer(name: name, bytes: text.bytes, map: text.map))
  }

  /// How many texts there are; their indexes are below.
  package var count: Int { all.withLock { $0.count } }

  package func bytes(of id: BufferID) -> [UInt8] { all.withLock { $0[id.index].bytes } }

  package func name(of id: BufferID) -> String { buffer(id).name }

  /// Keeps parts of a text out of every excerpt, also where a long line is cut in the middle of one.
  package func hide(_ ranges: [Range<Int>], in id: BufferID) {
    guard !ranges.isEmpty else { return }
    all.withLock { $0[id.index].hidden += ranges }
  }

  /// What `hide` was told of a text.
  func hidden(in id: BufferID) -> [Range<Int>] { buffer(id).hidden }

  /// The text of a range; parts outside of the buffer are left out.
  package func text(of range: TextRange) -> String {
    let bytes = bytes(of: range.buffer)
    let clamped = range.bytes.clamped(to: 0..<bytes.count)
    return String(decoding: bytes[clamped], as: UTF8.self)
  }

  /// The whole of a buffer as a range.
  package func wholeRange(of id: BufferID) -> TextRange {
    TextRange(buffer: id, bytes: 0..<bytes(of: id).count)
  }

  /// Climbs from generated text to the range the user typed.
  package func origin(of range: TextRange) -> Origin {
    var range = range
    var frames: [SourceMap.Frame] = []
    // The bound guards against a map that leads back to itself.
    for _ in 0..<64 {
      guard let map = buffer(range.buffer).map,
        let segment = map.segment(at: range.bytes.lowerBound)
      else { break }
      var frame = segment.frame
      while let index = frame, map.frames.indices.contains(index), frames.count < 64 {
        frames.append(map.frames[index])
        frame = map.frames[index].parent
      }
      guard segment.isCopy else {
        range = segment.origin
        continue
      }
      let shift = segment.origin.bytes.lowerBound - segment.output.lowerBound
      let lower = min(range.bytes.lowerBound + shift, segment.origin.bytes.upperBound)
      let upper = min(range.bytes.upperBound + shift, segment.origin.bytes.upperBound)
      range = TextRange(buffer: segment.origin.buffer, bytes: lower..<max(lower, upper))
    }
    return Origin(range: range, frames: frames)
  }

  /// Line and column of the start of a range, in its own buffer.
  package func position(of range: TextRange) -> Position {
    let (bytes, lines) = all.withLock { all in
      let buffer = all[range.buffer.index]
      if let lines = buffer.lines { return (buffer.bytes, lines) }
      let lines = LineIndex(buffer.bytes)
      all[range.buffer.index].lines = lines
      return (buffer.bytes, lines)
    }
    return lines.position(of: range.bytes.lowerBound, in: bytes)
  }

  private func append(_ buffer: Buffer) -> BufferID {
    all.withLock { all in
      all.append(buffer)
      return BufferID(index: all.count - 1)
    }
  }

  private func buffer(_ id: BufferID) -> Buffer {
    all.withLock { $0[id.index] }
  }
}
