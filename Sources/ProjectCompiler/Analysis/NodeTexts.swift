import Diagnostics
import ProjectModel

/// The compiled nodes of a project in the order in which they are analysed.
struct NodeTexts: Sendable {
  var seeds: [CompiledNode] = []
  /// Models and snapshots; those of one level do not read each other.
  var levels: [[CompiledNode]] = []
  /// Tests and analyses, which nothing reads.
  var readers: [CompiledNode] = []
  /// Models and seeds with hooks.
  var hooked: [CompiledNode] = []
  /// What differs when a node's table is there already, by unique_id.
  var incremental: [String: CompiledNode] = [:]
  var startHooks: [BufferID] = []
  var endHooks: [BufferID] = []

  init(_ compilation: Compilation, _ parsed: ParsedProject) {
    let graph = compilation.graph
    let compiled = Self.withAncestors(compilation, parsed)
    var depths: [String: Int] = [:]
    for id in graph.order {
      guard let node = compiled[id] else { continue }
      if !node.preHooks.isEmpty || !node.postHooks.isEmpty { hooked.append(node) }
      switch node.node.kind {
      case .seed: seeds.append(node)
      case .model, .snapshot:
        let depth = (graph.parents[id] ?? []).compactMap { depths[$0] }.max().map { $0 + 1 } ?? 0
        depths[id] = depth
        if depth == levels.count { levels.append([]) }
        levels[depth].append(node)
      default: readers.append(node)
      }
    }
    let readingDatabase = Set(compiled.values.filter(\.readsDatabase).map(\.node.uniqueID))
    if !readingDatabase.isEmpty {
      var existing = ExistingRelations()
      for node in compiled.values {
        if let name = node.relation { existing[name] = .table }
      }
      incremental = Compiler(parsed, existing: existing).compile(readingDatabase).compiled
        .filter { readingDatabase.contains($0.key) }
    }
    let compiler = Compiler(parsed)
    startHooks = Self.hooks(parsed.project.configuration.onRunStart, "on-run-start", compiler)
    endHooks = Self.hooks(parsed.project.configuration.onRunEnd, "on-run-end", compiler)
  }

  /// Hooks of the project and of its nodes.
  var allHooks: [BufferID] {
    startHooks + hooked.flatMap { ($0.preHooks + $0.postHooks).compactMap(\.sql) } + endHooks
  }

  /// What runs before the SQL of nodes, in the same session.
  var headers: [BufferID] { (levels.joined() + readers).compactMap(\.headerSQL) }

  /// Only some of the nodes.
  func restricted(to ids: Set<String>) -> NodeTexts {
    var rest = self
    rest.seeds.removeAll { !ids.contains($0.node.uniqueID) }
    rest.levels = levels.map { level in level.filter { ids.contains($0.node.uniqueID) } }
    rest.readers.removeAll { !ids.contains($0.node.uniqueID) }
    rest.hooked.removeAll { !ids.contains($0.node.uniqueID) }
    return rest
  }

  /// Adds what the compiled nodes read; what of it does not compile stays unknown.
  private static func withAncestors(
    _ compilation: Compilation,
    _ parsed: ParsedProject
  ) -> [String: CompiledNode] {
    var missing: Set<String> = []
    var frontier = Array(compilation.compiled.keys)
    var seen = Set(frontier)
    while let id = frontier.popLast() {
      for parent in compilation.graph.parents[id] ?? [] where seen.insert(parent).inserted {
        frontier.append(parent)
        if compilation.compiled[parent] == nil { missing.insert(parent) }
      }
    }
    guard !missing.isEmpty else { return compilation.compiled }
    let more = Compiler(parsed).compile(missing).compiled
    return compilation.compiled.merging(more) { first, _ in first }
  }

  /// Hooks of the project; what is wrong with their templates is said when they run.
  private static func hooks(
    _ texts: [String],
    _ name: String,
    _ compiler: Compiler
  ) -> [BufferID] {
    var buffers: [BufferID] = []
    for text in texts {
      do throws(Diagnostic) {
        buffers.append(try compiler.compileHook(text, name: name))
      } catch {
        continue
      }
    }
    return buffers
  }
}
