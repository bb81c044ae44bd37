import AWSClient
import ProjectModel

extension ClusterLifecycle {
  /// Does one step; what is as it should be already counts as done.
  func perform(_ step: ClusterStep, _ observed: ClusterObservation) async throws(AWSError) {
    switch step {
    case .createRole(let name):
      try await creating("role", name) { () async throws(AWSError) in
        try await tolerating(["EntityAlreadyExists"]) { () async throws(AWSError) in
          _ = try await client.iam.createRole(
            name,
            trustPolicy: ReadPolicy.trust,
            description: "Lets Redshift read for the project \(project)",
            tags: tags
          )
        }
      }
    case .writePolicy(let role, let document):
      try await client.iam.putRolePolicy(
        role: role,
        policy: ClusterPlanner.policyName,
        document: document
      )
    case .deletePolicy(let role):
      try await tolerating(["NoSuchEntity"]) { () async throws(AWSError) in
        try await client.iam.deleteRolePolicy(role: role, policy: ClusterPlanner.policyName)
      }
    case .createGroup(let name, let network):
      try await creating("group", name) { () async throws(AWSError) in
        try await tolerating(["InvalidGroup.Duplicate"]) { () async throws(AWSError) in
          _ = try await client.ec2.createSecurityGroup(
            name: name,
            description: "Who may reach the \(planner.section.noun) \(planner.section.identifier)",
            network: network,
            tags: tags
          )
        }
      }
    case .letIn(let group, let blocks):
      for block in blocks {
        try await tolerating(["InvalidPermission.Duplicate"]) { () async throws(AWSError) in
          try await client.ec2.authorizeIngress(group, [rule(block)])
        }
      }
    case .keepOut(let group, let blocks):
      for block in blocks {
        try await tolerating(["InvalidPermission.NotFound"]) { () async throws(AWSError) in
          try await client.ec2.revokeIngress(group, [rule(block)])
        }
      }
    case .wait: break
    case .deleteGroup(let identifier):
      try changeRecord { $0.note("group", planner.groupName, "deleting") }
      // AWS lets go of a cluster's interfaces a while after the cluster is gone.
      let codes: Set = ["InvalidGroup.NotFound", "DependencyViolation", "InvalidGroup.InUse"]
      try await tolerating(codes) { () async throws(AWSError) in
        try await client.ec2.deleteSecurityGroup(identifier)
      }
    case .deleteRole(let name):
      try changeRecord { $0.note("role", name, "deleting") }
      try await tolerating(["NoSuchEntity"]) { () async throws(AWSError) in
        try await client.iam.deleteRole(name)
      }
    default:
      if let serverless = planner.section.serverless {
        try await performServerless(step, serverless, observed)
      } else {
        try await performOnCluster(step)
      }
    }
  }

  private func performOnCluster(_ step: ClusterStep) async throws(AWSError) {
    let identifier = planner.section.identifier
    // A cluster that has begun to change in the meantime is looked at again.
    let passing: Set = [
      "InvalidClusterState", "InvalidClusterStateFault", "ClusterNotFound",
      "ClusterNotFoundFault",
    ]
    switch step {
    case .createWarehouse(let role, let group):
      guard let nodes = planner.section.provisioned else { break }
      try await creating("cluster", identifier) { () async throws(AWSError) in
        try await createWarehouse(nodes, role: role, group: group)
      }
    case .attachRole(let arn):
      try await tolerating(passing) { () async throws(AWSError) in
        _ = try await client.redshift.modifyClusterIAMRoles(identifier, add: [arn])
      }
    case .attachGroup(let group):
      var request = ModifyClusterRequest(identifier: identifier)
      request.securityGroups = [group]
      try await tolerating(passing) { [request] () async throws(AWSError) in
        _ = try await client.redshift.modifyCluster(request)
      }
    case .resume:
      try await tolerating(passing) { () async throws(AWSError) in
        _ = try await client.redshift.resumeCluster(identifier)
      }
    case .pause:
      try await tolerating(passing) { () async throws(AWSError) in
        _ = try await client.redshift.pauseCluster(identifier)
      }
    case .deleteWarehouse(let takesSnapshot):
      let snapshot = takesSnapshot ? snapshotName() : nil
      try changeRecord { record in
        record.note("cluster", identifier, "deleting")
        record.endpoint = nil
        record.finalSnapshot = snapshot
      }
      try await tolerating(passing) { () async throws(AWSError) in
        _ = try await client.redshift.deleteCluster(
          identifier,
          finalSnapshot: snapshot,
          retentionDays: takesSnapshot ? planner.section.finalSnapshotDays : nil
        )
      }
    default: break
    }
  }

  private func createWarehouse(
    _ nodes: ClusterConfiguration.Provisioned,
    role: String,
    group: String
  ) async throws(AWSError) {
    let section = planner.section
    var request = CreateClusterRequest(
      identifier: section.identifier,
      nodeType: nodes.nodeType,
      masterUser: nodes.user
    )
    request.nodeCount = nodes.nodeCount
    request.database = section.database
    request.port = section.port
    request.roles = [role]
    request.defaultRole = role
    request.securityGroups = [group]
    request.subnetGroup = nodes.subnetGroup
    request.isPublic = section.isPublic
    request.tags = tags
    do throws(AWSError) {
      _ = try await client.redshift.createCluster(request)
    } catch {
      if error.code == "ClusterAlreadyExists" { return }
      // A role that is a few seconds old is not known everywhere.
      if case .service(let fault) = error, fault.code.hasPrefix("InvalidParameterValue"),
        fault.message.contains(role)
      {
        refusals.last = fault
        return
      }
      throw error
    }
  }

  func snapshotName() -> String {
    let digits = Timestamp.now().iso8601.filter(\.isNumber)
    return "\(planner.section.identifier)-final-\(digits)"
  }

  private func rule(_ block: String) -> IPPermission {
    let range = IPPermission.Range(block, description: Self.ruleDescription)
    return block.contains(":")
      ? IPPermission(port: planner.section.port, ranges6: [range])
      : IPPermission(port: planner.section.port, ranges: [range])
  }

  /// Makes something, noting it before and after.
  func creating(
    _ kind: String,
    _ name: String,
    _ call: () async throws(AWSError) -> Void
  ) async throws(AWSError) {
    try changeRecord { $0.note(kind, name, "creating") }
    try await call()
    try changeRecord { $0.note(kind, name, "created") }
  }

  func tolerating(
    _ codes: Set<String>,
    _ call: () async throws(AWSError) -> Void
  ) async throws(AWSError) {
    do throws(AWSError) {
      try await call()
    } catch {
      guard case .service(let fault) = error, codes.contains(fault.code) else { throw error }
      refusals.last = fault
    }
  }
}
