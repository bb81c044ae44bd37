import Diagnostics
import ProjectCompiler
import ProjectModel

/// How an incremental model adds its rows to those that are there.
struct IncrementalSettings: Sendable {
  enum Strategy: Equatable, Sendable {
    case append
    case deleteInsert
    case merge
    /// The rows of a stretch of time take the place of those that were there.
    case batch(Batch)
  }

  enum SchemaChange: String, CaseIterable, Sendable {
    case ignore
    case fail
    case append = "append_new_columns"
    case synchronize = "sync_all_columns"
  }

  var strategy: Strategy
  /// Columns.
  var uniqueKey: [String]
  /// What tells rows apart in place of columns: `id || '-' || day`, in the user's Redshift SQL.
  var keyExpression: String?
  var schemaChange: SchemaChange
  /// Conditions on the target in the user's SQL.
  var conditions: [String]
  /// Columns that a match updates; nil for all.
  var updated: [String]?
  /// Keys of text on a server that is not Redshift, which counts the blanks at its end.
  var paddedKeys: Set<String> = []
  /// Columns that a match leaves alone.
  var notUpdated: [String]

  init(
    _ settings: NodeSettings,
    batch: Batch? = nil,
    isPlainPostgres: Bool = false
  ) throws(Diagnostic) {
    // An empty text is none, as in dbt.
    uniqueKey = (try settings.names("unique_key") ?? []).filter { !$0.isEmpty }
    if uniqueKey.count == 1, ColumnMention(uniqueKey[0]) == nil {
      keyExpression = uniqueKey.removeFirst()
    }
    let hasKey = !uniqueKey.isEmpty || keyExpression != nil
    // The second is dbt's older word.
    let older = try settings.names("predicates")
    conditions = try settings.names("incremental_predicates") ?? older ?? []
    updated = try settings.names("merge_update_columns")
    notUpdated = try settings.names("merge_exclude_columns") ?? []
    let word = try settings.choice("incremental_strategy", ConfigCheck.incrementalStrategies)
    switch word {
    case "append": strategy = .append
    case "delete+insert": strategy = .deleteInsert
    case "merge": strategy = .merge
    case "microbatch":
      // As dbt's adapters have it: PostgreSQL merges, Redshift replaces the stretch of time.
      if let batch, !isPlainPostgres { strategy = .batch(batch) } else { strategy = .merge }
    default: strategy = hasKey ? .deleteInsert : .append
    }
    let changes = SchemaChange.allCases.map(\.rawValue)
    schemaChange =
      try settings.choice("on_schema_change", changes).flatMap(SchemaChange.init) ?? .ignore
    if !hasKey, let word, strategy == .merge || strategy == .deleteInsert {
      // For dbt such a model only adds rows.
      guard settings.isWrittenForDbt else { throw .uniqueKeyMissing(word, node: settings.node) }
      strategy = .append
    }
    if strategy == .merge, let keyExpression {
      throw .mergesByExpression(keyExpression, node: settings.node)
    }
  }
}
