import Diagnostics
import Foundation
import Synchronization
import TestSupport

@testable import RedstartCLI

/// Runs commands in-process in a folder, and keeps what they print.
final class CommandLineHarness: Sendable {
  struct Outcome: Sendable {
    var code: Int32
    var output: String
    var error: String
  }

  let folder: TemporaryFolder
  let environment: [String: String]
  /// Whether the program is called dbt.
  let speaksDbt: Bool
  /// What stands on standard input.
  let input: String

  convenience init(
    _ files: [String: String],
    environment: [String: String] = [:],
    speaksDbt: Bool = false,
    input: String = ""
  ) throws {
    let folder = try TemporaryFolder()
    try folder.write(files)
    self.init(folder, environment: environment, speaksDbt: speaksDbt, input: input)
  }

  init(
    _ folder: TemporaryFolder,
    environment: [String: String],
    speaksDbt: Bool = false,
    input: String = ""
  ) {
    self.folder = folder
    self.speaksDbt = speaksDbt
    self.input = input
    var merged = environment
    merged["PATH"] = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    self.environment = merged
  }

  func run(_ words: String...) async -> Outcome { await run(words) }

  func run(_ words: [String]) async -> Outcome {
    let output = Collected()
    let error = Collected()
    let console = Console(
      environment: environment,
      workingDirectory: folder.path,
      isInteractive: false,
      style: .plain,
      width: 100,
      speaksDbt: speaksDbt,
      input: { [input] in Array(input.utf8) },
      output: { output.add($0) },
      error: { error.add($0) }
    )
    let code = await RedstartCLI.run(words, console: console)
    return Outcome(code: code.rawValue, output: output.text, error: error.text)
  }

  /// Commands with what they print, as a person would see it; what differs from run to run is
  /// replaced.
  func transcript(_ lines: [[String]]) async -> String {
    var text = ""
    for words in lines {
      let outcome = await run(words)
      text += "$ redstart \(words.joined(separator: " "))\n"
      text += outcome.output + outcome.error
      text += "[\(outcome.code)]\n\n"
    }
    return Self.stable(text.replacingOccurrences(of: folder.path, with: "<folder>"))
  }

  /// The text with durations, times and identifiers replaced.
  static func stable(_ text: String) -> String {
    var text = text
    for (pattern, replacement) in [
      (#"\b\d+\.\d+s\b"#, "<time>"),
      (#"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?"#, "<moment>"),
      (#"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"#, "<id>"),
    ] {
      text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
    }
    return text
  }
}

private final class Collected: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
