package import Diagnostics
import ProjectModel

/// Looks for mistakes in unit tests before one of them runs.
struct UnitTestCheck {
  let entry: Properties.Entry
  /// dbt looks inputs up when the test runs: what else the project does goes on.
  let isWrittenForDbt: Bool

  /// What is wrong with the test of a model of the project.
  ///
  /// - Parameters:
  ///   - model: the model, for which the inputs are looked up.
  ///   - resolver: finds what `ref` and `source` mean.
  ///   - environment: what templates can use.
  /// - Returns: errors.
  func problems(
    of model: Node,
    _ resolver: ReferenceResolver,
    _ environment: ContextEnvironment
  ) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    if let given = value("given"), given.items == nil {
      problems.append(
        .declaredType("given", "a list of inputs", given: given.plain, at: given.range)
      )
    }
    for given in value("given")?.items ?? [] {
      do throws(Diagnostic) {
        try check(given, of: model, resolver, environment)
      } catch {
        var problem = error
        if isWrittenForDbt { problem.severity = .warning }
        problems.append(problem)
      }
    }
    if let expect = value("expect") {
      if expect.pairs == nil {
        problems.append(
          .declaredType("expect", "a mapping", given: expect.plain, at: expect.range)
        )
      }
    } else {
      problems.append(.unitTestLacks("expect", entry.name, at: entry.range))
    }
    return problems
  }

  /// What keeps a test of an incremental model from being one, in dbt's words: it has to say whether
  /// there is a table, and what is in it.
  static func incrementalProblems(of test: Node, _ model: Node) -> [Diagnostic] {
    guard model.macroDependencies.contains("macro.dbt.is_incremental") else { return [] }
    let macros = test.extra["overrides"]?.dictionary?["macros"]?.dictionary
    guard let isIncremental = macros?["is_incremental"]?.boolean else {
      return [
        .unitTest(
          "Boolean override for 'is_incremental' must be provided for unit test '\(test.name)' in "
            + "model '\(model.name)'",
          test
        )
      ]
    }
    let inputs = (test.extra["given"]?.list ?? []).compactMap { $0.dictionary?["input"]?.string }
    guard isIncremental, !inputs.contains("this") else { return [] }
    return [
      .unitTest(
        "Unit test '\(test.name)' for incremental model '\(model.name)' must have a 'this' input",
        test
      )
    ]
  }

  private func value(_ key: String) -> YAMLNode? {
    guard let node = entry.node[key], !node.isNull else { return nil }
    return node
  }

  private func check(
    _ given: YAMLNode,
    of model: Node,
    _ resolver: ReferenceResolver,
    _ environment: ContextEnvironment
  ) throws(Diagnostic) {
    guard let node = given["input"], let input = node.scalar?.text else {
      let place = given["input"]?.range ?? given.pairs?.first?.keyRange ?? given.range
      throw .unitTestLacks("input", entry.name, at: place)
    }
    guard input != "this" else { return }
    let call = WrittenCall(input, at: node.range)
    guard try call.identifier(for: model, resolver, in: environment) != nil else {
      throw .unitTestInput(input, entry.name, at: node.range)
    }
  }
}

/// The versions of a model that a unit test is for: `versions: {include: [2]}`.
struct UnitTestVersions {
  private let entry: Properties.Entry
  private let included: [String]?
  private let excluded: [String]?

  init(_ entry: Properties.Entry) {
    func versions(_ key: String) -> [String]? {
      guard let value = entry.value["versions"]?.dictionary?[key], !value.isNull else { return nil }
      return (value.list ?? [value]).map { ReferenceResolver.text($0) }
    }
    self.entry = entry
    included = versions("include")
    excluded = versions("exclude")
  }

  func contains(_ model: Node) -> Bool {
    guard let version = model.version.map(ReferenceResolver.text) else { return true }
    if let included { return included.contains(version) }
    return excluded?.contains(version) != true
  }

  /// What is wrong with how versions are chosen.
  func problems(of model: Node) -> [Diagnostic] {
    guard included != nil || excluded != nil else { return [] }
    if included != nil, excluded != nil {
      return [
        .unitTest("Unit tests can not both include and exclude versions.", entry.range)
      ]
    }
    guard model.version == nil else { return [] }
    return [
      .unitTest(
        "Unit test '\(entry.name)' should not have a versions include or exclude when referencing "
          + "non-versioned model '\(model.name)'",
        entry.range
      )
    ]
  }
}

extension Diagnostic {
  static func unitTest(_ problem: String, _ test: Node) -> Diagnostic {
    unitTest(problem, test.declaration)
  }

  fileprivate static func unitTest(_ problem: String, _ place: TextRange?) -> Diagnostic {
    Diagnostic(code: "invalid-unit-test", problem, at: place)
  }
}

/// Compares the columns that unit tests speak of with those that the analysis found.
package struct UnitTestColumns {
  private let parsed: ParsedProject
  private let analysis: ProjectAnalysis

  package init(_ parsed: ParsedProject, _ analysis: ProjectAnalysis) {
    self.parsed = parsed
    self.analysis = analysis
  }

  /// Columns that are not there, in the project's own tests of some models.
  ///
  /// - Parameter models: unique_ids of the models; nil for all.
  /// - Returns: errors.
  package func problems(of models: Set<String>?) -> [Diagnostic] {
    let tests = parsed.graph.nodes.values.filter {
      $0.kind == .unitTest && $0.packageName == parsed.project.name
    }
    return tests.sorted { $0.uniqueID < $1.uniqueID }.flatMap { test -> [Diagnostic] in
      guard let id = test.dependencies.first, models?.contains(id) ?? true,
        let model = parsed.graph.nodes[id], let written = test.written
      else { return [] }
      return inputs(of: written, model) + expectation(of: written, model)
    }
  }

  private func inputs(of written: YAMLNode, _ model: Node) -> [Diagnostic] {
    (written["given"]?.items ?? []).flatMap { given -> [Diagnostic] in
      guard let node = given["input"], let input = node.scalar?.text,
        let parent = parent(input, at: node.range, of: model), let known = columns(of: parent)
      else { return [] }
      return unknown(in: given["rows"], among: known, of: "'\(parent.name)'")
    }
  }

  private func expectation(of written: YAMLNode, _ model: Node) -> [Diagnostic] {
    guard let known = columns(of: model) else { return [] }
    return unknown(in: written["expect"]?["rows"], among: known, of: "expected output")
  }

  /// The node whose rows are given; nil where the parser has told what is wrong.
  private func parent(_ input: String, at range: TextRange, of model: Node) -> Node? {
    if input == "this" { return model }
    do throws(Diagnostic) {
      let id = try WrittenCall(input, at: range)
        .identifier(for: model, parsed.resolver, in: parsed.environment)
      return id.flatMap { parsed.graph.nodes[$0] }
    } catch {
      return nil
    }
  }

  private func columns(of node: Node) -> [String]? {
    // What is written of a source need not be all that it has; its table is asked when the test runs.
    if node.kind == .source { return nil }
    return ProjectAnalyzer.columnNames(of: node, parsed, analysis)
  }

  /// Keys of rows that are no columns, each told once.
  private func unknown(in rows: YAMLNode?, among known: [String], of place: String) -> [Diagnostic]
  {
    let columns = Set(known.map { $0.lowercased() })
    var told: Set<String> = []
    return (rows?.items ?? []).flatMap { $0.pairs ?? [] }.compactMap { pair in
      let key = pair.key.lowercased()
      guard !columns.contains(key), told.insert(key).inserted else { return nil }
      return .unitTestColumn(pair.key, of: place, known: known, at: pair.keyRange)
    }
  }
}
