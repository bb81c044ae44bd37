package import Diagnostics
package import RedshiftSQL

/// A statement in the words of the server that it is for.
package struct PreparedStatement: Sendable {
  /// Where the statement stands.
  package var range: TextRange
  /// What is sent, mapped back to the statement.
  package var text: MappedText
  /// Set when redstart loads the files itself instead of sending the statement.
  package var copy: CopyStatement?
}
