import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import Testing
import WarehouseClient

@testable import Execution

/// What each materialization sends, as goldens in Fixtures.
@Suite struct MaterializationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var golden: String
    var scenario: RunScenario
    var testDescription: String { golden }

    init(_ golden: String, _ scenario: RunScenario) {
      self.golden = golden
      self.scenario = scenario
    }
  }

  static let dependentView = FakeWarehouse.Answer.rows(
    "lower(t.relname) = 'm'",
    [["s", "v", "v", "SELECT m.id FROM s.m;"]]
  )

  static func columns(_ rows: [(String, String, Bool)]) -> FakeWarehouse.Answer {
    .rows(
      "as what",
      rows.map { ["column", $0.0, $0.1, $0.2 ? "true" : "false", "false", "1"] }
    )
  }

  static func temporary(_ rows: [(String, String)]) -> FakeWarehouse.Answer {
    .rows("pg_temp", rows.map { [$0.0, $0.1] })
  }

  static let incremental: PlainDictionary = [
    "materialized": "incremental", "unique_key": "ID",
  ]

  static let twoColumns: [FakeWarehouse.Answer] = [
    temporary([("id", "integer"), ("name", "text")]),
    columns([("id", "integer", false), ("name", "text", false)]),
  ]

  static let cases: [Case] = [
    Case("table_new", RunScenario(config: ["materialized": "table"])),
    Case(
      "table_design",
      RunScenario(
        sql: "select 1 as id -- last words",
        config: [
          "materialized": "table", "dist": "id", "sort": ["id", "b"], "sort_type": "compound",
          "backup": false,
        ]
      )
    ),
    Case(
      "table_auto",
      RunScenario(config: ["materialized": "table", "dist": "AUTO", "sort": "auto"])
    ),
    Case(
      "table_replace",
      RunScenario(
        sql: "\n\nselect 1 as id ;\n",
        config: ["materialized": "table", "dist": "all", "sort": "id"],
        existing: ["m": .table],
        preHooks: ["analyze s.x", "  "],
        postHooks: ["grant select on s.m to reader"]
      )
    ),
    Case(
      "table_leftovers",
      RunScenario(
        config: ["materialized": "table"],
        existing: ["m": .table, "m__redstart_new": .table, "m__redstart_old": .view]
      )
    ),
    Case(
      "table_instead_of_view",
      RunScenario(config: ["materialized": "table"], existing: ["m": .view])
    ),
    Case(
      "table_with_dependent",
      RunScenario(
        config: ["materialized": "table"],
        existing: ["m": .table, "v": .view],
        answers: [dependentView],
        others: [("v", ["m"], ["materialized": "view"])]
      )
    ),
    Case(
      "table_dependent_does_not_fit",
      RunScenario(
        config: ["materialized": "table"],
        existing: ["m": .table, "v": .view],
        answers: [.failure("SELECT m.id", "column m.id does not exist"), dependentView],
        others: [("v", ["m"], ["materialized": "view"])]
      )
    ),
    Case(
      "table_foreign_dependent",
      RunScenario(
        config: ["materialized": "table"],
        existing: ["m": .table],
        answers: [dependentView]
      )
    ),
    Case(
      "table_fails",
      RunScenario(
        config: ["materialized": "table"],
        existing: ["m": .table],
        answers: [.failure("create table", "division by zero")]
      )
    ),
    Case(
      "table_migrated",
      RunScenario(
        config: ["materialized": "table"],
        isMigrated: true,
        existing: ["m": .table],
        answers: [
          .rows("limit 0", [], columns: ["name", "id"]),
          .rows(
            "as what",
            [
              ["column", "id", "integer", "false", "false", "1"],
              ["column", "name", "character varying(9)", "false", "false", "2"],
              ["column", "loaded", "timestamp", "false", "true", "3"],
              ["constraint", "PRIMARY KEY (id)", nil, nil, nil, "10000"],
            ]
          ),
        ]
      )
    ),
    Case(
      "table_migrated_identity",
      RunScenario(
        config: ["materialized": "table"],
        isMigrated: true,
        existing: ["m": .table],
        answers: [
          temporary([("name", "text")]),
          columns([("id", "bigint", true), ("name", "text", false)]),
        ]
      )
    ),
    Case(
      "table_migrated_mismatch",
      RunScenario(
        config: ["materialized": "table"],
        isMigrated: true,
        existing: ["m": .table],
        answers: [
          .rows("limit 0", [], columns: ["id", "nmae"]),
          columns([("id", "integer", false), ("name", "text", false)]),
        ]
      )
    ),
    Case("table_not_migrated", RunScenario(config: ["materialized": "table"], isMigrated: true)),
    Case("view_new", RunScenario()),
    Case("view_replace_unbound", RunScenario(config: ["bind": false], existing: ["m": .view])),
    Case(
      "view_foreign_dependent",
      RunScenario(existing: ["m": .view], answers: [dependentView])
    ),
    Case(
      "view_foreign_dependent_other_columns",
      RunScenario(
        existing: ["m": .view],
        answers: [
          .failure("create or replace view", "cannot drop columns from view"), dependentView,
        ]
      )
    ),
    Case("view_instead_of_table", RunScenario(existing: ["m": .table])),
    Case("incremental_first", RunScenario(config: incremental)),
    Case(
      "incremental_full_refresh",
      RunScenario(config: incremental, existing: ["m": .table], isFullRefresh: true)
    ),
    Case(
      "incremental_delete_insert",
      RunScenario(config: incremental, existing: ["m": .table], answers: twoColumns)
    ),
    Case(
      "incremental_append",
      RunScenario(
        config: ["materialized": "incremental", "full_refresh": false],
        existing: ["m": .table],
        isFullRefresh: true,
        answers: twoColumns
      )
    ),
    Case(
      "incremental_merge",
      RunScenario(
        config: [
          "materialized": "incremental", "unique_key": ["id"], "incremental_strategy": "merge",
          "incremental_predicates": ["DBT_INTERNAL_DEST.id > 5"],
        ],
        existing: ["m": .table],
        answers: twoColumns
      )
    ),
    Case(
      "incremental_merge_duplicates",
      RunScenario(
        config: [
          "materialized": "incremental", "unique_key": ["id"], "incremental_strategy": "merge",
        ],
        existing: ["m": .table],
        answers: twoColumns + [.rows("having count(*)", [["7", "2"]])]
      )
    ),
    Case(
      "incremental_new_column",
      RunScenario(
        config: [
          "materialized": "incremental", "on_schema_change": "append_new_columns",
        ],
        existing: ["m": .table],
        answers: [
          temporary([("id", "integer"), ("name", "character varying(5)")]),
          columns([("id", "integer", false), ("old", "text", false)]),
        ]
      )
    ),
    Case(
      "incremental_sync_columns",
      RunScenario(
        config: ["materialized": "incremental", "on_schema_change": "sync_all_columns"],
        existing: ["m": .table],
        answers: [
          temporary([("id", "integer"), ("name", "character varying(5)")]),
          columns([("id", "integer", false), ("old", "text", false)]),
        ]
      )
    ),
    Case(
      "incremental_schema_changed",
      RunScenario(
        config: ["materialized": "incremental", "on_schema_change": "fail"],
        existing: ["m": .table],
        answers: [
          temporary([("id", "integer"), ("named", "text")]),
          columns([("id", "integer", false), ("name", "text", false)]),
        ]
      )
    ),
    Case(
      "incremental_unknown_strategy",
      RunScenario(config: ["materialized": "incremental", "incremental_strategy": "mergee"])
    ),
    Case(
      "copy_replace",
      RunScenario(
        sql: "copy s.m from 's3://b/k' iam_role default json 'auto'",
        config: ["materialized": "copy"],
        isMigrated: true,
        existing: ["m": .table],
        answers: [.rows("copy s.m", [], tag: "COPY 12")]
      )
    ),
    Case(
      "copy_append_fails",
      RunScenario(
        sql: "copy s.m from 's3://b/k' iam_role default json 'auto'",
        config: ["materialized": "copy", "load": "append"],
        isMigrated: true,
        existing: ["m": .table],
        answers: [.failure("copy s.m", "Load into table 'm' failed")]
      )
    ),
    Case(
      "copy_without_table",
      RunScenario(sql: "copy s.m from 's3://b/k'", config: ["materialized": "copy"])
    ),
    Case(
      "seed_new",
      RunScenario(
        kind: .seed,
        sql: "Id,name,rate,day,code\n1,O'Hara \\ Söhne,1.50,2024-01-31,007\n2,null,,,\n",
        config: ["column_types": ["code": "varchar(3)"]]
      )
    ),
    Case(
      "seed_replace",
      RunScenario(kind: .seed, sql: "id\n1\n", config: ["dist": "all"], existing: ["m": .table])
    ),
    Case(
      "seed_rejected",
      RunScenario(
        kind: .seed,
        sql: "id,code\n1,a\n2,bb\n",
        config: ["column_types": ["code": "super"]],
        answers: [
          .failure(
            "insert into",
            WarehouseError(kind: .statement, message: "invalid input", position: 54)
          )
        ]
      )
    ),
    Case(
      "seed_misfit",
      RunScenario(
        kind: .seed,
        sql: "id,code\n1,7\n2,bb\n",
        config: ["column_types": ["code": "integer"]],
        existing: ["m": .table]
      )
    ),
    Case(
      "seed_migrated",
      RunScenario(
        kind: .seed,
        sql: "id\n1\n",
        isMigrated: true,
        existing: ["m": .table],
        answers: [columns([("id", "integer", false)])]
      )
    ),
    Case(
      "test_passes",
      RunScenario(kind: .test, answers: [.rows("should_error", [["0", "f", "f"]])])
    ),
    Case(
      "test_fails",
      RunScenario(
        kind: .test,
        config: ["limit": 10],
        answers: [
          .rows("should_error", [["3", "t", "t"]]),
          .rows("limit 5", [["9", nil]], columns: ["id", "x"]),
        ]
      )
    ),
    Case(
      "test_warns",
      RunScenario(
        kind: .test,
        config: ["severity": "WARN", "warn_if": ">0", "fail_calc": "sum(n)"],
        answers: [.rows("should_error", [["1", "t", "t"]])]
      )
    ),
    Case("unknown_materialization", RunScenario(config: ["materialized": "tabel"])),
  ]

  @Test(arguments: cases)
  func sendsThis(_ row: Case) async throws {
    let outcome = try await row.scenario.run()
    var text = outcome.sent.map(abbreviate).joined(separator: "\n---\n")
    text += "\n=== \(outcome.report.exitCode)\n"
    for result in outcome.report.results { text += describe(result, outcome.buffers) }
    for event in outcome.events where event.hasPrefix("log") { text += event + "\n" }
    try expectGolden(text, row.golden)
  }

  @Test func catalogueQueriesSuitTheServer() throws {
    let name = RelationName(schema: "S", identifier: "m'")
    let queries = [
      RelationSnapshot.query(["a", "b"], .redshift), RelationColumns.query(name, .redshift),
      RelationColumns.query(name, .postgres), RelationColumns.temporaryQuery(name, .redshift),
      Dependents.query(name, .redshift), Dependents.query(name, .postgres),
    ]
    let text = queries.map(\.string).joined(separator: "\n---\n")
    try expectGolden(text + "\n", "catalogue_queries")
  }

  /// Catalogue queries are long, and have a golden of their own.
  private func abbreviate(_ sql: String) -> String {
    let name = sql.firstMatch(of: /relname\) = ('[^']*')/)?.output.1 ?? ""
    if sql.contains("pg_depend") { return "(views on \(name))" }
    if sql.contains("as what") { return "(columns and keys of \(name))" }
    if sql.contains("pg_temp") { return "(columns of \(name))" }
    return sql
  }

  private func describe(_ result: NodeResult, _ buffers: Buffers) -> String {
    var text = "\(result.id): \(result.status)"
    if let message = result.message { text += ": \(message)" }
    if let rows = result.rowsAffected { text += " (\(rows) rows)" }
    if let failures = result.failures { text += " (\(failures) failures)" }
    if let sample = result.sample { text += " \(sample.columns) \(sample.rows)" }
    text += "\n"
    for diagnostic in result.diagnostics {
      text += "\(diagnostic.severity)[\(diagnostic.code)]: \(diagnostic.message)\n"
      if let range = diagnostic.primary?.range {
        let origin = buffers.origin(of: range).range
        let position = buffers.position(of: origin)
        text += "  at \(buffers.name(of: origin.buffer)):\(position.line):\(position.column)\n"
      }
      text += diagnostic.notes.map { "  note: \($0)\n" }.joined()
      text += diagnostic.help.map { "  help: \($0)\n" }.joined()
    }
    return text
  }
}
