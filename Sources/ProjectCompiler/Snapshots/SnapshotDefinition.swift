/// A snapshot's strategy as SQL over its query and its table.
///
/// In these expressions the rows of the query are `source_data` and the current versions in the
/// table are `snapshotted_data`, as macros of dbt projects have it.
package struct SnapshotDefinition: Sendable {
  /// How a row is found to have changed.
  package enum Change: Sendable {
    /// Its time is later than that from which the current version is valid.
    case newer
    /// One of the columns has another value.
    case checked(SnapshotSettings.CheckedColumns)
    /// A macro of the project says so.
    case expression(String)
  }

  package var settings: SnapshotSettings
  /// When a row's version begins, as an expression over the query's columns.
  package var updatedAt: String
  /// What identifies a version, as an expression over the query's columns.
  package var scdID: String
  package var change: Change
  /// The time of the run.
  package var now: String
  /// What identifies the record of a deletion, as an expression over the table's columns.
  package var deletionID: String

  package init(
    settings: SnapshotSettings,
    updatedAt: String,
    scdID: String,
    change: Change,
    now: String,
    deletionID: String
  ) {
    self.settings = settings
    self.updatedAt = updatedAt
    self.scdID = scdID
    self.change = change
    self.now = now
    self.deletionID = deletionID
  }
}
