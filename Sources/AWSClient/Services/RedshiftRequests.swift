/// A cluster to be made.
package struct CreateClusterRequest: Sendable {
  package var identifier: String
  package var nodeType: String
  package var masterUser: String
  /// Nil lets AWS keep the password in Secrets Manager.
  package var masterPassword: Secret?
  package var nodeCount = 1
  package var database: String?
  package var port: Int?
  package var roles: [String]?
  package var defaultRole: String?
  package var securityGroups: [String]?
  package var subnetGroup: String?
  package var isPublic = false
  package var isEncrypted = true
  package var tags: [AWSTag] = []

  /// A cluster of one node with a managed password.
  package init(identifier: String, nodeType: String, masterUser: String) {
    self.identifier = identifier
    self.nodeType = nodeType
    self.masterUser = masterUser
  }

  var fields: FormFields {
    var fields = FormFields()
    fields.set("DBName", database)
    fields.set("ClusterIdentifier", identifier)
    fields.set("ClusterType", nodeCount > 1 ? "multi-node" : "single-node")
    fields.set("NodeType", nodeType)
    fields.set("MasterUsername", masterUser)
    fields.set("MasterUserPassword", masterPassword?.revealed)
    fields.list("VpcSecurityGroupIds", member: "VpcSecurityGroupId", securityGroups)
    fields.set("ClusterSubnetGroupName", subnetGroup)
    fields.set("Port", port)
    fields.set("NumberOfNodes", nodeCount > 1 ? nodeCount : nil)
    fields.set("PubliclyAccessible", isPublic)
    fields.set("Encrypted", isEncrypted)
    fields.tags("Tags", member: "Tag", tags)
    fields.list("IamRoles", member: "IamRoleArn", roles)
    fields.set("DefaultIamRoleArn", defaultRole)
    fields.set("ManageMasterPassword", masterPassword == nil ? true : nil)
    return fields
  }
}

/// What to change about a cluster; what is nil stays.
package struct ModifyClusterRequest: Sendable {
  package var identifier: String
  package var nodeType: String?
  package var nodeCount: Int?
  package var securityGroups: [String]?
  package var isPublic: Bool?
  package var isEncrypted: Bool?
  package var managesMasterPassword: Bool?

  /// No change yet.
  package init(identifier: String) {
    self.identifier = identifier
  }

  var fields: FormFields {
    var fields = FormFields()
    fields.set("ClusterIdentifier", identifier)
    if let nodeCount { fields.set("ClusterType", nodeCount > 1 ? "multi-node" : "single-node") }
    fields.set("NodeType", nodeType)
    if let nodeCount, nodeCount > 1 { fields.set("NumberOfNodes", nodeCount) }
    fields.list("VpcSecurityGroupIds", member: "VpcSecurityGroupId", securityGroups)
    fields.set("PubliclyAccessible", isPublic)
    fields.set("Encrypted", isEncrypted)
    fields.set("ManageMasterPassword", managesMasterPassword)
    return fields
  }
}

/// A cluster as AWS describes it.
package struct Cluster: Hashable, Sendable {
  /// A role attached to a cluster.
  package struct Role: Hashable, Sendable {
    package var arn: String
    /// `in-sync`, `adding` or `removing`.
    package var status: String
  }

  /// A security group of a cluster.
  package struct Group: Hashable, Sendable {
    package var identifier: String
    package var status: String
  }

  package var identifier: String
  /// As `creating`, `available`, `paused`.
  package var status: String
  /// As `Available` or `Maintenance`; not always given.
  package var availability: String?
  package var nodeType: String
  package var nodeCount: Int
  package var masterUser: String
  package var database: String
  /// Nil while it is being made.
  package var host: String?
  package var port: Int?
  package var network: String?
  package var subnetGroup: String?
  package var groups: [Group]
  package var roles: [Role]
  package var defaultRole: String?
  package var isPublic: Bool
  package var isEncrypted: Bool
  package var namespaceARN: String?
  package var masterPasswordSecret: String?
  package var created: Timestamp?
  package var tags: [AWSTag]

  /// Whether it takes connections and its roles work.
  package var isReady: Bool {
    status == "available" && host != nil && roles.allSatisfy { $0.status == "in-sync" }
  }

  init(_ element: XMLElement) {
    identifier = element.text("ClusterIdentifier") ?? ""
    status = element.text("ClusterStatus") ?? ""
    availability = element.text("ClusterAvailabilityStatus")
    nodeType = element.text("NodeType") ?? ""
    nodeCount = element.integer("NumberOfNodes") ?? 1
    masterUser = element.text("MasterUsername") ?? ""
    database = element.text("DBName") ?? ""
    let endpoint = element.child("Endpoint")
    host = endpoint?.text("Address").flatMap { $0.isEmpty ? nil : $0 }
    port = endpoint?.integer("Port")
    network = element.text("VpcId").flatMap { $0.isEmpty ? nil : $0 }
    subnetGroup = element.text("ClusterSubnetGroupName").flatMap { $0.isEmpty ? nil : $0 }
    groups = element.list("VpcSecurityGroups", "VpcSecurityGroup").map {
      Group(identifier: $0.text("VpcSecurityGroupId") ?? "", status: $0.text("Status") ?? "")
    }
    roles = element.list("IamRoles", "ClusterIamRole").map {
      Role(arn: $0.text("IamRoleArn") ?? "", status: $0.text("ApplyStatus") ?? "")
    }
    defaultRole = element.text("DefaultIamRoleArn")
    isPublic = element.boolean("PubliclyAccessible") ?? false
    isEncrypted = element.boolean("Encrypted") ?? false
    namespaceARN = element.text("ClusterNamespaceArn")
    masterPasswordSecret = element.text("MasterPasswordSecretArn")
    created = element.time("ClusterCreateTime")
    tags = AWSTag.read(element.list("Tags", "Tag"))
  }
}

/// Subnets that clusters may be in.
package struct SubnetGroup: Hashable, Sendable {
  package var name: String
  package var network: String
  package var status: String
  package var subnets: [String]
  package var tags: [AWSTag]

  init(_ element: XMLElement) {
    name = element.text("ClusterSubnetGroupName") ?? ""
    network = element.text("VpcId") ?? ""
    status = element.text("SubnetGroupStatus") ?? ""
    subnets = element.list("Subnets", "Subnet").compactMap { $0.text("SubnetIdentifier") }
    tags = AWSTag.read(element.list("Tags", "Tag"))
  }
}
