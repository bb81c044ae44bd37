import Glibc

/// A program started in a session of its own, so that Ctrl-C and a closing terminal pass it by.
///
/// It gets no file of ours but those named here: an inherited pipe or lock would keep others
/// waiting for as long as a server lives.
struct DetachedProgram {
  var path: String
  var arguments: [String]
  var environment: [String]
  /// Where it starts; its arguments can then be plain names, whatever the path looks like.
  var folder: String
  /// An open file for its standard output and error.
  var output: Int32
  /// A lock that it and its children are to hold.
  var lock: FileLock?

  /// Linux's POSIX_SPAWN_SETSID, which its header shows to GNU sources only.
  private static let setSession: Int32 = 0x80

  func start() throws(SystemFailure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    if let lock { posix_spawn_file_actions_adddup2(&actions, lock.descriptor, 3) }
    for descriptor in Self.inheritable() where descriptor > (lock == nil ? 2 : 3) {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    // redstart may ignore or block signals that a server must react to.
    var all = sigset_t()
    var none = sigset_t()
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | Self.setSession
    posix_spawnattr_setflags(&attributes, Int16(flags))

    // The shell changes the folder, which posix_spawn cannot portably, and gives way to the
    // program, so the process number stays.
    let shell = "/bin/sh"
    let words = [shell, "-c", "cd -- \"$1\" && shift && exec \"$@\"", "sh", folder, path]
    var argumentPointers = (words + arguments).map { strdup($0) }
    var environmentPointers = environment.map { strdup($0) }
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
    argumentPointers.append(nil)
    environmentPointers.append(nil)
    var identifier: pid_t = 0
    let outcome = posix_spawn(
      &identifier,
      shell,
      &actions,
      &attributes,
      argumentPointers,
      environmentPointers
    )
    guard outcome == 0 else { throw SystemFailure("start", path, code: outcome) }
    return identifier
  }

  /// Starts it and waits for its end.
  ///
  /// - Returns: Whether it succeeded.
  func run() throws(SystemFailure) -> Bool {
    let identifier = try start()
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0 {
      guard errno == EINTR else { throw SystemFailure("wait for", path) }
    }
    return status == 0
  }

  /// The open files that a child would get.
  private static func inheritable() -> [Int32] {
    SystemCalls.names(in: "/proc/self/fd").compactMap { Int32($0) }.filter { descriptor in
      let flags = fcntl(descriptor, F_GETFD)
      return flags >= 0 && flags & FD_CLOEXEC == 0
    }
  }
}
