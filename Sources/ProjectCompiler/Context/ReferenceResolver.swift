import Diagnostics
import ProjectModel
import RedshiftSQL

/// Finds the node that `ref()` or `source()` means.
package struct ReferenceResolver: Sendable {
  /// Models, seeds and snapshots by name; several packages may use one name.
  private var referable: [String: [String]] = [:]
  /// Source tables by `source.table`.
  private var sources: [String: String] = [:]
  private var packages: [String: String] = [:]
  private var disabled: [String: String] = [:]
  private var sourceNames: Set<String> = []

  init(nodes: [Node], disabled: [Node]) {
    for node in nodes {
      switch node.kind {
      case .model, .seed, .snapshot:
        referable[node.name, default: []].append(node.uniqueID)
        packages[node.uniqueID] = node.packageName
      case .source:
        sources["\(node.sourceName ?? "").\(node.name)"] = node.uniqueID
        sourceNames.insert(node.sourceName ?? "")
      default: break
      }
    }
    for node in disabled { self.disabled[node.name] = node.originalFilePath }
  }

  func identifier(of reference: Captured.Reference, from node: Node?) throws(Diagnostic) -> String {
    let candidates = (referable[reference.name] ?? []).filter { id in
      reference.package.map { packages[id] == $0 } ?? true
    }
    // A node's own package comes first, then any.
    if let own = candidates.first(where: { packages[$0] == node?.packageName }) { return own }
    if let first = candidates.sorted().first { return first }
    throw .unknownReference(
      reference.name,
      package: reference.package,
      known: Array(referable.keys),
      disabledIn: disabled[reference.name],
      at: reference.range
    )
  }

  func identifier(of reference: Captured.SourceReference) throws(Diagnostic) -> String {
    if let id = sources["\(reference.source).\(reference.table)"] { return id }
    throw .unknownSource(
      reference.source,
      reference.table,
      knowsSource: sourceNames.contains(reference.source),
      known: Array(sources.keys),
      at: reference.range
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
    try relation(try identifier(of: reference), at: reference.range, in: environment)
  }

  private func relation(
    _ id: String,
    at range: TextRange,
    in environment: ContextEnvironment
  ) throws(Diagnostic) -> RelationObject {
    guard let resolved = environment.relations[id] else {
      throw .unknownReference(id, package: nil, known: [], disabledIn: nil, at: range)
    }
    let quoting = environment.project.configuration.quoting
    let quoted = RelationObject.Parts(
      database: quoting["database"]?.boolean ?? true,
      schema: quoting["schema"]?.boolean ?? true,
      identifier: quoting["identifier"]?.boolean ?? true
    )
    return RelationObject(
      resolved.name,
      kind: resolved.isEphemeral ? .ephemeral : (resolved.isView ? .view : .table),
      quoted: quoted
    )
  }
}
