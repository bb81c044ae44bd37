import Glibc

/// A system call that failed.
struct SystemFailure: Error, Hashable, Sendable {
  /// What was tried, as `make the folder`.
  var action: String
  var path: String
  var code: Int32

  init(_ action: String, _ path: String, code: Int32 = errno) {
    self.action = action
    self.path = path
    self.code = code
  }

  var reason: String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
  var isFullDisk: Bool { code == ENOSPC || code == EDQUOT }
}

/// The few calls on files that the local server needs, each with its path in the error.
enum SystemCalls {
  /// Opens a file that children do not inherit.
  ///
  /// Its number is kept away from 0 to 3: those may be free when redstart was started with closed
  /// standard streams, and children get their own files there.
  static func open(
    _ path: String,
    _ flags: Int32,
    mode: mode_t = 0o600
  ) throws(SystemFailure) -> Int32 {
    let descriptor = Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw SystemFailure("open", path) }
    defer { close(descriptor) }
    let moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
    guard moved >= 0 else { throw SystemFailure("open", path) }
    return moved
  }

  /// The path without links, dots and relative parts; nil if nothing is there.
  static func canonical(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// What a path is, links followed or not; nil if nothing is there.
  static func status(_ path: String, followingLinks: Bool = true) -> stat? {
    var status = stat()
    let outcome = followingLinks ? stat(path, &status) : lstat(path, &status)
    return outcome == 0 ? status : nil
  }

  static func exists(_ path: String) -> Bool { status(path, followingLinks: false) != nil }

  /// Makes a folder of the caller's with exactly this mode.
  ///
  /// One that is there must be the caller's own and no link: somebody else could have put it there
  /// to get at what is written into it.
  static func makeFolder(_ path: String, mode: mode_t) throws(SystemFailure) {
    if mkdir(path, mode) != 0 {
      guard errno == EEXIST else { throw SystemFailure("make the folder", path) }
      guard let status = status(path, followingLinks: false), isFolder(status) else {
        throw SystemFailure("make the folder", path, code: ENOTDIR)
      }
      guard status.st_uid == geteuid() else {
        throw SystemFailure("use the folder of another user", path, code: EPERM)
      }
    }
    // The umask may have taken bits away.
    guard chmod(path, mode) == 0 else { throw SystemFailure("set the mode of", path) }
  }

  static func isFolder(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }

  /// At most the last `limit` bytes of a file; empty if it cannot be read.
  static func tail(_ path: String, limit: Int = 16_384, from start: Int = 0) -> String {
    guard let descriptor = try? open(path, O_RDONLY | O_NONBLOCK) else { return "" }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return "" }
    let offset = max(start, Int(status.st_size) - limit)
    guard offset < Int(status.st_size) else { return "" }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size) - offset)
    let count = pread(descriptor, &bytes, bytes.count, off_t(offset))
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }

  static func write(_ text: String, to path: String) throws(SystemFailure) {
    let descriptor = try open(path, O_WRONLY | O_CREAT | O_TRUNC)
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw SystemFailure("write", path)
    }
  }

  /// Removes a file or a whole folder, without following links.
  static func remove(_ path: String) throws(SystemFailure) {
    try remove(path, in: AT_FDCWD, depth: 0)
  }

  private static func remove(
    _ name: String,
    in parent: Int32,
    depth: Int
  ) throws(SystemFailure) {
    if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
    guard errno == EISDIR || errno == EPERM, depth < 64 else {
      throw SystemFailure("remove", name)
    }
    let folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0, let stream = fdopendir(folder) else {
      throw SystemFailure("remove", name)
    }
    let names = names(stream)
    defer { closedir(stream) }
    for entry in names { try remove(entry, in: folder, depth: depth + 1) }
    guard unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
      throw SystemFailure("remove", name)
    }
  }

  /// The names in a folder, itself and its parent left out; none if it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    return names(stream)
  }

  private static func names(_ stream: OpaquePointer) -> [String] {
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// The whole of a file that has no size, as the kernel's own; empty if it cannot be read.
  static func contents(_ path: String) -> String {
    guard let descriptor = try? open(path, O_RDONLY) else { return "" }
    defer { close(descriptor) }
    var all: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = read(descriptor, &bytes, bytes.count)
      guard count > 0 else { return String(decoding: all, as: UTF8.self) }
      all += bytes.prefix(count)
    }
  }

  /// Waits a moment between two looks at something that no file descriptor announces.
  static func nap(milliseconds: Int = 5) {
    usleep(UInt32(milliseconds * 1000))
  }
}
