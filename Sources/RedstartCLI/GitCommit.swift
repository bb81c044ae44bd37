import Diagnostics
import ProjectModel

/// The commit that a folder's files are checked out from.
enum GitCommit {
  /// Reads what git keeps in plain files; nil outside of a repository, and where that is kept
  /// otherwise.
  static func current(from folder: String) -> String? {
    var folder = folder
    while true {
      let git = FilePath.joining(folder, ".git")
      if FileSystem.exists(git) { return commit(of: git, beside: folder) }
      let parent = FilePath.parent(of: folder)
      if parent == folder || parent.isEmpty || folder == "/" { return nil }
      folder = parent
    }
  }

  private static func commit(of git: String, beside folder: String) -> String? {
    // A work tree has a file that names its folder, which names the repository's.
    var home = git
    if FileSystem.isFile(git) {
      guard let line = line(git), line.hasPrefix("gitdir: ") else { return nil }
      home = FilePath.absolute(String(line.dropFirst(8)), from: folder)
    }
    guard let head = line(FilePath.joining(home, "HEAD")) else { return nil }
    guard head.hasPrefix("ref: ") else { return isCommit(head) ? head : nil }
    let name = String(head.dropFirst(5))
    var folders = [home]
    if let common = line(FilePath.joining(home, "commondir")) {
      folders.append(FilePath.absolute(common, from: home))
    }
    for folder in folders {
      if let found = line(FilePath.joining(folder, name)), isCommit(found) { return found }
      for packed in lines(FilePath.joining(folder, "packed-refs"))
      where packed.hasSuffix(" \(name)") {
        let found = String(packed.prefix { $0 != " " })
        if isCommit(found) { return found }
      }
    }
    return nil
  }

  private static func isCommit(_ text: String) -> Bool {
    text.utf8.count == 40
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  private static func line(_ path: String) -> String? { lines(path).first }

  private static func lines(_ path: String) -> [String] {
    guard FileSystem.isFile(path) else { return [] }
    do throws(Diagnostic) {
      let text = String(decoding: try FileSystem.read(path), as: UTF8.self)
      return text.split(separator: "\n").map(String.init)
    } catch {
      // The commit is an extra in the history; a file that cannot be read leaves it out.
      return []
    }
  }
}
