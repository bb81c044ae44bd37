import Diagnostics
import TestSupport
import Testing

@testable import ProjectCompiler

@Suite struct MigrationFileTests {
  @Test(arguments: [
    ("V0001__create_tables", MigrationFileName.Role.versioned, [1], "create tables", false),
    ("V2.1__x", .versioned, [2, 1], "x", false), ("V2_1__x", .versioned, [2, 1], "x", false),
    ("V1.0__x", .versioned, [1], "x", false), ("v3__y_z", .versioned, [3], "y z", false),
    ("V20261125093000__x", .versioned, [20_261_125_093_000], "x", false),
    ("R__all_views", .repeatable, [], "all views", false),
    ("U0002.1__x", .undo, [2, 1], "x", false), ("V2__x.verify", .versioned, [2], "x", true),
    ("R__x.verify", .repeatable, [], "x", true),
    ("before", .callback(.before), [], "", false),
    ("after_each__grants", .callback(.afterEach), [], "grants", false),
  ])
  func namesAreRead(
    file: String,
    role: MigrationFileName.Role,
    parts: [Int],
    description: String,
    isVerification: Bool
  ) {
    let read = MigrationFileName(file)
    #expect(read?.role == role && read?.parts == parts)
    #expect(read?.description == description && read?.isVerification == isVerification)
  }

  @Test(arguments: [
    "1__x", "V__x", "V1_x", "V1__", "Vx__y", "R2__view", "V99999999999999999999__x", "U1__x.verify",
    "notes", "U__x",
  ])
  func otherNamesAreRefused(file: String) {
    #expect(MigrationFileName(file) == nil)
  }

  static func directives(_ text: String) -> (MigrationDirectives, [String]) {
    let buffers = Buffers()
    let reader = MigrationDirectiveReader(buffers.add(name: "V1__a.sql", text: text), in: buffers)
    return (reader.directives, reader.problems.map(\.message))
  }

  @Test func commentsAtTheHeadAreDirectives() {
    let (directives, problems) = Self.directives(
      """
      -- A remark.
      /* and another */
      --redstart: depends-on=0003.1, R_views, lock-timeout=5s
      --   redstart: targets=redshift, local, tags=a,b,statement-timeout=2 min,allow=drop-column
      create table a (x int);
      -- redstart: nonsense=1
      """
    )
    #expect(problems.isEmpty)
    #expect(directives.dependencies == ["3.1", "R_views"])
    #expect(directives.lockTimeout == 5000 && directives.statementTimeout == 120_000)
    #expect(directives.targets == ["redshift", "local"] && directives.tags == ["a", "b"])
    #expect(directives.allowed == ["drop-column"])
    #expect(directives.includes(target: "prod", type: "redshift"))
    #expect(!directives.includes(target: "prod", type: "postgres"))
  }

  @Test(
    arguments: [
      "lock-timeout=5", "statement-timeout=soon", "dependson=3", "nothing",
      "lock-timeout=9999999999999999h",
    ]
  )
  func otherDirectivesAreRefused(directive: String) {
    #expect(Self.directives("-- redstart: \(directive)\nselect 1").1.count == 1)
  }

  @Test(
    arguments: [
      ("500ms", 500), ("30s", 30_000), ("2 min", 120_000), ("1h", 3_600_000), ("0s", 0),
      ("9223372036854775807ms", .max), ("9223372036854775807s", nil), ("-1s", nil), ("5", nil),
      ("s", nil), ("", nil),
    ] as [(String, Int?)]
  )
  func durationsHaveAUnitAndFit(text: String, wanted: Int?) {
    #expect(MigrationDirectives.milliseconds(text) == wanted)
  }

  @Test(arguments: [
    ("-- +goose Up\nselect 1;\n\n-- +goose Down\nselect 2;\n", "-- +goose Down"),
    ("-- migrate:up\nselect '-- migrate:down';\n-- migrate:down\nselect 2;", "-- migrate:down"),
    ("-- +goose Up\n-- +goose StatementBegin\nselect 1;\n-- +goose StatementEnd", nil),
    ("select 1;\n-- migrate:down\nselect 2;", nil),
  ])
  func theWayBackOfAnotherToolIsRefused(text: String, comment: String?) {
    let buffers = Buffers()
    let reader = MigrationDirectiveReader(buffers.add(name: "V1__a.sql", text: text), in: buffers)
    #expect(reader.problems.map(\.code) == (comment == nil ? [] : ["down-section"]))
    let shown = reader.problems.first?.primary.map { buffers.text(of: $0.range) }
    #expect(shown == comment)
  }
}
