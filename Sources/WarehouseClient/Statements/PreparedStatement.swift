package import Diagnostics
import RedshiftSQL

/// A statement in the words of the server that it is for.
package struct PreparedStatement: Sendable {
  /// What has to be done with it.
  enum Action: Sendable {
    case send
    /// redstart loads the files itself.
    case load(CopyStatement)
    /// redstart writes the files itself.
    case unload(Statement, Unload)
    /// Translated again just before it runs, when the tables that it names exist.
    case translate(Statement)

    /// What redstart does instead of PostgreSQL; nil where the statement is translated.
    init?(_ statement: Statement) {
      switch statement.kind {
      case .copy(let copy): self = .load(copy)
      case .unload(let unload): self = .unload(statement, unload)
      default: return nil
      }
    }
  }

  /// Where the statement stands.
  package var range: TextRange
  /// What is sent, mapped back to the statement.
  package var text: MappedText
  var action: Action
  /// The COPY that the statement is, where the server performs it.
  var copy: CopyStatement?
  /// Whether a late-binding view may be waiting for what this makes.
  package var makesRelation = false
  /// Whether it may read a late-binding view.
  package var readsViews = true

  /// Whether it may be sent together with others, known as it is before they run.
  package var isReady: Bool {
    if case .send = action { return true }
    return false
  }

  /// Whether it waits for the tables that it names.
  var isTranslatedLate: Bool {
    if case .translate = action { return true }
    return false
  }

  /// How many statements the server sees.
  ///
  /// What the translator adds in front of a statement, or behind it, stands behind a semicolon that
  /// it writes itself.
  var sentCount: Int {
    1
      + text.map.segments.count { segment in
        !segment.isCopy && text.bytes[segment.output.lowerBound] == UInt8(ascii: ";")
      }
  }
}
