import Diagnostics
import ProjectModel

// Serverless warehouses: the namespace first, then the workgroup that works on it; back the other
// way round.

extension ClusterPlanner {
  /// The steps that come after role and group.
  func up(
    _ serverless: ClusterConfiguration.Serverless,
    _ observed: ClusterObservation,
    role: String,
    group: String
  ) throws(Diagnostic) -> [ClusterStep] {
    guard let namespace = observed.namespace else {
      return [.createNamespace(role: role), .createWorkgroup(group: group)]
    }
    try check(namespace, serverless)
    guard namespace.status == "available" else {
      return [.wait(status: "its namespace is \(namespace.status)")]
    }
    var steps: [ClusterStep] = []
    if namespace.roles[role] == nil { steps.append(.attachRole(arn: role)) }
    guard let workgroup = observed.workgroup else {
      return steps + [.createWorkgroup(group: group)]
    }
    guard workgroup.namespace == serverless.namespace || workgroup.namespace.isEmpty else {
      throw .clusterDiffers(
        "workgroup",
        section.identifier,
        "namespace",
        serverless.namespace,
        workgroup.namespace,
        at: section.range
      )
    }
    guard workgroup.status == "available" else { return steps + [.wait(status: workgroup.status)] }
    steps += changes(of: workgroup, to: serverless, group: group)
    if workgroup.host == nil || namespace.roles.contains(where: { !$0.value }) {
      steps.append(.wait(status: "available, not ready"))
    }
    return steps
  }

  /// AWS takes one change at a time.
  private func changes(
    of workgroup: ClusterObservation.Workgroup,
    to serverless: ClusterConfiguration.Serverless,
    group: String
  ) -> [ClusterStep] {
    var steps: [ClusterStep] = []
    if !workgroup.groups.isEmpty, !workgroup.groups.contains(group) {
      steps.append(.attachGroup(group: group))
    }
    var capacities: [ClusterStep] = []
    if let base = workgroup.baseCapacity, base != serverless.baseCapacity {
      capacities.append(.setBaseCapacity(serverless.baseCapacity))
    }
    if let most = serverless.maximumCapacity, most != workgroup.maximumCapacity {
      // Nothing may begin with more than it may grow to, not for a moment.
      let isTooLow = serverless.baseCapacity > workgroup.maximumCapacity ?? .max
      capacities.insert(.setMaximumCapacity(most), at: isTooLow ? 0 : capacities.count)
    }
    steps += capacities
    if workgroup.isPublic != section.isPublic { steps.append(.setPublic(section.isPublic)) }
    return steps
  }

  private func check(
    _ namespace: ClusterObservation.Namespace,
    _ serverless: ClusterConfiguration.Serverless
  ) throws(Diagnostic) {
    var pairs = [("database", section.database, namespace.database)]
    if let user = serverless.user { pairs.append(("user", user, namespace.user ?? "")) }
    for (key, wanted, actual) in pairs where wanted != actual && !actual.isEmpty {
      throw .clusterDiffers(
        "namespace",
        serverless.namespace,
        key,
        wanted,
        actual,
        at: section.range
      )
    }
  }

  /// The steps before role and group go.
  func serverlessDown(
    _ observed: ClusterObservation,
    takesSnapshot: Bool
  ) -> [ClusterStep] {
    var steps: [ClusterStep] = []
    if let workgroup = observed.workgroup, workgroup.isOurs {
      steps.append(
        workgroup.status == "available" ? .deleteWorkgroup : .wait(status: workgroup.status)
      )
    }
    if let namespace = observed.namespace, namespace.isOurs {
      steps.append(
        namespace.status == "available"
          ? .deleteNamespace(takesSnapshot: takesSnapshot)
          : .wait(status: "its namespace is \(namespace.status)")
      )
    }
    return steps
  }
}
