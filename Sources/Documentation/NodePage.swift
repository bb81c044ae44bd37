import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL

/// The page of one node: what it is, its columns with where they come from, its tests, its SQL.
struct NodePage {
  let site: DocumentationSite
  let node: Node

  private var id: String { node.uniqueID }
  private var relation: ProjectLineage.Relation? { site.lineage.relations[id] }

  var html: HTML {
    var body: HTML = """
      <h1><span class="kind \(node.kind.rawValue)">\(node.kind.rawValue)</span> \
      \(node.shownName)</h1>
      """
    body += facts
    if !node.description.isEmpty {
      body += "<div class=\"description\">\(DescriptionText.html(node.description))</div>"
    }
    body += "<div class=\"picture\">\(picture.svg)</div>"
    body += arguments
    body += columns
    body += tests
    body += references
    body += texts
    return site.frame(title: "\(node.shownName) · \(site.parsed.project.name)", root: "../", body)
  }

  // MARK: - Facts

  private var facts: HTML {
    var facts: [(String, String)] = []
    if let name = node.functionName {
      let type = FunctionDeclaration(node).resultType
      facts.append(("name", name.description))
      if let type { facts.append(("returns", type)) }
      for key in ["type", "volatility"] {
        if let word = node.config[key]?.string { facts.append((key, word)) }
      }
    } else if let name = node.relationName {
      facts.append(("relation", name.description))
    }
    if node.kind != .function, let kind = node.config["materialized"]?.string {
      facts.append(("materialized", kind))
    }
    facts.append(("file", node.originalFilePath))
    if let patch = node.patchPath { facts.append(("described in", patch)) }
    if !node.tags.isEmpty { facts.append(("tags", node.tags.joined(separator: ", "))) }
    if let stored = site.stored[id] {
      facts.append(("in the warehouse", stored.kind.lowercased()))
      if let owner = stored.owner { facts.append(("owner", owner)) }
      for fact in stored.facts { facts.append((fact.name, fact.value)) }
    }
    for key in node.meta.keys {
      guard let value = node.meta[key] else { continue }
      facts.append((key, value.string ?? value.jsonString))
    }
    let rows = facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as HTML }
    return "<dl class=\"facts\">\(rows.joined())</dl>"
  }

  /// What a function takes.
  private var arguments: HTML {
    let declaration = FunctionDeclaration(node)
    guard node.kind == .function, !declaration.arguments.isEmpty else { return HTML() }
    let rows = declaration.arguments.map { argument -> HTML in
      let value = argument.defaultValue
      let text = value.isNull ? "" : value.string ?? value.jsonString
      return """
        <tr><td class="name">\(argument.name)</td><td class="type">\(argument.type)</td>\
        <td>\(text)</td><td>\(DescriptionText.inline(argument.description ?? ""))</td></tr>
        """
    }
    return """
      <section><h2>Arguments</h2><table><thead><tr><th>name</th><th>type</th><th>default</th>\
      <th>description</th></tr></thead><tbody>\(rows.joined())</tbody></table></section>
      """
  }

  // MARK: - Columns

  private struct ShownColumn {
    var name: String
    var type: String
    var description: String
    var tests: [String]
  }

  private var shownColumns: [ShownColumn] {
    let stored = site.stored[id]?.columns ?? []
    var shown: [ShownColumn] = []
    var known: Set<String> = []
    func add(_ name: String, _ type: String) {
      guard known.insert(name.lowercased()).inserted else { return }
      let described = node.columns.first { $0.name.lowercased() == name.lowercased() }
      let tests = attachedTests.filter {
        $0.genericTest?.columnName?.lowercased() == name.lowercased()
      }
      shown.append(
        ShownColumn(
          name: name,
          type: type,
          description: described?.description ?? "",
          tests: tests.compactMap { $0.genericTest?.name }
        )
      )
    }
    for column in stored { add(column.name, column.type) }
    for column in relation?.columns ?? [] { add(column.name, column.type.spelling) }
    for column in node.columns { add(column.name, column.dataType ?? "") }
    return shown
  }

  private var columns: HTML {
    let shown = shownColumns
    guard !shown.isEmpty else { return HTML() }
    let rows = shown.map { column -> HTML in
      let place = ProjectLineage.Place(relation: id, column: column.name.lowercased())
      let from = site.lineage.parents(of: place).map { ($0.from, $0.kinds.words) }
      let into = site.lineage.children(of: place).map { ($0.to, $0.kinds.words) }
      return """
        <tr id="column-\(column.name.lowercased())"><td class="name">\(column.name)</td>\
        <td class="type">\(column.type)</td><td>\(DescriptionText.inline(column.description))\
        \(column.tests.map { "<span class=\"test\">\($0)</span>" as HTML }.joined())</td>\
        <td>\(links(from))</td><td>\(links(into))</td></tr>
        """
    }
    return """
      <section><h2>Columns</h2><table><thead><tr><th>name</th><th>type</th><th>description</th>\
      <th>from</th><th>used by</th></tr></thead><tbody>
      \(rows.joined(by: "\n"))
      </tbody></table></section>
      """
  }

  /// The places with links to them; tests have a table of their own.
  private func links(_ all: [(place: ProjectLineage.Place, kinds: [String])]) -> HTML {
    let places = all.filter { entry in
      entry.place.relation != id && site.lineage.relations[entry.place.relation]?.kind != "test"
    }
    let shown = places.prefix(12).map { entry -> HTML in
      let name = site.lineage.name(of: entry.place)
      let kinds = entry.kinds == ["value"] ? "" : " (\(entry.kinds.joined(separator: ", ")))"
      guard let target = site.parsed.graph.nodes[entry.place.relation],
        DocumentationSite.shownKinds.contains(target.kind)
      else { return "<li>\(name)\(kinds)</li>" }
      let anchor = entry.place.column.map { "#column-\($0.lowercased())" } ?? ""
      return """
        <li><a href="\(DocumentationSite.fileName(target.uniqueID))\(anchor)">\(name)</a>\
        \(kinds)</li>
        """
    }
    let more = places.count > 12 ? "<li>… and \(places.count - 12) more</li>" as HTML : HTML()
    return places.isEmpty ? HTML() : "<ul class=\"places\">\(shown.joined())\(more)</ul>"
  }

  // MARK: - Tests and references

  private var attachedTests: [Node] {
    (site.parsed.graph.children[id] ?? []).compactMap { site.parsed.graph.nodes[$0] }
      .filter { $0.kind == .test }
  }

  private var tests: HTML {
    let all = attachedTests.sorted { $0.name < $1.name }
    guard !all.isEmpty else { return HTML() }
    let rows = all.map { test -> HTML in
      """
      <tr><td>\(test.name)</td><td>\(test.genericTest?.columnName ?? "")</td>\
      <td>\(test.config["severity"]?.string?.lowercased() ?? "error")</td></tr>
      """
    }
    return """
      <section><h2>Tests</h2><table><thead><tr><th>name</th><th>column</th><th>severity</th></tr>\
      </thead><tbody>\(rows.joined())</tbody></table></section>
      """
  }

  private var references: HTML {
    let graph = site.parsed.graph
    func list(_ title: String, _ ids: [String]) -> HTML {
      let nodes = ids.compactMap { graph.nodes[$0] }
        .filter { DocumentationSite.shownKinds.contains($0.kind) }
      guard !nodes.isEmpty else { return HTML() }
      let items = nodes.map { node -> HTML in
        """
        <li><a href="\(DocumentationSite.fileName(node.uniqueID))">\(node.shownName)</a></li>
        """
      }
      return "<div><h3>\(title)</h3><ul>\(items.joined())</ul></div>"
    }
    let parents = list("Depends on", graph.parents[id] ?? [])
    let children = list("Read by", graph.children[id] ?? [])
    return "<section class=\"references\">\(parents)\(children)</section>"
  }

  // MARK: - Lineage

  /// Two steps in each direction: what is further away is a click away.
  private var picture: LineagePicture {
    let graph = site.parsed.graph
    var chosen: Set<String> = [id]
    for next in [graph.parents, graph.children] {
      var frontier = [id]
      for _ in 0..<2 {
        frontier = frontier.flatMap { next[$0] ?? [] }.filter { other in
          guard let kind = graph.nodes[other]?.kind else { return false }
          return DocumentationSite.shownKinds.contains(kind) && chosen.insert(other).inserted
        }
      }
    }
    // The node itself comes first, lest it is not among those that are shown.
    let shown = ([id] + chosen.subtracting([id]).sorted()).prefix(120)
    let boxes = shown.compactMap { other -> LineagePicture.Box? in
      guard let node = graph.nodes[other] else { return nil }
      return LineagePicture.Box(
        id: other,
        label: node.shownName,
        kind: node.kind.rawValue,
        address: DocumentationSite.fileName(other),
        isCentral: other == id
      )
    }
    return LineagePicture(boxes, parents: { graph.parents[$0] ?? [] })
  }

  // MARK: - SQL

  private var texts: HTML {
    guard node.kind != .seed, let buffer = node.buffer else { return HTML() }
    let source = String(decoding: site.buffers.bytes(of: buffer), as: UTF8.self)
    var html: HTML = """
      <section><h2>SQL</h2><details open><summary>source</summary><pre><code>\(source)</code></pre>\
      </details>
      """
    if let compiled = site.compilation.compiled[id] {
      let text = String(decoding: site.buffers.bytes(of: compiled.sql), as: UTF8.self)
      html += "<details><summary>compiled</summary><pre><code>\(text)</code></pre></details>"
    }
    return html + "</section>"
  }
}
