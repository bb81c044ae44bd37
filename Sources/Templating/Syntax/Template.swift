package import Diagnostics

/// A parsed template: immutable, and shared freely between threads.
///
/// The text is lexed, parsed and compiled once, into a closed tree of steps and terms that
/// a `Renderer` runs; macros are compiled when they are first called. Names of filters, tests and methods are looked up while compiling, and
/// variables are given slots, so that rendering looks up nothing by name but what the host has.
package final class Template: Sendable {
  package let buffer: BufferID
  /// The macros defined at the top level of the file, in order.
  package let macros: [MacroDefinition]
  /// Whether the text has no delimiters at all, and so renders to itself.
  package let isStatic: Bool

  let program: Program
  /// Where the text begins.
  let start: TextRange

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
    let statements = try parser.parseTemplate()
    // Macros are compiled when they are first called; but what is wrong is told now.
    let compiler = TemplateCompiler(source, compilesMacros: parser.hasUnknownWords)
    (program, macros) = compiler.program(of: statements)
    if let problem = compiler.problem { throw problem }
    isStatic = lexer.isStatic
    self.buffer = buffer
    start = source.range(0..<0)
  }
}

/// Bytes of a template, for as long as its source is held.
struct FixedText {
  /// So many bytes can be read from the start on, even of a shorter text.
  static let slack = 16

  let start: UnsafePointer<UInt8>
  let count: Int

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
  var string: String { String(decoding: bytes, as: UTF8.self) }
}

/// The text of a template.
final class TemplateSource: Sendable {
  let buffer: BufferID
  let bytes: [UInt8]
  /// The bytes once more, where they stay; nobody writes there.
  private nonisolated(unsafe) let copy: UnsafeMutablePointer<UInt8>

  init(buffer: BufferID, bytes: [UInt8]) {
    self.buffer = buffer
    self.bytes = bytes
    copy = .allocate(capacity: bytes.count + FixedText.slack)
    bytes.withUnsafeBufferPointer {
      if let start = $0.baseAddress { copy.initialize(from: start, count: $0.count) }
    }
    (copy + bytes.count).initialize(repeating: 0, count: FixedText.slack)
  }

  deinit { copy.deallocate() }

  /// The bytes of a range, for as long as this source is held.
  func fixedText(_ range: Range<Int>) -> FixedText {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    return FixedText(start: UnsafePointer(copy + range.lowerBound), count: range.count)
  }

  func range(_ bytes: Range<Int>) -> TextRange {
    TextRange(buffer: buffer, bytes: bytes)
  }

  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}
