/// Decides what runs when.
///
/// A pure struct: it is told what finished and answers with actions, and one thin shell (`Runner`)
/// performs them. Nodes start when all their parents are done, at most `threads` at once, in an
/// order that is the same in every run. What depends on a failed node is skipped, and nothing else
/// is.
package struct Scheduler: Sendable {
  /// Which of the nodes that can start does.
  package enum Precedence: Sendable {
    /// The one with the longest path still ahead of it; ties go by the given order.
    case longestPath
    /// The one with the shortest path behind it; ties go by name. This is how dbt does it, and
    /// there are projects with templates that count on it without saying so.
    case levels
  }

  package enum Action: Hashable, Sendable {
    case start(id: String, thread: Int)
    case skip(id: String, SkipReason)
    /// Cancel everything that is running; comes at most once.
    case cancelRunning
  }

  package enum SkipReason: Hashable, Sendable {
    /// This node, somewhere upstream, failed or was cancelled.
    case failed(id: String)
    /// The run stops at the first failure, and this node failed.
    case failFast(id: String)
    /// The run was stopped from outside.
    case stopped
  }

  package enum Outcome: Hashable, Sendable {
    case succeeded
    case failed
    case cancelled
  }

  private enum State {
    case waiting
    case running(thread: Int)
    case done
  }

  private let ids: [String]
  private let indices: [String: Int]
  private let children: [[Int]]
  /// By which nodes start: the highest first.
  private let ranks: [Int]
  private let isFailFast: Bool
  private var states: [State]
  /// Parents that are not done yet.
  private var missing: [Int]
  /// Sorted so that the next to start is last.
  private var ready: [Int] = []
  /// Sorted so that the lowest number is last.
  private var freeThreads: [Int]
  private var isStopped = false
  private var unfinished: Int

  /// Prepares to run `order`.
  ///
  /// Parents that are not in `order` count as done; cycles have been refused before.
  package init(
    order: [String],
    parents: [String: [String]],
    threads: Int,
    precedence: Precedence = .longestPath,
    isFailFast: Bool = false
  ) {
    ids = order
    var indices: [String: Int] = [:]
    for (index, id) in order.enumerated() { indices[id] = index }
    self.indices = indices
    var children = [[Int]](repeating: [], count: order.count)
    var missing = [Int](repeating: 0, count: order.count)
    for (index, id) in order.enumerated() {
      for parent in Set((parents[id] ?? []).compactMap { indices[$0] }).sorted() {
        children[parent].append(index)
        missing[index] += 1
      }
    }
    self.children = children
    self.missing = missing
    self.isFailFast = isFailFast
    ranks =
      switch precedence {
      case .longestPath:
        Self.ranks(
          Self.heights(children: children, missing: missing),
          comesFirst: >,
          ties: <
        )
      case .levels:
        Self.ranks(
          Self.depths(children: children, missing: missing),
          comesFirst: <,
          ties: { order[$0].utf8.lexicographicallyPrecedes(order[$1].utf8) }
        )
      }
    states = [State](repeating: .waiting, count: order.count)
    freeThreads = Array((0..<max(1, threads)).reversed())
    unfinished = order.count
    for index in order.indices where missing[index] == 0 { makeReady(index) }
  }

  /// Whether every node has run or was skipped.
  package var isFinished: Bool { unfinished == 0 }

  /// Nodes that have started and not finished.
  package var running: [String] {
    ids.indices.filter { if case .running = states[$0] { true } else { false } }.map { ids[$0] }
  }

  /// What can start now.
  package mutating func next() -> [Action] {
    var actions: [Action] = []
    while !isStopped, !freeThreads.isEmpty, let index = ready.popLast() {
      let thread = freeThreads.removeLast()
      states[index] = .running(thread: thread)
      actions.append(.start(id: ids[index], thread: thread))
    }
    return actions
  }

  /// Takes note that a node finished and says what follows.
  package mutating func finished(_ id: String, _ outcome: Outcome) -> [Action] {
    guard let index = indices[id], case .running(let thread) = states[index] else { return [] }
    states[index] = .done
    unfinished -= 1
    let place = freeThreads.firstIndex { $0 < thread } ?? freeThreads.count
    freeThreads.insert(thread, at: place)
    var actions: [Action] = []
    switch outcome {
    case .succeeded:
      for child in children[index] {
        missing[child] -= 1
        if missing[child] == 0, case .waiting = states[child] { makeReady(child) }
      }
    case .failed, .cancelled:
      actions += skipDescendants(of: index)
      if isFailFast, outcome == .failed, !isStopped {
        actions += stop(.failFast(id: id))
      }
    }
    return actions + next()
  }

  /// Stops the run: what has not started never will.
  package mutating func stop() -> [Action] { stop(.stopped) }

  private mutating func stop(_ reason: SkipReason) -> [Action] {
    guard !isStopped else { return [] }
    isStopped = true
    ready = []
    var actions: [Action] = running.isEmpty ? [] : [.cancelRunning]
    for index in ids.indices {
      guard case .waiting = states[index] else { continue }
      states[index] = .done
      unfinished -= 1
      actions.append(.skip(id: ids[index], reason))
    }
    return actions
  }

  private mutating func skipDescendants(of failed: Int) -> [Action] {
    var skipped: [Int] = []
    var frontier = children[failed]
    while let index = frontier.popLast() {
      guard case .waiting = states[index] else { continue }
      states[index] = .done
      unfinished -= 1
      skipped.append(index)
      frontier += children[index]
    }
    return skipped.sorted().map { .skip(id: ids[$0], .failed(id: ids[failed])) }
  }

  private mutating func makeReady(_ index: Int) {
    var low = 0
    var high = ready.count
    while low < high {
      let middle = (low + high) / 2
      if ranks[ready[middle]] < ranks[index] { low = middle + 1 } else { high = middle }
    }
    ready.insert(index, at: low)
  }

  /// Numbers for nodes, the highest for the one that comes first.
  private static func ranks(
    _ values: [Int],
    comesFirst: (Int, Int) -> Bool,
    ties: (Int, Int) -> Bool
  ) -> [Int] {
    let sorted = values.indices.sorted {
      values[$0] == values[$1] ? ties($0, $1) : comesFirst(values[$0], values[$1])
    }
    var ranks = [Int](repeating: 0, count: values.count)
    for (place, index) in sorted.enumerated() { ranks[index] = values.count - place }
    return ranks
  }

  /// Every node behind its parents.
  private static func sorted(children: [[Int]], missing: [Int]) -> [Int] {
    var missing = missing
    var order = missing.indices.filter { missing[$0] == 0 }
    var position = 0
    while position < order.count {
      for child in children[order[position]] {
        missing[child] -= 1
        if missing[child] == 0 { order.append(child) }
      }
      position += 1
    }
    return order
  }

  /// Nodes on the longest way up from each node, itself left out.
  private static func depths(children: [[Int]], missing: [Int]) -> [Int] {
    var depths = [Int](repeating: 0, count: children.count)
    for index in sorted(children: children, missing: missing) {
      for child in children[index] { depths[child] = max(depths[child], depths[index] + 1) }
    }
    return depths
  }

  /// Nodes on the longest way down from each node, itself included.
  private static func heights(children: [[Int]], missing: [Int]) -> [Int] {
    var heights = [Int](repeating: 1, count: children.count)
    for index in sorted(children: children, missing: missing).reversed() {
      for child in children[index] { heights[index] = max(heights[index], heights[child] + 1) }
    }
    return heights
  }
}
