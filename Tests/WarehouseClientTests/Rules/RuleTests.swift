import Diagnostics
import Foundation
import RedshiftSQL
import Synchronization
import Testing

@testable import WarehouseClient

/// Runs Redshift's SQL on PostgreSQL and compares what comes out with what Redshift gives.
@Suite(.sharedServer) struct RuleTests {
  @Test(arguments: Rule.files)
  func statementsMeanWhatRedshiftMeans(file: String) async throws {
    let (setup, rules) = try Rule.read(file)
    let session = try await SharedServer.open()
    let shims = try await SharedServer.open()
    let schema = "rules_" + file.prefix { $0 != "." }
    let path = PostgresConnectionSettings.searchPathStatement(schema: schema)
    _ = try await session.execute("CREATE SCHEMA \(schema); \(path)")
    await shims.close()
    let storage = FileManager.default.temporaryDirectory
      .appendingPathComponent("redstart-rules-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: storage, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: storage) }
    let player = RulePlayer(session: session, storage: storage.path)
    if let problem = await player.play(Rule(file: file, title: "alone: setup", sql: setup)) {
      Issue.record("\(problem)")
    }
    var problems: [String] = []
    for rule in rules {
      if let problem = await player.play(rule) { problems.append(problem) }
    }
    // Not in the expectation: a failure would show everything twice.
    for problem in problems { print(problem + "\n") }
    print("\(file): \(rules.count - problems.count) of \(rules.count) rules hold")
    #expect(problems.isEmpty, "the rules that do not hold are printed above")
    await session.close()
  }
}

/// Runs one rule after the other on a session.
private struct RulePlayer {
  var session: PostgresConnection
  var storage: String

  /// What is wrong; nil when the rule holds.
  func play(_ rule: Rule) async -> String? {
    let buffers = Buffers()
    let notes = Mutex<[String]>([])
    let sent = Mutex<[String]>([])
    let runner = StatementRunner(
      session: session,
      dialect: .postgres,
      buffers: buffers,
      loader: CopyLoader(
        storage: S3Mapping([("s3://rules", storage)]),
        metadataSchema: "redstart"
      ),
      log: SQLLog { sql in sent.withLock { $0.append(sql) } },
      report: { note in notes.withLock { $0.append(note.message) } }
    )
    var rows: [String] = []
    var error: String?
    do {
      if !rule.isAlone { _ = try await session.execute("BEGIN") }
      let result = try await runner.run(buffers.add(name: "rule.sql", text: rule.sql))
      rows = result.rows.map {
        $0.map { $0?.replacing("\n", with: "\\n") ?? "NULL" }.joined(separator: " | ")
      }
      notes.withLock { $0 += result.notices }
    } catch let failure as Diagnostic {
      error = ([failure.message] + failure.notes + failure.help).joined(separator: "; ")
    } catch let failure {
      error = "\(failure)"
    }
    if !rule.isAlone { _ = try? await session.execute("ROLLBACK") }
    let told = notes.withLock { $0 }
    let isRight: Bool
    if let wanted = rule.error {
      isRight = error?.contains(wanted) == true
    } else {
      isRight =
        error == nil && rows == rule.rows
        && rule.notes.allSatisfy { wanted in told.contains { $0.contains(wanted) } }
    }
    if isRight { return nil }
    let statements = sent.withLock { $0 }.joined(separator: ";\n    ")
    return """
      \(rule.description)
        sql:  \(rule.sql)
        sent: \(statements)
        want: \((rule.error.map { ["ERROR " + $0] } ?? []) + rule.rows + rule.notes)
        got:  \(error.map { "ERROR " + $0 } ?? "\(rows)")  notes \(told)
      """
  }
}
