package import Diagnostics
import RedshiftSQL

/// Several statements sent in one go, of the user's and of redstart's own.
///
/// A server runs them in order and stops at the first error; a round trip is saved for each. The
/// error leads back to the statement that it is about.
package struct StatementMessage: Sendable {
  /// What went wrong with a message.
  package struct Failure: Error {
    package var error: WarehouseError
    /// Which of the parts failed; nil where that is not known.
    package var part: Int?
    /// Where in the user's text; nil when the part is redstart's own.
    package var range: TextRange?
  }

  private var text = MappedText()
  private var ranges: [TextRange?] = []
  /// Whether late-binding views may be waiting for what the last statements made.
  package private(set) var awaitsBinding = false
  /// Whether views are bound once, behind everything: for databases that have none, where only
  /// another session can have made one in the meantime.
  package var bindsAtEnd = false

  package init() {}

  /// The number of statements that the server sees.
  package var count: Int { ranges.count }

  /// How much is sent.
  package var byteCount: Int { text.bytes.count }

  /// What is sent.
  package var sql: String { text.string }

  /// Adds a statement of redstart's own.
  package mutating func append(_ sql: String) {
    if !bindsAtEnd { bindLateViews() }
    separate()
    text.append(generated: sql.utf8, origin: nil)
    ranges.append(nil)
  }

  /// Adds a statement of the user's.
  package mutating func append(_ statement: PreparedStatement) {
    // Once behind a run of statements that make and change tables.
    if statement.readsViews, !bindsAtEnd { bindLateViews() }
    separate()
    text.append(statement.text)
    for _ in 0..<statement.sentCount { ranges.append(statement.range) }
    if statement.makesRelation { awaitsBinding = true }
  }

  /// Makes those late-binding views that may be waiting for what the last statements made.
  private mutating func bindLateViews() {
    guard awaitsBinding else { return }
    awaitsBinding = false
    append(PostgresShims.bindLateViews)
  }

  private mutating func separate() {
    // A statement may end in a comment.
    if !ranges.isEmpty { text.append(generated: "\n;\n".utf8, origin: nil) }
  }

  /// Sends everything and returns what the last statement returned.
  ///
  /// Views that wait for what the last statements made are bound in the same go: whoever sends has
  /// nothing else to think of.
  @discardableResult
  package func send(
    on session: any WarehouseSession,
    buffers: Buffers
  ) async throws(Failure) -> StatementResult {
    var message = self
    message.bindsAtEnd = false
    message.bindLateViews()
    do throws(WarehouseError) {
      return try await session.execute(message.text.string)
    } catch {
      let part = error.completedStatements.flatMap {
        message.ranges.indices.contains($0) ? $0 : nil
      }
      var failure = Failure(error: error, part: part)
      if let part, let statement = message.ranges[part] {
        failure.range = SentText(statement: statement, text: message.text)
          .range(of: error.position, in: buffers)
      }
      throw failure
    }
  }
}
