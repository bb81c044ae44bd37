import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AWSClient

/// Against moto's server.
@Suite(.enabled(if: Moto.address != nil, Comment(rawValue: Moto.wanted)), .serialized)
struct MotoTests {
  private static func client() throws -> AWSClient {
    try Surroundings.client(nil, ["AWS_ENDPOINT_URL": try #require(Moto.address)])
  }

  @Test func rolesAndTheirPolicies() async throws {
    let iam = try Self.client().iam
    let name = Moto.name("role")
    let trust = #"{"Version":"2012-10-17","Statement":[]}"#
    let role = try await iam.createRole(name, trustPolicy: trust, tags: [AWSTag("a", "b c")])
    #expect(role.arn.hasSuffix(name))
    #expect(try await iam.role(name).trustPolicy == trust)
    #expect(try await iam.role(name).tags == [AWSTag("a", "b c")])
    let policy =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#
    try await iam.putRolePolicy(role: name, policy: "p", document: policy)
    #expect(try await iam.rolePolicy(role: name, policy: "p") == policy)
    #expect(try await iam.rolePolicies(name) == ["p"])
    let again = await failure { () async throws(AWSError) in
      try await iam.createRole(name, trustPolicy: trust)
    }
    #expect(again?.code == "EntityAlreadyExists")
    try await iam.deleteRolePolicy(role: name, policy: "p")
    try await iam.deleteRole(name)
    let gone = await failure { () async throws(AWSError) in try await iam.role(name) }
    #expect(gone?.code == "NoSuchEntity")
  }

  @Test func networksAndTheirRules() async throws {
    let ec2 = try Self.client().ec2
    let network = try #require(
      try await ec2.networks(filters: [EC2.Filter("is-default", ["true"])]).first
    )
    let subnets = try await ec2.subnets(filters: [EC2.Filter("vpc-id", [network.identifier])])
    #expect(!subnets.isEmpty)
    let group = try await ec2.createSecurityGroup(
      name: Moto.name("group"),
      description: "a test",
      network: network.identifier,
      tags: [AWSTag("k", "v")]
    )
    let rule = IPPermission(
      port: 5439,
      ranges: [IPPermission.Range("203.0.113.7/32", description: "me")]
    )
    try await ec2.authorizeIngress(group, [rule])
    let twice = await failure { () async throws(AWSError) in
      try await ec2.authorizeIngress(group, [rule])
    }
    #expect(twice?.code == "InvalidPermission.Duplicate")
    #expect(try await ec2.securityGroups(identifiers: [group]).first?.ingress == [rule])
    try await ec2.revokeIngress(group, [rule])
    let none = await failure { () async throws(AWSError) in
      try await ec2.revokeIngress(group, [rule])
    }
    #expect(none?.code == "InvalidPermission.NotFound")
    try await ec2.deleteSecurityGroup(group)
  }

  @Test func clustersComeAndGo() async throws {
    let redshift = try Self.client().redshift
    let name = Moto.name("cluster")
    var request = CreateClusterRequest(identifier: name, nodeType: "ra3.large", masterUser: "admin")
    request.tags = [AWSTag("made-by", "redstart")]
    request.masterPassword = Secret("Passw0rdPassw0rd")
    #expect(try await redshift.createCluster(request).status == "creating")
    let twice = await failure { () async throws(AWSError) in
      try await redshift.createCluster(request)
    }
    #expect(twice?.code == "ClusterAlreadyExists")
    let cluster = try #require(try await redshift.clusters(name).first)
    #expect(cluster.isReady)
    let password = try await redshift.clusterCredentials(name, user: "etl")
    #expect(password.user == "IAM:etl")
    #expect(!"\(password)".contains(password.password.revealed))
    _ = try await redshift.pauseCluster(name)
    #expect(try await redshift.clusters(name).first?.status == "paused")
    _ = try await redshift.resumeCluster(name)
    _ = try await redshift.deleteCluster(name, finalSnapshot: nil)
    let gone = await failure { () async throws(AWSError) in try await redshift.clusters(name) }
    #expect(gone?.code == "ClusterNotFound")
    // moto does not know this one and answers with a page of HTML.
    let unknown = await failure { () async throws(AWSError) in
      try await redshift.clusterCredentialsWithIAM(name)
    }
    #expect(unknown?.diagnostic.code == "aws-error")
  }

  @Test func statementsOfTheDataAPI() async throws {
    let data = try Self.client().redshiftData
    var target = DataTarget()
    target.cluster = "c"
    target.database = "dev"
    let started = try await data.execute(DataStatement(sql: "select 1", target: target))
    #expect(try await data.describe(started.identifier).identifier == started.identifier)
    let page = try await data.result(started.identifier)
    #expect(page.columns.count == page.rows.first?.count)
    #expect(try await data.cancel(started.identifier))
  }

  @Test func identities() async throws {
    let client = try Self.client()
    #expect(try await client.sts.callerIdentity().account == "123456789012")
    let keys = try await client.sts.assumeRole(
      AssumeRoleRequest(roleARN: "arn:aws:iam::123456789012:role/r", sessionName: "s")
    )
    #expect(keys.sessionToken != nil)
  }

  @Test func objectsWithOddKeys() async throws {
    let client = try Self.client()
    let bucket = Moto.name("bucket")
    try await Moto.makeBucket(bucket)
    #expect(try await client.s3.bucketRegion(bucket) == "us-west-2")
    let keys = ["a b", "ü/€/😀", "x+y&z=1?#", "~t/(1)*'!", "a%20b"]
    for key in keys {
      _ = try await client.s3.put(S3Location(bucket: bucket, key: key), Array(key.utf8))
    }
    let objects = try await client.s3.objects(S3Location(bucket: bucket, key: ""))
    #expect(Set(objects.map(\.key)) == Set(keys))
    for object in objects {
      let reader = client.s3.reader(
        S3Location(bucket: bucket, key: object.key),
        entityTag: object.entityTag
      )
      #expect(try await reader.bytes(limit: 100) == Array(object.key.utf8))
    }
    #expect(try await client.s3.delete(bucket: bucket, keys: keys).isEmpty)
    #expect(try await client.s3.objects(S3Location(bucket: bucket, key: "")).isEmpty)
  }

  @Test func objectsInParts() async throws {
    let client = try Self.client()
    let bucket = Moto.name("parts")
    try await Moto.makeBucket(bucket)
    let location = S3Location(bucket: bucket, key: "dir/lärge")
    let bytes = (0..<11 << 20).map { UInt8(truncatingIfNeeded: $0 &* 13 >> 4) }
    let tag = try await client.s3.put(location, length: bytes.count, partSize: 5 << 20) {
      (offset, count) async throws(AWSError) in Array(bytes[offset..<offset + count])
    }
    #expect(tag.hasSuffix("-3"))
    let reader = client.s3.reader(location, entityTag: tag)
    #expect(try await reader.bytes(limit: 12 << 20) == bytes)
    // One that is given up leaves nothing.
    let broken = S3Location(bucket: bucket, key: "broken")
    let problem = AWSError.problem(Diagnostic(code: "broken", "the file is gone"))
    let error = await failure { () async throws(AWSError) in
      try await client.s3.put(broken, length: 11 << 20, partSize: 5 << 20) {
        (_, _) async throws(AWSError) in throw problem
      }
    }
    #expect(error == problem)
    #expect(try await client.s3.objects(S3Location(bucket: bucket, key: "b")).isEmpty)
  }

  private static func residentMegabytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) >> 10
  }

  /// Prints what it measures; REDSTART_MEASURE=1 asks for it.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["REDSTART_MEASURE"] == "1"))
  func listsAndStreamsALot() async throws {
    let client = try Self.client()
    let bucket = Moto.name("lake")
    try await Moto.makeBucket(bucket)
    let clock = ContinuousClock()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for part in 0..<8 {
        group.addTask {
          for number in stride(from: part, to: 10_000, by: 8) {
            let location = S3Location(bucket: bucket, key: "many/\(number)")
            _ = try await client.s3.put(location, [1])
          }
        }
      }
      try await group.waitForAll()
    }
    var count = 0
    let listing = try await clock.measure {
      try await client.s3.forEachPage(S3Location(bucket: bucket, key: "many/")) {
        count += $0.objects.count
      }
    }
    #expect(count == 10_000)
    print("listed \(count) objects in \(listing)")
    let big = S3Location(bucket: bucket, key: "big")
    let piece = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let left = Mutex(1024)
    _ = try await client.s3.put(big, length: 1 << 30) {
      left.withLock { left -> Bool in
        left -= 1
        return left >= 0
      } ? piece : nil
    }
    let before = try Self.residentMegabytes()
    var most = before
    var total = 0
    let reading = try await clock.measure {
      let reader = client.s3.reader(big)
      var next = 0
      while let chunk = try await reader.next() {
        total += chunk.count
        if total >= next {
          most = max(most, try Self.residentMegabytes())
          next += 32 << 20
        }
      }
    }
    #expect(total == 1 << 30)
    let seconds = Double(reading.components.seconds) + Double(reading.components.attoseconds) / 1e18
    print(
      "streamed 1 GiB in \(reading): \(Int(1024 / seconds)) MiB/s; resident \(before) → \(most) MiB"
    )
    #expect(most - before < 64)
  }
}
