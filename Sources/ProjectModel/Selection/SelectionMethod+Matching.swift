import Diagnostics

extension SelectionCriterion {
  /// The nodes that the method and value name, before edges are followed.
  ///
  /// - Parameters:
  ///   - graph: where to look.
  ///   - projectName: what `package:this` means.
  ///   - history: the earlier run that is compared with.
  /// - Returns: unique_ids.
  /// - Throws: `invalid-selector` for a value that the method does not know,
  ///   `selector-needs-state` without the history that it asks for.
  func matches(
    in graph: Graph,
    projectName: String?,
    history: (any SelectionHistory)? = nil
  ) throws(Diagnostic) -> Set<String> {
    if case .history(let method) = method {
      guard let history else { throw .selectorNeedsState(text, method.rawValue) }
      return try history.nodes(method, value: value, criterion: text)
    }
    try checkValue()
    let wildcard = Wildcard(value)
    let path = PathPattern(value)
    let isWanted: (Node) -> Bool =
      switch method {
      case .fqn: { $0.kind != .source && matchesQualifiedName($0) }
      case .tag: { $0.tags.contains(where: wildcard.matches) }
      // As in dbt, these two do not look at functions.
      case .group:
        { $0.kind != .function && ($0.config["group"]?.string).map(wildcard.matches) ?? false }
      case .access: { $0.kind == .model && ($0.config["access"]?.string ?? "protected") == value }
      case .source: matchesSource
      case .path: { path.covers($0.originalFilePath) || $0.patchPath.map(path.matches) ?? false }
      case .file:
        {
          wildcard.matches(FilePath.lastPart(of: $0.originalFilePath))
            || wildcard.matches(FilePath.stem(of: $0.originalFilePath))
        }
      case .package:
        {
          value == "this"
            ? projectName == nil || $0.packageName == projectName
            : wildcard.matches($0.packageName)
        }
      case .config: { $0.kind != .function && matchesConfiguration($0) }
      case .testName: { Self.testName($0).map(wildcard.matches) ?? false }
      case .testType: matchesTestType
      case .resourceType: { $0.kind.rawValue == value }
      case .exposure: { $0.kind == .exposure && matchesNameOrQualified($0, wildcard) }
      case .unitTest: { $0.kind == .unitTest && matchesNameOrQualified($0, wildcard) }
      case .metric: { $0.kind == .metric && matchesNameOrQualified($0, wildcard) }
      case .semanticModel: { $0.kind == .semanticModel && matchesNameOrQualified($0, wildcard) }
      case .savedQuery: { $0.kind == .savedQuery && matchesNameOrQualified($0, wildcard) }
      case .version: matchesVersion
      case .history: { _ in false }
      }
    return Set(graph.nodes.values.lazy.filter(isWanted).map(\.uniqueID))
  }

  /// `did you mean "users"?`, for a value that matched nothing; nil when nothing is near.
  func nearestValue(in graph: Graph) -> String? {
    let nodes = graph.nodes.values
    let candidates: [String]
    switch method {
    case .fqn:
      candidates = nodes.filter { $0.kind != .test && $0.kind != .source }
        .flatMap { [$0.name] + $0.fqn.dropLast() + [$0.fqn.joined(separator: ".")] }
    case .tag: candidates = nodes.flatMap(\.tags)
    case .source:
      candidates = nodes.filter { $0.kind == .source }
        .flatMap { node in node.sourceName.map { [$0, "\($0).\(node.name)"] } ?? [] }
    case .path, .file:
      candidates = nodes.flatMap { node -> [String] in
        let path = node.originalFilePath
        return method == .path
          ? [path, FilePath.parent(of: path)] : [FilePath.lastPart(of: path)]
      }
    case .testName: candidates = nodes.compactMap { Self.testName($0) }
    default: return nil
    }
    return Suggestion.sentence(for: value, among: candidates)
  }

  /// The name that `test_name:` compares: that of the generic test, or of the unit test.
  private static func testName(_ node: Node) -> String? {
    node.kind == .unitTest ? node.name : node.genericTest?.name
  }

  private static let testTypes = ["generic", "schema", "singular", "data", "unit"]
  private static let accesses = ["private", "protected", "public"]
  private static let versions = ["latest", "prerelease", "old", "none"]

  private func checkValue() throws(Diagnostic) {
    let known: [String]
    switch method {
    case .testType: known = Self.testTypes
    case .access: known = Self.accesses
    case .version: known = Self.versions
    case .resourceType:
      known = Node.Kind.allCases.map(\.rawValue)
    default: return
    }
    guard known.contains(value) else {
      throw .unknownSelectorValue(value, method: method.name, known: known, in: text)
    }
  }

  /// dbt's rule for names: the leaf, or leading parts of the fully qualified name, with or without
  /// the package.
  private func matchesQualifiedName(_ node: Node) -> Bool {
    matchesName(parts: node.fqn) || matchesName(parts: Array(node.fqn.dropFirst()))
  }

  private func matchesName(parts: [String]) -> Bool {
    guard let leaf = parts.last else { return false }
    if leaf == value { return true }
    if !value.contains("."), Wildcard.isPattern(value), Wildcard(value).matches(leaf) {
      return true
    }
    // Dots in names act as separators of folders do.
    let flat = parts.flatMap { $0.split(separator: ".", omittingEmptySubsequences: false) }
    let wanted = value.split(separator: ".", omittingEmptySubsequences: false)
    guard flat.count >= wanted.count else { return false }
    for (index, part) in wanted.enumerated() {
      if Wildcard.isPattern(part) {
        let rest = wanted[index...].joined(separator: ".")
        return Wildcard(rest).matches(flat[index...].joined(separator: "."))
      }
      if flat[index] != part { return false }
    }
    return true
  }

  private func matchesSource(_ node: Node) -> Bool {
    guard node.kind == .source else { return false }
    let parts = value.split(separator: ".", omittingEmptySubsequences: false).map { Wildcard($0) }
    let names = [node.packageName, node.sourceName ?? "", node.name]
    switch parts.count {
    case 1: return parts[0].matches(names[1])
    case 2: return parts[0].matches(names[1]) && parts[1].matches(names[2])
    case 3: return zip(parts, names).allSatisfy { $0.matches($1) }
    default: return false
    }
  }

  private func matchesNameOrQualified(_ node: Node, _ wildcard: Wildcard) -> Bool {
    wildcard.matches(node.name) || wildcard.matches(node.packageName + "." + node.name)
  }

  private func matchesVersion(_ node: Node) -> Bool {
    guard node.kind == .model else { return false }
    guard let version = node.version, let latest = node.latestVersion else {
      return value == "none" && node.version == nil
    }
    let order = Self.versionOrder(version, latest)
    return switch value {
    case "latest": order == 0
    case "prerelease": order > 0
    case "old": order < 0
    default: false
    }
  }

  /// Negative, zero or positive as the first version comes before, with or after the second.
  private static func versionOrder(_ a: PlainValue, _ b: PlainValue) -> Int {
    func number(_ value: PlainValue) -> Double? {
      switch value {
      case .integer(let number): Double(number)
      case .double(let number): number
      case .string(let text): Double(text)
      default: nil
      }
    }
    if let a = number(a), let b = number(b) { return a < b ? -1 : a > b ? 1 : 0 }
    let (a, b) = (a.string ?? "", b.string ?? "")
    return a < b ? -1 : a > b ? 1 : 0
  }

  private func matchesTestType(_ node: Node) -> Bool {
    switch value {
    case "generic", "schema": node.kind == .test && node.genericTest != nil
    case "singular": node.kind == .test && node.genericTest == nil
    case "data": node.kind == .test
    default: node.kind == .unitTest
    }
  }

  private func matchesConfiguration(_ node: Node) -> Bool {
    var current = PlainValue.dictionary(node.config)
    for key in arguments {
      guard let next = current.dictionary?[key] else { return false }
      current = next
    }
    switch current {
    case .list(let items): return items.contains(where: isEqual)
    case .dictionary(let dictionary): return dictionary.keys.contains(value)
    default: return isEqual(current)
    }
  }

  private func isEqual(_ found: PlainValue) -> Bool {
    switch found {
    case .boolean(let flag): value.lowercased() == (flag ? "true" : "false")
    case .integer(let number): value == String(number)
    case .double(let number): Double(value) == number
    case .string(let text):
      arguments == ["severity"]
        ? text.lowercased() == value.lowercased() : Wildcard(value).matches(text)
    case .null, .list, .dictionary: false
    }
  }
}
