import Foundation
import TestSupport
import Testing

/// The `redshift` target against a server that takes what Redshift takes.
@Suite struct RedshiftTargetTests {
  /// The example project with its `redshift` target led to a stand-in.
  private func withExample(
    kind: String = "provisioned",
    endpoint: String? = nil,
    _ body: (ProgramHarness, RedshiftStandIn) throws -> Void
  ) throws {
    let project = try ProgramHarness.example(named: "redshift-target")
    let server = try RedshiftStandIn(
      storage: endpoint == nil
        ? ["s3://udacity-dend": project.folder.path + "/data/sparkify"] : [:],
      endpoint: endpoint,
      kind: kind
    )
    let text = try project.folder.read("project.yml")
    let start = try #require(text.range(of: "  redshift:\n"))
    let end = try #require(text.range(of: "\nvars:\n"))
    try project.folder.write(
      "project.yml",
      text[..<start.upperBound] + "    \(server.target)\n    schema: sparkify\n    threads: 4\n"
        + text[end.lowerBound...]
    )
    try body(project, server)
    try server.stop()
  }

  private func counts(_ project: ProgramHarness, _ tables: [String]) throws -> [String: Int] {
    try ExampleTests.counts(tables) { try project.run($0 + ["--target", "redshift"]) }
  }

  @Test func theExampleRunsAsOnTheLocalWarehouse() throws {
    try withExample { project, server in
      let debug = try project.run("debug", "--target", "redshift")
      #expect(debug.code == 0 && debug.output.contains("Redshift 1.0"), "\(debug.error)")
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
