package import Diagnostics
import ProjectModel

/// What redstart made, as it stands in the state folder; it holds no secret.
///
/// It is written before and after each change, so that it names whatever may exist. What decides is
/// the tags in AWS: without the record, `up` and `down` find the same things by name and tags.
package struct ClusterRecord: Hashable, Sendable {
  /// Something in AWS.
  package struct Item: Hashable, Sendable {
    /// `role`, `group` or `cluster`.
    package var kind: String
    package var name: String
    /// `creating`, `created` or `deleting`.
    package var state: String
  }

  /// Where the cluster takes connections.
  package struct Endpoint: Hashable, Sendable {
    package var host: String
    package var port: Int
    package var database: String
    package var user: String
  }

  package var project: String
  package var cluster: String
  package var region: String
  package var items: [Item] = []
  package var endpoint: Endpoint?
  package var roleARN: String?
  package var finalSnapshot: String?

  package init(project: String, cluster: String, region: String) {
    self.project = project
    self.cluster = cluster
    self.region = region
  }

  /// The record of a project; nil when there is none.
  package static func read(root: String) throws(Diagnostic) -> ClusterRecord? {
    guard let state = try RecordedCluster.state(root: root) else { return nil }
    guard state["version"]?.integer == 1,
      let project = state["project"]?.string, let cluster = state["cluster"]?.string,
      let region = state["region"]?.string
    else { throw .clusterState(RecordedCluster.path) }
    var record = ClusterRecord(project: project, cluster: cluster, region: region)
    for item in state["items"]?.list ?? [] {
      guard let kind = item.dictionary?["kind"]?.string, let name = item.dictionary?["name"]?.string
      else { throw .clusterState(RecordedCluster.path) }
      let state = item.dictionary?["state"]?.string ?? "created"
      record.items.append(Item(kind: kind, name: name, state: state))
    }
    if let endpoint = state["endpoint"]?.dictionary, let host = endpoint["host"]?.string {
      record.endpoint = Endpoint(
        host: host,
        port: endpoint["port"]?.integer ?? 5439,
        database: endpoint["database"]?.string ?? "dev",
        user: endpoint["user"]?.string ?? "redstart"
      )
    }
    record.roleARN = state["role_arn"]?.string
    record.finalSnapshot = state["final_snapshot"]?.string
    return record
  }

  /// Writes the record, so that a reader sees the old one or the new one.
  package func write(root: String) throws(Diagnostic) {
    let path = FilePath.joining(root, RecordedCluster.path)
    try FileSystem.makeDirectories(FilePath.parent(of: path), mode: 0o700)
    try FileSystem.write(plain.jsonString + "\n", to: path, mode: 0o600)
  }

  /// Notes that something is about to change, or has changed.
  package mutating func note(_ kind: String, _ name: String, _ state: String) {
    items.removeAll { $0.kind == kind && $0.name == name }
    items.append(Item(kind: kind, name: name, state: state))
    items.sort { ($0.kind, $0.name) < ($1.kind, $1.name) }
  }

  private var plain: PlainValue {
    [
      "version": 1,
      "project": .string(project),
      "cluster": .string(cluster),
      "region": .string(region),
      "items": .list(
        items.map {
          ["kind": .string($0.kind), "name": .string($0.name), "state": .string($0.state)]
        }
      ),
      "endpoint": endpoint.map {
        [
          "host": .string($0.host), "port": .integer($0.port), "database": .string($0.database),
          "user": .string($0.user),
        ]
      } ?? .null,
      "role_arn": roleARN.map { .string($0) } ?? .null,
      "final_snapshot": finalSnapshot.map { .string($0) } ?? .null,
    ]
  }
}

extension ClusterRecord {
  /// Takes the record away; one that is not there is gone already.
  package static func remove(root: String) throws(Diagnostic) {
    let path = FilePath.joining(root, RecordedCluster.path)
    guard FileSystem.exists(path) else { return }
    try FileSystem.removeTree(path)
  }
}
