import Diagnostics

/// Finds a project's files and reads them.
struct FileDiscovery {
  let root: String
  /// What stands before paths when people read them.
  var displayFolder = ""
  let configuration: ProjectConfiguration
  let section: SettingsSection
  let buffers: Buffers
  let problems: DiagnosticCollector

  /// Fills in the project's files and returns the properties files.
  func find(into project: inout Project) -> [Project.File] {
    var found = Findings()
    do throws(Diagnostic) {
      found.ignored = try IgnorePatterns.read(in: root)
    } catch {
      problems.add(error)
    }
    walk(configuration.modelPaths, key: "model-paths", into: &found) { path, type in
      switch type {
      case "sql", "py": return .keep(\.modelFiles)
      case "md": return .keep(\.documentationFiles)
      default: return .ignore
      }
    }
    walk(configuration.seedPaths, key: "seed-paths", into: &found) { _, type in
      type == "csv" ? .keep(\.seedFiles) : Self.documentation(type)
    }
    let fixtures = configuration.testPaths.map { "\(FilePath.normalized($0))/fixtures/" }
    walk(configuration.testPaths, key: "test-paths", into: &found) { path, type in
      if ["csv", "sql"].contains(type), fixtures.contains(where: path.hasPrefix) {
        return .keep(\.fixtureFiles)
      }
      guard type == "sql" else { return Self.documentation(type) }
      let folders = path.split(separator: "/").dropLast()
      if folders.contains("fixtures") { return .ignore }
      return .keep(folders.contains("generic") ? \.macroFiles : \.testFiles)
    }
    walk(configuration.macroPaths, key: "macro-paths", into: &found) { _, type in
      type == "sql" ? .keep(\.macroFiles) : Self.documentation(type)
    }
    walk(configuration.analysisPaths, key: "analysis-paths", into: &found) { _, type in
      type == "sql" ? .keep(\.analysisFiles) : Self.documentation(type)
    }
    walk(configuration.snapshotPaths, key: "snapshot-paths", into: &found) { _, type in
      type == "sql" ? .keep(\.snapshotFiles) : Self.documentation(type)
    }
    walk(configuration.functionPaths, key: "function-paths", into: &found) { _, type in
      ["sql", "py"].contains(type) ? .keep(\.functionFiles) : Self.documentation(type)
    }
    walk(configuration.migrationsPaths, key: "migrations", into: &found) { _, type in
      type == "sql" ? .keep(\.migrationFiles) : .ignore
    }
    if let folders = configuration.documentationPaths {
      // Where folders are named, blocks of documentation are nowhere else.
      found.files[\.documentationFiles] = nil
      found.seen = []
      walk(folders, key: Self.documentationKey, into: &found) { _, type in
        Self.documentation(type)
      }
    }
    for (keyPath, files) in found.files { project[keyPath: keyPath] = files }
    return found.properties
  }

  private static let documentationKey = "docs-paths"

  private enum Decision {
    case keep(WritableKeyPath<Project, [Project.File]>)
    case ignore
  }

  private static func documentation(_ type: String) -> Decision {
    type == "md" ? .keep(\.documentationFiles) : .ignore
  }

  private struct Findings {
    var files: [WritableKeyPath<Project, [Project.File]>: [Project.File]] = [:]
    var properties: [Project.File] = []
    /// Folders may lie in each other: a file belongs to where it was found first.
    var seen: Set<String> = []
    /// What the project leaves out.
    var ignored = IgnorePatterns("")
  }

  private func walk(
    _ folders: [String],
    key: String,
    into found: inout Findings,
    decide: (_ path: String, _ type: String) -> Decision
  ) {
    let skipped = skipped()
    for folder in folders {
      let full = FilePath.absolute(folder, from: root)
      guard FileSystem.isDirectory(full) else {
        reportMissing(folder, key: key)
        continue
      }
      let files: [FileSystem.FoundFile]
      do {
        files = try FileSystem.files(below: full) {
          skipped.contains(FilePath.normalized(FilePath.joining(folder, $0)))
        }
      } catch {
        problems.add(error)
        continue
      }
      for file in files {
        let path = FilePath.normalized(FilePath.joining(folder, file.path))
        guard !found.seen.contains(path), !found.ignored.match(path) else { continue }
        let type = FilePath.fileExtension(of: path)
        if file.isMisnamed {
          reportMisnamed(path, isWanted: isWanted(decide(path, type), type))
          continue
        }
        if key != Self.documentationKey, type == "yml" || type == "yaml" {
          found.seen.insert(path)
          if let read = read(path, folder: folder) { found.properties.append(read) }
        } else if case .keep(let keyPath) = decide(path, type) {
          found.seen.insert(path)
          if let read = read(path, folder: folder) {
            found.files[keyPath, default: []].append(read)
          }
        }
      }
    }
  }

  private func isWanted(_ decision: Decision, _ type: String) -> Bool {
    if case .keep = decision { return true }
    return type == "yml" || type == "yaml"
  }

  /// What is no UTF-8 cannot be opened by its name as text; other files than the project's own, and
  /// folders, of which it is not known what they hold, are only warned of.
  private func reportMisnamed(_ path: String, isWanted: Bool) {
    var problem = Diagnostic.misnamed(displayFolder + path)
    if !isWanted { problem.severity = .warning }
    problems.add(problem)
  }

  /// Folders that hold what tools made, not what the author wrote; they matter when a resource
  /// path is the project itself.
  private func skipped() -> Set<String> {
    Set(ProjectLoader.fileNames).union([
      ProfilesFile.name, FilePath.normalized(configuration.targetPath),
      FilePath.normalized(configuration.packagesPath),
      "dbt_modules", "packages.yml", "dependencies.yml", "package-lock.yml", "selectors.yml",
    ])
  }

  private func read(_ path: String, folder: String) -> Project.File? {
    do {
      var bytes = try FileSystem.read(FilePath.joining(root, path))
      // Some editors write a byte order mark, which is no part of the text.
      let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
      if hasMark { bytes.removeFirst(3) }
      let buffer = buffers.add(name: displayFolder + path, bytes: bytes)
      // YAML and CSV have their own words for it.
      if path.hasSuffix(".sql"), let place = TextEncoding.firstProblem(in: bytes) {
        problems.add(.notText(at: TextRange(buffer: buffer, bytes: place)))
        return nil
      }
      if path.hasSuffix(".sql"), let place = bytes.firstIndex(of: 0) {
        problems.add(.nulByte(at: TextRange(buffer: buffer, bytes: place..<place + 1)))
        return nil
      }
      var file = Project.File(
        buffer: buffer,
        path: path,
        resourcePath: folder,
        name: FilePath.stem(of: path)
      )
      file.hadByteOrderMark = hasMark
      return file
    } catch {
      problems.add(error)
      return nil
    }
  }

  private static let defaultFolders: Set<String> = {
    let defaults = ProjectConfiguration()
    return Set(
      defaults.modelPaths + defaults.seedPaths + defaults.testPaths + defaults.macroPaths
        + defaults.analysisPaths + defaults.snapshotPaths + defaults.functionPaths
    )
  }()

  /// A default folder may be missing; one that was written down should be there.
  private func reportMissing(_ folder: String, key: String) {
    guard let node = section[key], section.table.severity == .error else { return }
    if node.pairs != nil, node["path"] == nil { return }
    // `dbt init` writes down all defaults, and makes few of the folders.
    if key.hasSuffix("-paths"), Self.defaultFolders.contains(folder) { return }
    let candidates = node["path"].map { $0.items ?? [$0] } ?? node.items ?? [node]
    let place = candidates.first { candidate in
      candidate.scalar.map { FilePath.normalized($0.text) == folder } ?? false
    }
    problems.add(.missingFolder(folder, key: key, at: place?.range ?? node.range))
  }
}
