import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

extension SegmentPerformer {
  /// Runs a transaction anew with another text for a view that could not be made again.
  mutating func keepingViews(
    _ transaction: (inout SegmentPerformer) async throws(Diagnostic) -> Void
  ) async throws(Diagnostic) {
    while true {
      failedView = nil
      do throws(Diagnostic) {
        try await transaction(&self)
        noteLeftViews()
        return
      } catch {
        guard let view = failedView, let start = kept?.start, error.code != "connection-lost" else {
          throw error
        }
        guard kept?.giveUp(view) == true else { throw .viewNotKept(view, error, at: start) }
        try await database.execute("rollback", session)
      }
    }
  }

  private mutating func noteLeftViews() {
    for view in kept?.views ?? [] where !view.returns {
      observe(.note(.viewLeft(view.key, isModel: view.isModel)))
      if !view.isModel { carried[view.key] = view.restoring }
    }
    kept = nil
  }

  /// Makes the views again that were dropped for this transaction, as they were.
  mutating func remakeViews(
    _ runner: StatementRunner,
    _ message: inout StatementMessage,
    _ guardPart: Int
  ) async throws(Diagnostic) {
    for view in kept?.views ?? [] where view.returns {
      if !view.isMadeHere {
        switch view.choices.first {
        case .sql(let sql)?:
          viewParts[message.count] = view.key
          message.append(sql)
        case .statement(let statement)?:
          for step in try runner.prepare([statement]) {
            if step.isReady {
              let first = message.count
              message.append(step)
              for part in first..<message.count { viewParts[part] = view.key }
              continue
            }
            try await send(message, guardPart: guardPart)
            message = StatementMessage()
            viewParts = [:]
            failedView = view.key
            _ = try await runner.run(step)
            failedView = nil
          }
        case .leave?, nil: break
        }
      }
      for sql in view.restoring { message.append(sql) }
    }
    if kept != nil, database.warehouse.translates { message.append(PostgresShims.bindLateViews) }
    for name in carriedViewsMadeHere {
      for sql in carried[name] ?? [] { message.append(sql) }
    }
  }

  /// Views that an earlier file dropped and this one makes.
  private var carriedViewsMadeHere: [String] {
    guard !carried.isEmpty else { return [] }
    let schema = database.settings.defaultSchema
    let made = text.statements.compactMap { statement -> String? in
      guard case .createView(let view) = statement.kind else { return nil }
      return OwnedRelations.key(view.name, defaultSchema: schema)
    }
    return made.filter { carried[$0] != nil }
  }
}

extension KeptViews {
  /// Whether a statement is the one that the views are dropped before, or stands behind it.
  func isReached(by range: TextRange) -> Bool {
    range.buffer == start.buffer && range.bytes.lowerBound >= start.bytes.lowerBound
  }
}
