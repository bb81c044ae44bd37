/// What a template said by `log()` or `print()`.
package struct TemplateLog: Hashable, Sendable {
  package var message: String
  /// Whether everybody is told, or only the log of those who want to know everything.
  package var isShown: Bool

  package init(_ message: String, isShown: Bool = true) {
    self.message = message
    self.isShown = isShown
  }
}
