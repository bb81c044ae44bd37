package import Diagnostics

extension PlainValue {
  /// The texts of a value that may be one word or a list of words, as `tags`.
  package var words: [String] {
    switch self {
    case .list(let items): items.compactMap(\.string)
    case .string(let text): [text]
    default: []
    }
  }
}
