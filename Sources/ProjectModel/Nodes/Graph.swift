/// Every node of a project and the edges between them.
///
/// Immutable once built.
package struct Graph: Sendable {
  package let nodes: [String: Node]
  /// unique_ids in a stable topological order (parents first; ties by unique_id).
  package let order: [String]
  /// Direct parents by unique_id.
  package let parents: [String: [String]]
  /// Direct children by unique_id.
  package let children: [String: [String]]

  /// Builds the graph from the nodes' `dependencies`.
  ///
  /// Dependencies on ids that are not among `nodes` are left out. `cycle` is one whole cycle
  /// (first node repeated at the end) when there is one; nodes on cycles are then missing from
  /// `order`.
  package init(nodes: [Node]) {
    var byID: [String: Node] = [:]
    for node in nodes { byID[node.uniqueID] = node }
    var parents: [String: [String]] = [:]
    var children: [String: [String]] = [:]
    let ids = byID.keys.sorted()
    for id in ids {
      var seen: Set<String> = []
      let known = (byID[id]?.dependencies ?? []).filter {
        byID[$0] != nil && seen.insert($0).inserted
      }
      parents[id] = known
      for parent in known { children[parent, default: []].append(id) }
    }
    var waiting = parents.mapValues(\.count)
    var ready = ids.filter { waiting[$0] == 0 }
    var order: [String] = []
    while !ready.isEmpty {
      var next: [String] = []
      for id in ready {
        order.append(id)
        for child in children[id] ?? [] {
          let left = (waiting[child] ?? 1) - 1
          waiting[child] = left
          if left == 0 { next.append(child) }
        }
      }
      ready = next.sorted()
    }
    self.nodes = byID
    self.order = order
    self.parents = parents
    self.children = children
  }

  /// One whole cycle, its first node repeated at the end; nil when there is none.
  package var cycle: [String]? {
    let placed = Set(order)
    guard placed.count < nodes.count,
      let start = nodes.keys.filter({ !placed.contains($0) }).min()
    else { return nil }
    // Each node that was not placed has a parent that was not placed; walking up must repeat.
    var path: [String] = []
    var current = start
    while !path.contains(current) {
      path.append(current)
      guard let parent = parents[current]?.first(where: { !placed.contains($0) }) else {
        return nil
      }
      current = parent
    }
    guard let first = path.firstIndex(of: current) else { return nil }
    return Array(path[first...]) + [current]
  }

  /// All nodes that `id` depends on, up to `depth` steps away (nil: any).
  package func ancestors(of id: String, depth: Int? = nil) -> Set<String> {
    reach(from: id, depth: depth) { parents[$0] ?? [] }
  }

  /// All nodes that depend on `id`, up to `depth` steps away (nil: any).
  package func descendants(of id: String, depth: Int? = nil) -> Set<String> {
    reach(from: id, depth: depth) { children[$0] ?? [] }
  }

  private func reach(
    from id: String,
    depth: Int?,
    successors: (String) -> [String]
  ) -> Set<String> {
    var found: Set<String> = []
    var frontier = [id]
    var steps = 0
    while !frontier.isEmpty, depth.map({ steps < $0 }) ?? true {
      var next: [String] = []
      for node in frontier {
        for successor in successors(node) where found.insert(successor).inserted {
          next.append(successor)
        }
      }
      frontier = next
      steps += 1
    }
    found.remove(id)
    return found
  }
}
