import Diagnostics
import RedshiftSQL
import Synchronization
import TestSupport
import Testing

@testable import WarehouseClient

@Suite(.sharedServer) struct StatementRunnerTests {
  /// The mark is what the error must point at.
  @Test(arguments: [
    ("SELECT 1;\nSELECT '日本', «nope» FROM pg_class", "unknown-column"),
    ("SELECT *\nFROM «gone.missing» m", "unknown-relation"),
    ("SELECT 1 FORM «pg_class» WHERE", "sql-rejected"),
    ("SELECT (12 + «3»\n", "sql-rejected"),
    ("SELECT «nofunction»(1)", "unknown-function"),
    ("SELECT «'x'»::int", "invalid-value"),
    ("«SELECT 1 /»\n0", "division-by-zero"),
    ("SELECT 2;\nCREATE TABLE «gone.t» (i int)", "unknown-schema"),
  ])
  func errorsPointAtTheUsersText(marked: String, code: String) async throws {
    let session = try await SharedServer.open()
    let text = MarkedText(marked)
    let buffers = Buffers()
    let file = buffers.add(name: "models/m.sql", text: text.text)
    // Sent as on Redshift: verbatim; the embedded server is only who answers.
    let error = await failure(runner(session, .redshift, buffers), file)
    let range = try #require(error?.primary?.range)
    let origin = buffers.origin(of: range).range
    #expect(error?.code == code && origin.buffer == file)
    #expect(text.ranges == [origin.bytes], "\(buffers.text(of: origin))")
    await session.close()
  }

  @Test func sendsStatementsVerbatimOnRedshift() async throws {
    let session = RecordingSession()
    let buffers = Buffers()
    let file = buffers.add(
      name: "m.sql",
      text: "-- first\nSELECT 'It''s' AS x;\n\n  COPY t FROM 's3://b/k' iam_role default ;\n"
    )
    let logged = Mutex<[String]>([])
    let runner = StatementRunner(
      session: session,
      dialect: .redshift,
      buffers: buffers,
      loader: nil,
      log: SQLLog { sql in logged.withLock { $0.append(sql) } }
    )
    let result = try await runner.run(file)
    #expect(session.sent.count == 2 && session.sent == logged.withLock { $0 })
    #expect(session.sent.last?.hasPrefix("COPY t FROM 's3://b/k' iam_role default") == true)
    #expect(result.tag == "2")
    #expect(try await runner.run(buffers.add(name: "e.sql", text: " ; \n")).tag.isEmpty)
  }

  @Test func readsRedshiftsFramedDetails() async throws {
    let session = RecordingSession(
      WarehouseError(
        kind: .statement,
        message: "Assert",
        sqlState: "XX000",
        detail: """

          -----------------------------------------------
          error:  Assert
          code:      1000
          context:   max_rows < 10 -
          query:     42
          location:  file.cpp:77
          process:   padbmaster [pid=1]
          -----------------------------------------------
          """
      )
    )
    let buffers = Buffers()
    let file = buffers.add(name: "m.sql", text: "SELECT\n 1")
    let error = await failure(runner(session, .redshift, buffers), file)
    #expect(error?.code == "database-error" && error?.message == "Assert")
    let notes = [
      "code:      1000", "context:   max_rows < 10 -", "query:     42", "SQLSTATE XX000",
    ]
    #expect(error?.notes == notes)
    #expect(error?.primary.map { buffers.text(of: $0.range) } == "SELECT")
  }

  private func runner(
    _ session: any WarehouseSession,
    _ dialect: SQLQuoting.Dialect,
    _ buffers: Buffers
  ) -> StatementRunner {
    StatementRunner(session: session, dialect: dialect, buffers: buffers, loader: nil, log: nil)
  }

  private func failure(_ runner: StatementRunner, _ buffer: BufferID) async -> Diagnostic? {
    do {
      _ = try await runner.run(buffer)
      return nil
    } catch {
      return error
    }
  }
}

/// Remembers what it was sent, and answers with the number of statements so far, or an error.
private final class RecordingSession: WarehouseSession {
  private let statements = Mutex<[String]>([])
  private let error: WarehouseError?

  var sent: [String] { statements.withLock { $0 } }

  init(_ error: WarehouseError? = nil) {
    self.error = error
  }

  func execute(_ sql: String) async throws(WarehouseError) -> StatementResult {
    if let error { throw error }
    var result = StatementResult()
    result.tag = statements.withLock { statements in
      statements.append(sql)
      return String(statements.count)
    }
    return result
  }

  func copyIn(
    _ sql: String,
    next: @escaping @Sendable () async throws -> [UInt8]?
  ) async throws -> StatementResult {
    try await execute(sql)
  }

  func cancel() async {}

  func close() async {}
}
