import ProjectCompiler
import Diagnostics
import RedshiftSQL
import WarehouseClient

/// Adds the rows of the query to a table, or builds it when it is not there yet.
///
/// The query runs outside of the transaction, into a temporary table; the transaction only moves
/// rows.
struct IncrementalMaterialization {
  let run: NodeRun

  func build() async throws(Diagnostic) -> Built {
    var plan = try IncrementalSettings(
      run.settings,
      batch: run.compiled.batch,
      isPlainPostgres: run.session.isPlainPostgres
    )
    // The node's own configuration beats the command line, as in dbt.
    let isFullRefresh = try run.settings.boolean("full_refresh") ?? run.isFullRefresh
    guard run.existing == .table, !isFullRefresh else {
      return try await TableMaterialization(run: run).build()
    }
    let temporary = run.shadow(.temporary)
    run.scratch.add(temporary, .table)
    let header = try run.header()
    try await run.session.run(
      "\(header)create temporary table \(temporary) as (\n\(run.query)\n)"
    )
    let query = try await RelationColumns.readTemporary(temporary, run.session)
    let target = try await RelationColumns.read(run.relation, run.session)
    try await ColumnWidening(run: run).perform(target, for: query.columns)
    let (columns, changes) = try align(query, target, plan)
    plan.uniqueKey = try resolveKeys(plan, query)
    if run.session.translates {
      plan.paddedKeys = Set(plan.uniqueKey.filter { query.isText($0) && target.isText($0) })
    }
    if plan.strategy == .merge { try await checkDuplicates(plan, temporary) }
    if [.merge, .deleteInsert].contains(plan.strategy) {
      try await tellOfMissingKeys(plan, temporary)
    }
    let result = try await move(columns, changes: changes, from: temporary, plan)
    run.isDone(with: temporary)
    return Built(message: result.tag, rows: result.rowCount)
  }

  // MARK: Columns

  /// The columns to write, and the statements that make the table fit first.
  private func align(
    _ query: RelationColumns,
    _ target: RelationColumns,
    _ plan: IncrementalSettings
  ) throws(Diagnostic) -> (columns: [String], changes: [SQLText]) {
    let alignment = ColumnAlignment(query: query.columns, target: target.columns)
    // A migration owns the columns of its table, and what may be left out of them.
    let isMigrated = run.compiled.isMigrated
    let missing = isMigrated ? alignment.required : alignment.unfilled
    func refuse() -> Diagnostic {
      .schemaChanged(
        extra: alignment.extra.map(\.name),
        missing: missing.map(\.name),
        relation: run.relation,
        policy: isMigrated ? nil : plan.schemaChange.rawValue,
        node: run.compiled.node
      )
    }
    let policy = isMigrated ? IncrementalSettings.SchemaChange.fail : plan.schemaChange
    switch policy {
    case .ignore:
      guard missing.isEmpty else { throw refuse() }
      if !alignment.extra.isEmpty {
        let names = alignment.extra.map { "\"\($0.name)\"" }.joined(separator: ", ")
        run.say(
          "\(run.relation.description) has no column \(names): not stored (on_schema_change: ignore)"
        )
      }
      return (alignment.shared, [])
    case .fail:
      guard alignment.extra.isEmpty, missing.isEmpty else { throw refuse() }
      return (alignment.shared, [])
    case .append, .synchronize:
      // Redshift adds one column per statement.
      var changes = alignment.extra.map { column -> SQLText in
        """
        alter table \(run.relation) add column \(identifier: column.name) \(verbatim: column.type)
        """
      }
      if policy == .synchronize {
        changes += alignment.missing.map { column -> SQLText in
          "alter table \(run.relation) drop column \(identifier: column.name)"
        }
      }
      return (alignment.shared + alignment.extra.map(\.name), changes)
    }
  }

  /// The keys as the query's columns spell them; Redshift folds case, quoting would not.
  private func resolveKeys(
    _ plan: IncrementalSettings,
    _ query: RelationColumns
  ) throws(Diagnostic) -> [String] {
    var keys: [String] = []
    for key in plan.uniqueKey {
      let wanted = ColumnMention(key)?.name ?? key
      guard
        let name = query.names.first(where: { $0 == wanted })
          ?? query.names.first(where: { $0.lowercased() == wanted.lowercased() })
      else { throw .unknownKey(wanted, columns: query.names, node: run.compiled.node) }
      keys.append(name)
    }
    return keys
  }

  private func checkDuplicates(
    _ plan: IncrementalSettings,
    _ temporary: RelationName
  ) async throws(Diagnostic) {
    let keys = plan.uniqueKey
    let present = keys.map { key -> SQLText in "\(identifier: key) is not null" }
    let sides = keys.map { padded("\(identifier: $0)", $0, plan) }
    let result = try await run.session.send(
      """
      select \(sides.joined(separator: ", ")), count(*)
      from \(temporary)
      where \(present.joined(separator: " and "))
      group by \(sides.joined(separator: ", "))
      having count(*) > 1
      order by count(*) desc
      limit 3
      """,
      to: "looking for duplicate keys"
    )
    guard result.rows.isEmpty else {
      throw .duplicateKeys(keys, rows: result.rows, node: run.compiled.node)
    }
  }

  /// NULL equals nothing: such a row takes no other's place, and each run adds it once more.
  private func tellOfMissingKeys(
    _ plan: IncrementalSettings,
    _ temporary: RelationName
  ) async throws(Diagnostic) {
    let missing = plan.uniqueKey.map { key -> SQLText in "\(identifier: key) is null" }
    let result: StatementResult
    if let expression = plan.keyExpression {
      result = try await run.session.run(
        "select count(*) from \(temporary) where (\(verbatim: expression)) is null"
      )
    } else {
      result = try await run.session.send(
        "select count(*) from \(temporary) where \(missing.joined(separator: " or "))",
        to: "looking for keys that are NULL"
      )
    }
    guard let count = result.rows.first?.first ?? nil, count != "0" else { return }
    let key = plan.keyExpression ?? plan.uniqueKey.joined(separator: ", ")
    run.say(
      "\(count) row\(count == "1" ? "" : "s") for \(run.relation.description) with NULL in \(key) "
        + "(unique_key): they take no other row's place, and each run that brings them adds them again"
    )
  }

  // MARK: Rows

  private func move(
    _ columns: [String],
    changes: [SQLText],
    from temporary: RelationName,
    _ plan: IncrementalSettings
  ) async throws(Diagnostic) -> StatementResult {
    let purpose = "adding rows to \(run.relation.description)"
    let insert: SQLText = """
      insert into \(run.relation) (\(identifiers: columns))
      select \(identifiers: columns) from \(temporary)
      """
    var opening = run.transaction.beginning() + changes
    let result: StatementResult
    switch plan.strategy {
    case .append:
      try await send(opening, purpose)
      result = try await run.session.send(insert, to: purpose)
    case .deleteInsert:
      let delete = deletion(from: temporary, plan)
      if plan.conditions.isEmpty, plan.keyExpression == nil {
        opening.append(delete)
        try await send(opening, purpose)
      } else {
        // What the configuration says is the user's Redshift SQL.
        try await send(opening, purpose)
        try await run.session.run(delete)
      }
      result = try await run.session.send(insert, to: purpose)
    case .batch(let batch):
      try await send(opening, purpose)
      // The column is the user's Redshift SQL.
      try await run.session.run(deletion(of: batch))
      result = try await run.session.send(insert, to: purpose)
    case .merge:
      try await send(opening, purpose)
      let merge = merger(columns, from: temporary, plan)
      result =
        plan.conditions.isEmpty
        ? try await run.session.send(merge, to: purpose) : try await run.session.run(merge)
    }
    try await run.end("drop table \(temporary)", to: purpose)
    return result
  }

  private func send(_ batch: [SQLText], _ purpose: String) async throws(Diagnostic) {
    guard !batch.isEmpty else { return }
    try await run.session.send(batch.joined(separator: ";\n"), to: purpose)
  }

  private func matching(_ temporary: RelationName, _ plan: IncrementalSettings) -> SQLText {
    let terms = plan.uniqueKey.map { key -> SQLText in
      let stored = padded("\(run.relation).\(identifier: key)", key, plan)
      let new = padded("\(temporary).\(identifier: key)", key, plan)
      return "\(stored) = \(new)"
    }
    return (terms + conditions(temporary, plan)).joined(separator: "\n  and ")
  }

  /// dbt has names for the two sides, which Redshift's DELETE and MERGE have no aliases for.
  private func conditions(_ temporary: RelationName, _ plan: IncrementalSettings) -> [SQLText] {
    plan.conditions.map { condition in
      let text =
        condition
        .replacing("DBT_INTERNAL_DEST.", with: run.relation.sql + ".")
        .replacing("DBT_INTERNAL_SOURCE.", with: temporary.sql + ".")
      return "(\(verbatim: text))"
    }
  }

  /// A key as it is compared: blanks at the end of text do not count on Redshift.
  ///
  /// What goes through the translation is told so by it.
  private func padded(_ key: SQLText, _ name: String, _ plan: IncrementalSettings) -> SQLText {
    plan.paddedKeys.contains(name) && plan.conditions.isEmpty ? "\(key)::bpchar" : key
  }

  private func deletion(from temporary: RelationName, _ plan: IncrementalSettings) -> SQLText {
    guard !run.session.isPlainPostgres else { return plainDeletion(from: temporary, plan) }
    if let expression = plan.keyExpression {
      // The same text means each side in its turn, as in dbt.
      let found: SQLText = """
        (\(verbatim: expression)) in (select (\(verbatim: expression)) from \(temporary))
        """
      let terms = [found] + conditions(temporary, plan)
      return "delete from \(run.relation)\nwhere \(terms.joined(separator: "\n  and "))"
    }
    return """
      delete from \(run.relation)
      using \(temporary)
      where \(matching(temporary, plan))
      """
  }

  /// As dbt writes it for PostgreSQL: conditions may name columns without their table, and use dbt's
  /// names for the two sides.
  private func plainDeletion(
    from temporary: RelationName,
    _ plan: IncrementalSettings
  ) -> SQLText {
    let conditions = plan.conditions.map { text -> SQLText in "\n  and (\(verbatim: text))" }
    let key: SQLText =
      plan.keyExpression.map { "(\(verbatim: $0))" } ?? "\(identifiers: plan.uniqueKey)"
    return """
      delete from \(run.relation) as DBT_INTERNAL_DEST
      where (\(key)) in (
        select distinct \(key)
        from \(temporary) as DBT_INTERNAL_SOURCE
      )\(conditions.joined(separator: ""))
      """
  }

  /// What the table holds of a batch's stretch of time.
  private func deletion(of batch: Batch) -> SQLText {
    let dialect = run.session.dialect
    return """
      delete from \(run.relation)
      where \(verbatim: batch.eventTime) >= \(literal: batch.window.start.text, dialect)
        and \(verbatim: batch.eventTime) < \(literal: batch.window.end.text, dialect)
      """
  }

  private func merger(
    _ columns: [String],
    from temporary: RelationName,
    _ plan: IncrementalSettings
  ) -> SQLText {
    let keys = Set(plan.uniqueKey.map { $0.lowercased() })
    let chosen = plan.updated.map { Set($0.map { $0.lowercased() }) }
    let excluded = Set(plan.notUpdated.map { $0.lowercased() })
    var updated = columns.filter { column in
      let name = column.lowercased()
      if let chosen { return chosen.contains(name) }
      return !keys.contains(name) && !excluded.contains(name)
    }
    // Redshift wants both branches even when there is nothing to update.
    if updated.isEmpty { updated = Array(plan.uniqueKey.prefix(1)) }
    let assignments = updated.map { column -> SQLText in
      "\(identifier: column) = \(temporary).\(identifier: column)"
    }
    let values = columns.map { column -> SQLText in "\(temporary).\(identifier: column)" }
    return """
      merge into \(run.relation)
      using \(temporary)
      on \(matching(temporary, plan))
      when matched then update set \(assignments.joined(separator: ", "))
      when not matched then insert (\(identifiers: columns))
      values (\(values.joined(separator: ", ")))
      """
  }
}
