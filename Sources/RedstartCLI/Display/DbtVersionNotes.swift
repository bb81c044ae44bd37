import Diagnostics
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// Tells, as dbt does, of references without a version to models of which there is a version after
  /// the latest.
  ///
  /// - Parameters:
  ///   - selected: the nodes that refer.
  ///   - parsed: the project.
  func tellOfNewerVersions(_ selected: Set<String>, in parsed: ParsedProject) {
    guard let dbtLog else { return }
    let versions = Dictionary(
      grouping: parsed.graph.nodes.values.filter { $0.kind == .model && $0.version != nil },
      by: { [$0.packageName, $0.name] }
    )
    for id in selected.sorted() {
      guard let node = parsed.graph.nodes[id] else { continue }
      for reference in node.references where reference.version == nil {
        let parents = node.dependencies.compactMap { parsed.graph.nodes[$0] }
        guard
          let model = parents.first(where: { $0.name == reference.name && $0.version != nil }),
          let version = model.version, let latest = model.latestVersion,
          let newest = (versions[[model.packageName, model.name]] ?? []).compactMap(\.version)
            .max(by: ReferenceResolver.isBefore),
          ReferenceResolver.isBefore(latest, newest)
        else { continue }
        dbtLog.fire(
          "UnpinnedRefNewVersionAvailable",
          "I064",
          Self.words(node, model, version, newest),
          data: [
            "ref_node_name": .string(model.name),
            "ref_node_package": .string(model.packageName),
            "ref_node_version": .string(Self.text(version)),
            "ref_max_version": .string(Self.text(newest)),
            "node_info": ["unique_id": .string(id), "node_name": .string(node.name)],
          ]
        )
      }
    }
  }

  private static func words(
    _ node: Node,
    _ model: Node,
    _ version: PlainValue,
    _ newest: PlainValue
  ) -> String {
    let pin = { (version: PlainValue) in
      "{{ ref('\(model.packageName)', '\(model.name)', v='\(text(version))') }}"
    }
    return """
      While compiling '\(node.name)':
      Found an unpinned reference to versioned model '\(model.name)' in project \
      '\(model.packageName)'.
      Resolving to latest version: \(model.name).v\(text(version))
      A prerelease version \(text(newest)) is available. It has not yet been marked 'latest' by its \
      maintainer.
      When that happens, this reference will resolve to \(model.name).v\(text(newest)) instead.

        Try out v\(text(newest)): \(pin(newest))
        Pin to  v\(text(version)): \(pin(version))

      """
  }

  private static func text(_ version: PlainValue) -> String {
    version.string ?? version.jsonString
  }
}
