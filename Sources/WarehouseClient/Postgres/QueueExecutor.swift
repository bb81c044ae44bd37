import Dispatch

/// Runs an actor's jobs on a dispatch queue of its own, where a call may block.
///
/// libpq blocks its thread; on Swift's shared pool that would stop everybody else. A serial queue
/// gets a thread outside of the pool when it needs one.
///
/// A task can prefer it too: then what it does between two statements runs there as well, and no
/// thread has to be woken for either.
final class QueueExecutor: SerialExecutor, TaskExecutor {
  private let queue: DispatchQueue

  init(label: String) {
    queue = DispatchQueue(label: label)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    let taskExecutor = asUnownedTaskExecutor()
    queue.async { job.runSynchronously(isolatedTo: executor, taskExecutor: taskExecutor) }
  }
}
