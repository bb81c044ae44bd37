import Diagnostics
import RedshiftSQL
import WarehouseClient

/// A session whose lock a migration would wait for.
package struct BlockingSession: Hashable, Sendable {
  package var process: String
  package var user: String
  package var relation: String
  package var mode: String
  /// When its transaction began, in UTC.
  package var since: String?
  /// Its last statement, where the server tells.
  package var statement: String?

  /// Reads a row of process, user, relation, mode, beginning and statement.
  init?(_ row: [String?]) {
    guard row.count == 6, let process = row[0], let relation = row[2] else { return nil }
    self.process = process
    self.relation = relation
    user = row[1] ?? "?"
    mode = row[3] ?? "a lock"
    since = row[4]
    statement = row[5].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// `process 4711 of ada holds AccessShareLock on shop.orders since 2026-11-26 01:02:03 UTC`.
  package var sentence: String {
    let since = since.map { " since \($0) UTC" } ?? ""
    let statement = statement.map { "; its last statement: \($0)" } ?? ""
    return "process \(process) of \(user) holds \(mode) on \(relation)\(since)\(statement)"
  }
}

extension BlockingSession {
  /// At most so many are asked for.
  private static let limit = 20

  /// Rows of process, user, relation, mode, beginning and statement.
  ///
  /// - Parameters:
  ///   - exclusive: relations that even readers keep from being changed.
  ///   - written: those whose rows are changed, which readers do not hinder.
  ///   - dialect: the server's.
  ///   - literal: writes a text literal.
  /// - Returns: a query.
  static func query(
    exclusive: [String],
    written: [String],
    _ dialect: SQLQuoting.Dialect,
    literal: (String) -> String
  ) -> String {
    let name = "cast(n.nspname as varchar(128)) || '.' || cast(c.relname as varchar(128))"
    let none = ["''"]
    let all = exclusive.isEmpty ? none : exclusive.map(literal)
    let some = written.isEmpty ? none : written.map(literal)
    let mode = dialect == .redshift ? "trim(l.lock_mode)" : "l.mode"
    let isHit = """
      (\(name) in (\(all.joined(separator: ", "))) or \(name) in (\(some.joined(separator: ", "))) \
      and \(mode) in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
      """
    switch dialect {
    case .redshift:
      return """
        select distinct l.pid, trim(l.txn_owner), \(name), \(mode), \
        cast(l.txn_start as varchar(19)), cast(null as varchar(200)) \
        from svv_transactions l join pg_catalog.pg_class c on c.oid = l.relation \
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
        where l.granted and l.pid <> pg_backend_pid() and \(isHit) order by 1, 3, 4 limit \(limit)
        """
    case .postgres:
      return """
        select distinct a.pid, a.usename, \(name), \(mode), \
        to_char(a.xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), left(a.query, 200) \
        from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation \
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
        join pg_catalog.pg_stat_activity a on a.pid = l.pid \
        where l.granted and a.pid <> pg_backend_pid() and \(isHit) \
        order by 1, 3, 4 limit \(limit)
        """
    }
  }
}

extension MigrationDatabase {
  /// Sessions of others that hold locks on relations, `schema.name` each.
  ///
  /// - Parameters:
  ///   - exclusive: relations that even readers keep from being changed.
  ///   - written: those whose rows are changed, which readers do not hinder.
  ///   - session: where to ask; nothing is waited for.
  /// - Returns: at most twenty, with secrets taken out of their statements.
  /// - Throws: what the server says, to a user who may not see other sessions among others.
  func blockingSessions(
    exclusive: Set<String>,
    written: Set<String>,
    _ session: any WarehouseSession
  ) async throws(WarehouseError) -> [BlockingSession] {
    guard !(exclusive.isEmpty && written.isEmpty) else { return [] }
    let query = BlockingSession.query(
      exclusive: exclusive.sorted(),
      written: written.sorted(),
      history.dialect,
      literal: history.literal
    )
    return try await session.execute(query).rows.compactMap(BlockingSession.init).map { holder in
      var holder = holder
      holder.statement = holder.statement.map(settings.redact)
      return holder
    }
  }

  /// Names the sessions that hold what a statement waited for in vain.
  ///
  /// - Parameters:
  ///   - touched: what the statement may have waited for.
  ///   - error: gets the names as notes, if it tells of a lock that was not to be had.
  ///   - session: the one that failed; its transaction is rolled back.
  func nameHolders(
    of touched: @autoclosure () -> TouchedObjects,
    in error: inout Diagnostic,
    _ session: any WarehouseSession
  ) async {
    guard error.code == "lock-not-available", history.dialect == .postgres else { return }
    let touched = touched()
    let names = touched.changed.union(touched.read).filter { !$0.hasSuffix(".") }
    do throws(WarehouseError) {
      _ = try await session.execute("rollback")
      let found = try await blockingSessions(exclusive: names, written: [], session)
      error.notes += found.prefix(5).map(\.sentence)
    } catch {
      // Without the list, the server's own words have to do.
      return
    }
  }
}
