import Foundation
import TestSupport
import Testing

/// Loading and unloading of S3 itself, on a target that maps no folder.
@Suite(.serialized, .scenarioServer) struct S3LoadTests {
  private static let data = ProgramHarness.repository.appendingPathComponent("data/sparkify").path

  /// The example without the mapping of its local target, and without its data.
  private func withExample(_ body: (ProgramHarness, S3StandIn) throws -> Void) throws {
    let bucket = try S3StandIn(pageSize: 3)
    defer { bucket.stop() }
    try bucket.put(folder: Self.data, at: "s3://udacity-dend/")
    let project = try ProgramHarness.example(named: "from-s3", environment: bucket.environment)
    defer { project.stopServer() }
    let text = try project.folder.read("project.yml")
    let start = try #require(text.range(of: "    s3:\n"))
    let end = try #require(text.range(of: "\n  # A PostgreSQL server of your own"))
    try project.folder.write(
      "project.yml",
      String(text[..<start.lowerBound]) + String(text[end.lowerBound...])
    )
    try FileManager.default.removeItem(atPath: project.folder.path + "/data/sparkify")
    #expect(try project.run("migrate").code == 0)
    try body(project, bucket)
  }

  private func rows(_ project: ProgramHarness, _ query: String) throws -> String {
    let outcome = try project.run("show", "-q", "--output", "csv", "--inline", query)
    #expect(outcome.code == 0, "\(outcome.error)")
    return outcome.output
  }

  @Test func theExampleIsBuiltAsFromFiles() throws {
    try withExample { project, bucket in
      let file = "s3://udacity-dend/log_json_path.json"
      #expect(bucket.objects[file] != nil)
      let large = try #require(
        bucket.objects.filter { $0.key.contains("/log_data/") }
          .max { $0.value.count < $1.value.count }
      )
      bucket.cut(large.key, after: large.value.count / 2, times: 2)
      let built = try project.run("build")
      #expect(built.code == 0, "\(built.error)")
      let expected = try ExampleTests.expectedCounts(project)
      #expect(try ExampleTests.counts(project, expected.keys.sorted()) == expected)
      try ExampleTests.checkDigests(project)
      #expect(bucket.requests.contains { $0.hasPrefix("GET ") && $0.contains("@") })
      let events = bucket.objects.filter { $0.key.contains("/log_data") }
      let history = try rows(
        project,
        """
        select table_name, data_source, file_format, status, source_file_count, source_file_bytes,
          loaded_rows, error_count, error_message is null as clean
        from redstart.load_history where data_source like '%log_data'
        """
      )
      let bytes = events.values.reduce(0) { $0 + $1.count }
      let count = expected["staging_events"] ?? 0
      #expect(
        history.contains(
          "s3://udacity-dend/log_data,json,completed,\(events.count),\(bytes),\(count),0,t"
        ),
        "\(history)"
      )
      #expect(!(built.output + built.error).contains(S3StandIn.secret))
    }
  }

  @Test func problemsPointAtTheStatement() throws {
    try withExample { project, bucket in
      func outcome(_ prefix: String, _ region: String = "us-west-2") throws -> String {
        let vars = "{log_data: \"\(prefix)\", region: \(region)}"
        let outcome = try project.run("run", "-s", "staging_events", "--vars", vars)
        #expect(outcome.code == 1)
        #expect(outcome.error.contains("models/staging/staging_events.sql:"), "\(outcome.error)")
        return outcome.error
      }
      #expect(try outcome("s3://no-such-bucket/x").contains("error[bucket-not-found]"))
      let denied = try outcome("s3://denied/x")
      #expect(denied.contains("error[access-denied]") && denied.contains("s3:ListBucket"))
      #expect(try outcome("s3://udacity-dend/nothing").contains("error[copy-no-objects]"))
      bucket.place(bucket: "udacity-dend", in: "eu-west-1")
      let region = try outcome("s3://udacity-dend/log_data")
      #expect(region.contains("error[wrong-region]") && region.contains("REGION 'eu-west-1'"))
      bucket.place(bucket: "udacity-dend", in: "us-west-2")
      let key = try #require(bucket.objects.keys.sorted().first { $0.contains("/log_data/") })
      bucket.damage(key)
      let damaged = try outcome("s3://udacity-dend/log_data")
      #expect(damaged.contains("error[object-damaged]") && damaged.contains(key))
      let history = try rows(
        project,
        "select error_message from redstart.load_history where status = 'aborted'"
      )
      #expect(history.contains("no permission for s3:ListBucket"), "\(history)")
      #expect(history.contains("came damaged"))
    }
  }

  @Test(arguments: ["local", "postgres"])
  func whatIsUnloadedCanBeLoadedAgain(target: String) throws {
    let socket = try #require(ScenarioServer.socket)
    let server =
      target == "local"
      ? "" : ", host: \"\(socket)\", user: redstart, password: \"-\", database: dev"
    let bucket = try S3StandIn()
    defer { bucket.stop() }
    bucket.put("s3://lake/in/a.csv", Array("1,one\n2,two\n".utf8))
    let project = try ProgramHarness.project(
      [
        "project.yml": """
        name: there_and_back
        version: "1.0"
        targets:
          here: { type: \(target), schema: lake\(server) }
        target: here
        migrations: { path: migrations }
        """,
        "migrations/V1__tables.sql": """
        create schema if not exists lake;
        create table lake.first (id int, name varchar(10));
        create table lake.second (id int, name varchar(10));
        """,
        "models/first.sql": """
        {{ config(materialized='copy', load='replace', post_hook="unload ('select * from lake.first')
          to 's3://lake/out/part_' iam_role default csv gzip manifest " ~ var('how', '')) }}
        copy {{ this }} from 's3://lake/in/' iam_role default csv
        """,
        "models/second.sql": """
        {{ config(materialized='copy', load='replace') }}
        -- depends_on: {{ ref('first') }}
        copy {{ this }} from 's3://lake/out/part_manifest' iam_role default csv gzip manifest
        """,
      ],
      environment: bucket.environment
    )
    defer { project.stopServer() }
    #expect(try project.run("migrate").code == 0)
    let first = try project.run("run")
    #expect(first.code == 0, "\(first.error)")
    let written = bucket.objects.keys.filter { $0.hasPrefix("s3://lake/out/") }.sorted()
    #expect(
      written == ["s3://lake/out/part_0000_part_00.gz", "s3://lake/out/part_manifest"],
      "\(first.error)"
    )
    #expect(try rows(project, "select * from lake.second order by 1") == "id,name\n1,one\n2,two\n")
    let again = try project.run("run")
    #expect(again.code == 1 && again.error.contains("error[unload-exists]"), "\(again.error)")
    bucket.put("s3://lake/out/part_old", [1])
    #expect(try project.run("run", "--vars", "{how: allowoverwrite}").code == 0)
    #expect(bucket.objects["s3://lake/out/part_old"] != nil)
    #expect(try project.run("run", "--vars", "{how: cleanpath}").code == 0)
    #expect(bucket.objects["s3://lake/out/part_old"] == nil)
    #expect(bucket.objects.keys.count { $0.hasPrefix("s3://lake/out/") } == 2)
  }
}
