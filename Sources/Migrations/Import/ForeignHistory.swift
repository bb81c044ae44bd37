/// The history of another tool, as far as it says what is applied.
package enum ForeignHistory: String, CaseIterable, Sendable {
  case flyway
  case sqitch
  case dbmate
  case liquibase
  case goose
  case golangMigrate = "golang-migrate"
  case atlas
  case sqlx

  /// Tables in which the tool keeps it, the usual one first; nil schema for any.
  var tables: [String] {
    switch self {
    case .flyway: ["flyway_schema_history", "schema_version"]
    case .sqitch: ["changes"]
    case .dbmate, .golangMigrate: ["schema_migrations"]
    case .liquibase: ["databasechangelog"]
    case .goose: ["goose_db_version"]
    case .atlas: ["atlas_schema_revisions"]
    case .sqlx: ["_sqlx_migrations"]
    }
  }

  /// Columns that tell this tool's table from another tool's of the same name.
  var columns: Set<String> {
    switch self {
    case .flyway: ["version", "description", "success"]
    case .sqitch: ["change_id", "change", "committed_at"]
    case .dbmate: ["version"]
    case .golangMigrate: ["version", "dirty"]
    case .liquibase: ["id", "author", "exectype"]
    case .goose: ["version_id", "is_applied"]
    case .atlas: ["version", "description", "type", "applied", "total"]
    case .sqlx: ["version", "description", "success"]
    }
  }

  /// Rows of version, name and moment, and what is special about it; versions are empty where the
  /// tool has names only.
  ///
  /// What failed, was taken back or is half applied is left out.
  func query(_ table: String) -> String {
    switch self {
    case .flyway:
      """
      select h.version, h.description, h.installed_on, \
      case when h.type = 'BASELINE' then 'baseline' end from \(table) h \
      left join (select version, max(installed_rank) as last from \(table) \
      where success and version is not null group by version) l on l.version = h.version \
      where h.success and (h.type is null or h.type not in ('DELETE', 'SCHEMA') \
      and h.type not like 'UNDO%') and (h.version is null or l.last = h.installed_rank) \
      order by h.installed_rank
      """
    case .sqitch: "select '', change, committed_at from \(table) order by committed_at"
    case .dbmate: "select version, '', null from \(table) order by version"
    case .golangMigrate: "select version, '', null, case when dirty then 'dirty' end from \(table)"
    case .liquibase:
      """
      select '', id, dateexecuted from \(table) \
      where exectype in ('EXECUTED', 'RERAN', 'MARK_RAN') order by orderexecuted
      """
    case .goose:
      """
      select g.version_id, '', g.tstamp from \(table) g \
      join (select version_id, max(id) as last from \(table) group by version_id) l \
      on l.last = g.id where g.is_applied and g.version_id > 0 order by g.id
      """
    case .atlas:
      """
      select version, description, executed_at, case when type % 2 = 1 then 'baseline' end \
      from \(table) where applied = total or type % 2 = 1 order by version
      """
    case .sqlx:
      "select version, description, installed_on from \(table) where success order by version"
    }
  }

  /// Whether the one version that the tool keeps says that all below it are applied as well.
  var isHighWaterMark: Bool { self == .golangMigrate }
}

/// One migration that another tool has applied.
struct ForeignMigration: Hashable, Sendable {
  var version: String
  var name: String
  var moment: String?
  /// Whether all versions up to this one count as applied.
  var isBaseline = false
  /// Whether it is half applied, and the tool does not know how far.
  var isDirty = false

  init?(_ row: [String?]) {
    guard row.count >= 3 else { return nil }
    if row.count > 3 {
      isBaseline = row[3] == "baseline"
      isDirty = row[3] == "dirty"
    }
    version = row[0] ?? ""
    name = row[1] ?? ""
    moment = row[2]
    if version.isEmpty, name.isEmpty { return nil }
  }

  /// The name as files have it: words joined by one blank, in lower case.
  static func words(_ name: String) -> String {
    name.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
  }
}
