import Diagnostics
import ProjectModel

/// The files that unit tests of a package take rows from.
struct UnitTestFixtures {
  let package: Project

  /// The file that a test names; nil where there is none.
  func file(named name: String, format: String) -> Project.File? {
    package.fixtureFiles.first {
      $0.name == name && FilePath.fileExtension(of: $0.path) == format
    }
  }

  /// Names that two files have.
  func duplicates() -> [Diagnostic] {
    var seen: [String: Project.File] = [:]
    return package.fixtureFiles.compactMap { file in
      guard let other = seen.updateValue(file, forKey: file.name) else { return nil }
      return Diagnostic(
        code: "duplicate-name",
        "two fixtures are named \"\(file.name)\"",
        file: file.path,
        notes: ["the first is in \(other.path)"],
        help: ["rename one of them"]
      )
    }
  }
}
