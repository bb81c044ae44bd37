import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL

/// Models that are views, with the queries that they are made by.
enum ModelViews {
  /// - Returns: queries by `schema.name`; what does not compile is left out, and told by the
  ///   commands that build it.
  static func read(_ parsed: ParsedProject, _ buffers: Buffers) -> [String: String] {
    let views = parsed.graph.nodes.filter { _, node in
      node.kind == .model && node.config["materialized"]?.string == "view"
    }
    guard !views.isEmpty else { return [:] }
    let compilation = Compiler(parsed).compile(Set(views.keys))
    var queries: [String: String] = [:]
    for compiled in compilation.compiled.values {
      guard let name = compiled.relation else { continue }
      queries[MigrationScript.key(name)] = String(
        decoding: buffers.bytes(of: compiled.sql),
        as: UTF8.self
      )
    }
    return queries
  }
}
