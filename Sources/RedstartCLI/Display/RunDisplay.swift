import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import Synchronization

/// Shows a run while it goes on.
///
/// On a terminal, finished nodes scroll by above a live block of what is running; elsewhere each
/// event is a plain line, and with `--log-format json` a JSON object.
final class RunDisplay: Sendable {
  private struct State {
    var running: [(id: String, since: ContinuousClock.Instant)] = []
    var finished = 0
    var total = 0
    var started = ContinuousClock.now
    var liveLines = 0
    var counts = RunReport.Counts()
    /// Redraws the clock while nothing else happens.
    var ticking: Task<Void, Never>?
    var isOver = false
  }

  private let session: CommandSession
  private let graph: Graph
  private let state = Mutex(State())
  private let notes: NoteSummary
  /// Speaks in this one's place where the program is called dbt.
  private let dbtDisplay: DbtRunDisplay?

  init(session: CommandSession, parsed: ParsedProject) {
    self.session = session
    graph = parsed.graph
    notes = NoteSummary(buffers: session.buffers)
    dbtDisplay = session.dbtLog.map { DbtRunDisplay($0, session: session, parsed: parsed) }
  }

  private var console: Console { session.console }
  private var style: TextStyle { session.style }

  private var isLive: Bool {
    console.isInteractive && dbtDisplay == nil && !session.isQuiet && !session.logsJSON
  }

  /// Takes one event; safe from any thread.
  func show(_ event: ExecutionEvent) {
    if let dbtDisplay {
      dbtDisplay.show(event)
      return
    }
    if case .detail = event, !session.isDebug { return }
    if session.logsJSON {
      console.error(EventJSON.line(for: event, buffers: session.buffers) + "\n")
      return
    }
    switch event {
    case .runStarted(let total, let threads): begin(total, threads)
    case .nodeStarted(let id, _, _): start(id)
    case .nodeFinished(let result): finish(result)
    case .notice(_, let message): line(style.paint("note: \(message)", .faint))
    case .log(_, let message), .detail(_, let message): line(message)
    case .hookStarted, .batchStarted: break
    case .batchFinished(_, let batch): line(batch.line)
    case .statement(let id, let sql):
      line(style.paint("-- \(graph.nodes[id]?.name ?? id)\n", .faint) + sql)
    case .diagnostic(let diagnostic) where diagnostic.severity == .note: notes.add(diagnostic)
    case .diagnostic(let diagnostic):
      let format = DiagnosticFormat.full
      line(format.render([diagnostic], from: session.buffers, style: style), isImportant: true)
    case .runFinished(let report): end(report)
    }
  }

  // MARK: Events

  private func begin(_ total: Int, _ threads: Int) {
    state.withLock { state in
      state.total = total
      state.started = ContinuousClock.now
    }
    session.note(
      "\(total) node\(total == 1 ? "" : "s") on \(threads) connection\(threads == 1 ? "" : "s")"
    )
    guard isLive else { return }
    let ticking = Task { [weak self] in
      while !Task.isCancelled, let self {
        redraw()
        do { try await Task.sleep(for: .milliseconds(120)) } catch { return }
      }
    }
    state.withLock { $0.ticking = ticking }
  }

  private func start(_ id: String) {
    state.withLock { $0.running.append((id, ContinuousClock.now)) }
    if isLive { redraw() }
  }

  private func finish(_ result: NodeResult) {
    let number = state.withLock { state in
      state.running.removeAll { $0.id == result.id }
      // The project's hooks are not among the nodes that are counted.
      if result.kind != .operation { state.finished += 1 }
      switch result.status {
      case .success, .pass: state.counts.passed += 1
      case .warn: state.counts.warned += 1
      case .error, .fail, .partialSuccess: state.counts.failed += 1
      case .skipped, .cancelled: state.counts.skipped += 1
      case .noOp: state.counts.idle += 1
      }
      return state.finished
    }
    let isImportant = result.status.isFailure || result.status == .warn
    line(ResultLine(result: result, number: number, style: style).text, isImportant: isImportant)
    if !result.diagnostics.isEmpty {
      let text = DiagnosticFormat.full.render(
        result.diagnostics,
        from: session.buffers,
        style: style
      )
      line(text, isImportant: true)
    }
    if let sample = result.sample, !sample.rows.isEmpty {
      var table = TextTable(columns: sample.columns)
      for row in sample.rows { table.add(row.map { $0 ?? "NULL" }) }
      let indented = table.text.split(separator: "\n").map { "      \($0)" }.joined(separator: "\n")
      line(
        indented + (result.compiledPath.map { "\n      compiled SQL: \($0)" } ?? ""),
        isImportant: true
      )
    }
  }

  private func end(_ report: RunReport) {
    let ticking = state.withLock { state in
      state.isOver = true
      return state.ticking
    }
    ticking?.cancel()
    if isLive { erase() }
    for text in notes.lines { line(style.paint("note: \(text)", .faint)) }
    let counts = report.counts
    let isGood = report.exitCode == 0
    let words = [
      "PASS=\(counts.passed)", "WARN=\(counts.warned)", "ERROR=\(counts.failed)",
      "SKIP=\(counts.skipped)", "TOTAL=\(counts.total)",
    ].joined(separator: " ")
    let state = report.wasCancelled ? "Interrupted" : (isGood ? "Done" : "Failed")
    let text = style.paint(state, isGood ? .success : .error)
    let summary = "\(text) in \(Seconds.text(report.elapsed)). \(words)\n"
    if !session.isQuiet || !isGood { console.error(summary) }
  }

  // MARK: Writing

  private func line(_ text: String, isImportant: Bool = false) {
    guard isImportant || !session.isQuiet else { return }
    let ended = text.hasSuffix("\n") ? text : text + "\n"
    guard isLive else {
      console.error(ended)
      return
    }
    draw(ended)
  }

  private func redraw() { draw("") }

  /// Writes text above the live block.
  ///
  /// Writing happens under the lock: what one thread erases must be what was drawn last.
  private func draw(_ text: String) {
    state.withLock { state in
      guard !state.isOver || !text.isEmpty else { return }
      let erasing = Self.erasing(state.liveLines)
      let live = liveBlock(state)
      state.liveLines = live.count
      console.error(erasing + text + live.map { $0 + "\n" }.joined())
    }
  }

  private func erase() {
    state.withLock { state in
      console.error(Self.erasing(state.liveLines))
      state.liveLines = 0
    }
  }

  /// Moves up over the live block and clears to the end of the screen.
  private static func erasing(_ lines: Int) -> String {
    lines == 0 ? "" : "\u{1B}[\(lines)F\u{1B}[0J"
  }

  private func liveBlock(_ state: State) -> [String] {
    guard !state.isOver, state.total > 0 else { return [] }
    let now = ContinuousClock.now
    var lines: [String] = []
    for (id, since) in state.running.prefix(12) {
      let node = graph.nodes[id]
      let kind = node.map { $0.config["materialized"]?.string ?? $0.kind.rawValue } ?? ""
      let elapsed = Seconds.text(Seconds.of(since.duration(to: now)))
      lines.append(cut("  ◌ \(ResultLine.padded(kind, 11)) \(node?.name ?? id)  \(elapsed)"))
    }
    if state.running.count > 12 { lines.append("  … and \(state.running.count - 12) more") }
    let width = 24
    let filled = width * state.finished / max(1, state.total)
    let bar = String(repeating: "━", count: filled) + String(repeating: "─", count: width - filled)
    let elapsed = Seconds.text(Seconds.of(state.started.duration(to: now)))
    var tail = "\(state.finished)/\(state.total)  \(elapsed)"
    if state.counts.failed > 0 { tail += "  \(state.counts.failed) failed" }
    lines.append(cut("  \(bar) \(tail)"))
    return lines
  }

  private func cut(_ text: String) -> String {
    text.count < console.width ? text : text.prefix(max(1, console.width - 2)) + "…"
  }
}

/// The line that tells what became of a node.
struct ResultLine {
  let result: NodeResult
  let number: Int
  let style: TextStyle

  var text: String {
    let isCounted = result.kind != .operation
    let place = Self.leftPadded(isCounted ? "\(number)/\(result.total)" : "", 7)
    let kind = result.materialization ?? result.kind.rawValue
    let name =
      result.kind == .test || result.kind == .unitTest
      ? result.name
      : (result.relation?.schema.map { "\($0)." } ?? "")
        + (result.relation?.identifier ?? result.name)
    let words = [style.paint(place, .faint), word, Self.padded(kind, 11), Self.padded(name, 44)]
    return words.joined(separator: "  ") + "  " + detail
  }

  private var word: String {
    let (text, role): (String, TextStyle.Role) =
      switch result.status {
      case .success: ("ok", .success)
      case .pass: ("pass", .success)
      case .warn: ("WARN", .warning)
      case .error: ("ERROR", .error)
      case .partialSuccess: ("PARTIAL", .error)
      case .fail: ("FAIL", .error)
      case .skipped: ("skip", .warning)
      case .cancelled: ("stopped", .warning)
      case .noOp: ("no-op", .success)
      }
    return style.paint(Self.padded(text, 7), role)
  }

  private var detail: String {
    var parts: [String] = []
    switch result.status {
    case .success:
      if let rows = result.rowsAffected { parts.append("\(rows) row\(rows == 1 ? "" : "s")") }
    case .fail, .warn, .skipped, .partialSuccess:
      if let message = result.message { parts.append(message) }
    case .pass where result.freshness != nil:
      if let message = result.message { parts.append(message) }
    default: break
    }
    if result.thread != nil {
      parts.append(style.paint(Seconds.text(result.execute.seconds), .faint))
    }
    return parts.joined(separator: "  ")
  }

  static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  static func leftPadded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
