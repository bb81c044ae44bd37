import Foundation

/// Compares text with a recorded file beside the test, and says how they differ.
package enum Golden {
  /// What is wrong, or nil when the text is as recorded.
  ///
  /// With `REDSTART_RECORD=1` the file is written anew, which is reported as a problem too, so a
  /// recording run never passes unnoticed.
  package static func problem(
    _ text: String,
    file name: String,
    beside testFile: String = #filePath
  ) -> String? {
    let folder = URL(fileURLWithPath: testFile).deletingLastPathComponent()
      .appendingPathComponent("Golden")
    let url = folder.appendingPathComponent(name)
    let isRecording = ProcessInfo.processInfo.environment["REDSTART_RECORD"] == "1"
    let recorded = try? String(contentsOf: url, encoding: .utf8)
    if recorded == text { return nil }
    guard isRecording || recorded == nil else {
      return "\(name) differs from what is recorded:\n\(difference(recorded ?? "", text))"
    }
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try text.write(to: url, atomically: true, encoding: .utf8)
      return "recorded \(name); read it, and run the tests again"
    } catch {
      return "could not record \(name): \(error)"
    }
  }

  /// Lines that differ, with a minus for what was recorded and a plus for what came.
  static func difference(_ old: String, _ new: String) -> String {
    let oldLines = old.components(separatedBy: "\n")
    let newLines = new.components(separatedBy: "\n")
    var result: [String] = []
    for change in newLines.difference(from: oldLines) {
      switch change {
      case .remove(let offset, let line, _): result.append("- \(offset + 1): \(line)")
      case .insert(let offset, let line, _): result.append("+ \(offset + 1): \(line)")
      }
    }
    return result.joined(separator: "\n")
  }
}
