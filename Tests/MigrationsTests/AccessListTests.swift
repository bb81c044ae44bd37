import Testing

@testable import Migrations

/// Grants as catalogues write them, and as statements.
@Suite struct AccessListTests {
  @Test(arguments: [
    ("{me=arwdDxt/me}", []),
    ("{alice=r/me}", ["grant select on v to \"alice\""]),
    ("{=r/me}", ["grant select on v to public"]),
    ("{\"group readers=r/me\"}", ["grant select on v to group \"readers\""]),
    (
      "{alice=ar*w/me}",
      [
        "grant insert, update on v to \"alice\"",
        "grant select on v to \"alice\" with grant option",
      ]
    ),
    (#"{"\"a=b \"\"c\"\"\"=r/me"}"#, ["grant select on v to \"a=b \"\"c\"\"\""]),
    ("{me=arwdDxt/me,alice=r/me}", ["grant select on v to \"alice\""]),
    ("{alice=R/me}", []), ("{nonsense}", []), ("", []), ("{}", []),
  ])
  func isReadEntryByEntry(text: String, statements: [String]) {
    #expect(
      AccessList(text, owner: "me").grants.map { $0.sql(on: "v", columns: nil) } == statements
    )
  }

  @Test func aGrantOnAColumnNamesIt() {
    let grants = AccessList("{alice=rx/me}", owner: "me").grants
    #expect(
      grants.map { $0.sql(on: "v", columns: "\"c\"") }
        == ["grant select (\"c\"), references (\"c\") on v to \"alice\""]
    )
  }
}
