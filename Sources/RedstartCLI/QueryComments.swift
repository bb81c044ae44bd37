import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// What `query-comment:` of the project says to add to the statements of each node.
  ///
  /// Called `dbt`, a project without the setting has dbt's comment.
  ///
  /// - Throws: what is wrong with its template, or with what it gives.
  func queryComment(
    _ project: Project,
    _ parsed: ParsedProject,
    _ compiler: Compiler,
    _ selected: Set<String>
  ) throws(Diagnostic) -> @Sendable (Node) -> QueryComment? {
    let setting = project.configuration.queryComment
    let written: String?
    var isAppended = false
    switch setting {
    case nil: written = console.speaksDbt ? Self.defaultQueryComment : nil
    case .dictionary(let entries):
      written = entries["comment"]?.string ?? (console.speaksDbt ? Self.defaultQueryComment : nil)
      isAppended = entries["append"]?.boolean ?? false
    case .string(let text): written = text
    default: written = nil
    }
    guard let written else { return { _ in nil } }
    func comment(_ node: Node?) throws(Diagnostic) -> QueryComment? {
      let text = try Self.render(written, for: node, parsed, compiler, buffers)
      guard !text.contains("*/") else {
        throw Diagnostic(
          code: "query-comment",
          "the query comment contains \"*/\", which would end it",
          notes: ["it is: \(text)"]
        )
      }
      return QueryComment(text, isAppended: isAppended)
    }
    let general = try comment(nil)
    guard written.contains("node") else { return { _ in general } }
    var comments: [String: QueryComment] = [:]
    for id in selected.sorted() {
      guard let node = parsed.graph.nodes[id] else { continue }
      comments[id] = try comment(node)
    }
    let known = comments
    return { node in known[node.uniqueID] ?? general }
  }

  private static func render(
    _ text: String,
    for node: Node?,
    _ parsed: ParsedProject,
    _ compiler: Compiler,
    _ buffers: Buffers
  ) throws(Diagnostic) -> String {
    guard text.contains("{") else { return text }
    // In a macro, so that it may `return`.
    let template =
      "{%- macro query_comment_macro(connection_name, node) -%}\(text){%- endmacro -%}"
      + "{{ query_comment_macro(connection_name, comment_node) }}"
    let buffer = try compiler.compileHook(
      template,
      name: "query-comment",
      extra: [
        "connection_name": .string(node?.uniqueID ?? "master"),
        "comment_node": node.map { .dictionary(parsed.value(of: $0)) } ?? .null,
      ]
    )
    return String(decoding: buffers.bytes(of: buffer), as: UTF8.self)
  }

  private static let defaultQueryComment = """
    {%- set known = {'app': 'dbt', 'dbt_version': dbt_version, \
    'profile_name': target.get('profile_name'), 'target_name': target.get('target_name')} -%}
    {%- do known.update({'node_id': node.unique_id} if node is not none else \
    {'connection_name': connection_name}) -%}
    {{ return(tojson(known)) }}
    """
}
