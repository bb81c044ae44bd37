import Diagnostics
import Glibc

/// The programs of one installed PostgreSQL.
struct ServerBinaries: Hashable, Sendable {
  var folder: String
  /// The major version, as `15`.
  var version: String

  /// The newest installation, or the one of the version that a cluster was made with.
  static func find(
    version wanted: String?,
    environment: [String: String]
  ) throws(Diagnostic) -> ServerBinaries {
    let installed = installations(environment)
    guard let newest = installed.last else { throw .postgresNotInstalled() }
    guard let wanted else { return newest }
    guard let matching = installed.last(where: { $0.version == wanted }) else {
      throw .localServerVersion(cluster: wanted, installed: installed.map(\.version))
    }
    return matching
  }

  func path(of program: String) -> String { folder + "/" + program }

  /// All of them, oldest first: Debian's folders, Red Hat's, then the search path.
  private static func installations(_ environment: [String: String]) -> [ServerBinaries] {
    var found: [ServerBinaries] = []
    for pattern in ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"] {
      for folder in matches(pattern) {
        let name = folder.split(separator: "/").dropLast().last ?? ""
        let version = String(name.split(separator: "-").last ?? "")
        if Int(version) != nil, isComplete(folder) {
          found.append(ServerBinaries(folder: folder, version: version))
        }
      }
    }
    if found.isEmpty {
      for folder in (environment["PATH"] ?? "").split(separator: ":") where folder.hasPrefix("/") {
        // The programs may be links into the installation; their own folder is the real one.
        guard let program = SystemCalls.canonical(folder + "/postgres"),
          let end = program.lastIndex(of: "/")
        else { continue }
        let real = String(program[..<end])
        guard isComplete(real), let version = installedVersion(real) else { continue }
        found.append(ServerBinaries(folder: real, version: version))
        break
      }
    }
    return found.sorted { (Int($0.version) ?? 0) < (Int($1.version) ?? 0) }
  }

  private static func isComplete(_ folder: String) -> Bool {
    access(folder + "/postgres", X_OK) == 0 && access(folder + "/initdb", X_OK) == 0
  }

  /// The major version, read from a file of the installation's `share` folder.
  private static func installedVersion(_ folder: String) -> String? {
    let root = folder.hasSuffix("/bin") ? String(folder.dropLast(4)) : folder
    for place in ["/share/postgresql", "/share", "/share/pgsql"] {
      // The catalogue's bootstrap script begins with `# PostgreSQL 15`.
      guard let descriptor = try? SystemCalls.open(root + place + "/postgres.bki", O_RDONLY) else {
        continue
      }
      defer { close(descriptor) }
      var bytes = [UInt8](repeating: 0, count: 64)
      let count = read(descriptor, &bytes, bytes.count)
      let line =
        String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        .split(separator: "\n").first ?? ""
      if line.hasPrefix("# PostgreSQL "), let version = line.split(separator: " ").last {
        return String(version)
      }
    }
    return nil
  }

  private static func matches(_ pattern: String) -> [String] {
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, 0, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { index in
      result.gl_pathv[index].map { String(cString: $0) }
    }
  }
}
