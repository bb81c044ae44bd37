package import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// What a person says to a history that cannot know by itself.
  package enum Repair: Sendable {
    /// The file as it is now is what the database has; a missing file is gone for good.
    case accept(version: String)
    /// The database does not have a migration any more.
    case undone(version: String)
    /// So many statements of an interrupted migration are done.
    case done(version: String, statements: Int)
  }

  /// Writes down what a person says.
  ///
  /// - Returns: one sentence for each thing that was recorded.
  package func repair(
    _ repairs: [Repair],
    observe: @escaping @Sendable (MigrationEvent) -> Void
  ) async throws(DiagnosticList) -> [String] {
    try await database.locked(waiting: { observe(.waitingForLock($0)) }) { session, fence in
      do throws(Diagnostic) {
        let standing = try await states(session)
        var run = try await newRun(session, fence, after: standing, observe)
        var events: [HistoryEvent] = []
        var sentences: [String] = []
        for repair in repairs {
          let (event, sentence) = try event(for: repair, standing.states, run)
          events.append(event)
          sentences.append(sentence)
        }
        var restoration: [String] = []
        for event in events where event.isAboutUnheardStatement(standing.log) {
          restoration += try await run.restoration(of: event)
        }
        run.owned = owned(standing.states, after: events)
        if restoration.isEmpty {
          try await run.recordWithSchema(events)
        } else {
          // The schema is not as it will be before the views are back.
          try await run.record(events, with: restoration)
        }
        return .success(sentences)
      } catch {
        return .failure(DiagnosticList([error]))
      }
    }
  }

  private func event(
    for repair: Repair,
    _ states: [MigrationState],
    _ run: MigrationRun
  ) throws(Diagnostic) -> (HistoryEvent, String) {
    switch repair {
    case .accept(let version):
      let state = try find(version, states)
      if state.kind == .missing, let applied = state.applied {
        var event = HistoryEvent()
        event.version = applied.version
        event.name = applied.name
        event.kind = applied.kind
        event.step = .adopted
        event.path = applied.path
        event.sourceChecksum = applied.sourceChecksum
        event.normalizedChecksum = applied.normalizedChecksum
        event.note = "its file is gone for good"
        return (event, "migration \(state.version) needs no file any more")
      }
      if state.kind == .pending, !state.version.isEmpty, let script = state.script {
        var event = run.event(for: script, .adopted)
        event.statementsDone = script.statements.count
        event.note = "said to be in the database already"
        return (event, "migration \(state.version) is taken as applied")
      }
      guard state.kind == .changed, let script = state.script else {
        throw .nothingToRepair(state)
      }
      var event = run.event(for: script, .repaired)
      event.statementsDone = script.statements.count
      event.note = "accepted as edited"
      return (event, "migration \(state.version) is accepted as it is now")
    case .undone(let version):
      let state = try find(version, states)
      guard let applied = state.applied, let script = state.script else {
        throw .nothingToRepair(state)
      }
      var event = run.event(for: script, .undone)
      event.name = applied.name
      event.note = "said not to be in the database any more"
      return (event, "migration \(state.key) is pending again")
    case .done(let version, let statements):
      let state = try find(version, states)
      guard let partial = state.partial, let script = state.script else {
        throw .nothingToRepair(state)
      }
      let text = partial.isUndo ? script.undo ?? script.text : script.text
      guard (0...text.statements.count).contains(statements) else {
        throw .statementCount(state, count: text.statements.count)
      }
      var event = run.event(for: script, .repaired)
      if partial.isUndo { event.kind = .undo }
      event.statementsDone = statements
      event.prefixChecksum =
        statements > 0 ? MigrationChecksum.prefix(statements, of: text, in: buffers) : nil
      event.note = "said to be done up to statement \(statements)"
      return (event, "migration \(state.version) is done up to statement \(statements)")
    }
  }

  private func find(
    _ version: String,
    _ states: [MigrationState]
  ) throws(Diagnostic) -> MigrationState {
    let parts = MigrationVersion(version)?.parts
    let found = states.first {
      $0.version.isEmpty ? $0.key == version : MigrationComparison.parts($0.version) == parts
    }
    guard let found else {
      throw .unknownMigrationVersion(version, known: states.map(\.version).filter { !$0.isEmpty })
    }
    return found
  }
}

extension HistoryEvent {
  /// Whether this says what became of a statement that was announced, and of which nothing was
  /// heard.
  fileprivate func isAboutUnheardStatement(_ log: MigrationLog) -> Bool {
    step == .repaired && log.partial[key]?.isUncertain == true
  }
}
