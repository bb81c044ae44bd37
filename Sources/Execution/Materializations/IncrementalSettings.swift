import Diagnostics

/// How an incremental model adds its rows to those that are there.
struct IncrementalSettings: Sendable {
  enum Strategy: String, CaseIterable, Sendable {
    case append
    case deleteInsert = "delete+insert"
    case merge
  }

  enum SchemaChange: String, CaseIterable, Sendable {
    case ignore
    case fail
    case append = "append_new_columns"
    case synchronize = "sync_all_columns"
  }

  var strategy: Strategy
  var uniqueKey: [String]
  var schemaChange: SchemaChange
  /// Conditions on the target in the user's SQL.
  var conditions: [String]
  /// Columns that a match updates; nil for all.
  var updated: [String]?
  /// Columns that a match leaves alone.
  var notUpdated: [String]

  init(_ settings: NodeSettings) throws(Diagnostic) {
    // An empty text is none, as in dbt.
    uniqueKey = (try settings.names("unique_key") ?? []).filter { !$0.isEmpty }
    // The second is dbt's older word.
    let older = try settings.names("predicates")
    conditions = try settings.names("incremental_predicates") ?? older ?? []
    updated = try settings.names("merge_update_columns")
    notUpdated = try settings.names("merge_exclude_columns") ?? []
    let words = Strategy.allCases.map(\.rawValue)
    let strategy = try settings.choice("incremental_strategy", words).flatMap(Strategy.init)
    self.strategy = strategy ?? (uniqueKey.isEmpty ? .append : .deleteInsert)
    let changes = SchemaChange.allCases.map(\.rawValue)
    schemaChange =
      try settings.choice("on_schema_change", changes).flatMap(SchemaChange.init) ?? .ignore
    if uniqueKey.isEmpty, let strategy, strategy != .append {
      throw .uniqueKeyMissing(strategy.rawValue, node: settings.node)
    }
  }
}
