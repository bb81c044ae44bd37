import Diagnostics
import ProjectModel
import Testing

@testable import ClusterLifecycle

@Suite struct ClusterPlannerTests {
  private static func planner(
    prefixes: [String] = ["s3://lake/events"],
    blocks: [String] = ["203.0.113.7/32"]
  ) -> ClusterPlanner {
    var section = ClusterConfiguration(identifier: "shop")
    section.prefixes = prefixes
    return ClusterPlanner(section: section, blocks: blocks)
  }

  private static func policy(_ planner: ClusterPlanner) -> String? {
    ReadPolicy(prefixes: planner.section.prefixes, partition: planner.partition).document
  }

  /// Everything there and ready.
  private static func whole(_ planner: ClusterPlanner) -> ClusterObservation {
    var observed = ClusterObservation(network: "vpc-1")
    observed.role = ClusterObservation.Role(arn: "arn:r", isOurs: true, policy: policy(planner))
    observed.group = ClusterObservation.Group(
      identifier: "sg-1",
      isOurs: true,
      blocks: planner.blocks
    )
    observed.warehouse = ClusterObservation.Warehouse(
      status: "available",
      isOurs: true,
      host: "shop.example",
      port: 5439,
      nodeType: "ra3.large",
      nodeCount: 1,
      database: "dev",
      user: "redstart",
      roles: ["arn:r": true],
      groups: ["sg-1"]
    )
    return observed
  }

  private static func words(_ steps: [ClusterStep]) -> [String] { steps.map(\.word) }

  private static func code(_ body: () throws(Diagnostic) -> [ClusterStep]) -> String? {
    do throws(Diagnostic) {
      _ = try body()
      return nil
    } catch {
      return error.code
    }
  }

  @Test func beginsWithNothing() throws {
    let steps = try Self.planner().up(ClusterObservation(network: "vpc-1"))
    #expect(
      Self.words(steps) == [
        "create-role", "write-policy", "create-group", "let-in", "create-cluster",
      ]
    )
  }

  @Test func doesNothingWhenAllIsThere() throws {
    let planner = Self.planner()
    #expect(try planner.up(Self.whole(planner)).isEmpty)
  }

  @Test func makesOnlyWhatIsMissing() throws {
    let planner = Self.planner()
    var observed = Self.whole(planner)
    observed.role?.policy = "other"
    #expect(Self.words(try planner.up(observed)) == ["write-policy"])
    observed = Self.whole(planner)
    observed.group?.blocks = ["198.51.100.1/32"]
    #expect(
      try planner.up(observed) == [
        .letIn(group: "sg-1", blocks: ["203.0.113.7/32"]),
        .keepOut(group: "sg-1", blocks: ["198.51.100.1/32"]),
      ]
    )
    observed = Self.whole(planner)
    observed.warehouse?.roles = [:]
    observed.warehouse?.groups = ["sg-default"]
    #expect(Self.words(try planner.up(observed)) == ["attach-role", "attach-group"])
    observed.warehouse = nil
    #expect(try planner.up(observed) == [.createWarehouse(role: "arn:r", group: "sg-1")])
  }

  @Test func waitsForWhatIsUnderWay() throws {
    let planner = Self.planner()
    var observed = Self.whole(planner)
    for status in ["creating", "modifying", "resuming"] {
      observed.warehouse?.status = status
      #expect(try planner.up(observed) == [.wait(status: status)])
    }
    observed.warehouse?.status = "paused"
    #expect(try planner.up(observed) == [.resume])
    observed = Self.whole(planner)
    observed.warehouse?.roles = ["arn:r": false]
    #expect(Self.words(try planner.up(observed)) == ["wait"])
    observed.warehouse?.status = "storage-full"
    #expect(Self.code { () throws(Diagnostic) in try planner.up(observed) } == "cluster-failed")
  }

  @Test func leavesWhatOthersMadeAlone() throws {
    let planner = Self.planner()
    var observed = Self.whole(planner)
    observed.role?.isOurs = false
    #expect(Self.code { () throws(Diagnostic) in try planner.up(observed) } == "cluster-foreign")
    observed.group?.isOurs = false
    observed.warehouse?.isOurs = false
    #expect(planner.down(observed, takesSnapshot: false).isEmpty)
    #expect(Self.code { () throws(Diagnostic) in try planner.pause(observed) } == "cluster-foreign")
  }

  @Test func keepsRulesOfOthers() throws {
    let planner = Self.planner()
    var observed = Self.whole(planner)
    observed.group?.blocks = []
    observed.group?.foreignBlocks = ["203.0.113.7/32", "10.0.0.0/8"]
    #expect(try planner.up(observed).isEmpty)
  }

  @Test func refusesToReshape() throws {
    let planner = Self.planner()
    var observed = Self.whole(planner)
    observed.warehouse?.nodeCount = 2
    #expect(Self.code { () throws(Diagnostic) in try planner.up(observed) } == "cluster-differs")
    #expect(
      Self.code { () throws(Diagnostic) in try planner.up(ClusterObservation()) }
        == "cluster-network"
    )
  }

  @Test func deletesTheClusterFirst() throws {
    let planner = Self.planner()
    var observed = Self.whole(planner)
    #expect(
      Self.words(planner.down(observed, takesSnapshot: true)) == [
        "delete-cluster", "delete-group", "delete-policy", "delete-role",
      ]
    )
    observed.warehouse?.status = "deleting"
    #expect(Self.words(planner.down(observed, takesSnapshot: true)).first == "wait")
    observed = ClusterObservation()
    #expect(planner.down(observed, takesSnapshot: true).isEmpty)
  }

  @Test func pausesAndResumes() throws {
    let planner = Self.planner()
    var observed = Self.whole(planner)
    #expect(try planner.pause(observed) == [.pause])
    #expect(try planner.resume(observed).isEmpty)
    observed.warehouse?.status = "pausing"
    #expect(try planner.pause(observed) == [.wait(status: "pausing")])
    observed.warehouse?.status = "paused"
    #expect(try planner.pause(observed).isEmpty)
    #expect(try planner.resume(observed) == [.resume])
  }

  @Test func letsReadThePrefixesAndNothingElse() throws {
    let policy = try #require(
      ReadPolicy(prefixes: ["s3://lake/events/", "s3://lake/songs"], partition: "aws-cn").document
    )
    #expect(policy.contains(#""arn:aws-cn:s3:::lake/events/*""#))
    #expect(policy.contains(#""arn:aws-cn:s3:::lake/songs*""#))
    #expect(!policy.contains(#""Resource":"*""#))
    #expect(!policy.contains("s3:Put"))
    #expect(ReadPolicy(prefixes: [], partition: "aws").document == nil)
  }

  @Test func whoWaitsHearsOfItOnceAMinute() {
    func minutes(_ looks: Int, _ seconds: Double) -> [Int] {
      (1...looks).compactMap { ClusterLifecycle.minutes(afterLooks: $0, every: seconds) }
    }
    #expect(minutes(19, 10) == [1, 2, 3])
    #expect(minutes(3, 90) == [1, 3, 4])
    #expect(minutes(360, 0) == [])
  }

  @Test func tellsCostsAsEstimates() {
    var section = ClusterConfiguration(identifier: "shop")
    var nodes = ClusterConfiguration.Provisioned()
    nodes.nodeCount = 2
    section.shape = .provisioned(nodes)
    #expect(ClusterPrice.hourly(section) == 1.086)
    let near = ClusterPrice.estimate(section, in: "us-east-1")
    #expect(near.contains("$1.09 an hour (estimate") && !near.contains("other prices"))
    let far = ClusterPrice.estimate(section, in: "eu-west-1")
    #expect(
      far.contains("at $0.543 in us-east-1") && far.contains("other prices hold in eu-west-1")
    )
    #expect(ClusterPrice.basis(section).contains("us-east-1, \(ClusterPrice.date)"))
    nodes.nodeType = "x9.huge"
    section.shape = .provisioned(nodes)
    #expect(ClusterPrice.hourly(section) == nil)
    var serverless = ClusterConfiguration.Serverless(namespace: "shop")
    section.shape = .serverless(serverless)
    #expect(ClusterPrice.hourly(section) == 3)
    #expect(
      ClusterPrice.estimate(section, in: "us-east-1").hasPrefix(
        "nothing while no query runs; about $3.00"
      )
    )
    serverless.maximumCapacity = 64
    section.shape = .serverless(serverless)
    #expect(
      ClusterPrice.estimate(section, in: "us-east-1").contains(
        "at most $24.00 with max_capacity 64"
      )
    )
    #expect(ClusterPrice.estimate(section, in: "us-east-1").contains("not asked of AWS"))
    section.unitPrice = 0.5
    #expect(ClusterPrice.hourly(section) == 4)
    #expect(
      ClusterPrice.estimate(section, in: "us-east-1").contains(
        "at most $32.00 with max_capacity 64"
      )
    )
    #expect(!ClusterPrice.estimate(section, in: "eu-west-1").contains("us-east-1"))
    #expect(ClusterPrice.basis(section) == "the project's `price`")
  }

  @Test(arguments: [
    ("203.0.113.7", "203.0.113.7/32"), ("10.0.0.0/8", "10.0.0.0/8"), ("::1", "::1/128"),
    ("2001:db8::/32", "2001:db8::/32"), ("10.0.0.0/33", nil), ("10.0.0", nil), ("x", nil),
    ("010.0.0.1", nil), ("10.0.0.1/", nil),
  ])
  func readsBlocks(_ text: String, _ block: String?) {
    #expect(AddressBlock.canonical(text) == block)
  }
}
