import Diagnostics

/// A migration that the database has.
package struct AppliedMigration: Hashable, Sendable {
  /// The place in the order in which migrations were applied.
  package var sequence: Int
  package var kind: HistoryEvent.Kind
  package var version: String
  package var name: String
  package var path: String
  package var sourceChecksum: String
  package var normalizedChecksum: String
  /// Of the SQL that ran; empty where it is not known.
  package var renderedChecksum: String
  /// UTC, as the database prints it.
  package var appliedAt: String
  package var milliseconds: Int
  package var appliedBy: String
  /// Whether it was taken over rather than run.
  package var isAdopted: Bool
}

/// A migration that stopped between its segments.
package struct PartialMigration: Hashable, Sendable {
  /// What is done for certain.
  package var statementsDone: Int
  package var statementCount: Int
  /// The checksum of the statements that are done.
  package var prefixChecksum: String?
  /// Whether the statement behind those was begun, and no word came of its end.
  package var isUncertain: Bool
  /// Whether the migration was being taken back.
  package var isUndo: Bool
  package var startedAt: String
  package var version: String
  package var name: String
  package var path: String
}

/// The state of each migration, derived from the events of a log.
package struct MigrationLog: Sendable {
  /// By key, as `2.1` or `R views`.
  package private(set) var applied: [String: AppliedMigration] = [:]
  package private(set) var partial: [String: PartialMigration] = [:]
  /// How far migrations had come that are being taken back unfinished.
  private var heldBack: [String: PartialMigration] = [:]
  /// Versions up to this one were there before redstart was.
  package private(set) var baseline: [Int]?
  package private(set) var lastSequence = 0
  /// The checksum of what was applied last.
  package private(set) var lastChecksum: String?
  /// Rows that say what another row says already.
  package private(set) var duplicates = 0
  package private(set) var events: [HistoryEvent] = []
  /// The schema that the last event left behind; nil where it was not taken.
  package private(set) var schema: KnownSchema?
  /// Every schema that was taken, the first one first.
  package private(set) var schemas: [KnownSchema] = []

  /// A schema that an event left behind.
  package struct KnownSchema: Hashable, Sendable {
    package var fingerprint: String
    /// As `migration 4`, `the repeatable migration "views"`.
    package var origin: String
    /// UTC, as the database prints it.
    package var moment: String
  }

  package init(_ events: [HistoryEvent] = []) {
    self.events = events
    applied.reserveCapacity(events.count)
    var former: HistoryEvent?
    for event in events {
      if let former, former == event {
        duplicates += 1
      } else {
        follow(event)
      }
      former = event
    }
  }

  private mutating func follow(_ event: HistoryEvent) {
    lastSequence = max(lastSequence, event.sequence)
    // What is no migration says nothing of the schema unless it has looked.
    let isAside = event.kind == .callback || event.kind == .drift
    if event.step != .fail, !isAside || event.schemaAfter != nil {
      schema = event.schemaAfter.map {
        KnownSchema(fingerprint: $0, origin: event.subject, moment: event.startedAt)
      }
      if let schema { schemas.append(schema) }
    }
    guard !isAside, event.kind != .rebuild else { return }
    let key = event.key
    switch event.step {
    case .begin, .progress:
      if event.kind == .undo, let known = partial[key], !known.isUndo { heldBack[key] = known }
      partial[key] = PartialMigration(
        statementsDone: event.statementsDone,
        statementCount: event.statementCount,
        prefixChecksum: event.prefixChecksum,
        isUncertain: event.step == .begin,
        isUndo: event.kind == .undo,
        startedAt: event.startedAt,
        version: event.version,
        name: event.name,
        path: event.path
      )
    case .done, .adopted:
      if event.kind == .baseline, event.step == .adopted, event.name == Self.baselineName {
        baseline = MigrationComparison.parts(event.version)
        return
      }
      partial[key] = nil
      let former = applied[key]
      applied[key] = AppliedMigration(event)
      // A squashed file stands where what it replaces stood, before what came after it.
      if event.kind == .squash, event.step == .adopted {
        applied[key]?.sequence = former?.sequence ?? 0
      }
      lastChecksum = event.normalizedChecksum
    case .undone:
      partial[key] = nil
      heldBack[key] = nil
      applied[key] = nil
    case .fail:
      // An undo script that left nothing behind leaves the migration as it stood.
      if event.kind == .undo, event.statementsDone == 0 {
        if partial[key]?.isUndo == true { partial[key] = heldBack.removeValue(forKey: key) }
        return
      }
      // What failed had no effect; a begun statement is not uncertain any more.
      if event.statementsDone > 0 {
        partial[key]?.isUncertain = false
      } else {
        partial[key] = nil
      }
    case .repaired: followRepair(event, key)
    }
  }

  private mutating func followRepair(_ event: HistoryEvent, _ key: String) {
    if var known = partial[key] {
      known.isUncertain = false
      known.statementsDone = event.statementsDone
      known.prefixChecksum = event.prefixChecksum
      if known.statementsDone == 0 {
        partial[key] = known.isUndo ? heldBack.removeValue(forKey: key) : nil
      } else {
        partial[key] = known
      }
    } else if applied[key] != nil {
      applied[key]?.normalizedChecksum = event.normalizedChecksum
      applied[key]?.renderedChecksum = ""
      applied[key]?.sourceChecksum = event.sourceChecksum
      applied[key]?.path = event.path
      applied[key]?.name = event.name
    }
  }

  /// The name of the event that says from where redstart counts.
  static let baselineName = "<baseline>"
}

extension HistoryEvent {
  /// What the migration is called, as `MigrationScript.key`.
  package var key: String { version.isEmpty ? "R \(name)" : version }

  /// What it is about, in words.
  fileprivate var subject: String {
    if kind == .callback { return path }
    let subject = version.isEmpty ? "the repeatable migration \"\(name)\"" : "migration \(version)"
    return step == .undone ? "\(subject) was taken back" : subject
  }
}

extension AppliedMigration {
  init(_ event: HistoryEvent) {
    sequence = event.sequence
    kind = event.kind
    version = event.version
    name = event.name
    path = event.path
    sourceChecksum = event.sourceChecksum
    // CHAR columns give back blanks where nothing was known.
    func known(_ checksum: String) -> String { checksum.allSatisfy { $0 == " " } ? "" : checksum }
    normalizedChecksum = known(event.normalizedChecksum)
    renderedChecksum = event.step == .done ? known(event.renderedChecksum) : ""
    appliedAt = event.startedAt
    milliseconds = event.milliseconds ?? 0
    appliedBy = "\(event.systemUser)@\(event.host) (database user \(event.databaseUser))"
    isAdopted = event.step == .adopted
  }
}
