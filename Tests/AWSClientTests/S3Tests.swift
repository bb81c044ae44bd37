import Diagnostics
import Synchronization
import TestSupport
import Testing

@testable import AWSClient

@Suite struct S3Tests {
  static let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ $0 >> 8) }
  static let location = S3Location(bucket: "lake", key: "big")

  /// Serves `content` by ranges; each answer is cut by `cut`, which gets its number.
  private static func server(
    tag: String = "tag",
    headers: [(name: String, value: String)] = [],
    cut: @escaping @Sendable (Int) -> Int?
  ) throws -> HTTPStandIn {
    let counter = Counter()
    return try SignatureCheck.server { request in
      if let wanted = request.header("If-Match"), wanted != "\"\(tag)\"" {
        return HTTPStandIn.Reply(412, "<Error><Code>PreconditionFailed</Code></Error>")
      }
      let range = request.header("Range")?.split { "=-".contains($0) }
      let start = range.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0
      return HTTPStandIn.Reply(
        status: start > 0 ? 206 : 200,
        headers: [("ETag", "\"\(tag)\"")] + headers
          + (start > 0 ? [("Content-Range", "bytes \(start)-/*")] : []),
        body: Array(content[start...]),
        cut: cut(counter.next())
      )
    }
  }

  private static func read(_ reader: S3ObjectReader) async throws(AWSError) -> [UInt8] {
    var bytes: [UInt8] = []
    while let chunk = try await reader.next() { bytes += chunk }
    return bytes
  }

  @Test func aBrokenStreamGoesOnWhereItStopped() async throws {
    let sum = ObjectChecksum.encoded(.crc64nvme, of: Self.content)
    let headers = [("x-amz-checksum-crc64nvme", sum), ("x-amz-checksum-type", "FULL_OBJECT")]
    let server = try Self.server(headers: headers) { $0 <= 8 ? 300_000 : nil }
    defer { server.stop() }
    let reader = try Surroundings.client(server).s3.reader(Self.location)
    #expect(try await Self.read(reader) == Self.content)
    #expect(await reader.resumptions > 5)
    #expect(server.requests.dropFirst().allSatisfy { $0.header("If-Match") == "\"tag\"" })
  }

  @Test func aStreamThatBringsNothingIsGivenUp() async throws {
    let server = try Self.server { $0 == 1 ? 300_000 : 0 }
    defer { server.stop() }
    let reader = try Surroundings.client(server).s3.reader(Self.location)
    let error = await failure { () async throws(AWSError) in try await Self.read(reader) }
    #expect(error?.diagnostic.code == "aws-unreachable")
    #expect(server.requests.count <= 4)
  }

  @Test func aServerWithoutRangesIsNoticed() async throws {
    let counter = Counter()
    let server = try SignatureCheck.server { _ in
      HTTPStandIn.Reply(
        headers: [("ETag", "\"t\"")],
        body: Self.content,
        cut: counter.next() == 1 ? 1_000_000 : nil
      )
    }
    defer { server.stop() }
    let reader = try Surroundings.client(server).s3.reader(Self.location)
    let error = await failure { () async throws(AWSError) in try await Self.read(reader) }
    #expect(error?.diagnostic.code == "object-damaged")
  }

  @Test func anotherVersionIsNotMixedIn() async throws {
    let server = try Self.server(tag: "new") { _ in nil }
    defer { server.stop() }
    let reader = try Surroundings.client(server).s3.reader(Self.location, entityTag: "old")
    let error = await failure { () async throws(AWSError) in try await Self.read(reader) }
    #expect(error?.diagnostic.code == "object-changed")
  }

  @Test(arguments: ["crc32", "crc32c", "sha256", "etag"])
  func damageIsNoticed(_ kind: String) async throws {
    for isDamaged in [false, true] {
      let bytes = isDamaged ? Self.content + [0] : Self.content
      let server: HTTPStandIn
      if kind == "etag" {
        server = try Self.server(tag: ObjectChecksum.encoded(.md5, of: bytes)) { _ in nil }
      } else {
        let algorithm = try #require(ObjectChecksum.Algorithm(rawValue: kind))
        let sum = ObjectChecksum.encoded(algorithm, of: bytes)
        server = try Self.server(headers: [("x-amz-checksum-\(kind)", sum)]) { _ in nil }
      }
      defer { server.stop() }
      let reader = try Surroundings.client(server).s3.reader(Self.location)
      let error = await failure { () async throws(AWSError) in try await Self.read(reader) }
      #expect(error?.diagnostic.code == (isDamaged ? "object-damaged" : nil))
    }
  }

  @Test func checksumsOfPartsAreNotTakenForThoseOfTheWhole() {
    let composite = HTTPHeaders([("x-amz-checksum-crc32", "AAAAAA==-3"), ("ETag", "\"0123-3\"")])
    #expect(ObjectChecksum(composite) == nil)
    let tag = ("ETag", "\"0123456789abcdef0123456789abcdef\"")
    #expect(ObjectChecksum(HTTPHeaders([tag]))?.algorithm == .md5)
    let encrypted = HTTPHeaders([tag, ("x-amz-server-side-encryption", "aws:kms")])
    #expect(ObjectChecksum(encrypted) == nil)
  }

  @Test func listingsComeInPagesWithKeysDecoded() async throws {
    let server = try SignatureCheck.server { request in
      let isSecond = request.query.contains("continuation-token=m%2F1")
      let key = isSecond ? "b%2Bc" : "a+b%2F%C3%BC"
      let more =
        isSecond
        ? "false</IsTruncated>"
        : "true</IsTruncated><NextContinuationToken>m/1"
          + "</NextContinuationToken>"
      return HTTPStandIn.Reply(
        200,
        "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>\(more)<Contents><Key>\(key)"
          + "</Key><Size>3</Size><ETag>\"t\"</ETag></Contents></ListBucketResult>"
      )
    }
    defer { server.stop() }
    let objects = try await Surroundings.client(server).s3.objects(
      S3Location(bucket: "lake", key: "")
    )
    #expect(objects.map(\.key) == ["a b/ü", "b+c"])
    #expect(objects.first?.entityTag == "t")
  }

  @Test func objectsAreReadSeveralAtATime() async throws {
    let server = try SignatureCheck.server { request in
      HTTPStandIn.Reply(200, request.path, [("ETag", "\"t\"")])
    }
    defer { server.stop() }
    let objects = (0..<20).map { number in
      S3Object(key: "k\(number)", size: 0, entityTag: "t")
    }
    let found = Mutex<[String]>([])
    try await Surroundings.client(server).s3.read(objects, in: "lake", concurrency: 3) {
      (object, reader) async throws(AWSError) in
      let text = String(decoding: try await Self.read(reader), as: UTF8.self)
      found.withLock { $0.append(text) }
    }
    #expect(Set(found.withLock { $0 }) == Set((0..<20).map { "/lake/k\($0)" }))
    #expect(server.connectionCount <= 3)
  }

  @Test func theFirstProblemEndsReading() async throws {
    let server = try SignatureCheck.server { request in
      request.path.hasSuffix("k1")
        ? HTTPStandIn.Reply(404, "<Error><Code>NoSuchKey</Code><Key>k1</Key></Error>")
        : HTTPStandIn.Reply(200, "x", [("ETag", "\"t\"")])
    }
    defer { server.stop() }
    let objects = (0..<200).map { S3Object(key: "k\($0)", size: 0, entityTag: "t") }
    let client = try Surroundings.client(server)
    let error = await failure { () async throws(AWSError) in
      try await client.s3.read(objects, in: "lake", concurrency: 2) {
        (_, reader) async throws(AWSError) in _ = try await Self.read(reader)
      }
    }
    #expect(error?.diagnostic.code == "object-not-found")
    #expect(server.requests.count < 100)
  }

  @Test func bytesAreStreamedUp() async throws {
    let server = try SignatureCheck.server { request in
      HTTPStandIn.Reply(200, "", [("ETag", "\"\(request.body.count)\"")])
    }
    defer { server.stop() }
    let left = Mutex(10)
    let tag = try await Surroundings.client(server).s3.put(Self.location, length: 10_000) {
      left.withLock { left in
        left -= 1
        return left < 0 ? nil : [UInt8](repeating: 1, count: 1000)
      }
    }
    #expect(tag == "10000")
    #expect(server.requests.first?.header("X-Amz-Content-SHA256") == "UNSIGNED-PAYLOAD")
  }

  @Test(arguments: [
    ("s3://bucket/a/b c", "bucket", "a/b c"), ("s3://bucket", "bucket", ""),
    ("S3://my.bucket-1/", "my.bucket-1", ""), ("s3://bucket//a", "bucket", "/a"),
  ])
  func readsAddresses(_ text: String, _ bucket: String, _ key: String) {
    #expect(S3Location(text) == S3Location(bucket: bucket, key: key))
  }

  @Test(arguments: ["http://bucket/a", "s3:/bucket", "s3://", "s3://b/", "s3://a b/", "bucket/key"])
  func refusesOtherAddresses(_ text: String) { #expect(S3Location(text) == nil) }

  @Test func bucketsAreHostsOnAWSAndPathsElsewhere() throws {
    func url(_ bucket: String, _ environment: [String: String]) throws -> String {
      let client = try Surroundings.client(nil, environment)
      var call = AWSCall(service: .s3, operation: "GetObject", method: "GET")
      call.bucket = bucket
      call.path = "/a b"
      return try client.caller.request(call, region: "us-west-2", credentials: nil).url
    }
    #expect(try url("lake", [:]) == "https://lake.s3.us-west-2.amazonaws.com/a%20b")
    #expect(try url("my.lake", [:]) == "https://s3.us-west-2.amazonaws.com/my.lake/a%20b")
    let endpoint = ["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9000"]
    #expect(try url("lake", endpoint) == "http://127.0.0.1:9000/lake/a%20b")
  }
}
