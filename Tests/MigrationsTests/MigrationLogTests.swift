import Testing

@testable import Migrations

/// State derived from events.
@Suite struct MigrationLogTests {
  /// Reads `1 done`, `2 begin 1/3`, `R views done`, `2 undo progress 1/2`.
  static func event(_ text: String, _ sequence: Int) -> HistoryEvent {
    var words = text.split(separator: " ").map(String.init)
    var event = HistoryEvent()
    event.sequence = sequence
    event.normalizedChecksum = "sha \(sequence)"
    let version = words.removeFirst()
    if version == "R" {
      event.kind = .repeatable
      event.name = words.removeFirst()
    } else {
      event.version = version
      event.name = "m"
    }
    if words.first == "undo" {
      event.kind = .undo
      words.removeFirst()
    }
    event.step = HistoryEvent.Step(rawValue: words.removeFirst()) ?? .done
    if let counts = words.first?.split(separator: "/").compactMap({ Int($0) }), counts.count == 2 {
      event.statementsDone = counts[0]
      event.statementCount = counts[1]
    }
    return event
  }

  static func summary(_ events: [String]) -> String {
    let log = MigrationLog(events.enumerated().map { event($1, $0 + 1) })
    let applied = log.applied.keys.sorted()
    let partial = log.partial.sorted { $0.key < $1.key }.map { key, partial in
      "\(key) at \(partial.statementsDone)\(partial.isUncertain ? "?" : "")"
        + (partial.isUndo ? " undo" : "")
    }
    return (applied + partial).joined(separator: ", ")
  }

  @Test(arguments: [
    (["1 done", "2 done"], "1, 2"),
    (["1 done", "1 done"], "1"),
    (["1 done", "R views done", "R views done"], "1, R views"),
    (["1 fail"], ""),
    (["1 fail", "1 done"], "1"),
    (["1 done", "1 undo undone"], ""),
    (["1 done", "1 undo undone", "1 done"], "1"),
    (["2 progress 1/3"], "2 at 1"),
    (["2 progress 1/3", "2 begin 1/3"], "2 at 1?"),
    (["2 progress 1/3", "2 begin 1/3", "2 progress 2/3", "2 done 3/3"], "2"),
    (["2 progress 1/3", "2 begin 1/3", "2 fail 1/3"], "2 at 1"),
    (["2 begin 0/2", "2 fail 0/2"], ""),
    (["2 progress 1/3", "2 begin 1/3", "2 repaired 2/3"], "2 at 2"),
    (["2 begin 0/3", "2 repaired 0/3"], ""),
    (["1 done", "1 undo progress 1/2"], "1, 1 at 1 undo"),
    (["1 done", "1 undo begin 1/2", "1 undo repaired 1/2", "1 undo undone"], ""),
    // What a verify script refused may be taken back; a way back that fails changes nothing.
    (["2 progress 1/1", "2 undo fail 0/1"], "2 at 1"),
    (["2 progress 1/1", "2 undo begin 0/1"], "2 at 0? undo"),
    (["2 progress 1/1", "2 undo begin 0/1", "2 undo fail 0/1"], "2 at 1"),
    (["2 progress 1/1", "2 undo begin 0/1", "2 undo repaired 0/1"], "2 at 1"),
    (["2 progress 1/1", "2 undo begin 0/1", "2 undo undone"], ""),
    (["1 adopted"], "1"),
    (["1 done", "1 repaired 2/2"], "1"),
  ])
  func eventsAddUp(events: [String], state: String) {
    #expect(Self.summary(events) == state)
  }

  @Test func identicalRowsAreCounted() {
    let event = Self.event("1 done", 1)
    #expect(MigrationLog([event, event, event]).duplicates == 2)
    #expect(MigrationLog([event, Self.event("2 done", 2)]).duplicates == 0)
  }

  @Test(arguments: [
    ("a\nb\nc\n", "a\nx\nc\n", ["  a", "- b", "+ x", "  c"]),
    ("a\r\nb\r\n", "a\nb\n", []),
    ("a\n", "a\nb\n", ["  a", "+ b"]),
    (
      "1\n2\n3\n4\n5\n6\n", "0\n2\n3\n4\n5\n7\n", ["- 1", "+ 0", "  2", "  …", "  5", "- 6", "+ 7"]
    ),
  ])
  func differencesAreLines(old: String, new: String, lines: [String]) {
    #expect(LineDifference(from: old, to: new).lines == lines)
  }
}
