import Diagnostics
import Glibc

/// Where the files of a project's local server are.
///
/// An ordinary user's are in the project, unless its file system cannot hold them: a folder of
/// mode 0700 and dependable locks are needed. Root's are outside of the project, where the
/// server's account can reach them.
struct LocalServerPlacement: Hashable, Sendable {
  /// PostgreSQL keeps paths in 1024 bytes; its own names need some of them.
  private static let longestFolder = 800

  /// The project's folder, without links.
  var project: String
  /// Holds the locks, the log and the cluster.
  var folder: String
  /// Holds the socket; short, because a socket's path has at most 107 bytes.
  var socketFolder: String
  var account: ServerAccount

  /// Makes the folder if need be.
  init(
    project path: String,
    home: String?,
    environment: [String: String]
  ) throws(Diagnostic) {
    guard let project = SystemCalls.canonical(path) else {
      throw .localServerFolder(SystemFailure("find the project's folder", path))
    }
    guard let account = ServerAccount.forCaller() else { throw .localServerAccount() }
    self.project = project
    self.account = account
    let identifier = StableHash.hexadecimal(project)
    socketFolder = "/tmp/redstart-\(geteuid())-\(identifier)"
    folder = ""

    var refusal = SystemFailure("use", project, code: EACCES)
    let candidates =
      account.needsSwitch
      ? Self.rootCandidates(identifier)
      : Self.userCandidates(project, identifier, home: home, environment: environment)
    for candidate in candidates {
      do {
        try candidate.make(mode: account.needsSwitch ? 0o711 : 0o700)
        folder = candidate.folder
        return
      } catch {
        refusal = error
        // A full disk is to be told, not avoided: the data would be elsewhere tomorrow.
        if error.isFullDisk { break }
      }
    }
    throw .localServerFolder(refusal)
  }

  var controlLock: String { folder + "/control.lock" }
  var useLock: String { folder + "/use.lock" }
  var serverLock: String { folder + "/server.lock" }
  var keptUpMark: String { folder + "/kept-up" }
  var log: String { folder + "/server.log" }
  /// Belongs to the server's account.
  var clusterFolder: String { folder + "/cluster" }
  var data: String { clusterFolder + "/data" }
  /// A cluster that is being made; complete ones are renamed.
  var unfinishedData: String { clusterFolder + "/new" }
  var processFile: String { data + "/postmaster.pid" }
  var versionFile: String { data + "/PG_VERSION" }
  var socket: String { socketFolder + "/.s.PGSQL.5432" }
  var socketProcessFile: String { socket + ".lock" }
}

extension LocalServerPlacement {
  /// A folder that may do, given by one that exists and the names below it.
  private struct Candidate {
    var root: String
    var names: [String]
    var folder: String { ([root] + names).joined(separator: "/") }

    func make(mode: mode_t) throws(SystemFailure) {
      guard folder.utf8.count <= longestFolder else {
        throw SystemFailure("use", folder, code: ENAMETOOLONG)
      }
      var path = root
      for (index, name) in names.enumerated() {
        path += "/" + name
        if index < names.count - 1, SystemCalls.exists(path) { continue }
        try SystemCalls.makeFolder(
          path,
          mode: index < names.count - 1 && mode != 0o700 ? 0o755 : mode
        )
      }
      guard chmod(path, mode) == 0, let status = SystemCalls.status(path),
        status.st_mode & 0o777 == mode, status.st_uid == geteuid()
      else { throw SystemFailure("make private", path, code: EPERM) }
      guard !isOnNetwork(path) else {
        throw SystemFailure("trust locks on the network folder", path, code: ENOLCK)
      }
    }
  }

  private static func rootCandidates(_ identifier: String) -> [Candidate] {
    [
      Candidate(root: "/var/lib", names: ["redstart", identifier]),
      Candidate(root: "/var/tmp", names: ["redstart-0-" + identifier]),
    ]
  }

  private static func userCandidates(
    _ project: String,
    _ identifier: String,
    home: String?,
    environment: [String: String]
  ) -> [Candidate] {
    var candidates = [Candidate(root: project, names: [".redstart", "local"])]
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      candidates.append(Candidate(root: state, names: ["redstart", identifier]))
    }
    if let home, home.hasPrefix("/") {
      let names = [".local", "state", "redstart", identifier]
      candidates.append(Candidate(root: home, names: names))
    }
    let name = "redstart-\(geteuid())-" + identifier
    candidates.append(Candidate(root: "/var/tmp", names: [name]))
    return candidates
  }

  /// Whether a folder is on a file system where locks or modes may not be what they seem.
  private static func isOnNetwork(_ path: String) -> Bool {
    guard let device = SystemCalls.status(path)?.st_dev else { return true }
    // Linux's encoding of device numbers: minor, major, minor's and major's upper bits.
    let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
    let minor = device & 0xFF | (device >> 12) & 0xFFF_FF00
    for line in SystemCalls.contents("/proc/self/mountinfo").split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2, fields[2] == "\(major):\(minor)",
        let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
      else { continue }
      return networkKinds.contains(fields[dash + 1])
    }
    return false
  }

  private static let networkKinds: Set<Substring> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre",
    "fuse.sshfs", "fuse.s3fs", "fuse.glusterfs", "fuse.rclone",
  ]
}
