import Foundation
import ProjectModel
import TestSupport
import Testing

/// The project at the root of the repository, from an empty folder to the star schema.
@Suite(.serialized) struct ExampleTests {
  /// What an independent script, which knows no SQL, computed from the sample data.
  static func expectedCounts(_ project: ProgramHarness) throws -> [String: Int] {
    let data = try Data(
      contentsOf: URL(fileURLWithPath: project.folder.path + "/data/expected.json")
    )
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(object["rows"] as? [String: Int])
  }

  static func expectedDigests(_ project: ProgramHarness) throws -> [String: String] {
    let data = try Data(
      contentsOf: URL(fileURLWithPath: project.folder.path + "/data/expected.json")
    )
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(object["digests"] as? [String: String])
  }

  static func counts(_ project: ProgramHarness, _ tables: [String]) throws -> [String: Int] {
    try counts(tables) { try project.run($0) }
  }

  /// The rows of tables, asked for by whatever way a test runs the program.
  static func counts(
    _ tables: [String],
    _ run: ([String]) throws -> ProgramHarness.Outcome
  ) throws -> [String: Int] {
    let query = tables.map { "select '\($0)' as name, count(*) as rows from sparkify.\"\($0)\"" }
      .joined(separator: " union all ")
    let outcome = try run(
      ["show", "-q", "--output", "json", "--limit", "-1", "--inline", query]
    )
    #expect(outcome.code == 0, "\(outcome.error)")
    let rows = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
    var counts: [String: Int] = [:]
    for row in rows ?? [] {
      if let name = row["name"] as? String { counts[name] = row["rows"] as? Int }
    }
    return counts
  }

  /// SHA-256 of some columns of a table, computed as the independent script does: values separated
  /// by tabs, NULL as `\N`, moments as milliseconds, rows sorted by their bytes.
  static func digest(_ project: ProgramHarness, _ table: String, _ columns: [String]) throws
    -> String
  {
    let expressions = columns.map {
      $0 == "start_time" ? "(extract(epoch from start_time) * 1000)::bigint" : "\"\($0)\""
    }
    let outcome = try project.run([
      "local", "psql", "--", "-At", "-F", "\t", "-P", "null=\\N", "-R", "\u{1E}", "-c",
      "select \(expressions.joined(separator: ", ")) from sparkify.\"\(table)\"",
    ])
    #expect(outcome.code == 0, "\(outcome.error)")
    // A value may hold line feeds, so rows are separated by another character.
    let lines = outcome.output.dropLast().split(separator: "\u{1E}").map { Array($0.utf8) }
      .sorted { $0.lexicographicallyPrecedes($1) }
    return Checksum.sha256(lines.flatMap { $0 + [UInt8(ascii: "\n")] })
  }

  /// Whether every table holds what the independent script computed.
  static func checkDigests(_ project: ProgramHarness) throws {
    for (name, expected) in try expectedDigests(project) {
      let parts = name.dropLast().split(separator: "(")
      let columns = parts[1].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      let digest = try digest(project, String(parts[0]), columns)
      #expect(digest == expected, "\(name)")
    }
  }

  static func fingerprint(_ project: ProgramHarness) throws -> String {
    let query = """
      select md5(listagg(t.line, '|') within group (order by t.line)) as fingerprint from (
        select songplay_id || nvl(song_id, '') || nvl(artist_id, '') || level as line
        from {{ ref('songplays') }}
        union all
        select user_id::varchar || level || first_name || last_name from {{ ref('users') }}
      ) t
      """
    return try project.run("show", "-q", "--output", "csv", "--inline", query).output
  }

  @Test func buildsTheStarSchemaTwiceAlike() throws {
    let project = try ProgramHarness.example()
    defer { project.stopServer() }
    let migrated = try project.run("migrate")
    #expect(migrated.code == 0, "\(migrated.error)")
    let built = try project.run("build")
    #expect(built.code == 0, "\(built.error)")
    let expected = try Self.expectedCounts(project)
    let tables = expected.keys.sorted()
    #expect(try Self.counts(project, tables) == expected)
    try Self.checkDigests(project)
    let before = try Self.fingerprint(project)

    let again = try project.run("migrate")
    #expect(again.code == 0 && again.error.contains("nothing to apply"))
    #expect(try project.run("build").code == 0)
    #expect(try Self.counts(project, tables) == expected)
    #expect(try Self.fingerprint(project) == before)
    #expect(try project.run("run", "--full-refresh").code == 0)
    #expect(try Self.counts(project, tables) == expected)
    #expect(try Self.fingerprint(project) == before)
  }

  @Test func aBadRecordFailsTheLoadAndLeavesTheTable() throws {
    let project = try ProgramHarness.example()
    defer { project.stopServer() }
    #expect(try project.run("migrate").code == 0)
    #expect(try project.run("build").code == 0)
    let before = try Self.counts(project, ["staging_events", "songplays"])
    let none = try project.run(
      "show",
      "-q",
      "--output",
      "csv",
      "--inline",
      "select count(*) as n from redstart.load_errors"
    )
    #expect(none.output == "n\n0\n", "\(none.error)")
    let folder = project.folder.path + "/data/sparkify/log_data/2018/11"
    let file = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted().first
    )
    let path = "data/sparkify/log_data/2018/11/\(file)"
    let text = try project.folder.read(path)
    try project.folder.write(path, text + "\n{\"ts\":\"not a number\",\"page\":\"NextSong\"}\n")
    let outcome = try project.run("run")
    #expect(outcome.code == 1)
    #expect(outcome.error.contains(file) && outcome.error.contains("not a number"))
    #expect(outcome.error.contains("load-error"))
    #expect(try Self.counts(project, ["staging_events", "songplays"]) == before)
    let recorded = try project.run(
      "show",
      "-q",
      "--output",
      "csv",
      "--inline",
      "select error_code, raw_field_value from redstart.load_errors"
    )
    #expect(recorded.output.contains("not a number"))
  }

  @Test func memoryStaysFlatHoweverLargeTheInput() throws {
    let project = try ProgramHarness.project([
      "project.yml": """
      name: load
      version: "1.0"
      targets:
        local: { type: local, schema: load, s3: { "s3://bucket": data } }
      models: { load: { +materialized: copy } }
      """,
      "migrations/V1__table.sql": """
      create schema load;
      create table load.events (a integer, b varchar(99));
      create table load.few (a integer, b varchar(99));
      """,
      "models/events.sql": "copy {{ this }} from 's3://bucket/in' iam_role default json 'auto'",
      "models/few.sql": "copy {{ this }} from 's3://bucket/few' iam_role default json 'auto'",
    ])
    defer { project.stopServer() }
    let line = "{\"a\":123456,\"b\":\"\(String(repeating: "text ", count: 18))\"}\n"
    let part = String(repeating: line, count: 10_000)
    try project.folder.write("data/few/0.json", part)
    for number in 0..<64 { try project.folder.write("data/in\(number / 8)/\(number).json", part) }
    #expect(try project.run("migrate").code == 0)
    func peak(loading model: String) throws -> Int {
      let process = try project.start(["run", "-s", model])
      var peak = 0
      while process.isRunning {
        peak = max(peak, Self.peakMemory(of: process.processIdentifier))
        usleep(5000)
      }
      #expect(process.terminationStatus == 0)
      return peak
    }
    let few = try peak(loading: "few")
    let all = try peak(loading: "events")
    let rows = try project.run(
      "show",
      "-q",
      "--output",
      "csv",
      "--inline",
      "select count(*) from load.events"
    )
    #expect(rows.output.contains("640000"))
    // The input is 75 MB, 64 times as much. What the program takes for itself, its own text among it,
    // grows with the program.
    #expect(few > 0 && all - few < 15_000, "\(few) kB for one file, \(all) kB for all")
  }

  /// The most memory that a process has held so far, in kB.
  private static func peakMemory(of process: Int32) -> Int {
    let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }
}
