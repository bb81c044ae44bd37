import Foundation

/// A certificate authority of the tests' own, made by the `openssl` program.
package final class TestAuthority: Sendable {
  /// A certificate and its key, as files.
  package struct Certificate: Sendable {
    package var path: String
    package var keyPath: String
  }

  package struct Failure: Error { package var message: String }

  private let folder: TemporaryFolder

  /// The name that stands in its certificates.
  package let name: String

  package init(named name: String = "Authority of the tests") throws {
    folder = try TemporaryFolder(named: "authority")
    self.name = name
    try Self.openssl(
      ["req", "-x509", "-subj", "/CN=\(name)", "-days", "2"] + Self.newKey(path("authority.key"))
        + ["-out", path("authority.pem")]
    )
  }

  /// The file to trust.
  package var path: String { path("authority.pem") }

  /// A server's certificate, signed by the authority.
  ///
  /// - Parameters:
  ///   - name: the host that it is for.
  ///   - days: how long from now it is valid; a negative number is in the past.
  /// - Returns: its files, which exist as long as the authority.
  /// - Throws: what `openssl` says.
  package func certificate(for name: String, days: Int = 2) throws -> Certificate {
    let stem = "\(name)-\(UUID().uuidString.prefix(8))"
    try folder.write("\(stem).ext", "subjectAltName=DNS:\(name)\n")
    try Self.openssl(
      ["req", "-new", "-subj", "/CN=\(name)", "-out", path("\(stem).csr")]
        + Self.newKey(path("\(stem).key"))
    )
    try Self.openssl([
      "x509", "-req", "-in", path("\(stem).csr"), "-CA", path, "-CAkey", path("authority.key"),
      "-set_serial", "\(Int.random(in: 1...Int(Int32.max)))", "-days", "\(days)",
      "-extfile", path("\(stem).ext"), "-out", path("\(stem).pem"),
    ])
    return Certificate(path: path("\(stem).pem"), keyPath: path("\(stem).key"))
  }

  /// A certificate that nobody but itself speaks for.
  package func certificateSignedByItself(for name: String) throws -> Certificate {
    try Self.openssl(
      [
        "req", "-x509", "-subj", "/CN=\(name)", "-days", "2", "-addext",
        "subjectAltName=DNS:\(name)",
      ]
        + Self.newKey(path("alone.key")) + ["-out", path("alone.pem")]
    )
    return Certificate(path: path("alone.pem"), keyPath: path("alone.key"))
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }

  private static func newKey(_ path: String) -> [String] {
    [
      "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path,
    ]
  }

  private static func openssl(_ words: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + words
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    let said = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(message: String(decoding: said, as: UTF8.self))
    }
  }
}
