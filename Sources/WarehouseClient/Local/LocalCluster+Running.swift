import Diagnostics
import Glibc
import RedshiftSQL

/// A server that is there already, or is being waited for.
extension LocalCluster {
  /// A connection to a server that lives; nil when none does.
  func runningServer() throws(Diagnostic) -> PostgresHandle? {
    guard try isAlive() else { return nil }
    // Without files the server answers, but what it is told is lost.
    if version != nil {
      if SystemCalls.exists(placement.socketFolder) { try checkSocketFolder() }
      if let handle = try answer() { return handle }
    }
    if try isAlive() { try endLeftovers(evenIfUsed: false) }
    return nil
  }

  /// Connects as soon as the server answers; nil if nothing more is to be expected of it.
  func answer() throws(Diagnostic) -> PostgresHandle? {
    var patience = Deadline(seconds: 15)
    // Recovery after a crash takes as long as it takes, but not for ever.
    let limit = Deadline(seconds: 600)
    var hopeless: Deadline?
    while !patience.isPast, !limit.isPast {
      do {
        return try PostgresHandle(settings, isCancelled: isCancelled)
      } catch {
        switch error.sqlState {
        case "3D000":
          try makeDatabase()
          continue
        case "57P03": patience = Deadline(seconds: 15)
        case nil: break
        case .some: throw refusal(error)
        }
      }
      if isCancelled() { throw .localServerInterrupted() }
      if try !isAlive() { return nil }
      if isBeyondHelp {
        let end = hopeless ?? Deadline(seconds: 1)
        if end.isPast { return nil }
        hopeless = end
      } else {
        hopeless = nil
      }
      SystemCalls.nap()
    }
    return nil
  }

  /// Whether the postmaster was killed, or serves a socket that was removed.
  ///
  /// The children of a killed one follow it in a moment, if they are not too busy to notice.
  private var isBeyondHelp: Bool {
    guard SystemCalls.exists(placement.processFile) else { return false }
    guard ServerProcesses.postmaster(of: placement) != nil else { return true }
    return !SystemCalls.exists(placement.socket) && ServerProcesses.isReady(placement)
  }

  /// Installs what the database lacks.
  func complete(_ handle: PostgresHandle) throws(Diagnostic) {
    do {
      try shims.install(on: handle)
    } catch {
      throw error.sqlState == "53100" ? refusal(error) : .localServerShims(error)
    }
  }

  /// Ends processes that hold the cluster but serve nobody.
  ///
  /// A live server that other commands are connected to is spared unless `evenIfUsed`.
  func endLeftovers(evenIfUsed: Bool) throws(Diagnostic) {
    if let postmaster = ServerProcesses.postmaster(of: placement) {
      if !evenIfUsed {
        let unused = try local { () throws(SystemFailure) in
          try FileLock.taken(placement.useLock, .exclusive) != nil
        }
        guard unused else { throw .localServerSilent(socketFolder: placement.socketFolder) }
      }
      // SIGQUIT is PostgreSQL's immediate shutdown; recovery follows at the next start.
      kill(postmaster, SIGQUIT)
      if try waitForEnd(seconds: 5) { return ServerProcesses.reap(postmaster) }
    }
    for process in ServerProcesses.all(of: placement) { kill(process, SIGKILL) }
    guard try waitForEnd(seconds: 10) else {
      throw .localServerForeignProcess(folder: placement.folder)
    }
  }

  /// Waits until no process of the server lives.
  func waitForEnd(seconds: Int) throws(Diagnostic) -> Bool {
    let deadline = Deadline(seconds: seconds)
    while try isAlive() {
      if deadline.isPast { return false }
      SystemCalls.nap(milliseconds: 2)
    }
    return true
  }

  private func makeDatabase() throws(Diagnostic) {
    var maintenance = settings
    maintenance.database = "postgres"
    maintenance.sessionSetup = []
    do {
      let handle = try PostgresHandle(maintenance)
      let name = SQLQuoting.identifier(database)
      _ = try handle.execute(
        """
        CREATE DATABASE \(name) TEMPLATE template0
          ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'
        """
      )
      // For psql and other clients, which do not set up their sessions as redstart does.
      _ = try handle.execute(
        """
        ALTER DATABASE \(name)
          SET search_path = "$user", public, \(PostgresShims.schema), pg_catalog
        """
      )
    } catch {
      throw refusal(error)
    }
  }

  private func refusal(_ error: WarehouseError) -> Diagnostic {
    error.sqlState == "53100"
      ? .localServerDiskFull(folder: placement.folder)
      : .localServerRefused(error, folder: placement.folder)
  }
}
