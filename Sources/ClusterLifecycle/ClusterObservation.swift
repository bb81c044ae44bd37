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

  package var role: Role?
  package var group: Group?
  package var warehouse: Warehouse?
  /// The network that a new group is made in; nil when there is none to choose.
  package var network: String?

  /// Nothing exists.
  package init(network: String? = nil) {
    self.network = network
  }
}
