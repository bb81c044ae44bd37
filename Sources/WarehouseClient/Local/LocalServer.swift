package import Diagnostics
import Dispatch
import Glibc
import Synchronization

/// The private PostgreSQL server of one project, which its user need not know of.
///
/// Three file locks in the project's server folder say who does what:
/// - `control.lock`, exclusive, is held while a command looks after the server: checks, makes,
///   starts, stops or removes it.
/// - `use.lock`, shared, is held by every command for as long as it uses the server. Whoever can
///   have it exclusively was the last one, and stops the server.
/// - `server.lock`, exclusive, is held by the server's own processes, so whether one lives is
///   known for sure.
///
/// Being the kernel's, they vanish with their holders: after `kill -9` of a command the server is
/// left running, and the next command uses it and stops it at its end.
package final class LocalServer: Sendable {
  /// What `stop` came to.
  package enum StopOutcome: Hashable, Sendable {
    case stopped
    case wasNotRunning
    /// Other commands use the server; it stops with the last of them.
    case stopsAfterUse
  }

  /// The embedded server as `redstart local status` shows it.
  package struct Status: Hashable, Sendable {
    package var isRunning: Bool
    /// Whether `start` asked for it to stay.
    package var isKeptUp: Bool
    /// Whether commands use it at this moment.
    package var isInUse: Bool
    package var folder: String
    package var database: String
    package var socketFolder: String
    package var log: String
    /// The PostgreSQL version of the files, as `15`; nil before the first use.
    package var version: String?
    package var processIdentifier: Int?
  }

  private let projectRoot: String
  private let home: String?
  private let environment: [String: String]
  private let shims: PostgresShims
  private let database: String

  /// - Parameters:
  ///   - projectRoot: The project's folder, which has to exist.
  ///   - home: The user's home folder, for projects on unsuitable file systems.
  ///   - environment: `PATH`, `XDG_STATE_HOME` and `LD_LIBRARY_PATH` are looked up in it.
  ///   - database: The database to connect to; it is made if need be.
  ///   - shims: SQL to install in the shims' schema besides the embedded functions.
  package init(
    projectRoot: String,
    home: String? = nil,
    environment: [String: String] = [:],
    database: String = "dev",
    shims: [String] = []
  ) {
    self.database = database
    self.projectRoot = projectRoot
    self.home = home
    self.environment = environment
    self.shims = PostgresShims(additions: shims)
  }

  /// Whether a server has left its socket: most likely one is up.
  ///
  /// A guess that costs next to nothing; what is wrong with the folder is told by whoever needs it.
  package var seemsUp: Bool {
    do throws(Diagnostic) {
      return SystemCalls.exists(try cluster(isCancelled: { false }).placement.socket)
    } catch {
      return false
    }
  }

  /// Makes and starts the server if need be, and keeps it from stopping until the lease ends.
  package func acquire() async throws(Diagnostic) -> LocalServerLease {
    try await controlled { cluster throws(Diagnostic) in try self.lease(cluster) }
  }

  /// Starts the server and leaves it running until `stop`, `reset` or the end of the machine.
  package func start() async throws(Diagnostic) {
    try await controlled { cluster throws(Diagnostic) in
      let lease = try self.lease(cluster)
      try cluster.local { () throws(SystemFailure) in
        try SystemCalls.write(Self.bootIdentifier, to: cluster.placement.keptUpMark)
      }
      lease.abandon()
    }
  }

  /// Stops the server, or lets it stop with the last command that uses it.
  package func stop() async throws(Diagnostic) -> StopOutcome {
    try await controlled { cluster throws(Diagnostic) in
      unlink(cluster.placement.keptUpMark)
      guard let lock = try Self.exclusiveUse(cluster) else { return .stopsAfterUse }
      defer { lock.unlock() }
      return try cluster.stop() ? .stopped : .wasNotRunning
    }
  }

  /// Stops the server and deletes its data; refused while another command uses it.
  package func reset() async throws(Diagnostic) {
    try await controlled { cluster throws(Diagnostic) in
      guard let lock = try Self.exclusiveUse(cluster) else {
        throw .localServerInUse(folder: cluster.placement.folder)
      }
      defer { lock.unlock() }
      try cluster.remove()
    }
  }

  package func status() async throws(Diagnostic) -> Status {
    try await controlled { cluster throws(Diagnostic) in
      let placement = cluster.placement
      let use = try Self.exclusiveUse(cluster)
      defer { use?.unlock() }
      return Status(
        isRunning: try cluster.isAlive(),
        isKeptUp: Self.isKeptUp(placement),
        isInUse: use == nil,
        folder: placement.folder,
        database: cluster.database,
        socketFolder: placement.socketFolder,
        log: placement.log,
        version: cluster.version,
        processIdentifier: ServerProcesses.postmaster(of: placement).map { Int($0) }
      )
    }
  }

  /// The command line of a psql on the server, the program's path first.
  ///
  /// Run it as a child while a lease is held.
  package func psqlArguments(schema: String? = nil) throws(Diagnostic) -> [String] {
    let cluster = try cluster(isCancelled: { false })
    let binaries = try ServerBinaries.find(version: cluster.version, environment: environment)
    let path = binaries.path(of: "psql")
    guard access(path, X_OK) == 0 else { throw .postgresNotInstalled(program: "psql") }
    return [path, "--dbname", cluster.settings.connectionString(schema: schema)]
  }

  // MARK: Under the control lock

  private func lease(_ cluster: LocalCluster) throws(Diagnostic) -> LocalServerLease {
    do {
      try cluster.ensureRunning()
    } catch {
      try Self.stopIfUnused(cluster)
      throw error
    }
    let lock = try cluster.local { () throws(SystemFailure) in
      try FileLock.taken(cluster.placement.useLock, .shared)
    }
    guard let lock else { throw .localServerBusy(folder: cluster.placement.folder) }
    return LocalServerLease(server: self, settings: cluster.settings, lock: lock)
  }

  /// Ends a lease; what goes wrong while the server is stopped is told, not thrown.
  func release(_ lock: FileLock) async -> Diagnostic? {
    do {
      try await controlled(isCancellable: false) { cluster throws(Diagnostic) in
        lock.unlock()
        try Self.stopIfUnused(cluster)
      }
      return nil
    } catch {
      lock.unlock()
      return error
    }
  }

  private static func stopIfUnused(_ cluster: LocalCluster) throws(Diagnostic) {
    guard !isKeptUp(cluster.placement), let lock = try exclusiveUse(cluster) else { return }
    defer { lock.unlock() }
    _ = try cluster.stop()
  }

  private static func exclusiveUse(_ cluster: LocalCluster) throws(Diagnostic) -> FileLock? {
    try cluster.local { () throws(SystemFailure) in
      try FileLock.taken(cluster.placement.useLock, .exclusive)
    }
  }

  /// The mark counts for the run of the machine in which it was made.
  private static func isKeptUp(_ placement: LocalServerPlacement) -> Bool {
    SystemCalls.exists(placement.keptUpMark)
      && SystemCalls.tail(placement.keptUpMark) == bootIdentifier
  }

  private static var bootIdentifier: String {
    SystemCalls.contents("/proc/sys/kernel/random/boot_id")
  }

  private func cluster(
    isCancelled: @escaping @Sendable () -> Bool
  ) throws(Diagnostic) -> LocalCluster {
    LocalCluster(
      placement: try LocalServerPlacement(
        project: projectRoot,
        home: home,
        environment: environment
      ),
      environment: environment,
      shims: shims,
      database: database,
      isCancelled: isCancelled
    )
  }

  /// Does `work` as the only command that looks after the server, on a thread that may block.
  private func controlled<Value: Sendable>(
    isCancellable: Bool = true,
    _ work: @escaping @Sendable (LocalCluster) throws(Diagnostic) -> Value
  ) async throws(Diagnostic) -> Value {
    let cancelled = CancellationFlag()
    let outcome: Result<Value, Diagnostic> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        DispatchQueue(label: "redstart.local").async {
          continuation.resume(
            returning: Result { () throws(Diagnostic) in
              try self.blockingControlled(isCancelled: { cancelled.isSet }, work)
            }
          )
        }
      }
    } onCancel: {
      if isCancellable { cancelled.set() }
    }
    return try outcome.get()
  }

  private func blockingControlled<Value>(
    isCancelled: @escaping @Sendable () -> Bool,
    _ work: (LocalCluster) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    // Another command may start a server or end one that recovers; neither takes for ever.
    let deadline = Deadline(seconds: 300)
    while true {
      let cluster = try cluster(isCancelled: isCancelled)
      let lock = try cluster.local { () throws(SystemFailure) in
        try FileLock(cluster.placement.controlLock)
      }
      while try cluster.local({ () throws(SystemFailure) in try !lock.take(.exclusive) }) {
        if isCancelled() { throw .localServerInterrupted() }
        if deadline.isPast { throw .localServerBusy(folder: cluster.placement.folder) }
        SystemCalls.nap()
      }
      defer { lock.unlock() }
      // Somebody may have removed the whole folder meanwhile.
      if lock.isCurrent { return try work(cluster) }
    }
  }
}

/// Set once, from any thread.
private final class CancellationFlag: Sendable {
  private let flag = Atomic(false)

  var isSet: Bool { flag.load(ordering: .acquiring) }

  func set() { flag.store(true, ordering: .releasing) }
}
