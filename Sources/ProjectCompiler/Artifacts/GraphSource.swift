import Diagnostics
import ProjectModel
import Synchronization

/// The templates' `graph`: made when the first template asks for it, once for all.
final class GraphSource: Sendable {
  private let made = Mutex<PlainDictionary?>(nil)
  private let graph: Graph
  private let entries: NodeEntry
  private let sections: PlainDictionary

  /// `sections` has what is no node: exposures, groups …
  init(graph: Graph, project: Project, buffers: Buffers, sections: PlainDictionary) {
    self.graph = graph
    self.sections = sections
    entries = NodeEntry(project: project, buffers: buffers)
  }

  var value: PlainDictionary {
    made.withLock { made in
      if let made { return made }
      let value = make()
      made = value
      return value
    }
  }

  private func make() -> PlainDictionary {
    var nodes = PlainDictionary()
    var sources = PlainDictionary()
    for id in graph.nodes.keys.sorted() {
      guard let node = graph.nodes[id] else { continue }
      switch node.kind {
      case .source: sources[id] = .dictionary(entries.source(node))
      case .migration, .exposure, .unitTest: continue
      default: nodes[id] = .dictionary(entries.entry(node))
      }
    }
    var value: PlainDictionary = [
      "exposures": [:], "functions": [:], "groups": [:], "metrics": [:],
      "nodes": .dictionary(nodes), "sources": .dictionary(sources),
      "semantic_models": [:], "saved_queries": [:],
    ]
    value.merge(sections)
    return value
  }
}
