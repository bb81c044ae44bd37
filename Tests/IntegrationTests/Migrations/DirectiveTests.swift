import Foundation
import TestSupport
import Testing

/// What comments at the head of files ask for, folders, templates, and what the history says of who ran
/// what.
@Suite(.scenarioServer) struct DirectiveTests {
  @Test func aFileIsForTheTargetsThatItNames() throws {
    let scenario = try Scenario.applied([
      "V1__a.sql": "create schema mig;",
      "V2__b.sql": "-- redstart: targets=redshift\ncreate table mig.b (x int);",
      "V3__c.sql": "-- redstart: targets=pg, tags=release-7, slow\ncreate table mig.c (x int);",
      "V4__d.sql": "-- redstart: targets=postgres\ncreate table mig.d (x int);",
    ])
    #expect(try scenario.log() == "1 done, 3 done, 4 done")
    let status = try scenario.migrate("status", "--output", "json")
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [[String: Any]]
    )
    #expect(rows.map { $0["version"] as? String } == ["1", "3", "4"])
    #expect(rows.map { $0["tags"] as? [String] } == [[], ["release-7", "slow"], []])
    #expect(rows.allSatisfy { $0["state"] as? String == "applied" })
    #expect(try scenario.migrate("status", "--exit-code").code == 0)
  }

  @Test func whatHasToComeBeforeIsChecked() throws {
    let scenario = try Scenario([
      "V1__a.sql": "-- redstart: depends-on=2\ncreate schema mig;",
      "V2__b.sql": "select 1;",
    ])
    let refused = try scenario.migrate()
    #expect(refused.code == 2 && refused.error.contains("error[migration-dependency]"))
    #expect(refused.error.contains("V1__a.sql"), "\(refused.error)")
    #expect(try scenario.psql("select to_regnamespace('redstart') is null") == "t")
    try scenario.write("V1__a.sql", "create schema mig;")
    try scenario.write("V2__b.sql", "-- redstart: depends-on=1\ncreate table mig.b (x int);")
    #expect(try scenario.migrate().code == 0)
  }

  @Test func filesLieInSeveralFoldersAndAreTemplates() throws {
    let scenario = try Scenario(
      ["V1__a.sql": "create schema {{ target.schema }};"],
      files: [
        "more/V2__b.sql": """
        {% if target.name == 'pg' %}{{ table('b', var('width')) }}{% endif %}
        comment on table mig.b is '{{ env_var('NOTE', 'none') }}';
        """,
        "macros/table.sql": """
        {% macro table(name, width) %}create table {{ target.schema }}.{{ name }}
          (s varchar({{ width }}));{% endmacro %}
        """,
      ]
    )
    let project = try scenario.project.folder.read("project.yml")
    try scenario.project.folder.write(
      "project.yml",
      project + "\nvars: { width: 7 }\nmigrations: { path: [migrations, more] }\n"
    )
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try scenario.psql("select obj_description('mig.b'::regclass)") == "none")
    let made = try scenario.migrate("new", "Add a Column")
    #expect(made.code == 0 && made.error.contains("V3__add_a_column.sql"), "\(made.error)")
    // Nobody has written it yet.
    let unwritten = try scenario.migrate()
    #expect(unwritten.code != 0, "\(unwritten.error)")
    #expect(try scenario.log() == "1 done, 2 done")
  }

  @Test func theHistorySaysWhoRanWhatAndWhatWentWrong() throws {
    let scenario = try Scenario([
      "V1__a.sql": "create schema mig;",
      "V2__b.sql": "create table mig.{{ 'b' }} (x int);\n\nselect 1 / 0;",
    ])
    let folder = scenario.project.folder.path
    for words in [
      ["init", "-q"], ["add", "."],
      ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "-m", "first"],
    ] {
      let git = try ReadProcess("/usr/bin/git", ["-C", folder] + words)
      git.waitUntilExit()
      #expect(git.process.terminationStatus == 0, "\(git.text)")
    }
    let head = try ReadProcess("/usr/bin/git", ["-C", folder, "rev-parse", "HEAD"])
    head.waitUntilExit()
    #expect(try scenario.migrate().code == 1)
    try scenario.write("V2__b.sql", "create table mig.{{ 'b' }} (x int);")
    #expect(try scenario.migrate().code == 0)
    let rows = try scenario.psql(
      """
      select version, event, sqlstate, error_line, error like '%zero%', git_commit, \
      source_sha = rendered_sha, length(trim(norm_sha)), os_user <> '' and host <> '', \
      db_user, backend_pid > 0, ms >= 0 and ended_at is not null \
      from redstart.migration_event order by seq
      """
    ).split(separator: "\n")
    #expect(
      rows == [
        "1|done||||\(head.text)|t|64|t|redstart|t|t",
        "2|fail|22012|3|t|\(head.text)|f|64|t|redstart|t|t",
        "2|done||||\(head.text)|f|64|t|redstart|t|t",
      ]
    )
    let body =
      "select body from redstart.migration_body b join redstart.migration_event e "
      + "on e.norm_sha = b.norm_sha where e.version = '2' and event = 'done'"
    #expect(try scenario.psql(body) == "create table mig.{{ 'b' }} (x int);")
  }
}
