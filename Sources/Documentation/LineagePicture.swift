/// A drawing of nodes and what they depend on, from left to right.
///
/// Layers by the longest way from a root; within a layer nodes are put near what they are joined
/// with (the barycentre method of Sugiyama, Tagawa and Toda, 1981), a few sweeps in both directions.
struct LineagePicture {
  struct Box: Sendable {
    var id: String
    var label: String
    var kind: String
    /// Where it leads; nil for none.
    var address: String?
    /// Whether the picture is about it.
    var isCentral = false
  }

  private var boxes: [Box]
  private var edges: [(from: Int, to: Int)] = []
  private var layers: [[Int]] = []

  private static let width = 190
  private static let height = 30
  private static let gapAcross = 70
  private static let gapDown = 14

  /// - Parameters:
  ///   - boxes: what is drawn.
  ///   - parents: the ids that a box depends on; those that are not drawn are left out.
  init(_ boxes: [Box], parents: (String) -> [String]) {
    self.boxes = boxes
    var places: [String: Int] = [:]
    for (index, box) in boxes.enumerated() { places[box.id] = index }
    for (index, box) in boxes.enumerated() {
      for parent in parents(box.id) {
        if let from = places[parent], from != index { edges.append((from, index)) }
      }
    }
    layOut()
  }

  private mutating func layOut() {
    var incoming = [[Int]](repeating: [], count: boxes.count)
    var outgoing = incoming
    for edge in edges {
      incoming[edge.to].append(edge.from)
      outgoing[edge.from].append(edge.to)
    }
    // Kahn's order; nodes of a cycle, which a graph of models does not have, stay in layer 0.
    var depth = [Int](repeating: 0, count: boxes.count)
    var waiting = incoming.map(\.count)
    var ready = boxes.indices.filter { waiting[$0] == 0 }
    while let index = ready.popLast() {
      for next in outgoing[index] {
        depth[next] = max(depth[next], depth[index] + 1)
        waiting[next] -= 1
        if waiting[next] == 0 { ready.append(next) }
      }
    }
    layers = [[Int]](repeating: [], count: (depth.max() ?? -1) + 1)
    for index in boxes.indices.sorted(by: { boxes[$0].label < boxes[$1].label }) {
      layers[depth[index]].append(index)
    }
    for sweep in 0..<6 {
      let order = sweep % 2 == 0 ? Array(layers.indices) : layers.indices.reversed()
      for layer in order {
        let near = sweep % 2 == 0 ? incoming : outgoing
        var place = [Double](repeating: 0, count: boxes.count)
        for row in layers { for (at, index) in row.enumerated() { place[index] = Double(at) } }
        let wanted = layers[layer].map { index -> (Int, Double) in
          let others = near[index]
          guard !others.isEmpty else { return (index, place[index]) }
          return (index, others.reduce(0) { $0 + place[$1] } / Double(others.count))
        }
        layers[layer] = wanted.sorted { ($0.1, boxes[$0.0].label) < ($1.1, boxes[$1.0].label) }
          .map(\.0)
      }
    }
  }

  /// The drawing; nothing for a box that stands alone.
  var svg: HTML {
    guard boxes.count > 1 else { return HTML() }
    let tallest = layers.map(\.count).max() ?? 0
    let total = (
      width: layers.count * (Self.width + Self.gapAcross) - Self.gapAcross + 4,
      height: tallest * (Self.height + Self.gapDown) - Self.gapDown + 4
    )
    var corner = [(x: Int, y: Int)](repeating: (0, 0), count: boxes.count)
    for (layer, row) in layers.enumerated() {
      let used = row.count * (Self.height + Self.gapDown) - Self.gapDown
      for (at, index) in row.enumerated() {
        corner[index] = (
          2 + layer * (Self.width + Self.gapAcross),
          2 + (total.height - 4 - used) / 2 + at * (Self.height + Self.gapDown)
        )
      }
    }
    let lines = edges.map { edge -> HTML in
      let start = (x: corner[edge.from].x + Self.width, y: corner[edge.from].y + Self.height / 2)
      let end = (x: corner[edge.to].x, y: corner[edge.to].y + Self.height / 2)
      let bend = max(30, (end.x - start.x) / 2)
      return """
        <path d="M\(start.x) \(start.y)C\(start.x + bend) \(start.y) \(end.x - bend) \(end.y) \
        \(end.x) \(end.y)"/>
        """
    }
    let drawn = boxes.indices.map { index -> HTML in
      let box = boxes[index]
      let (x, y) = corner[index]
      let shape: HTML = """
        <rect x="\(x)" y="\(y)" width="\(Self.width)" height="\(Self.height)" rx="4"/>\
        <text x="\(x + 10)" y="\(y + 20)">\(Self.cut(box.label))<title>\(box.label) \
        (\(box.kind))</title></text>
        """
      let style: HTML = "\(box.kind)\(box.isCentral ? " central" : "")"
      guard let address = box.address else { return "<g class=\"\(style)\">\(shape)</g>" }
      return "<a href=\"\(address)\" class=\"\(style)\">\(shape)</a>"
    }
    return """
      <svg class="lineage" viewBox="0 0 \(total.width) \(total.height)" width="\(total.width)" \
      height="\(total.height)" role="img" aria-label="lineage"><g class="edges">\
      \(lines.joined())</g>\(drawn.joined())</svg>
      """
  }

  private static func cut(_ label: String) -> String {
    label.count <= 25 ? label : label.prefix(24) + "…"
  }
}
