import Diagnostics
import ProjectModel

extension CommandSession {
  /// `redstart deps`.
  func installPackages() async throws -> ExitCode {
    let (root, path, name) = try projectFolder()
    if let added = arguments.value("add-package") {
      let package = try AddedPackage(added, source: arguments.value("source") ?? "hub")
      let file = try package.add(in: root, buffers: buffers)
      if let dbtLog {
        dbtLog.fire("DepsAddPackage", "M032", "Added new package \(added) to \(file)")
      } else {
        note("added \(added) to \(file)")
      }
    }
    let installer = PackageInstaller(
      session: self,
      root: root,
      rootName: name,
      packagesPath: path,
      vars: try readVars()
    )
    let found = try await installer.install(
      upgrades: arguments.has("upgrade"),
      locksOnly: arguments.has("lock")
    )
    if found.isEmpty {
      if let dbtLog {
        let words = "Warning: No packages were found in packages.yml"
        dbtLog.fire("DepsNoPackagesFound", "M013", words)
      } else {
        note("no packages to install")
      }
    } else {
      let packages = "\(found.count) package\(found.count == 1 ? "" : "s")"
      note(arguments.has("lock") ? "locked \(packages)" : "installed \(packages) in \(path)")
    }
    return .success
  }

  /// The project's folder, that of its packages, and its name: read without the packages, which may be
  /// missing.
  private func projectFolder() throws(Diagnostic) -> (
    root: String, packages: String, name: String?
  ) {
    var folder = absolute(arguments.value("project-dir") ?? ".")
    while true {
      for name in ["project.yml", "dbt_project.yml"] {
        let file = FilePath.joining(folder, name)
        guard FileSystem.isFile(file) else { continue }
        let text = String(decoding: try FileSystem.read(file), as: UTF8.self)
        let value = try YAML.parseValue(text, name: name, in: buffers)
        let path = value.dictionary?["packages-install-path"]?.string ?? "dbt_packages"
        return (folder, path, value.dictionary?["name"]?.string)
      }
      guard arguments.value("project-dir") == nil, folder != "/" else { break }
      folder = FilePath.parent(of: folder)
    }
    throw Diagnostic(
      code: "no-project",
      "there is no project.yml or dbt_project.yml here",
      help: ["give the project's folder: --project-dir"]
    )
  }
}
