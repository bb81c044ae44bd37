import Diagnostics

/// Reads one generic test in any of the forms that dbt takes.
///
///     - not_null
///     - dbt_utils.unique_combination: {arguments: {columns: [a, b]}, config: {severity: warn}}
///     - {name: my_name, test_name: accepted_values, arguments: {values: [1, 2]}}
struct TestDeclarationReader {
  let reader: SettingsReader
  let file: String
  let column: String?

  /// Arguments that are configuration wherever they stand.
  static let configKeys: Set<String> = [
    "severity", "tags", "enabled", "where", "limit", "warn_if", "error_if", "fail_calc",
    "store_failures", "store_failures_as", "meta", "database", "schema", "alias",
  ]

  func declaration(_ node: YAMLNode) -> Properties.TestDeclaration? {
    switch node.content {
    case .scalar(let scalar):
      guard case .string(let name) = scalar.value else {
        reader.problems.add(.testNotNamed(at: node.range))
        return nil
      }
      return named(name, at: node.range)
    case .sequence:
      reader.problems.add(.testNotNamed(at: node.range))
      return nil
    case .mapping(let pairs):
      if let name = node["test_name"]?.scalar, let range = node["test_name"]?.range {
        var declaration = named(name.text, at: range)
        fill(&declaration, from: pairs.filter { $0.key != "test_name" })
        return declaration
      }
      guard let pair = pairs.first, pairs.count == 1 else {
        reader.problems.add(
          .testNotNested(pairs.first?.key, at: node.range.firstLine(in: reader.buffers))
        )
        return nil
      }
      var declaration = named(pair.key, at: pair.keyRange)
      if pair.value.isNull { return declaration }
      guard let arguments = pair.value.pairs else {
        reader.problems.add(
          .wrongType(
            of: "the arguments of test \"\(pair.key)\"",
            expected: "a mapping",
            given: pair.value.plain,
            at: pair.value.range
          )
        )
        return nil
      }
      fill(&declaration, from: arguments)
      return declaration
    }
  }

  private func named(_ name: String, at range: TextRange) -> Properties.TestDeclaration {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    var declaration = Properties.TestDeclaration(
      test: parts.last ?? name,
      columnName: column,
      range: range,
      file: file
    )
    if parts.count == 2 { declaration.namespace = parts[0] }
    return declaration
  }

  private func fill(
    _ declaration: inout Properties.TestDeclaration,
    from pairs: [YAMLNode.Pair]
  ) {
    for pair in pairs {
      switch pair.key {
      case "name": declaration.customName = pair.value.scalar?.text
      case "description": declaration.description = pair.value.scalar?.text ?? ""
      case "arguments" where pair.value.pairs != nil:
        declaration.hasArguments = true
        // As in dbt, what is configuration beside the arguments is so among them.
        var inner = declaration
        inner.looseArguments = []
        inner.looseConfigs = []
        fill(&inner, from: pair.value.pairs ?? [])
        inner.looseArguments = declaration.looseArguments
        inner.looseConfigs = declaration.looseConfigs
        declaration = inner
      case "config":
        guard let config = pair.value.pairs else {
          reader.problems.add(
            .wrongType(
              of: "\"config\"",
              expected: "a mapping",
              given: pair.value.plain,
              at: pair.value.range
            )
          )
          continue
        }
        for entry in config { setConfig(entry, of: &declaration) }
      case let key where Self.configKeys.contains(key):
        declaration.looseConfigs.append(key)
        setConfig(pair, of: &declaration)
      default:
        // Others render arguments: they may call ref().
        declaration.looseArguments.append(pair.key)
        declaration.arguments[pair.key] = pair.value.plain
      }
    }
  }

  private func setConfig(
    _ pair: YAMLNode.Pair,
    of declaration: inout Properties.TestDeclaration
  ) {
    // A variable that is not set says nothing, as in dbt.
    guard let value = reader.rendered(pair.value), !value.isNull else { return }
    let key = ConfigMerger.canonical(ConfigMerger.trimmed(pair.key))
    if declaration.config[key] != nil {
      reader.problems.add(.testConfigTwice(key, at: pair.keyRange))
      return
    }
    declaration.config[key] = value
  }
}
