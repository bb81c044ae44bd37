import Foundation
import Synchronization

/// A folder that exists as long as this value is kept.
package final class TemporaryFolder: Sendable {
  package let path: String
  private let farewell = Mutex<(@Sendable () -> Void)?>(nil)

  package init(named name: String = "project") throws {
    let base = FileManager.default.temporaryDirectory
      .appendingPathComponent("redstart-tests-\(UUID().uuidString.prefix(8))")
    path = base.appendingPathComponent(name).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    farewell.withLock { $0 }?()
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
    // A leftover in the temporary folder harms nobody.
    try? FileManager.default.removeItem(at: parent)
  }

  /// What is to be done before the folder goes; it must not hold the folder.
  package func beforeRemoval(_ body: @escaping @Sendable () -> Void) {
    farewell.withLock { $0 = body }
  }

  /// Writes a file, making the folders above it.
  package func write(_ relative: String, _ text: String) throws {
    let url = URL(fileURLWithPath: path).appendingPathComponent(relative)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(text.utf8).write(to: url)
  }

  package func write(_ files: [String: String]) throws {
    for (relative, text) in files { try write(relative, text) }
  }

  package func read(_ relative: String) throws -> String {
    try String(
      contentsOf: URL(fileURLWithPath: path).appendingPathComponent(relative),
      encoding: .utf8
    )
  }

  package func exists(_ relative: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/" + relative)
  }

  package func remove(_ relative: String) throws {
    try FileManager.default.removeItem(atPath: path + "/" + relative)
  }
}
