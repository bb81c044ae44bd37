package import Diagnostics
package import ProjectCompiler
package import ProjectModel

/// The documentation of a project as a folder of static pages.
///
/// A page for each node, so that a large project costs a reader no more than a small one; the only
/// thing that all share is the index of names. Works from a file system as from a server, with no
/// network access.
package struct DocumentationSite {
  /// A column as the warehouse has it.
  package struct StoredColumn: Sendable {
    package var name: String
    package var type: String

    package init(name: String, type: String) {
      self.name = name
      self.type = type
    }
  }

  /// What the warehouse says about the relation of a node.
  package struct StoredRelation: Sendable {
    package var kind: String
    package var owner: String?
    package var columns: [StoredColumn]
    /// Names and values that are worth showing, such as the distribution.
    package var facts: [(name: String, value: String)]

    package init(
      kind: String,
      owner: String?,
      columns: [StoredColumn],
      facts: [(name: String, value: String)] = []
    ) {
      self.kind = kind
      self.owner = owner
      self.columns = columns
      self.facts = facts
    }
  }

  let parsed: ParsedProject
  let compilation: Compilation
  let lineage: ProjectLineage
  let buffers: Buffers
  let stored: [String: StoredRelation]
  let generatedAt: String

  /// - Parameters:
  ///   - parsed: the project.
  ///   - compilation: its SQL.
  ///   - lineage: where its columns come from.
  ///   - buffers: the texts of both.
  ///   - stored: what the warehouse has, by unique_id; empty without a connection.
  ///   - generatedAt: the moment, for the foot of the pages.
  package init(
    _ parsed: ParsedProject,
    _ compilation: Compilation,
    lineage: ProjectLineage,
    buffers: Buffers,
    stored: [String: StoredRelation],
    generatedAt: String
  ) {
    self.parsed = parsed
    self.compilation = compilation
    self.lineage = lineage
    self.buffers = buffers
    self.stored = stored
    self.generatedAt = generatedAt
  }

  static let shownKinds: [Node.Kind] = [
    .model, .snapshot, .seed, .source, .function, .exposure, .analysis,
  ]

  /// Every file, by its path below the folder of the site; in no order.
  package var files: [(path: String, bytes: [UInt8])] {
    var files: [(path: String, bytes: [UInt8])] = [
      ("index.html", Array(IndexPage(site: self).html.text.utf8)),
      ("docs/style.css", PackageResources.style_css),
      ("docs/page.js", PackageResources.page_js),
      ("docs/names.js", Array(names.utf8)),
    ]
    for node in nodes {
      files.append(("docs/" + Self.fileName(node.uniqueID), Array(page(of: node).text.utf8)))
    }
    return files
  }

  /// The nodes that have pages, by name.
  package var nodes: [Node] {
    parsed.graph.nodes.values.filter { Self.shownKinds.contains($0.kind) }
      .sorted { ($0.shownName, $0.uniqueID) < ($1.shownName, $1.uniqueID) }
  }

  func page(of node: Node) -> HTML { NodePage(site: self, node: node).html }

  /// The name of a node's page: its unique_id with what a file system may not like written in
  /// hexadecimal.
  static func fileName(_ id: String) -> String {
    var name = ""
    for byte in id.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
        name.unicodeScalars.append(UnicodeScalar(byte))
      default:
        name += "=" + String(byte, radix: 16)
      }
    }
    return name + ".html"
  }

  /// The index of names, as a script that pages load when someone types.
  private var names: String {
    let entries = nodes.map { node -> PlainValue in
      let columns = columnNames(of: node)
      return .list([
        .string(node.shownName), .string(node.kind.rawValue),
        .string(Self.fileName(node.uniqueID)), .string(columns.joined(separator: " ")),
      ])
    }
    let json = String(decoding: PlainValue.list(entries).json(), as: UTF8.self)
    return "window.redstartNames = \(json);\n"
  }

  private func columnNames(of node: Node) -> [String] {
    let known = lineage.relations[node.uniqueID]?.columns.map(\.name) ?? []
    return known.isEmpty ? node.columns.map(\.name) : known
  }

  /// The frame of a page.
  ///
  /// - Parameters:
  ///   - title: what the browser shows.
  ///   - root: the way from the page to the folder of the site: empty or `../`.
  ///   - body: what is between head and foot.
  /// - Returns: the whole page.
  func frame(title: String, root: String, _ body: HTML) -> HTML {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(title)</title>
    <link rel="stylesheet" href="\(root)docs/style.css">
    <script src="\(root)docs/names.js" defer></script>
    <script src="\(root)docs/page.js" defer></script>
    </head>
    <body data-root="\(root)docs/">
    <header><a class="home" href="\(root)index.html">\(parsed.project.name)</a>
    <input id="search" type="search" placeholder="Search nodes and columns  ( / )" \
    aria-label="Search" autocomplete="off"><ul id="found"></ul></header>
    <main>
    \(body)
    </main>
    <footer>made by redstart at \(generatedAt) for target \(parsed.project.target.name)</footer>
    </body>
    </html>

    """
  }
}

extension Node {
  /// The name that people know it by: `orders`, `shop.raw_orders`.
  var shownName: String { sourceName.map { "\($0).\(name)" } ?? name }
}
