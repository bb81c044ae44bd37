import Foundation
import Testing

@testable import RedstartCLI

/// docs/diagnostics.md and the sources speak of the same codes.
@Suite struct ExplanationTests {
  static let sources: [String] = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    return (files?.allObjects ?? []).compactMap { $0 as? URL }
      .filter { $0.pathExtension == "swift" }
      .compactMap { try? String(contentsOf: $0, encoding: .utf8) }
  }()

  @Test func everyCodeIsExplained() throws {
    let explained = Set(Explanation.all.map(\.code))
    let pattern = try NSRegularExpression(pattern: #"code: "([a-z0-9-]+)""#)
    var emitted: Set<String> = []
    for text in Self.sources {
      let whole = NSRange(text.startIndex..., in: text)
      for match in pattern.matches(in: text, range: whole) {
        if let range = Range(match.range(at: 1), in: text) { emitted.insert(String(text[range])) }
      }
    }
    #expect(emitted.count > 100)
    #expect(emitted.subtracting(explained).sorted() == [])
  }

  @Test func everyExplanationIsOfACodeThatExists() {
    let all = Self.sources.joined()
    let unknown = Explanation.all.map(\.code).filter { !all.contains("\"\($0)\"") }
    #expect(unknown == [])
  }
}
