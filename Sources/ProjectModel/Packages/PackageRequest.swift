package import Diagnostics

/// One entry of `packages:` in packages.yml or dependencies.yml.
package struct PackageRequest: Sendable {
  package enum Source: Hashable, Sendable {
    /// A package of a registry, as `dbt-labs/dbt_utils`.
    case hub(name: String, versions: [String], allowsPrereleases: Bool)
    case git(url: String, revision: String?, subdirectory: String?)
    case local(path: String)
    case tarball(url: String, name: String)

    /// Whether it lies where its author works on it, and is used from there.
    package var isLocal: Bool {
      if case .local = self { true } else { false }
    }
  }

  package var source: Source
  package var range: TextRange
  /// The entry as its file has it: what a secret is taken from, not the secret.
  package var written: PlainDictionary = [:]

  package init(source: Source, range: TextRange) {
    self.source = source
    self.range = range
  }

  /// Files that may list packages; the first that does counts.
  package static let fileNames = ["packages.yml", "dependencies.yml"]

  package static let lockFileName = "package-lock.yml"

  /// How many packages a folder's files ask for, and in which file.
  static func count(in root: String, reader: SettingsReader) -> (count: Int, file: String) {
    for name in fileNames {
      let path = FilePath.joining(root, name)
      guard FileSystem.isFile(path), let document = reader.document(path, name: name) else {
        continue
      }
      if let items = document["packages"]?.items { return (items.count, name) }
    }
    return (0, fileNames[0])
  }
}

/// What a project's files say about the packages it wants.
package struct PackageRequests: Sendable {
  /// The file that lists them; nil when none does.
  package var file: String?
  package var requests: [PackageRequest] = []
  /// The same as data, for the lock file's hash.
  package var entries: [PlainValue] = []

  /// Reads packages.yml, or dependencies.yml, of a folder.
  ///
  /// - Parameters:
  ///   - root: the folder of the project.
  ///   - fileNames: the files that may list them; the first that does counts.
  ///   - display: what stands before file names in messages.
  ///   - environment: for `env_var()`; packages.yml may read secrets.
  ///   - vars: for `var()`.
  ///   - buffers: gets the text.
  /// - Returns: the packages in order.
  /// - Throws: everything that is wrong with the file.
  package static func read(
    root: String,
    fileNames: [String] = PackageRequest.fileNames,
    display: String = "",
    environment: [String: String],
    vars: PlainDictionary,
    into buffers: Buffers
  ) throws(DiagnosticList) -> PackageRequests {
    let problems = DiagnosticCollector()
    let strings = TemplateStrings(buffers: buffers, environment: environment, vars: vars)
    strings.allowsSecrets = true
    let reader = SettingsReader(buffers: buffers, problems: problems, strings: strings)
    var result = PackageRequests()
    for name in fileNames {
      let path = FilePath.joining(root, name)
      guard FileSystem.isFile(path), let document = reader.document(path, name: display + name),
        let items = document["packages"]?.items
      else { continue }
      result.file = name
      for item in items {
        guard let entry = reader.rendered(item)?.dictionary else {
          problems.add(
            .wrongType(of: "a package", expected: "a mapping", given: item.plain, at: item.range)
          )
          continue
        }
        if let problem = Self.problem(of: entry, at: item.range.firstLine(in: buffers)) {
          problems.add(problem)
          continue
        }
        guard let source = source(of: entry) else {
          problems.add(.unknownPackageKind(at: item.range.firstLine(in: buffers)))
          continue
        }
        result.entries.append(.dictionary(entry))
        var request = PackageRequest(source: source, range: item.range)
        request.written = item.plain.dictionary ?? [:]
        result.requests.append(request)
      }
      break
    }
    try problems.throwIfErrors()
    return result
  }

  /// What keeps an entry from saying which package it means.
  private static func problem(of entry: PlainDictionary, at range: TextRange) -> Diagnostic? {
    let kinds = [("package", "hub"), ("local", "local"), ("git", "git")]
    if let (_, kind) = kinds.first(where: { entry[$0.0]?.string?.isEmpty == true }) {
      return .emptyPackage(kind, at: range)
    }
    guard let name = entry["package"]?.string, !name.contains("/") else { return nil }
    return .packageWithoutOwner(name, at: range)
  }

  /// The package that an entry asks for; nil when it says none of the known kinds.
  static func source(of entry: PlainDictionary) -> PackageRequest.Source? {
    if let path = entry["local"]?.string { return .local(path: path) }
    if let name = entry["package"]?.string {
      let versions: [String] =
        switch entry["version"] {
        case .list(let items)?: items.map(text)
        case .null?, nil: []
        case let value?: [text(value)]
        }
      return .hub(
        name: name,
        versions: versions,
        allowsPrereleases: entry["install-prerelease"]?.boolean
          ?? entry["install_prerelease"]?.boolean ?? false
      )
    }
    if let url = entry["git"]?.string {
      return .git(
        url: url,
        revision: entry["revision"].flatMap { $0.isNull ? nil : text($0) },
        subdirectory: entry["subdirectory"]?.string
      )
    }
    if let url = entry["tarball"]?.string, let name = entry["name"]?.string {
      return .tarball(url: url, name: name)
    }
    return nil
  }

  private static func text(_ value: PlainValue) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    case .double(let number): String(number)
    default: ""
    }
  }
}
