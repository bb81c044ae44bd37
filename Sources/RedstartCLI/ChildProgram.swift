import Diagnostics
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
    do throws(ChildProcess.Failure) {
      return try ChildProcess(command, environment: environment, errors: errors).wait().code
    } catch {
      return 127
    }
  }
}
