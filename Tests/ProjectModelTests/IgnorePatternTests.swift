import Diagnostics
import Testing

@testable import ProjectModel

/// `.dbtignore`, whose patterns are git's.
@Suite struct IgnorePatternTests {
  @Test(arguments: [
    ("models/ignore*.sql", ["models/ignored.sql"], ["models/a.sql", "models/in/ignored.sql"]),
    ("drafts", ["models/drafts/a.sql", "drafts/b/c.sql"], ["models/drafts.sql", "models/d.sql"]),
    ("drafts/", ["models/drafts/a.sql"], ["models/drafts"]),
    ("/models/a.sql", ["models/a.sql"], ["x/models/a.sql"]),
    ("models/**/old_?.sql", ["models/old_1.sql", "models/x/y/old_2.sql"], ["models/old_12.sql"]),
    ("models/**", ["models/a/b.sql"], ["seeds/a.csv"]),
    ("*.yml\n!models/keep.yml", ["models/a.yml"], ["models/keep.yml", "models/a.sql"]),
    ("# a comment\n\n  \nmodels/[a-c]_[!x].sql  ", ["models/b_y.sql"], ["models/b_x.sql"]),
    ("\\#odd.sql", ["models/#odd.sql"], ["models/odd.sql"]),
    ("models/[a.sql", ["models/[a.sql"], ["models/a.sql"]),
    ("models/*_*_old*.sql", ["models/a_b_c_old_d.sql"], ["models/a_old.sql"]),
    ("**/**/**/a/**/*.sql", ["x/y/a/b/c.sql", "a/c.sql"], ["x/y/b/c.sql"]),
    (
      String(repeating: "*a", count: 40) + "*b", [],
      ["models/" + String(repeating: "a", count: 200) + ".sql"]
    ),
  ])
  func `the last pattern that fits a path decides`(
    text: String,
    ignored: [String],
    kept: [String]
  ) {
    let patterns = IgnorePatterns(text)
    #expect(ignored.filter { !patterns.match($0) } == [])
    #expect(kept.filter(patterns.match) == [])
  }

  @Test func `ignored files are no part of the project`() throws {
    let folder = try TemporaryFolder([
      "dbt_project.yml": "name: shop\n", ".dbtignore": "models/draft*\nold\n",
      "models/a.sql": "select 1", "models/draft_b.sql": "{{ broken", "models/old/c.sql": "{{ no",
      "models/old/s.yml": "models: 1", "seeds/draft.csv": "a\n1\n",
    ])
    let project = try ProjectLoader.load(
      ProjectOptions(projectDirectory: folder.path),
      into: Buffers()
    ).project
    #expect(project.modelFiles.map(\.path) == ["models/a.sql"])
    #expect(project.seedFiles.map(\.path) == ["seeds/draft.csv"])
  }
}
