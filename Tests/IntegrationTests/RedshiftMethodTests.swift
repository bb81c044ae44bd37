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

  /// The same query over the wire and by the Data API has the same answer, whatever its types.
  @Test func valuesOfAllTypesAreThoseOfTheWire() throws {
    let query = """
      select 1::smallint as i2, -2::int as i4, 9007199254740993::bigint as i8,
        12.50::decimal(10, 2) as d, -0.001::decimal(38, 20) as long_d, 0.1::real as f4,
        1e300::double precision as f8, 0.1::double precision + 0.2 as sum, true as b,
        'x'::char(3) as c, 'ü,"\\n'::varchar(20) as v, ''::varchar(5) as e,
        date '2020-02-29' as day, timestamp '2020-01-02 03:04:05.12' as ts,
        timestamp '2020-01-02 03:04:05' as whole, timestamptz '2020-01-02 03:04:05.5+02' as tz,
        time '03:04:05.5' as t, timetz '03:04:05+00' as ttz,
        json_parse('{"a": [1, null, "x"]}') as s, to_varbyte('00ff10', 'hex') as vb
      union all
      select null, null, null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null, null, null
      order by 1
      """
    try withExample(Self.ways[0].keys) { project, server, aws in
      func answer(_ format: String) throws -> String {
        let words = ["show", "-q", "--output", format, "--inline", query]
        let outcome = try run(project, words)
        #expect(outcome.code == 0, "\(outcome.error)")
        return outcome.output
      }
      let text = try project.folder.read("project.yml")
      let byAPI = try ["csv", "json"].map(answer)
      #expect(aws.operations.contains("GetStatementResult"))
      let keys = Self.ways[0].keys.split(separator: "\n").map { "    \($0)\n" }.joined()
      #expect(text.contains(keys))
      try project.folder.write(
        "project.yml",
        text.replacing(
          keys,
          with: """
                host: 127.0.0.1
                port: \(server.port)
                user: loader
                password: \(RedshiftStandIn.password)

            """
        )
      )
      let asked = aws.requests.count
      #expect(try ["csv", "json"].map(answer) == byAPI)
      #expect(aws.requests.count == asked)
      for value in [
        "1,-2,9007199254740993,12.50,-0.00100000000000000000,0.1,1e+300,", ",2020-02-29,",
        ",2020-01-02 03:04:05.12,2020-01-02 03:04:05,2020-01-02 01:04:05.5+00,", "00ff10",
      ] {
        #expect(byAPI[0].contains(value), "\(value): \(byAPI[0])")
      }
      #expect(aws.refusals.isEmpty, "\(aws.refusals)")
    }
  }
}
