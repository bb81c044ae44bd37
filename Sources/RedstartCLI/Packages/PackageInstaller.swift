import Diagnostics
import Glibc
import ProjectModel

/// Finds, fetches and installs the packages that a project asks for.
///
/// Everything is fetched into a folder beside the installed packages first, so that a failure leaves
/// what was there.
struct PackageInstaller {
  let session: CommandSession
  let root: String
  /// The name of the project, which no package can have.
  let rootName: String?
  let packagesPath: String
  let vars: PlainDictionary

  /// A package that was fetched.
  struct Found {
    var source: PackageRequest.Source
    /// The name in its project file.
    var name: String
    /// Where it lies now: a folder of the staging area, or a local package's own.
    var folder: String
    /// What the lock file says of it.
    var lock: PlainDictionary
  }

  private var environment: [String: String] { session.console.environment }
  private var installed: String { FilePath.absolute(packagesPath, from: root) }
  private var staging: String { installed + ".new" }
  private var lockPath: String { FilePath.joining(root, PackageRequest.lockFileName) }

  /// Installs everything.
  ///
  /// - Returns: the packages, in the order in which they were asked for.
  func install(upgrades: Bool, locksOnly: Bool) async throws -> [Found] {
    let wanted = try PackageRequests.read(
      root: root,
      environment: environment,
      vars: vars,
      into: session.buffers
    )
    guard !wanted.requests.isEmpty else { return [] }
    try checkPlace()
    let hash = Self.hash(of: wanted.entries)
    try FileSystem.removeTree(staging)
    try FileSystem.makeDirectories(staging)
    do {
      let found: [Found]
      if !upgrades, let locked = try lockedRequests(hash: hash) {
        found = try await fetch(locked, followsNested: false)
      } else {
        found = try await fetch(wanted.requests, followsNested: true)
        try FileSystem.write(Self.lockText(found, hash: hash), to: lockPath)
      }
      if !locksOnly { try place(found) }
      try FileSystem.removeTree(staging)
      return found
    } catch {
      try FileSystem.removeTree(staging)
      throw error
    }
  }

  // MARK: The lock file

  /// The hash of the entries, as dbt computes it: so a lock file of either serves both.
  static func hash(of entries: [PlainValue]) -> String {
    let texts = entries.map { entry -> String in
      let written = entry.dictionary ?? [:]
      var value = written
      value["unrendered"] = .dictionary(written)
      if written["git"] != nil {
        for key in ["revision", "subdirectory", "warn-unpinned"] where value[key] == nil {
          value[key] = .null
        }
      } else if written["package"] != nil {
        value["install_prerelease"] =
          value["install-prerelease"] ?? value["install_prerelease"] ?? false
        value["install-prerelease"] = nil
      }
      return pythonJSON(.dictionary(value))
    }
    return Checksum.sha1(Array(texts.sorted().joined(separator: "\n").utf8))
  }

  /// JSON with sorted keys and Python's spaces.
  private static func pythonJSON(_ value: PlainValue) -> String {
    switch value {
    case .dictionary(let dictionary):
      let pairs = dictionary.pairs.sorted { $0.key < $1.key }.map {
        "\(PlainValue.string($0.key).jsonString): \(pythonJSON($0.value))"
      }
      return "{\(pairs.joined(separator: ", "))}"
    case .list(let items): return "[\(items.map(pythonJSON).joined(separator: ", "))]"
    default: return value.jsonString
    }
  }

  /// What the lock file asks for; nil when there is none, or it was made for other requests.
  private func lockedRequests(hash: String) throws -> [PackageRequest]? {
    guard FileSystem.isFile(lockPath) else { return nil }
    let text = String(decoding: try FileSystem.read(lockPath), as: UTF8.self)
    let lock = try YAML.parseValue(text, name: PackageRequest.lockFileName, in: session.buffers)
    guard lock.dictionary?["sha1_hash"]?.string == hash else { return nil }
    return try PackageRequests.read(
      root: root,
      fileNames: [PackageRequest.lockFileName],
      environment: environment,
      vars: vars,
      into: session.buffers
    ).requests
  }

  static func lockText(_ packages: [Found], hash: String) -> String {
    var text = "packages:\n"
    for package in packages {
      text += entryText(package.lock.pairs.sorted { $0.key < $1.key }, scalar)
    }
    return text + "sha1_hash: \(hash)\n"
  }

  /// An entry of a list in YAML: a key on each line.
  static func entryText(
    _ pairs: [(key: String, value: PlainValue)],
    _ scalar: (PlainValue) -> String
  ) -> String {
    pairs.enumerated().map { index, pair in
      "\(index == 0 ? "  - " : "    ")\(pair.key): \(scalar(pair.value))\n"
    }.joined()
  }

  private static func scalar(_ value: PlainValue) -> String {
    guard let text = value.string else { return value.jsonString }
    let isPlain =
      !text.isEmpty && !text.contains(": ") && !text.hasPrefix("'") && !text.hasPrefix("{")
    // `1.0` would be read as a number.
    if isPlain, Double(text) == nil { return text }
    let parts = text.split(separator: "'", omittingEmptySubsequences: false)
    return "'\(parts.joined(separator: "''"))'"
  }

  // MARK: Fetching

  private func fetch(
    _ requests: [PackageRequest],
    followsNested: Bool
  ) async throws -> [Found] {
    var found: [Found] = []
    var pending = requests
    var registry = PackageRegistry(session: session)
    var seen: Set<PackageRequest.Source> = []
    var conditions: [String: [String]] = [:]
    while !pending.isEmpty {
      let request = pending.removeFirst()
      guard seen.insert(request.source).inserted else { continue }
      if case .hub(let name, let versions, _) = request.source {
        conditions[name, default: []] += versions
        // Asked for before: the version that was chosen has to fit this one, too.
        if let index = found.firstIndex(where: { $0.lock["package"]?.string == name }) {
          let version = found[index].lock["version"]?.string.flatMap(PackageVersion.init)
          if version.map({ chosen in versions.allSatisfy(chosen.fits) }) == true { continue }
          found.remove(at: index)
        }
      }
      let package = try await fetch(
        request,
        conditions: conditions,
        number: found.count,
        &registry
      )
      if package.name == rootName {
        throw Diagnostic(
          code: "duplicate-package",
          "package \"\(package.name)\" has the name of the project itself",
          at: request.range,
          help: ["give one of them another name in its project file"]
        )
      }
      if let other = found.first(where: { $0.name == package.name }) {
        if other.folder == package.folder { continue }
        throw Diagnostic(
          code: "duplicate-package",
          "package \"\(package.name)\" is asked for twice, from different places",
          at: request.range,
          help: ["ask for it once; other packages use the same"]
        )
      }
      found.append(package)
      guard followsNested else { continue }
      pending += try PackageRequests.read(
        root: package.folder,
        display: package.name + "/",
        environment: environment,
        vars: vars,
        into: session.buffers
      ).requests
    }
    try session.tell(registry.renamed, in: nil)
    return found
  }

  private func fetch(
    _ request: PackageRequest,
    conditions: [String: [String]],
    number: Int,
    _ registry: inout PackageRegistry
  ) async throws -> Found {
    let folder = FilePath.joining(staging, "package\(number)-\(UInt32.random(in: 0...9_999))")
    switch request.source {
    case .local(let path):
      let absolute = FilePath.absolute(path, from: root)
      begin(path)
      let name = try projectName(in: absolute, asked: path, at: request.range)
      end("<local @ \(path)>")
      return Found(
        source: request.source,
        name: name,
        folder: absolute,
        lock: ["local": .string(path), "name": .string(name)]
      )
    case .git(let url, let revision, let subdirectory):
      let address = PackageAddress(url)
      address.login.forEach(session.console.protect)
      begin(address.shown)
      let commit = try await clone(url, revision, into: folder, at: request.range)
      let inner = subdirectory.map { FilePath.joining(folder, $0) } ?? folder
      let name = try projectName(in: inner, asked: address.shown, at: request.range)
      var lock: PlainDictionary = [
        "git": request.written["git"] ?? .string(url), "name": .string(name),
        "revision": .string(commit),
      ]
      if let subdirectory { lock["subdirectory"] = .string(subdirectory) }
      end(revision.map { "revision \($0)" } ?? "HEAD (default revision)")
      return Found(source: request.source, name: name, folder: inner, lock: lock)
    case .tarball(let url, let name):
      let address = PackageAddress(url)
      address.login.forEach(session.console.protect)
      begin(address.shown)
      try await registry.unpack(url, into: folder, at: request.range)
      end("tarball (url: \(address.shown))")
      return Found(
        source: request.source,
        name: try projectName(in: folder, asked: address.shown, at: request.range),
        folder: folder,
        lock: ["tarball": request.written["tarball"] ?? .string(url), "name": .string(name)]
      )
    case .hub(let package, let versions, let allowsPrereleases):
      let release = try await registry.release(
        of: package,
        fitting: conditions[package] ?? versions,
        allowsPrereleases: allowsPrereleases,
        at: request.range
      )
      begin(package, version: release.version)
      try await registry.unpack(release.url, into: folder, at: request.range)
      end("version \(release.version)")
      let name = try projectName(in: folder, asked: package, at: request.range)
      return Found(
        source: request.source,
        name: name,
        folder: folder,
        lock: [
          "name": .string(name), "package": .string(package), "version": .string(release.version),
        ]
      )
    }
  }

  /// Says that a package is being fetched; in dbt's words where the program is called so.
  private func begin(_ name: String, version: String? = nil) {
    guard let log = session.dbtLog else {
      return session.note("installing \(name)\(version.map { " \($0)" } ?? "")")
    }
    let data: PlainDictionary = ["package_name": .string(name)]
    log.fire("DepsStartPackageInstall", "M014", "Installing \(name)", data: data)
  }

  private func end(_ version: String) {
    session.dbtLog?.fire(
      "DepsInstallInfo",
      "M015",
      "Installed from \(version)",
      data: ["version_name": .string(version)]
    )
  }

  private func projectName(in folder: String, asked: String, at range: TextRange) throws -> String {
    for file in ProjectLoader.fileNames.reversed() {
      let path = FilePath.joining(folder, file)
      guard FileSystem.isFile(path) else { continue }
      let text = String(decoding: try FileSystem.read(path), as: UTF8.self)
      let value = try YAML.parseValue(text, name: "\(asked)/\(file)", in: session.buffers)
      guard let name = value.dictionary?["name"]?.string else { continue }
      // It becomes the name of a folder.
      guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else {
        throw Diagnostic(
          code: "invalid-project-name",
          "\(asked) has the name \"\(name)\", which is no name for a project",
          at: range
        )
      }
      return name
    }
    throw Diagnostic(
      code: "package-without-project",
      "\(asked) has no dbt_project.yml",
      at: range,
      help: ["give the folder that holds it; in a git repository with \"subdirectory:\""]
    )
  }

  private func clone(
    _ url: String,
    _ revision: String?,
    into folder: String,
    at range: TextRange
  ) async throws -> String {
    var environment = environment
    // A password that is asked for would wait for ever.
    environment["GIT_TERMINAL_PROMPT"] = "0"
    let console = session.console
    let code = await ChildProgram.run(
      ["git", "clone", "--quiet", "--", url, folder],
      environment,
      saying: console
    )
    guard code == 0 else { throw Self.fetchProblem("git clone", url, code, at: range) }
    if let revision {
      guard !revision.hasPrefix("-") else {
        throw Diagnostic(
          code: "package-not-fetched",
          "\"\(revision)\" is no revision",
          at: range
        )
      }
      let code = await ChildProgram.run(
        ["git", "-C", folder, "checkout", "--quiet", revision],
        environment,
        saying: console
      )
      guard code == 0 else {
        throw Diagnostic(
          code: "package-not-fetched",
          "\(PackageAddress(url).shown) has no revision \"\(revision)\"",
          at: range
        )
      }
    }
    return GitCommit.current(from: folder) ?? revision ?? "HEAD"
  }

  static func fetchProblem(
    _ program: String,
    _ url: String,
    _ code: Int32,
    at range: TextRange
  ) -> Diagnostic {
    let name = program.split(separator: " ").first.map(String.init) ?? program
    let url = PackageAddress(url).shown
    return Diagnostic(
      code: "package-not-fetched",
      code == 127
        ? "\(name) is needed to fetch \(url), and is not there" : "\(url) could not be fetched",
      at: range,
      notes: code == 127 ? [] : ["\(program) ended with \(code)"],
      help: [
        code == 127
          ? "install \(name)"
          : "is the network there? what is already in the folder of packages is used without it"
      ]
    )
  }

  // MARK: Installing

  private func checkPlace() throws {
    guard !isInstalled(root) else {
      throw Diagnostic(
        code: "unsafe-clean-target",
        "packages-install-path names \(packagesPath), which holds the project itself",
        help: ["name a folder for packages alone: dbt_packages"]
      )
    }
  }

  /// Whether a folder is that of the packages, or lies in it.
  private func isInstalled(_ folder: String) -> Bool {
    let outer = installed == "/" ? "/" : installed + "/"
    return (FilePath.normalized(folder) + "/").hasPrefix(outer)
  }

  private func place(_ packages: [Found]) throws {
    for package in packages where package.source.isLocal && isInstalled(package.folder) {
      throw Diagnostic(
        code: "unsafe-clean-target",
        "the package \(package.folder) lies in \(packagesPath), where packages are replaced",
        help: ["move it, or name another folder in packages-install-path"]
      )
    }
    try FileSystem.makeDirectories(installed)
    // Only packages go: the folder is the user's to choose, and may hold more.
    for name in try FileSystem.names(in: installed) {
      let path = FilePath.joining(installed, name)
      let isPackage = ProjectLoader.fileNames.contains {
        FileSystem.isFile(FilePath.joining(path, $0))
      }
      if isPackage { try FileSystem.removeTree(path) }
    }
    for package in packages {
      let target = FilePath.joining(installed, package.name)
      // A link that leads nowhere, or half a package.
      try FileSystem.removeTree(target)
      if package.source.isLocal {
        guard symlink(package.folder, target) == 0 else {
          throw Diagnostic(code: "cannot-write-file", "cannot make the link \(target)")
        }
      } else {
        guard rename(package.folder, target) == 0 else {
          throw Diagnostic(code: "cannot-write-file", "cannot make the folder \(target)")
        }
      }
    }
  }
}
