import Diagnostics
import RedshiftSQL
import Testing
import WarehouseClient

@testable import Execution

/// `analyze` and `vacuum` of a node: what a cluster is sent after the rows are in place.
@Suite struct MaintenanceTests {
  /// What SVV_TABLE_INFO says of a table.
  private static func health(
    unsorted: String = "0.00",
    stale: String = "0.00",
    visible: String = "1000"
  ) -> FakeWarehouse.Answer {
    .rows(
      "svv_table_info",
      [
        [
          "s", "m", "EVEN", "id", "Y", "256", "200", "1000", visible, unsorted, stale, "1.00", nil,
        ]
      ]
    )
  }

  private static func sent(
    _ config: PlainDictionary,
    _ answers: [FakeWarehouse.Answer] = []
  ) async throws -> [String] {
    var config = config
    config["materialized"] = "table"
    let outcome = try await RunScenario(config: config, answers: answers).run()
    #expect(outcome.report.results.allSatisfy { $0.status == .success }, "\(outcome.events)")
    return outcome.sent.filter { sql in
      ["analyze", "vacuum", "svv_table_info"].contains { sql.contains($0) }
    }
  }

  @Test func nothingIsDoneUnlessItIsAskedFor() async throws {
    #expect(try await Self.sent([:]) == [])
    #expect(try await Self.sent(["analyze": false, "vacuum": "false"]) == [])
  }

  @Test(arguments: [
    ("true", "analyze \"s\".\"m\" predicate columns"),
    ("predicate_columns", "analyze \"s\".\"m\" predicate columns"),
    ("all columns", "analyze \"s\".\"m\" all columns"),
  ])
  func statisticsAreGathered(_ word: String, _ sql: String) async throws {
    #expect(try await Self.sent(["analyze": .string(word)]) == [sql])
  }

  @Test func theClustersThresholdIsSetAroundAnAnalysis() async throws {
    #expect(
      try await Self.sent(["analyze": true, "analyze_threshold": 0]) == [
        "set analyze_threshold_percent to 0", "analyze \"s\".\"m\" predicate columns",
        "reset analyze_threshold_percent",
      ]
    )
  }

  @Test(arguments: [
    ("true", "vacuum full \"s\".\"m\""), ("full", "vacuum full \"s\".\"m\""),
    ("delete_only", "vacuum delete only \"s\".\"m\""),
    ("sort only", "vacuum sort only \"s\".\"m\""), ("recluster", "vacuum recluster \"s\".\"m\""),
    ("reindex", "vacuum reindex \"s\".\"m\""),
  ])
  func tablesAreVacuumedByThemselves(_ word: String, _ sql: String) async throws {
    #expect(try await Self.sent(["vacuum": .string(word)]) == [sql])
  }

  /// Sorting changes what statistics say of the order.
  @Test func vacuumComesBeforeTheAnalysis() async throws {
    let sent = try await Self.sent(["vacuum": "full", "vacuum_threshold": 99, "analyze": true])
    #expect(
      sent == [
        "vacuum full \"s\".\"m\" to 99 percent", "analyze \"s\".\"m\" predicate columns",
      ]
    )
  }

  @Test(arguments: [
    (health(), []), (health(stale: "9.50"), []),
    (health(stale: "12.00"), ["analyze \"s\".\"m\" predicate columns"]),
    (health(visible: "700"), ["vacuum delete only \"s\".\"m\""]),
    (health(unsorted: "30.00"), ["vacuum sort only \"s\".\"m\""]),
    (health(unsorted: "30.00", visible: "700"), ["vacuum full \"s\".\"m\""]),
    (FakeWarehouse.Answer.rows("svv_table_info", []), []),
  ])
  func autoDoesWhatTheClustersViewAsksFor(
    _ answer: FakeWarehouse.Answer,
    _ expected: [String]
  ) async throws {
    let sent = try await Self.sent(["vacuum": "auto", "analyze": "auto"], [answer])
    #expect(sent.count == expected.count + 1)
    #expect(sent.first?.contains("\"schema\" = 's' and \"table\" = 'm'") == true, "\(sent)")
    #expect(Array(sent.dropFirst()) == expected)
  }

  @Test func autoTakesThePercentOfTheProject() async throws {
    let sent = try await Self.sent(
      ["analyze": "auto", "analyze_threshold": 2],
      [Self.health(stale: "3.00")]
    )
    #expect(sent.dropFirst().first == "set analyze_threshold_percent to 2")
    #expect(sent.count == 4)
  }

  @Test func whatTheClusterRefusesIsAWarning() async throws {
    let outcome = try await RunScenario(
      config: ["materialized": "table", "vacuum": "full", "analyze": true],
      answers: [.failure("vacuum full", "VACUUM is running")]
    ).run()
    #expect(outcome.first.status == .success)
    #expect(outcome.events.contains { $0.contains("not-maintained") }, "\(outcome.events)")
    // The other one is done all the same.
    #expect(outcome.sent.contains("analyze \"s\".\"m\" predicate columns"))
  }

  @Test(
    arguments: [
      ("analyze", "always"), ("vacuum", "sometimes"), ("analyze_threshold", 101),
      ("vacuum_threshold", "much"), ("analyze", .list(["id"])),
    ] as [(String, PlainValue)]
  )
  func mistakesAreToldBeforeTheWork(_ key: String, _ value: PlainValue) async throws {
    let outcome = try await RunScenario(config: ["materialized": "table", key: value]).run()
    #expect(outcome.error?.code == "wrong-config")
    #expect(!outcome.sent.contains { $0.contains("create table") })
  }

  @Test func aThresholdThatAKindOfVacuumHasNotIsTold() async throws {
    let outcome = try await RunScenario(
      config: ["materialized": "table", "vacuum": "reindex", "vacuum_threshold": 95]
    ).run()
    #expect(outcome.error?.code == "wrong-config")
    #expect(outcome.error?.message.contains("VACUUM REINDEX takes none") == true)
  }

  @Test func viewsHaveNothingToMaintain() async throws {
    let outcome = try await RunScenario(
      config: ["materialized": "view", "vacuum": "full", "analyze": true]
    ).run()
    #expect(outcome.first.status == .success)
    #expect(!outcome.sent.contains { $0.contains("vacuum") || $0.contains("analyze") })
  }
}
