import Synchronization

/// Something that happens once, and that others wait for.
final class Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  private let done = Mutex(false)

  init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

  var isFinished: Bool { done.withLock { $0 } }

  func finish() {
    done.withLock { $0 = true }
    continuation.finish()
  }

  func wait() async { for await _ in stream {} }
}

/// What a stand-in has been asked.
final class Answers: Sendable {
  let described = Signal()
  let cancelled = Signal()
}

/// A clock that tests set, and a count.
final class Clock: Sendable {
  private let state = Mutex((seconds: 0.0, count: 0))

  var seconds: Double {
    get { state.withLock { $0.seconds } }
    set { state.withLock { $0.seconds = newValue } }
  }

  var count: Int {
    get { state.withLock { $0.count } }
    set { state.withLock { $0.count = newValue } }
  }
}
