import RedshiftSQL

/// A plan that Redshift's EXPLAIN printed, read for what moves data about.
///
/// Source: Amazon Redshift's Developer Guide, "Evaluating the query plan" and "Analyzing the query
/// plan".
package struct QueryPlan: Sendable {
  /// One operation of the plan.
  struct Step: Sendable {
    /// As `XN Hash Join DS_BCAST_INNER`.
    var operation: String
    var rows: Double
    /// Bytes of a row.
    var width: Double
    var depth: Int
    /// Indices of the steps below it, in the order of the plan: the outer side first.
    var children: [Int] = []
    /// The table, if the step scans one.
    var table: String?

    var bytes: Double { rows * width }
  }

  /// What a step of the plan means for those who wait for it.
  package struct Remark: Hashable, Sendable {
    /// A stable word, as `broadcast`.
    package var kind: String
    /// The redistribution in Redshift's words, as `DS_BCAST_INNER`.
    package var attribute: String?
    package var message: String
    package var help: String?
    /// Whether it is likely to be slow, rather than good to know.
    package var isCostly: Bool
    package var sql: String?
  }

  private(set) var steps: [Step] = []
  private var unanalysed: [String] = []

  /// Reads the lines of a plan; lines that are no operations say more about the one above.
  package init(lines: [String]) {
    var path: [Int] = []
    for line in lines {
      if let tables = Self.tables(missingStatisticsIn: line) {
        unanalysed += tables
        continue
      }
      guard var step = Self.step(line) else { continue }
      while let last = path.last, steps[last].depth >= step.depth { path.removeLast() }
      step.children = []
      steps.append(step)
      let index = steps.count - 1
      if let parent = path.last { steps[parent].children.append(index) }
      path.append(index)
    }
  }

  /// What there is to say, the costly first.
  package var remarks: [Remark] {
    var remarks = steps.compactMap(remark)
    if !unanalysed.isEmpty {
      remarks.append(
        Remark(
          kind: "missing-statistics",
          message: "the planner guesses: \(unanalysed.joined(separator: ", ")) "
            + "\(unanalysed.count == 1 ? "has" : "have") no statistics",
          isCostly: true,
          sql: unanalysed.map { "ANALYZE \($0);" }.joined(separator: " ")
        )
      )
    }
    return remarks.filter(\.isCostly) + remarks.filter { !$0.isCostly }
  }

  // MARK: - Reading

  private static func step(_ line: String) -> Step? {
    let indented = line.prefix { $0 == " " }.count
    var text = line.dropFirst(indented)
    if text.hasPrefix("->") { text = text.dropFirst(2).drop { $0 == " " } }
    guard let cost = text.firstRange(of: "(cost=") else { return nil }
    var operation = text[..<cost.lowerBound]
    while operation.last == " " { operation.removeLast() }
    var step = Step(
      operation: String(operation),
      rows: number(behind: "rows=", in: text[cost.lowerBound...]),
      width: number(behind: "width=", in: text[cost.lowerBound...]),
      depth: indented
    )
    if let scan = operation.firstRange(of: " Scan on ") {
      step.table = operation[scan.upperBound...].split(separator: " ").first.map(String.init)
    }
    return step
  }

  private static func number(behind key: String, in text: Substring) -> Double {
    guard let place = text.firstRange(of: key) else { return 0 }
    return Double(text[place.upperBound...].prefix { $0.isNumber || $0 == "." }) ?? 0
  }

  /// The plan ends in `----- Tables missing statistics: a, b -----` when there are such.
  private static func tables(missingStatisticsIn line: String) -> [String]? {
    guard let place = line.firstRange(of: "Tables missing statistics:") else { return nil }
    return line[place.upperBound...].split(separator: "-").first.map { names in
      names.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    } ?? []
  }

  // MARK: - Meaning

  private func remark(_ step: Step) -> Remark? {
    let words = step.operation.split(separator: " ")
    if step.operation.contains("Nested Loop") {
      return Remark(
        kind: "nested-loop",
        attribute: words.last.map(String.init).flatMap { $0.hasPrefix("DS_") ? $0 : nil },
        message: "every row of \(tables(step, 0)) meets every row of \(tables(step, 1))",
        help: "a join condition is missing or is no equality",
        isCostly: true
      )
    }
    guard let attribute = words.last(where: { $0.hasPrefix("DS_") }).map(String.init) else {
      return nil
    }
    let (inner, outer) = (tables(step, 1), tables(step, 0))
    let size = self.size(step, 1)
    switch attribute {
    case "DS_DIST_NONE", "DS_DIST_ALL_NONE": return nil
    case "DS_BCAST_INNER":
      return Remark(
        kind: "broadcast",
        attribute: attribute,
        message: "\(inner) (\(size)) is copied to every node to be joined with \(outer)",
        help: "distribute both by the columns they are joined on, or keep a small \(inner) on "
          + "every node (DISTSTYLE ALL)",
        isCostly: bytes(step, 1) > Self.smallBroadcast
      )
    case "DS_DIST_ALL_INNER":
      return Remark(
        kind: "single-slice",
        attribute: attribute,
        message: "the whole of \(inner) (\(size)) is sent to one slice, because \(outer) is "
          + "DISTSTYLE ALL",
        help: "give \(outer) a distribution key or AUTO",
        isCostly: true
      )
    case "DS_DIST_BOTH", "DS_DIST_ALL_BOTH":
      return Remark(
        kind: "redistribution",
        attribute: attribute,
        message: "\(outer) and \(inner) are both redistributed to be joined",
        help: "neither is distributed by the columns they are joined on: give the larger one "
          + "that key",
        isCostly: true
      )
    case "DS_DIST_INNER":
      return Remark(
        kind: "redistribution",
        attribute: attribute,
        message: "\(inner) (\(size)) is redistributed to be joined with \(outer)",
        help: "give \(inner) the columns of this join as its distribution key",
        isCostly: bytes(step, 1) > Self.smallBroadcast
      )
    case "DS_DIST_OUTER":
      return Remark(
        kind: "redistribution",
        attribute: attribute,
        message: "\(outer) (\(self.size(step, 0))) is redistributed to be joined with \(inner)",
        help: "give \(outer) the columns of this join as its distribution key",
        isCostly: bytes(step, 0) > Self.smallBroadcast
      )
    default:
      return Remark(
        kind: "redistribution",
        attribute: attribute,
        message: "\(outer) and \(inner) are joined by \(attribute)",
        isCostly: false
      )
    }
  }

  /// 10 MB: what a node receives in the blink of an eye.
  private static let smallBroadcast = 10_000_000.0

  private func child(_ step: Step, _ side: Int) -> Int? {
    step.children.indices.contains(side) ? step.children[side] : nil
  }

  private func bytes(_ step: Step, _ side: Int) -> Double {
    child(step, side).map { steps[$0].bytes } ?? 0
  }

  private func size(_ step: Step, _ side: Int) -> String {
    guard let child = child(step, side) else { return "size unknown" }
    let megabytes = steps[child].bytes / 1e6
    let rows = Int(min(steps[child].rows, 1e15))
    return "about \(rows) rows, "
      + (megabytes < 1 ? "less than 1 MB" : "\(Int(min(megabytes, 1e12))) MB")
  }

  /// The tables below one side of a join.
  private func tables(_ step: Step, _ side: Int) -> String {
    guard let start = child(step, side) else { return "one side" }
    var names: [String] = []
    var open = [start]
    while let next = open.popLast() {
      if let table = steps[next].table, !names.contains(table) { names.append(table) }
      open += steps[next].children.reversed()
    }
    switch names.count {
    case 0: return "what is computed"
    case 1...3: return names.joined(separator: " with ")
    default: return names[0] + " with \(names.count - 1) other tables"
    }
  }
}
