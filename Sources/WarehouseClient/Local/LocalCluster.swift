import Diagnostics
import Glibc

/// The embedded server's cluster of files and the processes on it.
///
/// Every call blocks, and is made by the holder of the control lock, so only one redstart command
/// at a time makes, starts, stops or removes anything. Whether processes are alive is asked of a
/// lock that the server and its children inherit, which the kernel gives back when the last of
/// them has died, even of `kill -9`, and which no reused process number can fake.
struct LocalCluster {
  /// The cluster's own superuser; sessions and psql use it too.
  static let user = "redstart"

  var placement: LocalServerPlacement
  var environment: [String: String]
  var shims: PostgresShims
  /// The database in which the project is; made when it is first asked for.
  var database: String
  /// Whether the caller's task has been cancelled.
  var isCancelled: @Sendable () -> Bool

  var settings: PostgresConnectionSettings {
    PostgresConnectionSettings(
      host: placement.socketFolder,
      database: database,
      user: Self.user,
      // The server asks for none; a wrong one in the environment must not be sent either.
      password: "-",
      sslMode: .disable,
      connectTimeout: 5,
      sessionSetup: [PostgresConnectionSettings.searchPathStatement(schema: nil)]
    )
  }

  /// The major version that the files were made with; nil when there are none.
  var version: String? {
    let text = withoutTrailingWhitespace(SystemCalls.tail(placement.versionFile))
    return text.isEmpty ? nil : text
  }

  /// Makes sure that a server answers and that its database is complete.
  func ensureRunning() throws(Diagnostic) {
    for _ in 0..<3 {
      if let handle = try runningServer() { return try complete(handle) }
      if let handle = try startedServer() { return try complete(handle) }
    }
    throw startFailure(logStart: 0)
  }

  /// Ends the server, open transactions included, and waits for it.
  ///
  /// - Returns: Whether one was running.
  func stop() throws(Diagnostic) -> Bool {
    guard try isAlive() else {
      removeSocket()
      return false
    }
    if let postmaster = ServerProcesses.postmaster(of: placement) {
      // SIGINT is PostgreSQL's fast shutdown: clients are disconnected, everything is written.
      kill(postmaster, SIGINT)
      _ = try waitForEnd(seconds: 60)
      ServerProcesses.reap(postmaster)
    }
    if try isAlive() { try endLeftovers(evenIfUsed: true) }
    removeSocket()
    return true
  }

  /// Stops the server and removes all its files, locks included.
  ///
  /// The folder is renamed first: a command that waits for the control lock finds that it is gone,
  /// and what it makes anew is not removed with the rest.
  func remove() throws(Diagnostic) {
    _ = try stop()
    let removed = placement.folder + ".removed"
    try local { () throws(SystemFailure) in
      try SystemCalls.remove(removed)
      guard rename(placement.folder, removed) == 0 else {
        throw SystemFailure("remove", placement.folder)
      }
      try SystemCalls.remove(removed)
    }
  }

  /// Whether any process of the server lives.
  func isAlive() throws(Diagnostic) -> Bool {
    try local { () throws(SystemFailure) in
      try FileLock.taken(placement.serverLock, .exclusive) == nil
    }
  }

  /// Runs what may fail in a system call, and tells the failure in the user's words.
  func local<Value>(_ body: () throws(SystemFailure) -> Value) throws(Diagnostic) -> Value {
    do {
      return try body()
    } catch {
      throw error.isFullDisk
        ? .localServerDiskFull(folder: placement.folder) : .localServerFolder(error)
    }
  }
}
