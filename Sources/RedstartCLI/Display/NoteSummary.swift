import Diagnostics
import Synchronization

/// Notes about how statements were carried out, gathered so that each is told once.
final class NoteSummary: Sendable {
  private struct Entry {
    var message: String
    var place: String?
    var count: Int
  }

  private let entries = Mutex<[Entry]>([])
  private let buffers: Buffers

  init(buffers: Buffers) {
    self.buffers = buffers
  }

  func add(_ diagnostic: Diagnostic) {
    entries.withLock { entries in
      if let index = entries.firstIndex(where: { $0.message == diagnostic.message }) {
        entries[index].count += 1
      } else {
        let place = diagnostic.place(in: buffers)
        entries.append(Entry(message: diagnostic.message, place: place, count: 1))
      }
    }
  }

  /// `DISTKEY has no effect on the local warehouse (4 times, first at migrations/V1__a.sql:3:5)`.
  var lines: [String] {
    entries.withLock { $0 }.map { entry in
      guard let place = entry.place else { return entry.message }
      let times = entry.count == 1 ? place : "\(entry.count) times, first at \(place)"
      return "\(entry.message) (\(times))"
    }
  }
}
