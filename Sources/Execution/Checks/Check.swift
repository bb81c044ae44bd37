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
  /// Where failing rows are kept, if they are.
  let relation: RelationName?
  /// How many failing rows to fetch for people to look at.
  let sampledRows: Int
  /// Whether failing rows are kept where the test does not say: `--store-failures`.
  let storesFailures: Bool
  /// Whether a warning is a failure: `--warn-error`.
  let failsOnWarnings: Bool

  struct Verdict: Sendable {
    var status: NodeResult.Status
    var failures: Int
    var message: String?
    var sample: NodeResult.Sample?

    /// Tells of a unit test as dbt does: it has failed once, with the rows that differ (`+++` came
    /// and was not expected, `---` was expected and did not come).
    mutating func differ() {
      failures = 1
      guard let sample else { return }
      let head = "@@ ," + sample.columns.dropLast().joined(separator: ",")
      let rows = sample.rows.map { row in
        let sign = row.last.flatMap { $0 }?.hasPrefix("-") == true ? "---" : "+++"
        return ([sign] + row.dropLast().map { $0 ?? "NULL" }).joined(separator: ",")
      }
      message =
        "\n\nactual differs from expected:\n\n" + ([head] + rows).joined(separator: "\n")
        + "\n"
    }
  }

  func run() async throws(Diagnostic) -> Verdict {
    let plan = try CheckSettings(settings, storesFailures: storesFailures)
    let query = try await storing(plan)
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
    guard let row = counted.rows.first else { throw .testWithoutResult(node) }
    var verdict = try Self.verdict(
      of: row.map { $0.map { .string($0) } ?? .null },
      settings: settings,
      failsOnWarnings: failsOnWarnings
    )
    if verdict.status != .pass { verdict.sample = try await sample() }
    return verdict
  }

  /// The rows that fail, kept in a relation when the test says so.
  private func storing(_ plan: CheckSettings) async throws(Diagnostic) -> SQLText {
    guard let kind = plan.storedAs, let relation else { return "\(query)" }
    let purpose = "clearing \(relation.description)"
    for word in ["view", "table"] as [SQLText] {
      // Of another kind, it is not dropped by the first; nothing there is no error.
      do {
        _ = try await session.attempt(["drop \(word) if exists \(relation)"])
      } catch {
        guard error.sqlState == "42809" else { throw .statementFailed(error, purpose: purpose) }
      }
    }
    let stored: SQLText =
      plan.limit.map { "select * from (\n\(query)\n) as redstart_test\nlimit \(number: $0)" }
      ?? "\(query)"
    // What is kept of a test can be made again: PostgreSQL may do without logging it.
    let isUnlogged = try settings.boolean("unlogged") == true && session.isPlainPostgres
    let word: SQLText = isUnlogged && kind.string == "table" ? "unlogged table" : kind
    try await session.run("create \(word) \(relation) as (\n\(stored)\n)")
    return "select * from \(relation)"
  }

  /// What `failures`, `should_warn` and `should_error` come to.
  static func verdict(
    of row: [PlainValue],
    settings: NodeSettings,
    failsOnWarnings: Bool
  ) throws(Diagnostic) -> Verdict {
    let plan = try CheckSettings(settings)
    guard row.count >= 3 else { throw .testWithoutResult(settings.node) }
    // No rows and a calculation like sum() give NULL.
    let failures = try count(text(row[0]), plan.calculation, settings.node)
    let isError = try isTrue(text(row[2]), settings.node) && plan.isError
    guard try isTrue(text(row[1]), settings.node) || isError else {
      // As in dbt, rows that do not matter are none.
      return Verdict(status: .pass, failures: 0)
    }
    let noun = failures == 1 ? "result" : "results"
    let isFailure = isError || failsOnWarnings
    let condition = isError ? plan.errorCondition : plan.warnCondition
    let message =
      "Got \(failures) \(noun), configured to \(isFailure ? "fail" : "warn") if \(condition)"
    return Verdict(status: isFailure ? .fail : .warn, failures: failures, message: message)
  }

  private static func text(_ value: PlainValue) -> String? {
    switch value {
    case .null: nil
    case .string(let text): text
    case .integer(let number): String(number)
    case .double(let number): String(number)
    case .boolean(let flag): flag ? "true" : "false"
    case .list, .dictionary: nil
    }
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

  /// A word for true or false, which a project's own `get_test_sql` may give as a text.
  private static func isTrue(_ text: String?, _ node: Node) throws(Diagnostic) -> Bool {
    switch text?.lowercased() {
    case "t", "true", "1", "y", "yes", "on": return true
    case nil, "f", "false", "0", "n", "no", "off": return false
    default: throw .testVerdictNotTruth(text ?? "", node)
    }
  }
}
