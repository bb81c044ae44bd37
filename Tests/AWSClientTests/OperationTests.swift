import Diagnostics
import Synchronization
import TestSupport
import Testing

@testable import AWSClient

/// Every operation sends what botocore sends for the same input, and reads an answer that has every
/// member of botocore's model; `Oracle/operations.py` made both.
@Suite struct OperationTests {
  /// A call, and what it should read from the answer.
  struct Case: Sendable {
    var perform: @Sendable (AWSClient) async throws(AWSError) -> [String?]
    var expected: [String?]
  }

  static let cases: [String: Case] =
    identityCases.merging(networkCases) { $1 }.merging(clusterCases) { $1 }
    .merging(serverlessCases) { $1 }.merging(dataCases) { $1 }.merging(objectCases) { $1 }

  static let tags = [AWSTag("made-by", "redstart & co"), AWSTag("empty", "")]
  static let moment = "2030-01-02T03:04:05Z"
  static let id = "5c0d6d3e-9b35-4a5e-9c3a-7bdb58a3ee60"

  @Test func sendsWhatBotocoreSendsAndReadsWhatTheModelHas() async throws {
    let records = try #require(
      try Surroundings.json(Surroundings.fixture("operations.json")).list
    ).compactMap(\.dictionary)
    let current = Mutex(HTTPStandIn.Reply())
    let server = try SignatureCheck.server { _ in current.withLock { $0 } }
    defer { server.stop() }
    // A web identity is not signed.
    let unsigned = try HTTPStandIn { _ in current.withLock { $0 } }
    defer { unsigned.stop() }
    var known = Self.cases
    // Those of the sign-in are sent by the search for keys, as `SignInTests` shows.
    for record in records where record.text("service")?.hasPrefix("sso") != true {
      let operation = try #require(record.text("operation"))
      let test = try #require(known[operation], "\(operation) has no test")
      known[operation] = nil
      let answer = try #require(record.object("answer"))
      current.withLock {
        $0 = HTTPStandIn.Reply(
          answer.integer("status") ?? 200,
          answer.text("body") ?? "",
          answer.object("headers")?.pairs.map { ($0.key, $0.value.string ?? "") } ?? []
        )
      }
      let stand = operation == "AssumeRoleWithWebIdentity" ? unsigned : server
      let found = try await test.perform(try Surroundings.client(stand))
      #expect(found == test.expected, "\(operation)")
      let request = try #require(stand.requests.last)
      Self.compare(request, record, operation)
    }
    #expect(known.keys.sorted() == [], "no record of these operations")
  }

  static func compare(
    _ request: HTTPStandIn.Request,
    _ record: PlainDictionary,
    _ operation: String
  ) {
    #expect(request.method == record.text("method"), "\(operation)")
    for (name, value) in record.object("headers")?.pairs ?? [] {
      #expect(request.header(name) == value.string, "\(operation): \(name)")
    }
    if let fields = record.object("fields") {
      #expect(pairs(request.text) == texts(fields), "\(operation)")
    } else if let json = record["json"] {
      let sent = try? PlainValue(json: request.body)
      #expect(sent.map(sorted) == sorted(json), "\(operation)")
    } else {
      let parts = (record.text("path") ?? "").split(separator: "?", maxSplits: 1)
      var query = texts(record.object("query") ?? [:])
      for (name, value) in pairs(parts.dropFirst().first.map { String($0) } ?? "") {
        query[name] = value
      }
      #expect(request.path == String(parts.first ?? ""), "\(operation)")
      #expect(pairs(request.query) == query, "\(operation)")
      let isJSON = record.text("service") == "sso-oidc"
      if isJSON {
        let sent = try? PlainValue(json: request.body)
        let expected = try? PlainValue(json: Array((record.text("body") ?? "").utf8))
        #expect(sent.map(sorted) == expected.map(sorted) && sent != nil, "\(operation)")
      } else {
        #expect(request.text == record.text("body"), "\(operation)")
      }
    }
  }

  private static func texts(_ object: PlainDictionary) -> [String: String] {
    Dictionary(uniqueKeysWithValues: object.pairs.map { ($0.key, $0.value.string ?? "") })
  }

  private static func pairs(_ text: String) -> [String: String] {
    var result: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? PercentEncoding.decode(String(parts[1])) : ""
      let name = PercentEncoding.decode(String(parts[0]))
      result[name] = value
    }
    return result
  }

  private static func sorted(_ value: PlainValue) -> PlainValue {
    switch value {
    case .dictionary(let object):
      .dictionary(
        PlainDictionary(object.pairs.sorted { $0.key < $1.key }.map { ($0.key, sorted($0.value)) })
      )
    case .list(let items): .list(items.map(sorted))
    default: value
    }
  }

  @Test func fieldsOfEveryKindAreRead() throws {
    let text = """
      [{"isNull":true},{"stringValue":"s"},{"longValue":-7},{"doubleValue":1.5},{"doubleValue":2},
      {"doubleValue":"NaN"},{"booleanValue":false},{"blobValue":"AAE="},{}]
      """
    let fields = try #require(try Surroundings.json(text).list).map {
      ResultField($0.dictionary ?? [:])
    }
    #expect(fields[0] == .null)
    #expect(
      Array(fields[1..<5]) == [.string("s"), .integer(-7), .double(1.5), .double(2)]
    )
    if case .double(let number) = fields[5] { #expect(number.isNaN) } else { Issue.record("NaN") }
    #expect(Array(fields[6...]) == [.boolean(false), .binary("AAE="), .null])
  }

  @Test func rolesOfNamespacesAreTakenOutOfTheirWrapping() {
    #expect(Namespace.roleARN("arn:aws:iam::1:role/a") == "arn:aws:iam::1:role/a")
    #expect(
      Namespace.roleARN("IamRole(applyStatus=in-sync, iamRoleArn=arn:aws:iam::1:role/a)")
        == "arn:aws:iam::1:role/a"
    )
    let states: PlainDictionary = [
      "iamRoles": [
        "IamRole(applyStatus=in-sync, iamRoleArn=arn:a)",
        "IamRole(applyStatus=adding, iamRoleArn=arn:b)", "arn:c",
      ]
    ]
    #expect(Namespace(states).roles == ["arn:a", "arn:b", "arn:c"])
    #expect(Namespace(states).pendingRoles == ["arn:b"])
  }

  @Test func aPageOfAProxyIsNoEmptyList() async throws {
    let server = try HTTPStandIn { _ in HTTPStandIn.Reply(200, "<html><body/></html>") }
    defer { server.stop() }
    let client = try Surroundings.client(server)
    let clusters = await failure { () async throws(AWSError) in try await client.redshift.clusters()
    }
    let objects = await failure { () async throws(AWSError) in
      try await client.s3.objects(S3Location(bucket: "lake", key: ""))
    }
    for error in [clusters, objects] { #expect(error?.diagnostic.code == "aws-answer") }
  }

  @Test func listsAreReadToTheirLastPage() async throws {
    let server = try SignatureCheck.server { request in
      let isSecond = request.text.contains("Marker=next")
      let mark = isSecond ? "" : "<Marker>next</Marker>"
      return HTTPStandIn.Reply(
        200,
        "<DescribeClustersResponse><DescribeClustersResult>\(mark)<Clusters><Cluster><ClusterIdentifier>c\(isSecond ? 2 : 1)"
          + "</ClusterIdentifier></Cluster></Clusters></DescribeClustersResult></DescribeClustersResponse>"
      )
    }
    defer { server.stop() }
    let clusters = try await Surroundings.client(server).redshift.clusters()
    #expect(clusters.map(\.identifier) == ["c1", "c2"])
  }
}
