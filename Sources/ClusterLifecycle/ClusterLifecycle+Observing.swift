package import AWSClient
import ProjectModel

extension ClusterLifecycle {
  /// Asks AWS what exists.
  ///
  /// - Parameter findsNetwork: whether the network for a new group is looked up as well.
  /// - Returns: what has our names, ours or not.
  /// - Throws: what AWS refuses.
  package func observe(findsNetwork: Bool = false) async throws(AWSError) -> ClusterObservation {
    var observed = ClusterObservation()
    observed.role = try await role()
    if let serverless = planner.section.serverless {
      observed.namespace = try await namespace(serverless.namespace)
      observed.workgroup = try await workgroup()
    } else {
      observed.warehouse = try await warehouse()
    }
    if findsNetwork { observed.network = try await network() }
    observed.group = try await group(in: observed.network)
    return observed
  }

  private func role() async throws(AWSError) -> ClusterObservation.Role? {
    let name = planner.roleName
    guard
      let role = try await found(
        ["NoSuchEntity"],
        { () async throws(AWSError) in
          try await client.iam.role(name)
        }
      )
    else { return nil }
    let policy = try await found(["NoSuchEntity"]) { () async throws(AWSError) in
      try await client.iam.rolePolicy(role: name, policy: ClusterPlanner.policyName)
    }
    return ClusterObservation.Role(arn: role.arn, isOurs: isOurs(role.tags), policy: policy)
  }

  private func warehouse() async throws(AWSError) -> ClusterObservation.Warehouse? {
    let identifier = planner.section.identifier
    let clusters = try await found(["ClusterNotFound", "ClusterNotFoundFault"]) {
      () async throws(AWSError) in try await client.redshift.clusters(identifier)
    }
    guard let cluster = clusters?.first else { return nil }
    var roles: [String: Bool] = [:]
    for role in cluster.roles { roles[role.arn] = role.status == "in-sync" }
    return ClusterObservation.Warehouse(
      status: cluster.status,
      isOurs: isOurs(cluster.tags),
      host: cluster.host,
      port: cluster.port,
      nodeType: cluster.nodeType,
      nodeCount: cluster.nodeCount,
      database: cluster.database,
      user: cluster.masterUser,
      roles: roles,
      groups: cluster.groups.map(\.identifier)
    )
  }

  private func network() async throws(AWSError) -> String? {
    if let name = planner.section.provisioned?.subnetGroup {
      return try await client.redshift.subnetGroups(name).first?.network
    }
    if let subnets = planner.section.serverless?.subnets, !subnets.isEmpty {
      let filter = EC2.Filter("subnet-id", subnets)
      return try await client.ec2.subnets(filters: [filter]).first?.network
    }
    return try await client.ec2.networks(filters: [EC2.Filter("is-default", ["true"])]).first?
      .identifier
  }

  /// Our group, else one of its name that would be in the way.
  private func group(in network: String?) async throws(AWSError) -> ClusterObservation.Group? {
    let groups = try await client.ec2.securityGroups(
      filters: [EC2.Filter("group-name", [planner.groupName])]
    )
    let ours = groups.first { isOurs($0.tags) }
    guard let group = ours ?? groups.first(where: { $0.network == network }) else { return nil }
    var observed = ClusterObservation.Group(identifier: group.identifier, isOurs: ours != nil)
    for rule in group.ingress where rule.fromPort == planner.section.port {
      for range in rule.ranges + rule.ranges6 {
        if range.description == Self.ruleDescription {
          observed.blocks.append(range.block)
        } else {
          observed.foreignBlocks.append(range.block)
        }
      }
    }
    return observed
  }

  func isOurs(_ tags: [AWSTag]) -> Bool {
    tags.contains(AWSTag("redstart:project", project))
      && tags.contains(AWSTag("redstart:cluster", planner.section.identifier))
  }

  /// What a call gives; nil when the service says that there is no such thing.
  func found<Value: Sendable>(
    _ codes: Set<String>,
    _ call: () async throws(AWSError) -> Value
  ) async throws(AWSError) -> Value? {
    do throws(AWSError) {
      return try await call()
    } catch {
      if let code = error.code, codes.contains(code) { return nil }
      throw error
    }
  }
}
