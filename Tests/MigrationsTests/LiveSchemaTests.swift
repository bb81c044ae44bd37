import Testing

@testable import Migrations

/// Schemas as text, and in what two of them differ.
@Suite struct LiveSchemaTests {
  static func column(_ name: String, _ type: String, table: String = "a") -> [String?] {
    ["1", "s", table, "r", "1", name, type, nil]
  }

  static let first = LiveSchema(rows: [
    column("x", "integer not null"), column("y", "bigint"),
    ["2", "s", "a", "r", "0", "PRIMARY KEY (x)", "", ""],
    column("id", "integer", table: "v"), ["3", "s", "v", "v", "0", " SELECT\n  a.x;", "", ""],
  ])

  @Test func theTextLeadsBackToTheSchema() {
    #expect(LiveSchema(manifest: Self.first.manifest) == Self.first)
    #expect(
      LiveSchema(manifest: Self.first.manifest).fingerprint == Self.first.fingerprint
    )
    #expect(Self.first.manifest.contains("\n  query SELECT a.x;"))
  }

  @Test func differencesAreToldInWords() {
    let second = LiveSchema(rows: [
      Self.column("x", "integer"), Self.column("z", "date"),
      ["2", "s", "a", "r", "0", "PRIMARY KEY (x)", "", ""],
    ])
    #expect(
      Self.first.changes(to: second).flatMap(\.sentences) == [
        "s.a: column x integer not null is now column x integer",
        "s.a: column y bigint is gone", "s.a: column z date is new", "s.v is gone",
      ]
    )
    #expect(Self.first.changes(to: Self.first) == [])
    let swapped = LiveSchema(rows: [
      Self.column("y", "bigint"), Self.column("x", "integer not null"),
      ["2", "s", "a", "r", "0", "PRIMARY KEY (x)", "", ""],
    ])
    #expect(
      Self.first.restricted(to: ["s.a"]).changes(to: swapped).flatMap(\.sentences)
        == ["s.a: order of columns x, y is now order of columns y, x"]
    )
  }

  @Test func aLargeSchemaKeepsAChecksumForEachRelation() {
    let rows = (0..<3000).flatMap { table in
      (0..<4).map { Self.column("a_column_of_some_length_\($0)", "integer", table: "t\(table)") }
    }
    let large = LiveSchema(rows: rows)
    #expect(large.manifest.utf8.count < 200_000)
    let kept = LiveSchema(manifest: large.manifest)
    #expect(kept.changes(to: large) == [])
    let other = LiveSchema(
      rows: rows.map { $0[2] == "t7" ? Self.column("z", "date", table: "t7") : $0 }
    )
    #expect(kept.changes(to: other).map(\.relation) == ["s.t7"])
  }
}
