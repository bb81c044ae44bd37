/// How a model becomes data.
package enum Materialization: String, CaseIterable, Sendable {
  case view
  case table
  case incremental
  case ephemeral
  /// The file is a COPY statement that loads a table made by a migration.
  case copy
  case materializedView = "materialized_view"
  case seed
  case snapshot
  case test
}
