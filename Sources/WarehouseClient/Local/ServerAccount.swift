import Glibc

/// The system account that the server runs under.
struct ServerAccount: Hashable, Sendable {
  var name: String
  var user: uid_t
  var group: gid_t
  /// Whether redstart runs under another account, root, and has to change to this one.
  var needsSwitch: Bool

  /// The caller's own account, or for root, which PostgreSQL refuses, one without rights.
  static func forCaller() -> ServerAccount? {
    let user = geteuid()
    guard user == 0 else {
      return ServerAccount(name: "", user: user, group: getegid(), needsSwitch: false)
    }
    return named("postgres") ?? named("nobody")
  }

  private static func named(_ name: String) -> ServerAccount? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16_384)
    guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil,
      entry.pw_uid != 0
    else { return nil }
    return ServerAccount(name: name, user: entry.pw_uid, group: entry.pw_gid, needsSwitch: true)
  }

  /// A command line that runs `program` as this account, in the same process.
  func command(_ program: String, _ arguments: [String]) -> (path: String, arguments: [String])? {
    guard needsSwitch else { return (program, arguments) }
    for folder in ["/usr/bin", "/bin", "/usr/sbin", "/sbin"] {
      let path = folder + "/setpriv"
      if access(path, X_OK) == 0 {
        let options = ["--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--"]
        return (path, options + [program] + arguments)
      }
    }
    // Part of coreutils, so it is there even where util-linux is cut down.
    for folder in ["/usr/sbin", "/usr/bin", "/sbin", "/bin"] {
      let path = folder + "/chroot"
      if access(path, X_OK) == 0 {
        let options = ["--userspec=+\(user):+\(group)", "--groups=+\(group)", "--skip-chdir", "/"]
        return (path, options + [program] + arguments)
      }
    }
    return nil
  }
}
