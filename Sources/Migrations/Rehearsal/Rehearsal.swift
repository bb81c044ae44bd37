package import Diagnostics
package import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// What a rehearsal needs to know of the database that is spared.
package struct Rehearsal: Sendable {
  /// Rows of one table, as text.
  struct Sample: Sendable {
    var table: RelationName
    var columns: [String]
    var rows: [[String?]]
  }

  /// What is applied, in that order.
  package var applied: [MigrationScript] = []
  package var pending: [MigrationScript] = []
  /// SQL of what the database holds; nil where the files of what is applied say it all.
  var schema: [UInt8]?
  var samples: [Sample] = []
  /// What could not be told of the catalogue.
  package var problems: [Diagnostic] = []

  /// Whether tables have rows of the target's.
  package var hasRows: Bool { samples.contains { !$0.rows.isEmpty } }

  /// Whether the scratch database is made from what the catalogue says.
  package var isFromDatabase: Bool { schema != nil }

  /// Relations that the pending migrations change, as `schema.name`.
  package func changes(defaultSchema: String) -> Set<String> {
    pending.reduce(into: []) {
      $0.formUnion(TouchedObjects($1.statements, defaultSchema: defaultSchema).changed)
    }
  }
}

extension Migrator {
  /// Reads what a rehearsal needs: the history first, which need not be there, and what the database
  /// holds in one transaction that cannot write.
  ///
  /// - Parameters:
  ///   - target: the last version to rehearse; nil for all.
  ///   - sample: how many rows of each table; nil for none.
  ///   - readsCatalogue: whether to go by the catalogue even where files say what is applied.
  /// - Returns: what is applied and pending, and what the scratch database is made from.
  /// - Throws: what forbids applying; nothing can be rehearsed then.
  package func rehearsal(
    to target: String?,
    sample: Int?,
    readsCatalogue: Bool
  ) async throws(DiagnosticList) -> Rehearsal {
    let offline = offlineProblems.filter(\.isError)
    if !offline.isEmpty { throw DiagnosticList(offline) }
    let result: Result<Rehearsal, DiagnosticList>
    do throws(Diagnostic) {
      result = try await database.withSession { session throws(Diagnostic) in
        let standing = try await states(session)
        var problems = Self.problems(of: standing.states)
        problems += standing.states.filter { $0.kind == .interrupted }.map {
          .rehearsalInterrupted($0)
        }
        guard problems.isEmpty else { return .failure(DiagnosticList(problems)) }
        var rehearsal = Rehearsal()
        rehearsal.pending = try chosen(standing.states, target).compactMap(\.script)
        let done = standing.states.filter { $0.applied != nil && !$0.isPending }
          .inOrderOfApplication
        rehearsal.applied = done.compactMap(\.script)
        let isToldByFiles =
          done.allSatisfy { $0.script != nil && $0.applied?.isAdopted == false }
          && !standing.states.contains { $0.kind == .belowBaseline }
        let isFromDatabase = readsCatalogue || !isToldByFiles
        guard isFromDatabase || sample != nil else { return .success(rehearsal) }
        try await database.execute("begin read only", session)
        let (live, missing) = try await liveDefinition(standing, session, mayWrite: false)
        rehearsal.problems = missing
        if isFromDatabase {
          rehearsal.applied += standing.states.filter { $0.kind == .belowBaseline }
            .compactMap(\.script)
          rehearsal.schema = live.sql(in: buffers)
        }
        if let sample {
          rehearsal.samples = try await samples(sample, of: live.tables, session)
        }
        try await database.execute("rollback", session)
        return .success(rehearsal)
      }
    } catch {
      throw DiagnosticList([error])
    }
    return try result.get()
  }

  private func samples(
    _ count: Int,
    of tables: [SymbolicCatalog.Key: TableDefinition],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [Rehearsal.Sample] {
    var samples: [Rehearsal.Sample] = []
    for (key, table) in tables.sorted(by: { $0.key < $1.key }) where !table.columns.isEmpty {
      let name = RelationName(schema: key.schema, identifier: key.identifier)
      let columns = table.columns.map(\.name)
      let list = columns.map(SQLQuoting.identifier).joined(separator: ", ")
      let found = try await database.execute(
        "select \(list) from \(name.sql) limit \(count)",
        session
      )
      samples.append(Rehearsal.Sample(table: name, columns: columns, rows: found.rows))
    }
    return samples
  }

  // MARK: On the scratch database

  /// Makes a scratch database what the database is that is spared.
  package func prepare(_ rehearsal: Rehearsal) async throws(DiagnosticList) {
    if let schema = rehearsal.schema {
      do throws(Diagnostic) {
        let buffer = buffers.add(name: "<what the database holds>", bytes: schema)
        try await database.withSession { session throws(Diagnostic) in
          _ = try await database.runner(session).run(buffer)
        }
      } catch {
        throw DiagnosticList([error])
      }
      try await assume(rehearsal.applied)
    } else {
      var before = withoutCheck
      before.scripts = rehearsal.applied
      _ = try await before.migrate { _ in }
    }
    do throws(Diagnostic) {
      try await insert(rehearsal.samples)
    } catch {
      throw DiagnosticList([error])
    }
  }

  /// Notes that scripts are applied, without running them.
  private func assume(_ scripts: [MigrationScript]) async throws(DiagnosticList) {
    try await database.locked(waiting: { _ in }) { session, fence in
      do throws(Diagnostic) {
        let standing = try await states(session)
        var run = try await newRun(session, fence, after: standing) { _ in }
        try await run.record(
          scripts.map { script in
            var event = run.event(for: script, .adopted)
            event.statementsDone = script.statements.count
            return event
          }
        )
        return .success(())
      } catch {
        return .failure(DiagnosticList([error]))
      }
    }
  }

  private func insert(_ samples: [Rehearsal.Sample]) async throws(Diagnostic) {
    guard !samples.isEmpty else { return }
    try await database.withSession { session throws(Diagnostic) in
      let tables = try await LiveDefinitions(database, session).definition().tables
      for sample in samples {
        let key = SymbolicCatalog.Key(
          schema: sample.table.schema ?? "",
          identifier: sample.table.identifier
        )
        guard let table = tables[key], !sample.rows.isEmpty else { continue }
        let list = sample.columns.map(SQLQuoting.identifier).joined(separator: ", ")
        let isBinary = sample.columns.map { table.column($0)?.type.hasPrefix("varbyte") ?? false }
        var start = 0
        while start < sample.rows.count {
          let end = min(start + 100, sample.rows.count)
          let rows = sample.rows[start..<end].map { row in
            let values = zip(row, isBinary).map { value, isBinary in
              guard let value else { return "null" }
              let text = isBinary && !value.hasPrefix("\\x") ? "\\x" + value : value
              return SQLQuoting.literal(text, for: .postgres)
            }
            return "(\(values.joined(separator: ", ")))"
          }
          try await database.execute(
            "insert into \(sample.table.sql) (\(list)) overriding system value values "
              + rows.joined(separator: ", "),
            session
          )
          start = end
        }
      }
    }
  }
}
