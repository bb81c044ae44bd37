import Diagnostics
import ProjectModel

// What dbt 1.11 still takes, and calls deprecated.
extension ProjectParser {
  func formerWays(
    _ nodes: [Node],
    _ macros: MacroTable,
    _ semantics: SemanticLayer
  ) -> [Diagnostic] {
    guard isWrittenForDbt else { return [] }
    return formerTests() + formerStrategy(nodes, macros) + formerMetrics(semantics)
      + sameNames(nodes) + replacedMaterializations(nodes, macros) + looseBlocks()
      + formerPlaces()
  }

  func flag(_ name: String) -> Bool? { project.configuration.flags[name]?.flag }

  private func formerTests() -> [Diagnostic] {
    let nests = flag("require_generic_test_arguments_property") != false
    return packages.flatMap { package in
      let properties = package.properties
      let ofNodes = properties.patches.values.flatMap(\.values).map { ($0.name, $0.tests) }
      let ofSources = properties.sources.map { ("\($0.sourceName).\($0.name)", $0.tests) }
      let all = (ofNodes + ofSources).flatMap { owner, tests in tests.map { (owner, $0) } }
        .sorted {
          ($0.1.file, $0.1.range.bytes.lowerBound) < ($1.1.file, $1.1.range.bytes.lowerBound)
        }
      return all.flatMap { owner, test -> [Diagnostic] in
        guard nests else {
          return test.hasArguments ? [.argumentsWithoutFlag(test, owner)] : []
        }
        var found = test.looseConfigs.map { Diagnostic.movedToConfig($0, test, owner) }
        if !test.hasArguments, !test.looseArguments.isEmpty {
          found.append(.looseTestArguments(test, owner))
        }
        return found
      }
    }
  }

  /// A project's own macro for microbatch models, which is not yet called for each batch.
  private func formerStrategy(_ nodes: [Node], _ macros: MacroTable) -> [Diagnostic] {
    guard flag("require_batched_execution_for_custom_microbatch_strategy") != true,
      let model = nodes.first(where: { MicrobatchSettings.isMicrobatch($0) })
    else { return [] }
    let macro = "get_incremental_microbatch_sql"
    let isOwn = packages.contains { package in
      macros.entry(withID: "macro.\(package.name).\(macro)") != nil
    }
    return isOwn ? [.unbatchedMicrobatchMacro(model)] : []
  }

  private func formerMetrics(_ semantics: SemanticLayer) -> [Diagnostic] {
    guard flag("require_nested_cumulative_type_params") != true else { return [] }
    let metric = semantics.nodes.first { node in
      guard node.kind == .metric, let parameters = node.extra["type_params"]?.dictionary else {
        return false
      }
      return ["window", "grain_to_date"].contains { parameters[$0]?.isNull == false }
    }
    return metric.map { [.formerMetricWindow($0)] } ?? []
  }

  /// Nodes of different kinds with one name, of which `ref()` can mean one only.
  private func sameNames(_ nodes: [Node]) -> [Diagnostic] {
    var known: [String: Node] = [:]
    return nodes.filter {
      [.model, .seed, .snapshot].contains($0.kind) && $0.version == nil
    }.compactMap { node in
      let key = "\(node.packageName).\(node.name)"
      guard let other = known.updateValue(node, forKey: key), other.kind != node.kind else {
        return nil
      }
      return .sameName(node, other)
    }
  }
}

extension Diagnostic {
  fileprivate static func looseTestArguments(
    _ test: Properties.TestDeclaration,
    _ owner: String
  ) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "loose-test-arguments",
      "arguments of test \"\(test.test)\" of \(owner) stand beside its name",
      at: test.range,
      help: ["nest them: `arguments: {\(test.looseArguments.joined(separator: ": …, ")): …}`"]
    )
  }

  fileprivate static func argumentsWithoutFlag(
    _ test: Properties.TestDeclaration,
    _ owner: String
  ) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "arguments-without-flag",
      "test \"\(test.test)\" of \(owner) has `arguments` of its own",
      at: test.range,
      help: ["set the flag `require_generic_test_arguments_property`"]
    )
  }

  fileprivate static func movedToConfig(
    _ key: String,
    _ test: Properties.TestDeclaration,
    _ owner: String
  ) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "moved-to-config",
      "\"\(key)\" of test \"\(test.test)\" of \(owner) belongs under `config`",
      at: test.range
    )
  }

  fileprivate static func unbatchedMicrobatchMacro(_ model: Node) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "unbatched-microbatch-macro",
      "the project's own macro for microbatch models is not called for each batch",
      at: model.place,
      file: model.originalFilePath,
      help: ["set the flag `require_batched_execution_for_custom_microbatch_strategy`"]
    )
  }

  fileprivate static func formerMetricWindow(_ metric: Node) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "former-metric-window",
      "`window` and `grain_to_date` of metric \(metric.name) stand in their former place",
      at: metric.declaration,
      file: metric.originalFilePath,
      help: ["nest them under `cumulative_type_params`"]
    )
  }

  fileprivate static func sameName(_ node: Node, _ other: Node) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "same-name",
      "a \(other.kind.rawValue) and a \(node.kind.rawValue) are called \"\(node.name)\"",
      at: node.place,
      file: node.originalFilePath,
      notes: ["the other one is in \(other.originalFilePath)"],
      help: ["give one of them another name"]
    )
  }
}
