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

  /// A package whose name, address or folder is empty.
  static func emptyPackage(_ kind: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unknown-package-kind",
      "A \(kind) package is missing the value. It is a required property.",
      at: range,
      help: ["say which package is wanted, or take the entry out"]
    )
  }

  /// A package of the registry without the one who publishes it.
  static func packageWithoutOwner(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unknown-package-kind",
      "\(name) was not found in the package index. Packages on the index require a namespace, "
        + "e.g dbt-labs/dbt_utils",
      at: range
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
