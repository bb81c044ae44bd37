import AWSClient
import ClusterLifecycle
import Diagnostics
import ProjectModel
import RedshiftSQL
import WarehouseClient

extension CommandSession {
  /// `redstart cluster up|status|pause|resume|down|credentials`.
  func cluster() async throws -> ExitCode {
    guard let subcommand = arguments.subcommand else {
      console.error(HelpText.page(for: command))
      return .usage
    }
    let format = arguments.value("output") ?? "table"
    guard command.outputs.contains(format) else {
      throw Diagnostic.optionValue("--output", format, allowed: command.outputs)
    }
    let project = try loadProject(connects: false)
    do throws(AWSError) {
      let lifecycle = try await lifecycle(project, subcommand)
      switch subcommand {
      case "up": return try await clusterUp(lifecycle)
      case "pause": return try await reach(.pause, lifecycle, "the cluster is paused")
      case "resume": return try await reach(.resume, lifecycle, "the cluster is available")
      case "down": return try await clusterDown(lifecycle)
      case "credentials": return try await clusterCredentials(lifecycle, format)
      default: return try await clusterStatus(lifecycle, format)
      }
    } catch {
      switch error {
      case .cancelled: throw CancellationError()
      case .problem(let diagnostic): throw diagnostic
      default:
        report([error.diagnostic])
        return .failure
      }
    }
  }

  private func lifecycle(
    _ project: Project,
    _ subcommand: String
  ) async throws(AWSError) -> ClusterLifecycle {
    let record: ClusterRecord?
    var section: ClusterConfiguration
    do throws(Diagnostic) {
      record = try ClusterRecord.read(root: project.root)
      section = try clusterSection(project, record, subcommand)
    } catch {
      throw .problem(error)
    }
    if let record, record.isOf(section) { section.region = record.region }
    let client = try await awsClient(region: arguments.value("region") ?? section.region)
    var blocks = section.allowedBlocks
    if subcommand == "up", section.allowsCaller {
      do throws(Diagnostic) {
        blocks.append(try await callerBlock())
      } catch {
        throw .problem(error)
      }
    }
    var unique: [String] = []
    for block in blocks where !unique.contains(block) { unique.append(block) }
    let planner = ClusterPlanner(
      section: section,
      partition: try await client.partition().name,
      blocks: unique
    )
    var lifecycle = ClusterLifecycle(
      client: client,
      planner: planner,
      project: project.name,
      root: project.root,
      region: try await client.region()
    )
    if let text = console.environment["REDSTART_POLL_SECONDS"], let seconds = Double(text),
      seconds >= 0, seconds <= 600
    {
      lifecycle.pollSeconds = seconds
    }
    return lifecycle
  }

  /// The cluster that a command is about: the file's; for `down` the recorded one, whatever the
  /// file says now.
  private func clusterSection(
    _ project: Project,
    _ record: ClusterRecord?,
    _ subcommand: String
  ) throws(Diagnostic) -> ClusterConfiguration {
    let section = project.configuration.cluster
    if let record, section.map(record.isOf) != true {
      if subcommand == "down" { return record.section }
      if let section, subcommand == "up" {
        throw .clusterOther(
          section.title,
          recorded: record.section.title,
          at: section.range
        )
      }
    }
    if let section { return section }
    if let record { return record.section }
    throw Diagnostic(
      code: "cluster-section",
      "\(project.fileName) has no `cluster:`",
      file: project.fileName,
      help: [
        "write `cluster: { identifier: \(project.name) }` for nodes that run all the time, or "
          + "`cluster: { workgroup: \(project.name) }` for a serverless warehouse; docs/redshift.md "
          + "lists the keys"
      ]
    )
  }

  private func callerBlock() async throws(Diagnostic) -> String {
    guard let address = arguments.value("my-address") else {
      return try await CallerAddress(environment: console.environment).block()
    }
    guard let block = AddressBlock.canonical(address), !address.contains("/") else {
      throw Diagnostic(
        code: "usage",
        "--my-address must be one address, not \"\(address)\"",
        help: ["write it as 203.0.113.7"]
      )
    }
    return block
  }

  // MARK: Up and down

  private func clusterUp(_ lifecycle: ClusterLifecycle) async throws(AWSError) -> ExitCode {
    let section = lifecycle.planner.section
    if arguments.has("plan") {
      let steps = try lifecycle.plan(.up, try await lifecycle.observe(findsNetwork: true))
      for step in steps { console.output(step.text(section) + "\n") }
      if steps.isEmpty { console.output("nothing to do\n") }
      console.output("cost: \(ClusterPrice.estimate(section, in: lifecycle.region))\n")
      return .success
    }
    let observed = try await lifecycle.run(.up, report: follow(lifecycle))
    guard let endpoint = observed.endpoint else { return .failure }
    let port = endpoint.port ?? section.port
    note("the \(section.noun) \(section.identifier) is ready at \(endpoint.host):\(port)")
    if let role = observed.role { note("its role is \(role.arn)") }
    if !arguments.has("no-connect") { try await tryConnecting(lifecycle, endpoint.host, port) }
    return .success
  }

  /// Logs in as a user would; a network that does not reach the cluster is told, and no failure.
  private func tryConnecting(
    _ lifecycle: ClusterLifecycle,
    _ host: String,
    _ port: Int
  ) async throws(AWSError) {
    let credentials = try await lifecycle.credentials()
    console.protect(credentials.password.revealed)
    var settings = PostgresConnectionSettings.redshift(
      host: host,
      port: port,
      database: lifecycle.planner.section.database,
      user: credentials.user,
      password: credentials.password.revealed
    )
    settings.connectTimeout = 10
    let warehouse = PostgresWarehouse(settings: settings, dialect: .redshift)
    do throws(WarehouseError) {
      let session = try await warehouse.connect()
      await session.close()
      await warehouse.closeIdle()
      note("logged in with temporary credentials")
    } catch {
      var problem = Diagnostic.connection(error, settings: settings)
      problem.severity = .warning
      report([problem])
    }
  }

  private func clusterDown(_ lifecycle: ClusterLifecycle) async throws(AWSError) -> ExitCode {
    let section = lifecycle.planner.section
    let takesSnapshot = section.takesFinalSnapshot && !arguments.has("no-snapshot")
    let goal = ClusterLifecycle.Goal.down(takesSnapshot: takesSnapshot)
    let observed = try await lifecycle.observe()
    let steps = try lifecycle.plan(goal, observed)
    if !steps.isEmpty, !arguments.has("yes") {
      throw .problem(
        Diagnostic(
          code: "cluster-confirm",
          "nothing was deleted: `redstart cluster down` needs --yes",
          notes: steps.map { "it would \($0.text(section))" },
          help: ["look at the list, then add --yes"]
        )
      )
    }
    var snapshot = try lifecycle.lastSnapshot()
    let follow = follow(lifecycle)
    let left = try await lifecycle.run(goal) { event in
      follow(event)
      if case .snapshot(let name) = event { snapshot = name }
    }
    note(steps.isEmpty ? "there is nothing of this project to delete" : "deleted")
    for line in left.foreign(lifecycle.planner) { note("left alone: \(line)") }
    if let snapshot {
      let end = section.finalSnapshotDays.map { "AWS deletes it after \($0) days" }
      note("left, and billed: the snapshot \(snapshot); \(end ?? "it stays until you delete it")")
    }
    return .success
  }

  private func reach(
    _ goal: ClusterLifecycle.Goal,
    _ lifecycle: ClusterLifecycle,
    _ text: String
  ) async throws(AWSError) -> ExitCode {
    _ = try await lifecycle.run(goal, report: follow(lifecycle))
    note(text)
    return .success
  }

  /// Tells of each step once; for tests, `REDSTART_CRASH_AT=(before|after)-STEP[:N]` ends the
  /// process there.
  private func follow(_ lifecycle: ClusterLifecycle) -> (ClusterLifecycle.Event) -> Void {
    let crash = CrashRequest(console.environment)
    var told: ClusterStep?
    return { event in
      let reached: String
      switch event {
      case .began(let step):
        if step != told { note(step.text(lifecycle.planner.section)) }
        told = step
        reached = "before-\(step.word)"
      case .waiting(let step, let minutes):
        note("\(step.text(lifecycle.planner.section)): \(minutes) min")
        return
      case .finished(let step): reached = "after-\(step.word)"
      case .snapshot: reached = "snapshot"
      }
      crash?.reach(reached)
    }
  }
}

extension ClusterConfiguration {
  /// As `the cluster shop-dev`, with the namespace of a workgroup.
  fileprivate var title: String {
    let name = "the \(noun) \(identifier)"
    return serverless.map { "\(name) on the namespace \($0.namespace)" } ?? name
  }
}
