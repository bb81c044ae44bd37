import Diagnostics
import ProjectCompiler
import RedshiftSQL

/// Lineage in the formats of `redstart lineage`.
struct LineageView {
  typealias Place = ProjectLineage.Place
  typealias Edge = ProjectLineage.Edge

  let lineage: ProjectLineage
  let places: [Place]
  let showsUpstream: Bool
  let showsDownstream: Bool

  // MARK: Text

  /// A tree for each place; what was shown above is not shown again.
  var text: String {
    var lines: [String] = []
    for place in places {
      if place.column == nil, places.count > 1, !hasSteps(place) { continue }
      lines.append(lineage.name(of: place) + type(of: place))
      var groups: [(title: String, isUpstream: Bool)] = []
      if showsUpstream, !lineage.parents(of: place).isEmpty { groups.append(("from", true)) }
      if showsDownstream, !lineage.children(of: place).isEmpty { groups.append(("to", false)) }
      for group in groups {
        var seen: Set<Place> = [place]
        lines.append("  \(group.title)")
        tree(place, group.isUpstream, "  ", &seen, &lines)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func hasSteps(_ place: Place) -> Bool {
    (showsUpstream && !lineage.parents(of: place).isEmpty)
      || (showsDownstream && !lineage.children(of: place).isEmpty)
  }

  private func tree(
    _ place: Place,
    _ isUpstream: Bool,
    _ prefix: String,
    _ seen: inout Set<Place>,
    _ lines: inout [String]
  ) {
    let edges = isUpstream ? lineage.parents(of: place) : lineage.children(of: place)
    for (index, edge) in edges.enumerated() {
      let next = isUpstream ? edge.from : edge.to
      let isLast = index == edges.count - 1
      let kinds = edge.kinds.words.joined(separator: ", ")
      let more = isUpstream ? lineage.parents(of: next) : lineage.children(of: next)
      let isNew = seen.insert(next).inserted
      let note = isNew || more.isEmpty ? "" : "  …"
      lines.append("\(prefix)\(isLast ? "└─ " : "├─ ")\(lineage.name(of: next))  \(kinds)\(note)")
      if isNew { tree(next, isUpstream, prefix + (isLast ? "   " : "│  "), &seen, &lines) }
    }
  }

  private func type(of place: Place) -> String {
    let column = lineage.relations[place.relation]?.columns.first { $0.name == place.column }
    guard let column, column.type != .unknown else { return "" }
    return "  \(column.type.spelling)"
  }

  // MARK: JSON

  var json: String {
    var object: PlainDictionary = [
      "places": .list(places.map(plain))
    ]
    if showsUpstream { object["upstream"] = steps(isUpstream: true) }
    if showsDownstream { object["downstream"] = steps(isUpstream: false) }
    return String(decoding: PlainValue.dictionary(object).json(indent: 2), as: UTF8.self) + "\n"
  }

  private func steps(isUpstream: Bool) -> PlainValue {
    .list(
      lineage.edges(from: places, isUpstream: isUpstream).map { edge in
        [
          "from": plain(edge.from),
          "to": plain(edge.to),
          "kinds": .list(edge.kinds.words.map { .string($0) }),
        ]
      }
    )
  }

  private func plain(_ place: Place) -> PlainValue {
    [
      "relation": .string(place.relation),
      "name": .string(lineage.relations[place.relation]?.name ?? place.relation),
      "column": place.column.map { .string($0) } ?? .null,
    ]
  }

  // MARK: DOT

  /// A graph in Graphviz's language: a box for each relation, with its columns in it.
  var dot: String {
    var edges: Set<Edge> = []
    if showsUpstream { edges.formUnion(lineage.edges(from: places, isUpstream: true)) }
    if showsDownstream { edges.formUnion(lineage.edges(from: places, isUpstream: false)) }
    let all = Set(places).union(edges.map(\.from)).union(edges.map(\.to))
    var lines = ["digraph lineage {", "  rankdir=LR;", "  node [shape=box];"]
    let relations = Dictionary(grouping: all, by: \.relation)
    for (index, relation) in relations.keys.sorted().enumerated() {
      lines.append("  subgraph cluster_\(index) {")
      lines.append("    label=\(quoted(lineage.relations[relation]?.name ?? relation));")
      for place in (relations[relation] ?? []).sorted() {
        let label = place.column ?? "(rows)"
        let shape = place.column == nil ? ", style=dashed" : ""
        lines.append("    \(identifier(place)) [label=\(quoted(label))\(shape)];")
      }
      lines.append("  }")
    }
    for edge in edges.sorted(by: { ($0.to, $0.from) < ($1.to, $1.from) }) {
      let kinds = edge.kinds.words.joined(separator: ", ")
      lines.append(
        "  \(identifier(edge.from)) -> \(identifier(edge.to)) [label=\(quoted(kinds))];"
      )
    }
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  private func identifier(_ place: Place) -> String {
    quoted("\(place.relation):\(place.column ?? "")")
  }

  private func quoted(_ text: String) -> String {
    var escaped = ""
    for character in text {
      if character == "\"" || character == "\\" { escaped.append("\\") }
      escaped.append(character)
    }
    return "\"\(escaped)\""
  }
}
