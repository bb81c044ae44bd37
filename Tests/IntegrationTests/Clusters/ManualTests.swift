import Foundation
import Synchronization
import TestSupport
import Testing

/// docs/redshift.md as a newcomer follows it, line by line.
///
/// From an account without a cluster to what a dashboard reads, and back; AWS and the cluster are
/// stand-ins.
@Suite struct ManualTests {
  @Test func theManualLeadsFromNothingToADashboardAndBack() throws {
    let example = try ProgramHarness.example(named: "manual")
    let warehouse = try RedshiftStandIn(
      storage: ["s3://udacity-dend": example.folder.path + "/data/sparkify"],
      password: CloudStandIn.password
    )
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    try writeProject(example, port: warehouse.port)
    let environment = try ClusterTests.harness(server.address).environment
    let project = ProgramHarness(example.folder, environment: environment)
    var outcomes: [ProgramHarness.Outcome] = []
    func run(_ line: String) throws -> ProgramHarness.Outcome {
      let outcome = try project.run(line.split(separator: " ").map(String.init))
      #expect(outcome.code == 0, "\(line): \(outcome.output)\(outcome.error)")
      outcomes.append(outcome)
      return outcome
    }
    #expect(try run("cluster up --plan").output.contains("cost: about $"))
    let up = try run("cluster up")
    #expect(up.error.contains("is ready at 127.0.0.1:\(warehouse.port)"), "\(up.error)")
    #expect(try run("debug --target redshift").output.contains("connection  ok"))
    _ = try run("migrate --target redshift")
    // Twice, since views and tables are replaced the second time.
    for _ in 1...2 { _ = try run("build --target redshift") }
    let statements = try warehouse.statements
    #expect(statements.contains { $0.contains("role/redstart-shop-dev") })
    let shown = try project.run(
      ["show", "-q", "--target", "redshift", "--output", "csv", "--inline"]
        + ["select count(*) as n from sparkify.daily_activity"]
    )
    #expect(shown.output != "n\n0\n" && shown.output.hasPrefix("n\n"))
    _ = try run("cluster pause")
    _ = try run("cluster resume")
    #expect(try run("cluster down --yes").error.contains("left, and billed: the snapshot"))
    #expect(cloud.count == 0)
    #expect(cloud.state.withLock { $0.invalid } == [])
    #expect(cloud.state.withLock { $0.unsigned } == [])
    try ClusterTests.hasNoSecret(project, outcomes)
    try warehouse.stop()
  }

  /// The project file of the manual, for the example, at a cluster without TLS.
  private func writeProject(_ example: ProgramHarness, port: Int) throws {
    let text = try example.folder.read("project.yml")
    let start = try #require(text.range(of: "  redshift:\n"))
    let end = try #require(text.range(of: "\nvars:\n"))
    let target = """
          type: redshift
          method: iam
          schema: sparkify
          sslmode: disable

      cluster:
        identifier: shop-dev
        node_type: ra3.large
        port: \(port)
        s3: [s3://udacity-dend/]

      """
    try example.folder.write(
      "project.yml",
      (text[..<start.upperBound] + target + text[end.lowerBound...])
        .replacing("    marts:\n", with: "    marts:\n      +grants: { select: [dashboard] }\n")
    )
    for model in ["staging_events", "staging_songs"] {
      let path = "models/staging/\(model).sql"
      try example.folder.write(
        path,
        try example.folder.read(path)
          .replacing(#"{{ var("iam_role_arn") }}"#, with: "{{ target.iam_role_arn }}")
      )
    }
    try example.folder.write(
      "migrations/V3__dashboard.sql",
      """
      create user dashboard password disable;
      grant usage on schema sparkify to dashboard;
      """
    )
  }
}
