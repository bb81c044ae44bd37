import Synchronization

/// A statement of the Data API from its start to its end, as far as cancelling it goes.
final class RunningStatement: Sendable {
  private struct State {
    var identifier: String?
    var isRequested = false
    var nap: Task<Void, any Error>?
  }

  private let state = Mutex(State())

  /// Whether somebody asked for the end of it.
  var isRequested: Bool { state.withLock { $0.isRequested } }

  /// Notes what the service calls it; nil when nothing runs.
  func begin(_ identifier: String?) { state.withLock { $0.identifier = identifier } }

  /// Asks for its end, and says what there is to cancel.
  func request() -> String? {
    let (identifier, nap) = state.withLock { state in
      state.isRequested = true
      return (state.identifier, state.nap)
    }
    nap?.cancel()
    return identifier
  }

  /// Waits; a request ends it early.
  func rest(_ seconds: Double, _ sleep: @escaping @Sendable (Double) async throws -> Void) async {
    let nap = Task { try await sleep(seconds) }
    let isRequested = state.withLock { state in
      state.nap = nap
      return state.isRequested && state.identifier == nil
    }
    if isRequested { nap.cancel() }
    // Ended early or not, it is over.
    _ = await nap.result
    state.withLock { $0.nap = nil }
  }
}
