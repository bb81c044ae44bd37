package import Diagnostics

/// The cluster that `redstart cluster` makes, as project.yml describes it.
package struct ClusterConfiguration: Hashable, Sendable {
  /// The name of the cluster or the workgroup in AWS, and the stem of the names of everything that
  /// belongs to it.
  package var identifier: String
  package var shape = Shape.provisioned(Provisioned())
  package var database = "dev"
  package var port = 5439
  /// Nil for the region of the AWS tools.
  package var region: String?
  /// What COPY may read, as `s3://bucket/prefix`.
  package var prefixes: [String] = []
  /// Whether the address of whoever runs `up` is let in.
  package var allowsCaller = true
  /// Blocks of addresses that are let in besides, as `203.0.113.0/24`.
  package var allowedBlocks: [String] = []
  /// Whether the endpoint has an address on the internet.
  package var isPublic = true
  /// Whether `down` keeps a snapshot.
  package var takesFinalSnapshot = true
  /// After how many days AWS deletes that snapshot; nil for never.
  package var finalSnapshotDays: Int?
  /// Dollars for an hour of one node, or of one RPU, as the user knows them; nil for redstart's own
  /// small table.
  package var unitPrice: Double?
  package var tags: [Tag] = []
  /// Where the section is.
  package var range: TextRange?

  /// What computes.
  package enum Shape: Hashable, Sendable {
    /// Nodes that run, and cost, until they are paused.
    case provisioned(Provisioned)
    /// What runs, and costs, while there are queries.
    case serverless(Serverless)
  }

  /// Nodes of one type.
  package struct Provisioned: Hashable, Sendable {
    package var nodeType = "ra3.large"
    package var nodeCount = 1
    /// The administrator, whose password AWS keeps.
    package var user = "redstart"
    /// The subnets to use; nil for those of the account's default network.
    package var subnetGroup: String?

    package init() {}
  }

  /// A workgroup, which computes, and the namespace that it works on.
  package struct Serverless: Hashable, Sendable {
    package var namespace: String
    /// In RPU: what queries begin with.
    package var baseCapacity = 8
    /// In RPU: what AWS may grow to; nil where AWS decides.
    package var maximumCapacity: Int?
    /// The administrator, whose password AWS keeps; nil where whoever makes the namespace is it.
    package var user: String?
    /// Empty for those of the account's default network.
    package var subnets: [String] = []

    package init(namespace: String) {
      self.namespace = namespace
    }
  }

  /// The nodes; nil for serverless warehouses.
  package var provisioned: Provisioned? {
    if case .provisioned(let nodes) = shape { return nodes }
    return nil
  }

  /// The namespace and its capacity; nil for provisioned clusters.
  package var serverless: Serverless? {
    if case .serverless(let serverless) = shape { return serverless }
    return nil
  }

  /// What the identifier is of, in words.
  package var noun: String { serverless == nil ? "cluster" : "workgroup" }

  /// A word of the user's own on everything that is made.
  package struct Tag: Hashable, Sendable {
    package var key: String
    package var value: String

    package init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  /// A cluster with everything else as it is when nothing is said.
  package init(identifier: String) {
    self.identifier = identifier
  }
}

/// What the last `redstart cluster up` recorded, for targets that name no host.
package struct RecordedCluster: Hashable, Sendable {
  package var host: String
  package var port: Int
  package var database: String
  /// Nil where AWS derives the user from whoever asks.
  package var user: String?
  package var region: String
  /// Of the cluster or the workgroup.
  package var identifier: String
  /// Of a serverless warehouse.
  package var namespace: String?
  package var roleARN: String?

  /// The file below the project's folder.
  package static let path = ".redstart/cluster.json"

  /// All that the file says; nil when there is none.
  package static func state(root: String) throws(Diagnostic) -> PlainDictionary? {
    let path = FilePath.joining(root, Self.path)
    guard FileSystem.isFile(path) else { return nil }
    let bytes = try FileSystem.read(path)
    let value: PlainValue
    do throws(PlainValue.JSONProblem) {
      value = try PlainValue(json: bytes)
    } catch {
      throw .clusterState(Self.path)
    }
    guard let state = value.dictionary else { throw .clusterState(Self.path) }
    return state
  }

  /// What is recorded for a project; nil when there is no cluster, or none that is ready.
  package static func read(root: String) throws(Diagnostic) -> RecordedCluster? {
    guard let state = try state(root: root) else { return nil }
    guard let endpoint = state["endpoint"]?.dictionary, let host = endpoint["host"]?.string,
      let identifier = state["cluster"]?.string
    else { return nil }
    return RecordedCluster(
      host: host,
      port: endpoint["port"]?.integer ?? 5439,
      database: endpoint["database"]?.string ?? "dev",
      user: endpoint["user"]?.string,
      region: state["region"]?.string ?? "",
      identifier: identifier,
      namespace: state["namespace"]?.string,
      roleARN: state["role_arn"]?.string
    )
  }
}

extension Diagnostic {
  /// A state file that nobody wrote like this.
  package static func clusterState(_ path: String) -> Diagnostic {
    Diagnostic(
      code: "cluster-state",
      "the record of the cluster cannot be understood",
      file: path,
      help: [
        "move it away; `redstart cluster up` and `down` find what they made by its tags, and write "
          + "a new one"
      ]
    )
  }
}
