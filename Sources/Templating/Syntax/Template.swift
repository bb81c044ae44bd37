package import Diagnostics

/// A parsed template: immutable, and shared freely between threads.
///
/// The text is lexed and parsed once, into a tree of values with ranges; a `Renderer` walks the
/// tree. Names of filters and tests are looked up while parsing, names of variables get small
/// numbers, so that rendering compares numbers instead of strings.
package final class Template: Sendable {
  package let buffer: BufferID
  /// The macros defined at the top level of the file, in order.
  package let macros: [MacroDefinition]
  /// Whether the text has no delimiters at all, and so renders to itself.
  package let isStatic: Bool

  let source: TemplateSource
  let body: [StatementNode]

  /// Parses the text of a buffer.
  ///
  /// - Parameters:
  ///   - buffer: what to parse.
  ///   - buffers: the store that has it.
  /// - Throws: `template-syntax` and the other codes that speak of a template's text.
  package init(parsing buffer: BufferID, in buffers: Buffers) throws(Diagnostic) {
    let bytes = buffers.bytes(of: buffer)
    let source = TemplateSource(buffer: buffer, bytes: bytes)
    var lexer = TemplateLexer(source)
    let tokens = try lexer.tokens()
    var parser = TemplateParser(source: source, tokens: tokens)
    body = try parser.parseTemplate()
    macros = body.compactMap {
      if case .macro(let definition, _) = $0.kind { return definition }
      return nil
    }
    isStatic = lexer.isStatic
    self.buffer = buffer
    self.source = source
  }
}

/// The text of a template.
final class TemplateSource: Sendable {
  let buffer: BufferID
  let bytes: [UInt8]

  init(buffer: BufferID, bytes: [UInt8]) {
    self.buffer = buffer
    self.bytes = bytes
  }

  func range(_ bytes: Range<Int>) -> TextRange {
    TextRange(buffer: buffer, bytes: bytes)
  }

  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}

/// A macro as written in a template; also the body of a `call` block.
package final class MacroDefinition: Sendable {
  package let name: String
  /// The whole block, from its first delimiter to its last.
  package let range: TextRange
  /// The name in the head of the block.
  package let nameRange: TextRange
  /// Names of the parameters, in order.
  package var parameterNames: [String] { parameters.map(\.name.text) }

  struct Parameter: Sendable {
    var name: TemplateName
    var standard: ExpressionNode?
  }

  /// The names a macro may speak of without declaring them.
  struct ImplicitNames: Sendable {
    var caller: TemplateName?
    var varargs: TemplateName?
    var kwargs: TemplateName?
  }

  /// The name as messages and expansion frames have it.
  let frameName: String
  /// Whether this is the block handed to a macro with `call`.
  let isCaller: Bool
  let parameters: [Parameter]
  let implicitNames: ImplicitNames
  let body: [StatementNode]
  let source: TemplateSource

  init(
    name: String,
    isCaller: Bool = false,
    range: TextRange,
    nameRange: TextRange,
    parameters: [Parameter],
    implicitNames: ImplicitNames,
    body: [StatementNode],
    source: TemplateSource
  ) {
    self.name = name
    self.isCaller = isCaller
    frameName = isCaller ? "the block of a call" : "macro \"\(name)\""
    self.range = range
    self.nameRange = nameRange
    self.parameters = parameters
    self.implicitNames = implicitNames
    self.body = body
    self.source = source
  }
}
