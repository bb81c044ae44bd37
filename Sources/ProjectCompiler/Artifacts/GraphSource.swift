import Diagnostics
import ProjectModel
import Synchronization
import Templating

/// The templates' `graph`: made when the first template asks for it, once for all.
///
/// While nodes run, they share one: macros of packages keep things in it from node to node.
final class GraphSource: Sendable {
  private let made = Mutex<PlainDictionary?>(nil)
  /// Whose turn it is to render: what templates share is touched by nobody else.
  let turn = RenderingTurn()
  private nonisolated(unsafe) var sharedValue: Value?
  /// Those who can have put something of theirs into it, which speaks of them without holding them.
  private nonisolated(unsafe) var contributors: [NodeContext] = []
  private let graph: Graph
  private let entries: NodeEntry
  private let operations: [Node]
  private let sections: PlainDictionary

  /// Prepares it; `sections` has what is no node, as exposures and groups.
  init(
    graph: Graph,
    project: Project,
    buffers: Buffers,
    operations: [Node],
    sections: PlainDictionary
  ) {
    self.graph = graph
    self.operations = operations
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

  /// The one `graph` of a run, for a template whose turn it is.
  func shared(with context: NodeContext) -> Value {
    contributors.append(context)
    if let sharedValue { return sharedValue }
    let value = Value(.dictionary(value))
    sharedValue = value
    return value
  }

  private func make() -> PlainDictionary {
    var nodes = PlainDictionary()
    var sources = PlainDictionary()
    var exposures = PlainDictionary()
    var functions = PlainDictionary()
    var semantics: [Node.Kind: PlainDictionary] = [:]
    for id in graph.nodes.keys.sorted() {
      guard let node = graph.nodes[id] else { continue }
      switch node.kind {
      case .source: sources[id] = .dictionary(entries.source(node))
      case .exposure: exposures[id] = .dictionary(entries.exposure(node))
      case .migration, .unitTest: continue
      case .function: functions[id] = .dictionary(entries.entry(node))
      case .semanticModel, .metric, .savedQuery:
        semantics[node.kind, default: [:]][id] = .dictionary(entries.semantic(node))
      default: nodes[id] = .dictionary(entries.entry(node))
      }
    }
    for node in operations { nodes[node.uniqueID] = .dictionary(entries.entry(node)) }
    var value: PlainDictionary = [
      "exposures": .dictionary(exposures), "functions": .dictionary(functions),
      "groups": [:],
      "metrics": .dictionary(semantics[.metric] ?? [:]),
      "nodes": .dictionary(nodes), "sources": .dictionary(sources),
      "semantic_models": .dictionary(semantics[.semanticModel] ?? [:]),
      "saved_queries": .dictionary(semantics[.savedQuery] ?? [:]),
    ]
    value.merge(sections)
    return value
  }
}
