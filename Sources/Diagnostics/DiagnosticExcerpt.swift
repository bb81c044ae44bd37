/// The diagnostics that people are shown where there are very many.
///
/// Errors come before warnings in what is kept, and what is kept stays in its order.
package struct DiagnosticExcerpt: Hashable, Sendable {
  /// As many as somebody may read through.
  package static let usualLimit = 50

  package private(set) var shown: [Diagnostic]
  package private(set) var hiddenErrors = 0
  package private(set) var hiddenOthers = 0

  /// Chooses what is shown.
  ///
  /// - Parameters:
  ///   - diagnostics: all of them.
  ///   - limit: how many are shown.
  package init(of diagnostics: [Diagnostic], limit: Int = usualLimit) {
    guard diagnostics.count > limit else {
      shown = diagnostics
      return
    }
    let errors = diagnostics.count(where: \.isError)
    var roomForErrors = min(limit, errors)
    var roomForOthers = limit - roomForErrors
    hiddenErrors = errors - roomForErrors
    hiddenOthers = diagnostics.count - errors - roomForOthers
    shown = []
    for diagnostic in diagnostics {
      if diagnostic.isError {
        guard roomForErrors > 0 else { continue }
        roomForErrors -= 1
      } else {
        guard roomForOthers > 0 else { continue }
        roomForOthers -= 1
      }
      shown.append(diagnostic)
    }
  }

  /// `… 250 errors and 3 warnings more`; nil where everything is shown.
  package var rest: String? {
    let parts = [(hiddenErrors, "error"), (hiddenOthers, "warning")].filter { $0.0 > 0 }
      .map { count, word in "\(count) \(word)\(count == 1 ? "" : "s")" }
    return parts.isEmpty ? nil : "… \(parts.joined(separator: " and ")) more"
  }
}
