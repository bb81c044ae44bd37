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
    let project = try loadProject()
    do throws(AWSError) {
      let lifecycle = try await lifecycle(project, subcommand)
      switch subcommand {
      case "up": return try await clusterUp(lifecycle)
      case "pause": return try await reach(.pause, lifecycle, "the cluster is paused")
      case "resume": return try await reach(.resume, lifecycle, "the cluster is available")
      case "down": return try await clusterDown(lifecycle)
      case "credentials": return try await clusterCredentials(lifecycle, format)
      default: return try await clusterStatus(lifecycle, project, format)
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
    if let record, record.cluster == section.identifier { section.region = record.region }
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
    if let record, record.cluster != section?.identifier {
      if subcommand == "down" { return ClusterConfiguration(identifier: record.cluster) }
      if let section, subcommand == "up" {
        throw .clusterOther(section.identifier, recorded: record.cluster, at: section.range)
      }
    }
    if let section { return section }
    if let record { return ClusterConfiguration(identifier: record.cluster) }
    throw Diagnostic(
      code: "cluster-section",
      "\(project.fileName) has no `cluster:`",
      file: project.fileName,
      help: ["write `cluster: { identifier: \(project.name) }`; docs/redshift.md lists the keys"]
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
      for step in steps { console.output(step.text(cluster: section.identifier) + "\n") }
      if steps.isEmpty { console.output("nothing to do\n") }
      let estimate = NodePrice.estimate(section.nodeType, nodes: section.nodeCount)
      console.output("cost: \(estimate)\n")
      return .success
    }
    let observed = try await lifecycle.run(.up, report: follow(lifecycle))
    guard let warehouse = observed.warehouse, let host = warehouse.host else { return .failure }
    let port = warehouse.port ?? section.port
    note("the cluster \(section.identifier) is ready at \(host):\(port)")
    if let role = observed.role { note("its role is \(role.arn)") }
    if !arguments.has("no-connect") { try await tryConnecting(lifecycle, host, port) }
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
    let identifier = lifecycle.planner.section.identifier
    let takesSnapshot =
      lifecycle.planner.section.takesFinalSnapshot && !arguments.has("no-snapshot")
    let goal = ClusterLifecycle.Goal.down(takesSnapshot: takesSnapshot)
    let observed = try await lifecycle.observe()
    let steps = try lifecycle.plan(goal, observed)
    if !steps.isEmpty, !arguments.has("yes") {
      throw .problem(
        Diagnostic(
          code: "cluster-confirm",
          "nothing was deleted: `redstart cluster down` needs --yes",
          notes: steps.map { "it would \($0.text(cluster: identifier))" },
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
      note("left, and billed: the snapshot \(snapshot)")
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
        if step != told { note(step.text(cluster: lifecycle.planner.section.identifier)) }
        told = step
        reached = "before-\(step.word)"
      case .finished(let step): reached = "after-\(step.word)"
      case .snapshot: reached = "snapshot"
      }
      crash?.reach(reached)
    }
  }

  // MARK: Looking

  private func clusterStatus(
    _ lifecycle: ClusterLifecycle,
    _ project: Project,
    _ format: String
  ) async throws(AWSError) -> ExitCode {
    let observed = try await lifecycle.observe()
    let section = lifecycle.planner.section
    let warehouse = observed.warehouse
    let price = NodePrice.hourly(section.nodeType, nodes: section.nodeCount)
    if format == "json" {
      let value: PlainValue = [
        "cluster": .string(section.identifier),
        "status": .string(warehouse?.status ?? "absent"),
        "host": warehouse?.host.map { .string($0) } ?? .null,
        "port": warehouse?.port.map { .integer($0) } ?? .null,
        "node_type": warehouse.map { .string($0.nodeType) } ?? .null,
        "nodes": warehouse.map { .integer($0.nodeCount) } ?? .null,
        "role_arn": observed.role.map { .string($0.arn) } ?? .null,
        "security_group": observed.group.map { .string($0.identifier) } ?? .null,
        "allowed": .list(
          ((observed.group?.blocks ?? []) + (observed.group?.foreignBlocks ?? []))
            .map { .string($0) }
        ),
        "estimated_hourly_dollars": price.map { .double($0) } ?? .null,
      ]
      console.output(value.jsonString + "\n")
      return .success
    }
    var table = TextTable(columns: ["what", "name", "state"])
    table.maximumWidth = 100
    table.add(["cluster", section.identifier, warehouse?.status ?? "absent"])
    let host = warehouse?.host.map { "\($0):\(warehouse?.port ?? section.port)" }
    table.add(["endpoint", host ?? "", host == nil ? "absent" : "known"])
    table.add([
      "role", observed.role?.arn ?? lifecycle.planner.roleName, observed.role.state,
    ])
    let blocks = (observed.group?.blocks ?? []) + (observed.group?.foreignBlocks ?? [])
    table.add([
      "security group", observed.group?.identifier ?? lifecycle.planner.groupName,
      blocks.isEmpty ? observed.group.state : "lets in \(blocks.joined(separator: ", "))",
    ])
    console.output(table.text)
    return .success
  }

  private func clusterCredentials(
    _ lifecycle: ClusterLifecycle,
    _ format: String
  ) async throws(AWSError) -> ExitCode {
    let section = lifecycle.planner.section
    guard let warehouse = try await lifecycle.observe().warehouse, let host = warehouse.host else {
      throw .problem(.clusterMissing(section.identifier))
    }
    let credentials = try await lifecycle.credentials()
    let port = warehouse.port ?? section.port
    let password = credentials.password.revealed
    switch format {
    case "env":
      let pairs = [
        ("PGHOST", host), ("PGPORT", "\(port)"), ("PGDATABASE", section.database),
        ("PGUSER", credentials.user), ("PGPASSWORD", password), ("PGSSLMODE", "verify-full"),
        ("PGSSLROOTCERT", PostgresConnectionSettings.systemCertificates),
      ]
      for (name, value) in pairs { console.output("export \(name)=\(value.shellQuoted)\n") }
    case "url":
      let user = PercentEncoding.encode(credentials.user)
      let database = PercentEncoding.encode(section.database)
      console.output(
        "postgresql://\(user):\(PercentEncoding.encode(password))@\(host):\(port)/\(database)"
          + "?sslmode=verify-full&sslrootcert=\(PostgresConnectionSettings.systemCertificates)\n"
      )
    default:
      console.output("user     \(credentials.user)\n")
      console.output("expires  \(credentials.expiration?.iso8601 ?? "unknown")\n")
      note("--output env or --output url prints the password")
    }
    return .success
  }
}

extension ClusterObservation.Role? {
  fileprivate var state: String { self.map { $0.isOurs ? "made" : "of others" } ?? "absent" }
}

extension ClusterObservation.Group? {
  fileprivate var state: String { self.map { $0.isOurs ? "made" : "of others" } ?? "absent" }
}
