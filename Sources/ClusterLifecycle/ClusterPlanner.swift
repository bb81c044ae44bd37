package import Diagnostics
package import ProjectModel

/// What is wanted of a cluster, and the steps that lead there from what is observed.
///
/// Pure: the same want and observation give the same steps. The performer does the first step,
/// observes again and asks again, so that a run which was interrupted anywhere goes on from what
/// really exists.
package struct ClusterPlanner: Sendable {
  package var section: ClusterConfiguration
  /// As in ARNs: `aws`.
  package var partition: String
  /// Blocks that may reach the cluster.
  package var blocks: [String]

  package init(section: ClusterConfiguration, partition: String = "aws", blocks: [String] = []) {
    self.section = section
    self.partition = partition
    self.blocks = blocks
  }

  package var roleName: String { stem }
  package var groupName: String { stem }
  /// A cluster and a workgroup of one name share nothing.
  private var stem: String {
    section.serverless == nil
      ? "redstart-\(section.identifier)" : "redstart-serverless-\(section.identifier)"
  }
  package static let policyName = "redstart-read"

  // MARK: Up

  /// The steps to a cluster that is ready; a step whose object does not exist yet names it by a
  /// word in angle brackets.
  ///
  /// - Throws: what somebody else's objects or changes that cannot be made stand in the way of.
  package func up(_ observed: ClusterObservation) throws(Diagnostic) -> [ClusterStep] {
    var steps: [ClusterStep] = []
    try checkOwnership(observed)
    try planRole(observed, into: &steps)
    let group = try planGroup(observed, into: &steps)
    let role = observed.role?.arn ?? "<\(roleName)>"
    if let serverless = section.serverless {
      return steps + (try up(serverless, observed, role: role, group: group))
    }
    guard let warehouse = observed.warehouse else {
      return steps + [.createWarehouse(role: role, group: group)]
    }
    if let nodes = section.provisioned { try checkShape(warehouse, nodes) }
    switch warehouse.status {
    case "paused": return steps + [.resume]
    case "available": break
    case let status where Self.failed.contains(status):
      throw .clusterFailed(section.identifier, status: status)
    default: return steps + [.wait(status: warehouse.status)]
    }
    if warehouse.roles[role] == nil { steps.append(.attachRole(arn: role)) }
    if !warehouse.groups.isEmpty, !warehouse.groups.contains(group) {
      steps.append(.attachGroup(group: group))
    }
    if warehouse.host == nil || warehouse.roles.contains(where: { !$0.value }) {
      steps.append(.wait(status: "available, not ready"))
    }
    return steps
  }

  private func planRole(
    _ observed: ClusterObservation,
    into steps: inout [ClusterStep]
  ) throws(Diagnostic) {
    if observed.role == nil { steps.append(.createRole(name: roleName)) }
    let policy = ReadPolicy(prefixes: section.prefixes, partition: partition).document
    if let policy, policy != observed.role?.policy {
      steps.append(.writePolicy(role: roleName, document: policy))
    } else if policy == nil, observed.role?.policy != nil {
      steps.append(.deletePolicy(role: roleName))
    }
  }

  /// Adds the steps for the group and gives its identifier.
  private func planGroup(
    _ observed: ClusterObservation,
    into steps: inout [ClusterStep]
  ) throws(Diagnostic) -> String {
    guard let group = observed.group else {
      guard let network = observed.network else { throw .clusterNetwork(at: section.range) }
      steps.append(.createGroup(name: groupName, network: network))
      if !blocks.isEmpty { steps.append(.letIn(group: "<\(groupName)>", blocks: blocks)) }
      return "<\(groupName)>"
    }
    let missing = blocks.filter {
      !group.blocks.contains($0) && !group.foreignBlocks.contains($0)
    }
    if !missing.isEmpty { steps.append(.letIn(group: group.identifier, blocks: missing)) }
    let unwanted = group.blocks.filter { !blocks.contains($0) }
    if !unwanted.isEmpty { steps.append(.keepOut(group: group.identifier, blocks: unwanted)) }
    return group.identifier
  }

  private func checkOwnership(_ observed: ClusterObservation) throws(Diagnostic) {
    if observed.role?.isOurs == false {
      throw .clusterForeign("a role", roleName, at: section.range)
    }
    if observed.group?.isOurs == false {
      throw .clusterForeign("a security group", groupName, at: section.range)
    }
    if observed.warehouse?.isOurs == false {
      throw .clusterForeign("a cluster", section.identifier, at: section.range)
    }
    if observed.namespace?.isOurs == false {
      let name = section.serverless?.namespace ?? ""
      throw .clusterForeign("a namespace", name, at: section.range)
    }
    if observed.workgroup?.isOurs == false {
      throw .clusterForeign("a workgroup", section.identifier, at: section.range)
    }
  }

  /// Changes that would move data or lose it are the user's to make.
  private func checkShape(
    _ warehouse: ClusterObservation.Warehouse,
    _ nodes: ClusterConfiguration.Provisioned
  ) throws(Diagnostic) {
    let pairs = [
      ("node_type", nodes.nodeType, warehouse.nodeType),
      ("nodes", "\(nodes.nodeCount)", "\(warehouse.nodeCount)"),
      ("database", section.database, warehouse.database),
      ("user", nodes.user, warehouse.user),
    ]
    for (key, wanted, actual) in pairs where wanted != actual && !actual.isEmpty {
      throw .clusterDiffers("cluster", section.identifier, key, wanted, actual, at: section.range)
    }
  }

  /// States that no waiting ends.
  static let failed: Set<String> = [
    "incompatible-hsm", "incompatible-network", "incompatible-parameters", "incompatible-restore",
    "hardware-failure", "storage-full",
  ]

  // MARK: Down

  /// The steps to nothing left of what `up` made; what others made is left alone.
  package func down(
    _ observed: ClusterObservation,
    takesSnapshot: Bool
  ) -> [ClusterStep] {
    var steps: [ClusterStep] = []
    if let warehouse = observed.warehouse, warehouse.isOurs {
      switch warehouse.status {
      case "available", "paused":
        steps.append(.deleteWarehouse(takesSnapshot: takesSnapshot))
      case let status where Self.failed.contains(status):
        steps.append(.deleteWarehouse(takesSnapshot: takesSnapshot))
      default: steps.append(.wait(status: warehouse.status))
      }
    }
    steps += serverlessDown(observed, takesSnapshot: takesSnapshot)
    if let group = observed.group, group.isOurs {
      steps.append(.deleteGroup(identifier: group.identifier))
    }
    if let role = observed.role, role.isOurs {
      if role.policy != nil { steps.append(.deletePolicy(role: roleName)) }
      steps.append(.deleteRole(name: roleName))
    }
    return steps
  }

  // MARK: Pause and resume

  /// The steps to a paused cluster.
  package func pause(_ observed: ClusterObservation) throws(Diagnostic) -> [ClusterStep] {
    switch try status(observed) {
    case "paused": []
    case "available": [.pause]
    case let status: [.wait(status: status)]
    }
  }

  /// The steps to a running cluster.
  package func resume(_ observed: ClusterObservation) throws(Diagnostic) -> [ClusterStep] {
    switch try status(observed) {
    case "paused": [.resume]
    case "available": []
    case let status: [.wait(status: status)]
    }
  }

  private func status(_ observed: ClusterObservation) throws(Diagnostic) -> String {
    if section.serverless != nil {
      throw .clusterNeverPauses(section.identifier, at: section.range)
    }
    try checkOwnership(observed)
    guard let warehouse = observed.warehouse else {
      throw .clusterMissing(section.identifier)
    }
    if Self.failed.contains(warehouse.status) {
      throw .clusterFailed(section.identifier, status: warehouse.status)
    }
    return warehouse.status
  }
}
