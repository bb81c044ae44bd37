import Foundation
import Synchronization
import TestSupport
import Testing

@Suite(.serialized) struct ClusterTests {
  static let secret = CloudStandIn.secret
  static let project = """
    name: shop
    target: local
    targets:
      local: { type: local, schema: shop }
      redshift: { type: redshift, user: analyst, password: x, schema: shop }
    cluster:
      identifier: shop-dev
      node_type: ra3.large
      s3: [s3://lake/events]
    """

  static func harness(
    _ address: String,
    _ project: String = project,
    extra: [String: String] = [:]
  ) throws -> ProgramHarness {
    let folder = try TemporaryFolder()
    try folder.write(["project.yml": project])
    var environment = [
      "AWS_ACCESS_KEY_ID": CloudStandIn.key, "AWS_SECRET_ACCESS_KEY": secret,
      "AWS_REGION": "us-west-2", "AWS_ENDPOINT_URL": address,
      "AWS_EC2_METADATA_DISABLED": "true", "REDSTART_POLL_SECONDS": "0",
      "REDSTART_ADDRESS_URL": "\(address)/address",
    ]
    environment.merge(extra) { $1 }
    return ProgramHarness(folder, environment: environment)
  }

  static func up(_ harness: ProgramHarness) throws -> ProgramHarness.Outcome {
    try harness.run("cluster", "up", "--no-connect")
  }

  static func hasNoSecret(_ harness: ProgramHarness, _ outputs: [ProgramHarness.Outcome]) throws {
    var texts = outputs.flatMap { [$0.output, $0.error] }
    let files = FileManager.default.enumerator(atPath: harness.folder.path)
    while let name = files?.nextObject() as? String {
      let data = FileManager.default.contents(atPath: harness.folder.path + "/" + name)
      texts.append(String(decoding: data ?? Data(), as: UTF8.self))
    }
    for text in texts {
      #expect(!text.contains(secret))
      #expect(!text.contains(CloudStandIn.password))
    }
  }

  @Test func goesUpAndDownTwice() throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    let harness = try Self.harness(server.address)
    var outcomes: [ProgramHarness.Outcome] = []
    func run(_ words: String..., code: Int32 = 0) throws -> ProgramHarness.Outcome {
      let outcome = try harness.run(["cluster"] + words)
      #expect(outcome.code == code, "\(outcome.error)")
      outcomes.append(outcome)
      return outcome
    }
    let plan = try run("up", "--plan")
    #expect(plan.output.contains("make the cluster shop-dev"))
    #expect(plan.output.contains("about $0.54 an hour (estimate"))
    #expect(cloud.count == 0)
    #expect(try run("status").output.contains("absent"))

    _ = try run("up", "--no-connect")
    let summary = cloud.summary
    #expect(cloud.count == 3)
    #expect(summary.contains(#"group redstart-shop-dev ["203.0.113.7/32"]"#))
    _ = try run("up", "--no-connect")
    #expect(cloud.summary == summary)
    #expect(try run("up", "--plan").output.contains("nothing to do"))
    for _ in 1...2 { #expect(try run("status").output.contains("127.0.0.1:5439")) }
    #expect(try run("status", "--output", "json").output.contains(#""status":"available""#))
    let state = harness.folder.path + "/.redstart/cluster.json"
    let mode = try FileManager.default.attributesOfItem(atPath: state)[.posixPermissions] as? Int
    #expect(mode == 0o600)

    for _ in 1...2 { _ = try run("pause") }
    #expect(cloud.summary.contains("cluster shop-dev paused"))
    for _ in 1...2 { _ = try run("resume") }
    #expect(cloud.summary == summary)

    #expect(try run("down", code: 2).error.contains("cluster-confirm"))
    #expect(cloud.count == 3)
    let down = try run("down", "--yes")
    #expect(down.error.contains("the snapshot shop-dev-final-"))
    #expect(cloud.state.withLock { $0.snapshots.count } == 1)
    #expect(cloud.count == 0)
    #expect(try run("down", "--yes").error.contains("nothing of this project"))
    #expect(!FileManager.default.fileExists(atPath: state))
    #expect(cloud.state.withLock { $0.unsigned }.isEmpty)
    #expect(cloud.state.withLock { $0.invalid } == [])
    try Self.hasNoSecret(harness, outcomes)
  }

  /// The project files of the manual, as they stand there: what their targets lack is what `up` makes.
  @Test func worksBeforeTheTargetIsComplete() throws {
    let page = try String(
      contentsOf: ProgramHarness.repository.appendingPathComponent("docs/redshift.md"),
      encoding: .utf8
    )
    var files = page.components(separatedBy: "```yaml\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0] }.filter { $0.contains("cluster:\n") }
    #expect(files.count == 2)
    let first = try #require(files.first)
    files.append(
      first.replacing("method: iam", with: "user: \"{{ env_var('NOT_SET') }}\"\n    password: x")
    )
    for file in files {
      let cloud = CloudStandIn()
      let server = try cloud.start()
      defer { server.stop() }
      let harness = try Self.harness(server.address, "name: shop\n" + file)
      let plan = try harness.run("cluster", "up", "--plan")
      #expect(plan.code == 0 && plan.output.contains("make the role"), "\(plan.error)")
      #expect(plan.error.isEmpty, "\(plan.error)")
      let debug = try harness.run("debug")
      #expect(debug.code == 2 && debug.error.contains("`redstart cluster up`"), "\(debug.error)")
      #expect(try Self.up(harness).code == 0)
      #expect(try harness.run("cluster", "status").code == 0)
      #expect(try harness.run("cluster", "down", "--yes", "--no-snapshot").code == 0)
      #expect(cloud.count == 0)
      // Other mistakes in a target are still told.
      try harness.folder.write(
        "project.yml",
        "name: shop\n" + file.replacing("schema: shop", with: "schema: shop\n    hosst: x")
      )
      #expect(try harness.run("cluster", "status").error.contains("error[unknown-key]"))
    }
  }

  @Test func downFindsByTagsWhatWasForgotten() throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    let harness = try Self.harness(server.address)
    #expect(try Self.up(harness).code == 0)
    try FileManager.default.removeItem(atPath: harness.folder.path + "/.redstart/cluster.json")
    #expect(try harness.run("cluster", "down", "--yes", "--no-snapshot").code == 0)
    #expect(cloud.count == 0)
    #expect(cloud.state.withLock { $0.snapshots.isEmpty })
  }

  /// Both kinds of warehouse say how long AWS keeps the last snapshot.
  @Test func theFinalSnapshotEndsWhenTheFileSaysSo() throws {
    for project in [Self.project, ServerlessTests.project] {
      let cloud = CloudStandIn()
      let server = try cloud.start()
      defer { server.stop() }
      let text = project.replacing("\n  s3:", with: "\n  final_snapshot_days: 7\n  s3:")
      let harness = try Self.harness(server.address, text)
      #expect(try Self.up(harness).code == 0)
      let refused = try harness.run("cluster", "down").error
      #expect(refused.contains("keeping a final snapshot for 7 days"), "\(refused)")
      let down = try harness.run("cluster", "down", "--yes")
      #expect(down.code == 0 && down.error.contains("AWS deletes it after 7 days"), "\(down.error)")
      #expect(cloud.state.withLock { $0.snapshotDays } == [7])
      #expect(try Self.up(harness).code == 0)
      #expect(try harness.run("cluster", "down", "--yes", "--no-snapshot").code == 0)
      #expect(cloud.state.withLock { $0.snapshotDays } == [7])
      #expect(cloud.state.withLock { $0.invalid } == [])
      #expect(cloud.count == 0)
    }
  }

  /// An hour of looks, which pass without waiting here.
  @Test func whoGetsNowhereIsToldWhatAWSSaidLast() throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    let harness = try Self.harness(server.address)
    #expect(try Self.up(harness).code == 0)
    cloud.state.withLock { $0.holdsGroups = true }
    let down = try harness.run("cluster", "down", "--yes", "--no-snapshot")
    #expect(down.code != 0)
    for words in [
      "error[cluster-stuck]", "delete the security group", "DependencyViolation",
      "DeleteSecurityGroup",
    ] {
      #expect(down.error.contains(words), "\(words): \(down.error)")
    }
    // It goes on from there.
    cloud.state.withLock { $0.holdsGroups = false }
    #expect(try harness.run("cluster", "down", "--yes", "--no-snapshot").code == 0)
    #expect(cloud.count == 0)
  }

  @Test func theWholeInternetIsLetInOnlyWhenThatIsWritten() throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    let harness = try Self.harness(server.address)
    let up = try Self.up(harness)
    #expect(up.code == 0 && !up.error.contains("cluster-open-to-all"))
    #expect(cloud.state.withLock { $0.groups.values.map(\.rules) } == [["203.0.113.7/32"]])
    // The address of today goes when the file no longer asks for it.
    let open = Self.project.replacing("\n  s3:", with: "\n  allow_from: [0.0.0.0/0]\n  s3:")
    try harness.folder.write("project.yml", open)
    let warned = try Self.up(harness)
    #expect(warned.code == 0 && warned.error.contains("warning[cluster-open-to-all]"))
    #expect(cloud.state.withLock { $0.groups.values.map(\.rules) } == [["0.0.0.0/0"]])
  }

  @Test func pricesCanBeTheUsersOwn() throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    let text = Self.project.replacing("\n  s3:", with: "\n  nodes: 3\n  price: 0.61\n  s3:")
    let harness = try Self.harness(server.address, text)
    let plan = try harness.run("cluster", "up", "--plan")
    #expect(
      plan.output.contains("about $1.83 an hour (estimate: 3 × ra3.large at $0.61 by `price:`")
    )
    try harness.folder.write("project.yml", text.replacing("0.61", with: "cheap"))
    let wrong = try harness.run("cluster", "up", "--plan")
    #expect(wrong.code == 2 && wrong.error.contains("a number"), "\(wrong.error)")
  }

  @Test func leavesWhatOthersMadeAlone() throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    cloud.state.withLock { $0.roles["redstart-shop-dev"] = ("", nil) }
    let harness = try Self.harness(server.address)
    let up = try Self.up(harness)
    #expect(up.code == 2)
    #expect(up.error.contains("error[cluster-foreign]"))
    let down = try harness.run("cluster", "down", "--yes")
    #expect(down.code == 0)
    #expect(down.error.contains("left alone: the role redstart-shop-dev"))
    #expect(cloud.count == 1)
  }

  @Test func showsPasswordsOnlyWhenAsked() throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    let harness = try Self.harness(server.address)
    let up = try Self.up(harness)
    let quiet = try harness.run("cluster", "credentials")
    #expect(quiet.output.contains("IAM:redstart"))
    try Self.hasNoSecret(harness, [up, quiet])
    let lines = try harness.run("cluster", "credentials", "--output", "env")
    #expect(lines.output.contains("export PGPASSWORD='\(CloudStandIn.password)'"))
    let url = try harness.run("cluster", "credentials", "--output", "url")
    #expect(url.output.hasPrefix("postgresql://IAM%3Aredstart:\(CloudStandIn.password)@127.0.0.1"))
    try Self.hasNoSecret(harness, [])
  }

  /// Everything that is done is told, in words and as JSON; a profile's session token is a secret too.
  @Test func whatIsToldWithDebugHasNoSecrets() throws {
    let token = "a-session-token-that-nobody-may-see"
    for project in [Self.project, ServerlessTests.project] {
      let cloud = CloudStandIn()
      let server = try cloud.start()
      defer { server.stop() }
      let harness = try Self.harness(server.address, project, extra: ["AWS_SESSION_TOKEN": token])
      var outcomes: [ProgramHarness.Outcome] = []
      for words in [
        ["up", "--plan"], ["up", "--no-connect"], ["status"], ["credentials"], ["down"],
        ["down", "--yes"],
      ] {
        for format in ["text", "json"] {
          outcomes.append(
            try harness.run(["cluster"] + words + ["--debug", "--log-format", format])
          )
        }
      }
      outcomes.append(try harness.run("debug", "--target", "redshift", "--debug"))
      #expect(cloud.count == 0 && cloud.state.withLock { $0.unsigned }.isEmpty)
      #expect(
        server.requests.allSatisfy {
          $0.path == "/address" || $0.header("X-Amz-Security-Token") == token
        }
      )
      try Self.hasNoSecret(harness, outcomes)
      for outcome in outcomes { #expect(!(outcome.output + outcome.error).contains(token)) }
    }
  }

  @Test func targetsTakeTheRecordedEndpoint() throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    let harness = try Self.harness(server.address)
    try harness.folder.write(
      "models/m.sql",
      "select '{{ target.iam_role_arn }}' as role, '{{ target.host }}' as host"
    )
    let before = try harness.run("compile", "--target", "redshift")
    #expect(before.error.contains("redstart cluster up"))
    #expect(try Self.up(harness).code == 0)
    let after = try harness.run("compile", "--target", "redshift")
    #expect(after.code == 0, "\(after.error)")
    let sql = try harness.folder.read("target/compiled/shop/models/m.sql")
    #expect(sql.contains("arn:aws:iam::123456789012:role/redstart-shop-dev"))
    #expect(sql.contains("127.0.0.1"))
  }

  /// Ended at each step, before and after it.
  @Test func convergesFromEveryCrash() throws {
    try Self.convergesFromEveryCrash(
      Self.project,
      ups: ["create-role", "write-policy", "create-group", "let-in", "create-cluster", "wait"],
      downs: ["delete-cluster", "wait", "delete-group", "delete-policy", "delete-role"]
    )
  }

  static func convergesFromEveryCrash(
    _ project: String,
    ups: [String],
    downs: [String]
  ) throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    let calm = try harness(server.address, project)
    func crashing(_ place: String) -> ProgramHarness {
      ProgramHarness(
        calm.folder,
        environment: calm.environment.merging(["REDSTART_CRASH_AT": place]) { $1 }
      )
    }
    #expect(try up(calm).code == 0)
    let expected = cloud.summary
    #expect(try calm.run("cluster", "down", "--yes", "--no-snapshot").code == 0)
    var crashes = 0
    for index in 0..<max(ups.count, downs.count) {
      let upStep = ups[min(index, ups.count - 1)]
      let downStep = downs[min(index, downs.count - 1)]
      for side in ["before", "after"] {
        #expect(try up(crashing("\(side)-\(upStep)")).code == 137, "\(side)-\(upStep)")
        let again = try up(calm)
        #expect(again.code == 0, "\(again.error)")
        #expect(cloud.summary == expected)
        let ending = try crashing("\(side)-\(downStep)").run("cluster", "down", "--yes")
        #expect(ending.code == 137, "\(side)-\(downStep)")
        let down = try calm.run("cluster", "down", "--yes")
        #expect(down.code == 0, "\(down.error)")
        #expect(cloud.count == 0)
        try hasNoSecret(calm, [down])
        crashes += 2
      }
    }
    #expect(crashes == 4 * max(ups.count, downs.count))
    #expect(cloud.state.withLock { $0.invalid } == [])
  }

  @Test func convergesFromRandomKills() throws {
    try Self.convergesFromRandomKills(Self.project)
  }

  /// Thirty times: killed when AWS has answered so many requests, wherever that is, and run again to
  /// the end.
  static func convergesFromRandomKills(_ project: String) throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    let harness = try harness(server.address, project)
    let ways = [["cluster", "up", "--no-connect"], ["cluster", "down", "--yes", "--no-snapshot"]]
    /// Runs to the end and gives how many requests that took.
    func run(_ words: [String]) throws -> Int {
      let before = server.requests.count
      let outcome = try harness.run(words)
      #expect(outcome.code == 0, "\(outcome.error)")
      return server.requests.count - before
    }
    var lengths: [Int] = [try run(ways[0])]
    let expected = cloud.summary
    lengths.append(try run(ways[1]))
    var generator = SystemRandomNumberGenerator()
    var kills = 0
    var rounds = 0
    while kills < 30, rounds < 100 {
      let way = rounds % 2
      let limit = server.requests.count + Int.random(in: 1..<lengths[way], using: &generator)
      let process = try harness.start(ways[way])
      while process.isRunning, server.requests.count < limit { usleep(200) }
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      if process.terminationReason == .uncaughtSignal { kills += 1 }
      _ = try run(ways[way])
      #expect(way == 0 ? cloud.summary == expected : cloud.count == 0, "after \(limit) requests")
      rounds += 1
    }
    #expect(kills == 30)
    // An odd number of rounds leaves it up.
    _ = try run(ways[1])
    #expect(cloud.count == 0)
    #expect(cloud.state.withLock { $0.snapshots.isEmpty && $0.invalid.isEmpty })
  }

  /// A stand-in that took any signature would prove nothing of the others.
  @Test func aWrongSecretIsRefused() throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    for project in [Self.project, ServerlessTests.project] {
      let harness = try Self.harness(
        server.address,
        project,
        extra: ["AWS_SECRET_ACCESS_KEY": "another-secret"]
      )
      let up = try Self.up(harness)
      #expect(up.code != 0)
      #expect(up.error.contains("error[invalid-credentials]"), "\(up.error)")
    }
    #expect(cloud.count == 0)
    let problems = cloud.state.withLock { $0.unsigned }
    #expect(!problems.isEmpty && problems.allSatisfy { $0 == "the signature does not fit" })
  }

  @Test func refusesAnotherCluster() throws {
    let cloud = CloudStandIn()
    let server = try cloud.start()
    defer { server.stop() }
    let harness = try Self.harness(server.address)
    #expect(try Self.up(harness).code == 0)
    try harness.folder.write(
      "project.yml",
      Self.project.replacingOccurrences(of: "shop-dev", with: "shop-prod")
    )
    #expect(try Self.up(harness).error.contains("error[cluster-other]"))
    #expect(try harness.run("cluster", "down", "--yes", "--no-snapshot").code == 0)
    #expect(cloud.count == 0)
  }

  @Test(.enabled(if: Moto.address != nil, Comment(rawValue: Moto.wanted)))
  func worksAgainstMoto() throws {
    let address = try #require(Moto.address)
    let harness = try Self.harness(address)
    func run(_ words: String...) throws -> ProgramHarness.Outcome {
      let outcome = try harness.run(["cluster"] + words)
      #expect(outcome.code == 0, "\(outcome.error)")
      return outcome
    }
    for _ in 1...2 { _ = try run("up", "--no-connect", "--my-address", "203.0.113.7") }
    for _ in 1...2 { #expect(try run("status").output.contains("203.0.113.7/32")) }
    #expect(try run("credentials").output.contains("IAM:redstart"))
    for _ in 1...2 { _ = try run("down", "--yes") }
    let status = try run("status").output
    #expect(!status.contains("made") && !status.contains("available"))
  }
}
