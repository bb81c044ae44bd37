import CLibYAML
import Diagnostics

/// One event of libyaml's parser, in Swift's terms.
struct YAMLEvent {
  enum Kind {
    case streamStart
    case streamEnd
    case documentStart
    case documentEnd
    case alias(String)
    case scalar(text: String, isPlain: Bool)
    case sequenceStart
    case sequenceEnd
    case mappingStart
    case mappingEnd
  }

  var kind: Kind
  var range: TextRange
  var anchor: String?
  var tag: String?
}

/// Pulls events out of libyaml and turns its positions, which count characters, into byte ranges.
final class YAMLEvents {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let buffer: BufferID
  private let bytes: [UInt8]
  /// Bytes of the byte order mark, which libyaml does not count.
  private let start: Int
  /// Byte offset of each character; empty when every character is one byte.
  private let characterOffsets: [Int]

  init(_ bytes: [UInt8], buffer: BufferID) {
    self.buffer = buffer
    self.bytes = bytes
    start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    input = .allocate(capacity: max(1, bytes.count - start))
    _ = input.update(fromContentsOf: bytes[start...])
    characterOffsets = Self.characterOffsets(of: bytes[start...])
    parser = .allocate(capacity: 1)
    // The only failure is memory that has run out.
    precondition(yaml_parser_initialize(parser) == 1, "out of memory")
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, UnsafePointer(input.baseAddress), bytes.count - start)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event.
  func next() throws(Diagnostic) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
    defer { yaml_event_delete(&event) }
    var result = YAMLEvent(kind: .streamEnd, range: range(event.start_mark, event.end_mark))
    switch event.type {
    case YAML_STREAM_START_EVENT: result.kind = .streamStart
    case YAML_DOCUMENT_START_EVENT: result.kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: result.kind = .documentEnd
    case YAML_ALIAS_EVENT: result.kind = .alias(Self.text(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let content = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      result.kind = .scalar(
        text: String(decoding: content, as: UTF8.self),
        isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE
      )
      result.anchor = Self.text(scalar.anchor)
      result.tag = Self.text(scalar.tag)
    case YAML_SEQUENCE_START_EVENT:
      result.kind = .sequenceStart
      result.anchor = Self.text(event.data.sequence_start.anchor)
      result.tag = Self.text(event.data.sequence_start.tag)
    case YAML_SEQUENCE_END_EVENT: result.kind = .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      result.kind = .mappingStart
      result.anchor = Self.text(event.data.mapping_start.anchor)
      result.tag = Self.text(event.data.mapping_start.tag)
    case YAML_MAPPING_END_EVENT: result.kind = .mappingEnd
    default: break
    }
    return result
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  private func range(_ first: yaml_mark_t, _ last: yaml_mark_t) -> TextRange {
    let lower = offset(of: first)
    var upper = max(lower, offset(of: last))
    // Block scalars and collections end where the next thing starts; the space between is no part.
    while upper > lower,
      bytes[upper - 1] == 0x0A || bytes[upper - 1] == 0x0D || bytes[upper - 1] == 0x20
    {
      upper -= 1
    }
    return TextRange(buffer: buffer, bytes: lower..<upper)
  }

  private func offset(of mark: yaml_mark_t) -> Int {
    let index = Int(mark.index)
    if characterOffsets.isEmpty { return min(start + index, bytes.count) }
    return start + (index < characterOffsets.count ? characterOffsets[index] : bytes.count - start)
  }

  private static func characterOffsets(of bytes: ArraySlice<UInt8>) -> [Int] {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return [] }
    var offsets: [Int] = []
    offsets.reserveCapacity(bytes.count)
    for (offset, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 { offsets.append(offset) }
    return offsets
  }

  private func problem() -> Diagnostic {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "unreadable"
    let context = state.context.map { String(cString: $0) }
    if state.error == YAML_READER_ERROR {
      let offset = min(start + Int(state.problem_offset), bytes.count)
      return .yamlSyntax(
        YAMLProblem(problem: problem, context: nil, bytes: bytes, offset: offset),
        at: word(at: offset),
        context: nil
      )
    }
    let offset = offset(of: state.problem_mark)
    let started = context.map { _ in word(at: self.offset(of: state.context_mark)) }
    return .yamlSyntax(
      YAMLProblem(problem: problem, context: context, bytes: bytes, offset: offset),
      at: word(at: offset),
      context: started
    )
  }

  /// The run of visible characters at an offset.
  private func word(at offset: Int) -> TextRange {
    var end = offset
    while end < bytes.count, bytes[end] > 0x20 { end += 1 }
    if end == offset, end < bytes.count, bytes[end] != 0x0A { end += 1 }
    return TextRange(buffer: buffer, bytes: offset..<end)
  }
}
