import CLibPQ
import Synchronization

/// Keeps the notices of the running statement, which libpq would print otherwise.
final class NoticeCollector: Sendable {
  /// A function that raises a notice per row must not fill the memory.
  private static let limit = 1000

  private struct Collected {
    var notices: [String] = []
    var left = 0
  }

  private let collected = Mutex(Collected())

  /// Makes `connection` hand its notices to this collector, which has to outlive it.
  func attach(to connection: OpaquePointer) {
    let this = Unmanaged.passUnretained(self).toOpaque()
    _ = PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context, let result else { return }
        Unmanaged<NoticeCollector>.fromOpaque(context).takeUnretainedValue().add(result)
      },
      this
    )
    // Reached only by libpq's own warnings; the receiver above takes the server's.
    _ = PQsetNoticeProcessor(
      connection,
      { context, message in
        guard let context, let message else { return }
        let text = String(cString: message)
        Unmanaged<NoticeCollector>.fromOpaque(context).takeUnretainedValue().add(text)
      },
      this
    )
  }

  /// Hands out what has come since the last call.
  func take() -> [String] {
    collected.withLock { collected in
      var notices = collected.notices
      if collected.left > 0 { notices.append("… and \(collected.left) more") }
      collected = Collected()
      return notices
    }
  }

  private func add(_ result: OpaquePointer) {
    let message = resultField(result, .message) ?? String(cString: PQresultErrorMessage(result))
    let severity = resultField(result, .severity)
    add(severity.map { "\($0): \(message)" } ?? message)
  }

  private func add(_ notice: String) {
    collected.withLock { collected in
      if collected.notices.count < Self.limit {
        collected.notices.append(notice)
      } else {
        collected.left += 1
      }
    }
  }
}
