import Diagnostics
import Foundation
import RedshiftSQL

/// The statements that are read, printed and compared with what others make of them.
enum Corpus {
  static let folder = Fixtures.folder.appendingPathComponent("corpus")

  /// The files of the corpus by name.
  static func files() throws -> [(name: String, text: String)] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .filter { $0.hasSuffix(".sql") }
      .map { name in
        (name, try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8))
      }
  }

  /// The statements of all files one by one.
  static func statements() throws -> [String] {
    let buffers = Buffers()
    return try files().flatMap { file in
      SQLStatementSplitter.split(buffers.add(name: file.name, text: file.text), in: buffers)
        .map(buffers.text)
    }
  }

  /// All texts: the files as wholes, and the fixtures of the other tests one by one.
  static func texts() throws -> [String] {
    try files().map(\.text) + Fixtures.statements("statements.sql")
      + Fixtures.statements("translate.sql").filter { !$0.hasPrefix("ERROR") }
  }
}
