package import Diagnostics
import ProjectModel

extension EventTimeWindow {
  /// Reads `--sample`: `3 days` up to now, or `{start: 2024-01-01, end: 2024-02-01}`.
  ///
  /// - Throws: `usage`.
  package init(sample text: String, now: EventTime, buffers: Buffers) throws(Diagnostic) {
    if text.drop(while: \.isWhitespace).first == "{" {
      let value = try YAML.parseValue(text, name: "--sample", in: buffers).dictionary
      guard let start = value?["start"]?.string.flatMap(EventTime.init),
        let end = value?["end"]?.string.flatMap(EventTime.init)
      else {
        throw .sample(text, "`start` and `end` must be times")
      }
      self.init(start: start, end: end)
      return
    }
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, let count = Int64(words[0]) else {
      throw .sample(text, "it must be a number and a unit")
    }
    var unit = words[1].lowercased()
    while unit.hasSuffix("s") { unit.removeLast() }
    guard let size = BatchSize(rawValue: unit) else {
      throw .sample(text, "\"\(words[1])\" is no unit: hours, days, months, years")
    }
    let start: EventTime
    switch size {
    case .hour: start = now.adding(seconds: -3600 * count)
    case .day: start = now.adding(seconds: -86_400 * count)
    case .month: start = now.adding(months: -count)
    case .year: start = now.adding(months: -12 * count)
    }
    self.init(start: start, end: now)
  }
}

extension Diagnostic {
  fileprivate static func sample(_ text: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      code: "usage",
      "--sample cannot be \"\(text)\": \(reason)",
      help: ["write --sample \"3 days\", or --sample '{start: 2024-01-01, end: 2024-02-01}'"]
    )
  }
}
