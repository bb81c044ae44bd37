import Diagnostics
import ProjectCompiler
import ProjectModel

/// The first page: what there is, by kind and folder, and the whole graph when it can be seen at
/// once.
struct IndexPage {
  let site: DocumentationSite

  /// More boxes than this are no picture any more.
  private static let largestPicture = 150

  var html: HTML {
    let nodes = site.nodes
    let tests = site.parsed.graph.nodes.values.filter { $0.kind == .test }.count
    var counts = DocumentationSite.shownKinds.compactMap { kind -> String? in
      let count = nodes.filter { $0.kind == kind }.count
      return count == 0 ? nil : "\(count) \(Self.words(kind, count))"
    }
    if tests > 0 { counts.append("\(tests) test\(tests == 1 ? "" : "s")") }
    if !site.parsed.migrations.isEmpty {
      let count = site.parsed.migrations.count
      counts.append("\(count) migration\(count == 1 ? "" : "s")")
    }
    var body: HTML = """
      <h1>\(site.parsed.project.name)</h1>
      <p class="facts">\(counts.joined(separator: ", "))</p>
      """
    body += picture(nodes)
    for kind in DocumentationSite.shownKinds {
      let all = nodes.filter { $0.kind == kind }
      guard !all.isEmpty else { continue }
      body += "<section><h2>\(Self.title(kind))</h2>\(table(all))</section>"
    }
    return site.frame(title: site.parsed.project.name, root: "", body)
  }

  private func table(_ nodes: [Node]) -> HTML {
    let folders = Dictionary(grouping: nodes) { node in
      node.sourceName ?? node.fqn.dropLast().joined(separator: " / ")
    }
    return folders.keys.sorted().map { folder -> HTML in
      let rows = (folders[folder] ?? []).map { node -> HTML in
        let described = node.description.split(separator: "\n").first.map(String.init) ?? ""
        return """
          <tr><td><a href="docs/\(DocumentationSite.fileName(node.uniqueID))">\
          \(node.shownName)</a></td><td>\(node.config["materialized"]?.string ?? "")</td>\
          <td>\(DescriptionText.inline(described))</td></tr>
          """
      }
      return """
        <h3>\(folder)</h3><table><thead><tr><th>name</th><th>materialized</th><th>description</th>\
        </tr></thead><tbody>\(rows.joined(by: "\n"))</tbody></table>
        """
    }.joined()
  }

  private func picture(_ nodes: [Node]) -> HTML {
    let drawn = nodes.filter { $0.kind != .analysis }
    guard (2...Self.largestPicture).contains(drawn.count) else { return HTML() }
    let picture = LineagePicture(
      drawn.map { node in
        LineagePicture.Box(
          id: node.uniqueID,
          label: node.shownName,
          kind: node.kind.rawValue,
          address: "docs/" + DocumentationSite.fileName(node.uniqueID)
        )
      },
      parents: { site.parsed.graph.parents[$0] ?? [] }
    )
    return "<div class=\"picture\">\(picture.svg)</div>"
  }

  private static func title(_ kind: Node.Kind) -> String {
    let word = words(kind, 2)
    return word.prefix(1).uppercased() + word.dropFirst()
  }

  private static func words(_ kind: Node.Kind, _ count: Int) -> String {
    if kind == .analysis { return count == 1 ? "analysis" : "analyses" }
    return kind.rawValue + (count == 1 ? "" : "s")
  }
}
