import Diagnostics
import Glibc

/// For tests of what a kill leaves behind: `STEP[:N]` ends the process when it reaches the step for
/// the Nth time.
struct CrashRequest: Sendable {
  private let step: String
  private let countdown: Countdown

  /// What `REDSTART_CRASH_AT` asks of commands for clusters; nil where nobody asks.
  init?(_ environment: [String: String]) {
    let parts = (environment["REDSTART_CRASH_AT"] ?? "").split(separator: ":")
    guard let step = parts.first else { return nil }
    self.step = String(step)
    countdown = Countdown(parts.dropFirst().first.flatMap { Int($0) } ?? 1)
  }

  /// What `--crash-at` asks for.
  ///
  /// - Throws: `usage` for what is no step: a test that never crashes must not pass.
  init(option text: String, steps: [String]) throws(Diagnostic) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let count = parts.count == 2 ? Int(parts[1]) : 1
    guard let name = parts.first, steps.contains(name), parts.count <= 2, let count, count > 0
    else {
      throw .optionValue("--crash-at", text, allowed: steps)
    }
    step = name
    countdown = Countdown(count)
  }

  func reach(_ name: String) {
    if name == step, countdown.isOver() { kill(getpid(), SIGKILL) }
  }
}
