import Diagnostics
import ProjectModel
import Templating

extension MappedText {
  /// The text of a value in a properties file with its place in that file.
  ///
  /// Where escapes and line breaks make the text differ from the file, words are looked up one after
  /// the other; what is not found stands for the whole value.
  mutating func append(written text: String, at range: TextRange, in buffers: Buffers) {
    let source = buffers.bytes(of: range.buffer)
    var rest = range.bytes.clamped(to: 0..<source.count)
    let bytes = Array(text.utf8)
    if !bytes.isEmpty, let place = source[rest].firstRange(of: bytes) {
      append(copying: source, range: TextRange(buffer: range.buffer, bytes: place))
      return
    }
    var position = 0
    while position < bytes.count {
      let isBlank = bytes[position].isBlank
      let end =
        bytes[position...].firstIndex { $0.isBlank != isBlank } ?? bytes.count
      let word = bytes[position..<end]
      position = end
      if !isBlank, let place = source[rest].firstRange(of: word) {
        append(copying: source, range: TextRange(buffer: range.buffer, bytes: place))
        rest = place.upperBound..<rest.upperBound
      } else {
        append(generated: word, origin: range)
      }
    }
  }
}

/// A call in a properties file that stands for a node, as `ref('orders')`.
struct WrittenCall {
  let text: String
  let range: TextRange

  init(_ text: String, at range: TextRange) {
    self.text = text
    self.range = range
  }

  /// The node that the call means for another one; nil where it is no such call.
  ///
  /// - Parameters:
  ///   - node: the node that says it.
  ///   - resolver: finds what `ref` and `source` mean.
  ///   - environment: what templates can use.
  /// - Returns: its unique_id.
  /// - Throws: what is wrong with the call, `unknown-ref` and `unknown-source`.
  func identifier(
    for node: Node,
    _ resolver: ReferenceResolver,
    in environment: ContextEnvironment
  ) throws(Diagnostic) -> String? {
    let captured = try captured(in: environment, for: node)
    if let reference = captured.references.first {
      return try resolver.identifier(of: reference, from: node)
    }
    if let reference = captured.sources.first {
      return try resolver.identifier(of: reference, from: node)
    }
    return nil
  }

  /// What the call refers to, and nothing where it is no such call.
  ///
  /// - Parameters:
  ///   - environment: what templates can use.
  ///   - node: the node that says it.
  /// - Returns: references with their places in the properties file.
  /// - Throws: what is wrong with the call.
  func captured(
    in environment: ContextEnvironment,
    for node: Node
  ) throws(Diagnostic) -> Captured {
    let buffers = environment.buffers
    var mapped = MappedText()
    mapped.append(generated: "{{ ".utf8, origin: range)
    mapped.append(written: text, at: range, in: buffers)
    mapped.append(generated: " }}".utf8, origin: range)
    let buffer = buffers.add(generated: "\(node.kind.rawValue) \(node.name)", mapped)
    let context = NodeContext(
      environment: environment,
      phase: .parse,
      node: node,
      this: nil,
      config: ConfigObject(gathering: ())
    )
    let renderer = Renderer(context: context, buffers: buffers, undefined: .absorbing)
    _ = try renderer.render(try Template(parsing: buffer, in: buffers))
    return context.captured
  }
}
