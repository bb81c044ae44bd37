import Testing

@testable import Migrations

/// What PostgreSQL's catalogue says, as Redshift reads it.
@Suite struct ColumnSpellingTests {
  @Test(
    arguments: [
      (#"'plain'"#, #"'plain'"#),
      (#"'a\b'::text"#, #"'a\\b'::text"#),
      (#"'it''s\' || '\'"#, #"'it''s\\' || '\\'"#),
      (#""a\b" || 'c\d'"#, #""a\b" || 'c\\d'"#),
      (#""it's" || '\'"#, #""it's" || '\\'"#),
      ("-- it's \\\n'\\'", "-- it's \\\n'\\\\'"),
      (#"/*/ it's \ */ '\' - 1"#, #"/*/ it's \ */ '\\' - 1"#),
      (#"1 - 2 / 3 || '\'"#, #"1 - 2 / 3 || '\\'"#),
    ]
  )
  func backslashesInStringsAreDoubled(text: String, wanted: String) {
    #expect(ColumnSpelling.strings(ofPostgres: text) == wanted)
  }
}
