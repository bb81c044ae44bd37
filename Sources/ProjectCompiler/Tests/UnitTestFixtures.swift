import Diagnostics
import ProjectModel

/// The files that unit tests of a package take rows from: those in `fixtures` of its folders of tests,
/// and in the folders below.
struct UnitTestFixtures {
  let package: Project

  /// A file of rows, by its path from the package's root.
  struct File: Hashable {
    var path: String
    var name: String
    var format: String
  }

  /// Every one, by path.
  func files() throws(Diagnostic) -> [File] {
    var files: [File] = []
    for tests in package.configuration.testPaths {
      let folder = "\(tests)/fixtures"
      for found in try FileSystem.files(below: FilePath.joining(package.root, folder)) {
        let parts = FilePath.lastPart(of: found.path).split(
          separator: ".",
          omittingEmptySubsequences: false
        )
        guard parts.count > 1, let format = parts.last, ["csv", "sql"].contains(format) else {
          continue
        }
        files.append(
          File(
            path: "\(folder)/\(found.path)",
            name: parts.dropLast().joined(separator: "."),
            format: String(format)
          )
        )
      }
    }
    return files
  }

  /// The file that a test names; nil where there is none.
  func file(named name: String, format: String) throws(Diagnostic) -> File? {
    try files().first { $0.name == name && $0.format == format }
  }

  /// Names that two files have.
  func duplicates() throws(Diagnostic) -> [Diagnostic] {
    var seen: [String: File] = [:]
    return try files().compactMap { file in
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

  /// The bytes of a file.
  func bytes(of file: File) throws(Diagnostic) -> [UInt8] {
    try FileSystem.read(FilePath.joining(package.root, file.path))
  }
}
