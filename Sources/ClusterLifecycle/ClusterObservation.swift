/// What AWS says about everything that belongs to a cluster.
package struct ClusterObservation: Hashable, Sendable {
  /// A role that COPY reads with.
  package struct Role: Hashable, Sendable {
    package var arn: String
    package var isOurs: Bool
    /// The policy that redstart writes into it.
    package var policy: String?

    package init(arn: String, isOurs: Bool, policy: String? = nil) {
      self.arn = arn
      self.isOurs = isOurs
      self.policy = policy
    }
  }

  /// The rules about who may reach the cluster.
  package struct Group: Hashable, Sendable {
    package var identifier: String
    package var isOurs: Bool
    /// Blocks that redstart let in; rules of others are not among them.
    package var blocks: [String]
    /// Blocks that others let in, to the same port.
    package var foreignBlocks: [String]

    package init(
      identifier: String,
      isOurs: Bool,
      blocks: [String] = [],
      foreignBlocks: [String] = []
    ) {
      self.identifier = identifier
      self.isOurs = isOurs
      self.blocks = blocks
      self.foreignBlocks = foreignBlocks
    }
  }

  /// The cluster itself.
  package struct Warehouse: Hashable, Sendable {
    package var status: String
    package var isOurs: Bool
    package var host: String?
    package var port: Int?
    package var nodeType: String
    package var nodeCount: Int
    package var database: String
    package var user: String
    /// ARNs of its roles, with whether each works already.
    package var roles: [String: Bool]
    /// Identifiers of its groups; empty when AWS does not tell.
    package var groups: [String]

    package init(
      status: String,
      isOurs: Bool,
      host: String? = nil,
      port: Int? = nil,
      nodeType: String,
      nodeCount: Int,
      database: String,
      user: String,
      roles: [String: Bool] = [:],
      groups: [String] = []
    ) {
      self.status = status
      self.isOurs = isOurs
      self.host = host
      self.port = port
      self.nodeType = nodeType
      self.nodeCount = nodeCount
      self.database = database
      self.user = user
      self.roles = roles
      self.groups = groups
    }
  }

  /// What a serverless warehouse stores.
  package struct Namespace: Hashable, Sendable {
    /// In small letters, as `available`.
    package var status: String
    package var isOurs: Bool
    package var database: String
    /// Nil where whoever made it is its administrator.
    package var user: String?
    /// Where AWS keeps the administrator's password.
    package var secret: String?
    /// ARNs of its roles, with whether each works already.
    package var roles: [String: Bool]
    package var defaultRole: String?

    package init(
      status: String,
      isOurs: Bool,
      database: String,
      user: String? = nil,
      secret: String? = nil,
      roles: [String: Bool] = [:],
      defaultRole: String? = nil
    ) {
      self.status = status
      self.isOurs = isOurs
      self.database = database
      self.user = user
      self.secret = secret
      self.roles = roles
      self.defaultRole = defaultRole
    }
  }

  /// What a serverless warehouse computes with.
  package struct Workgroup: Hashable, Sendable {
    /// In small letters, as `available`.
    package var status: String
    package var isOurs: Bool
    package var namespace: String
    package var host: String?
    package var port: Int?
    package var baseCapacity: Int?
    package var maximumCapacity: Int?
    package var isPublic: Bool
    /// Identifiers of its groups; empty when AWS does not tell.
    package var groups: [String]

    package init(
      status: String,
      isOurs: Bool,
      namespace: String,
      host: String? = nil,
      port: Int? = nil,
      baseCapacity: Int? = nil,
      maximumCapacity: Int? = nil,
      isPublic: Bool = true,
      groups: [String] = []
    ) {
      self.status = status
      self.isOurs = isOurs
      self.namespace = namespace
      self.host = host
      self.port = port
      self.baseCapacity = baseCapacity
      self.maximumCapacity = maximumCapacity
      self.isPublic = isPublic
      self.groups = groups
    }
  }

  package var role: Role?
  package var group: Group?
  /// Of provisioned clusters.
  package var warehouse: Warehouse?
  /// Of serverless warehouses.
  package var namespace: Namespace?
  package var workgroup: Workgroup?
  /// The network that a new group is made in; nil when there is none to choose.
  package var network: String?

  /// The state of what computes; nil when there is none.
  package var status: String? { warehouse?.status ?? workgroup?.status }

  /// Where it takes connections; nil when it does not.
  package var endpoint: (host: String, port: Int?)? {
    if let warehouse { return warehouse.host.map { ($0, warehouse.port) } }
    return workgroup?.host.map { ($0, workgroup?.port) }
  }

  /// Nothing exists.
  package init(network: String? = nil) {
    self.network = network
  }
}
