import Diagnostics
import ProjectModel
import RedshiftSQL

// Problems of the whole project.
extension ProjectParser {
  func duplicateNames(in nodes: [Node]) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var names: [String: Node] = [:]
    var relations: [String: Node] = [:]
    for node in nodes {
      let isReferable = node.kind == .model || node.kind == .seed || node.kind == .snapshot
      let version = node.version.map(ReferenceResolver.text) ?? ""
      let key =
        isReferable ? "ref \(node.packageName).\(node.name).\(version)" : node.uniqueID
      if let other = names.updateValue(node, forKey: key),
        other.kind == node.kind || !takesSameNames
      {
        problems.append(
          .duplicateName(
            node.kind == other.kind ? node.kind.rawValue : "node",
            node.name,
            at: node.declaration,
            other: other.declaration,
            otherFile: other.originalFilePath
          )
        )
        continue
      }
      problems += longNames(of: node)
      guard isReferable, let relation = node.relationName,
        node.config["materialized"]?.string != Materialization.ephemeral.rawValue
      else { continue }
      if isOwnTable(relation) {
        problems.append(
          .reservedRelation(
            relation.description,
            at: node.declaration ?? node.buffer.map { TextRange(buffer: $0, bytes: 0..<0) },
            file: node.originalFilePath
          )
        )
        continue
      }
      let relationKey = relation.description.lowercased()
      if let other = relations.updateValue(node, forKey: relationKey) {
        problems.append(
          .duplicateRelation(
            relation.description,
            at: node.declaration,
            file: node.originalFilePath,
            otherFile: other.originalFilePath
          )
        )
      }
    }
    return problems + versionedNames(among: nodes)
  }

  /// Names of models with versions that nodes without have, too: `ref()` could mean either.
  private func versionedNames(among nodes: [Node]) -> [Diagnostic] {
    var versioned: [String: Node] = [:]
    for node in nodes where node.kind == .model && node.version != nil {
      versioned["\(node.packageName).\(node.name)"] = node
    }
    guard !versioned.isEmpty else { return [] }
    return nodes.compactMap { node in
      guard node.version == nil, [.model, .seed, .snapshot].contains(node.kind) else { return nil }
      return versioned["\(node.packageName).\(node.name)"].map { .versionedName($0, node) }
    }
  }

  /// Nodes that only properties files declare, and that share their id with one before them.
  func repeatedDeclarations(among nodes: [Node]) -> [Diagnostic] {
    var known: [String: Node] = [:]
    return nodes.compactMap { node in
      guard let other = known.updateValue(node, forKey: node.uniqueID) else { return nil }
      return .duplicateName(
        node.kind.rawValue,
        node.name,
        at: node.declaration,
        other: other.declaration,
        otherFile: other.originalFilePath
      )
    }
  }

  /// Whether nodes of different kinds may have one name, as dbt still allows.
  private var takesSameNames: Bool {
    isWrittenForDbt
      && project.configuration.flags["require_unique_project_resource_names"]?.flag != true
  }

  /// Semantic models need a model of days, without which dbt refuses them.
  func missingTimeSpine(in graph: Graph, of models: [Node]) -> [Diagnostic] {
    guard isWrittenForDbt, let first = models.first, graph.formerTimeSpine == nil,
      !graph.timeSpines.contains(where: \.hasDays)
    else { return [] }
    return [.noTimeSpine(at: first.declaration, file: first.originalFilePath)]
  }

  /// Models that say what points in time there are by columns that they do not describe.
  func brokenTimeSpines(in graph: Graph) -> [Diagnostic] {
    graph.timeSpines.compactMap { spine in
      spine.problem.map {
        Diagnostic(
          code: "semantic-layer",
          $0,
          at: spine.model.place,
          file: spine.model.originalFilePath
        )
      }
    }
  }

  /// Sources that should be fresh, of which PostgreSQL cannot tell when they were loaded.
  func undatedSources(_ nodes: [Node]) -> [Diagnostic] {
    guard isWrittenForDbt, project.target.speaksPostgres else { return [] }
    return nodes.compactMap { node in
      let isDated = ["loaded_at_field", "loaded_at_query"].contains {
        node.config[$0].map { !$0.isNull } ?? false
      }
      guard node.kind == .source, !isDated else { return nil }
      do throws(Diagnostic) {
        guard try FreshnessCriteria(node) != nil else { return nil }
      } catch {
        // Told when the freshness is asked for.
        return nil
      }
      return .undatedSource(node)
    }
  }

  /// Names with spaces, which dbt refuses unless a flag allows them.
  func namesWithSpaces(in nodes: [Node]) -> [Diagnostic] {
    guard isWrittenForDbt else { return [] }
    let flag = project.configuration.flags["require_resource_names_without_spaces"]
    let named: Set<Node.Kind> = [.model, .seed, .snapshot, .test, .analysis]
    return nodes.filter { named.contains($0.kind) && $0.name.contains(" ") }.map { node in
      var problem = Diagnostic.nameWithSpaces(node)
      if flag?.flag == false { problem.severity = .warning }
      return problem
    }
  }

  /// Names of the node's relation that are longer than any can be; PostgreSQL's own limit is told
  /// where its SQL is made.
  private func longNames(of node: Node) -> [Diagnostic] {
    guard let relation = node.relationName, node.kind != .test else { return [] }
    let parts = [
      ("alias", relation.identifier), ("schema", relation.schema), ("database", relation.database),
    ]
    return parts.compactMap { key, name in
      guard let name, name.utf8.count > MigrationHazard.longestName else { return nil }
      return .longName(
        name,
        at: node.place(of: key),
        file: node.originalFilePath
      )
    }
  }

  /// Whether a relation is one of the tables in which redstart keeps what it has done.
  private func isOwnTable(_ relation: RelationName) -> Bool {
    relation.schema?.lowercased() == project.configuration.metadataSchema.lowercased()
      && Self.ownTables.contains(relation.identifier.lowercased())
  }

  private static let ownTables: Set<String> = [
    "migration_event", "migration_body", "migration_lease", "migration_meta", "migration_lock",
    "load_errors", "load_history",
  ]

  func unusedPatches(_ nodes: [Node]) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    let own = Dictionary(grouping: nodes.filter { $0.packageName == project.name }, by: \.name)
    for (kind, patches) in project.properties.patches.sorted(by: {
      $0.key.rawValue < $1.key.rawValue
    }) {
      let kinds: Set<Node.Kind> = kind == .model ? [.model, .seed, .snapshot] : [kind]
      let known = nodes.filter { kinds.contains($0.kind) }.map(\.name)
      let names = Set(known)
      for (name, patch) in patches.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
        var problem = Diagnostic.unusedPatch(kind.rawValue, name, known: known, at: patch.range)
        if isWrittenForDbt, let section = Self.section(of: kind) {
          // Scripts look for dbt's sentence.
          problem.message =
            "Did not find matching node for patch with name '\(name)' in the '\(section)' "
            + "section of file '\(patch.file)': \(problem.message)"
        }
        problems.append(problem)
      }
      problems += severalDisabled(patches, of: kinds, in: own)
      guard kind == .model else { continue }
      for (name, patch) in patches.sorted(by: { $0.key < $1.key }) {
        let named = (own[name] ?? []).filter { kinds.contains($0.kind) }
        if let other = named.first, !named.contains(where: { $0.kind == kind }),
          project.properties.patches[other.kind]?[name] == nil
        {
          problems.append(.misplacedPatch(name, other.kind, at: patch.range))
        }
      }
    }
    return problems
  }

  /// The key of properties files that a kind of node is described under.
  private static func section(of kind: Node.Kind) -> String? {
    switch kind {
    case .model: "models"
    case .seed: "seeds"
    case .snapshot: "snapshots"
    case .analysis: "analyses"
    case .test: "data_tests"
    case .function: "functions"
    default: nil
    }
  }

  /// A properties file that switches on what is switched off in several places: which of them, nobody
  /// can know.
  private func severalDisabled(
    _ patches: [String: Properties.Patch],
    of kinds: Set<Node.Kind>,
    in own: [String: [Node]]
  ) -> [Diagnostic] {
    patches.sorted { $0.key < $1.key }.compactMap { name, patch in
      guard patch.config["enabled"]?.flag == true else { return nil }
      // Versions of a model are several nodes, and each has a name of its own.
      let meant = (own[name] ?? []).filter { kinds.contains($0.kind) && $0.version == nil }
      guard meant.count > 1, let first = meant.first, !meant.contains(where: \.isEnabled) else {
        return nil
      }
      return Diagnostic(
        code: "several-disabled",
        "Found \(meant.count) matching disabled nodes for \(first.kind.rawValue) '\(name)'. "
          + "Multiple nodes for the same unique id cannot be enabled in the schema file",
        at: patch.configPlaces["enabled"] ?? patch.range,
        notes: ["they are in " + meant.map(\.originalFilePath).sorted().joined(separator: ", ")],
        help: ["switch one of them on in the project file, or in its own file"]
      )
    }
  }

  func cycleDiagnostic(
    _ cycle: [String],
    graph: Graph,
    outcomes: [Outcome],
    resolver: ReferenceResolver
  ) -> Diagnostic {
    // `cycle` walks from child to parent; people read it in the direction of the references.
    let byID = Dictionary(
      outcomes.map { ($0.node.uniqueID, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    var labels: [Diagnostic.Label] = []
    for (child, parent) in zip(cycle, cycle.dropFirst()) {
      let outcome = byID[child]
      for reference in outcome?.references ?? [] {
        let found = (try? resolver.identifier(of: reference, from: outcome?.node)) == parent
        guard found else { continue }
        let parentName = graph.nodes[parent]?.name ?? parent
        labels.append(
          Diagnostic.Label(
            reference.range,
            "\(graph.nodes[child]?.name ?? child) reads \(parentName)"
          )
        )
        break
      }
    }
    return .dependencyCycle(
      cycle.map { graph.nodes[$0]?.name ?? $0 },
      labels: labels,
      file: graph.nodes[cycle.first ?? ""]?.originalFilePath ?? ""
    )
  }
}
