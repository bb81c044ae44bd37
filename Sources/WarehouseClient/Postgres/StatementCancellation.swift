import CLibPQ
import Dispatch
import Synchronization

/// What it takes to ask a server to cancel whatever one connection runs.
///
/// Unchecked: `PQcancel` is safe from any thread and does not change the pointer's target.
final class CancelRequest: @unchecked Sendable {
  private let pointer: OpaquePointer

  init?(_ connection: OpaquePointer) {
    guard let pointer = PQgetCancel(connection) else { return nil }
    self.pointer = pointer
  }

  deinit { PQfreeCancel(pointer) }

  /// Opens a connection of its own to the server, so this blocks for a round trip.
  func send() {
    var message = [CChar](repeating: 0, count: 256)
    // A failure means that the statement runs on; its own end tells more than this message.
    _ = PQcancel(pointer, &message, Int32(message.count))
  }
}

/// The life of one statement, as far as cancelling it goes.
///
/// The request is sent while the phase is held, so it can never reach the statement after.
final class StatementCancellation: Sendable {
  private enum Phase {
    case waiting
    case running
    case cancelled
    case finished
  }

  private let phase = Mutex(Phase.waiting)
  private let wanted = Atomic(false)
  private let isRepeating = Atomic(false)
  private let request: CancelRequest?

  init(_ request: CancelRequest?) {
    self.request = request
  }

  /// Whether somebody asked for the end of this statement.
  var isRequested: Bool { wanted.load(ordering: .acquiring) }

  /// Whether the statement may be sent: false if it was cancelled before.
  func begin() -> Bool {
    phase.withLock { phase in
      guard phase == .waiting else { return false }
      phase = .running
      return true
    }
  }

  func end() {
    phase.withLock { $0 = .finished }
  }

  /// Cancels the statement without blocking the caller; `completion` follows the first request.
  ///
  /// A request that overtakes the statement on its way to the server finds nothing to cancel and is
  /// lost, so it is repeated until the statement ends.
  func cancel(completion: @escaping @Sendable () -> Void = {}) {
    wanted.store(true, ordering: .releasing)
    // A queue per request: a server that does not answer must not hold up other requests.
    DispatchQueue(label: "redstart.cancel").async {
      let isRunning = self.sendIfRunning()
      completion()
      guard isRunning, !self.isRepeating.exchange(true, ordering: .acquiringAndReleasing) else {
        return
      }
      var pause = 20
      repeat {
        SystemCalls.nap(milliseconds: pause)
        pause = min(pause * 2, 1000)
      } while self.sendIfRunning()
    }
  }

  private func sendIfRunning() -> Bool {
    phase.withLock { phase in
      guard phase == .running else { return false }
      request?.send()
      return true
    }
  }

  /// Keeps a statement that has not begun from beginning, and cancels one that has.
  func cancelFromTask() {
    wanted.store(true, ordering: .releasing)
    let isRunning = phase.withLock { phase in
      if phase == .waiting { phase = .cancelled }
      return phase == .running
    }
    if isRunning { cancel() }
  }
}
