import Diagnostics
import ProjectModel

// What nodes are configured to be.
extension ProjectParser {
  func configResolver(for packageName: String) -> ConfigResolver {
    let package = project.package(named: packageName) ?? project
    return ConfigResolver(
      configuration: package.configuration,
      packageName: packageName,
      overriding: packageName == project.name ? nil : project.configuration
    )
  }

  func properties(of node: Node) -> Properties {
    (project.package(named: node.packageName) ?? project).properties
  }

  /// What properties files say of a node.
  func patch(of node: Node) -> Properties.Patch? {
    let patches = properties(of: node).patches
    // As in dbt, what stands under `models:` may speak of a seed or a snapshot.
    let isReferable = node.kind == .seed || node.kind == .snapshot
    guard
      let patch = patches[node.kind]?[node.name]
        ?? (isReferable ? patches[.model]?[node.name] : nil) ?? foreignPatch(of: node)?.patch
    else { return nil }
    return node.version.map { ModelVersions.patch(patch, version: $0) } ?? patch
  }

  /// What another package says of a node of that name, of which it has none that is switched on: so
  /// a project puts a seed of its own in the place of a package's.
  private func foreignPatch(of node: Node) -> (patch: Properties.Patch, package: Project)? {
    guard node.kind == .seed || node.kind == .model else { return nil }
    for package in packages where package.name != node.packageName {
      guard let patch = package.properties.patches[node.kind]?[node.name] else { continue }
      let files = node.kind == .seed ? package.seedFiles : package.modelFiles
      let isTheirs = files.contains { file in
        guard file.name == node.name else { return false }
        var theirs = self.node(node.kind, file, package)
        settle(&theirs, patch: patch.config, inFile: PlainDictionary())
        return theirs.isEnabled
      }
      if !isTheirs { return (patch, package) }
    }
    return nil
  }

  /// Brings `store_failures` and `store_failures_as` of a test together: what is said second counts.
  private static func settleStoring(_ config: inout PlainDictionary) {
    if let kind = config["store_failures_as"], !kind.isNull {
      config["store_failures"] = .boolean(kind.string != "ephemeral")
    } else if let isStored = config["store_failures"]?.boolean {
      config["store_failures_as"] = isStored ? "table" : "ephemeral"
    }
  }

  /// Works out a node's configuration, and what of it is kept apart.
  func settle(_ node: inout Node, patch: PlainDictionary, inFile: PlainDictionary) {
    let resolver = configResolver(for: node.packageName)
    node.config = resolver.resolve(kind: node.kind, fqn: node.fqn, patch: patch, inFile: inFile)
    if node.kind == .test { Self.settleStoring(&node.config) }
    node.unrenderedConfig = resolver.unrendered(
      kind: node.kind,
      fqn: node.fqn,
      patch: patch,
      inFile: inFile
    )
    node.tags = node.config["tags"]?.words ?? []
    node.meta = node.config["meta"]?.dictionary ?? PlainDictionary()
  }

  /// Merges configuration and assigns names; `node.config` holds the in-file values before.
  func configure(
    _ node: inout Node,
    in environment: ContextEnvironment,
    _ problems: inout [Diagnostic]
  ) {
    let patch = patch(of: node)
    var declared = patch?.config ?? PlainDictionary()
    // As in dbt, Python makes tables whatever the project file says of models.
    if node.language == .python, declared["materialized"] == nil {
      declared["materialized"] = "table"
    }
    settle(&node, patch: declared, inFile: node.config)
    if let patch {
      node.configPlaces.merge(patch.configPlaces) { inFile, _ in inFile }
      node.description = patch.description
      node.descriptionPlace = patch.node?["description"]?.range
      node.columns = patch.columns
      node.patchPath = patch.file
      if properties(of: node).patches[node.kind]?[node.name] == nil {
        node.patchPackage = foreignPatch(of: node)?.package.name
      }
      node.patch = patch.range
      node.extra = patch.extra
    }
    problems += Self.settleEnabled(of: &node)
    if node.kind == .snapshot { problems += Self.settleSnapshot(&node) }
    problems += Self.microbatchProblems(node)
    if node.kind == .model, let name = node.config["materialized"]?.string,
      Materialization(rawValue: name) == nil,
      environment.macros.materialization(name, from: node.packageName) == nil
    {
      var problem = Diagnostic.unknownMaterialization(name, node)
      // Another adapter may have it: to dbt, only the node fails, when it is its turn.
      if isWrittenForDbt { problem.severity = .warning }
      problems.append(problem)
    }
    guard node.kind != .source else { return }
    do throws(Diagnostic) {
      try NameGenerator(environment: environment).assignNames(to: &node)
    } catch {
      problems.append(error)
    }
  }

  /// What `column_types` of a seed says of columns that are not there, and with types that do not
  /// exist; to dbt's projects the former are no reason to stop.
  func columnTypeProblems(ofSeed node: Node) -> [Diagnostic] {
    guard node.isEnabled, node.packageName == project.name, !project.target.speaksPostgres,
      node.config["column_types"]?.dictionary?.isEmpty == false, let buffer = node.buffer
    else { return [] }
    var header: [String]?
    do throws(Diagnostic) {
      header = try CSVTable.header(
        of: buffer,
        delimiter: CSVTable.delimiter(of: node.config) ?? UInt8(ascii: ","),
        in: buffers
      )
    } catch {
      // `check` and `seed` read the whole file, and tell.
      header = nil
    }
    return SeedDeclarations(node.config).problems(of: node, patch(of: node), header: header)
      .map { problem in
        guard isWrittenForDbt else { return problem }
        var problem = problem
        problem.severity = .warning
        return problem
      }
  }

  /// Whether the node is there must be certain: what is neither true nor false is an error.
  static func settleEnabled(of node: inout Node) -> [Diagnostic] {
    let value = node.config["enabled"] ?? .boolean(true)
    node.config["enabled"] = .boolean(value.flag ?? true)
    return value.flag == nil ? [.wrongEnabled(value, node)] : []
  }

  /// What keeps a microbatch model from being cut into batches.
  private static func microbatchProblems(_ node: Node) -> [Diagnostic] {
    guard node.isEnabled, MicrobatchSettings.isMicrobatch(node) else { return [] }
    do throws(Diagnostic) {
      _ = try MicrobatchSettings(node)
      return []
    } catch {
      return [error]
    }
  }

  /// Fills in what a snapshot leaves unsaid, and says what it must say and does not.
  static func settleSnapshot(_ node: inout Node) -> [Diagnostic] {
    if let names = node.config["snapshot_meta_column_names"]?.dictionary {
      var all = PlainDictionary(SnapshotSettings.ColumnNames.keys.map { ($0, .null) })
      all.merge(names)
      node.config["snapshot_meta_column_names"] = .dictionary(all)
    }
    guard node.isEnabled else { return [] }
    do throws(Diagnostic) {
      _ = try SnapshotSettings(node)
      return []
    } catch {
      return [error]
    }
  }
}
