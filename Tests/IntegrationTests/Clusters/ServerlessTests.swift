import Foundation
import Synchronization
import TestSupport
import Testing

@Suite(.serialized) struct ServerlessTests {
  static let project = """
    name: shop
    target: local
    targets:
      local: { type: local, schema: shop }
      redshift: { type: redshift, method: iam, schema: shop }
      api: { type: redshift, method: data-api, schema: shop }
    cluster:
      workgroup: shop-dev
      namespace: shop-data
      base_capacity: 16
      s3: [s3://lake/events]

    """

  private func withCloud(
    _ project: String = project,
    _ body: (CloudStandIn, ProgramHarness) throws -> Void
  ) throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    let harness = try ClusterTests.harness(server.address, project)
    try body(cloud, harness)
    #expect(cloud.state.withLock { $0.unsigned }.isEmpty)
    #expect(cloud.state.withLock { $0.invalid } == [])
  }

  @Test func goesUpAndDownTwice() throws {
    try withCloud { cloud, harness in
      var outcomes: [ProgramHarness.Outcome] = []
      func run(_ words: String..., code: Int32 = 0) throws -> ProgramHarness.Outcome {
        let outcome = try harness.run(["cluster"] + words)
        #expect(outcome.code == code, "\(outcome.error)")
        outcomes.append(outcome)
        return outcome
      }
      let plan = try run("up", "--plan").output
      for line in ["make the namespace shop-data", "make the workgroup shop-dev"] {
        #expect(plan.contains(line), "\(plan)")
      }
      #expect(plan.contains("nothing while no query runs; about $6.00 for an hour of queries"))
      #expect(cloud.count == 0)
      #expect(try run("status").output.contains("absent"))

      _ = try run("up", "--no-connect")
      let summary = cloud.summary
      #expect(cloud.count == 4)
      let role = "arn:aws:iam::123456789012:role/redstart-serverless-shop-dev"
      #expect(
        summary.contains("namespace shop-data AVAILABLE of its maker [\"\(role)\"]"),
        "\(summary)"
      )
      #expect(summary.contains("workgroup shop-dev of shop-data AVAILABLE 16 RPU"))
      #expect(summary.contains(#"group redstart-serverless-shop-dev ["203.0.113.7/32"]"#))
      _ = try run("up", "--no-connect")
      #expect(cloud.summary == summary)
      #expect(try run("up", "--plan").output.contains("nothing to do"))
      for _ in 1...2 { #expect(try run("status").output.contains("127.0.0.1:5439")) }
      let json = try run("status", "--output", "json").output
      for part in [#""kind":"serverless""#, #""namespace":"shop-data""#, #""base_capacity":16"#] {
        #expect(json.contains(part), "\(json)")
      }
      for word in ["pause", "resume"] {
        #expect(try run(word, code: 2).error.contains("error[cluster-never-pauses]"))
      }
      #expect(cloud.summary == summary)

      let refused = try run("down", code: 2).error
      let steps = ["delete the workgroup shop-dev", "delete the namespace shop-data, keeping"]
      for step in steps { #expect(refused.contains(step), "\(refused)") }
      #expect(cloud.count == 4)
      let down = try run("down", "--yes")
      #expect(down.error.contains("the snapshot shop-dev-final-"), "\(down.error)")
      #expect(cloud.state.withLock { $0.snapshots.count } == 1)
      #expect(cloud.count == 0)
      #expect(try run("down", "--yes").error.contains("nothing of this project"))
      try ClusterTests.hasNoSecret(harness, outcomes)
    }
  }

  @Test func convergesFromEveryCrash() throws {
    try ClusterTests.convergesFromEveryCrash(
      Self.project,
      ups: [
        "create-role", "write-policy", "create-group", "let-in", "create-namespace",
        "create-workgroup", "wait",
      ],
      downs: [
        "delete-workgroup", "wait", "delete-namespace", "delete-group", "delete-policy",
        "delete-role",
      ]
    )
  }

  @Test func convergesFromRandomKills() throws {
    try ClusterTests.convergesFromRandomKills(Self.project)
  }

  @Test func downFindsByTagsWhatWasForgotten() throws {
    try withCloud { cloud, harness in
      #expect(try ClusterTests.up(harness).code == 0)
      try FileManager.default.removeItem(atPath: harness.folder.path + "/.redstart/cluster.json")
      #expect(try harness.run("cluster", "down", "--yes", "--no-snapshot").code == 0)
      #expect(cloud.count == 0)
      #expect(cloud.state.withLock { $0.snapshots.isEmpty })
    }
  }

  @Test func leavesWhatOthersMadeAlone() throws {
    try withCloud { cloud, harness in
      cloud.state.withLock { state in
        state.namespaces["shop-data"] = CloudStandIn.Namespace(
          number: 99,
          database: "dev",
          roles: [],
          tags: [["key": "redstart:project", "value": "another"]]
        )
      }
      let up = try ClusterTests.up(harness)
      #expect(up.code == 2)
      #expect(up.error.contains("error[cluster-foreign]"))
      let down = try harness.run("cluster", "down", "--yes")
      #expect(down.code == 0)
      #expect(down.error.contains("left alone: the namespace shop-data"), "\(down.error)")
      #expect(cloud.count == 1)
    }
  }

  /// Capacity, rules and roles follow the file; one change at a time, as AWS wants it.
  @Test func changesWhatTheFileChanges() throws {
    try withCloud { cloud, harness in
      #expect(try ClusterTests.up(harness).code == 0)
      let other = "arn:aws:iam::123456789012:role/other"
      cloud.state.withLock { state in
        state.roles["other"] = ("", nil)
        state.namespaces["shop-data"]?.roles = [other]
        state.namespaces["shop-data"]?.defaultRole = other
        state.workgroups["shop-dev"]?.groups = ["sg-default"]
        state.workgroups["shop-dev"]?.maximumCapacity = 16
      }
      try harness.folder.write(
        "project.yml",
        Self.project.replacing("base_capacity: 16", with: "base_capacity: 32\n  max_capacity: 64")
          + "  public: false\n"
      )
      let up = try ClusterTests.up(harness)
      #expect(up.code == 0, "\(up.error)")
      let (namespace, workgroup) = cloud.state.withLock {
        ($0.namespaces["shop-data"], $0.workgroups["shop-dev"])
      }
      let own = "arn:aws:iam::123456789012:role/redstart-serverless-shop-dev"
      #expect(namespace?.roles == [other, own])
      #expect(namespace?.defaultRole == other)
      #expect(workgroup?.baseCapacity == 32)
      #expect(workgroup?.maximumCapacity == 64)
      #expect(workgroup?.isPublic == false)
      #expect(workgroup?.groups != ["sg-default"])
      cloud.state.withLock { $0.roles["other"] = nil }
      #expect(try harness.run("cluster", "down", "--yes").code == 0)
      #expect(cloud.count == 0)
    }
  }

  @Test func anAdministratorHasAPasswordThatAWSKeeps() throws {
    let project = Self.project + "  user: admin\n"
    try withCloud(project) { cloud, harness in
      #expect(try ClusterTests.up(harness).code == 0)
      #expect(cloud.summary.contains("namespace shop-data AVAILABLE admin"))
      let json = try harness.run("cluster", "status", "--output", "json").output
      #expect(json.contains(#""admin_secret_arn":"arn:aws:secretsmanager:"#), "\(json)")
      try harness.folder.write("project.yml", Self.project + "  user: boss\n")
      #expect(try ClusterTests.up(harness).error.contains("error[cluster-differs]"))
    }
  }

  @Test func showsPasswordsOnlyWhenAsked() throws {
    try withCloud { _, harness in
      let up = try ClusterTests.up(harness)
      let quiet = try harness.run("cluster", "credentials")
      #expect(quiet.output.contains("IAM:maker"))
      try ClusterTests.hasNoSecret(harness, [up, quiet])
      let lines = try harness.run("cluster", "credentials", "--output", "env")
      #expect(lines.output.contains("export PGPASSWORD='\(CloudStandIn.password)'"))
    }
  }

  @Test func aProvisionedClusterIsAnotherOne() throws {
    try withCloud { cloud, harness in
      #expect(try ClusterTests.up(harness).code == 0)
      try harness.folder.write(
        "project.yml",
        ClusterTests.project.replacing("method: iam, ", with: "")
      )
      let up = try ClusterTests.up(harness)
      #expect(up.error.contains("error[cluster-other]"), "\(up.error)")
      #expect(up.error.contains("the workgroup shop-dev on the namespace shop-data"))
      #expect(try harness.run("cluster", "down", "--yes", "--no-snapshot").code == 0)
      #expect(cloud.count == 0)
    }
  }

  /// What it does with them is shown where a database answers, in `RedshiftMethodTests`.
  @Test func targetsTakeTheRecordedWorkgroup() throws {
    try withCloud { _, harness in
      #expect(try ClusterTests.up(harness).code == 0)
      let record = try harness.folder.read(".redstart/cluster.json")
      for part in [#""cluster":"shop-dev""#, #""namespace":"shop-data""#, #""user":null"#] {
        #expect(record.contains(part), "\(record)")
      }
      try harness.folder.write(
        "models/m.sql",
        "select '{{ target.iam_role_arn }}' as role, '{{ target.host }}' as host"
      )
      for target in ["redshift", "api"] {
        let compiled = try harness.run("compile", "--target", target)
        #expect(compiled.code == 0, "\(compiled.error)")
        let sql = try harness.folder.read("target/compiled/shop/models/m.sql")
        #expect(sql.contains("role/redstart-serverless-shop-dev"))
        #expect(sql.contains("127.0.0.1"))
      }
    }
  }
}
