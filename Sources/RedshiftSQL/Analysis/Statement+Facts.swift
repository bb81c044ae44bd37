package import Diagnostics

extension Statement {
  /// How a statement behaves with regard to transaction blocks on Redshift.
  package enum TransactionBehaviour: Hashable, Sendable {
    /// May run in a block and is undone with it.
    case transactional
    /// Is refused in a block, or commits by itself: has to be sent alone.
    case outside
    /// Ends the open transaction with a commit.
    case commits
    /// Begins or ends a transaction itself.
    case control
  }

  package var transactionBehaviour: TransactionBehaviour {
    switch kind {
    case .vacuum, .refresh: return .outside
    case .analyze(let analyze): return analyze.isCompression ? .outside : .transactional
    case .truncate: return .commits
    case .transaction: return .control
    case .alterTable(let table):
      switch table.action {
      case .append, .changeType, .changeEncoding, .external, .other: return .outside
      case .addColumn, .dropColumn, .renameColumn, .rename, .changeOwner, .addConstraint,
        .dropConstraint, .changeLayout, .rowSecurity, .masking:
        return .transactional
      }
    case .opaque(let opaque): return opaque.transactionBehaviour
    case .externalView, .template, .alterSystem, .createExternalSchema, .createExternalTable,
      .createRoutine, .createModel, .createObject, .dropObject, .alterObject, .policy,
      .policyAttachment, .copyJob, .alterDefaultPrivileges,
      .session, .show, .use, .cursor, .prepare, .execute, .deallocate, .cancel:
      return Opaque(keywords: keywords).transactionBehaviour
    case .query, .createTable, .createTableAs, .createView, .createSchema, .drop, .alterSchema,
      .insert, .update, .delete, .merge, .copy, .unload, .grant, .remark, .parameter, .lock, .call,
      .explain, .invalid:
      return .transactional
    }
  }

  /// The relations that exist, or have other columns, behind it.
  package var changedRelations: [RelationName] {
    switch kind {
    case .createTable(let table): return [table.name]
    case .createTableAs(let table): return [table.name]
    case .createView(let view): return [view.name]
    case .createExternalTable(let table): return [table.name.relation]
    case .drop(let drop): return drop.names.map(\.relation)
    case .alterTable(let table):
      guard case .rename(let new) = table.action else { return [table.name.relation] }
      var renamed = table.name.relation
      renamed.identifier = new.text
      return [table.name.relation, renamed]
    case .query(let query):
      guard case .select(let select) = query.body.kind, let into = select.into else { return [] }
      return [into.name.relation]
    default: return []
    }
  }

  /// Whether rows are an answer to it.
  package var returnsRows: Bool {
    switch kind {
    case .query, .show, .explain, .cursor, .execute, .call: true
    case .parameter(let parameter): parameter.action == .show
    default: false
    }
  }

  /// What kind of statement this is, in words that fit behind "this is".
  package var noun: String {
    switch kind {
    case .query: "a query"
    case .createTable, .createTableAs: "CREATE TABLE"
    case .createView(let view): view.isMaterialized ? "CREATE MATERIALIZED VIEW" : "CREATE VIEW"
    case .createSchema: "CREATE SCHEMA"
    case .drop(let drop): "DROP \(drop.kind.rawValue.uppercased())"
    case .alterTable: "ALTER TABLE"
    case .alterSchema: "ALTER SCHEMA"
    case .insert: "INSERT"
    case .update: "UPDATE"
    case .delete: "DELETE"
    case .merge: "MERGE"
    case .truncate: "TRUNCATE"
    case .copy: "COPY"
    case .unload: "UNLOAD"
    case .grant(let grant): grant.revokes ? "REVOKE" : "GRANT"
    case .remark: "COMMENT"
    case .analyze: "ANALYZE"
    case .vacuum: "VACUUM"
    case .parameter(let parameter):
      switch parameter.action {
      case .set: "SET"
      case .reset: "RESET"
      case .show: "SHOW"
      }
    case .transaction(let command):
      switch command {
      case .begin: "BEGIN"
      case .commit: "COMMIT"
      case .rollback: "ROLLBACK"
      }
    case .lock: "LOCK"
    case .call: "CALL"
    case .explain: "EXPLAIN"
    case .refresh: "REFRESH MATERIALIZED VIEW"
    case .externalView, .template, .alterSystem, .createExternalSchema, .createExternalTable,
      .createRoutine, .createModel, .createObject, .dropObject, .alterObject, .policy,
      .policyAttachment, .copyJob, .alterDefaultPrivileges,
      .session, .show, .use, .cursor, .prepare, .execute, .deallocate, .cancel:
      keywords.joined(separator: " ").uppercased()
    case .opaque(let opaque): opaque.keywords.prefix(2).joined(separator: " ").uppercased()
    case .invalid: "a statement with a syntax error"
    }
  }
}

extension Opaque {
  fileprivate var transactionBehaviour: Statement.TransactionBehaviour {
    let first = keywords.first ?? ""
    let second = keywords.dropFirst().first ?? ""
    switch (first, second) {
    case ("create", "database"), ("drop", "database"), ("alter", "database"),
      ("create", "external"), ("drop", "external"), ("create", "library"), ("drop", "library"),
      ("create", "model"), ("drop", "model"), ("create", "identity"), ("alter", "identity"),
      ("drop", "identity"), ("alter", "external"), ("alter", "system"), ("reindex", _),
      ("copy", "job"), ("use", _):
      return .outside
    case ("rollback", _): return .control
    default: return .transactional
    }
  }
}

extension ParsedSQL {
  /// The query that this text is, if it is exactly one.
  ///
  /// - Parameter buffers: the store that has the text.
  /// - Returns: the query.
  /// - Throws: `model-not-a-query` or `sql-syntax`.
  package func singleQuery(in buffers: Buffers) throws(Diagnostic) -> Query {
    guard let first = statements.first else {
      throw .modelIsEmpty(at: buffers.wholeRange(of: buffer))
    }
    if case .invalid(let problem) = first.kind { throw problem }
    guard case .query(let query) = first.kind else {
      let end = min(first.range.bytes.lowerBound + 40, first.range.bytes.upperBound)
      let range = TextRange(buffer: buffer, bytes: first.range.bytes.lowerBound..<end)
      throw .modelIsNoQuery(first.noun, at: range)
    }
    if statements.count > 1 {
      throw .modelHasSeveralStatements(at: statements[1].range, first: first.range)
    }
    return query
  }
}
