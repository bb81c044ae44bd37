package import Diagnostics

/// A statement in PostgreSQL's words.
package struct PostgresTranslation: Sendable {
  /// Maps back to the statement's buffer; empty when nothing has to be sent.
  package var text: MappedText
  /// Notes about what has no effect locally, and errors where nothing means the same.
  package var diagnostics: [Diagnostic]

  /// Whether the text may be sent.
  package var isUsable: Bool { !diagnostics.contains(where: \.isError) }
}

/// Rewrites Redshift's SQL for PostgreSQL 15 with the `rs` schema of shim functions.
///
/// What needs no change is copied byte for byte, comments and layout included.
package enum PostgresTranslator {
  /// Finds the columns of a table or view, in order; nil when they are not known.
  package typealias ColumnLookup = (RelationName) -> [String]?

  /// Translates one statement.
  ///
  /// - Parameters:
  ///   - statement: a statement that the parser read.
  ///   - buffers: the store that has its text.
  /// - Returns: the text to send, and what to tell the user.
  package static func translate(
    _ statement: Statement,
    in buffers: Buffers
  ) -> PostgresTranslation {
    translate(statement, in: buffers) { _ in nil }
  }

  /// Translates one statement, with knowledge of the columns of tables.
  ///
  /// That knowledge decides where a name means an earlier item of the same select list, and what
  /// `* EXCLUDE` leaves.
  ///
  /// - Parameters:
  ///   - statement: a statement that the parser read.
  ///   - buffers: the store that has its text.
  ///   - columns: finds the columns of a relation.
  /// - Returns: the text to send, and what to tell the user.
  package static func translate(
    _ statement: Statement,
    in buffers: Buffers,
    columns: ColumnLookup
  ) -> PostgresTranslation {
    withoutActuallyEscaping(columns) { columns in
      var emitter = PostgresEmitter(
        bytes: buffers.bytes(of: statement.range.buffer),
        range: statement.range,
        columns: StaticColumns(lookup: columns)
      )
      emitter.emit(statement)
      return PostgresTranslation(text: emitter.output, diagnostics: emitter.diagnostics)
    }
  }
}
