import Diagnostics
import RedshiftSQL
import WarehouseClient

extension MigrationDatabase {
  /// How the note begins that tells of a session which outlives its connection.
  static let liveSession = "session "

  /// Ends what a broken connection left behind on the server, so that nobody has to wait for it.
  ///
  /// A network can die without a word: then the server keeps the session, with its transaction and
  /// its locks, until it finds out. A session that waits for its client waits for nobody any more.
  /// One that works is left to its work, and a note says so.
  func endSilentSession(_ session: any WarehouseSession, _ error: inout Diagnostic) async {
    guard error.code == "connection-lost", history.dialect == .postgres,
      let process = await session.processIdentifier,
      !error.notes.contains(where: { $0.hasPrefix(Self.liveSession) })
    else { return }
    // In a task of its own, since nothing is sent from one that was cancelled.
    let state = await Task { await stateAfterEnding(process) }.value
    guard let state else { return }
    error.notes.append(
      "\(Self.liveSession)\(process) is still \(state) on the server; the next run waits for its end"
    )
  }

  /// What a session does that could not be ended; nil when it is gone, or nobody can tell.
  private func stateAfterEnding(_ process: Int) async -> String? {
    let query = """
      select state, case when state like 'idle%' then pg_terminate_backend(pid) end \
      from pg_catalog.pg_stat_activity where pid = \(process) and usename = current_user \
      and datname = current_database() and application_name like 'redstart%'
      """
    do throws(Diagnostic) {
      return try await withSession { session throws(Diagnostic) in
        // Its end takes a moment.
        for _ in 0..<40 {
          guard let row = try await execute(query, session).rows.first else { return nil }
          let state = row.first.flatMap { $0 } ?? "there"
          guard state.hasPrefix("idle") else { return state }
          do { try await Task.sleep(for: .milliseconds(50)) } catch { return state }
        }
        return "there"
      }
    } catch {
      // The server cannot be reached: what became of the session shows at the next run.
      return nil
    }
  }
}
