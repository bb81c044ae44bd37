import Diagnostics
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// Keeps two runs from applying migrations of one metadata schema at the same time.
///
/// The lock belongs to the session that does the work, so it ends with that session and no other
/// run can have it while a transaction of this one may still commit. Whoever waits asks again and
/// again in short statements: it never waits inside of one, and never holds a transaction open.
protocol MigrationLock: Sendable {
  /// Tries once.
  func attempt(_ session: any WarehouseSession) async throws(WarehouseError) -> LockAttempt

  /// Gives the lock back; the session's end does so too.
  func release(_ session: any WarehouseSession) async throws(WarehouseError)

  /// Who holds it: nobody, or one.
  func held(_ session: any WarehouseSession) async throws(WarehouseError) -> [HeldLock]

  /// Takes it away from who holds it.
  func takeAway(_ lock: HeldLock, _ session: any WarehouseSession) async throws(WarehouseError)
}

/// What came of trying to take a lock.
enum LockAttempt: Sendable {
  /// It is held; the query fails in a session that does not hold it, and is the first statement of
  /// each transaction.
  case held(fence: String)
  case taken(LockHolder)
}

/// PostgreSQL's advisory lock of a session.
struct AdvisoryLock: MigrationLock {
  private let key: Int64
  private let applicationName: String

  init(schema: String, applicationName: String) {
    // The same key as ever, so that older versions and this one keep each other out.
    let digits = Checksum.md5(Array("redstart:\(Checksum.md5(Array(schema.utf8)))".utf8)).prefix(16)
    key = Int64(bitPattern: UInt64(digits, radix: 16) ?? 0)
    self.applicationName = applicationName
  }

  private var place: String {
    let bits = UInt64(bitPattern: key)
    return "l.locktype = 'advisory' and l.granted and l.objsubid = 1 "
      + "and l.classid = \(bits >> 32) and l.objid = \(bits & 0xFFFF_FFFF)"
  }

  func attempt(_ session: any WarehouseSession) async throws(WarehouseError) -> LockAttempt {
    // A pooler does not tell the server's number for a session; what is locked through it would
    // stay locked when this run ends.
    let isDirect = await session.processIdentifier.map { "pg_backend_pid() = \($0)" } ?? "true"
    let tried = try await session.execute(
      "select case when \(isDirect) then pg_try_advisory_lock(\(key)) end, pg_backend_pid()"
    )
    guard let outcome = tried.rows.first, outcome.count == 2, let backend = outcome[1] else {
      return .taken(try await holder(session))
    }
    guard let isHeld = outcome[0] else { throw Self.pooled }
    guard isHeld == "t" else { return .taken(try await holder(session)) }
    let name = SQLQuoting.literal(applicationName, for: .postgres)
    // One that tells the numbers, and still gives each transaction another session, shows here.
    let named = try await session.execute(
      "set application_name = \(name); select pg_backend_pid() from pg_catalog.pg_locks l "
        + "where \(place) and l.pid = pg_backend_pid()"
    )
    guard named.rows.first?.first == backend else {
      throw Self.pooled
    }
    // The lock lasts as long as its session, so the session's number is enough to know it by.
    return .held(
      fence: "select 1 / (case when pg_backend_pid() = \(backend) then 1 else 0 end)"
    )
  }

  func release(_ session: any WarehouseSession) async throws(WarehouseError) {
    _ = try await session.execute("select pg_advisory_unlock(\(key))")
  }

  private func holder(
    _ session: any WarehouseSession
  ) async throws(WarehouseError) -> LockHolder {
    try await held(session).first?.holder
      ?? LockHolder(description: "a session that is just ending", since: nil, backend: nil)
  }

  private static var pooled: WarehouseError {
    WarehouseError(
      kind: .statement,
      message: "the connection does not stay with one session of the server",
      sqlState: pooledState
    )
  }

  static let pooledState = "RSPOOL"

  // MARK: Breaking

  func held(_ session: any WarehouseSession) async throws(WarehouseError) -> [HeldLock] {
    let found = try await session.execute(
      """
      select a.application_name, a.pid, a.usename from pg_catalog.pg_locks l \
      join pg_catalog.pg_stat_activity a on a.pid = l.pid where \(place) \
      and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
      """
    )
    return found.rows.filter { $0.count == 3 }.map { row in
      HeldLock(
        holder: LockHolder(applicationName: row[0] ?? "", backend: row[1]),
        databaseUser: row[2] ?? "",
        // The server lists no lock whose session has ended.
        liveness: .alive,
        token: row[1] ?? ""
      )
    }
  }

  /// Ends the session: the lock is part of it.
  func takeAway(
    _ lock: HeldLock,
    _ session: any WarehouseSession
  ) async throws(WarehouseError) {
    guard let backend = Int(lock.token) else { return }
    _ = try await session.execute("select pg_terminate_backend(\(backend))")
  }
}
