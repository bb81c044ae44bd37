package import Diagnostics
package import ProjectModel

/// What a snapshot is told: how it finds out what has changed, and what its table looks like.
package struct SnapshotSettings: Sendable {
  /// What becomes of the current version of a row that is gone from the source.
  package enum HardDeletes: String, CaseIterable, Sendable {
    case ignore
    case invalidate
    case newRecord = "new_record"
  }

  /// The columns whose values are compared.
  package enum CheckedColumns: Hashable, Sendable {
    case all
    case some([String])
  }

  /// The columns that a snapshot's table has beside those of its query.
  package struct ColumnNames: Hashable, Sendable {
    package var scdID = "dbt_scd_id"
    package var updatedAt = "dbt_updated_at"
    package var validFrom = "dbt_valid_from"
    package var validTo = "dbt_valid_to"
    package var isDeleted = "dbt_is_deleted"

    package static let keys = [
      "dbt_valid_to", "dbt_valid_from", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted",
    ]

    var all: [String] { [scdID, updatedAt, validFrom, validTo, isDeleted] }
  }

  /// `timestamp`, `check`, or the name of a macro of the project.
  package var strategy: String
  /// Columns, or expressions over them.
  package var uniqueKey: [String]
  package var updatedAt: String?
  package var checkedColumns: CheckedColumns?
  package var hardDeletes: HardDeletes
  package var names: ColumnNames
  /// What stands in `dbt_valid_to` of current versions instead of NULL, as SQL.
  package var validToCurrent: String?

  /// The columns that this snapshot's table has beside those of its query, in order.
  package var addedColumns: [String] {
    let always = [names.scdID, names.updatedAt, names.validFrom, names.validTo]
    return hardDeletes == .newRecord ? always + [names.isDeleted] : always
  }

  /// Reads the configuration of a snapshot.
  ///
  /// - Parameter node: the snapshot.
  /// - Throws: `snapshot-config`.
  package init(_ node: Node) throws(Diagnostic) {
    let config = node.config
    func text(_ key: String) throws(Diagnostic) -> String? {
      guard let value = config[key], !value.isNull else { return nil }
      guard let text = value.string else {
        throw .snapshotSetting(key, value, expected: "text", node)
      }
      return text.isEmpty ? nil : text
    }
    if let materialized = try text("materialized"), materialized != "snapshot" {
      throw .snapshotConfig("a snapshot cannot be materialized as \"\(materialized)\"", node)
    }
    guard let strategy = try text("strategy") else {
      throw .snapshotConfig("snapshot \(node.name) has no `strategy`", node)
    }
    let keys = try Self.names("unique_key", node) ?? []
    guard !keys.isEmpty else {
      throw .snapshotConfig("snapshot \(node.name) has no `unique_key`", node)
    }
    self.strategy = strategy
    uniqueKey = keys
    updatedAt = try text("updated_at")
    validToCurrent = try text("dbt_valid_to_current")
    checkedColumns = try Self.checkedColumns(node)
    hardDeletes = try Self.hardDeletes(node)
    names = try Self.columnNames(node)
    switch strategy {
    case "check" where checkedColumns == nil:
      throw .snapshotConfig(
        "snapshot \(node.name) has strategy \"check\" and no `check_cols`",
        node
      )
    case "timestamp" where updatedAt == nil:
      throw .snapshotConfig(
        "snapshot \(node.name) has strategy \"timestamp\" and no `updated_at`",
        node
      )
    case "timestamp" where checkedColumns != nil:
      throw .snapshotConfig(
        "snapshot \(node.name) has strategy \"timestamp\", which takes no `check_cols`",
        node
      )
    default: break
    }
  }

  /// One name or a list of names; nil for none.
  private static func names(_ key: String, _ node: Node) throws(Diagnostic) -> [String]? {
    guard let value = node.config[key], !value.isNull else { return nil }
    let items = value.list ?? [value]
    var names: [String] = []
    for item in items {
      guard let name = item.string, !name.isEmpty else {
        throw .snapshotSetting(key, value, expected: "a name or a list of names", node)
      }
      names.append(name)
    }
    return names.isEmpty ? nil : names
  }

  private static func checkedColumns(_ node: Node) throws(Diagnostic) -> CheckedColumns? {
    guard let value = node.config["check_cols"], !value.isNull else { return nil }
    if let word = value.string {
      guard word == "all" else {
        throw .snapshotSetting("check_cols", value, expected: "\"all\" or a list of columns", node)
      }
      return .all
    }
    return try names("check_cols", node).map { .some($0) }
  }

  private static func hardDeletes(_ node: Node) throws(Diagnostic) -> HardDeletes {
    let former = node.config["invalidate_hard_deletes"].flatMap { $0.isNull ? nil : $0 }
    let value = node.config["hard_deletes"].flatMap { $0.isNull ? nil : $0 }
    guard let value else {
      guard let former else { return .ignore }
      guard let flag = former.flag else {
        throw .snapshotSetting("invalidate_hard_deletes", former, expected: "true or false", node)
      }
      return flag ? .invalidate : .ignore
    }
    guard former == nil else {
      throw .snapshotConfig(
        "snapshot \(node.name) sets both `hard_deletes` and the older `invalidate_hard_deletes`",
        node
      )
    }
    guard let behaviour = value.string.flatMap(HardDeletes.init) else {
      throw .snapshotSetting(
        "hard_deletes",
        value,
        expected: "\"ignore\", \"invalidate\" or \"new_record\"",
        node
      )
    }
    return behaviour
  }

  private static func columnNames(_ node: Node) throws(Diagnostic) -> ColumnNames {
    let key = "snapshot_meta_column_names"
    var names = ColumnNames()
    guard let value = node.config[key], !value.isNull else { return names }
    guard let dictionary = value.dictionary else {
      throw .snapshotSetting(key, value, expected: "a mapping", node)
    }
    for (column, value) in dictionary.pairs where !value.isNull {
      // Redshift folds names to lower case.
      guard let name = value.string?.lowercased(), !name.isEmpty else {
        throw .snapshotSetting("\(key).\(column)", value, expected: "a name", node)
      }
      switch column {
      case "dbt_scd_id": names.scdID = name
      case "dbt_updated_at": names.updatedAt = name
      case "dbt_valid_from": names.validFrom = name
      case "dbt_valid_to": names.validTo = name
      case "dbt_is_deleted": names.isDeleted = name
      default:
        throw .snapshotConfig(
          "`\(key)` of \(node.name) knows no column \"\(column)\"",
          node,
          help: [
            Suggestion.sentence(for: column, among: ColumnNames.keys)
              ?? "it knows " + ColumnNames.keys.joined(separator: ", ")
          ]
        )
      }
    }
    guard Set(names.all).count == names.all.count else {
      throw .snapshotConfig("`\(key)` of \(node.name) gives two columns one name", node)
    }
    return names
  }
}
