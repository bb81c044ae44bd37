import Testing

@testable import Execution

@Suite struct AdviceTests {
  private static func health(
    _ change: (inout [String?]) -> Void = { _ in }
  ) throws -> TableHealth {
    var row: [String?] = [
      "mart   ", "songplays  ", "KEY(user_id)", "start_time", "Y, AUTO(ENCODE)", "256", "200",
      "1000000", "1000000", "0.00", "0.00", "1.00", nil,
    ]
    change(&row)
    return try #require(TableHealth(row))
  }

  @Test func aTableInGoodStateGetsNoAdvice() throws {
    let health = try Self.health()
    #expect(health.schema == "mart" && health.table == "songplays")
    #expect(health.advice.isEmpty)
  }

  @Test(arguments: [
    (10, "100.00", "stale-statistics", "ANALYZE \"mart\".\"songplays\";"),
    (8, "500000", "deleted-rows", "VACUUM DELETE ONLY \"mart\".\"songplays\";"),
    (9, "35.5", "unsorted-rows", "VACUUM SORT ONLY \"mart\".\"songplays\";"),
    (11, "7.25", "skewed-rows", "ALTER TABLE \"mart\".\"songplays\" ALTER DISTSTYLE EVEN;"),
    (4, "N", "not-compressed", "ALTER TABLE \"mart\".\"songplays\" ALTER ENCODE AUTO;"),
    (5, "65535", "wide-text", nil),
  ])
  func whatIsWrongIsNamedWithTheStatementThatHelps(
    column: Int,
    value: String,
    kind: String,
    sql: String?
  ) throws {
    let advice = try Self.health { $0[column] = value }.advice
    #expect(advice.map(\.kind) == [kind])
    #expect(advice.first?.sql == sql)
  }

  @Test func sortingThatWouldNotHelpIsNotAdvised() throws {
    let health = try Self.health { row in
      row[9] = "80.00"
      row[12] = "0.50"
    }
    #expect(health.advice.isEmpty)
  }

  @Test func aLargeTableOnEveryNodeIsNamed() throws {
    let health = try Self.health { row in
      row[2] = "ALL"
      row[7] = "5000000"
      row[8] = nil
    }
    #expect(health.advice.map(\.kind) == ["large-everywhere"])
  }

  /// In the form of Redshift's own plans.
  private static let plan = """
    XN Merge  (cost=1015345167117.54..1015345167544.46 rows=1000 width=103)
      Merge Key: category.catname
      ->  XN Network  (cost=1015345167117.54..1015345167544.46 rows=170771 width=103)
            Send to leader
            ->  XN Hash Join DS_BCAST_INNER  (cost=742.08..15345146299.10 rows=170771 width=103)
                  Hash Cond: ("outer".catid = "inner".catid)
                  ->  XN Hash Join DS_DIST_BOTH  (cost=4.98..1469.93 rows=170 width=97)
                        Outer Dist Key: sales.listid
                        Inner Dist Key: listing.listid
                        Hash Cond: ("outer".listid = "inner".listid)
                        ->  XN Seq Scan on sales  (cost=0.00..1724.56 rows=172456 width=18)
                        ->  XN Hash  (cost=1924.97..1924.97 rows=192497 width=14)
                              ->  XN Seq Scan on listing  (cost=0.00..1924.97 rows=192497 width=14)
                  ->  XN Hash  (cost=0.11..0.11 rows=11 width=10)
                        ->  XN Seq Scan on category  (cost=0.00..0.11 rows=11 width=10)
    ----- Tables missing statistics: listing, category -----
    ----- Update statistics by running the ANALYZE command on these tables -----
    """

  @Test func stepsThatMoveDataAreNamedWithTheirTables() {
    let plan = QueryPlan(
      lines: Self.plan.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    )
    let remarks = plan.remarks
    #expect(remarks.map(\.kind) == ["redistribution", "missing-statistics", "broadcast"])
    #expect(remarks[0].message == "sales and listing are both redistributed to be joined")
    #expect(remarks[0].isCostly && remarks[0].attribute == "DS_DIST_BOTH")
    #expect(remarks[1].sql == "ANALYZE listing; ANALYZE category;")
    #expect(
      remarks[2].message == "category (about 11 rows, less than 1 MB) is copied to every node to "
        + "be joined with sales with listing"
    )
    #expect(!remarks[2].isCostly)
  }

  @Test(arguments: [
    ("DS_DIST_NONE", 0, nil as Bool?), ("DS_DIST_ALL_NONE", 0, nil),
    ("DS_DIST_ALL_INNER", 1, true), ("DS_DIST_INNER", 1, true), ("DS_DIST_OUTER", 1, false),
    ("DS_BCAST_INNER", 1, true), ("DS_SOMETHING_NEW", 1, false),
  ])
  func eachWayOfMovingDataIsJudged(attribute: String, count: Int, isCostly: Bool?) {
    let remarks = QueryPlan(lines: [
      "XN Hash Join \(attribute)  (cost=1.00..2.00 rows=10 width=8)",
      "  ->  XN Seq Scan on small s  (cost=0.00..1.00 rows=10 width=8)",
      "  ->  XN Hash  (cost=0.00..1.00 rows=100000000 width=8)",
      "        ->  XN Seq Scan on large  (cost=0.00..1.00 rows=100000000 width=8)",
    ]).remarks
    #expect(remarks.count == count)
    #expect(remarks.first?.isCostly == isCostly)
  }

  @Test func aJoinWithoutConditionIsCostly() {
    let remarks = QueryPlan(lines: [
      "XN Nested Loop DS_BCAST_INNER  (cost=1.00..2.00 rows=10 width=8)",
      "  ->  XN Seq Scan on a  (cost=0.00..1.00 rows=10 width=8)",
      "  ->  XN Seq Scan on b  (cost=0.00..1.00 rows=10 width=8)",
    ]).remarks
    #expect(remarks.map(\.kind) == ["nested-loop"])
    #expect(remarks[0].message == "every row of a meets every row of b")
  }

  @Test func whatIsNoPlanSaysNothing() {
    #expect(
      QueryPlan(lines: ["", "->", "(cost=", "x (cost=rows=", "    ->  (cost=1"]).remarks.isEmpty
    )
  }
}
