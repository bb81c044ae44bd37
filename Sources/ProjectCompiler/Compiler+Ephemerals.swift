import Diagnostics
import ProjectModel
import Templating

/// Ephemeral models, whose SQL becomes part of what reads them.
extension Compiler {
  func ephemeralName(_ id: String) -> String {
    parsed.graph.nodes[id].map { $0.alias ?? $0.name } ?? id
  }

  func isEphemeral(_ id: String) -> Bool {
    environment.relations[id]?.isEphemeral == true
  }

  /// Every ephemeral model that the node's SQL contains, directly or through another one.
  func ephemeralAncestors(of id: String) -> Set<String> {
    var found: Set<String> = []
    var frontier = [id]
    while let current = frontier.popLast() {
      for parent in parsed.graph.parents[current] ?? []
      where isEphemeral(parent) && found.insert(parent).inserted {
        frontier.append(parent)
      }
    }
    return found
  }

  /// What goes into other nodes: the texts of ephemeral models, each model's own SQL alone.
  ///
  /// A node gets all that it needs side by side, so that a model needed twice is there once.
  struct ReadyEphemerals: Sendable {
    var texts: [String: MappedText] = [:]
    /// What each model's own text refers to, and what that does.
    var parents: [String: [String]] = [:]

    /// Models and what they refer to, in dbt's order: that of the calls of `ref`, parents first.
    func all(_ direct: [String]) -> [String] {
      var ordered: [String] = []
      var known: Set<String> = []
      for id in direct {
        for needed in (parents[id] ?? []) + [id] where known.insert(needed).inserted {
          ordered.append(needed)
        }
      }
      return ordered
    }
  }

  /// What became of ephemeral models.
  struct CompiledEphemerals {
    var compiled: [String: CompiledNode] = [:]
    var ready = ReadyEphemerals()
    /// Why models did not compile, by id.
    var failures: [String: [Diagnostic]] = [:]
    /// Ids of the models whose templates were rendered, whatever is wrong with their SQL.
    var rendered: Set<String> = []
    var diagnostics: [Diagnostic] = []
  }

  /// Compiles ephemeral models, given parents first.
  func compileEphemerals(_ ids: [String]) -> CompiledEphemerals {
    var result = CompiledEphemerals()
    for id in ids {
      let waiting = Set(result.compiled.filter { $0.value.isDeferred }.keys)
      var outcome = compile(id, result.ready, waiting: waiting)
      if let live = environment.live { outcome = settled(outcome, live) }
      result.diagnostics += outcome.diagnostics
      if outcome.text != nil { result.rendered.insert(id) }
      guard let node = outcome.compiled else {
        result.failures[id] = outcome.diagnostics.filter(\.isError)
        continue
      }
      result.compiled[id] = node
      if !node.isDeferred {
        result.ready.texts[id] = outcome.text
        result.ready.parents[id] = outcome.ephemerals
      }
    }
    return result
  }

  func injected(
    _ ids: [String],
    _ ephemerals: ReadyEphemerals,
    into text: MappedText
  ) -> MappedText {
    // `compile --no-inject-ephemeral-ctes` shows what was written.
    if environment.invocation.arguments["inject_ephemeral_ctes"]?.boolean == false { return text }
    return EphemeralInjection.inject(
      ids.compactMap { id in ephemerals.texts[id].map { (ephemeralName(id), $0) } },
      into: text,
      buffers: buffers
    )
  }

  /// The ephemeral models that a rendering referred to, in the order of the calls.
  func directEphemerals(
    of context: NodeContext,
    node: Node
  ) throws(Diagnostic) -> [String] {
    var direct: [String] = []
    for reference in context.captured.references {
      let id = try parsed.resolver.identifier(of: reference, from: node)
      if isEphemeral(id), !direct.contains(id) { direct.append(id) }
    }
    return direct
  }
}
