import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import AWSClient

@Suite struct SignatureTests {
  /// 300 requests are recorded; REDSTART_SIGNATURES names a file with more.
  @Test func signsAsBotocoreDoes() throws {
    let other = ProcessInfo.processInfo.environment["REDSTART_SIGNATURES"]
    let text =
      try other.map { try String(contentsOfFile: $0, encoding: .utf8) }
      ?? Surroundings.fixture("signatures.jsonl")
    var problems: [String] = []
    var count = 0
    for line in text.split(separator: "\n") {
      let record = try #require(try Surroundings.json(String(line)).dictionary)
      count += 1
      if let problem = try Self.problem(record) { problems.append("\(count): \(problem)") }
    }
    #expect(count >= 300)
    #expect(problems.prefix(5) == [], "\(problems.count) of \(count) differ")
  }

  private static func problem(_ record: PlainDictionary) throws -> String? {
    func text(_ name: String) throws -> String { try #require(record.text(name)) }
    func pairs(_ name: String) -> [(name: String, value: String)] {
      record.list(name).map { ($0.list?[0].string ?? "", $0.list?[1].string ?? "") }
    }
    let body = Array(try text("body").utf8)
    let isQuery = try text("kind") == "query"
    let endpoint = HTTPEndpoint(scheme: try text("scheme"), authority: try text("authority"))
    var request = HTTPRequest(
      method: try text("method"),
      endpoint: endpoint,
      path: try text("path"),
      query: pairs("query"),
      headers: HTTPHeaders(pairs("headers")),
      body: isQuery ? .none : .bytes(body)
    )
    let isS3 = try text("service") == "s3"
    let signer = SignatureV4(
      credentials: AWSCredentials(
        accessKeyID: try text("key"),
        secretAccessKey: Secret(try text("secret")),
        sessionToken: record.text("token").map { Secret($0) },
        source: "a fixture"
      ),
      region: try text("region"),
      service: try text("service"),
      time: Timestamp(Double(try #require(record.integer("time")))),
      pathRule: isS3 ? .verbatim : .normalized
    )
    let expected = try text("expected")
    let found: String
    if isQuery {
      signer.presign(&request, expires: try #require(record.integer("expires")))
      func value(_ name: String) -> String { request.query.first { $0.name == name }?.value ?? "" }
      found = "\(value("X-Amz-Signature")) \(value("X-Amz-SignedHeaders"))"
    } else {
      signer.sign(
        &request,
        payload: record.boolean("isUnsigned") == true ? .unsigned : .bytes(body)
      )
      found = request.headers["Authorization"] ?? ""
    }
    return found == expected ? nil : "\(found)\n  instead of \(expected)\n  for \(request.url)"
  }

  /// The stand-ins' own check is held to what botocore signed: it takes that, and nothing else.
  @Test func theStandInsTakeWhatBotocoreSignedAndNothingElse() throws {
    var count = 0
    for line in try Surroundings.fixture("signatures.jsonl").split(separator: "\n") {
      let record = try #require(try Surroundings.json(String(line)).dictionary)
      guard record.text("kind") == "header" else { continue }
      count += 1
      let request = try Self.request(record)
      let key = try #require(record.text("key"))
      let secret = try #require(record.text("secret"))
      let verifier = SignatureVerifier(secrets: [key: secret])
      let scope = try verifier.scope(of: request)
      #expect(scope.service == record.text("service") && scope.region == record.text("region"))
      for (number, other) in Self.altered(request).enumerated() {
        #expect(throws: SignatureVerifier.Problem.self, "change \(number) of request \(count)") {
          try verifier.scope(of: other)
        }
      }
      #expect(throws: SignatureVerifier.Problem("the signature does not fit")) {
        try SignatureVerifier(secrets: [key: secret + "x"]).scope(of: request)
      }
    }
    #expect(count >= 150)
  }

  /// A recorded request as it goes over the wire.
  private static func request(_ record: PlainDictionary) throws -> HTTPStandIn.Request {
    func pairs(_ name: String) -> [(name: String, value: String)] {
      record.list(name).map { ($0.list?[0].string ?? "", $0.list?[1].string ?? "") }
    }
    let body = Array((record.text("body") ?? "").utf8)
    let query = pairs("query").map {
      "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))"
    }
    let path = try #require(record.text("path"))
    var headers = pairs("headers")
    let time = Timestamp(Double(try #require(record.integer("time"))))
    headers.append(("Host", try #require(record.text("authority"))))
    headers.append(("X-Amz-Date", time.compact))
    if let token = record.text("token") { headers.append(("X-Amz-Security-Token", token)) }
    if record.text("service") == "s3" {
      let hash =
        record.boolean("isUnsigned") == true
        ? "UNSIGNED-PAYLOAD" : Hexadecimal.encode(Digest.sha256(body))
      headers.append(("X-Amz-Content-SHA256", hash))
    }
    headers.append(("Authorization", try #require(record.text("expected"))))
    return HTTPStandIn.Request(
      method: try #require(record.text("method")),
      target: path + (query.isEmpty ? "" : "?" + query.joined(separator: "&")),
      headers: headers,
      body: body
    )
  }

  /// The request with something else in each place that a signature covers.
  private static func altered(_ request: HTTPStandIn.Request) -> [HTTPStandIn.Request] {
    var others: [HTTPStandIn.Request] = []
    func add(_ change: (inout HTTPStandIn.Request) -> Void) {
      var other = request
      change(&other)
      others.append(other)
    }
    add { $0.method = $0.method == "GET" ? "POST" : "GET" }
    add { $0.target += ($0.target.contains("?") ? "&" : "?") + "more=1" }
    add { $0.target = $0.path + "/other" + $0.target.dropFirst($0.path.count) }
    if request.header("X-Amz-Content-SHA256") != "UNSIGNED-PAYLOAD" { add { $0.body.append(0) } }
    for (index, header) in request.headers.enumerated() {
      let name = header.name.lowercased()
      let isSigned =
        name.hasPrefix("x-amz-") || name == "host" || name == "content-type"
      if isSigned { add { $0.headers[index].value += "x" } }
    }
    add { $0.headers.removeAll { $0.name == "Authorization" } }
    return others
  }

  @Test func theStandInsHaveARightDigest() {
    for count in [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      #expect(SHA256.hex(bytes) == Hexadecimal.encode(Digest.sha256(bytes)))
    }
  }

  @Test func whatIsSignedIsWhatIsSent() async throws {
    let server = try SignatureCheck.server { _ in
      HTTPStandIn.Reply(200, "<ListBucketResult/>", [("ETag", "\"t\"")])
    }
    defer { server.stop() }
    let client = try Surroundings.client(server, ["AWS_SESSION_TOKEN": "token/+="])
    for key in [
      "a b", "ü/€/😀", "a//b/../c/.", "%41+&?=#;:@!*'()~", "~tilde", "x=1&y=2", "..", "\"",
    ] {
      let location = S3Location(bucket: "lake", key: key)
      _ = try await client.s3.put(location, Array("bytes".utf8), contentType: "text/csv")
      _ = try await client.s3.get(location, from: 2, entityTag: "t")
      try await client.s3.delete(location)
    }
    _ = try await client.s3.page(S3Location(bucket: "lake", key: "a b/+&=ü"), delimiter: "/")
    #expect(server.requests.count == 25)
    #expect(server.requests.allSatisfy { $0.header("X-Amz-Security-Token") == "token/+=" })
  }

  @Test func aWrongSecretIsNoticed() async throws {
    let server = try SignatureCheck.server { _ in HTTPStandIn.Reply(200, "<A/>") }
    defer { server.stop() }
    let client = try Surroundings.client(server, ["AWS_SECRET_ACCESS_KEY": "another secret"])
    let error = await failure { () async throws(AWSError) in
      try await client.s3.head(S3Location(bucket: "lake", key: "k"))
    }
    #expect(error?.diagnostic.code == "access-denied")
    let query = await failure { () async throws(AWSError) in try await client.sts.callerIdentity() }
    #expect(query?.code == "SignatureDoesNotMatch")
  }
}
