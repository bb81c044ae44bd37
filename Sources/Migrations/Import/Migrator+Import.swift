package import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// What an import came to.
  package struct ImportOutcome: Sendable {
    /// Keys of the migrations taken as applied now.
    package var adopted: [String]
    /// Those that were taken or applied before.
    package var known: [String]
    /// What the other tool has applied and no file is for.
    package var unmatched: [String]
  }

  /// Takes over what another tool has applied: one event for each migration that has a file.
  ///
  /// Running it again changes nothing. A versioned file is found by its version, a repeatable one,
  /// and any file of a tool without versions, by its name.
  package func adopt(
    from tool: ForeignHistory,
    observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(DiagnosticList) -> ImportOutcome {
    try await database.locked(waiting: { observe(.waitingForLock($0)) }) { session, fence in
      do throws(Diagnostic) {
        let table = try await table(of: tool, session)
        let result = try await database.execute(tool.query(table), session)
        let foreign = result.rows.compactMap(ForeignMigration.init)
        if let dirty = foreign.first(where: \.isDirty) {
          throw .dirtyForeignHistory(tool, dirty.version)
        }
        let standing = try await states(session)
        let log = standing.log
        var run = try await newRun(session, fence, after: standing, observe)
        var outcome = ImportOutcome(adopted: [], known: [], unmatched: [])
        var events: [HistoryEvent] = []
        for (migration, script) in matches(foreign, tool) {
          guard let script else {
            // A baseline is there for what it says of others.
            if migration.isBaseline { continue }
            outcome.unmatched.append(migration.version.isEmpty ? migration.name : migration.version)
            continue
          }
          guard log.applied[script.key] == nil, log.partial[script.key] == nil else {
            outcome.known.append(script.key)
            continue
          }
          // What was applied several times is one migration here.
          guard !outcome.adopted.contains(script.key) else { continue }
          var event = run.event(for: script, .adopted)
          event.kind = .imported
          event.statementsDone = script.statements.count
          event.note =
            "taken from \(tool.rawValue)"
            + (migration.moment.map { ", applied at \($0)" } ?? "")
          events.append(event)
          outcome.adopted.append(script.key)
        }
        let adopted = Set(outcome.adopted)
        for script in scripts where adopted.contains(script.key) { run.owned.follow(script.text) }
        try await run.recordWithSchema(events)
        return .success(outcome)
      } catch {
        return .failure(DiagnosticList([error]))
      }
    }
  }

  private func matches(
    _ foreign: [ForeignMigration],
    _ tool: ForeignHistory
  ) -> [(ForeignMigration, MigrationScript?)] {
    foreign.flatMap { migration -> [(ForeignMigration, MigrationScript?)] in
      guard tool.isHighWaterMark || migration.isBaseline else {
        return [(migration, script(for: migration))]
      }
      guard let top = MigrationVersion(migration.version)?.parts else { return [] }
      let below = scripts.filter {
        $0.kind == .versioned && !top.lexicographicallyPrecedes($0.versionParts)
      }
      return below.isEmpty ? [(migration, nil)] : below.map { (migration, $0) }
    }
  }

  private func script(for migration: ForeignMigration) -> MigrationScript? {
    if let parts = MigrationVersion(migration.version)?.parts {
      return scripts.first { $0.kind == .versioned && $0.versionParts == parts }
    }
    let words = ForeignMigration.words(migration.name)
    return scripts.first { ForeignMigration.words($0.name) == words }
  }

  /// Finds the tool's table in any schema.
  private func table(
    of tool: ForeignHistory,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> String {
    let names = tool.tables.map(database.history.literal).joined(separator: ", ")
    let found = try await database.execute(
      """
      select table_schema, table_name, column_name from information_schema.columns \
      where lower(table_name) in (\(names)) \
      and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2
      """,
      session
    )
    var tables: [RelationName: Set<String>] = [:]
    for row in found.rows where row.count == 3 {
      let name = RelationName(schema: row[0] ?? "", identifier: row[1] ?? "")
      tables[name, default: []].insert((row[2] ?? "").lowercased())
    }
    let candidates = tables.filter { tool.columns.isSubset(of: $0.value) }.keys
      .sorted { $0.description < $1.description }
    guard let table = candidates.first else { throw .noForeignHistory(tool) }
    guard candidates.count == 1 else {
      throw .severalForeignHistories(tool, candidates.map(\.description))
    }
    return table.sql
  }
}
