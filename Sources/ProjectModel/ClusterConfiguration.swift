package import Diagnostics

/// The cluster that `redstart cluster` makes, as project.yml describes it.
package struct ClusterConfiguration: Hashable, Sendable {
  /// The cluster's name in AWS, and the stem of the names of everything that belongs to it.
  package var identifier: String
  package var nodeType = "ra3.large"
  package var nodeCount = 1
  package var database = "dev"
  /// The administrator, whose password AWS keeps.
  package var user = "redstart"
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
  /// The subnets to use; nil for those of the account's default network.
  package var subnetGroup: String?
  /// Whether `down` keeps a snapshot.
  package var takesFinalSnapshot = true
  package var tags: [Tag] = []
  /// Where the section is.
  package var range: TextRange?

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
  package var user: String
  package var region: String
  package var identifier: String
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
      user: endpoint["user"]?.string ?? "redstart",
      region: state["region"]?.string ?? "",
      identifier: identifier,
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
