import Glibc

/// Another program that this one starts and waits for.
package struct ChildProcess: Sendable {
  /// Why a program could not be started.
  package struct Failure: Error, Hashable, Sendable {
    /// One of errno's.
    package var code: Int32
    package var reason: String { String(cString: strerror(code)) }
  }

  /// How a program ended.
  package enum End: Hashable, Sendable {
    case exit(Int32)
    case signal(Int32)

    /// As a shell has it: 128 + n when signal n ended it.
    package var code: Int32 {
      switch self {
      case .exit(let code): code
      case .signal(let number): 128 + number
      }
    }
  }

  /// Its number.
  private let identifier: pid_t

  /// Starts a program, which is looked for on the path.
  ///
  /// It gets Ctrl-C and broken pipes as usual, though this process ignores them.
  ///
  /// - Parameters:
  ///   - command: its name and its arguments.
  ///   - environment: its variables.
  ///   - output: an open file for its standard output; this process's own without it.
  ///   - errors: the same for its standard error.
  ///   - hasInput: whether it reads this process's standard input; without it there is none.
  /// - Throws: why it cannot be started.
  package init(
    _ command: [String],
    environment: [String: String],
    output: Int32? = nil,
    errors: Int32? = nil,
    hasInput: Bool = true
  ) throws(Failure) {
    guard let program = command.first else { throw Failure(code: ENOENT) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let output { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
    if let errors { posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO) }
    if !hasInput {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGINT, SIGTERM, SIGPIPE, SIGQUIT] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var arguments = command.map { strdup($0) }
    var variables = environment.map { strdup("\($0.key)=\($0.value)") }
    defer { for pointer in arguments + variables { free(pointer) } }
    arguments.append(nil)
    variables.append(nil)
    var process = pid_t()
    let code = posix_spawnp(&process, program, &actions, &attributes, arguments, variables)
    guard code == 0 else { throw Failure(code: code) }
    identifier = process
  }

  /// Waits for its end, by blocking the thread; to be called once.
  package func wait() -> End {
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0 {
      // Somebody else has waited for it.
      guard errno == EINTR else { return .exit(127) }
    }
    let signal = status & 0x7F
    return signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
  }
}
