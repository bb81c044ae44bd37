import Diagnostics

// Packages of a project.
extension Diagnostic {
  static func packagesMissing(
    wanted: Int,
    installed: Int,
    file: String,
    folder: String
  ) -> Diagnostic {
    Diagnostic(
      code: "packages-missing",
      "\(file) asks for \(wanted) package\(wanted == 1 ? "" : "s"), but \(folder) has \(installed)",
      file: file,
      help: ["install them with: redstart deps"]
    )
  }

  static func packageTwice(_ name: String, folder: String) -> Diagnostic {
    Diagnostic(
      code: "duplicate-package",
      "package \"\(name)\" is there twice",
      file: folder,
      help: ["remove one of the folders; each package has a name of its own"]
    )
  }

  static func packageWithoutProject(folder: String) -> Diagnostic {
    Diagnostic(
      code: "package-without-project",
      "\(folder) has no dbt_project.yml",
      file: folder,
      help: ["run redstart deps, or remove the folder"]
    )
  }

  static func unknownPackageKind(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unknown-package-kind",
      "this is no package that redstart knows how to install",
      at: range,
      help: [
        "write \"package:\" with \"version:\", \"git:\" with \"revision:\", \"local:\", or \"tarball:\" with \"name:\""
      ]
    )
  }
}
