import Diagnostics
import Execution
import ProjectModel
import Testing

/// Plays a run: each line of a script tells the scheduler what finished, and the actions that it
/// answers are written behind it.
private func transcript(
  _ edges: String,
  threads: Int,
  precedence: Scheduler.Precedence = .longestPath,
  isFailFast: Bool = false,
  script: [String]
) -> [String] {
  var order: [String] = []
  var parents: [String: [String]] = [:]
  for entry in edges.split(separator: " ") {
    let parts = entry.split(separator: "<", omittingEmptySubsequences: false)
    let id = String(parts[0])
    order.append(id)
    if parts.count > 1 { parents[id] = parts[1].split(separator: ",").map(String.init) }
  }
  var scheduler = Scheduler(
    order: order,
    parents: parents,
    threads: threads,
    precedence: precedence,
    isFailFast: isFailFast
  )
  func show(_ actions: [Scheduler.Action]) -> String {
    actions.map { action in
      switch action {
      case .start(let id, let thread): "\(id)@\(thread)"
      case .skip(let id, .failed(let parent)): "-\(id)(\(parent))"
      case .skip(let id, .failFast(let first)): "-\(id)(fast \(first))"
      case .skip(let id, .stopped): "-\(id)(stopped)"
      case .cancelRunning: "cancel"
      }
    }.joined(separator: " ")
  }
  var lines = ["start: " + show(scheduler.next())]
  for step in script {
    let actions: [Scheduler.Action] =
      switch step.first {
      case "!": scheduler.finished(String(step.dropFirst()), .failed)
      case "~": scheduler.finished(String(step.dropFirst()), .cancelled)
      case "^": scheduler.stop()
      default: scheduler.finished(step, .succeeded)
      }
    lines.append("\(step): " + show(actions))
  }
  lines.append(scheduler.isFinished ? "finished" : "running \(scheduler.running)")
  return lines
}

@Suite struct SchedulerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var edges: String
    var threads: Int
    var precedence = Scheduler.Precedence.longestPath
    var isFailFast = false
    var script: [String]
    var expected: [String]
    var testDescription: String { name }
  }

  @Test(arguments: [
    Case(
      name: "a chain runs in order on one thread",
      edges: "a b<a c<b",
      threads: 4,
      script: ["a", "b", "c"],
      expected: ["start: a@0", "a: b@0", "b: c@0", "c: ", "finished"]
    ),
    Case(
      name: "no more than the threads run at once, and the lowest free number is used",
      edges: "a b c d",
      threads: 2,
      script: ["b", "a", "d", "c"],
      expected: ["start: a@0 b@1", "b: c@1", "a: d@0", "d: ", "c: ", "finished"]
    ),
    Case(
      name: "the longest path goes first",
      edges: "a b c<b d<c",
      threads: 1,
      script: ["b", "c", "a", "d"],
      expected: ["start: b@0", "b: c@0", "c: a@0", "a: d@0", "d: ", "finished"]
    ),
    Case(
      name: "by levels, what has the fewest behind it goes first, then names count",
      edges: "b a c<b d<c seed",
      threads: 1,
      precedence: .levels,
      script: ["a", "b", "seed", "c", "d"],
      expected: [
        "start: a@0", "a: b@0", "b: seed@0", "seed: c@0", "c: d@0", "d: ", "finished",
      ]
    ),
    Case(
      name: "a failure skips what depends on it and nothing else",
      edges: "a b c<a d<b e<c,d",
      threads: 2,
      script: ["!a", "b", "d"],
      expected: [
        "start: a@0 b@1", "!a: -c(a) -e(a)", "b: d@0", "d: ", "finished",
      ]
    ),
    Case(
      name: "a diamond waits for both sides",
      edges: "a b<a c<a d<b,c",
      threads: 4,
      script: ["a", "c", "b", "d"],
      expected: ["start: a@0", "a: b@0 c@1", "c: ", "b: d@0", "d: ", "finished"]
    ),
    Case(
      name: "fail-fast skips all that has not started and cancels the running",
      edges: "a b c d<b",
      threads: 2,
      isFailFast: true,
      script: ["!a", "~b"],
      expected: ["start: b@0 a@1", "!a: cancel -c(fast a) -d(fast a)", "~b: ", "finished"]
    ),
    Case(
      name: "stopping from outside cancels once",
      edges: "a b c<a",
      threads: 1,
      script: ["^", "^", "~a"],
      expected: [
        "start: a@0", "^: cancel -b(stopped) -c(stopped)", "^: ", "~a: ", "finished",
      ]
    ),
    Case(
      name: "stopping before anything ran cancels nothing",
      edges: "a b<a",
      threads: 1,
      script: ["a", "b", "^"],
      expected: ["start: a@0", "a: b@0", "b: ", "^: ", "finished"]
    ),
    Case(
      name: "parents that are not part of the run count as done",
      edges: "b<a c<b,a",
      threads: 1,
      script: ["b"],
      expected: ["start: b@0", "b: c@0", "running [\"c\"]"]
    ),
    Case(
      name: "a cancelled node skips its descendants",
      edges: "a b<a c",
      threads: 1,
      script: ["~a"],
      expected: ["start: a@0", "~a: -b(a) c@0", "running [\"c\"]"]
    ),
    Case(
      name: "what is reported twice or never ran is ignored",
      edges: "a b<a",
      threads: 1,
      script: ["b", "a", "a"],
      expected: ["start: a@0", "b: ", "a: b@0", "a: ", "running [\"b\"]"]
    ),
    Case(
      name: "nothing to do is finished",
      edges: "",
      threads: 3,
      script: [],
      expected: ["start: ", "finished"]
    ),
  ])
  func answersWithActions(_ row: Case) {
    let lines = transcript(
      row.edges,
      threads: row.threads,
      precedence: row.precedence,
      isFailFast: row.isFailFast,
      script: row.script
    )
    #expect(lines == row.expected)
  }
}

@Suite struct RunOrderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    /// `a b<a t:x<a`: `t:` marks a test.
    var graph: String
    var selected: String
    var testsGate = true
    var expected: String
    var testDescription: String { name }
  }

  @Test(arguments: [
    Case(
      name: "an edge leads through what does not run",
      graph: "a e<a b<e",
      selected: "a b",
      expected: "a b<a"
    ),
    Case(
      name: "models wait for the tests of their parents",
      graph: "a b<a t:ta<a t:tb<b",
      selected: "a b ta tb",
      expected: "a b<a,ta ta<a tb<b"
    ),
    Case(
      name: "without gates they do not",
      graph: "a b<a t:ta<a",
      selected: "a b ta",
      testsGate: false,
      expected: "a b<a ta<a"
    ),
    Case(
      name: "a test of two gates what reads both",
      graph: "a b c<a d<a,b e<d t:t<a,b",
      selected: "a b c d e t",
      expected: "a b c<a d<a,b,t e<d t<a,b"
    ),
    Case(
      name: "a test of a node and its parent gates the children of the node",
      graph: "a b<a c<b t:t<a,b",
      selected: "a b c t",
      expected: "a b<a c<b,t t<a,b"
    ),
    Case(
      name: "a test of what does not run gates what reads it",
      graph: "a b<a c<b d<c t:t<a",
      selected: "c d t",
      expected: "c<t d<c t"
    ),
    Case(
      name: "a test of two that do not run gates what reads both",
      graph: "a b c<a d<b e<c,d f<e t:t<a,b",
      selected: "c e f t",
      expected: "c e<c,t f<e t"
    ),
    Case(
      name: "a test of nothing gates nothing",
      graph: "a b<a t:t",
      selected: "a b t",
      expected: "a b<a t"
    ),
  ])
  func projectsTheGraph(_ row: Case) {
    var nodes: [Node] = []
    for entry in row.graph.split(separator: " ") {
      let parts = entry.split(separator: "<")
      let isTest = parts[0].hasPrefix("t:")
      let id = String(isTest ? parts[0].dropFirst(2) : parts[0])
      var node = Node(
        uniqueID: id,
        kind: isTest ? .test : .model,
        name: id,
        packageName: "p",
        path: id,
        originalFilePath: id,
        fqn: [id]
      )
      node.dependencies = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : []
      nodes.append(node)
    }
    let order = RunOrder(
      graph: Graph(nodes: nodes),
      selected: Set(row.selected.split(separator: " ").map(String.init)),
      testsGate: row.testsGate
    )
    let shown = order.order.sorted().map { id in
      let parents = order.parents[id] ?? []
      return parents.isEmpty ? id : "\(id)<\(parents.joined(separator: ","))"
    }
    #expect(shown.joined(separator: " ") == row.expected)
  }
}
