import Dispatch

/// Runs an actor's jobs on a dispatch queue of its own, where a call may block.
///
/// libpq blocks its thread; on Swift's shared pool that would stop everybody else. A serial queue
/// gets a thread outside of the pool when it needs one.
final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(label: String) {
    queue = DispatchQueue(label: label)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }
}
