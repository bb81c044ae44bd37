import Dispatch
import Glibc

/// Another program, run until it ends.
enum ChildProgram {
  /// Runs a command line with this process's standard streams: it takes over the terminal.
  ///
  /// - Returns: its exit code; 128 + n when signal n ended it; 127 when it could not start.
  static func run(_ command: [String], _ environment: [String: String]) async -> Int32 {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: runBlocking(command, environment, errors: nil))
      }
    }
  }

  /// Runs a command line that has little to say, and says it when it has ended: without the secrets
  /// that the console hides.
  static func run(
    _ command: [String],
    _ environment: [String: String],
    saying console: Console
  ) async -> Int32 {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        // No pipe: what the program leaves running may hold it open.
        let folder = environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(folder)/redstart-errors-XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else {
          console.error("cannot make a file in \(folder)\n")
          continuation.resume(returning: 126)
          return
        }
        defer { close(file) }
        unlink(template)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        let code = runBlocking(command, environment, errors: file)
        let text = String(decoding: contents(of: file), as: UTF8.self)
        if !text.isEmpty { console.error(text) }
        continuation.resume(returning: code)
      }
    }
  }

  /// The first 64 KB of an open file.
  private static func contents(of file: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
    return Array(bytes.prefix(max(0, count)))
  }

  private static func runBlocking(
    _ command: [String],
    _ environment: [String: String],
    errors: Int32?
  ) -> Int32 {
    guard let program = command.first else { return 127 }
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    arguments.append(nil)
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map {
      strdup("\($0.key)=\($0.value)")
    }
    variables.append(nil)
    defer {
      for pointer in arguments + variables { free(pointer) }
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The child gets Ctrl-C as usual, though this process ignores it.
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGINT, SIGTERM, SIGPIPE, SIGQUIT] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let errors { posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO) }
    var process: pid_t = 0
    guard posix_spawnp(&process, program, &actions, &attributes, arguments, variables) == 0 else {
      return 127
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      if errno != EINTR { return 127 }
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}
