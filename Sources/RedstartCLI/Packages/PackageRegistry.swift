import Diagnostics
import ProjectModel

/// A registry of packages, and archives that are fetched over HTTP.
struct PackageRegistry {
  private let session: CommandSession
  private var answers: [String: PlainValue] = [:]
  /// Packages that have other names by now.
  private(set) var renamed: [Diagnostic] = []

  init(session: CommandSession) {
    self.session = session
  }

  private var environment: [String: String] { session.console.environment }

  /// Where the registry is: dbt's, or that of one's own.
  private var address: String {
    let address = environment["DBT_PACKAGE_HUB_URL"] ?? "https://hub.getdbt.com/"
    return address.hasSuffix("/") ? address : address + "/"
  }

  /// The highest version that fits all conditions.
  mutating func release(
    of name: String,
    fitting conditions: [String],
    allowsPrereleases: Bool,
    at range: TextRange
  ) async throws -> (version: String, url: String) {
    let versions = try await index(of: name, at: range)
    let known = versions.keys.compactMap(PackageVersion.init)
    let fitting = known.filter { version in
      guard conditions.allSatisfy(version.fits) else { return false }
      return !version.isPrerelease || allowsPrereleases
        || conditions.contains { $0.hasSuffix(version.text) }
    }
    guard let best = fitting.max(),
      let url = versions[best.text]?.dictionary?["downloads"]?.dictionary?["tarball"]?.string
    else {
      throw Diagnostic(
        code: "no-package-version",
        "no version of \(name) fits \(conditions.joined(separator: ", "))",
        at: range,
        notes: ["there are: " + known.sorted().suffix(10).map(\.text).joined(separator: ", ")]
      )
    }
    return (best.text, url)
  }

  private mutating func index(of name: String, at range: TextRange) async throws -> PlainDictionary
  {
    let url = "\(address)api/v1/\(name).json"
    if answers[url] == nil {
      let file = temporaryPath
      try await download(url, to: file, at: range)
      let bytes = try FileSystem.read(file)
      try FileSystem.removeTree(file)
      do throws(PlainValue.JSONProblem) {
        answers[url] = try PlainValue(json: bytes)
      } catch {
        throw Diagnostic(code: "package-not-fetched", "\(url) gave no JSON", at: range)
      }
      if let newName = answers[url]?.dictionary.flatMap(Self.newName) {
        renamed.append(.packageRenamed(name, newName, at: range))
      }
    }
    return answers[url]?.dictionary?["versions"]?.dictionary ?? PlainDictionary()
  }

  /// What a package is called by now, where its registry says so.
  static func newName(of answer: PlainDictionary) -> String? {
    func word(_ key: String) -> String? {
      answer[key]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
    guard word("redirectnamespace") != nil || word("redirectname") != nil,
      let namespace = word("redirectnamespace") ?? word("namespace"),
      let name = word("redirectname") ?? word("name")
    else { return nil }
    return "\(namespace)/\(name)"
  }

  private var temporaryPath: String {
    let folder = environment["TMPDIR"] ?? "/tmp"
    return FilePath.joining(folder, "redstart-download-\(UInt64.random(in: 0 ... .max))")
  }

  private func download(_ url: String, to file: String, at range: TextRange) async throws {
    let code = await ChildProgram.run(
      [
        "curl", "--fail", "--silent", "--show-error", "--location", "--connect-timeout", "15",
        "--retry", "2", "--output", file, "--", url,
      ],
      environment,
      saying: session.console
    )
    guard code == 0 else { throw PackageInstaller.fetchProblem("curl", url, code, at: range) }
  }

  /// Unpacks an archive whose files are in one folder.
  func unpack(_ url: String, into folder: String, at range: TextRange) async throws {
    let file = temporaryPath
    try await download(url, to: file, at: range)
    try FileSystem.makeDirectories(folder)
    let code = await ChildProgram.run(
      [
        "tar", "--extract", "--gzip", "--file", file, "--strip-components", "1", "--directory",
        folder,
      ],
      environment,
      saying: session.console
    )
    try FileSystem.removeTree(file)
    guard code == 0 else { throw PackageInstaller.fetchProblem("tar", url, code, at: range) }
  }
}

extension Diagnostic {
  static func packageRenamed(_ name: String, _ newName: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "package-renamed",
      "the package \(name) is called \(newName) by now",
      at: range,
      help: ["write \(newName)"]
    )
  }
}
