package import Diagnostics
import ProjectModel
import RedshiftSQL

/// Finds the node that `ref()`, `source()` or `function()` means.
///
/// As in dbt: the package that was named, else the project, then the node's own package, then any.
package struct ReferenceResolver: Sendable {
  private struct Candidate: Sendable {
    var id: String
    var package: String
    var version: PlainValue?
    var latestVersion: PlainValue?
    var access: String
    var group: String?
  }

  /// Models, seeds and snapshots by name; several packages may use one name.
  private var referable: [String: [Candidate]] = [:]
  /// Source tables by `source.table`.
  private var sources: [String: [Candidate]] = [:]
  private var disabled: [String: String] = [:]
  /// Functions by name, and those that are switched off with their files.
  private var functions: [String: [Candidate]] = [:]
  private var disabledFunctions: [String: String] = [:]
  private var sourceNames: Set<String> = []
  /// Files of sources that are switched off, by `source.table`.
  private var disabledSources: [String: String] = [:]
  private let projectName: String
  private let prefersOwnPackage: Bool
  /// Packages whose protected models are closed to others.
  private var restrictedPackages: Set<String> = []

  init(nodes: [Node], disabled: [Node], project: Project) {
    projectName = project.name
    prefersOwnPackage =
      project.configuration.flags["require_ref_searches_node_package_before_root"]?.boolean == true
    for package in [project] + project.packages
    where package.configuration.extra["restrict-access"]?.boolean == true {
      restrictedPackages.insert(package.name)
    }
    for node in nodes {
      let candidate = Candidate(
        id: node.uniqueID,
        package: node.packageName,
        version: node.version,
        latestVersion: node.latestVersion,
        access: node.config["access"]?.string ?? "protected",
        group: node.config["group"]?.string
      )
      switch node.kind {
      case .model, .seed, .snapshot: referable[node.name, default: []].append(candidate)
      case .source:
        sources["\(node.sourceName ?? "").\(node.name)", default: []].append(candidate)
        sourceNames.insert(node.sourceName ?? "")
      case .function: functions[node.name, default: []].append(candidate)
      default: break
      }
    }
    for node in disabled {
      switch node.kind {
      case .function: disabledFunctions[node.name] = node.originalFilePath
      case .source:
        disabledSources["\(node.sourceName ?? "").\(node.name)"] = node.originalFilePath
      default: self.disabled[node.name] = node.originalFilePath
      }
    }
  }

  /// The unique_id of what `ref` means.
  ///
  /// - Parameters:
  ///   - reference: the call.
  ///   - node: whose call it is.
  ///   - suggests: whether an error names what was meant.
  /// - Returns: the unique_id.
  /// - Throws: `unknown-ref`, `private-ref`.
  func identifier(
    of reference: Captured.Reference,
    from node: Node?,
    suggesting suggests: Bool = true
  ) throws(Diagnostic) -> String {
    let named = referable[reference.name] ?? []
    let candidates = named.filter { candidate in
      if let package = reference.package, candidate.package != package { return false }
      guard let version = candidate.version else { return reference.version == nil }
      return Self.isSame(version, reference.version ?? candidate.latestVersion ?? version)
    }
    guard let found = nearest(candidates, to: node?.packageName) else {
      let others = named.filter { reference.package == nil || $0.package == reference.package }
      if let version = reference.version, let other = others.first {
        throw .unknownVersion(
          Self.text(version),
          of: reference.name,
          known: others.compactMap(\.version).map(Self.text).sorted(),
          latest: other.latestVersion.map(Self.text),
          at: reference.range
        )
      }
      throw .unknownReference(
        reference.name,
        package: reference.package,
        known: suggests ? Array(referable.keys) : [],
        disabledIn: disabled[reference.name],
        at: reference.range
      )
    }
    try checkAccess(found, reference, from: node)
    return found.id
  }

  func isDisabled(_ reference: Captured.SourceReference) -> Bool {
    let name = "\(reference.source).\(reference.table)"
    return sources[name] == nil && disabledSources[name] != nil
  }

  func isDisabled(_ reference: Captured.Reference) -> Bool {
    referable[reference.name] == nil && disabled[reference.name] != nil
  }

  private func nearest(_ candidates: [Candidate], to package: String?) -> Candidate? {
    var order = [projectName, package ?? projectName]
    if prefersOwnPackage { order.reverse() }
    for name in order {
      let own = candidates.filter { $0.package == name }
      // Of things of several kinds with one name, the last kind that dbt reads is meant.
      for kind in ["seed.", "snapshot."] {
        if let found = own.first(where: { $0.id.hasPrefix(kind) }) { return found }
      }
      if let found = own.first { return found }
    }
    return candidates.min { $0.package < $1.package }
  }

  private static func isSame(_ a: PlainValue, _ b: PlainValue) -> Bool {
    a == b || text(a) == text(b)
  }

  /// Whether a version comes before another: numbers by their value, words by their letters.
  package static func isBefore(_ a: PlainValue, _ b: PlainValue) -> Bool {
    let (left, right) = (text(a), text(b))
    if let left = Double(left), let right = Double(right) { return left < right }
    return left < right
  }

  /// Versions are numbers or words; `1` and `1.0` and `"1"` are one.
  static func text(_ version: PlainValue) -> String {
    switch version {
    case .integer(let number): String(number)
    case .double(let number): Int(exactly: number).map { String($0) } ?? String(number)
    case .string(let text): text
    default: ""
    }
  }

  private func checkAccess(
    _ found: Candidate,
    _ reference: Captured.Reference,
    from node: Node?
  ) throws(Diagnostic) {
    // A query of the command line may look at everything.
    guard let node, !node.isInline else { return }
    if found.access == "private", node.kind != .test || node.genericTest == nil {
      let group = node.config["group"]?.string
      guard found.group == nil || (found.group == group && found.package == node.packageName)
      else { throw .privateReference(reference.name, group: found.group, at: reference.range) }
    } else if found.access == "protected", found.package != node.packageName,
      restrictedPackages.contains(found.package)
    {
      throw .protectedReference(reference.name, package: found.package, at: reference.range)
    }
  }

  func identifier(
    of reference: Captured.SourceReference,
    from node: Node?,
    suggesting suggests: Bool = true
  ) throws(Diagnostic) -> String {
    let candidates = sources["\(reference.source).\(reference.table)"] ?? []
    if let found = nearest(candidates, to: node?.packageName) { return found.id }
    throw .unknownSource(
      reference.source,
      reference.table,
      knowsSource: sourceNames.contains(reference.source),
      known: suggests ? Array(sources.keys) : [],
      disabledIn: disabledSources["\(reference.source).\(reference.table)"],
      at: reference.range
    )
  }

  /// The unique_id of what `function` means.
  ///
  /// - Parameters:
  ///   - reference: the call.
  ///   - node: whose call it is.
  ///   - suggests: whether an error names what was meant.
  /// - Returns: the unique_id.
  /// - Throws: `unknown-function-node`.
  func identifier(
    of reference: Captured.FunctionReference,
    from node: Node?,
    suggesting suggests: Bool = true
  ) throws(Diagnostic) -> String {
    let candidates = (functions[reference.name] ?? []).filter {
      reference.package == nil || $0.package == reference.package
    }
    if let found = nearest(candidates, to: node?.packageName) { return found.id }
    throw .unknownFunctionNode(
      reference.name,
      package: reference.package,
      known: suggests ? Array(functions.keys) : [],
      disabledIn: disabledFunctions[reference.name],
      isReferable: referable[reference.name] != nil,
      at: reference.range
    )
  }

  /// Where a function is that a node calls.
  func relation(
    for reference: Captured.FunctionReference,
    from node: Node?,
    in environment: ContextEnvironment
  ) throws(Diagnostic) -> RelationObject {
    let id = try identifier(of: reference, from: node)
    guard let own = environment.functions[id] else {
      throw .unknownFunctionNode(
        reference.name,
        package: reference.package,
        known: [],
        disabledIn: nil,
        isReferable: false,
        at: reference.range
      )
    }
    let resolved =
      environment.deferral?.function(insteadOf: id, own, existing: environment.existing) ?? own
    // As in dbt, quoting that is configured says nothing about calls of functions.
    return RelationObject(
      resolved.name,
      kind: .function,
      className: environment.relationClass
    )
  }

  func relation(
    for reference: Captured.Reference,
    from node: Node?,
    in environment: ContextEnvironment
  ) throws(Diagnostic) -> RelationObject {
    let id = try identifier(of: reference, from: node)
    if let node, node.kind != .operation, !node.dependencies.contains(id) {
      throw .unexpectedReference(reference.name, at: reference.range)
    }
    return try relation(id, at: reference.range, in: environment)
  }

  func relation(
    for reference: Captured.SourceReference,
    from node: Node?,
    in environment: ContextEnvironment
  ) throws(Diagnostic) -> RelationObject {
    try relation(try identifier(of: reference, from: node), at: reference.range, in: environment)
  }

  private func relation(
    _ id: String,
    at range: TextRange,
    in environment: ContextEnvironment
  ) throws(Diagnostic) -> RelationObject {
    guard let own = environment.relations[id] else {
      throw .unknownReference(id, package: nil, known: [], disabledIn: nil, at: range)
    }
    let resolved =
      environment.deferral?.relation(insteadOf: id, own, existing: environment.existing) ?? own
    // As in dbt, the project's quoting says nothing about sources.
    var quoting =
      resolved.isSource ? PlainDictionary() : environment.project.configuration.quoting
    quoting.merge(resolved.quoting)
    return RelationObject(
      resolved.name,
      kind: resolved.isEphemeral ? .ephemeral : (resolved.isView ? .view : .table),
      quoted: RelationObject.Parts(quoting),
      className: environment.relationClass,
      eventTime: own.eventTime
    )
  }
}
