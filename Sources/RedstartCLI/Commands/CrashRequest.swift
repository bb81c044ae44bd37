import Glibc

/// For tests of what a kill leaves behind: `REDSTART_CRASH_AT=STEP[:N]` ends the process when it
/// reaches the step for the Nth time.
struct CrashRequest: Sendable {
  private let step: String
  private let countdown: Countdown

  /// Nil where nobody asks for it.
  init?(_ environment: [String: String]) {
    let parts = (environment["REDSTART_CRASH_AT"] ?? "").split(separator: ":")
    guard let step = parts.first else { return nil }
    self.step = String(step)
    countdown = Countdown(parts.dropFirst().first.flatMap { Int($0) } ?? 1)
  }

  func reach(_ name: String) {
    if name == step, countdown.isOver() { kill(getpid(), SIGKILL) }
  }
}
