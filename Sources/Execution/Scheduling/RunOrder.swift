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
      let gates = Self.gates(graph: graph, order: order, parents: parents)
      for (id, tests) in gates { parents[id, default: []] += tests }
      // As in dbt, what keeps a model from running keeps its unit tests from it too.
      for test in order where graph.nodes[test]?.kind == .unitTest {
        for model in graph.parents[test] ?? [] where selected.contains(model) {
          parents[test, default: []] += gates[model] ?? []
        }
      }
    }
    self.order = order
    self.parents = parents
  }

  /// The tests that each node must wait for beside its parents, whether what they test runs or not:
  /// a test of what was made before, or of a source, says as much.
  private static func gates(
    graph: Graph,
    order: [String],
    parents: [String: [String]]
  ) -> [String: [String]] {
    // Exposures and saved queries wait for nothing but what they show.
    let gated = Set(
      order.filter { id in
        graph.nodes[id].map { !$0.isTest && $0.kind != .exposure && !$0.kind.isSemantic } ?? false
      }
    )
    var gates: [String: [String]] = [:]
    guard !gated.isEmpty else { return gates }
    let readers = nearestReaders(graph, among: gated)
    for test in order where graph.nodes[test]?.kind == .test {
      let tested = graph.parents[test] ?? []
      guard let first = tested.first else { continue }
      if tested.count == 1 {
        for id in readers[first] ?? [] { gates[id, default: []].append(test) }
        continue
      }
      var shared = descendants(of: first, graph)
      for other in tested.dropFirst() where !shared.isEmpty {
        shared.formIntersection(descendants(of: other, graph))
      }
      shared.formIntersection(gated)
      // The ones further down wait for these anyway.
      for id in shared where !(parents[id] ?? []).contains(where: shared.contains) {
        gates[id, default: []].append(test)
      }
    }
    return gates.mapValues { $0.sorted() }
  }

  /// For each node, those that read it directly or through others that are not among `gated`.
  private static func nearestReaders(
    _ graph: Graph,
    among gated: Set<String>
  ) -> [String: Set<String>] {
    var nearest: [String: Set<String>] = [:]
    for id in graph.order.reversed() {
      var found: Set<String> = []
      for child in graph.children[id] ?? [] where graph.nodes[child]?.isTest == false {
        if gated.contains(child) {
          found.insert(child)
        } else {
          found.formUnion(nearest[child] ?? [])
        }
      }
      if !found.isEmpty { nearest[id] = found }
    }
    return nearest
  }

  /// What reads a node, directly or not, tests apart.
  private static func descendants(of id: String, _ graph: Graph) -> Set<String> {
    var found: Set<String> = []
    var frontier = graph.children[id] ?? []
    while let next = frontier.popLast() {
      guard graph.nodes[next]?.isTest == false, found.insert(next).inserted else { continue }
      frontier += graph.children[next] ?? []
    }
    return found
  }
}
