import Diagnostics

/// What a text is to be read as, should it be all that a template gives: what the filters `as_bool`,
/// `as_number` and `as_native` leave behind.
struct ValueMark {
  enum Kind {
    case boolean
    case number
    case native
  }

  let kind: Kind
  /// Where the filter stands.
  let range: TextRange

  func value(of text: String) throws(Diagnostic) -> Value {
    switch kind {
    case .native: return Template.literal(text) ?? .text(text)
    case .boolean:
      switch text {
      case "True", "true": return .boolean(true)
      case "False", "false": return .boolean(false)
      default:
        throw .typeMismatch("as_bool needs True or False, not \(written(text))", at: range)
      }
    case .number:
      if let number = number(text) { return number }
      throw .typeMismatch("as_number needs a number, not \(written(text))", at: range)
    }
  }

  private func written(_ text: String) -> String { Value.text(text).represented }

  private func number(_ text: String) -> Value? {
    if let integer = PythonNumber.integer(text) { return integer }
    guard let first = text.unicodeScalars.first, !("a"..."z").contains(first) else { return nil }
    return PythonNumber.float(text).map { .float($0) }
  }
}

extension Value {
  /// The value that a marked text stands for; every other value is itself.
  func readAsMarked() throws(Diagnostic) -> Value {
    guard case .string(let string) = self, let mark = string.mark else { return self }
    return try mark.value(of: string.text)
  }
}
