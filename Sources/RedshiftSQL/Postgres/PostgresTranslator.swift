package import Diagnostics

/// A statement in PostgreSQL's words.
package struct PostgresTranslation: Sendable {
  /// Maps back to the statement's buffer; empty when nothing has to be sent.
  package var text: MappedText
  /// Notes about what has no effect locally, and errors where nothing means the same.
  package var diagnostics: [Diagnostic]

  /// Relations whose columns were not known and would have helped.
  package var wantedRelations: Set<RelationName> = []

  /// The query alone of a view WITH NO SCHEMA BINDING.
  package var lateQuery: String?

  /// Whether the text may be sent.
  package var isUsable: Bool { !diagnostics.contains(where: \.isError) }
}

/// Rewrites Redshift's SQL for PostgreSQL 15 with the `rs` schema of shim functions.
///
/// The analysis says what names and types mean, and the emitter writes. Some rewritings depend on
/// the columns of relations: whether a name is a column or an earlier item of the select list, what
/// a star stands for, the digits of a division. Where the catalog does not have them, translation
/// does what the text alone allows and says which relations it would want to know.
///
/// What needs no change is copied byte for byte, comments and layout included. One statement may
/// become several, joined by semicolons, which are meant to be sent in one message.
package enum PostgresTranslator {
  /// Translates one statement.
  ///
  /// - Parameters:
  ///   - statement: a statement that the parser read.
  ///   - buffers: the store that has its text.
  ///   - catalog: the relations that it may name, as far as they are known.
  /// - Returns: the text to send, and what to tell the user.
  package static func translate(
    _ statement: Statement,
    in buffers: Buffers,
    catalog: SymbolicCatalog = SymbolicCatalog()
  ) -> PostgresTranslation {
    var emitter = PostgresEmitter(
      bytes: buffers.bytes(of: statement.range.buffer),
      range: statement.range,
      catalog: catalog
    )
    emitter.analyze(statement)
    emitter.emit(statement)
    // What the leader node answers from its catalog runs on a PostgreSQL.
    if !emitter.diagnostics.isEmpty, statement.readsSystemCatalog {
      emitter.diagnostics.removeAll { $0.code == "redshift-unsupported" }
    }
    return PostgresTranslation(
      text: emitter.output,
      diagnostics: emitter.diagnostics,
      wantedRelations: emitter.wantedRelations,
      lateQuery: emitter.lateQuery
    )
  }

  /// What Redshift refuses in a statement that is analysed already.
  static func refusals(
    of statement: Statement,
    _ bytes: [UInt8],
    _ meanings: Meanings,
    _ catalog: SymbolicCatalog
  ) -> [Diagnostic] {
    var emitter = PostgresEmitter(bytes: bytes, range: statement.range, catalog: catalog)
    emitter.meanings = meanings
    emitter.emit(statement)
    return emitter.diagnostics.filter { $0.code == "redshift-unsupported" }
  }

  /// Translates all statements of a buffer, for people to read.
  ///
  /// - Parameters:
  ///   - buffer: the text.
  ///   - buffers: the store that has it.
  ///   - catalog: the relations that it may name, as far as they are known.
  /// - Returns: the statements in PostgreSQL's words, each with a semicolon, and all that there is
  ///   to tell; statements that cannot be translated are left out.
  package static func translate(
    _ buffer: BufferID,
    in buffers: Buffers,
    catalog: SymbolicCatalog = SymbolicCatalog()
  ) -> PostgresTranslation {
    let parsed = SQLParser.parse(buffer, in: buffers)
    var result = PostgresTranslation(text: MappedText(), diagnostics: parsed.diagnostics)
    for statement in parsed.statements {
      if case .invalid = statement.kind { continue }
      let translation = translate(statement, in: buffers, catalog: catalog)
      result.diagnostics += translation.diagnostics
      result.wantedRelations.formUnion(translation.wantedRelations)
      guard translation.isUsable, !translation.text.isEmpty else { continue }
      result.text.append(translation.text)
      result.text.append(generated: ";\n".utf8, origin: nil)
    }
    return result
  }
}

extension Statement {
  /// Whether a query in this names a table of the catalog.
  fileprivate var readsSystemCatalog: Bool {
    var found = false
    SyntaxNode.statement(self).walk { node in
      if case .table(let table) = node, case .named(let name) = table.kind,
        SystemCatalog.contains(name.relation)
      {
        found = true
      }
      return !found
    }
    return found
  }
}
