import Diagnostics
import Foundation
@testable import ProjectModel
import Testing

@Suite struct FilesTests {
  @Test func findsTheFirstByteThatIsNoText() {
    let rows: [([UInt8], Range<Int>?)] = [
      (Array("select 'é日本🙂'".utf8), nil), ([], nil), ([0x61, 0xE9, 0x20], 1..<2),
      (Array("é".utf8) + [0xFF], 2..<3), ([0x61, 0xE6, 0x97], 1..<2),
    ]
    let wrong = rows.filter { TextEncoding.firstProblem(in: $0.0) != $0.1 }
    #expect(wrong.isEmpty, "\(wrong)")
  }

  @Test func digestsAreThoseOfTheStandards() {
    #expect(
      Checksum.sha256(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    #expect(Checksum.md5([]) == "d41d8cd98f00b204e9800998ecf8427e")
  }

  @Test func writesWholeFilesAndKeepsNothingElse() throws {
    let folder = try TemporaryFolder(["a.txt": "old"])
    try FileSystem.write("new", to: folder.path + "/a.txt", mode: 0o600)
    #expect(try FileSystem.read(folder.path + "/a.txt") == Array("new".utf8))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/a.txt")
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    #expect(try FileSystem.names(in: folder.path) == ["a.txt"])
  }

  @Test func listsSortedWithoutHiddenFilesAndThroughLinks() throws {
    let folder = try TemporaryFolder([
      "b/c.sql": "", "b/a.sql": "", "a.sql": "", ".hidden/x.sql": "", "skip/y.sql": "",
    ])
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/b/loop",
      withDestinationPath: folder.path
    )
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/linked",
      withDestinationPath: folder.path + "/b/c.sql"
    )
    let found = try FileSystem.files(below: folder.path) { $0 == "skip" }
    #expect(found.map(\.path) == ["a.sql", "b/a.sql", "b/c.sql", "linked"])
    #expect(try FileSystem.files(below: folder.path + "/none").isEmpty)
  }

  @Test func removesTreesWithoutFollowingLinks() throws {
    let kept = try TemporaryFolder(["keep.txt": "x"])
    let folder = try TemporaryFolder(["t/a/b/c.txt": ""])
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/t/a/link",
      withDestinationPath: kept.path
    )
    try FileSystem.removeTree(folder.path + "/t")
    try FileSystem.removeTree(folder.path + "/t")
    #expect(!FileSystem.exists(folder.path + "/t"))
    #expect(FileSystem.exists(kept.path + "/keep.txt"))
  }

  @Test func failuresNameThePathAndTheReason() throws {
    let folder = try TemporaryFolder(["file": ""])
    let path = folder.path
    let attempts: [(words: String, action: () throws -> Void)] = [
      ("cannot read \(path)/none: no such file", { _ = try FileSystem.read(path + "/none") }),
      ("cannot read \(path): is a directory", { _ = try FileSystem.read(path) }),
      ("cannot write \(path)/no/x: no such file", { try FileSystem.write("", to: path + "/no/x") }),
      (
        "cannot make the folder \(path)/file: not a directory",
        {
          try FileSystem.makeDirectories(path + "/file/x")
        }
      ),
    ]
    var differences: [String] = []
    for attempt in attempts {
      do {
        try attempt.action()
        differences.append("no error: \(attempt.words)")
      } catch {
        let message = (error as? Diagnostic)?.message ?? "\(error)"
        if !message.hasPrefix(attempt.words) { differences.append(message) }
      }
    }
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test func pathsAreJoinedAndTidied() {
    let rows = [
      (FilePath.normalized("./a//b/../c/"), "a/c"), (FilePath.normalized("../x"), "../x"),
      (FilePath.normalized("/../x"), "/x"), (FilePath.normalized(""), "."),
      (FilePath.absolute("../d", from: "/a/b"), "/a/d"), (FilePath.stem(of: "a.b/c.d.sql"), "c.d"),
      (FilePath.fileExtension(of: "x/Y.SQL"), "sql"), (FilePath.parent(of: "/a"), "/"),
    ]
    let wrong = rows.filter { $0.0 != $0.1 }
    #expect(wrong.isEmpty, "\(wrong)")
  }
}
