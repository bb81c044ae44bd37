@testable import AWSClient

extension OperationTests {
  private static func facts(_ cluster: Cluster) -> [String?] {
    [
      cluster.identifier, cluster.status, cluster.availability, cluster.nodeType,
      "\(cluster.nodeCount)", cluster.masterUser, cluster.database, cluster.host,
      cluster.port.map { "\($0)" }, cluster.network, cluster.subnetGroup,
      cluster.groups.last?.identifier, cluster.roles.last?.arn, cluster.roles.last?.status,
      cluster.defaultRole, "\(cluster.isPublic) \(cluster.isEncrypted)", cluster.namespaceARN,
      cluster.masterPasswordSecret, cluster.created?.iso8601, cluster.tags.last?.value,
    ]
  }

  private static func cluster(_ path: String) -> [String?] {
    [
      "\(path).ClusterIdentifier", "\(path).ClusterStatus", "\(path).ClusterAvailabilityStatus",
      "\(path).NodeType", "7", "\(path).MasterUsername", "\(path).DBName",
      "\(path).Endpoint.Address", "7", "\(path).VpcId", "\(path).ClusterSubnetGroupName",
      "\(path).VpcSecurityGroups.2.VpcSecurityGroupId", "\(path).IamRoles.2.IamRoleArn",
      "\(path).IamRoles.2.ApplyStatus", "\(path).DefaultIamRoleArn", "true true",
      "\(path).ClusterNamespaceArn", "\(path).MasterPasswordSecretArn", moment,
      "\(path).Tags.2.Value",
    ]
  }

  static let clusterCases: [String: Case] = [
    "CreateCluster": Case(
      perform: { (client) async throws(AWSError) in
        var request = CreateClusterRequest(
          identifier: "c1",
          nodeType: "ra3.large",
          masterUser: "admin"
        )
        request.nodeCount = 2
        request.database = "dev"
        request.port = 5439
        request.roles = ["arn:1", "arn:2"]
        request.defaultRole = "arn:1"
        request.securityGroups = ["sg-1"]
        request.subnetGroup = "subnets"
        request.isPublic = true
        request.tags = tags
        return facts(try await client.redshift.createCluster(request))
      },
      expected: cluster("Cluster")
    ),
    "DescribeClusters": Case(
      perform: { (client) async throws(AWSError) in
        facts(try await client.redshift.clusters("c1", tagKeys: ["made-by"])[1])
      },
      expected: cluster("Clusters.2")
    ),
    "ModifyCluster": Case(
      perform: { (client) async throws(AWSError) in
        var request = ModifyClusterRequest(identifier: "c1")
        request.nodeType = "ra3.4xlarge"
        request.nodeCount = 3
        request.securityGroups = ["sg-1", "sg-2"]
        request.isPublic = false
        request.isEncrypted = true
        request.managesMasterPassword = true
        return facts(try await client.redshift.modifyCluster(request))
      },
      expected: cluster("Cluster")
    ),
    "PauseCluster": Case(
      perform: { (client) async throws(AWSError) in
        facts(try await client.redshift.pauseCluster("c1"))
      },
      expected: cluster("Cluster")
    ),
    "ResumeCluster": Case(
      perform: { (client) async throws(AWSError) in
        facts(try await client.redshift.resumeCluster("c1"))
      },
      expected: cluster("Cluster")
    ),
    "DeleteCluster": Case(
      perform: { (client) async throws(AWSError) in
        facts(try await client.redshift.deleteCluster("c1", finalSnapshot: "last"))
      },
      expected: cluster("Cluster")
    ),
    "ModifyClusterIamRoles": Case(
      perform: { (client) async throws(AWSError) in
        facts(
          try await client.redshift.modifyClusterIAMRoles(
            "c1",
            add: ["arn:1"],
            remove: ["arn:2"],
            defaultRole: "arn:1"
          )
        )
      },
      expected: cluster("Cluster")
    ),
    "GetClusterCredentials": Case(
      perform: { (client) async throws(AWSError) in
        let found = try await client.redshift.clusterCredentials(
          "c1",
          user: "etl",
          database: "dev",
          autoCreate: false,
          groups: ["a", "b"],
          durationSeconds: 900
        )
        return [found.user, found.password.revealed, found.expiration?.iso8601]
      },
      expected: ["DbUser", "DbPassword", moment]
    ),
    "GetClusterCredentialsWithIAM": Case(
      perform: { (client) async throws(AWSError) in
        let found = try await client.redshift.clusterCredentialsWithIAM(
          "c1",
          database: "dev",
          durationSeconds: 900
        )
        return [found.user, found.password.revealed, found.expiration?.iso8601]
      },
      expected: ["DbUser", "DbPassword", moment]
    ),
    "CreateClusterSubnetGroup": Case(
      perform: { (client) async throws(AWSError) in
        let group = try await client.redshift.createSubnetGroup(
          "subnets",
          description: "all",
          subnets: ["s-1", "s-2"],
          tags: tags
        )
        return [group.name, group.network, group.status] + group.subnets
      },
      expected: [
        "ClusterSubnetGroup.ClusterSubnetGroupName", "ClusterSubnetGroup.VpcId",
        "ClusterSubnetGroup.SubnetGroupStatus", "ClusterSubnetGroup.Subnets.1.SubnetIdentifier",
        "ClusterSubnetGroup.Subnets.2.SubnetIdentifier",
      ]
    ),
    "DescribeClusterSubnetGroups": Case(
      perform: { (client) async throws(AWSError) in
        try await client.redshift.subnetGroups("subnets").map(\.name)
      },
      expected: [
        "ClusterSubnetGroups.1.ClusterSubnetGroupName",
        "ClusterSubnetGroups.2.ClusterSubnetGroupName",
      ]
    ),
    "DeleteClusterSubnetGroup": Case(
      perform: { (client) async throws(AWSError) in
        try await client.redshift.deleteSubnetGroup("subnets")
        return []
      },
      expected: []
    ),
    "CreateTags": Case(
      perform: { (client) async throws(AWSError) in
        try await client.redshift.createTags("arn:c", tags)
        return []
      },
      expected: []
    ),
    "DeleteTags": Case(
      perform: { (client) async throws(AWSError) in
        try await client.redshift.deleteTags("arn:c", keys: ["made-by", "empty"])
        return []
      },
      expected: []
    ),
    "DescribeTags": Case(
      perform: { (client) async throws(AWSError) in
        try await client.redshift.tags("arn:c").map { "\($0.key)=\($0.value)" }
      },
      expected: [
        "TaggedResources.1.Tag.Key=TaggedResources.1.Tag.Value",
        "TaggedResources.2.Tag.Key=TaggedResources.2.Tag.Value",
      ]
    ),
  ]
}
