import Dispatch
import Glibc

/// Runs a program that prints keys.
enum CredentialProgram {
  struct Failure: Error {
    var reason: String
  }

  /// What the program printed; its standard error goes to the user's.
  static func run(
    _ words: [String],
    _ environment: [String: String]
  ) async throws(Failure) -> [UInt8] {
    let result = await withCheckedContinuation { continuation in
      // Waiting for a program must not hold a thread of the shared pool.
      DispatchQueue(label: "redstart.credentials").async {
        continuation.resume(
          returning: Result { () throws(Failure) in try wait(words, environment) }
        )
      }
    }
    return try result.get()
  }

  private static func wait(
    _ words: [String],
    _ environment: [String: String]
  ) throws(Failure) -> [UInt8] {
    var ends: [Int32] = [-1, -1]
    // Swift does not see pipe2; a pair of sockets can be closed to other programs from the start, too.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw failure(errno) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The program gets Ctrl-C and broken pipes as usual, though this process ignores them.
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGINT, SIGTERM, SIGPIPE, SIGQUIT] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var process = pid_t()
    let code = withCStrings(words) { arguments in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
        posix_spawnp(&process, words[0], &actions, &attributes, arguments, variables)
      }
    }
    close(ends[1])
    defer { close(ends[0]) }
    guard code == 0 else {
      throw Failure(reason: "\"\(words[0])\" cannot be run: \(String(cString: strerror(code)))")
    }
    var output: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = block.withUnsafeMutableBytes { read(ends[0], $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      if output.count < 1 << 20 { output += block[..<count] }
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else {
      let isExit = status & 0x7F == 0
      let how = isExit ? "ended with status \(status >> 8)" : "was killed"
      throw Failure(reason: "\"\(words[0])\" \(how)")
    }
    return output
  }

  private static func failure(_ code: Int32) -> Failure {
    Failure(reason: String(cString: strerror(code)))
  }

  private static func withCStrings<R>(
    _ texts: [String],
    _ work: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("the list has an end") }
      return work(base)
    }
  }
}
