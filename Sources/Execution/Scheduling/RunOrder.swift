package import ProjectModel

/// The selected part of a graph: which nodes run, and what each must wait for.
package struct RunOrder: Sendable {
  /// Parents first.
  package let order: [String]
  /// What each node waits for: the nearest selected nodes upstream of it, and tests that gate it.
  package let parents: [String: [String]]

  /// Projects the graph on the nodes that run.
  ///
  /// - Parameters:
  ///   - graph: the whole project.
  ///   - selected: the nodes that run; an edge through others (ephemeral models, nodes that were
  ///     not selected) becomes an edge between those around them.
  ///   - testsGate: whether a node waits for the tests of what it reads, as in `build`. A test of
  ///     several nodes gates those that read, directly or not, all of them.
  package init(graph: Graph, selected: Set<String>, testsGate: Bool) {
    let order = graph.order.filter(selected.contains)
    // For a node that does not run: the nearest ones upstream that do.
    var nearest: [String: [String]] = [:]
    for id in graph.order {
      var found: [String] = []
      var seen: Set<String> = []
      for parent in graph.parents[id] ?? [] {
        let sources = selected.contains(parent) ? [parent] : nearest[parent] ?? []
        for source in sources where seen.insert(source).inserted { found.append(source) }
      }
      nearest[id] = found
    }
    var parents: [String: [String]] = [:]
    for id in order { parents[id] = nearest[id] ?? [] }
    // A unit test needs what its model reads, not the model, which waits for it.
    for test in order where graph.nodes[test]?.kind == .unitTest {
      let models = (graph.parents[test] ?? []).filter(selected.contains)
      guard !models.isEmpty else { continue }
      parents[test] = models.flatMap { nearest[$0] ?? [] }
      if testsGate { for model in models { parents[model, default: []].append(test) } }
    }
    if testsGate {
      for (id, tests) in Self.gates(graph: graph, order: order, parents: parents) {
        parents[id, default: []] += tests
      }
    }
    self.order = order
    self.parents = parents
  }

  /// The tests that each node must wait for beside its parents.
  private static func gates(
    graph: Graph,
    order: [String],
    parents: [String: [String]]
  ) -> [String: [String]] {
    var children: [String: [String]] = [:]
    for id in order where graph.nodes[id]?.isTest == false {
      for parent in parents[id] ?? [] { children[parent, default: []].append(id) }
    }
    var gates: [String: [String]] = [:]
    for test in order where graph.nodes[test]?.kind == .test {
      let tested = parents[test] ?? []
      guard let first = tested.first else { continue }
      if tested.count == 1 {
        for child in children[first] ?? [] { gates[child, default: []].append(test) }
        continue
      }
      var shared = descendants(of: first, children)
      for other in tested.dropFirst() where !shared.isEmpty {
        shared.formIntersection(descendants(of: other, children))
      }
      // The ones further down wait for these anyway.
      for id in shared where !(parents[id] ?? []).contains(where: shared.contains) {
        gates[id, default: []].append(test)
      }
    }
    return gates.mapValues { $0.sorted() }
  }

  private static func descendants(
    of id: String,
    _ children: [String: [String]]
  ) -> Set<String> {
    var found: Set<String> = []
    var frontier = children[id] ?? []
    while let next = frontier.popLast() {
      guard found.insert(next).inserted else { continue }
      frontier += children[next] ?? []
    }
    return found
  }
}
