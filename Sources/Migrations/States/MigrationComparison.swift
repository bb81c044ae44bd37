import Diagnostics
import ProjectCompiler
import ProjectModel

/// Compares a project's migration files with what a database has.
struct MigrationComparison {
  var scripts: [MigrationScript]
  var log: MigrationLog
  var buffers: Buffers
  /// The schema of names that have none.
  var defaultSchema: String

  /// Every migration that files or the database know, in the order of versions, repeatable ones
  /// behind.
  func states() -> [MigrationState] {
    var unseen = log.applied
    var states: [MigrationState] = []
    states.reserveCapacity(scripts.count)
    for script in scripts {
      let found = unseen.removeValue(forKey: script.key)
      if let squashed = squashed(script, found, checksum: { checksum(of: script) }) {
        for former in script.directives.replaced { unseen[former.version] = nil }
        states.append(squashed)
        continue
      }
      states.append(state(of: script, found))
    }
    var gone = unseen.values.sorted { $0.sequence < $1.sequence }
    recognizeRenames(&states, &gone)
    for migration in gone {
      states.append(
        MigrationState(
          kind: migration.isAdopted ? .applied : .missing,
          version: migration.version,
          name: migration.name,
          path: migration.path,
          applied: migration
        )
      )
    }
    settleOrder(&states)
    rebuildDependents(&states)
    // Files stand in order already; only what has no file has to find its place.
    guard !gone.isEmpty else { return states }
    let places = states.enumerated().map { (Self.parts($1.version), $0, $1) }
    return places.sorted { first, second in
      if first.2.version.isEmpty != second.2.version.isEmpty { return second.2.version.isEmpty }
      if first.0 != second.0 { return first.0.lexicographicallyPrecedes(second.0) }
      return first.1 < second.1
    }.map(\.2)
  }

  /// Whether every file is applied as it stands, and nothing besides: what most runs find, and what
  /// takes no state of each file to know.
  var isSettled: Bool {
    guard log.partial.isEmpty, log.applied.count == scripts.count else { return false }
    return scripts.allSatisfy { script in
      guard script.directives.replaced.isEmpty, let found = log.applied[script.key] else {
        return false
      }
      return isSameText(script, found) && !isRenderedOtherwise(script, found)
    }
  }

  static func parts(_ version: String) -> [Int] {
    version.split(separator: ".").map { Int($0) ?? 0 }
  }

  private func state(of script: MigrationScript, _ found: AppliedMigration?) -> MigrationState {
    var state = MigrationState(
      kind: .pending,
      version: script.version,
      name: script.name,
      path: script.path,
      script: script,
      applied: found,
      partial: log.partial[script.key]
    )
    if state.partial != nil {
      state.kind = .interrupted
    } else if let found {
      // What is the same to the byte says the same, and that is cheaper to find out.
      let isSameText = isSameText(script, found)
      let isSame = isSameText || found.normalizedChecksum == checksum(of: script)
      state.isLaidOutAnew = isSame && !isSameText
      state.isRenderedOtherwise = isSameText && isRenderedOtherwise(script, found)
      state.kind =
        isSame ? .applied : script.kind == .repeatable ? .pending : .changed
    } else if script.kind == .versioned, let baseline = log.baseline,
      !baseline.lexicographicallyPrecedes(script.versionParts)
    {
      state.kind = .belowBaseline
    }
    return state
  }

  /// Whether a file is the same to the byte, or nobody knows what it was.
  private func isSameText(_ script: MigrationScript, _ found: AppliedMigration) -> Bool {
    found.normalizedChecksum.isEmpty
      || found.sourceChecksum == Checksum.sha256(buffers.bytes(of: script.source))
  }

  /// Whether a template made something else of the same text, as for another target.
  private func isRenderedOtherwise(_ script: MigrationScript, _ found: AppliedMigration) -> Bool {
    guard script.sql != script.source, !found.renderedChecksum.isEmpty else { return false }
    return found.renderedChecksum != Checksum.sha256(buffers.bytes(of: script.sql))
  }

  private func checksum(of script: MigrationScript) -> String {
    MigrationChecksum.normalized(buffers.bytes(of: script.source))
  }

  /// A file that says what a missing one said is the same migration under another version.
  private func recognizeRenames(
    _ states: inout [MigrationState],
    _ gone: inout [AppliedMigration]
  ) {
    guard !gone.isEmpty else { return }
    for migration in gone where !migration.version.isEmpty && !migration.isAdopted {
      let same = states.indices.filter {
        guard states[$0].kind == .pending, let script = states[$0].script,
          script.kind == .versioned, !script.statements.isEmpty
        else { return false }
        return checksum(of: script) == migration.normalizedChecksum
      }
      guard same.count == 1, let index = same.first else { continue }
      states[index].kind = .renamed
      states[index].former = migration
      gone.removeAll { $0.version == migration.version }
    }
  }

  // MARK: Order

  /// Finds pending versions below applied ones, and whether they may still apply.
  private func settleOrder(_ states: inout [MigrationState]) {
    guard states.contains(where: { $0.kind == .pending }) else { return }
    let applied = states.filter { state in
      guard let found = state.applied ?? state.former else { return false }
      return !found.version.isEmpty
    }
    guard !applied.isEmpty else { return }
    for index in states.indices where states[index].kind == .pending {
      guard let script = states[index].script, script.kind == .versioned else { continue }
      let later = applied.filter {
        script.versionParts.lexicographicallyPrecedes(Self.parts($0.version))
      }
      guard !later.isEmpty else { continue }
      states[index].later = later.map(\.version)
      let touched = TouchedObjects(script.statements, defaultSchema: defaultSchema)
      for other in later {
        let objects = other.script.flatMap {
          touched.conflicts(
            with: TouchedObjects($0.statements, defaultSchema: defaultSchema)
          )
        }
        if let objects, objects.isEmpty { continue }
        states[index].conflicts.append(
          MigrationState.Conflict(version: other.version, path: other.path, objects: objects)
        )
      }
      if !states[index].conflicts.isEmpty { states[index].kind = .outOfOrder }
    }
  }

  /// A repeatable migration applies again when one that it reads from does.
  private func rebuildDependents(_ states: inout [MigrationState]) {
    var rebuilt = Set(
      states.filter { $0.kind == .pending && $0.version.isEmpty && $0.applied != nil }.map(\.key)
    )
    // The scripts stand in the order of their dependencies, so one pass is enough.
    for index in states.indices {
      guard let script = states[index].script, script.kind == .repeatable,
        states[index].kind == .applied, script.parents.contains(where: rebuilt.contains)
      else { continue }
      states[index].kind = .pending
      rebuilt.insert(script.key)
    }
  }
}
