import Diagnostics
import Testing

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("artist_nme", ["artist_name", "artist_id"], "did you mean \"artist_name\"?"),
    ("usres", ["users", "songs"], "did you mean \"users\"?"),
    ("song", ["songs", "son", "time"], "did you mean \"son\" or \"songs\"?"),
    ("USERS", ["users"], "did you mean \"users\"?"),
  ])
  func namesNearOnesInWords(name: String, candidates: [String], sentence: String) {
    #expect(Suggestion.sentence(for: name, among: candidates) == sentence)
  }

  @Test func namesNothingWhenAllIsFar() {
    #expect(Suggestion.sentence(for: "customers", among: ["time", "songs"]) == nil)
    #expect(Suggestion.sentence(for: "", among: ["time"]) == nil)
  }

  @Test func jsonEscapesWhatMustBeEscaped() {
    let value: PlainValue = ["a\"b": ["x\n\u{1}", 1, 2.5, true, nil], "empty": [:]]
    #expect(value.jsonString == #"{"a\"b":["x\n\u0001",1,2.5,true,null],"empty":{}}"#)
  }
}
