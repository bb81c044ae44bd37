import Diagnostics
import ProjectCompiler
import ProjectModel

extension NodePerformer {
  /// Asks how old the data of a source is, and judges it.
  func measureFreshness(
    _ node: Node,
    _ parsed: ParsedProject,
    _ session: NodeSession
  ) async throws(Diagnostic) -> Finding {
    guard let criteria = try FreshnessCriteria(node) else {
      return Finding(status: .pass, message: "its age is of no interest")
    }
    let existing = state.snapshot
    let live = LiveSession(session, turn: parsed.renderingTurn)
    let answer = try await live.onThread { live throws(Diagnostic) in
      let answer = try FreshnessQuery(parsed, existing: existing, live: live).ask(node)
      try live.rollBack()
      return answer
    }
    say(answer.logs, node.uniqueID)
    answer.warnings.forEach { emit(.diagnostic($0)) }
    let age = Double(answer.askedAt.microseconds - answer.loadedAt.microseconds) / 1_000_000
    let message = answer.isEmpty ? "it has no rows" : "loaded \(Self.words(age)) ago"
    var finding = Finding(status: .pass, message: message)
    finding.freshness = Freshness(
      loadedAt: answer.loadedAt,
      isEmpty: answer.isEmpty,
      askedAt: answer.askedAt,
      age: age,
      criteria: criteria
    )
    switch criteria.verdict(age: age) {
    case .pass: break
    case .warning: finding.status = .warn
    case .error: finding.status = .fail
    }
    return finding
  }

  /// `3 days`: an age in the largest unit that fits.
  private static func words(_ seconds: Double) -> String {
    let units: [(Double, String)] = [(86_400, "day"), (3600, "hour"), (60, "minute")]
    for (length, name) in units where seconds >= length {
      let count = Int(seconds / length)
      return "\(count) \(name)\(count == 1 ? "" : "s")"
    }
    return "less than a minute"
  }
}
