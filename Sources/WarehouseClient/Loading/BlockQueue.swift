import Dispatch
import Synchronization

/// Hands blocks from the thread that parses to the task that sends, a few at a time.
///
/// The bound keeps memory flat: the parser waits while the server is slower.
final class BlockQueue: Sendable {
  private struct State {
    var blocks: [[UInt8]] = []
    var outcome: LoadOutcome?
    var isAbandoned = false
    var waiting: CheckedContinuation<Void, Never>?
  }

  /// Thrown to the sender when the parser gave up.
  struct Aborted: Error {}

  private let state = Mutex(State())
  private let room = DispatchSemaphore(value: 4)

  /// Waits for room and adds a block; false when nobody wants it any more.
  func put(_ block: [UInt8]) -> Bool {
    room.wait()
    let (waiting, isAbandoned) = state.withLock { state in
      if !state.isAbandoned { state.blocks.append(block) }
      return (state.waiting.take(), state.isAbandoned)
    }
    waiting?.resume()
    return !isAbandoned
  }

  /// Says that no more blocks come.
  func finish(_ outcome: LoadOutcome) {
    let waiting = state.withLock { state in
      state.outcome = outcome
      return state.waiting.take()
    }
    waiting?.resume()
  }

  /// The next block; nil after the last one of a load that went well.
  func next() async throws(Aborted) -> [UInt8]? {
    while true {
      let (block, outcome) = state.withLock { state -> ([UInt8]?, LoadOutcome?) in
        if let outcome = state.outcome, outcome.hasFailed { return (nil, outcome) }
        return state.blocks.isEmpty ? (nil, state.outcome) : (state.blocks.removeFirst(), nil)
      }
      if let block {
        room.signal()
        return block
      }
      if let outcome {
        if outcome.hasFailed { throw Aborted() }
        return nil
      }
      await wait { $0.blocks.isEmpty && $0.outcome == nil }
    }
  }

  /// Lets the parser stop early and waits until it has.
  func end() async -> LoadOutcome {
    state.withLock { $0.isAbandoned = true }
    while true {
      if let outcome = state.withLock({ $0.outcome }) { return outcome }
      room.signal()
      await wait { $0.outcome == nil && $0.blocks.isEmpty }
      state.withLock { $0.blocks.removeAll() }
    }
  }

  private func wait(while isNeeded: @escaping @Sendable (borrowing State) -> Bool) async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        guard isNeeded(state) else { return true }
        state.waiting = continuation
        return false
      }
      if isReady { continuation.resume() }
    }
  }

  deinit {
    // A semaphore must not be destroyed below its first value.
    for _ in 0..<4 { room.signal() }
  }
}
