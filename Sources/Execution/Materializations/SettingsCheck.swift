package import Diagnostics
package import ProjectCompiler
import ProjectModel
import RedshiftSQL

/// Finds settings that a run would stumble over, without a database.
package struct SettingsCheck {
  private let parsed: ParsedProject
  private let buffers: Buffers

  package init(_ parsed: ParsedProject, buffers: Buffers) {
    self.parsed = parsed
    self.buffers = buffers
  }

  /// What is wrong with a node's settings.
  ///
  /// - Parameters:
  ///   - compiled: the node.
  ///   - columns: the names of its columns; nil where they are not known.
  /// - Returns: errors.
  package func problems(of compiled: CompiledNode, columns: [String]?) -> [Diagnostic] {
    let node = compiled.node
    do throws(Diagnostic) {
      switch (node.kind, node.config["materialized"]?.string) {
      case (.model, "view"):
        return compiled.isMigrated ? [.migratedView(node)] : []
      case (.model, "incremental"): return try incremental(node, columns)
      case (.test, _): return try test(node)
      default: return []
      }
    } catch {
      return [error]
    }
  }

  // MARK: Incremental models

  private func incremental(_ node: Node, _ columns: [String]?) throws(Diagnostic) -> [Diagnostic] {
    let settings = NodeSettings(node: node, isWrittenForDbt: parsed.project.isWrittenForDbt)
    if TemplateMaterialization.isNeeded(for: node, in: parsed) {
      return try strategy(node, settings)
    }
    let plan = try IncrementalSettings(settings)
    guard let columns, plan.strategy != .append else { return [] }
    let known = Set(columns.map { $0.lowercased() })
    return plan.uniqueKey.map { ColumnMention($0)?.name ?? $0 }
      .filter { !known.contains($0.lowercased()) }
      .map { .unknownKey($0, columns: columns, node: node) }
  }

  /// A strategy of dbt's, or one that a macro of the project makes.
  private func strategy(_ node: Node, _ settings: NodeSettings) throws(Diagnostic) -> [Diagnostic] {
    guard let word = try settings.string("incremental_strategy") else { return [] }
    let macro = "get_incremental_\(String(word.map { $0 == "+" ? "_" : $0 }))_sql"
    // A materialization of the project's own may mean anything by it.
    let entry = parsed.macros.materialization("incremental", from: node.packageName)
    guard entry.map({ MacroTable.isBuiltin($0.packageName) }) ?? true,
      parsed.macros.lookup(macro, from: node.packageName) == nil
    else { return [] }
    var problem = Diagnostic.unknownSetting(
      "incremental_strategy",
      word,
      allowed: ConfigCheck.incrementalStrategies,
      node: node
    )
    problem.help.append("a strategy of your own is a macro, `\(macro)`")
    return [problem]
  }

  // MARK: Tests

  private func test(_ node: Node) throws(Diagnostic) -> [Diagnostic] {
    let plan = try CheckSettings(NodeSettings(node: node))
    var problems: [Diagnostic] = []
    if !isValue(plan.calculation) {
      problems.append(.testSetting("fail_calc", plan.calculation, "an SQL value", node))
    }
    for (key, text) in [("warn_if", plan.warnCondition), ("error_if", plan.errorCondition)]
    where !isComparison(text) {
      problems.append(.testSetting(key, text, "a comparison, such as \">= 5\"", node))
    }
    return problems
  }

  /// Whether a text is one SQL expression of known functions; its columns are the test's.
  private func isValue(_ text: String) -> Bool {
    guard let found = analysis(of: "select \(text)\nas value from redstart_test") else {
      return false
    }
    return !found.diagnostics.contains { $0.code == "unknown-function" || $0.code == "syntax" }
      && found.columns.count == 1
  }

  /// Whether a text makes a condition behind a number.
  private func isComparison(_ text: String) -> Bool {
    guard let found = analysis(of: "select 1 \(text)\nas value") else { return false }
    guard found.columns.count == 1, let column = found.columns.first else { return false }
    return !found.diagnostics.contains(where: \.isError)
      && (column.type == .boolean || column.type == .unknown)
  }

  private func analysis(of sql: String) -> QueryAnalysis? {
    let buffer = buffers.add(name: "<setting of a test>", text: sql)
    let read = SQLParser.parse(buffer, in: buffers)
    guard read.diagnostics.isEmpty, read.statements.count == 1,
      let statement = read.statements.first,
      case .query(let query) = statement.kind
    else { return nil }
    return SQLAnalyzer(catalog: SymbolicCatalog(), buffers: buffers).analyze(query)
  }
}

extension Diagnostic {
  fileprivate static func testSetting(
    _ key: String,
    _ value: String,
    _ expected: String,
    _ node: Node
  ) -> Diagnostic {
    Diagnostic(
      code: "wrong-config",
      "`\(key)` of \(node.name) is \(expected), and not \"\(value)\"",
      at: node.place,
      file: node.originalFilePath
    )
  }
}
