package import Diagnostics
package import ProjectModel

/// How a model of `incremental_strategy: microbatch` is cut into batches.
package struct MicrobatchSettings: Sendable {
  package var eventTime: String
  package var begin: EventTime
  package var size: BatchSize
  package var lookback: Int64

  /// Whether a node's configuration asks for batches.
  package static func isMicrobatch(_ node: Node) -> Bool {
    node.kind == .model && node.config["materialized"]?.string == "incremental"
      && node.config["incremental_strategy"]?.string == "microbatch"
  }

  /// Reads a node's configuration.
  ///
  /// - Throws: `microbatch-config`.
  package init(_ node: Node) throws(Diagnostic) {
    guard let eventTime = node.config["event_time"], !eventTime.isNull else {
      throw .microbatchConfig(
        node,
        "it needs `event_time`, the column that says when a row happened"
      )
    }
    guard let column = eventTime.string else {
      throw .microbatchConfig(node, "`event_time` must be the name of a column")
    }
    self.eventTime = column
    guard let begin = node.config["begin"], !begin.isNull else {
      throw .microbatchConfig(node, "it needs `begin`, the time from which it is built")
    }
    guard let begin = begin.string.flatMap(EventTime.init) else {
      throw .microbatchConfig(node, "`begin` must be a time, as 2024-01-01 or 2024-01-01T06:00:00")
    }
    self.begin = begin
    let sizes = BatchSize.allCases.map(\.rawValue)
    guard let size = node.config["batch_size"]?.string.flatMap(BatchSize.init) else {
      throw .microbatchConfig(node, "`batch_size` must be one of \(sizes.joined(separator: ", "))")
    }
    self.size = size
    switch node.config["lookback"] ?? .null {
    case .null: lookback = 1
    case .integer(let number): lookback = Int64(number)
    default: throw .microbatchConfig(node, "`lookback` must be a whole number")
    }
    switch node.config["concurrent_batches"] ?? .null {
    case .null, .boolean: break
    default: throw .microbatchConfig(node, "`concurrent_batches` must be true or false")
    }
  }

  /// The batches of a run, the earliest first.
  ///
  /// - Parameters:
  ///   - isIncremental: whether the table is there and is added to.
  ///   - given: `--event-time-start` and `--event-time-end`, or the sample.
  ///   - now: up to when there are batches, where nothing is given.
  /// - Returns: at least one stretch of time.
  package func batches(
    isIncremental: Bool,
    given: EventTimeWindow?,
    now: EventTime
  ) -> [EventTimeWindow] {
    let end = size.ceiling(given?.end ?? now)
    let start: EventTime
    if let given {
      start = size.truncated(given.start)
    } else if !isIncremental {
      start = size.truncated(begin)
    } else {
      // A batch that ends now began one stretch earlier.
      let isBetween = end == size.truncated(end)
      start = size.offset(end, by: -(lookback + (isBetween ? 1 : 0)))
    }
    var windows = [EventTimeWindow(start: start, end: size.offset(start, by: 1))]
    while let last = windows.last, last.end < end {
      windows.append(EventTimeWindow(start: last.end, end: size.offset(last.end, by: 1)))
    }
    windows[windows.count - 1].end = end
    return windows
  }
}

extension ParsedProject {
  /// Whether redstart cuts microbatch models into batches: a strategy of the project's own does so
  /// itself, unless a flag says otherwise.
  package var runsBatches: Bool {
    let macro = "get_incremental_microbatch_sql"
    let name = project.name
    let found = [
      macros.custom(macro, from: name), macros.dispatched(macro, namespace: "dbt", from: name),
    ]
    let isOwn = found.contains { $0.map { !MacroTable.isBuiltin($0.packageName) } ?? false }
    let flag = "require_batched_execution_for_custom_microbatch_strategy"
    return !isOwn || project.configuration.flags[flag]?.boolean == true
  }
}

extension ProjectParser {
  /// What of microbatch models does not do what it seems to.
  func idleMicrobatchSettings(in graph: Graph) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var concurrent: [Node] = []
    for id in graph.order {
      guard let node = graph.nodes[id], MicrobatchSettings.isMicrobatch(node) else { continue }
      if node.config["concurrent_batches"]?.boolean == true { concurrent.append(node) }
      let isNarrowed = (graph.parents[id] ?? []).contains {
        graph.nodes[$0]?.config["event_time"]?.string != nil
      }
      if !isNarrowed { problems.append(.microbatchWithoutInput(node)) }
    }
    if let first = concurrent.first {
      problems.append(.concurrentBatches(concurrent.count, first: first))
    }
    return problems
  }
}

extension Diagnostic {
  fileprivate static func microbatchWithoutInput(_ node: Node) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "microbatch-without-input",
      "The microbatch model '\(node.name)' has no 'ref' or 'source' input with an 'event_time' "
        + "configuration.",
      at: node.place,
      file: node.originalFilePath,
      notes: [
        "This means no filtering can be applied and can result in unexpected duplicate records in the "
          + "resulting microbatch model."
      ],
      help: ["configure `event_time` of what it reads"]
    )
  }

  fileprivate static func concurrentBatches(_ count: Int, first: Node) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "concurrent-batches",
      "Found \(count) microbatch model\(count == 1 ? "" : "s") with the `concurrent_batches` config "
        + "set to true, but batches are run sequentially.",
      at: first.place(of: "concurrent_batches"),
      file: first.originalFilePath
    )
  }

  static func microbatchConfig(_ node: Node, _ reason: String) -> Diagnostic {
    Diagnostic(
      code: "microbatch-config",
      "the microbatch model \(node.name) cannot be cut into batches: \(reason)",
      at: node.declaration,
      help: [
        "config(materialized='incremental', incremental_strategy='microbatch', "
          + "event_time='happened_at', batch_size='day', begin='2024-01-01')"
      ]
    )
  }
}
