import AWSClient
import Diagnostics
import ProjectModel

// Namespaces and workgroups: what AWS says of them, and steps that change them.

extension ClusterLifecycle {
  private static let missing: Set = ["ResourceNotFoundException"]

  func namespace(_ name: String) async throws(AWSError) -> ClusterObservation.Namespace? {
    let serverless = client.redshiftServerless
    return try await found(Self.missing) { () async throws(AWSError) in
      let namespace = try await serverless.namespace(name)
      let tags = try await serverless.tags(of: namespace.arn)
      var roles: [String: Bool] = [:]
      for role in namespace.roles { roles[role] = !namespace.pendingRoles.contains(role) }
      return ClusterObservation.Namespace(
        status: namespace.status.lowercased(),
        isOurs: isOurs(tags),
        database: namespace.database ?? "",
        user: namespace.adminUser,
        secret: namespace.adminPasswordSecret,
        roles: roles,
        defaultRole: namespace.defaultRole
      )
    }
  }

  func workgroup() async throws(AWSError) -> ClusterObservation.Workgroup? {
    let serverless = client.redshiftServerless
    let name = planner.section.identifier
    return try await found(Self.missing) { () async throws(AWSError) in
      let workgroup = try await serverless.workgroup(name)
      let tags = try await serverless.tags(of: workgroup.arn)
      return ClusterObservation.Workgroup(
        status: workgroup.status.lowercased(),
        isOurs: isOurs(tags),
        namespace: workgroup.namespace,
        host: workgroup.host,
        port: workgroup.port,
        baseCapacity: workgroup.baseCapacity,
        maximumCapacity: workgroup.maximumCapacity,
        isPublic: workgroup.isPublic,
        groups: workgroup.securityGroups
      )
    }
  }

  func performServerless(
    _ step: ClusterStep,
    _ serverless: ClusterConfiguration.Serverless,
    _ observed: ClusterObservation
  ) async throws(AWSError) {
    let name = planner.section.identifier
    switch step {
    case .createNamespace(let role):
      try await creating("namespace", serverless.namespace) { () async throws(AWSError) in
        try await createNamespace(serverless, role: role)
      }
    case .createWorkgroup(let group):
      try await creating("workgroup", name) { () async throws(AWSError) in
        try await createWorkgroup(serverless, group: group)
      }
    case .attachRole(let arn):
      // The list replaces the one that is there.
      let roles = (observed.namespace?.roles.keys.sorted() ?? []).filter { $0 != arn } + [arn]
      try await changing { () async throws(AWSError) in
        _ = try await client.redshiftServerless.updateNamespace(
          serverless.namespace,
          roles: roles,
          defaultRole: observed.namespace?.defaultRole ?? arn
        )
      }
    case .attachGroup(let group):
      try await change { $0.securityGroups = [group] }
    case .setBaseCapacity(let number): try await change { $0.baseCapacity = number }
    case .setMaximumCapacity(let number): try await change { $0.maximumCapacity = number }
    case .setPublic(let isPublic): try await change { $0.isPublic = isPublic }
    case .deleteWorkgroup:
      try changeRecord { record in
        record.note("workgroup", name, "deleting")
        record.endpoint = nil
      }
      try await changing { () async throws(AWSError) in
        _ = try await client.redshiftServerless.deleteWorkgroup(name)
      }
    case .deleteNamespace(let takesSnapshot):
      let snapshot = takesSnapshot ? snapshotName() : nil
      try changeRecord { record in
        record.note("namespace", serverless.namespace, "deleting")
        record.finalSnapshot = snapshot
      }
      try await changing { () async throws(AWSError) in
        _ = try await client.redshiftServerless.deleteNamespace(
          serverless.namespace,
          finalSnapshot: snapshot,
          retentionDays: takesSnapshot ? planner.section.finalSnapshotDays : nil
        )
      }
    default: break
    }
  }

  private func createNamespace(
    _ serverless: ClusterConfiguration.Serverless,
    role: String
  ) async throws(AWSError) {
    var request = CreateNamespaceRequest(name: serverless.namespace)
    request.adminUser = serverless.user
    request.database = planner.section.database
    request.roles = [role]
    request.defaultRole = role
    request.tags = tags
    do throws(AWSError) {
      _ = try await client.redshiftServerless.createNamespace(request)
    } catch {
      // A role that is a few seconds old is not known everywhere.
      if case .service(let fault) = error, fault.code == "ValidationException",
        fault.message.contains(role)
      {
        refusals.last = fault
        return
      }
      guard error.code == "ConflictException" else { throw error }
      // An interrupted run made it, and this one did not see it yet; anything else is an error.
      if try await namespace(serverless.namespace) == nil { throw error }
    }
  }

  private func createWorkgroup(
    _ serverless: ClusterConfiguration.Serverless,
    group: String
  ) async throws(AWSError) {
    let section = planner.section
    var request = CreateWorkgroupRequest(
      name: section.identifier,
      namespace: serverless.namespace
    )
    request.baseCapacity = serverless.baseCapacity
    request.maximumCapacity = serverless.maximumCapacity
    request.isPublic = section.isPublic
    request.securityGroups = [group]
    request.subnets = serverless.subnets.isEmpty ? nil : serverless.subnets
    request.port = section.port
    request.tags = tags
    do throws(AWSError) {
      _ = try await client.redshiftServerless.createWorkgroup(request)
    } catch {
      guard error.code == "ConflictException" else { throw error }
      if try await workgroup() == nil { throw error }
    }
  }

  private func change(_ body: (inout UpdateWorkgroupRequest) -> Void) async throws(AWSError) {
    var request = UpdateWorkgroupRequest(name: planner.section.identifier)
    body(&request)
    try await changing { [request] () async throws(AWSError) in
      _ = try await client.redshiftServerless.updateWorkgroup(request)
    }
  }

  /// What has begun to change in the meantime is looked at again.
  private func changing(_ call: () async throws(AWSError) -> Void) async throws(AWSError) {
    try await tolerating(["ConflictException", "ResourceNotFoundException"], call)
  }
}
