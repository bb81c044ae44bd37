package import AWSClient
import Diagnostics
import ProjectModel
import Synchronization

/// Brings a cluster, and what belongs to it, to what is wanted: the first step of the plan is done,
/// AWS is observed again, until there is nothing to do.
package struct ClusterLifecycle: Sendable {
  /// What a run may ask for.
  package enum Goal: Hashable, Sendable {
    case up
    case pause
    case resume
    case down(takesSnapshot: Bool)
  }

  /// A step as it goes on.
  package enum Event: Hashable, Sendable {
    case began(ClusterStep)
    case finished(ClusterStep)
    /// The same step is still the next one, so many minutes later.
    case waiting(ClusterStep, minutes: Int)
    /// A final snapshot of this name is being kept.
    case snapshot(String)
  }

  let client: AWSClient
  package let planner: ClusterPlanner
  let project: String
  let root: String
  package let region: String
  let refusals = Refusals()
  /// Seconds between two looks at a cluster that AWS is working on.
  package var pollSeconds = 10.0
  /// Looks in a row that may find no progress: an hour's.
  package var patience = 360
  /// How the time passes between two looks.
  package var sleep: @Sendable (_ seconds: Double) async throws -> Void = { seconds in
    try await Task.sleep(for: .seconds(seconds))
  }

  static let ruleDescription = "redstart"

  /// A lifecycle of the cluster that a planner describes.
  package init(
    client: AWSClient,
    planner: ClusterPlanner,
    project: String,
    root: String,
    region: String
  ) {
    self.client = client
    self.planner = planner
    self.project = project
    self.root = root
    self.region = region
  }

  var tags: [AWSTag] {
    [
      AWSTag("redstart:project", project), AWSTag("redstart:cluster", planner.section.identifier),
    ] + planner.section.tags.map { AWSTag($0.key, $0.value) }
  }

  /// The steps from what is observed to the goal.
  package func plan(
    _ goal: Goal,
    _ observed: ClusterObservation
  ) throws(AWSError) -> [ClusterStep] {
    do throws(Diagnostic) {
      switch goal {
      case .up: return try planner.up(observed)
      case .pause: return try planner.pause(observed)
      case .resume: return try planner.resume(observed)
      case .down(let takesSnapshot):
        return planner.down(observed, takesSnapshot: takesSnapshot)
      }
    } catch {
      throw .problem(error)
    }
  }

  /// Works until the goal is reached.
  ///
  /// - Parameters:
  ///   - goal: what to reach.
  ///   - report: hears of every step before and after it; it may end the process.
  /// - Returns: what is observed at the end.
  /// - Throws: what AWS refuses, and what stands in the way.
  package func run(
    _ goal: Goal,
    report: (Event) -> Void
  ) async throws(AWSError) -> ClusterObservation {
    var former: ClusterStep?
    var repetitions = 0
    while true {
      let observed = try await observe(findsNetwork: goal == .up)
      guard let step = try plan(goal, observed).first else {
        try finish(goal, observed)
        return observed
      }
      if step == former {
        // AWS is at work, or does not show yet what it was told.
        repetitions += 1
        guard repetitions < patience else {
          throw .problem(
            .clusterStuck(
              planner.section.noun,
              planner.section.identifier,
              stuck(at: step),
              refusals.last
            )
          )
        }
        if let minutes = Self.minutes(afterLooks: repetitions, every: pollSeconds) {
          report(.waiting(step, minutes: minutes))
        }
        try await pause()
      } else {
        repetitions = 0
        refusals.last = nil
      }
      former = step
      report(.began(step))
      try await perform(step, observed)
      report(.finished(step))
      switch step {
      case .deleteWarehouse(true), .deleteNamespace(true):
        if let name = try record().finalSnapshot { report(.snapshot(name)) }
      default: break
      }
    }
  }

  /// How many minutes have passed, when another one has since the last look.
  static func minutes(afterLooks looks: Int, every seconds: Double) -> Int? {
    let now = Int(Double(looks) * seconds / 60)
    return now > Int(Double(looks - 1) * seconds / 60) ? now : nil
  }

  private func stuck(at step: ClusterStep) -> String {
    if case .wait(let status) = step { return "it stays \(status)" }
    return "AWS was told to \(step.text(planner.section)), again and again"
  }

  private func pause() async throws(AWSError) {
    do {
      try await sleep(pollSeconds)
    } catch {
      throw .cancelled
    }
  }

  // MARK: The record

  func record() throws(AWSError) -> ClusterRecord {
    do throws(Diagnostic) {
      let stored = try ClusterRecord.read(root: root)
      return stored ?? ClusterRecord(project: project, planner.section, region: region)
    } catch {
      throw .problem(error)
    }
  }

  func changeRecord(_ change: (inout ClusterRecord) -> Void) throws(AWSError) {
    var record = try record()
    let former = record
    change(&record)
    do throws(Diagnostic) {
      if record != former { try record.write(root: root) }
    } catch {
      throw .problem(error)
    }
  }

  private func finish(_ goal: Goal, _ observed: ClusterObservation) throws(AWSError) {
    switch goal {
    case .down:
      do throws(Diagnostic) {
        try ClusterRecord.remove(root: root)
      } catch {
        throw .problem(error)
      }
    case .up, .resume:
      try changeRecord { record in
        if let endpoint = observed.endpoint {
          record.endpoint = ClusterRecord.Endpoint(
            host: endpoint.host,
            port: endpoint.port ?? planner.section.port,
            database: planner.section.database,
            user: planner.section.provisioned?.user
          )
        }
        record.roleARN = observed.role?.arn
        if observed.role != nil { record.note("role", planner.roleName, "created") }
        if observed.group != nil { record.note("group", planner.groupName, "created") }
        record.note(planner.section.noun, planner.section.identifier, "created")
        if let serverless = planner.section.serverless {
          record.note("namespace", serverless.namespace, "created")
        }
      }
    case .pause: break
    }
  }
}

/// What AWS said last when it did not do what it was told, and it was told again.
final class Refusals: Sendable {
  private let state = Mutex<ServiceFault?>(nil)

  var last: ServiceFault? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}

extension ClusterLifecycle {
  /// A temporary password: of a cluster's administrator, of the user that AWS derives from whoever
  /// asks a workgroup.
  package func credentials() async throws(AWSError) -> DatabaseCredentials {
    let section = planner.section
    guard let nodes = section.provisioned else {
      return try await client.redshiftServerless.credentials(
        workgroup: section.identifier,
        database: section.database
      )
    }
    return try await client.redshift.clusterCredentials(
      section.identifier,
      user: nodes.user,
      database: section.database
    )
  }

  /// The final snapshot that an interrupted `down` asked for.
  package func lastSnapshot() throws(AWSError) -> String? { try record().finalSnapshot }
}

extension ClusterObservation {
  /// What has our names and is not ours, in the user's words.
  package func foreign(_ planner: ClusterPlanner) -> [String] {
    var lines: [String] = []
    if role != nil { lines.append("the role \(planner.roleName)") }
    if let group { lines.append("the security group \(group.identifier)") }
    if status != nil { lines.append("the \(planner.section.noun) \(planner.section.identifier)") }
    if namespace != nil, let serverless = planner.section.serverless {
      lines.append("the namespace \(serverless.namespace)")
    }
    return lines
  }
}
