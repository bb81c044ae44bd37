import Foundation
import TestSupport
import Testing

/// A server that behaves as Redshift does, for the length of one test.
///
/// A process of its own: it goes away with this one, whose end closes its input.
final class RedshiftStandIn {
  let port: Int
  private let process = Process()
  private let input = Pipe()
  private let folder: TemporaryFolder

  /// - Parameters:
  ///   - storage: the folders that stand for buckets.
  ///   - endpoint: the address of an S3 for the other buckets.
  ///   - kind: `provisioned` or `serverless`.
  ///   - password: what every user has.
  ///   - certificate: what it encrypts with; without one it refuses to.
  /// - Throws: what keeps it from starting.
  init(
    storage: [String: String] = [:],
    endpoint: String? = nil,
    kind: String = "provisioned",
    password: String = RedshiftStandIn.password,
    certificate: TestAuthority.Certificate? = nil
  ) throws {
    folder = try TemporaryFolder(named: "stand-in")
    process.executableURL = ProgramHarness.program.deletingLastPathComponent()
      .appendingPathComponent("redshift-stand-in")
    process.arguments =
      [
        "--folder", folder.path, "--password", password, "--log", folder.path + "/log",
        "--faults", folder.path + "/faults", "--kind", kind,
      ] + storage.flatMap { ["--s3", "\($0.key)=\($0.value)"] }
      + (endpoint.map { ["--endpoint", $0] } ?? [])
      + (certificate.map { ["--certificate", $0.path, "--key", $0.keyPath] } ?? [])
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while !line.contains(UInt8(ascii: "\n")) {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      line += more
    }
    let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
    port = try #require(Int(text), "the stand-in did not start")
  }

  static let password = "not-A-real-1"

  /// Lets the next statement with these words fail; see `Faults` for the kinds.
  func fail(_ kind: String, at words: String) throws {
    try folder.write("faults", "\(kind) \(words)\n")
  }

  /// Whether every fault that was asked for has come to pass.
  var hasFailedAsAsked: Bool {
    get throws { try folder.read("faults").isEmpty }
  }

  /// Every statement that clients sent, in order.
  var statements: [String] {
    get throws {
      try folder.read("log").split(separator: "\n").map { line in
        line.split(separator: "\t", maxSplits: 1).last.map(String.init) ?? ""
      }
    }
  }

  /// The target's keys for a project file, with plain text on the wire.
  var target: String { target(host: "127.0.0.1", "sslmode: disable") }

  /// The target's keys; `encryption` is a line of its own.
  func target(host: String, _ encryption: String) -> String {
    """
    type: redshift
        host: \(host)
        port: \(port)
        database: dev
        user: loader
        password: \(Self.password)
        \(encryption)
    """
  }

  /// It removes its server, for which its folder must still be there.
  deinit {
    guard process.isRunning else { return }
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  func stop() throws {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
