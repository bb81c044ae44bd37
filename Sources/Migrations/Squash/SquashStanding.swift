import Diagnostics
import ProjectCompiler

/// What a database has of the migrations that a squashed file replaces.
package struct SquashStanding: Hashable, Sendable {
  /// Versions that are applied.
  package var applied: [String] = []
  /// Those of them that the log has one by one.
  package var records: [AppliedMigration] = []
  package var missing: [String] = []
  /// Applied, and not what the squashed file was made from.
  package var differing: [String] = []

  init() {}

  /// - Parameters:
  ///   - script: the squashed migration.
  ///   - log: what the database remembers.
  init(of script: MigrationScript, in log: MigrationLog) {
    var checksums: [String: Set<String>] = [:]
    for former in script.directives.replaced {
      checksums[former.version, default: []].insert(former.checksum)
    }
    // A squashed file that was applied stands for all that it replaced.
    let covered = checksums.keys.filter { log.applied[$0]?.kind == .squash }
      .map(MigrationComparison.parts)
    for (version, known) in checksums.sorted(by: { Self.isBefore($0.key, $1.key) }) {
      let parts = MigrationComparison.parts(version)
      if let found = log.applied[version] {
        applied.append(version)
        records.append(found)
        if !found.normalizedChecksum.isEmpty, !known.contains(found.normalizedChecksum) {
          differing.append(version)
        }
      } else if covered.contains(where: { parts.lexicographicallyPrecedes($0) }) {
        continue
      } else if let baseline = log.baseline, !baseline.lexicographicallyPrecedes(parts) {
        applied.append(version)
      } else {
        missing.append(version)
      }
    }
  }

  private static func isBefore(_ first: String, _ second: String) -> Bool {
    MigrationComparison.parts(first).lexicographicallyPrecedes(MigrationComparison.parts(second))
  }
}

extension MigrationComparison {
  /// The state of a squashed migration where the log has to do with what it replaces; nil where it
  /// is a migration like any other.
  func squashed(
    _ script: MigrationScript,
    _ found: AppliedMigration?,
    checksum: () -> String
  ) -> MigrationState? {
    guard !script.directives.replaced.isEmpty, found?.kind != .squash,
      found?.normalizedChecksum != checksum()
    else { return nil }
    let standing = SquashStanding(of: script, in: log)
    let partial = script.directives.replaced.contains { log.partial[$0.version] != nil }
    guard !standing.applied.isEmpty || partial else { return nil }
    // A baseline covers it like any other file.
    if found == nil, let baseline = log.baseline,
      !baseline.lexicographicallyPrecedes(script.versionParts)
    {
      return nil
    }
    let isWhole = standing.missing.isEmpty && standing.differing.isEmpty && !partial
    var state = MigrationState(
      kind: isWhole ? .squashed : .squashBlocked,
      version: script.version,
      name: script.name,
      path: script.path,
      script: script,
      applied: found ?? standing.applied.last.flatMap { log.applied[$0] }
    )
    if partial { state.partial = log.partial[script.key] }
    state.squash = standing
    return state
  }
}

extension MigrationRun {
  /// Notes that squashed files stand for what they replace from now on.
  mutating func recordSquashes(_ states: [MigrationState]) async throws(Diagnostic) {
    var events: [HistoryEvent] = []
    for state in states {
      guard state.kind == .squashed, let script = state.script, let standing = state.squash else {
        continue
      }
      for record in standing.records where record.version != script.version {
        var old = event(for: script, .undone)
        old.version = record.version
        old.name = record.name
        old.path = record.path
        old.kind = .squash
        old.note = "replaced by \(script.path)"
        old.schemaAfter = schema
        events.append(old)
      }
      var new = event(for: script, .adopted)
      new.kind = .squash
      new.statementsDone = script.statements.count
      new.note = "stands for \(standing.applied.joined(separator: ", "))"
      new.schemaAfter = schema
      events.append(new)
    }
    try await record(events)
  }
}
