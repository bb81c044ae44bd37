@testable import AWSClient

extension OperationTests {
  private static func facts(_ namespace: Namespace) -> [String?] {
    [
      namespace.name, namespace.arn, namespace.identifier, namespace.status, namespace.database,
      namespace.adminUser, namespace.adminPasswordSecret, namespace.roles.last,
      namespace.defaultRole, namespace.created?.iso8601,
    ]
  }

  private static func namespace(_ path: String) -> [String?] {
    [
      "\(path).namespaceName", "\(path).namespaceArn", "\(path).namespaceId", "AVAILABLE",
      "\(path).dbName", "\(path).adminUsername", "\(path).adminPasswordSecretArn",
      "\(path).iamRoles.2", "\(path).defaultIamRoleArn", moment,
    ]
  }

  private static func facts(_ workgroup: Workgroup) -> [String?] {
    [
      workgroup.name, workgroup.arn, workgroup.identifier, workgroup.namespace, workgroup.status,
      workgroup.baseCapacity.map { "\($0)" }, workgroup.maximumCapacity.map { "\($0)" },
      workgroup.host, workgroup.port.map { "\($0)" }, workgroup.network,
      "\(workgroup.isPublic)", workgroup.securityGroups.last, workgroup.subnets.last,
      workgroup.created?.iso8601,
    ]
  }

  private static func workgroup(_ path: String) -> [String?] {
    [
      "\(path).workgroupName", "\(path).workgroupArn", "\(path).workgroupId",
      "\(path).namespaceName", "CREATING", "7", "7", "\(path).endpoint.address", "7",
      "\(path).endpoint.vpcEndpoints.1.vpcId", "true", "\(path).securityGroupIds.2",
      "\(path).subnetIds.2", moment,
    ]
  }

  static let serverlessCases: [String: Case] = [
    "CreateNamespace": Case(
      perform: { (client) async throws(AWSError) in
        var request = CreateNamespaceRequest(name: "ns1")
        request.adminUser = "admin"
        request.database = "dev"
        request.roles = ["arn:1"]
        request.defaultRole = "arn:1"
        request.tags = tags
        return facts(try await client.redshiftServerless.createNamespace(request))
      },
      expected: namespace("namespace")
    ),
    "GetNamespace": Case(
      perform: { (client) async throws(AWSError) in
        facts(try await client.redshiftServerless.namespace("ns1"))
      },
      expected: namespace("namespace")
    ),
    "UpdateNamespace": Case(
      perform: { (client) async throws(AWSError) in
        facts(
          try await client.redshiftServerless.updateNamespace(
            "ns1",
            roles: ["arn:1"],
            defaultRole: "arn:1"
          )
        )
      },
      expected: namespace("namespace")
    ),
    "DeleteNamespace": Case(
      perform: { (client) async throws(AWSError) in
        facts(
          try await client.redshiftServerless.deleteNamespace(
            "ns1",
            finalSnapshot: "last",
            retentionDays: 7
          )
        )
      },
      expected: namespace("namespace")
    ),
    "ListNamespaces": Case(
      perform: { (client) async throws(AWSError) in
        facts(try await client.redshiftServerless.namespaces()[1])
      },
      expected: namespace("namespaces.2")
    ),
    "CreateWorkgroup": Case(
      perform: { (client) async throws(AWSError) in
        var request = CreateWorkgroupRequest(name: "wg1", namespace: "ns1")
        request.baseCapacity = 8
        request.maximumCapacity = 64
        request.isPublic = true
        request.securityGroups = ["sg-1"]
        request.subnets = ["s-1"]
        request.port = 5439
        request.parameters = [("require_ssl", "true")]
        request.tags = tags
        return facts(try await client.redshiftServerless.createWorkgroup(request))
      },
      expected: workgroup("workgroup")
    ),
    "GetWorkgroup": Case(
      perform: { (client) async throws(AWSError) in
        facts(try await client.redshiftServerless.workgroup("wg1"))
      },
      expected: workgroup("workgroup")
    ),
    "UpdateWorkgroup": Case(
      perform: { (client) async throws(AWSError) in
        var request = UpdateWorkgroupRequest(name: "wg1")
        request.baseCapacity = 16
        request.maximumCapacity = 32
        request.isPublic = false
        request.securityGroups = ["sg-2"]
        return facts(try await client.redshiftServerless.updateWorkgroup(request))
      },
      expected: workgroup("workgroup")
    ),
    "DeleteWorkgroup": Case(
      perform: { (client) async throws(AWSError) in
        facts(try await client.redshiftServerless.deleteWorkgroup("wg1"))
      },
      expected: workgroup("workgroup")
    ),
    "ListWorkgroups": Case(
      perform: { (client) async throws(AWSError) in
        facts(try await client.redshiftServerless.workgroups()[0])
      },
      expected: workgroup("workgroups.1")
    ),
    "ListTagsForResource": Case(
      perform: { (client) async throws(AWSError) in
        let found = try await client.redshiftServerless.tags(of: "arn:wg1")
        return found.flatMap { [$0.key, $0.value] }
      },
      expected: ["tags.1.key", "tags.1.value", "tags.2.key", "tags.2.value"]
    ),
    "GetCredentials": Case(
      perform: { (client) async throws(AWSError) in
        let found = try await client.redshiftServerless.credentials(
          workgroup: "wg1",
          database: "dev",
          durationSeconds: 900
        )
        return [found.user, found.password.revealed, found.expiration?.iso8601]
      },
      expected: ["dbUser", "dbPassword", moment]
    ),
  ]
}
