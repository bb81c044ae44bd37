import Diagnostics
import Execution
import ProjectCompiler

extension CommandSession {
  /// When the command began.
  var now: EventTime { EventTime(startedAt) ?? EventTime(microseconds: 0) }

  /// `--sample`: the stretch of time that references are narrowed to.
  var sample: EventTimeWindow? {
    get throws(Diagnostic) {
      // Others mean a number of rows by it.
      guard command.options.contains("event-time-start") else { return nil }
      return try arguments.value("sample").map { text throws(Diagnostic) in
        try EventTimeWindow(sample: text, now: now, buffers: buffers)
      }
    }
  }

  /// `--event-time-start` and `--event-time-end`, which go together.
  var eventTimes: EventTimeWindow? {
    get throws(Diagnostic) {
      let start = try time("event-time-start")
      let end = try time("event-time-end")
      guard start != nil || end != nil else { return nil }
      guard let start, let end else {
        let (given, missing) = start == nil ? ("end", "start") : ("start", "end")
        throw Diagnostic(
          code: "usage",
          console.speaksDbt
            ? "When specifying `--event-time-\(given)`, `--event-time-\(missing)` must also be present"
            : "--event-time-\(given) needs --event-time-\(missing) beside it"
        )
      }
      guard start < end else {
        throw Diagnostic(
          code: "usage",
          console.speaksDbt
            ? "Value for `--event-time-start` must be less than `--event-time-end`"
            : "--event-time-start must be before --event-time-end"
        )
      }
      return EventTimeWindow(start: start, end: end)
    }
  }

  private func time(_ option: String) throws(Diagnostic) -> EventTime? {
    guard let text = arguments.value(option) else { return nil }
    guard let time = EventTime.ofCommandLine(text) else {
      throw Diagnostic(
        code: "usage",
        "--\(option) must be a time, not \"\(text)\"",
        help: ["as in 2024-09-01, or 2024-09-01T06:00:00, which is meant in UTC"]
      )
    }
    return time
  }
}
