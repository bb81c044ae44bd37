import Synchronization

/// A session that was given back, kept for the next who asks.
package final class IdleSession<Session: WarehouseSession>: Sendable {
  private let kept = Mutex<Session?>(nil)

  package init() {}

  /// The session, which is the caller's from now on; nil if there is none.
  package func take() -> Session? {
    kept.withLock { kept in
      defer { kept = nil }
      return kept
    }
  }

  /// Keeps a session and closes the one that was kept before; one of another kind is closed.
  package func keep(_ session: any WarehouseSession) async {
    guard let session = session as? Session else { return await session.close() }
    let former = kept.withLock { kept in
      defer { kept = session }
      return kept
    }
    await former?.close()
  }

  /// Closes the session, if there is one.
  package func close() async { await take()?.close() }
}
