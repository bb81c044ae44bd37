package import Diagnostics
import Dispatch
package import RedshiftSQL

/// Loads what a COPY statement names from folders that stand for S3, or from S3 itself, through the
/// server's own `COPY … FROM STDIN`.
///
/// One thread reads and parses files into COPY's text format while the session sends; at most a few
/// blocks of about 1 MB are in memory however large the input is. All values are checked as Redshift
/// checks them before they are sent, so an error names file, line and column. Nothing is committed
/// here: one COPY either adds all rows or none.
package struct CopyLoader: CopyLoading {
  private let storage: S3Mapping
  let store: (any ObjectStore)?
  private let history: LoadHistoryTable
  private let errorTable: LoadErrorTable
  private let invocation: String?
  private let errorSession: (@Sendable () async throws(WarehouseError) -> any WarehouseSession)?

  /// Creates a loader for one target.
  ///
  /// - Parameters:
  ///   - storage: which folders stand for which `s3://` prefixes.
  ///   - store: where other objects are; without it, those are an error.
  ///   - metadataSchema: where the tables `load_errors` and `load_history` are kept.
  ///   - invocation: identifies the run in that table.
  ///   - errorSession: opens a second session to record errors and history through, because the
  ///     transaction of a load may be rolled back; without it, no history is kept, and only the
  ///     errors of loads that succeed.
  package init(
    storage: S3Mapping,
    store: (any ObjectStore)? = nil,
    metadataSchema: String,
    invocation: String? = nil,
    errorSession: (@Sendable () async throws(WarehouseError) -> any WarehouseSession)? = nil
  ) {
    self.storage = storage
    self.store = store
    history = LoadHistoryTable(schema: metadataSchema)
    errorTable = LoadErrorTable(schema: metadataSchema)
    self.invocation = invocation
    self.errorSession = errorSession
  }

  package func load(
    _ copy: CopyStatement,
    session: any WarehouseSession,
    buffers: Buffers
  ) async throws(Diagnostic) -> StatementResult {
    let start = ContinuousClock.now
    var entry = LoadRecord(
      table: copy.table.description,
      source: copy.source.value,
      format: copy.format.name
    )
    do throws(Diagnostic) {
      var result = try await load(copy, session, noting: &entry)
      if let problem = await keep(entry, since: start) { result.notices.append(problem) }
      return result
    } catch {
      var failure = error
      entry.failure = error.message
      if let problem = await keep(entry, since: start) { failure.notes.append(problem) }
      throw failure
    }
  }

  /// Where the objects of a statement are.
  func source(_ region: CopyStatement.Literal?) -> ObjectSource {
    ObjectSource(folders: storage, store: store, region: region)
  }

  /// Adds a load to the history; returns why that was not possible.
  private func keep(
    _ entry: LoadRecord,
    since start: ContinuousClock.Instant
  ) async -> String? {
    guard let errorSession else { return nil }
    let (seconds, fraction) = (ContinuousClock.now - start).components
    let duration = Int(seconds) * 1_000_000 + Int(fraction / 1_000_000_000_000)
    do throws(WarehouseError) {
      try await errorSession().closing { own throws(WarehouseError) in
        try await history.add(entry, duration: duration, invocation: invocation, session: own)
      }
      return nil
    } catch {
      return "the load could not be kept in \(history.name): \(error.message)"
    }
  }

  private func load(
    _ copy: CopyStatement,
    _ session: any WarehouseSession,
    noting entry: inout LoadRecord
  ) async throws(Diagnostic) -> StatementResult {
    let preparation = CopyPreparation(copy: copy, source: source(copy.region))
    try preparation.checkOptions()
    let objects = try await preparation.objects()
    let table = try await readTable(copy, session)
    let plan = try await preparation.plan(objects: objects, table: table)
    await prepareErrorTable(session)
    let sent = await send(plan, copy, table, session)
    let outcome = sent.outcome
    entry.files = outcome.fileCount
    entry.bytes = outcome.byteCount
    entry.errors = outcome.errorCount
    var notes = await record(outcome, plan, copy, table, session)
    if let failure = outcome.sourceFailure {
      throw .copyDamagedFile(failure, at: copy.source.range)
    }
    let advice = LoadAdvice(copy: copy, columns: plan.columns)
    if outcome.hasTooManyErrors, let first = outcome.errors.first {
      let name = table.name.identifier
      notes.insert("Load into table '\(name)' failed.", at: 0)
      if outcome.errorCount > 1 { notes.append("\(outcome.errorCount) records had errors") }
      throw .loadError(
        first,
        copy: copy,
        columns: plan.columns,
        help: advice.help(for: first, seemingCompression: outcome.seemingCompression),
        notes: notes
      )
    }
    switch sent.failure {
    case .none: break
    case .some(let error as WarehouseError):
      throw .copyServerError(error, copy, place: place(of: error, in: outcome, plan))
    case .some(let error):
      let message = "\(error)"
      throw .copyServerError(WarehouseError(kind: .connectionLost, message: message), copy)
    }
    if copy.updatesStatistics == true, !copy.noLoad {
      do throws(WarehouseError) {
        _ = try await session.execute("ANALYZE \(table.name.sql)")
      } catch {
        throw .copyServerError(error, copy)
      }
    }
    var result = StatementResult()
    let loaded = copy.noLoad ? 0 : outcome.rowCount
    entry.rows = loaded
    result.tag = "COPY \(loaded)"
    result.rowCount = loaded
    result.notices =
      notices(outcome, table: table.name.identifier, isTrial: copy.noLoad)
      + advice.remarks(on: outcome)
    return result
  }

  private func readTable(
    _ copy: CopyStatement,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> TargetTable {
    var table: TargetTable?
    do throws(WarehouseError) {
      table = try await TargetTable.read(copy.table, session: session)
      if let columns = table?.columns {
        table?.columns = try await TargetTable.evaluateDefaults(of: columns, session: session)
      }
    } catch {
      throw .copyServerError(error, copy)
    }
    guard let table else { throw .copyUnknownTable(copy) }
    return table
  }

  /// Parses on a thread of its own and sends what comes from there.
  private func send(
    _ plan: LoadPlan,
    _ copy: CopyStatement,
    _ table: TargetTable,
    _ session: any WarehouseSession
  ) async -> (outcome: LoadOutcome, failure: (any Error)?) {
    let queue = BlockQueue()
    // Blocking waits are no good on the pool that tasks share.
    DispatchQueue(label: "redstart.copy").async { plan.run(into: queue) }
    var failure: (any Error)?
    do {
      try await withTaskCancellationHandler {
        if copy.noLoad {
          while try await queue.next() != nil {}
        } else {
          let columns = plan.columns.map { SQLQuoting.identifier($0.name) }.joined(separator: ", ")
          let statement = "COPY \(table.name.sql) (\(columns)) FROM STDIN WITH (ENCODING 'UTF8')"
          _ = try await session.copyIn(statement) { try await queue.next() }
        }
      } onCancel: {
        plan.fetcher?.stop()
      }
    } catch {
      failure = error
    }
    // The thread that parses may wait for bytes that nobody wants now.
    plan.fetcher?.stop()
    var outcome = await queue.end()
    if failure is WarehouseError, outcome.sourceFailure?.kind == .stopped {
      outcome.sourceFailure = nil
    }
    return (outcome, failure)
  }

  /// Makes the table of errors before there are any, so that asking it finds none.
  private func prepareErrorTable(_ session: any WarehouseSession) async {
    guard let errorSession else { return }
    do throws(WarehouseError) {
      guard try await !errorTable.exists(on: session) else { return }
      try await errorSession().closing { own throws(WarehouseError) in
        try await errorTable.create(on: own)
      }
    } catch {
      // A load without errors needs no table; one with errors tells why they cannot be kept.
    }
  }

  /// Keeps bad records in the table; returns notes on where they are.
  private func record(
    _ outcome: LoadOutcome,
    _ plan: LoadPlan,
    _ copy: CopyStatement,
    _ table: TargetTable,
    _ session: any WarehouseSession
  ) async -> [String] {
    guard !outcome.errors.isEmpty else { return [] }
    guard errorSession != nil || !outcome.hasFailed else { return [] }
    func record(through session: any WarehouseSession) async throws(WarehouseError) {
      try await errorTable.record(
        outcome.errors,
        table: table.name.description,
        columns: plan.columns,
        invocation: invocation,
        session: session
      )
    }
    do throws(WarehouseError) {
      if let errorSession {
        try await errorSession().closing(after: record)
      } else {
        try await record(through: session)
      }
    } catch {
      return ["the errors could not be kept in \(errorTable.name): \(error.message)"]
    }
    return ["all errors of this load: select * from \(errorTable.name)"]
  }

  private func notices(_ outcome: LoadOutcome, table: String, isTrial: Bool) -> [String] {
    let loaded =
      isTrial
      ? "\(outcome.rowCount) record(s) would be loaded (NOLOAD)."
      : "\(outcome.rowCount) record(s) loaded successfully."
    var notices = ["Load into table '\(table)' completed, \(loaded)"]
    if outcome.errorCount > 0 {
      notices.append(
        "Load into table '\(table)' completed, \(outcome.errorCount) record(s) could not be "
          + "loaded.  Check '\(errorTable.name)' for details."
      )
    }
    return notices
  }

  /// The file of the row that the server names in `COPY t, line 12, column c`.
  private func place(of error: WarehouseError, in outcome: LoadOutcome, _ plan: LoadPlan)
    -> String?
  {
    guard let context = error.context, context.hasPrefix("COPY ") else { return nil }
    let words = context.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ":" })
    guard let index = words.firstIndex(of: "line"), index + 1 < words.count,
      let row = Int(words[index + 1])
    else { return nil }
    guard let file = outcome.rowsBefore.lastIndex(where: { $0 < row }),
      plan.objects.indices.contains(file)
    else { return nil }
    return "\(plan.objects[file].path), row \(row - outcome.rowsBefore[file])"
  }
}

extension CopyStatement.Format {
  /// The word that COPY has for it.
  fileprivate var name: String {
    switch self {
    case .delimited: "text"
    case .csv: "csv"
    case .fixedWidth: "fixedwidth"
    case .json: "json"
    case .avro: "avro"
    case .parquet: "parquet"
    case .orc: "orc"
    case .shapefile: "shapefile"
    }
  }
}
