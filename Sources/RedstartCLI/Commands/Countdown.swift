import Synchronization

/// Counts to zero, from any thread.
final class Countdown: Sendable {
  private let rest: Mutex<Int>

  init(_ count: Int) {
    rest = Mutex(count)
  }

  /// Takes one away, and tells whether that was the last one.
  func isOver() -> Bool {
    rest.withLock { rest in
      rest -= 1
      return rest == 0
    }
  }
}
