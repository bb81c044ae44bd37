import Dispatch

/// Lets one template after the other render while nodes run.
///
/// Templates share what they keep in `graph`, so no two may render at once; who waits for the
/// database lets others go on. That is how it is in Python, for which the macros were written.
package final class RenderingTurn: Sendable {
  private let semaphore = DispatchSemaphore(value: 1)

  /// Waits until nobody else renders.
  package func take() { semaphore.wait() }

  /// Lets another one render.
  package func end() { semaphore.signal() }
}
