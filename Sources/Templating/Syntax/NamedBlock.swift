package import Diagnostics

/// A block at the top level of a file that holds several things of one kind:
/// `{% snapshot orders %} … {% endsnapshot %}`.
///
/// What stands between the tags is a template of its own; what stands outside of them is nothing.
package struct NamedBlock: Sendable {
  package let name: String
  /// The name in the opening tag.
  package let nameRange: TextRange
  /// What stands between the two tags.
  package let bodyRange: TextRange

  /// Finds the blocks of one kind.
  ///
  /// Comments and `raw` blocks hide what is in them.
  ///
  /// - Parameters:
  ///   - keyword: the word that opens them, as `snapshot`; `end` before it closes them.
  ///   - buffer: the file.
  ///   - buffers: the store that has it.
  /// - Returns: the blocks in order.
  /// - Throws: `template-syntax` and its like for text that is no template, `unclosed-block`, and
  ///   `template-syntax` for a block without a name or inside of another.
  package static func all(
    _ keyword: String,
    in buffer: BufferID,
    _ buffers: Buffers
  ) throws(Diagnostic) -> [NamedBlock] {
    let source = TemplateSource(buffer: buffer, bytes: buffers.bytes(of: buffer))
    var lexer = TemplateLexer(source)
    let tokens = try lexer.tokens()
    var blocks: [NamedBlock] = []
    var open: (name: String, nameRange: TextRange, head: TextRange)?
    for (index, token) in tokens.enumerated() where token.kind == .blockBegin {
      // The lexer ends every list with a token of its own.
      let word = tokens[min(index + 1, tokens.count - 1)]
      guard word.kind == .name else { continue }
      switch source.text(word.range) {
      case keyword:
        let name = tokens[min(index + 2, tokens.count - 1)]
        let end = tokens[min(index + 3, tokens.count - 1)]
        let head = source.range(
          token.range.lowerBound..<max(end.range.upperBound, word.range.upperBound)
        )
        if let open { throw .unclosedBlock(keyword, at: open.head, found: keyword) }
        guard name.kind == .name, end.kind == .blockEnd else {
          throw .templateSyntax(
            "a \(keyword) needs a name and nothing else",
            at: source.range(word.range),
            help: ["write {% \(keyword) name %}"]
          )
        }
        open = (source.text(name.range), source.range(name.range), head)
      case "end\(keyword)":
        guard let opened = open else {
          throw .unknownTag("end\(keyword)", known: [], at: source.range(word.range))
        }
        let body = opened.head.bytes.upperBound..<token.range.lowerBound
        blocks.append(
          NamedBlock(
            name: opened.name,
            nameRange: opened.nameRange,
            bodyRange: source.range(body)
          )
        )
        open = nil
      default: continue
      }
    }
    if let open { throw .unclosedBlock(keyword, at: open.head, found: nil) }
    return blocks
  }
}
