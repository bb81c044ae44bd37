package import Diagnostics

/// A string of the template language, which may remember where each byte came from.
package enum TemplateString {
  /// A text of few bytes without more: every such text is this case.
  case short(ShortText)
  /// Any other text without more.
  case plain(String)
  /// Text that is not to be escaped again.
  case safe(String)
  /// Text that came out of a template, with its origins.
  case mapped(MappedString)
  /// Text that is to be read as a value, should it be all that a template gives.
  case marked(MarkedString)

  package init(_ text: String) {
    if let short = ShortText(text) { self = .short(short) } else { self = .plain(text) }
  }

  /// Text that came out of a template, with its origins.
  package init(_ mapped: MappedText) {
    self = .mapped(MappedString(mapped))
  }

  /// Text that is not to be escaped again.
  init(safe text: String) {
    self = .safe(text)
  }

  /// Text that is to be read as a value, should it be all that a template gives.
  init(_ text: String, readAs mark: ValueMark) {
    self = .marked(MarkedString(text: text, mark: mark))
  }

  package var text: String {
    switch self {
    case .short(let text): text.text
    case .plain(let text), .safe(let text): text
    case .mapped(let mapped): mapped.text
    case .marked(let marked): marked.text
    }
  }

  /// The text with its origins, if they are known.
  package var mapped: MappedText? {
    if case .mapped(let mapped) = self { return mapped.mapped }
    return nil
  }

  package var isEmpty: Bool {
    switch self {
    case .short(let text): text.isEmpty
    case .plain(let text), .safe(let text): text.isEmpty
    case .mapped(let mapped): mapped.mapped.isEmpty
    case .marked(let marked): marked.text.isEmpty
    }
  }

  /// Whether the text was marked as safe for HTML.
  var isSafe: Bool {
    if case .safe = self { return true }
    return false
  }

  /// What the text is to be read as, should it be all that a template gives.
  var mark: ValueMark? {
    if case .marked(let marked) = self { return marked.mark }
    return nil
  }

  var byteCount: Int {
    switch self {
    case .short(let text): text.count
    case .plain(let text), .safe(let text): text.utf8.count
    case .mapped(let mapped): mapped.mapped.bytes.count
    case .marked(let marked): marked.text.utf8.count
    }
  }

  /// Whether the texts are equal, wherever they came from.
  static func == (left: TemplateString, right: TemplateString) -> Bool {
    if case .short(let a) = left, case .short(let b) = right { return a == b }
    let (a, b) = (left.text, right.text)
    // As in Python, an accent apart is no part of its letter.
    return a.utf8.count == b.utf8.count && a == b
  }
}

/// Rare, and apart: a mark beside the text would make every value twice as large.
package final class MarkedString {
  fileprivate let text: String
  fileprivate let mark: ValueMark

  fileprivate init(text: String, mark: ValueMark) {
    self.text = text
    self.mark = mark
  }
}

/// Mapped text whose `String` is made only when someone asks for it.
package final class MappedString {
  let mapped: MappedText
  fileprivate private(set) lazy var text = mapped.string

  fileprivate init(_ mapped: MappedText) {
    self.mapped = mapped
  }
}
