package import Diagnostics

/// A statement in PostgreSQL's words.
package struct PostgresTranslation: Sendable {
  /// Maps back to the statement's buffer; empty when nothing has to be sent.
  package var text: MappedText
  /// Notes about what has no effect locally, and errors where nothing means the same.
  package var diagnostics: [Diagnostic]
}
