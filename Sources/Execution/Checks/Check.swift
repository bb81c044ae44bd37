import Diagnostics
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// Runs a data test: a query whose rows are failures.
struct Check {
  let node: Node
  let query: QueryText
  let session: NodeSession
  let settings: NodeSettings
  /// How many failing rows to fetch for people to look at.
  let sampledRows: Int

  struct Verdict: Sendable {
    var status: NodeResult.Status
    var failures: Int
    var message: String?
    var sample: NodeResult.Sample?
  }

  func run() async throws(Diagnostic) -> Verdict {
    let plan = try CheckSettings(settings)
    let limit: SQLText = plan.limit.map { "\nlimit \(number: $0)" } ?? ""
    let counted = try await session.run(
      """
      select
        \(verbatim: plan.calculation) as failures,
        \(verbatim: plan.calculation) \(verbatim: plan.warnCondition) as should_warn,
        \(verbatim: plan.calculation) \(verbatim: plan.errorCondition) as should_error
      from (
      \(query)\(limit)
      ) as redstart_test
      """
    )
    guard let row = counted.rows.first, row.count >= 3 else { throw .testWithoutResult(node) }
    // No rows and a calculation like sum() give NULL.
    let failures = try Self.count(row[0], plan.calculation, node)
    let isError = plan.isError && Self.isTrue(row[2])
    guard isError || Self.isTrue(row[1]) else {
      return Verdict(status: .pass, failures: failures)
    }
    let noun = failures == 1 ? "result" : "results"
    let message =
      isError
      ? "Got \(failures) \(noun), configured to fail if \(plan.errorCondition)"
      : "Got \(failures) \(noun), configured to warn if \(plan.warnCondition)"
    return Verdict(
      status: isError ? .fail : .warn,
      failures: failures,
      message: message,
      sample: try await sample()
    )
  }

  private func sample() async throws(Diagnostic) -> NodeResult.Sample? {
    guard sampledRows > 0 else { return nil }
    let result = try await session.run(
      "select * from (\n\(query)\n) as redstart_test limit \(number: sampledRows)"
    )
    return NodeResult.Sample(columns: result.columns.map(\.name), rows: result.rows)
  }

  private static func count(
    _ text: String?,
    _ calculation: String,
    _ node: Node
  ) throws(Diagnostic) -> Int {
    guard let text else { return 0 }
    if let number = Int(text) { return number }
    guard let number = Double(text), let whole = Int(exactly: number.rounded()) else {
      throw .testNotANumber(calculation, text, node)
    }
    return whole
  }

  private static func isTrue(_ text: String?) -> Bool {
    text == "t" || text == "true" || text == "1"
  }
}
