import AWSClient
import Diagnostics
import Foundation
import S3Storage
import TestSupport
import Testing
import WarehouseClient

@Suite struct S3ObjectStoreTests {
  private func store(_ server: S3StandIn) -> S3ObjectStore {
    let environment = server.environment
    return S3ObjectStore { (region) async throws(AWSError) in
      do throws(Diagnostic) {
        var surroundings = AWSSurroundings(environment: environment)
        surroundings.sleep = { _ in }
        return try AWSClient(AWSOptions(region: region), surroundings: surroundings)
      } catch {
        throw .problem(error)
      }
    }
  }

  private func all(_ stream: any ObjectStream) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let chunk = try await stream.next() { bytes += chunk }
    return bytes
  }

  private func code<Result>(_ body: () async throws -> Result) async -> String? {
    do {
      _ = try await body()
      return nil
    } catch {
      return (error as? Diagnostic)?.code ?? "\(error)"
    }
  }

  @Test func everyPageIsListedInOrderOfBytes() async throws {
    let server = try S3StandIn(pageSize: 7)
    defer { server.stop() }
    for number in 0..<50 { server.put("s3://lake/in/\(number)", [1]) }
    server.put("s3://lake/in/", [])
    server.put("s3://lake/in/é +&", [1, 2])
    server.put("s3://lake/other", [1])
    let found = try await store(server).objects(startingWith: "s3://lake/in", region: nil)
    let expected = ((0..<50).map { "s3://lake/in/\($0)" } + ["s3://lake/in/é +&"])
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(found.map(\.url) == expected)
    #expect(found.last?.size == 2 && found.allSatisfy { $0.version != nil })
    #expect(server.requests.count { $0.hasSuffix("?") } == 8)
  }

  @Test func brokenStreamsGoOnWhereTheyStopped() async throws {
    let server = try S3StandIn()
    defer { server.stop() }
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    server.put("s3://lake/large", bytes)
    server.cut("s3://lake/large", after: 700_000, times: 3)
    let store = store(server)
    let object = try #require(try await store.object(at: "s3://lake/large", region: nil))
    #expect(try await all(store.open(object, region: nil)) == bytes)
    let ranges = server.requests.filter { $0.contains("@") }
    #expect(ranges.count == 3)
    server.damage("s3://lake/large")
    #expect(await code { try await all(store.open(object, region: nil)) } == "object-damaged")
    server.put("s3://lake/large", [1])
    #expect(await code { try await all(store.open(object, region: nil)) } == "object-changed")
  }

  @Test func problemsHaveNames() async throws {
    let server = try S3StandIn()
    defer { server.stop() }
    server.put("s3://lake/a", [1])
    let store = store(server)
    #expect(try await store.object(at: "s3://lake/b", region: nil) == nil)
    #expect(
      await code { try await store.objects(startingWith: "s3://none/x", region: nil) }
        == "bucket-not-found"
    )
    #expect(
      await code { try await store.objects(startingWith: "s3://denied/x", region: nil) }
        == "access-denied"
    )
    #expect(
      await code { try await store.objects(startingWith: "s3://A/x", region: nil) }
        == "copy-source"
    )
  }

  @Test func aRegionThatIsNotTheBucketsIsRefusedOnlyWhereTheStatementNamesIt() async throws {
    let server = try S3StandIn()
    defer { server.stop() }
    server.put("s3://lake/a", [1])
    server.place(bucket: "lake", in: "eu-west-1")
    let store = store(server)
    #expect(try await store.objects(startingWith: "s3://lake/", region: nil).count == 1)
    #expect(try await store.objects(startingWith: "s3://lake/", region: "eu-west-1").count == 1)
    #expect(
      await code { try await store.objects(startingWith: "s3://lake/", region: "us-east-1") }
        == "wrong-region"
    )
  }

  /// Sends in parts what it would send as one stream, in parts as small as S3 takes them.
  private func storeOfParts(_ server: S3StandIn) -> S3ObjectStore {
    var store = store(server)
    store.streamedSize = 8 << 20
    store.partSize = 5 << 20
    return store
  }

  /// Three parts; what goes wrong is put right with them.
  @Test(arguments: [[], [.part(1), .part(3)], [.errorInEnd]] as [[S3StandIn.UploadFault]])
  func largeFilesAreWrittenInParts(_ faults: [S3StandIn.UploadFault]) async throws {
    let server = try S3StandIn()
    defer { server.stop() }
    for fault in faults { server.fail(fault) }
    let folder = try TemporaryFolder(named: "s3-parts")
    let bytes = (0..<(11 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 8) }
    let path = folder.path + "/large"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    try await storeOfParts(server).write(
      file: path,
      size: bytes.count,
      to: "s3://lake/out/large",
      region: nil
    )
    #expect(server.objects["s3://lake/out/large"] == bytes)
    #expect(server.openUploads == 0)
    #expect(server.requests.count { $0.hasPrefix("PUT") } >= 3)
  }

  @Test func partsOfAFileThatCannotBeWrittenAreTakenAway() async throws {
    let server = try S3StandIn()
    defer { server.stop() }
    server.fail(.refuseParts)
    let folder = try TemporaryFolder(named: "s3-parts")
    let path = folder.path + "/large"
    try Data(count: 11 << 20).write(to: URL(fileURLWithPath: path))
    let store = storeOfParts(server)
    #expect(
      await code {
        try await store.write(file: path, size: 11 << 20, to: "s3://lake/x", region: nil)
      } == "access-denied"
    )
    #expect(server.objects.isEmpty && server.openUploads == 0)
    #expect(server.requests.last == "DELETE /lake/x")
  }

  /// The file became shorter while it was sent.
  @Test func aFileThatShrankIsNoObject() async throws {
    let server = try S3StandIn()
    defer { server.stop() }
    let folder = try TemporaryFolder(named: "s3-parts")
    let path = folder.path + "/large"
    try Data(count: 1 << 20).write(to: URL(fileURLWithPath: path))
    let store = storeOfParts(server)
    #expect(
      await code {
        try await store.write(file: path, size: 11 << 20, to: "s3://lake/x", region: nil)
      } == "unload-failed"
    )
    #expect(server.objects.isEmpty && server.openUploads == 0)
  }

  /// The end of an upload was done twice, since its answer did not come.
  @Test func anEndWhoseAnswerWasLostIsFoundOut() async throws {
    let server = try S3StandIn()
    defer { server.stop() }
    server.fail(.lostEnd)
    let folder = try TemporaryFolder(named: "s3-parts")
    let path = folder.path + "/large"
    try Data(count: 11 << 20).write(to: URL(fileURLWithPath: path))
    try await storeOfParts(server).write(file: path, size: 11 << 20, to: "s3://lake/x", region: nil)
    #expect(server.objects["s3://lake/x"]?.count == 11 << 20)
    #expect(server.requests.last == "HEAD /lake/x")
  }

  @Test func filesAreWrittenAndObjectsRemoved() async throws {
    let server = try S3StandIn()
    defer { server.stop() }
    let folder = try TemporaryFolder(named: "s3-write")
    let small = [UInt8]("a\n".utf8)
    let large = [UInt8](repeating: 7, count: 9 << 20)
    let store = store(server)
    for (name, bytes) in [("small", small), ("large", large)] {
      let path = folder.path + "/" + name
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      try await store.write(
        file: path,
        size: bytes.count,
        to: "s3://lake/out/\(name)",
        region: nil
      )
    }
    #expect(server.objects["s3://lake/out/small"] == small)
    #expect(server.objects["s3://lake/out/large"] == large)
    server.put("s3://lake/kept", [1])
    let found = try await store.objects(startingWith: "s3://lake/out/", region: nil)
    try await store.remove(found, region: nil)
    #expect(server.objects.keys.sorted() == ["s3://lake/kept"])
  }
}
