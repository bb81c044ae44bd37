package import Diagnostics
import Glibc

/// Files and folders, with every failure told as a diagnostic that names the path.
package enum FileSystem {
  /// Reads a whole file.
  package static func read(_ path: String) throws(Diagnostic) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .cannotRead(path, errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .cannotRead(path, errno) }
    if status.st_mode & S_IFMT == S_IFDIR { throw .cannotRead(path, EISDIR) }
    // One byte more than the size, so that the end of an ordinary file shows in the first read; what
    // is no file on a disk says that it is empty.
    let size = status.st_size > 0 ? Int(status.st_size) + 1 : 4096
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while true {
      if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(file, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
      }
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw .cannotRead(path, errno)
      }
      filled += count
    }
    // A small file must not keep the room of a large one; a byte more is none.
    guard bytes.count - filled > max(filled / 8, 16) else {
      bytes.removeLast(bytes.count - filled)
      return bytes
    }
    return Array(bytes[..<filled])
  }

  /// Writes a file so that readers see the old content or the new, never a part.
  ///
  /// The bytes go to a temporary name in the same folder, are flushed to the disk, and take the
  /// name last. A symbolic link at `path` is replaced, not followed.
  ///
  /// - Parameters:
  ///   - bytes: the content.
  ///   - path: the file.
  ///   - mode: its permissions.
  ///   - isFlushed: whether the content must survive a crash of the machine; what can be made
  ///     again need not, and is written many times faster.
  /// - Throws: `cannot-write-file`.
  package static func write(
    _ bytes: [UInt8],
    to path: String,
    mode: UInt32 = 0o644,
    isFlushed: Bool = true
  ) throws(Diagnostic) {
    var template = Array(
      FilePath.joining(FilePath.parent(of: path), ".redstart-XXXXXX").utf8CString
    )
    let file = mkstemp(&template)
    guard file >= 0 else { throw .cannotWrite(path, errno) }
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    let failure = writeAndRename(
      bytes,
      file: file,
      from: template,
      to: path,
      mode: mode,
      isFlushed: isFlushed
    )
    guard let failure else { return }
    unlink(template)
    throw .cannotWrite(path, failure)
  }

  /// Writes text as UTF-8, as `write(_:to:mode:)` does for bytes.
  package static func write(
    _ text: String,
    to path: String,
    mode: UInt32 = 0o644
  ) throws(Diagnostic) {
    try write(Array(text.utf8), to: path, mode: mode)
  }

  /// The error number of what went wrong; nil when all went well.
  private static func writeAndRename(
    _ bytes: [UInt8],
    file: CInt,
    from temporary: [CChar],
    to path: String,
    mode: UInt32,
    isFlushed: Bool
  ) -> CInt? {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(file, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        let failure = errno
        close(file)
        return failure
      }
      written += count
    }
    guard fchmod(file, mode) == 0, !isFlushed || fsync(file) == 0 else {
      let failure = errno
      close(file)
      return failure
    }
    // A full disk or a network file system may report only now.
    guard close(file) == 0 else { return errno }
    guard rename(temporary, path) == 0 else { return errno }
    return nil
  }

  /// Where a path leads through links; the path itself where nothing is.
  package static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Gives a file another name on the same file system.
  package static func move(_ path: String, to other: String) throws(Diagnostic) {
    guard rename(path, other) == 0 else { throw .cannotWrite(other, errno) }
  }

  /// Makes a folder and the missing ones above it; one that exists already is left as it is.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - mode: permissions of the folders that are made, before the umask.
  /// - Throws: `cannot-write-file`.
  package static func makeDirectories(
    _ path: String,
    mode: UInt32 = 0o755
  ) throws(Diagnostic) {
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      partial = partial.isEmpty ? String(part) : FilePath.joining(partial, String(part))
      if mkdir(partial, mode) == 0 || isDirectory(partial) { continue }
      throw .cannotMakeFolder(partial, errno == EEXIST ? ENOTDIR : errno)
    }
  }

  /// Whether something has this name; a link that leads nowhere counts as well.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Whether this is a folder, or a link to one.
  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether this is an ordinary file, or a link to one.
  package static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// What this is, or leads to, as `S_IFREG`; nil where nothing is.
  static func type(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// What changes when a file is replaced by another one; empty where there is none.
  package static func stamp(of path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return "" }
    return "\(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
  }

  /// The folder the program was started in.
  package static func currentDirectory() throws(Diagnostic) -> String {
    guard let path = getcwd(nil, 0) else { throw .cannotRead(".", errno) }
    defer { free(path) }
    return String(cString: path)
  }
}
