package import Diagnostics
import Synchronization

/// The right to use the local server, which runs at least until `release`.
///
/// If it is dropped, the server stays for the next command to find and stop, as after `kill -9`.
package final class LocalServerLease: Sendable {
  /// How to connect; add the target's schema by `withSchema`.
  package let settings: PostgresConnectionSettings
  private let server: LocalServer
  private let lock: Mutex<FileLock?>

  init(server: LocalServer, settings: PostgresConnectionSettings, lock: FileLock) {
    self.server = server
    self.settings = settings
    self.lock = Mutex(lock)
  }

  /// Ends the lease; the last one stops the server, unless it is kept up.
  ///
  /// - Returns: What went wrong while stopping, for a warning.
  @discardableResult
  package func release() async -> Diagnostic? {
    guard let lock = takeLock() else { return nil }
    return await server.release(lock)
  }

  /// Ends the lease and leaves the server as it is.
  func abandon() { takeLock()?.unlock() }

  private func takeLock() -> FileLock? {
    lock.withLock { lock in
      defer { lock = nil }
      return lock
    }
  }
}
