import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import Testing
import WarehouseClient

@testable import Execution

/// What a snapshot sends to Redshift, as goldens in Fixtures.
@Suite struct SnapshotTests {
  typealias Answer = FakeWarehouse.Answer

  static let timestamp: PlainDictionary = [
    "strategy": "timestamp", "unique_key": "id", "updated_at": "changed_at",
  ]

  static let checked: PlainDictionary = [
    "strategy": "check", "unique_key": ["id", "kind"], "check_cols": ["Name"],
    "hard_deletes": "new_record", "dbt_valid_to_current": "cast('9999-12-31' as timestamp)",
    "snapshot_meta_column_names": ["dbt_valid_to": "Until"],
  ]

  static func stored(_ names: [String]) -> Answer {
    .rows("as what", names.map { ["column", $0, "character varying(9)", "false", "false", "1"] })
  }

  static func given(_ columns: [(String, String)]) -> Answer {
    .rows("'m__redstart_tmp'", columns.map { [$0.0, $0.1] })
  }

  static func staged(_ columns: [(String, String)]) -> Answer {
    .rows("'m__redstart_chg'", columns.map { [$0.0, $0.1] })
  }

  static let standing = Answer.rows("select count(*), count(case", [["9", "4"]])
  static let nothingWithoutEnd = Answer.rows("'update' and", [["0"]])
  static let inserted = Answer.rows("insert into", [], tag: "INSERT 0 2")

  static let added = ["dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"]

  static func later(
    _ config: PlainDictionary,
    _ change: SnapshotDefinition.Change,
    stored names: [String],
    given columns: [(String, String)],
    isMigrated: Bool = false
  ) -> RunScenario {
    let staged = [("dbt_change_type", "character varying(6)")] + columns + [("dbt_scd_id", "text")]
    return RunScenario(
      kind: .snapshot,
      sql: "select * from raw.t;",
      config: config,
      isMigrated: isMigrated,
      existing: ["m": .table],
      isFullRefresh: true,
      answers: [
        stored(names), given(columns), Self.staged(staged), standing, nothingWithoutEnd, inserted,
      ],
      change: change
    )
  }

  static let cases: [(String, RunScenario)] = [
    (
      "snapshot_first",
      RunScenario(
        kind: .snapshot,
        config: timestamp.merging(["dist": "id", "sort": "dbt_valid_from"]),
        isFullRefresh: true,
        change: .newer
      )
    ),
    (
      "snapshot_timestamp",
      later(
        timestamp,
        .newer,
        stored: ["id", "name"] + added,
        given: [("id", "integer"), ("name", "character varying(20)"), ("city", "text")]
      )
    ),
    (
      "snapshot_check_new_record",
      later(
        checked,
        .checked(.some(["Name"])),
        stored: ["id", "kind", "name", "until"] + added.dropLast() + ["dbt_is_deleted"],
        given: [("id", "integer"), ("kind", "text"), ("name", "text"), ("city", "text")]
      )
    ),
    (
      "snapshot_check_new_column",
      later(
        timestamp.merging(["strategy": "check", "check_cols": "all", "hard_deletes": "invalidate"]),
        .checked(.all),
        stored: ["id"] + added,
        given: [("id", "integer"), ("name", "text")]
      )
    ),
    (
      "snapshot_migrated_new_column",
      later(
        timestamp,
        .newer,
        stored: ["id"] + added,
        given: [("id", "integer"), ("name", "text")],
        isMigrated: true
      )
    ),
    (
      "snapshot_not_a_snapshot_table",
      later(timestamp, .newer, stored: ["id", "dbt_scd_id"], given: [("id", "integer")])
    ),
    (
      "snapshot_unknown_check_column",
      later(
        timestamp.merging(["strategy": "check", "check_cols": ["nmae"]]),
        .checked(.some(["nmae"])),
        stored: ["id", "name"] + added,
        given: [("id", "integer"), ("name", "text")]
      )
    ),
    (
      "snapshot_column_taken",
      later(
        timestamp,
        .newer,
        stored: ["id"] + added,
        given: [("id", "integer"), ("dbt_valid_to", "date")]
      )
    ),
    (
      "snapshot_is_a_view",
      RunScenario(
        kind: .snapshot,
        config: timestamp,
        existing: ["m": .view],
        change: .expression("true")
      )
    ),
  ]

  @Test(arguments: cases.indices)
  func statementsAreAsRecorded(_ index: Int) async throws {
    let (golden, scenario) = Self.cases[index]
    let outcome = try await scenario.run()
    var text = outcome.sent.map { sql in
      if sql.contains("as what") { return "(columns of the table)" }
      if sql.contains("pg_temp") {
        return sql.contains("_chg") ? "(columns of the changes)" : "(columns of the query)"
      }
      return sql
    }.joined(separator: "\n---\n")
    text += "\n=== \(outcome.first.status) \(outcome.first.message ?? "")\n"
    for diagnostic in outcome.first.diagnostics {
      text += "\(diagnostic.code): \(diagnostic.message)\n"
      for note in diagnostic.notes { text += "  note: \(note)\n" }
      for help in diagnostic.help { text += "  help: \(help)\n" }
    }
    try expectGolden(text, golden)
  }

  /// Whatever fails, and wherever, nothing of the table is dropped or replaced.
  @Test(arguments: [
    "create temporary table \"m__redstart_tmp\"", "create temporary table \"m__redstart_chg\"",
    "lock table", "alter table", "update", "insert into", "commit",
  ])
  func noFailureTouchesTheTable(_ pattern: String) async throws {
    var scenario = Self.cases[1].1
    scenario.answers.insert(.failure(pattern, "out of disk space"), at: 0)
    let outcome = try await scenario.run()
    #expect(outcome.first.status == .error)
    let lines = outcome.sent.joined(separator: "\n").split(separator: "\n")
    let dropped = lines.filter { $0.contains("drop table") }
    #expect(dropped.allSatisfy { $0.contains("__redstart_") }, "\(dropped)")
    #expect(!outcome.sent.contains { $0.contains("delete from") || $0.contains("rename to") })
    #expect(outcome.sent.last?.hasPrefix("rollback") == true, "\(outcome.sent.last ?? "")")
  }

  @Test func aTableThatChangesAllTheTimeIsLeftAlone() async throws {
    var scenario = Self.cases[1].1
    // Each look finds other rows, as if another run had come first.
    scenario.answers.removeAll { $0.pattern == Self.standing.pattern }
    scenario.answers.insert(.counting("select count(*), count(case"), at: 0)
    let outcome = try await scenario.run()
    #expect(outcome.error?.code == "snapshot-busy")
    #expect(!outcome.sent.contains { $0.contains("insert into") || $0.contains("update \"s\"") })
    #expect(outcome.sent.filter { $0 == "rollback;\ndrop table \"m__redstart_chg\"" }.count == 4)
  }
}

extension PlainDictionary {
  fileprivate func merging(_ other: PlainDictionary) -> PlainDictionary {
    var all = self
    all.merge(other)
    return all
  }
}
