package import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// What a plan meets in the database: views in its way, and sessions that it would wait for.
package struct PlanOutlook: Sendable {
  /// Views that are dropped and made again, as `schema.name`, by the path of the migration.
  package var views: [String: [String]] = [:]
  /// Sessions that hold locks on what the plan changes; nil where the user may not see them.
  package var holders: [BlockingSession]?
  /// Views of somebody else that would stop a migration.
  package var problems: [Diagnostic] = []
}

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

extension Migrator {
  /// Looks at what pending migrations would meet now.
  ///
  /// - Parameter planned: the pending migrations, in order.
  /// - Returns: views and sessions; nothing is changed and nothing waited for.
  /// - Throws: errors of the database.
  package func outlook(of planned: [PlannedMigration]) async throws(Diagnostic) -> PlanOutlook {
    try await database.withSession { session throws(Diagnostic) in
      var outlook = PlanOutlook()
      let standing = try await states(session)
      let keeper = ViewKeeper(
        self,
        owned: owned(standing.states),
        pending: planned.map(\.state)
      )
      do throws(Diagnostic) {
        try await keeper.refuseForeignViews(session)
      } catch {
        guard error.code == "foreign-views" else { throw error }
        outlook.problems.append(error)
      }
      for migration in planned {
        for segment in migration.segments {
          let path = migration.script.path
          let kept = try await keeper.views(for: segment.statements, of: path, session)
          outlook.views[path, default: []] += kept?.views.map(\.key) ?? []
        }
      }
      outlook.holders = try await holders(of: planned.flatMap(\.statements), session)
      return outlook
    }
  }

  /// Sessions that hold locks on what statements change; nil where they cannot be seen.
  private func holders(
    of statements: [Statement],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [BlockingSession]? {
    let schema = settings.defaultSchema
    let altering = statements.filter(\.excludesReaders)
    let exclusive = TouchedObjects(altering, defaultSchema: schema).changed
    let written = TouchedObjects(statements, defaultSchema: schema).changed
    guard !written.isEmpty else { return [] }
    let query = BlockingSession.query(
      exclusive: exclusive.sorted(),
      written: written.subtracting(exclusive).sorted(),
      database.history.dialect,
      literal: database.history.literal
    )
    let result: StatementResult
    do throws(WarehouseError) {
      result = try await session.execute(query)
    } catch {
      // The plan is as good without: not everybody may see what others do.
      if error.kind == .statement { return nil }
      throw .database(error, at: nil)
    }
    return result.rows.compactMap(BlockingSession.init).map { holder in
      var holder = holder
      holder.statement = holder.statement.map(settings.redact)
      return holder
    }
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

extension Statement {
  /// Whether readers of what it changes and it wait for each other.
  fileprivate var excludesReaders: Bool {
    switch kind {
    case .alterTable, .drop, .truncate, .createView: true
    default: false
    }
  }
}

extension PlannedMigration {
  fileprivate var statements: [Statement] { segments.flatMap(\.statements) }
}
