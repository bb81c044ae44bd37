/// Something to tell the user: what is wrong, where, and what would help.
///
/// The one type for errors and warnings in the whole program. `message` is one terse phrase that
/// can stand alone; a label is shorter than it; `help` says what to do.
package struct Diagnostic: Error, Hashable, Sendable {
  package enum Severity: String, Hashable, Sendable {
    case error
    case warning
    case note
  }

  /// A range with a few words on it.
  package struct Label: Hashable, Sendable {
    package var range: TextRange
    package var message: String

    package init(_ range: TextRange, _ message: String = "") {
      self.range = range
      self.message = message
    }
  }

  /// A stable word that names the kind of problem, as `unknown-column`; docs/diagnostics.md has a
  /// section for each.
  package var code: String
  package var severity: Severity
  package var message: String
  /// The first is the primary one: where the problem is.
  ///
  /// The others give context.
  package var labels: [Label]
  /// Facts that explain.
  package var notes: [String]
  /// What to do.
  package var help: [String]
  /// The file at fault when no range in it can be named.
  package var file: String?
  /// Where macros were called on the way to the problem, innermost first; the notes tell of them.
  package var callSites: [TextRange] = []

  package init(
    _ severity: Severity = .error,
    code: String,
    _ message: String,
    at range: TextRange? = nil,
    label: String = "",
    file: String? = nil,
    notes: [String] = [],
    help: [String] = []
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.labels = range.map { [Label($0, label)] } ?? []
    self.notes = notes
    self.help = help
    self.file = file
  }

  package var primary: Label? { labels.first }
  package var isError: Bool { severity == .error }
}

/// Several diagnostics thrown as one error.
package struct DiagnosticList: Error, Hashable, Sendable {
  package var diagnostics: [Diagnostic]

  package init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics
  }
}
