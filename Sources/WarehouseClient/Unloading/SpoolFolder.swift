import Diagnostics
import Glibc

/// A folder of this machine for files on their way to S3, which only this user can read.
final class SpoolFolder: Sendable {
  let path: String

  /// Makes a folder where temporary files go.
  init(at range: TextRange) throws(Diagnostic) {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let pattern = (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/redstart-unload-XXXXXX"
    var bytes = pattern.utf8CString.map { $0 }
    guard mkdtemp(&bytes) != nil else {
      throw .unloadFailed(SystemFailure("make the folder", pattern), at: range)
    }
    path = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes the folder with all that is in it.
  func remove() {
    do throws(SystemFailure) {
      try SystemCalls.remove(path)
    } catch {
      // What is left is the user's own data, in the system's folder for passing files.
    }
  }
}
