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
