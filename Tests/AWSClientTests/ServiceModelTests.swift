import Diagnostics
import TestSupport
import Testing

@testable import AWSClient

/// The check that stand-ins hold requests and their own answers to, against what botocore writes and
/// reads.
@Suite struct ServiceModelTests {
  private static func record(_ operation: String) throws -> PlainDictionary {
    let records = try Surroundings.json(Surroundings.fixture("operations.json")).list ?? []
    return try #require(
      records.compactMap(\.dictionary).first { $0.text("operation") == operation }
    )
  }

  /// A recorded request as it goes over the wire.
  private static func request(
    _ record: PlainDictionary,
    _ change: (inout PlainDictionary) -> Void = { _ in }
  ) throws -> HTTPStandIn.Request {
    var headers = record.object("headers")?.pairs.map { ($0.key, $0.value.string ?? "") } ?? []
    headers.append(("Host", "127.0.0.1"))
    let body: [UInt8]
    if var fields = record.object("fields") {
      change(&fields)
      let pairs = fields.pairs.map {
        "\(PercentEncoding.encode($0.key))=\(PercentEncoding.encode($0.value.string ?? ""))"
      }
      body = Array(pairs.joined(separator: "&").utf8)
    } else {
      var object = record.object("json") ?? [:]
      change(&object)
      body = PlainValue.dictionary(object).json()
    }
    return HTTPStandIn.Request(
      method: "POST",
      target: "/",
      headers: headers,
      body: body
    )
  }

  private static func reply(_ text: String) -> HTTPStandIn.Reply { HTTPStandIn.Reply(200, text) }

  @Test func takesWhatBotocoreWritesAndReads() throws {
    let records = try Surroundings.json(Surroundings.fixture("operations.json")).list ?? []
    var count = 0
    for record in records.compactMap(\.dictionary)
    where !["s3", "sso", "sso-oidc"].contains(record.text("service")) {
      let answer = record.object("answer")?.text("body") ?? ""
      let problems = ServiceModel.problems(try Self.request(record), Self.reply(answer))
      #expect(problems == [])
      count += 1
    }
    #expect(count == ServiceModel.all.values.map(\.operationCount).reduce(0, +))
  }

  @Test(arguments: [
    ("CreateCluster", "NodeTyp", "ra3.large", ["CreateCluster: NodeTyp is no member"]),
    ("CreateCluster", "NodeType", nil, ["CreateCluster: NodeType is missing"]),
    ("CreateCluster", "Port", "many", ["CreateCluster: Port is \"many\""]),
    ("CreateCluster", "Encrypted", "yes", ["CreateCluster: Encrypted is \"yes\""]),
    (
      "AuthorizeSecurityGroupIngress", "IpPermissions.1.IpRanges.1.Cidr", "10.0.0.0/8",
      ["AuthorizeSecurityGroupIngress: IpPermissions.1.IpRanges.1.Cidr is no member"]
    ),
    (
      "CreateWorkgroup", "workgroupName", "wg",
      ["CreateWorkgroup: .workgroupName has 2, fewer than 3"]
    ),
    ("CreateWorkgroup", "namespaceName", nil, ["CreateWorkgroup: .namespaceName is missing"]),
    ("CreateWorkgroup", "capacity", "8", ["CreateWorkgroup: .capacity is no member"]),
    ("CreateWorkgroup", "port", "5439", ["CreateWorkgroup: .port is no integer: string"]),
  ])
  func tellsWhatIsWrongWithRequests(
    _ operation: String,
    _ member: String,
    _ value: String?,
    _ expected: [String]
  ) throws {
    let record = try Self.record(operation)
    let request = try Self.request(record) { $0[member] = value.map { .string($0) } }
    let answer = record.object("answer")?.text("body") ?? ""
    #expect(ServiceModel.problems(request, Self.reply(answer)) == expected)
  }

  @Test(arguments: [
    ("PauseCluster", "<ClusterStatus>", "<Status>", ".Cluster.Status is no member"),
    ("PauseCluster", "PauseClusterResult>", "Result>", "the answer has no PauseClusterResult"),
    ("DescribeVpcs", "<vpcId>", "<VpcId>", ".vpcSet.item.VpcId is no member"),
    ("GetWorkgroup", "\"workgroupName\"", "\"name\"", ".workgroup.name is no member"),
    ("GetWorkgroup", "\"CREATING\"", "\"Creating\"", ".workgroup.status is \"Creating\", which is"),
  ])
  func tellsWhatIsWrongWithAnswers(
    _ operation: String,
    _ old: String,
    _ new: String,
    _ expected: String
  ) throws {
    let record = try Self.record(operation)
    let answer = record.object("answer")?.text("body") ?? ""
    var changed = answer.replacing(old, with: new)
    if !old.hasSuffix("Result>"), old.hasPrefix("<") {
      changed = changed.replacing("</" + old.dropFirst(), with: "</" + new.dropFirst())
    }
    #expect(changed != answer)
    let problems = ServiceModel.problems(try Self.request(record), Self.reply(changed))
    #expect(problems.contains { $0.hasPrefix("\(operation): \(expected)") }, "\(problems)")
  }
}
