import Diagnostics
import Foundation
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import Testing
import WarehouseClient

@testable import Execution

/// What the SQL does on a real server.
@Suite(.serialized) struct PostgresRunTests {
  private struct Database {
    let warehouse: PostgresWarehouse
    let session: any WarehouseSession

    func existing() async throws -> [String: ExistingRelations.Kind] {
      let result = try await session.execute(
        "select relname, relkind from pg_class where relnamespace = 's'::regnamespace"
      )
      var found: [String: ExistingRelations.Kind] = [:]
      for row in result.rows {
        if row[1] == "r" { found[row[0] ?? ""] = .table }
        if row[1] == "v" { found[row[0] ?? ""] = .view }
      }
      return found
    }

    /// Runs a scenario and returns its first result.
    @discardableResult
    func run(_ scenario: RunScenario) async throws -> [NodeResult] {
      var scenario = scenario
      scenario.existing = try await existing()
      let report = try await scenario.prepare(on: warehouse).runner.run()
      for result in report.results where result.status.isFailure {
        Issue.record("\(result.id): \(result.diagnostics)")
      }
      return report.results
    }

    func value(_ sql: String) async throws -> String? {
      try await session.execute(sql).rows.first?.first ?? nil
    }
  }

  private func withDatabase(
    isVerbatim: Bool = false,
    _ body: (Database) async throws -> Void
  ) async throws {
    let folder = "/tmp/redstart-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let server = LocalServer(
      projectRoot: folder,
      environment: ProcessInfo.processInfo.environment
    )
    func remove() async {
      try? await server.reset()
      try? FileManager.default.removeItem(atPath: folder)
    }
    do {
      let lease = try await server.acquire()
      let warehouse = PostgresWarehouse(
        settings: lease.settings,
        dialect: .postgres,
        isVerbatim: isVerbatim
      )
      let session = try await warehouse.connect()
      _ = try await session.execute("create schema s")
      try await body(Database(warehouse: warehouse, session: session))
      await session.close()
      await lease.release()
    } catch {
      await remove()
      throw error
    }
    await remove()
  }

  /// As dbt's adapter for PostgreSQL has them.
  @Test func seedsOfPostgresProjectsHaveItsTypes() async throws {
    try await withDatabase(isVerbatim: true) { database in
      let long = String(repeating: "x", count: 70_000)
      let rows = "Id,name,rate,day,ok\n1,O'Hara,1.5,2024-01-31,true\n2,\(long),2,,false\n"
      try await database.run(RunScenario(kind: .seed, sql: rows))
      let types = try await database.session.execute(
        """
        select column_name, data_type from information_schema.columns
        where table_schema = 's' and table_name = 'm' order by ordinal_position
        """
      )
      #expect(
        types.rows == [
          ["Id", "integer"], ["name", "text"], ["rate", "double precision"], ["day", "date"],
          ["ok", "boolean"],
        ]
      )
      #expect(try await database.value("select max(length(name)) from s.m") == "70000")
    }
  }

  @Test func `names of a seed's columns keep their case unless quote_columns is off`() async throws
  {
    try await withDatabase(isVerbatim: true) { database in
      let rows = "Id,ID\n1,2\n"
      let types: PlainDictionary = ["column_types": ["id": "text", "ID": "bigint"]]
      try await database.run(RunScenario(kind: .seed, sql: rows, config: types))
      let type = "select pg_typeof(\"Id\") || ' ' || pg_typeof(\"ID\") from s.m"
      #expect(try await database.value(type) == "integer bigint")
      #expect(try await database.value("select \"Id\" + \"ID\" from s.m") == "3")
      let off: PlainDictionary = ["quote_columns": false, "column_types": ["id": "text"]]
      try await database.run(RunScenario(name: "off", kind: .seed, sql: "Id\n1\n", config: off))
      #expect(try await database.value("select pg_typeof(id) from s.off") == "integer")
      let blanks = RunScenario(name: "blanks", kind: .seed, sql: "id, Name\n1,2\n", config: off)
      try await database.run(blanks)
      #expect(try await database.value("select name from s.blanks") == "2")
    }
  }

  @Test func `a name that PostgreSQL would cut off is refused, as dbt refuses it`() async throws {
    try await withDatabase(isVerbatim: true) { database in
      let long = String(repeating: "n", count: 64)
      let scenario = RunScenario(name: long, sql: "select 1 as id")
      let report = try await scenario.prepare(on: database.warehouse).runner.run()
      #expect(report.results.first?.diagnostics.first?.code == "name-too-long")
    }
  }

  @Test func everyMaterializationWorks() async throws {
    try await withDatabase { database in
      // A view on a table survives the table's replacement, whatever becomes of its columns.
      let pair = RunScenario(
        sql: "select 1 as id",
        config: ["materialized": "table"],
        others: [("v", ["m"], ["materialized": "view"])]
      )
      try await database.run(pair)
      _ = try await database.session.execute(
        "create or replace view s.v as select id from s.m"
      )
      try await database.run(
        RunScenario(sql: "select 2 as id", config: ["materialized": "table"], others: pair.others)
      )
      #expect(try await database.value("select id from s.m") == "2")
      try await database.run(
        RunScenario(name: "v", sql: "select id from s.m", existing: [:])
      )
      try await database.run(
        RunScenario(
          sql: "select 3 as other",
          config: ["materialized": "table"],
          others: pair.others
        )
      )
      #expect(try await database.value("select other from s.m") == "3")

      // Incremental models.
      for (strategy, expected) in [("delete+insert", "1,2,3"), ("merge", "1,2,3")] {
        let config: PlainDictionary = [
          "materialized": "incremental", "unique_key": "id",
          "incremental_strategy": .string(strategy),
        ]
        for (one, other) in [(1, 2), (2, 3)] {
          try await database.run(
            RunScenario(
              name: "i",
              sql: "select \(one) as id, 'x' as n union all select \(other), 'x'",
              config: config
            )
          )
        }
        let found = try await database.value(
          "select string_agg(id::text, ',' order by id) from s.i"
        )
        #expect(found == expected)
        _ = try await database.session.execute("drop table s.i")
      }

      // Tables that migrations own keep their keys; identities go on counting.
      _ = try await database.session.execute(
        """
        create table s.k (id int primary key, name varchar(9), at timestamp default now());
        create table s.n (id bigint generated always as identity, name text)
        """
      )
      for _ in 0..<2 {
        try await database.run(
          RunScenario(
            name: "k",
            sql: "select 'a' as name, 1 as id",
            config: ["materialized": "table"],
            isMigrated: true
          )
        )
        try await database.run(
          RunScenario(
            name: "n",
            sql: "select 'a' as name",
            config: ["materialized": "table"],
            isMigrated: true
          )
        )
      }
      let keys = "select count(*) from pg_constraint where conrelid = 's.k'::regclass"
      #expect(try await database.value(keys) == "1")
      #expect(try await database.value("select id from s.n") == "2")

      // Seeds, and nothing is left over.
      for _ in 0..<2 {
        try await database.run(
          RunScenario(name: "d", kind: .seed, sql: "Id,name\n1,O'Hara\\\n2,\n")
        )
      }
      #expect(try await database.value("select name from s.d where id = 1") == "O'Hara\\")
      let left =
        "select string_agg(relname, ',') from pg_class where relname like '%redstart%' and relkind in ('r', 'v')"
      #expect(try await database.value(left + " and relnamespace = 's'::regnamespace") == nil)
    }
  }

  /// Each replacement remakes the view while the others look for the views on their tables.
  @Test func tablesUnderOneViewAreReplacedAtOnce() async throws {
    try await withDatabase { database in
      let table: PlainDictionary = ["materialized": "table"]
      var scenario = RunScenario(config: table)
      scenario.others = [("a", [], table), ("b", [], table), ("c", [], table)]
      scenario.others.append(("v", ["m", "a", "b", "c"], ["materialized": "view"]))
      scenario.threads = 4
      for _ in 0..<25 {
        try await database.run(scenario)
        _ = try await database.session.execute(
          "create or replace view s.v as select m.id from s.m, s.a, s.b, s.c"
        )
      }
      #expect(try await database.existing().keys.sorted() == ["a", "b", "c", "m", "v"])
    }
  }

  /// Without statistics the next model's joins are planned for one row, and take minutes.
  @Test func tablesAreAnalysedWhenFilled() async throws {
    try await withDatabase { database in
      let rows = "select g as id from generate_series(1, 1000) g"
      let estimate = "select reltuples::int from pg_class where oid = 's.m'::regclass"
      try await database.run(RunScenario(sql: rows, config: ["materialized": "table"]))
      #expect(try await database.value(estimate) == "1000")

      // Rows replaced in place leave no room behind that is not used again.
      let size = "select pg_relation_size('s.m')"
      for _ in 0..<4 {
        try await database.run(
          RunScenario(
            sql: rows,
            config: [
              "materialized": "incremental", "unique_key": "id",
              "incremental_strategy": "delete+insert",
            ]
          )
        )
      }
      #expect(try await database.value(estimate) == "1000")
      let pages = Int(try await database.value(size) ?? "")
      #expect(try #require(pages) <= 3 * 5 * 8192)

      // A transaction of the project's own is not disturbed.
      var wrapped = RunScenario(name: "w", sql: rows, config: ["materialized": "table"])
      wrapped.preHooks = ["begin"]
      wrapped.postHooks = ["commit"]
      try await database.run(wrapped)
      #expect(try await database.value("select count(*) from s.w") == "1000")
    }
  }

  @Test(.timeLimit(.minutes(1))) func cancellationReachesTheServer() async throws {
    try await withDatabase { database in
      try await database.run(RunScenario(config: ["materialized": "table"]))
      var scenario = RunScenario(
        sql: "select count(*) as id from svv_columns a, svv_columns b, svv_columns c",
        config: ["materialized": "table"]
      )
      scenario.existing = try await database.existing()
      let runner = try scenario.prepare(on: database.warehouse).runner
      let task = Task { try await runner.run() }
      let isRunning = "select count(*) from pg_stat_activity where query like '%svv_columns c%'"
      while try await database.value(isRunning + " and pid <> pg_backend_pid()") == "0" {}
      task.cancel()
      let report = try await task.value
      #expect(report.results.map(\.status) == [.cancelled])
      #expect(try await database.value("select id from s.m") == "1")
      #expect(try await database.existing().keys.sorted() == ["m"])
    }
  }
}
