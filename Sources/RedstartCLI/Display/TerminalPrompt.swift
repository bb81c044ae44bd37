import Dispatch
import Glibc
import Synchronization

/// Asks a person, on the terminal itself: input and output may be files and pipes.
enum TerminalPrompt {
  /// The line that was typed, which is not shown; nil when there is no terminal, no answer, or when
  /// the task was cancelled.
  static func ask(_ question: String) async -> String? {
    let isCancelled = Atomic(false)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // Waiting for a person must not hold a thread of the shared pool.
        DispatchQueue(label: "redstart.prompt").async {
          continuation.resume(
            returning: wait(question) { isCancelled.load(ordering: .relaxed) }
          )
        }
      }
    } onCancel: {
      isCancelled.store(true, ordering: .relaxed)
    }
  }

  private static func wait(_ question: String, _ isCancelled: () -> Bool) -> String? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    var settings = termios()
    guard tcgetattr(terminal, &settings) == 0 else { return nil }
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(terminal, TCSAFLUSH, &silent)
    defer { tcsetattr(terminal, TCSAFLUSH, &settings) }
    show(question, terminal)
    defer { show("\n", terminal) }
    var line: [UInt8] = []
    while !isCancelled() {
      var waiting = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 100) > 0 else { continue }
      var block = [UInt8](repeating: 0, count: 256)
      let count = block.withUnsafeMutableBytes { read(terminal, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0, line.count < 1024 else { return nil }
      line += block[..<count]
      if let end = line.firstIndex(of: UInt8(ascii: "\n")) {
        return String(decoding: line[..<end], as: UTF8.self)
      }
    }
    return nil
  }

  private static func show(_ text: String, _ terminal: Int32) {
    // A terminal that is gone is noticed by the next read.
    _ = Array(text.utf8).withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
  }
}
