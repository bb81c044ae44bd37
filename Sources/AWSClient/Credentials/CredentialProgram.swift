import Diagnostics
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
    defer { close(ends[0]) }
    let process: ChildProcess
    do throws(ChildProcess.Failure) {
      defer { close(ends[1]) }
      process = try ChildProcess(
        words,
        environment: environment,
        output: ends[1],
        hasInput: false
      )
    } catch {
      throw Failure(reason: "\"\(words.first ?? "")\" cannot be run: \(error.reason)")
    }
    var output: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = block.withUnsafeMutableBytes { read(ends[0], $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      if output.count < 1 << 20 { output += block[..<count] }
    }
    switch process.wait() {
    case .exit(0): return output
    case .exit(let code):
      throw Failure(reason: "\"\(words.first ?? "")\" ended with status \(code)")
    case .signal: throw Failure(reason: "\"\(words.first ?? "")\" was killed")
    }
  }

  private static func failure(_ code: Int32) -> Failure {
    Failure(reason: String(cString: strerror(code)))
  }
}
