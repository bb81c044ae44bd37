package import Diagnostics

/// A string of the template language, which may remember where each byte came from.
package struct TemplateString {
  private enum Storage {
    case plain(String)
    case safe(String)
    case mapped(MappedString)
    case marked(MarkedString)
  }

  private let storage: Storage

  package init(_ text: String) {
    storage = .plain(text)
  }

  /// Text that came out of a template, with its origins.
  package init(_ mapped: MappedText) {
    storage = .mapped(MappedString(mapped))
  }

  /// Text that is not to be escaped again.
  init(safe text: String) {
    storage = .safe(text)
  }

  /// Text that is to be read as a value, should it be all that a template gives.
  init(_ text: String, readAs mark: ValueMark) {
    storage = .marked(MarkedString(text: text, mark: mark))
  }

  package var text: String {
    switch storage {
    case .plain(let text), .safe(let text): text
    case .mapped(let mapped): mapped.text
    case .marked(let marked): marked.text
    }
  }

  /// Lends the text, if that is all there is to the string: neither marked nor with origins.
  @inline(__always)
  func lendPlain<Result>(_ body: (String) -> Result) -> Result? {
    if case .plain(let text) = storage { return body(text) }
    return nil
  }

  /// The text with its origins, if they are known.
  package var mapped: MappedText? {
    if case .mapped(let mapped) = storage { return mapped.mapped }
    return nil
  }

  package var isEmpty: Bool {
    switch storage {
    case .plain(let text), .safe(let text): text.isEmpty
    case .mapped(let mapped): mapped.mapped.isEmpty
    case .marked(let marked): marked.text.isEmpty
    }
  }

  /// Whether the text was marked as safe for HTML.
  var isSafe: Bool {
    if case .safe = storage { return true }
    return false
  }

  /// What the text is to be read as, should it be all that a template gives.
  var mark: ValueMark? {
    if case .marked(let marked) = storage { return marked.mark }
    return nil
  }

  var byteCount: Int {
    switch storage {
    case .plain(let text), .safe(let text): text.utf8.count
    case .mapped(let mapped): mapped.mapped.bytes.count
    case .marked(let marked): marked.text.utf8.count
    }
  }
}

/// Rare, and apart: a mark beside the text would make every value twice as large.
private final class MarkedString {
  let text: String
  let mark: ValueMark

  init(text: String, mark: ValueMark) {
    self.text = text
    self.mark = mark
  }
}

/// Mapped text whose `String` is made only when someone asks for it.
private final class MappedString {
  let mapped: MappedText
  private(set) lazy var text = mapped.string

  init(_ mapped: MappedText) {
    self.mapped = mapped
  }
}
