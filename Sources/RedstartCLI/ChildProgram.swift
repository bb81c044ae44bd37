import Dispatch
import Glibc

/// A program that takes over the terminal until it ends.
enum ChildProgram {
  /// Runs a command line with this process's standard streams.
  ///
  /// - Returns: its exit code; 128 + n when signal n ended it; 127 when it could not start.
  static func run(_ command: [String], _ environment: [String: String]) async -> Int32 {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: runBlocking(command, environment))
      }
    }
  }

  private static func runBlocking(_ command: [String], _ environment: [String: String]) -> Int32 {
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
    var process: pid_t = 0
    guard posix_spawnp(&process, program, nil, &attributes, arguments, variables) == 0 else {
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
