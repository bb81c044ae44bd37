import Diagnostics

/// The stretch of time that one batch of a microbatch model covers.
package enum BatchSize: String, CaseIterable, Sendable {
  case hour
  case day
  case month
  case year

  /// The beginning of the stretch that a time is in.
  func truncated(_ time: EventTime) -> EventTime {
    let parts = time.parts
    switch self {
    case .hour:
      return EventTime(
        year: parts.year,
        month: parts.month,
        day: parts.day,
        second: parts.second / 3600 * 3600
      )
    case .day: return EventTime(year: parts.year, month: parts.month, day: parts.day)
    case .month: return EventTime(year: parts.year, month: parts.month, day: 1)
    case .year: return EventTime(year: parts.year, month: 1, day: 1)
    }
  }

  /// The beginning of the stretch so many further on.
  func offset(_ time: EventTime, by count: Int64) -> EventTime {
    let start = truncated(time)
    switch self {
    case .hour: return start.adding(seconds: 3600 * count)
    case .day: return start.adding(seconds: 86_400 * count)
    case .month: return start.adding(months: count)
    case .year: return start.adding(months: 12 * count)
    }
  }

  /// The end of the stretch that a time is in; a time between two is the end of the first.
  func ceiling(_ time: EventTime) -> EventTime {
    truncated(time) == time ? time : offset(time, by: 1)
  }

  /// A time without what is smaller than this: `2024-09-17T16`, `2024-09-17`, `2024-09`, `2024`.
  func label(_ time: EventTime) -> String {
    let text = time.iso8601
    switch self {
    case .hour: return String(text.prefix(13))
    case .day: return String(text.prefix(10))
    case .month: return String(text.prefix(7))
    case .year: return String(text.prefix(4))
    }
  }
}

/// One batch of a microbatch model.
package struct Batch: Hashable, Sendable {
  package var window: EventTimeWindow
  package var size: BatchSize
  /// The column that says when a row happened.
  package var eventTime: String
  /// Whether it adds to a table, rather than making one.
  package var isIncremental: Bool
  /// Whether no batch of the same run comes before it: hooks before the model are its.
  package var isFirst = true
  /// Whether another batch of the same run comes after it, whose hooks after the model are.
  package var isFollowed = false

  package init(
    window: EventTimeWindow,
    size: BatchSize,
    eventTime: String,
    isIncremental: Bool
  ) {
    self.window = window
    self.size = size
    self.eventTime = eventTime
    self.isIncremental = isIncremental
  }

  /// What people know it by: `2024-09-17`.
  package var label: String { size.label(window.start) }

  /// `model.batch.id`: `20240917`.
  var identifier: String { label.filter { $0 != "-" } }
}
