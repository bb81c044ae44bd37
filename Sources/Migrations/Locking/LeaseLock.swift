import RedshiftSQL
import WarehouseClient

/// A row that says who may migrate, for servers without advisory locks.
///
/// The row is changed only in short transactions that begin with LOCK, before their snapshot is
/// taken. It names the session of its holder: whoever finds it taken looks whether that session
/// lives, so a lease is never taken over from a run that could still commit, and never lost to a
/// clock. Redshift enforces no keys, but the table lock makes the row unique.
struct LeaseLock: MigrationLock {
  let history: MigrationHistory
  let token: String
  let holder: String
  /// UTC now.
  let now: @Sendable () -> String

  private static let name = "migrations"

  private var isOurs: String {
    "name = \(history.literal(Self.name)) and token = \(history.literal(token))"
  }

  /// On PostgreSQL a pooler may stand in between: another session of the server would lack this
  /// one's settings, the search path among them.
  var fence: String {
    let isSame = history.dialect == .postgres ? " and backend_pid = pg_backend_pid()" : ""
    return "select 1 / (case when count(*) > 0 then 1 else 0 end) from \(history.leaseTable) "
      + "where \(isOurs)\(isSame)"
  }

  func attempt(_ session: any WarehouseSession) async throws(WarehouseError) -> LockAttempt {
    // A look without the table lock first: a long migration reads the lease in its transaction,
    // and LOCK would wait for its end.
    if let holder = try await livingHolder(session) { return .taken(holder) }
    do throws(WarehouseError) {
      _ = try await session.execute(lockingTable)
      if let holder = try await livingHolder(session) {
        _ = try await session.execute("rollback")
        return .taken(holder)
      }
      try await take(session)
      return .held(fence: fence)
    } catch {
      if error.kind == .statement { _ = try await session.execute(givingUp) }
      if error.isTimeout, let holder = try await transactionInTheWay(session) {
        return .taken(holder)
      }
      throw error
    }
  }

  /// How long LOCK waits before somebody looks who is in the way.
  private static let patience = 500

  /// Takes the table lock, without waiting for long: a run whose lease was taken away may be in a
  /// transaction that has read it, and whoever waits for that wants to know.
  var lockingTable: String {
    switch history.dialect {
    case .postgres:
      "begin; set local lock_timeout = \(Self.patience); lock \(history.leaseTable)"
    case .redshift:
      "begin; set statement_timeout to \(Self.patience * 4); lock \(history.leaseTable); "
        + "reset statement_timeout"
    }
  }

  private var givingUp: String {
    history.dialect == .redshift ? "rollback; reset statement_timeout" : "rollback"
  }

  /// A session whose transaction keeps the lease's table from being locked.
  private func transactionInTheWay(
    _ session: any WarehouseSession
  ) async throws(WarehouseError) -> LockHolder? {
    let query = BlockingSession.query(
      exclusive: ["\(history.schema).migration_lease"],
      written: [],
      history.dialect,
      literal: { history.literal($0) }
    )
    let found = try await session.execute(query).rows.compactMap(BlockingSession.init).first
    return found.map { found in
      LockHolder(
        description: "process \(found.process) of \(found.user) on the server, whose transaction "
          + "began under a lease that is not its any more",
        since: found.since,
        backend: found.process
      )
    } ?? LockHolder(description: "another session's transaction", since: nil, backend: nil)
  }

  private func take(_ session: any WarehouseSession) async throws(WarehouseError) {
    let own = try await session.execute(ownSession)
    guard let identity = own.rows.first, identity.count == 3 else {
      throw WarehouseError(kind: .statement, message: "the server does not list this session")
    }
    let values = [
      history.literal(Self.name), history.literal(token),
      history.literal(holder, limit: 512), history.literal(identity[2] ?? ""),
      identity[0] ?? "0", history.literal(identity[1] ?? ""), history.literal(now()),
    ]
    _ = try await session.execute(
      "delete from \(history.leaseTable) where name = \(history.literal(Self.name)); "
        + "insert into \(history.leaseTable) (name, token, holder, db_user, backend_pid, "
        + "backend_start, acquired_at) values (\(values.joined(separator: ", "))); commit"
    )
  }

  /// Who has the lease by a session that still exists.
  private func livingHolder(
    _ session: any WarehouseSession
  ) async throws(WarehouseError) -> LockHolder? {
    for row in try await rows(session) where row[0] != token {
      if try await liveness(row, session) == .gone { continue }
      return holder(row)
    }
    return nil
  }

  private func holder(_ row: [String?]) -> LockHolder {
    LockHolder(
      description: row[1] ?? "another session",
      since: row[5].map { String($0.prefix(19)) },
      backend: row[3]
    )
  }

  private func rows(
    _ session: any WarehouseSession
  ) async throws(WarehouseError) -> [[String?]] {
    try await session.execute(leaseQuery).rows.filter { $0.count == 6 }
  }

  var leaseQuery: String {
    "select token, holder, db_user, backend_pid, backend_start, acquired_at "
      + "from \(history.leaseTable) where name = \(history.literal(Self.name)) "
      + "order by acquired_at desc"
  }

  func release(_ session: any WarehouseSession) async throws(WarehouseError) {
    _ = try await session.execute(
      "begin; lock \(history.leaseTable); delete from \(history.leaseTable) where \(isOurs); commit"
    )
  }

  // MARK: Sessions

  /// Number, start and user of this session.
  var ownSession: String {
    switch history.dialect {
    case .postgres:
      """
      select pid, extract(epoch from backend_start), usename from pg_catalog.pg_stat_activity \
      where pid = pg_backend_pid()
      """
    case .redshift:
      "select process, starttime, trim(user_name) from stv_sessions where process = pg_backend_pid()"
    }
  }

  /// Whether the session of a lease still exists.
  ///
  /// A user who may not see other users' sessions cannot know.
  private func liveness(
    _ row: [String?],
    _ session: any WarehouseSession
  ) async throws(WarehouseError) -> HeldLock.Liveness {
    guard let pid = row[3].flatMap({ Int($0) }), let start = row[4], let user = row[2] else {
      return .gone
    }
    switch history.dialect {
    case .postgres:
      let found = try await session.execute(
        "select extract(epoch from backend_start) from pg_catalog.pg_stat_activity "
          + "where pid = \(pid)"
      )
      guard let other = found.rows.first else { return .gone }
      guard let began = other.first.flatMap({ $0 }) else { return .unknown }
      return began == start ? .alive : .gone
    case .redshift:
      let found = try await session.execute(sightQuery(of: user))
      let seesAll = found.rows.first?.last == "1"
      let sessions = try await session.execute(sessionQuery(pid, since: start))
      if sessions.rows.first?.first != "0" { return .alive }
      return seesAll ? .gone : .unknown
    }
  }

  /// Whether Redshift shows the sessions of a user.
  func sightQuery(of user: String) -> String {
    "select count(*), max(case when trim(u.usename) = \(history.literal(user)) or u.usesuper "
      + "then 1 else 0 end) from pg_user u where u.usename = current_user"
  }

  /// Whether a session of Redshift is there.
  func sessionQuery(_ process: Int, since start: String) -> String {
    "select count(*) from stv_sessions where process = \(process) "
      + "and starttime = \(history.literal(start))"
  }

  // MARK: Breaking

  func held(_ session: any WarehouseSession) async throws(WarehouseError) -> [HeldLock] {
    var held: [HeldLock] = []
    for row in try await rows(session) {
      held.append(
        HeldLock(
          holder: holder(row),
          databaseUser: row[2] ?? "",
          liveness: try await liveness(row, session),
          token: row[0] ?? ""
        )
      )
    }
    return held
  }

  /// Takes the row away; its holder is refused before its next commit.
  func takeAway(
    _ lock: HeldLock,
    _ session: any WarehouseSession
  ) async throws(WarehouseError) {
    // No LOCK: a holder in the middle of a transaction would have to be waited for.
    _ = try await session.execute(
      "delete from \(history.leaseTable) where name = \(history.literal(Self.name)) "
        + "and token = \(history.literal(lock.token))"
    )
  }
}

extension WarehouseError {
  /// Whether a lock was not to be had in time.
  fileprivate var isTimeout: Bool { sqlState == "55P03" || sqlState == "57014" }
}
