import Glibc

/// A lock on a file, which the kernel gives back when its last holder dies.
///
/// The lock belongs to the opened file, so a child that inherits the descriptor holds it too.
final class FileLock: Sendable {
  enum Mode {
    case shared
    case exclusive
  }

  let path: String
  let descriptor: Int32

  init(_ path: String) throws(SystemFailure) {
    self.path = path
    descriptor = try SystemCalls.open(path, O_RDWR | O_CREAT)
  }

  deinit { close(descriptor) }

  /// Takes the lock if nobody is in the way.
  func take(_ mode: Mode) throws(SystemFailure) -> Bool {
    while flock(descriptor, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { return false }
      guard errno == EINTR else { throw SystemFailure("lock", path) }
    }
    return true
  }

  /// Gives the lock back, also for children that have inherited it.
  func unlock() { flock(descriptor, LOCK_UN) }

  /// Opens and takes a lock if nobody is in the way; nil if somebody is.
  static func taken(_ path: String, _ mode: Mode) throws(SystemFailure) -> FileLock? {
    let lock = try FileLock(path)
    return try lock.take(mode) ? lock : nil
  }

  /// Whether the path still leads to the locked file: it may have been removed meanwhile.
  var isCurrent: Bool {
    var mine = stat()
    guard fstat(descriptor, &mine) == 0, let there = SystemCalls.status(path) else {
      return false
    }
    return mine.st_ino == there.st_ino && mine.st_dev == there.st_dev
  }
}
