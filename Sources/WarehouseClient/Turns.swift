/// Lets the calls of an actor do one thing at a time, in the order in which they came.
///
/// An actor takes other calls while one awaits, but a session does one statement at a time. It
/// belongs to an actor and runs in its isolation.
package final class Turns {
  /// Whether somebody has the turn.
  package private(set) var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  package init() {}

  /// Waits for the turn and takes it.
  package func take(isolation: isolated (any Actor)? = #isolation) async {
    guard isTaken else {
      isTaken = true
      return
    }
    await withCheckedContinuation { continuation in
      // On the way here the task may have been put in line once more, behind whoever passed the turn.
      if isTaken {
        waiting.append(continuation)
      } else {
        isTaken = true
        continuation.resume()
      }
    }
  }

  /// Hands the turn to whoever has waited longest.
  package func pass() {
    if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
  }
}
