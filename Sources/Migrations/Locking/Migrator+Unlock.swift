package import Diagnostics
import RedshiftSQL
import WarehouseClient

/// A lock as somebody sees it who wants to break it.
package struct HeldLock: Hashable, Sendable {
  /// Whether the session of a holder still exists.
  package enum Liveness: String, Hashable, Sendable {
    case alive
    case gone
    /// The user may not see other users' sessions.
    case unknown
  }

  package var holder: LockHolder
  package var databaseUser: String
  package var liveness: Liveness
  /// By which the lock is known.
  var token: String

  /// Who, since when, in which session.
  package var sentences: [String] {
    let session = holder.backend.map { "process \($0) on the server" } ?? "an unknown session"
    let state =
      switch liveness {
      case .alive: "is alive"
      case .gone: "is gone"
      case .unknown: "may be alive: this user does not see the sessions of others"
      }
    return [
      "held by \(holder.description)\(holder.since.map { ", since \($0) UTC" } ?? "")",
      "its session, \(session), database user \(databaseUser), \(state)",
    ]
  }
}

extension Migrator {
  /// Breaks the lock of a run that is gone.
  ///
  /// - Parameters:
  ///   - force: whether it is broken even if its session is alive, or may be.
  ///   - show: told who holds it, before anything is done.
  /// - Returns: the locks that were broken; none when nobody held one.
  /// - Throws: `lock-holder-alive`, and nothing is changed.
  package func unlock(
    force: Bool,
    show: @escaping @Sendable (HeldLock) -> Void
  ) async throws(Diagnostic) -> [HeldLock] {
    try await database.withSession { session throws(Diagnostic) in
      let lock = database.lock
      if lock is LeaseLock, try await !database.tables(session).contains("migration_lease") {
        return []
      }
      let held: [HeldLock]
      do throws(WarehouseError) {
        held = try await lock.held(session)
      } catch {
        throw .database(error, at: nil)
      }
      for one in held { show(one) }
      if !force, let living = held.first(where: { $0.liveness != .gone }) {
        throw .lockHolderAlive(living)
      }
      do throws(WarehouseError) {
        for one in held { try await lock.takeAway(one, session) }
      } catch {
        throw .database(error, at: nil)
      }
      return held
    }
  }
}
