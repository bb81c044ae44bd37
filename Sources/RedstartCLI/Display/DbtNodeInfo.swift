import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import Synchronization

/// What events say of nodes, in dbt's names.
final class DbtNodeInfo: Sendable {
  private let parsed: ParsedProject
  private let groups: [String: PlainDictionary]
  /// Checksums of texts that were asked for, by the node's id.
  private let checksums = Mutex<[String: String]>([:])

  init(_ parsed: ParsedProject) {
    self.parsed = parsed
    groups = parsed.groupRecords
  }

  /// The group that a node belongs to, with its owner.
  func group(of id: String) -> PlainDictionary? { groups[id] }

  /// `node_info` of an event.
  func info(_ id: String, _ result: NodeResult? = nil) -> PlainValue {
    guard let node = parsed.graph.nodes[id] else {
      return ["unique_id": .string(id), "node_name": .string(result?.name ?? id)]
    }
    let relation = node.relationName
    return [
      "materialized": .string(node.config["materialized"]?.string ?? ""),
      "meta": node.config["meta"] ?? [:],
      "node_checksum": .string(checksum(of: node)),
      "node_name": .string(node.name),
      "node_path": .string(node.path),
      "node_relation": [
        "alias": .string(node.alias ?? node.name), "database": .string(node.database ?? ""),
        "relation_name": .string(node.kind == .function ? "" : relation?.sql ?? ""),
        "schema": .string(node.schema ?? ""),
      ],
      "node_started_at": .string(result?.execute.started.iso8601 ?? ""),
      "node_finished_at": .string(result?.execute.completed.iso8601 ?? ""),
      "node_status": .string(result?.status.rawValue ?? "started"),
      "resource_type": .string(node.kind.rawValue),
      "unique_id": .string(id),
    ]
  }

  private func checksum(of node: Node) -> String {
    if let known = checksums.withLock({ $0[node.uniqueID] }) { return known }
    let checksum = parsed.checksum(of: node) ?? ""
    checksums.withLock { $0[node.uniqueID] = checksum }
    return checksum
  }
}
