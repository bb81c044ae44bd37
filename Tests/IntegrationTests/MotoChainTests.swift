import Foundation
import TestSupport
import Testing

/// The example's whole chain with its data in moto's S3: on the stand-in for Redshift, which reads
/// the bucket as a cluster does, and on the local warehouse, where redstart itself reads it.
@Suite(.enabled(if: Moto.address != nil, Comment(rawValue: Moto.wanted)), .serialized)
struct MotoChainTests {
  private static let data = ProgramHarness.repository.appendingPathComponent("data/sparkify").path

  /// The example without its data, led to the bucket, with a snapshot.
  private static func example(
    _ bucket: MotoBucket,
    _ target: (String) throws -> String
  ) throws -> ProgramHarness {
    let project = try ProgramHarness.example(named: "from-moto", environment: bucket.environment)
    let text = try project.folder.read("project.yml")
    let start = try #require(text.range(of: "\nvars:\n"))
    try project.folder.write([
      "project.yml": try target(String(text[..<start.lowerBound]))
        + text[start.lowerBound...].replacing("s3://udacity-dend/", with: "s3://\(bucket.name)/"),
      "snapshots/levels.sql": ProgramHarness.levelsSnapshot,
    ])
    try FileManager.default.removeItem(atPath: project.folder.path + "/data/sparkify")
    return project
  }

  /// Everything that a project goes through, and what comes of it.
  private static func chain(_ project: ProgramHarness, target: String) throws {
    func run(_ words: String...) throws -> ProgramHarness.Outcome {
      let outcome = try project.run(words + ["--target", target])
      #expect(outcome.code == 0, "\(words): \(outcome.output)\(outcome.error)")
      return outcome
    }
    _ = try run("migrate")
    _ = try run("build")
    var expected = try ExampleTests.expectedCounts(project)
    expected["levels"] = expected["users"]
    func counts() throws -> [String: Int] {
      try ExampleTests.counts(expected.keys.sorted()) {
        try project.run($0 + ["--target", target])
      }
    }
    #expect(try counts() == expected)
    // All of it again changes nothing.
    #expect(try run("migrate").error.contains("nothing to apply"))
    _ = try run("build")
    _ = try run("snapshot")
    #expect(try counts() == expected)
    _ = try run("docs", "generate")
    let catalog = try project.folder.read("target/catalog.json")
    #expect(catalog.contains("model.sparkify.daily_activity"))
    #expect(catalog.contains("snapshot.sparkify.levels"))
  }

  @Test func theClusterLoadsFromIt() async throws {
    let bucket = try await MotoBucket()
    try await bucket.put(folder: Self.data)
    let authority = try TestAuthority()
    let server = try RedshiftStandIn(
      endpoint: bucket.endpoint,
      certificate: try authority.certificate(for: "localhost")
    )
    let project = try Self.example(bucket) { text in
      let start = try #require(text.range(of: "  redshift:\n"))
      let target = server.target(host: "localhost", "sslrootcert: \(authority.path)")
      return text[..<start.upperBound] + "    \(target)\n    schema: sparkify\n    threads: 4\n"
    }
    try Self.chain(project, target: "redshift")
    let copies = try server.statements.filter { $0.lowercased().hasPrefix("copy ") }
    #expect(copies.count == 4 && copies.allSatisfy { $0.contains("s3://\(bucket.name)/") })
    try server.stop()
  }

  @Test func theLocalWarehouseLoadsFromIt() async throws {
    let bucket = try await MotoBucket()
    try await bucket.put(folder: Self.data)
    let project = try Self.example(bucket) { text in
      let start = try #require(text.range(of: "    s3:\n"))
      let end = try #require(text.range(of: "\n  # A PostgreSQL server of your own"))
      return String(text[..<start.lowerBound]) + text[end.lowerBound...]
    }
    defer { project.stopServer() }
    try Self.chain(project, target: "local")
    try ExampleTests.checkDigests(project)
  }
}
