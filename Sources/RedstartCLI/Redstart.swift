import Diagnostics
import Dispatch
import Glibc
import Synchronization

/// The program.
///
/// Everything it does is `run(_:console:)`, which tests call as well.
@main
struct Redstart {
  static let version = "0.1.0"

  /// Whether the program was started by the name of `dbt`, as a link to it.
  static let isCalledDbt: Bool = {
    let name = CommandLine.arguments.first?.split(separator: "/").last
    return name == "dbt"
  }()

  static func main() async {
    ProcessMemory.keep()
    // A reader that goes away (`| head`) must not kill a run in the middle.
    signal(SIGPIPE, SIG_IGN)
    let console = Console.standard()
    let work = Task { await run(Array(CommandLine.arguments.dropFirst()), console: console) }
    let received = Mutex<Int32?>(nil)
    let interruption = watchInterrupts { number in
      received.withLock { $0 = number }
      work.cancel()
    }
    let code = await work.value
    withExtendedLifetime(interruption) {}
    if code == .interrupted, let number = received.withLock({ $0 }) { exit(128 + number) }
    exit(code.rawValue)
  }

  /// Cancels on the first Ctrl-C or SIGTERM; the second one ends the process at once.
  private static func watchInterrupts(
    _ cancel: @escaping @Sendable (_ signal: Int32) -> Void
  ) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let queue = DispatchQueue(label: "redstart.signals.\(number)")
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      nonisolated(unsafe) var count = 0  // Touched on `queue` alone.
      source.setEventHandler {
        count += 1
        if count > 1 { _exit(128 + number) }
        cancel(number)
      }
      source.resume()
      return source
    }
  }
}
