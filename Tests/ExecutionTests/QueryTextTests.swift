import Diagnostics
import Testing

@testable import Execution

@Suite struct QueryTextTests {
  @Test(arguments: [
    ("\n select 1 \n", "select 1"),
    ("select 1;", "select 1"),
    ("select 1 ; ; -- done\n", "select 1"),
    ("select 1; /* ; */", "select 1"),
    ("select ';' -- not this; one\n", "select ';' -- not this; one"),
    ("select $$;$$", "select $$;$$"),
    (" ; -- nothing\n", ""),
  ])
  func endsBeforeTheSemicolon(text: String, expected: String) {
    let buffers = Buffers()
    let query = QueryText(buffers.add(name: "a.sql", text: text), in: buffers)
    #expect(buffers.text(of: query.range) == expected)
  }
}
