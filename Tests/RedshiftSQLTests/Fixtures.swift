import Foundation

/// Reads the data files beside the tests.
enum Fixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static var isRecording: Bool { ProcessInfo.processInfo.environment["REDSTART_RECORD"] != nil }

  static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  static func write(_ text: String, to name: String) throws {
    try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  /// The statements of a file in which each ends with a semicolon at the end of a line.
  static func statements(_ name: String) throws -> [String] {
    var statements: [String] = []
    var current: [String] = []
    for line in try text(name).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("-- #") || (current.isEmpty && line.isEmpty) { continue }
      if line.hasSuffix(";") {
        current.append(String(line.dropLast()))
        statements.append(current.joined(separator: "\n"))
        current = []
      } else {
        current.append(String(line))
      }
    }
    return statements
  }
}
