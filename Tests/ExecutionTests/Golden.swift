import Foundation
import Testing

/// Compares with a file beside the tests; `REDSTART_RECORD=1` writes it anew, and fails to say so.
func expectGolden(_ text: String, _ name: String, file: String = #filePath) throws {
  let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
  let golden = folder.appendingPathComponent("Fixtures/\(name).txt")
  let isRecording = ProcessInfo.processInfo.environment["REDSTART_RECORD"] != nil
  let expected = try? String(contentsOf: golden, encoding: .utf8)
  if expected == text { return }
  if isRecording || expected == nil {
    try text.write(to: golden, atomically: true, encoding: .utf8)
    Issue.record("recorded \(name): read it, and run again")
    return
  }
  let wanted = (expected ?? "").split(separator: "\n", omittingEmptySubsequences: false)
  let found = text.split(separator: "\n", omittingEmptySubsequences: false)
  let difference = found.difference(from: wanted).map { change in
    switch change {
    case .insert(let line, let text, _): "+\(line + 1) \(text)"
    case .remove(let line, let text, _): "-\(line + 1) \(text)"
    }
  }
  Issue.record("\(name) differs:\n\(difference.joined(separator: "\n"))")
}
