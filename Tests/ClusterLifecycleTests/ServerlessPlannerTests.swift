import Diagnostics
import ProjectModel
import Testing

@testable import ClusterLifecycle

@Suite struct ServerlessPlannerTests {
  private static func planner(
    _ change: (inout ClusterConfiguration.Serverless) -> Void = { _ in }
  ) -> ClusterPlanner {
    var section = ClusterConfiguration(identifier: "shop")
    var serverless = ClusterConfiguration.Serverless(namespace: "data")
    change(&serverless)
    section.shape = .serverless(serverless)
    return ClusterPlanner(section: section, blocks: ["203.0.113.7/32"])
  }

  /// Everything there and ready.
  private static func whole() -> ClusterObservation {
    var observed = ClusterObservation(network: "vpc-1")
    observed.role = ClusterObservation.Role(arn: "arn:r", isOurs: true)
    observed.group = ClusterObservation.Group(
      identifier: "sg-1",
      isOurs: true,
      blocks: ["203.0.113.7/32"]
    )
    observed.namespace = ClusterObservation.Namespace(
      status: "available",
      isOurs: true,
      database: "dev",
      roles: ["arn:r": true],
      defaultRole: "arn:r"
    )
    observed.workgroup = ClusterObservation.Workgroup(
      status: "available",
      isOurs: true,
      namespace: "data",
      host: "shop.example",
      port: 5439,
      baseCapacity: 8,
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

  @Test func makesTheNamespaceBeforeTheWorkgroup() throws {
    let planner = Self.planner()
    #expect(
      Self.words(try planner.up(ClusterObservation(network: "vpc-1"))) == [
        "create-role", "create-group", "let-in", "create-namespace", "create-workgroup",
      ]
    )
    #expect(try planner.up(Self.whole()).isEmpty)
    var observed = Self.whole()
    observed.workgroup = nil
    #expect(try planner.up(observed) == [.createWorkgroup(group: "sg-1")])
  }

  @Test func waitsForWhatIsUnderWay() throws {
    let planner = Self.planner()
    for status in ["creating", "modifying", "deleting"] {
      var observed = Self.whole()
      observed.workgroup?.status = status
      #expect(try planner.up(observed) == [.wait(status: status)])
      observed = Self.whole()
      observed.namespace?.status = status
      #expect(Self.words(try planner.up(observed)) == ["wait"])
    }
    var observed = Self.whole()
    observed.namespace?.roles = ["arn:r": false]
    #expect(Self.words(try planner.up(observed)) == ["wait"])
    observed = Self.whole()
    observed.workgroup?.host = nil
    #expect(Self.words(try planner.up(observed)) == ["wait"])
  }

  /// Nothing may begin with more than it may grow to, whichever way both numbers move.
  @Test(arguments: [
    (8, nil, 16, nil, ["set-base-capacity"]),
    (8, 16, 16, 32, ["set-base-capacity", "set-maximum-capacity"]),
    (8, 16, 32, 64, ["set-maximum-capacity", "set-base-capacity"]),
    (32, 64, 8, 16, ["set-base-capacity", "set-maximum-capacity"]),
    (8, 64, 8, nil, []),
    (8, nil, 8, 32, ["set-maximum-capacity"]),
  ])
  func changesCapacity(
    _ base: Int,
    _ most: Int?,
    _ wantedBase: Int,
    _ wantedMost: Int?,
    _ expected: [String]
  ) throws {
    let planner = Self.planner { serverless in
      serverless.baseCapacity = wantedBase
      serverless.maximumCapacity = wantedMost
    }
    var observed = Self.whole()
    observed.workgroup?.baseCapacity = base
    observed.workgroup?.maximumCapacity = most
    #expect(Self.words(try planner.up(observed)) == expected)
  }

  @Test func mendsRolesRulesAndReach() throws {
    let planner = Self.planner()
    var observed = Self.whole()
    observed.namespace?.roles = ["arn:other": true]
    observed.workgroup?.groups = ["sg-default"]
    observed.workgroup?.isPublic = false
    #expect(
      try planner.up(observed) == [
        .attachRole(arn: "arn:r"), .attachGroup(group: "sg-1"), .setPublic(true),
      ]
    )
  }

  @Test func refusesWhatWouldLoseDataOrIsOfOthers() {
    let planner = Self.planner { $0.user = "admin" }
    func code(_ change: (inout ClusterObservation) -> Void) -> String? {
      var observed = Self.whole()
      observed.namespace?.user = "admin"
      change(&observed)
      return Self.code { () throws(Diagnostic) in try planner.up(observed) }
    }
    #expect(code { _ in } == nil)
    #expect(code { $0.namespace?.user = "boss" } == "cluster-differs")
    #expect(code { $0.namespace?.database = "other" } == "cluster-differs")
    #expect(code { $0.workgroup?.namespace = "other" } == "cluster-differs")
    #expect(code { $0.namespace?.isOurs = false } == "cluster-foreign")
    #expect(code { $0.workgroup?.isOurs = false } == "cluster-foreign")
  }

  @Test func deletesTheWorkgroupBeforeTheNamespace() {
    let planner = Self.planner()
    var observed = Self.whole()
    #expect(
      planner.down(observed, takesSnapshot: true) == [
        .deleteWorkgroup, .deleteNamespace(takesSnapshot: true), .deleteGroup(identifier: "sg-1"),
        .deleteRole(name: "redstart-serverless-shop"),
      ]
    )
    observed.workgroup?.status = "deleting"
    #expect(planner.down(observed, takesSnapshot: true).first == .wait(status: "deleting"))
    observed.workgroup = nil
    observed.namespace?.isOurs = false
    observed.group = nil
    observed.role = nil
    #expect(planner.down(observed, takesSnapshot: true).isEmpty)
  }

  @Test func neverPauses() {
    let planner = Self.planner()
    let observed = Self.whole()
    for body in [planner.pause, planner.resume] {
      #expect(
        Self.code { () throws(Diagnostic) in try body(observed) } == "cluster-never-pauses"
      )
    }
  }
}
