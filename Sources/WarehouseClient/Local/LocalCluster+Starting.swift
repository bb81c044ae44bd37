import Diagnostics
import Glibc

/// Making the cluster's files and starting a server on them.
extension LocalCluster {
  /// Starts the server; nil if another attempt may do better.
  func startedServer() throws(Diagnostic) -> PostgresHandle? {
    guard let launched = try launch() else { return nil }
    do {
      if let handle = try answer() { return handle }
    } catch {
      kill(launched.process, SIGQUIT)
      _ = try waitForEnd(seconds: 5)
      ServerProcesses.reap(launched.process)
      throw error
    }
    if try isAlive() {
      kill(launched.process, SIGQUIT)
      _ = try waitForEnd(seconds: 5)
    }
    ServerProcesses.reap(launched.process)
    throw startFailure(logStart: launched.logStart)
  }

  /// The diagnostic for a server that would not start, with what it wrote since `logStart`.
  func startFailure(logStart: Int) -> Diagnostic {
    let text = SystemCalls.tail(placement.log, from: logStart)
    if text.contains("No space left on device") || text.contains("Disk quota exceeded") {
      return .localServerDiskFull(folder: placement.folder)
    }
    let lines = text.split(separator: "\n").suffix(8).map(String.init)
    return .localServerStartFailed(log: placement.log, lines: lines)
  }

  /// Refuses a socket folder that somebody else could have made or could enter.
  func checkSocketFolder() throws(Diagnostic) {
    guard
      let status = SystemCalls.status(placement.socketFolder, followingLinks: false),
      SystemCalls.isFolder(status), status.st_mode & 0o777 == 0o700,
      status.st_uid == placement.account.user
    else { throw .localServerSocketFolder(placement.socketFolder) }
  }

  /// Removes the socket and its folder; a later start makes them again.
  func removeSocket() {
    unlink(placement.socket)
    unlink(placement.socketProcessFile)
    rmdir(placement.socketFolder)
  }

  /// Starts the postmaster without waiting for it.
  ///
  /// The server's lock is let go of on return; by then the postmaster has it.
  private func launch() throws(Diagnostic) -> (process: pid_t, logStart: Int)? {
    let lock = try local { () throws(SystemFailure) in
      try FileLock.taken(placement.serverLock, .exclusive)
    }
    guard let lock else { return nil }
    let binaries = try ServerBinaries.find(version: version, environment: environment)
    try endOrphans()
    unlink(placement.processFile)
    removeSocket()
    try makeSocketFolder()
    let log = try openLog()
    defer { close(log.descriptor) }
    try makeCluster(binaries, lock, log.descriptor, logStart: log.start)
    let server = try program(
      binaries.path(of: "postgres"),
      ["-D", "data"] + ServerConfiguration.arguments(socketFolder: placement.socketFolder),
      lock,
      log.descriptor
    )
    let process = try local { () throws(SystemFailure) in try server.start() }
    return (process, log.start)
  }

  /// Ends servers that lost their files: somebody removed the folder, locks included.
  private func endOrphans() throws(Diagnostic) {
    guard
      SystemCalls.exists(placement.socketProcessFile) || SystemCalls.exists(placement.processFile)
    else { return }
    let deadline = Deadline(seconds: 10)
    while true {
      let orphans = ServerProcesses.all(of: placement)
      if orphans.isEmpty { return }
      for process in orphans { kill(process, SIGKILL) }
      if deadline.isPast { throw .localServerForeignProcess(folder: placement.folder) }
      SystemCalls.nap()
    }
  }

  private func makeSocketFolder() throws(Diagnostic) {
    let path = placement.socketFolder
    if mkdir(path, 0o700) != 0 {
      guard errno == EEXIST else {
        throw .localServerFolder(SystemFailure("make the folder", path))
      }
      guard let status = SystemCalls.status(path, followingLinks: false),
        SystemCalls.isFolder(status),
        status.st_uid == geteuid() || status.st_uid == placement.account.user
      else { throw .localServerSocketFolder(path) }
    }
    if placement.account.needsSwitch,
      lchown(path, placement.account.user, placement.account.group) != 0
    {
      throw .localServerFolder(SystemFailure("give the server's account", path))
    }
    guard chmod(path, 0o700) == 0 else { throw .localServerSocketFolder(path) }
    try checkSocketFolder()
  }

  /// Runs initdb, unless it was run before.
  private func makeCluster(
    _ binaries: ServerBinaries,
    _ lock: FileLock,
    _ log: Int32,
    logStart: Int
  ) throws(Diagnostic) {
    guard version == nil else { return }
    try local { () throws(SystemFailure) in
      try makeClusterFolder()
      try SystemCalls.remove(placement.unfinishedData)
      try SystemCalls.write(placement.project + "\n", to: placement.folder + "/project")
    }
    let making = try program(
      binaries.path(of: "initdb"),
      [
        "-D", "new", "-U", Self.user, "--encoding=UTF8", "--locale=C.UTF-8",
        "--auth-local=trust", "--auth-host=reject", "--no-sync", "--no-instructions",
      ],
      lock,
      log
    )
    guard try local({ () throws(SystemFailure) in try making.run() }) else {
      throw startFailure(logStart: logStart)
    }
    guard rename(placement.unfinishedData, placement.data) == 0 else {
      throw .localServerFolder(SystemFailure("make the folder", placement.data))
    }
  }

  private func makeClusterFolder() throws(SystemFailure) {
    let path = placement.clusterFolder
    guard placement.account.needsSwitch else {
      return try SystemCalls.makeFolder(path, mode: 0o700)
    }
    // The parent belongs to root alone, so nobody can put a link here.
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw SystemFailure("make the folder", path)
    }
    guard lchown(path, placement.account.user, placement.account.group) == 0,
      chmod(path, 0o700) == 0
    else { throw SystemFailure("give the server's account", path) }
  }

  private func openLog() throws(Diagnostic) -> (descriptor: Int32, start: Int) {
    try local { () throws(SystemFailure) in
      let descriptor = try SystemCalls.open(placement.log, O_WRONLY | O_CREAT | O_APPEND)
      var status = stat()
      guard fstat(descriptor, &status) == 0 else {
        close(descriptor)
        throw SystemFailure("read", placement.log)
      }
      guard status.st_size > 1 << 20 else { return (descriptor, Int(status.st_size)) }
      ftruncate(descriptor, 0)
      return (descriptor, 0)
    }
  }

  private func program(
    _ path: String,
    _ arguments: [String],
    _ lock: FileLock,
    _ log: Int32
  ) throws(Diagnostic) -> DetachedProgram {
    guard let command = placement.account.command(path, arguments) else {
      throw .localServerAccount()
    }
    // Nothing else of our environment: PG variables would change what the programs do.
    var variables = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"]
    if let libraries = environment["LD_LIBRARY_PATH"] {
      variables.append("LD_LIBRARY_PATH=\(libraries)")
    }
    return DetachedProgram(
      path: command.path,
      arguments: command.arguments,
      environment: variables,
      folder: placement.clusterFolder,
      output: log,
      lock: lock
    )
  }
}
