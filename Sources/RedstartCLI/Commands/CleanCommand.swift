import Diagnostics
import ProjectModel

extension CommandSession {
  /// `redstart clean`.
  func clean() throws -> ExitCode {
    let project = try loadProject()
    var folders = project.configuration.cleanTargets
    if folders.isEmpty { folders = [project.configuration.targetPath] }
    let protected = project.configuration.sourceFolders
    // Folders elsewhere go where the command says so; what people wrote never does.
    let reachesOutside =
      console.speaksDbt && arguments.ofDbt.contains("no-clean-project-files-only")
    // All of them are looked at before the first one goes.
    var removed: [(path: String, relative: String)] = []
    for folder in folders {
      let path = folder.hasPrefix("/") ? folder : "\(project.root)/\(folder)"
      let resolved = FilePath.normalized(path)
      // Only folders inside of the project, and none that holds what people wrote.
      guard resolved.hasPrefix(project.root + "/") else {
        guard reachesOutside else {
          throw Diagnostic(
            code: "unsafe-clean-target",
            "clean-targets names \(folder), which is not inside of the project",
            help: ["list only folders below the project's"]
          )
        }
        guard !holdsSources(resolved, of: project) else { throw Self.holdsSources(folder) }
        removed.append((resolved, resolved))
        continue
      }
      let relative = String(resolved.dropFirst(project.root.count + 1))
      if protected.contains(where: { $0 == relative || $0.hasPrefix(relative + "/") }) {
        throw Self.holdsSources(folder)
      }
      removed.append((resolved, relative))
    }
    for (path, relative) in removed {
      dbtLog?.fire("CheckCleanPath", "Z012", "Checking \(path)/*", data: ["path": .string(path)])
      if FileSystem.exists(path) {
        try FileSystem.removeTree(path)
        if dbtLog == nil { note("removed \(relative)") }
      }
      dbtLog?.fire("ConfirmCleanPath", "Z013", "Cleaned \(path)/*", data: ["path": .string(path)])
    }
    dbtLog?.fire("FinishedCleanPaths", "Z015", "Finished cleaning all paths.")
    return .success
  }

  /// Whether a folder outside of the project, wherever links lead, is, holds or lies in the project
  /// or one of its folders of sources.
  private func holdsSources(_ folder: String, of project: Project) -> Bool {
    let real = FileSystem.resolved(folder)
    let kept =
      [project.root]
      + project.configuration.sourceFolders.map { FilePath.absolute($0, from: project.root) }
    return kept.map(FileSystem.resolved).contains {
      Self.isWithin($0, real) || Self.isWithin(real, $0)
    }
  }

  private static func isWithin(_ path: String, _ folder: String) -> Bool {
    path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
  }

  private static func holdsSources(_ folder: String) -> Diagnostic {
    Diagnostic(
      code: "unsafe-clean-target",
      "clean-targets names \(folder), which holds files of the project",
      help: ["remove it from clean-targets"]
    )
  }
}

extension ProjectConfiguration {
  /// Folders that hold what people wrote, from the project's root.
  var sourceFolders: [String] {
    modelPaths + seedPaths + testPaths + macroPaths + analysisPaths + snapshotPaths + functionPaths
      + migrationsPaths + (documentationPaths ?? [])
  }
}
