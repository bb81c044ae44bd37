import Foundation
import TestSupport
import Testing

/// The project at the root of the repository, from an empty folder to the star schema.
@Suite(.serialized) struct ExampleTests {
  /// What an independent script, which knows no SQL, computed from the sample data.
  static func expectedCounts(_ project: ProgramHarness) throws -> [String: Int] {
    let data = try Data(contentsOf: URL(fileURLWithPath: project.folder.path + "/data/expected.json"))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(object["rows"] as? [String: Int])
  }

  static func counts(_ project: ProgramHarness, _ tables: [String]) throws -> [String: Int] {
    let query = tables.map { "select '\($0)' as name, count(*) as rows from sparkify.\"\($0)\"" }
      .joined(separator: " union all ")
    let outcome = try project.run("show", "-q", "--output", "json", "--limit", "-1", "--inline", query)
    #expect(outcome.code == 0, "\(outcome.error)")
    let rows = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]]
    var counts: [String: Int] = [:]
    for row in rows ?? [] {
      if let name = row["name"] as? String { counts[name] = row["rows"] as? Int }
    }
    return counts
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
    #expect(try project.run("run").code == 0)
    let before = try Self.counts(project, ["staging_events", "songplays"])
    let folder = project.folder.path + "/data/sparkify/log_data/2018/11"
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).sorted().first)
    let path = "data/sparkify/log_data/2018/11/\(file)"
    let text = try project.folder.read(path)
    try project.folder.write(path, text + "\n{\"ts\":\"not a number\",\"page\":\"NextSong\"}\n")
    let outcome = try project.run("run")
    #expect(outcome.code == 1)
    #expect(outcome.error.contains(file) && outcome.error.contains("not a number"))
    #expect(outcome.error.contains("load-error"))
    #expect(try Self.counts(project, ["staging_events", "songplays"]) == before)
    let recorded = try project.run(
      "show", "-q", "--output", "csv", "--inline",
      "select error_code, raw_field_value from redstart.load_errors"
    )
    #expect(recorded.output.contains("not a number"))
  }
}
