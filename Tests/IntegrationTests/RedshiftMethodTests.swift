import Foundation
import Synchronization
import TestSupport
import Testing

/// Targets of Redshift whose way in leads through AWS, against stand-ins for both.
@Suite struct RedshiftMethodTests {
  /// The example project with its `redshift` target led through AWS.
  private func withExample(
    _ keys: String,
    _ body: (ProgramHarness, RedshiftStandIn, AWSStandIn) throws -> Void
  ) throws {
    let example = try ProgramHarness.example(named: "redshift-method")
    let server = try RedshiftStandIn(
      storage: ["s3://udacity-dend": example.folder.path + "/data/sparkify"]
    )
    let aws = try AWSStandIn(database: server.port)
    defer { aws.stop() }
    let project = ProgramHarness(example.folder, environment: aws.environment)
    let text = try project.folder.read("project.yml")
    let start = try #require(text.range(of: "  redshift:\n"))
    let end = try #require(text.range(of: "\nvars:\n"))
    let target = """
          type: redshift
          database: dev
          schema: sparkify
          threads: 4
          sslmode: disable

      """
    let own = keys.split(separator: "\n").map { "    \($0)\n" }.joined()
    try project.folder.write(
      "project.yml",
      text[..<start.upperBound] + target + own + text[end.lowerBound...]
    )
    try body(project, server, aws)
    for secret in [RedshiftStandIn.password, AWSStandIn.secretKey] {
      let paths =
        FileManager.default.subpaths(atPath: project.folder.path + "/target") ?? []
      let found = paths.filter { path in
        let data = FileManager.default.contents(atPath: project.folder.path + "/target/" + path)
        return data.map { String(decoding: $0, as: UTF8.self).contains(secret) } ?? false
      }
      #expect(found.isEmpty)
    }
    try server.stop()
  }

  private func run(_ project: ProgramHarness, _ words: String...) throws
    -> ProgramHarness.Outcome
  {
    try run(project, words)
  }

  private func run(_ project: ProgramHarness, _ words: [String]) throws -> ProgramHarness.Outcome {
    let outcome = try project.run(words + ["--target", "redshift"])
    #expect(!(outcome.output + outcome.error).contains(RedshiftStandIn.password))
    #expect(!(outcome.output + outcome.error).contains(AWSStandIn.secretKey))
    return outcome
  }

  private func counts(_ project: ProgramHarness, _ tables: [String]) throws -> [String: Int] {
    try ExampleTests.counts(tables) { try run(project, $0) }
  }

  private static let ways: [(name: String, keys: String, operation: String)] = [
    ("data-api", "method: data-api\ncluster_id: sparkify\nuser: loader", "ExecuteStatement"),
    ("iam", "method: iam\ncluster_id: sparkify\nuser: loader", "GetClusterCredentials"),
  ]

  @Test(arguments: [0, 1])
  func theExampleRunsByEveryWayIn(_ index: Int) throws {
    let way = Self.ways[index]
    try withExample(way.keys) { project, server, aws in
      aws.change { $0.turnedAway = 2 }
      let debug = try run(project, "debug")
      #expect(debug.code == 0, "\(debug.output)\(debug.error)")
      for words in ["arn:aws:iam::123456789012:user/loader", "is available", "Redshift 1.0"] {
        #expect(debug.output.contains(words), "\(debug.output)")
      }
      let migrated = try run(project, "migrate")
      #expect(migrated.code == 0, "\(migrated.error)")
      let built = try run(project, "build")
      #expect(built.code == 0, "\(built.output)\(built.error)")
      let expected = try ExampleTests.expectedCounts(project)
      #expect(try counts(project, expected.keys.sorted()) == expected)
      let again = try run(project, "migrate")
      #expect(again.code == 0 && again.error.contains("nothing to apply"))
      #expect(aws.operations.contains(way.operation))
      #expect(aws.refusals.isEmpty, "\(aws.refusals)")
      if way.name == "data-api" {
        #expect(aws.state.withLock { $0.sessions.isEmpty }, "every session was ended")
      }
    }
  }

  @Test(arguments: [
    ("method: iam_role\ncluster_id: sparkify", "GetClusterCredentialsWithIAM"),
    ("method: iam\nserverless_work_group: sparkify", "GetCredentials"),
    ("cluster_id: sparkify\nsecret_arn: login", "GetSecretValue"),
    ("method: data-api\nserverless_work_group: sparkify", "ExecuteStatement"),
    // Several statements at the start of a session are one batch.
    ("method: data-api\ncluster_id: sparkify\nsearch_path: public", "BatchExecuteStatement"),
  ])
  func everyLoginOpensASession(_ keys: String, _ operation: String) throws {
    try withExample(keys) { project, _, aws in
      let shown = try run(project, "show", "-q", "--inline", "select 41 + 1 as answer")
      #expect(shown.code == 0 && shown.output.contains("42"), "\(shown.error)")
      #expect(aws.operations.contains(operation), "\(aws.operations)")
      #expect(aws.refusals.isEmpty, "\(aws.refusals)")
    }
  }

  /// What `redstart cluster up` recorded of a serverless warehouse is enough.
  @Test(arguments: [("method: iam", "GetCredentials"), ("method: data-api", "ExecuteStatement")])
  func aTargetUsesTheRecordedWorkgroup(_ keys: String, _ operation: String) throws {
    try withExample(keys) { project, server, aws in
      try project.folder.write(
        ".redstart/cluster.json",
        """
        {"version": 1, "project": "sparkify", "cluster": "sparkify", "namespace": "songs",
         "region": "us-west-2", "items": [], "role_arn": null, "endpoint":
         {"host": "127.0.0.1", "port": \(server.port), "database": "dev", "user": null}}
        """
      )
      let shown = try run(project, "show", "-q", "--inline", "select 41 + 1 as answer")
      #expect(shown.code == 0 && shown.output.contains("42"), "\(shown.error)")
      let request = aws.requests.first {
        $0.header("X-Amz-Target")?.hasSuffix(".\(operation)") == true
      }
      let name = operation == "GetCredentials" ? "workgroupName" : "WorkgroupName"
      #expect(request?.text.contains("\"\(name)\":\"sparkify\"") == true, "\(aws.operations)")
      #expect(request?.text.contains("ClusterIdentifier") == false)
      #expect(aws.refusals.isEmpty, "\(aws.refusals)")
    }
  }

  @Test(arguments: [0, 1])
  func aWrongSecretIsRefused(_ index: Int) throws {
    try withExample(Self.ways[index].keys) { project, _, aws in
      let stranger = ProgramHarness(
        project.folder,
        environment: aws.environment.merging(["AWS_SECRET_ACCESS_KEY": "another-secret"]) { $1 }
      )
      let shown = try run(stranger, "show", "-q", "--inline", "select 1 as one")
      #expect(shown.code != 0 && shown.error.contains("invalid-credentials"), "\(shown.error)")
      #expect(!aws.refusals.isEmpty)
      #expect(aws.refusals.allSatisfy { $0.hasSuffix(": the signature does not fit") })
    }
  }

  @Test func errorsOfStatementsPointIntoTheFile() throws {
    try withExample(Self.ways[0].keys) { project, _, _ in
      let shown = try run(
        project,
        "show",
        "-q",
        "--no-check",
        "--inline",
        "select 1 as a,\n  nowhere as b\nfrom pg_class"
      )
      #expect(shown.code == 1)
      #expect(shown.error.contains("error[unknown-column]"), "\(shown.error)")
      #expect(shown.error.contains(":2:3"), "\(shown.error)")
    }
  }

  @Test func debugSaysWhatToDo() throws {
    try withExample("method: iam\ncluster_id: sparkify\nuser: loader") { project, server, aws in
      aws.change { $0.clusterStatus = "paused" }
      let paused = try run(project, "debug")
      #expect(paused.code == 1 && paused.output.contains("cluster     failed"), "\(paused.output)")
      #expect(paused.error.contains("error[cluster-unavailable]"), "\(paused.error)")
      #expect(paused.error.contains("resume-cluster --cluster-identifier sparkify"))
      aws.change { behaviour in
        behaviour.clusterStatus = "available"
        behaviour.isPublic = false
      }
      // Nothing listens there any more.
      try server.stop()
      let blocked = try run(project, "debug")
      #expect(blocked.code == 1 && blocked.output.contains("network     failed"))
      for words in ["not publicly accessible", "no rule of the security group sg-1"] {
        #expect(blocked.error.contains(words), "\(blocked.error)")
      }
    }
  }

  @Test func unknownPlacesAndMethodsAreTold() throws {
    for (keys, code) in [
      ("method: iam\ncluster_id: other\nuser: loader", "cluster-not-found"),
      ("method: iam\ncluster_id: sparkify", "connection-user"),
      ("method: data_api\ncluster_id: sparkify", "connection-method"),
      ("method: data-api\nhost: warehouse.example.com", "connection-place"),
    ] {
      try withExample(keys) { project, _, _ in
        let outcome = try run(project, "debug")
        #expect(outcome.code != 0 && outcome.error.contains("error[\(code)]"), "\(outcome.error)")
      }
    }
  }
}
