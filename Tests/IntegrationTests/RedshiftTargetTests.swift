import Diagnostics
import Foundation
import TestSupport
import Testing

/// The `redshift` target against a server that takes what Redshift takes.
@Suite struct RedshiftTargetTests {
  /// The example project with its `redshift` target led to a stand-in.
  private func withExample(
    kind: String = "provisioned",
    endpoint: String? = nil,
    authority: TestAuthority? = nil,
    _ body: (ProgramHarness, RedshiftStandIn) throws -> Void
  ) throws {
    let project = try ProgramHarness.example(named: "redshift-target")
    let server = try RedshiftStandIn(
      storage: endpoint == nil
        ? ["s3://udacity-dend": project.folder.path + "/data/sparkify"] : [:],
      endpoint: endpoint,
      kind: kind,
      certificate: try authority?.certificate(for: "localhost")
    )
    // Verified in full is what a target says that does not mention it.
    let target =
      authority.map { server.target(host: "localhost", "sslrootcert: \($0.path)") }
      ?? server.target
    let text = try project.folder.read("project.yml")
    let start = try #require(text.range(of: "  redshift:\n"))
    let end = try #require(text.range(of: "\nvars:\n"))
    try project.folder.write(
      "project.yml",
      text[..<start.upperBound] + "    \(target)\n    schema: sparkify\n    threads: 4\n"
        + text[end.lowerBound...]
    )
    try body(project, server)
    try server.stop()
  }

  private func counts(_ project: ProgramHarness, _ tables: [String]) throws -> [String: Int] {
    try ExampleTests.counts(tables) { try project.run($0 + ["--target", "redshift"]) }
  }

  @Test func theExampleRunsAsOnTheLocalWarehouse() throws {
    try withExample(authority: try TestAuthority()) { project, server in
      let debug = try project.run("debug", "--target", "redshift")
      #expect(debug.code == 0 && debug.output.contains("Redshift 1.0"), "\(debug.error)")
      #expect(debug.output.contains("the certificate and its name are verified"))
      let migrated = try project.run("migrate", "--target", "redshift")
      #expect(migrated.code == 0, "\(migrated.error)")
      let built = try project.run("build", "--target", "redshift")
      #expect(built.code == 0, "\(built.error)")
      let expected = try ExampleTests.expectedCounts(project)
      #expect(try counts(project, expected.keys.sorted()) == expected)
      let again = try project.run("migrate", "--target", "redshift")
      #expect(again.code == 0 && again.error.contains("nothing to apply"))
      #expect(try project.run("build", "--target", "redshift").code == 0)
      #expect(try counts(project, expected.keys.sorted()) == expected)
      for command in [["migrate", "status"], ["migrate", "history"], ["migrate", "diff"]] {
        let outcome = try project.run(command + ["--target", "redshift"])
        #expect(outcome.code == 0, "\(command): \(outcome.error)")
      }
      let advice = try project.run("advise", "--target", "redshift")
      #expect(advice.code == 0 && advice.output.contains("sparkify.songplays"), "\(advice.error)")
      #expect(try project.run("advise", "--target", "redshift", "-s", "songplays").code == 0)
      let docs = try project.run("docs", "generate", "--target", "redshift")
      #expect(docs.code == 0, "\(docs.error)")
      let catalog = try project.folder.read("target/catalog.json")
      #expect(catalog.contains("model.sparkify.daily_activity"))
      #expect(catalog.contains("AUTO(EVEN)"))
      let page = try project.folder.read("target/docs/model.sparkify.songplays.html")
      #expect(page.contains("next_song_events.start_time") && page.contains("timestamp without"))
      // What was sent is Redshift's SQL: the cluster reads the bucket itself.
      let statements = try server.statements
      #expect(
        statements.contains { $0.lowercased().hasPrefix("copy ") && $0.contains("s3://udacity") }
      )
      #expect(!statements.contains { $0.contains("FROM STDIN") })
      for secret in [RedshiftStandIn.password] {
        #expect(!(built.output + built.error + debug.output + debug.error).contains(secret))
      }
    }
  }

  /// What the example has none of: snapshots, sources with an age, operations.
  @Test func snapshotsSourcesAndOperationsRunAsOnTheLocalWarehouse() throws {
    try withExample { project, _ in
      try project.folder.write([
        "snapshots/levels.sql": ProgramHarness.levelsSnapshot,
        "models/sources.yml": """
        version: 2
        sources:
          - name: raw
            schema: sparkify
            freshness: { warn_after: { count: 1, period: day } }
            loaded_at_field: ts
            tables: [{ name: staging_events }]
        """,
        "macros/count_of.sql": """
        {% macro count_of(table) %}
          {% set found = run_query("select count(*) from sparkify." ~ table) %}
          {{ log(table ~ " has " ~ found.columns[0].values()[0], info=true) }}
        {% endmacro %}
        """,
      ])
      func run(_ words: String..., code: Int32 = 0) throws -> ProgramHarness.Outcome {
        let outcome = try project.run(words + ["--target", "redshift"])
        #expect(outcome.code == code, "\(words): \(outcome.output)\(outcome.error)")
        return outcome
      }
      _ = try run("migrate")
      _ = try run("seed")
      _ = try run("build")
      #expect(try run("test").error.contains("ERROR=0"))
      let users = try #require(try ExampleTests.expectedCounts(project)["users"])
      func versions(_ condition: String) throws -> String {
        try run(
          "show",
          "-q",
          "--output",
          "csv",
          "--inline",
          "select count(*) as n from sparkify.levels where \(condition)"
        ).output
      }
      #expect(try versions("dbt_valid_to is null") == "n\n\(users)\n")
      try project.folder.write(
        "macros/level_up.sql",
        """
        {% macro level_up() %}
          {% do run_query("begin; update sparkify.users set level = 'gold' where level = 'paid';"
            ~ " commit") %}
        {% endmacro %}
        """
      )
      _ = try run("run-operation", "level_up")
      _ = try run("snapshot")
      #expect(try versions("dbt_valid_to is null") == "n\n\(users)\n")
      #expect(try versions("level = 'gold' and dbt_valid_to is null") != "n\n0\n")
      #expect(
        try versions("level = 'gold'") == versions("level = 'paid' and dbt_valid_to is not null")
      )
      let fresh = try run("source", "freshness")
      #expect(fresh.error.contains("raw.staging_events"), "\(fresh.error)")
      let sources = try project.folder.read("target/sources.json")
      #expect(sources.contains(#""status":"warn""#) || sources.contains(#""status": "warn""#))
      let counted = try run("run-operation", "count_of", "--args", "{table: users}")
      #expect((counted.output + counted.error).contains("users has \(users)"))
      #expect(try run("docs", "generate").code == 0)
    }
  }

  /// dbt's source of truth where a source says nothing of its age.
  @Test func `the cluster knows when a source was written last`() throws {
    try withExample { project, _ in
      try project.folder.write([
        "models/sources.yml": """
        version: 2
        sources:
          - name: raw
            schema: sparkify
            freshness: {warn_after: {count: 1, period: hour}, error_after: {count: 9, period: day}}
            tables: [{name: staging_events}, {name: staging_songs}]
        """,
        "macros/wrote.sql": """
        {% macro wrote() %}
          {% do run_query("insert into redshift_catalog.query_details select oid::int, 'insert', "
            ~ "getdate() - interval '5 hours' from pg_class where relname = 'staging_events'") %}
          {% do run_query("insert into redshift_catalog.query_details select oid::int, 'scan', "
            ~ "getdate() from pg_class where relname = 'staging_events'") %}
        {% endmacro %}
        """,
      ])
      #expect(try project.run("migrate", "--target", "redshift").code == 0)
      let wrote = try project.run("run-operation", "wrote", "--target", "redshift")
      #expect(wrote.code == 0, "\(wrote.error)")
      let outcome = try project.run("source", "freshness", "--target", "redshift")
      #expect(outcome.code == 1, "\(outcome.error)")
      #expect(outcome.error.contains("sys_query_detail"), "\(outcome.error)")
      let text = try project.folder.read("target/sources.json")
      let results = try #require(
        try PlainValue(json: Array(text.utf8)).dictionary?["results"]?.list
      ).compactMap(\.dictionary)
      let status = results.reduce(into: [String: PlainValue]()) { all, result in
        all[result["unique_id"]?.string ?? ""] = result["status"]
      }
      #expect(status["source.sparkify.raw.staging_events"] == "warn")
      #expect(status["source.sparkify.raw.staging_songs"] == "runtime error")
    }
  }

  @Test func theClusterLoadsFromS3() throws {
    let bucket = try S3StandIn()
    defer { bucket.stop() }
    let data = ProgramHarness.repository.appendingPathComponent("data/sparkify").path
    try bucket.put(folder: data, at: "s3://udacity-dend/")
    try withExample(endpoint: bucket.address) { project, server in
      // Nothing on this machine could be loaded instead.
      try FileManager.default.removeItem(atPath: project.folder.path + "/data/sparkify")
      #expect(try project.run("migrate", "--target", "redshift").code == 0)
      let built = try project.run("build", "--target", "redshift")
      #expect(built.code == 0, "\(built.error)")
      let expected = try ExampleTests.expectedCounts(project)
      #expect(try counts(project, expected.keys.sorted()) == expected)
      #expect(bucket.requests.contains { $0.hasPrefix("GET /udacity-dend/log_data/2018/") })
      #expect(try server.statements.contains { $0.lowercased().hasPrefix("copy ") })
    }
  }

  @Test(arguments: ["provisioned", "serverless"])
  func theRecordsThatACopyCouldNotLoadAreShown(kind: String) throws {
    try withExample(kind: kind) { project, _ in
      #expect(try project.run("migrate", "--target", "redshift").code == 0)
      let folder = project.folder.path + "/data/sparkify/log_data/2018/11"
      let file = try #require(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().first
      )
      let path = "data/sparkify/log_data/2018/11/\(file)"
      let text = try project.folder.read(path)
      try project.folder.write(path, text + "{\"ts\":\"not a number\",\"page\":\"NextSong\"}\n")
      let outcome = try project.run("run", "--target", "redshift", "--select", "staging_events")
      #expect(outcome.code == 1)
      for words in ["error[load-error]", file, "column \"ts\"", "error 1206", "Load into table"] {
        #expect(outcome.error.contains(words), "\(words): \(outcome.error)")
      }
      // Workgroups do not keep the values.
      #expect(outcome.error.contains("not a number") == (kind == "provisioned"))
    }
  }

  @Test func queriesCarryTheirGroup() throws {
    try withExample { project, server in
      #expect(try project.run("migrate", "--target", "redshift").code == 0)
      #expect(try project.run("run", "--target", "redshift", "-s", "+users").code == 0)
      #expect(try server.statements.contains { $0.hasPrefix("SET query_group TO 'redstart:") })
      let text = try project.folder.read("project.yml")
      try project.folder.write(
        "project.yml",
        text.replacing("sslmode: disable", with: "sslmode: disable\n    query_group: nightly")
          .replacing(
            "  sparkify:\n    staging:",
            with: "  sparkify:\n    +query_group: it's\n    staging:"
          )
      )
      #expect(try project.run("run", "--target", "redshift", "-s", "users").code == 0)
      let sent = try server.statements.filter { $0.lowercased().contains("query_group") }.suffix(4)
      #expect(sent.contains("SET query_group TO 'nightly'"), "\(sent)")
      #expect(sent.contains("set query_group to 'it''s'"), "\(sent)")
      #expect(sent.last == "set query_group to 'nightly'")
    }
  }

  @Test func tablesAreLookedAfterAsConfigured() throws {
    try withExample { project, server in
      let text = try project.folder.read("project.yml")
      try project.folder.write(
        "project.yml",
        text.replacing(
          "  sparkify:\n    staging:",
          with: "  sparkify:\n    +analyze: auto\n    staging:\n      +vacuum: delete_only"
        )
      )
      #expect(try project.run("migrate", "--target", "redshift").code == 0)
      try server.fail("refuse", at: "vacuum delete only \"sparkify\".\"staging_songs\"")
      let first = try project.run("run", "--target", "redshift", "-s", "+songs")
      #expect(first.code == 0, "\(first.error)")
      for words in ["warning[not-maintained]", "VACUUM is running", "the rows are in place"] {
        #expect(first.error.contains(words), "\(words): \(first.error)")
      }
      #expect(try server.hasFailedAsAsked)
      // Nobody had gathered statistics of what was loaded.
      let loaded = "analyze \"sparkify\".\"staging_songs\" predicate columns"
      #expect(try server.statements.count { $0 == loaded } == 1)
      let again = try project.run("run", "--target", "redshift", "-s", "+songs")
      #expect(again.code == 0 && !again.error.contains("not-maintained"), "\(again.error)")
      let vacuum = "vacuum delete only \"sparkify\".\"staging_songs\""
      #expect(try server.statements.count { $0 == vacuum } == 2)
      #expect(try server.statements.count { $0 == loaded } == 1)
    }
  }

  @Test func adviceNamesWhatMovesBetweenNodes() throws {
    try withExample { project, _ in
      #expect(try project.run("migrate", "--target", "redshift").code == 0)
      #expect(try project.run("build", "--target", "redshift").code == 0)
      let plan = try project.run("advise", "--target", "redshift", "-s", "songplays")
      #expect(plan.code == 0, "\(plan.error)")
      for words in ["Join DS_BCAST_INNER", "is copied to every node", "DISTSTYLE ALL"] {
        #expect(plan.output.contains(words), "\(words): \(plan.output)")
      }
      let json = try project.run(
        "advise",
        "--target",
        "redshift",
        "-s",
        "songplays",
        "--output",
        "json"
      )
      #expect(json.output.contains(#""attribute": "DS_BCAST_INNER""#), "\(json.output)")
      let tables = try project.run("advise", "--target", "redshift")
      #expect(tables.output.contains("there are no statistics"), "\(tables.output)")
      let sql = try project.run("advise", "--target", "redshift", "--output", "sql")
      #expect(
        sql.output.split(separator: "\n").contains("ANALYZE \"sparkify\".\"staging_events\";"),
        "\(sql.output)"
      )
    }
  }

  @Test func conflictsWithOtherTransactionsAreTriedAgain() throws {
    try withExample { project, server in
      try server.fail("conflict", at: "create table sparkify.songplays")
      let migrated = try project.run("migrate", "--target", "redshift")
      #expect(migrated.code == 0, "\(migrated.error)")
      #expect(try server.hasFailedAsAsked)
      #expect(try project.run("build", "--target", "redshift").code == 0)
      try server.fail("conflict", at: "insert into \"sparkify\".\"songplays\"")
      let loaded = try project.run("run", "--target", "redshift", "--select", "songplays")
      #expect(loaded.code == 0, "\(loaded.error)")
      #expect(try server.hasFailedAsAsked)
      try server.fail("oid", at: "rename to \"users\"")
      let built = try project.run("build", "--target", "redshift")
      #expect(built.code == 0, "\(built.error)")
      #expect(try server.hasFailedAsAsked)
    }
  }

  @Test func aConnectionLostInACommitIsLookedInto() throws {
    try withExample { project, server in
      try server.fail("lose-after", at: "commit")
      let lost = try project.run("migrate", "--target", "redshift")
      #expect(lost.code == 1 || lost.code == 0, "\(lost.error)")
      #expect(try server.hasFailedAsAsked)
      let again = try project.run("migrate", "--target", "redshift")
      #expect(again.code == 0, "\(again.error)")
      #expect(try project.run("build", "--target", "redshift").code == 0)
      let expected = try ExampleTests.expectedCounts(project)
      #expect(try counts(project, expected.keys.sorted()) == expected)
    }
  }
}
