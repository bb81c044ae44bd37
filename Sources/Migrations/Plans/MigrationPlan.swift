package import Diagnostics
package import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// What a run would do, and to what: data, so that it can be read, kept and held against.
package struct MigrationPlan: Hashable, Sendable {
  /// One file.
  package struct Step: Hashable, Sendable {
    package var key: String
    package var path: String
    package var normalizedChecksum: String
    package var renderedChecksum: String
    /// Statements that are done already.
    package var done: Int
  }

  package var project: String
  /// A checksum of which migrations the database has.
  package var base: String
  package var steps: [Step]
  /// Checksums of the relations that migrations own and that the steps change; nil in plans of
  /// older versions.
  package var schema: [String: String]?

  /// What another plan has that this one has not, in words; nil when they are the same.
  package func difference(to other: MigrationPlan) -> String? {
    if project != other.project { return "the plan is for project \"\(project)\"" }
    if base != other.base { return "other migrations have been applied since" }
    for (mine, theirs) in zip(steps, other.steps) where mine != theirs {
      if mine.key != theirs.key { return "\(theirs.path) is not in the plan" }
      return "\(theirs.path) says something else now"
    }
    if steps.count < other.steps.count {
      return "\(other.steps[steps.count].path) is not in the plan"
    }
    if steps.count > other.steps.count {
      return "\(steps[other.steps.count].path) is not pending any more"
    }
    return schemaDifference(to: other)
  }

  /// Relations that have changed since.
  private func schemaDifference(to other: MigrationPlan) -> String? {
    guard let schema, let now = other.schema else { return nil }
    let names = Set(schema.keys).union(now.keys).filter { schema[$0] != now[$0] }.sorted()
    guard let first = names.first else { return nil }
    let rest = names.count > 1 ? " and \(names.count - 1) more" : ""
    switch (schema[first], now[first]) {
    case (nil, _): return "\(first)\(rest) was made since"
    case (_, nil): return "\(first)\(rest) is gone"
    default: return "\(first)\(rest) was changed since"
    }
  }
}

/// A pending migration with the segments that are left of it.
package struct PlannedMigration: Sendable {
  package var script: MigrationScript
  package var state: MigrationState
  package var segments: [MigrationSegment]
}

extension Migrator {
  /// What a run would do now, with the state of all migrations and problems that would forbid it.
  package func plan(
    to target: String?
  ) async throws(Diagnostic) -> (
    plan: MigrationPlan, migrations: [PlannedMigration], states: [MigrationState],
    problems: [Diagnostic]
  ) {
    try await withImpatientSession { session throws(Diagnostic) in
      try await self.plan(to: target, session)
    }
  }

  /// Runs `body` with a session that does not wait long for the locks of others.
  ///
  /// The definition of a view, and the size of a table, are not to be had of PostgreSQL while
  /// somebody holds the table for himself; looking must not hang for that.
  func withImpatientSession<Result: Sendable>(
    _ body: @Sendable (any WarehouseSession) async throws(Diagnostic) -> Result
  ) async throws(Diagnostic) -> Result {
    try await database.withSession { session throws(Diagnostic) in
      guard database.history.dialect == .postgres else { return try await body(session) }
      try await database.execute("set lock_timeout = '2s'", session)
      do throws(Diagnostic) {
        let result = try await body(session)
        try await database.execute("reset lock_timeout", session)
        return result
      } catch {
        var error = error
        await database.nameHolders(
          of: TouchedObjects(
            scripts.flatMap(\.statements),
            defaultSchema: settings.defaultSchema
          ),
          in: &error,
          session
        )
        throw error
      }
    }
  }

  private func plan(
    to target: String?,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> (
    plan: MigrationPlan, migrations: [PlannedMigration], states: [MigrationState],
    problems: [Diagnostic]
  ) {
    let standing = try await states(session)
    let pending = try chosen(standing.states, target)
    let schema = try await schemaStanding(standing, pending, session)
    let migrations = pending.compactMap { state -> PlannedMigration? in
      guard let script = state.script else { return nil }
      let done = state.partial?.statementsDone ?? 0
      let segments = MigrationSegment.segments(of: script.statements).filter {
        $0.end > done || script.statements.isEmpty
      }
      return PlannedMigration(script: script, state: state, segments: segments)
    }
    let problems =
      offlineProblems + Self.problems(of: standing.states) + schema.problems
      + Self.notes(of: standing.states)
    let judgement = try await judged(pending, standing.states, session)
    let hazards = try await hazards(judgement, session)
    let refusals = Self.refusals(hazards, isStrict: settings.isStrict)
    return (
      plan(of: pending, log: standing.log, schema: schema), migrations, standing.states,
      problems + (refusals.isEmpty ? hazards : refusals)
    )
  }

  func plan(
    of pending: [MigrationState],
    log: MigrationLog,
    schema: SchemaStanding
  ) -> MigrationPlan {
    let applied = log.applied.map { "\($0.key)=\($0.value.normalizedChecksum)" }.sorted()
    return MigrationPlan(
      project: settings.project,
      base: Checksum.sha256(Array(applied.joined(separator: "\n").utf8)),
      steps: pending.compactMap { state in
        guard let script = state.script else { return nil }
        return MigrationPlan.Step(
          key: script.key,
          path: script.path,
          normalizedChecksum: MigrationChecksum.normalized(buffers.bytes(of: script.source)),
          renderedChecksum: Checksum.sha256(buffers.bytes(of: script.sql)),
          done: state.partial?.statementsDone ?? 0
        )
      },
      schema: schema.live.checksums
    )
  }
}
