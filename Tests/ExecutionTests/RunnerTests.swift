import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import Testing
import WarehouseClient

@testable import Execution

@Suite struct RunnerTests {
  private static let table: PlainDictionary = ["materialized": "table"]

  @Test func skipsOnlyWhatDependsOnAFailure() async throws {
    let outcome = try await RunScenario(
      sql: "select boom",
      config: Self.table,
      answers: [.failure("boom", "no boom")],
      others: [("below", ["m"], Self.table), ("beside", [], Self.table)]
    ).run()
    #expect(
      outcome.events == [
        "run of 3 on 1", "start model.p.m 1/3", "error model.p.m", "skipped model.p.below",
        "start model.p.beside 3/3", "success model.p.beside", "finished",
      ]
    )
    #expect(outcome.report.results[1].message == "skipped because m did not succeed")
    #expect(outcome.report.exitCode == 1)
    #expect(outcome.sessions == 1)
  }

  @Test func stopsAtTheFirstFailureWhenAsked() async throws {
    let outcome = try await RunScenario(
      sql: "select boom",
      config: Self.table,
      answers: [.failure("boom", "no boom")],
      others: [("n", [], Self.table), ("o", ["n"], Self.table)],
      isFailFast: true
    ).run()
    #expect(
      outcome.events == [
        "run of 3 on 1", "start model.p.n 1/3", "success model.p.n", "start model.p.m 2/3",
        "error model.p.m", "skipped model.p.o", "finished",
      ]
    )
  }

  @Test func replacesALostSession() async throws {
    let lost = WarehouseError(kind: .connectionLost, message: "server closed the connection")
    let outcome = try await RunScenario(
      sql: "select boom",
      config: Self.table,
      existing: ["m": .table],
      answers: [.failure("boom", lost)],
      others: [("beside", [], Self.table)]
    ).run()
    #expect(outcome.error?.code == "connection-lost")
    #expect(outcome.report.results.map(\.status) == [.success, .error])
    #expect(outcome.sessions == 2)
    #expect(outcome.sent.last == "rollback;\ndrop table if exists \"s\".\"m__redstart_new\"")
  }

  @Test(.timeLimit(.minutes(1)))
  func cancellationCancelsStatementsAndLeavesNothingBehind() async throws {
    let scenario = RunScenario(
      sql: "select slow",
      config: Self.table,
      existing: ["m": .table],
      answers: [.init(pattern: "slow", result: .success(.init()), hangs: true)],
      others: [("below", ["m"], Self.table)]
    )
    let scene = try scenario.prepare()
    let task = Task { try await scene.runner.run() }
    while !scene.warehouse.sent.contains(where: { $0.contains("slow") }) { await Task.yield() }
    task.cancel()
    let outcome = scene.outcome(try await task.value)
    #expect(outcome.report.results.map(\.status) == [.cancelled, .skipped])
    #expect(outcome.report.wasCancelled && outcome.report.exitCode == 1)
    #expect(outcome.sent.last == "rollback;\ndrop table if exists \"s\".\"m__redstart_new\"")
  }

  @Test func doesNotBeginWithoutAServer() async throws {
    let refused = WarehouseError(kind: .statement, message: "permission denied for database")
    let scenario = RunScenario(config: Self.table, answers: [.failure("pg_namespace", refused)])
    await #expect(throws: Diagnostic.self) { try await scenario.run() }
  }

  @Test func resultsAreWrittenInDbtsSchema() async throws {
    let outcome = try await RunScenario(
      config: Self.table,
      answers: [.rows("create table", [["1"]], tag: "SELECT 1")]
    ).run()
    let value = RunResultsArtifact.value(
      outcome.report,
      compilation: outcome.compilation,
      buffers: outcome.buffers,
      metadata: .init(
        generatedAt: Moment(nanoseconds: 0),
        invocationID: "id",
        startedAt: Moment(nanoseconds: 0),
        version: "0.1",
        arguments: ["select": ["m"]]
      )
    )
    try expectGolden(String(decoding: value.json(indent: 2), as: UTF8.self), "run_results")
  }
}
