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
    guard [.seed, .model, .function].contains(node.kind) else { return nil }
    for package in packages where package.name != node.packageName {
      guard let patch = package.properties.patches[node.kind]?[node.name] else { continue }
      let files =
        switch node.kind {
        case .seed: package.seedFiles
        case .function: package.functionFiles
        default: package.modelFiles
        }
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
  ///
  /// - Parameters:
  ///   - node: gets both.
  ///   - patch: what a properties file says of it.
  ///   - unrendered: the same with its templates as they are written; nil where there is no other.
  ///   - inFile: what its own file says.
  ///   - writtenInFile: the same as it is written; nil where there is no other.
  func settle(
    _ node: inout Node,
    patch: PlainDictionary,
    unrendered: PlainDictionary? = nil,
    inFile: PlainDictionary,
    writtenInFile: PlainDictionary? = nil
  ) {
    let resolver = configResolver(for: node.packageName)
    node.config = resolver.resolve(kind: node.kind, fqn: node.fqn, patch: patch, inFile: inFile)
    if node.kind == .test { Self.settleStoring(&node.config) }
    node.unrenderedConfig = resolver.unrendered(
      kind: node.kind,
      fqn: node.fqn,
      patch: unrendered ?? patch,
      inFile: writtenInFile ?? inFile
    )
    node.tags = []
    let own = node.config["tags"]?.words ?? []
    for tag in (node.genericTest?.inheritedTags ?? []) + own where !node.tags.contains(tag) {
      node.tags.append(tag)
    }
    node.meta = node.config["meta"]?.dictionary ?? PlainDictionary()
  }

  /// Merges configuration and assigns names; `node.config` holds the in-file values before, and
  /// `node.unrenderedConfig` how they are written, where that counts.
  func configure(
    _ node: inout Node,
    in environment: ContextEnvironment,
    _ problems: inout [Diagnostic]
  ) {
    let patch = patch(of: node)
    var declared = patch?.config ?? PlainDictionary()
    // As in dbt, Python makes tables whatever the project file says of models.
    if node.kind == .model, node.language == .python, declared["materialized"] == nil {
      declared["materialized"] = "table"
    }
    let inFile = node.config
    let writtenInFile = node.unrenderedConfig.isEmpty ? inFile : node.unrenderedConfig
    settle(
      &node,
      patch: declared,
      unrendered: comparesUnrendered ? patch?.unrenderedConfig : nil,
      inFile: inFile,
      writtenInFile: writtenInFile
    )
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
    problems += settleEnabled(of: &node)
    if node.kind == .snapshot { problems += Self.settleSnapshot(&node) }
    problems += Self.microbatchProblems(node)
    problems += Self.buildProblems(node)
    problems +=
      ConstraintCheck(
        node: node,
        isDescribed: patch != nil,
        isWrittenForDbt: isWrittenForDbt
      ).problems
    problems += NodeCheck.access(of: node)
    if isWrittenForDbt { problems += NodeCheck.materialization(of: node) }
    problems += NodeColor.problems(node)
    problems += Self.functionProblems(node)
    problems += contractProblems(of: node, inFile: inFile)
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
  ///
  /// dbt takes no words for it, not even `'false'`.
  func settleEnabled(of node: inout Node) -> [Diagnostic] {
    let value = node.config["enabled"] ?? .boolean(true)
    let flag = isWrittenForDbt ? value.boolean : value.flag
    node.config["enabled"] = .boolean(flag ?? true)
    return flag == nil ? [.wrongEnabled(value, node)] : []
  }

  /// Settings of a function that no function can have.
  private static func functionProblems(_ node: Node) -> [Diagnostic] {
    guard node.kind == .function, node.isEnabled else { return [] }
    let choices = [
      ("type", ["scalar", "aggregate", "table"]),
      ("volatility", ["deterministic", "stable", "non-deterministic"]),
    ]
    return choices.compactMap { key, known in
      guard let value = node.config[key], !value.isNull,
        !known.contains(where: { value == .string($0) })
      else { return nil }
      return .wrongFunctionSetting(key, value, known: known, node)
    }
  }

  /// What dbt refuses of incremental models with a contract: changes of columns must be answered.
  ///
  /// As in dbt, what the properties file says does not mend what the other places say without it,
  /// and being switched off is no excuse.
  private func contractProblems(of node: Node, inFile: PlainDictionary) -> [Diagnostic] {
    guard isWrittenForDbt, node.kind == .model else { return [] }
    let resolver = configResolver(for: node.packageName)
    func wrongAnswer(_ config: PlainDictionary) -> String? {
      guard config["contract"]?.dictionary?["enforced"]?.flag == true,
        config["materialized"]?.string == "incremental"
      else { return nil }
      let answer = config["on_schema_change"]?.string ?? "None"
      return ["append_new_columns", "fail"].contains(answer) ? nil : answer
    }
    let others = { resolver.resolve(kind: .model, fqn: node.fqn, patch: [:], inFile: inFile) }
    guard node.config["contract"]?.dictionary?["enforced"]?.flag == true,
      let answer = wrongAnswer(node.config) ?? wrongAnswer(others())
    else { return [] }
    // Where the properties file has the right answer, the other places are to blame.
    let key = wrongAnswer(node.config) == nil ? "contract" : "on_schema_change"
    let place = node.configPlaces[key] ?? node.configPlaces["contract"] ?? node.place
    return [.contractWithoutAnswer(answer, node, at: place)]
  }

  /// What is half said of how old a model may get: `freshness: {build_after: …}`.
  private static func buildProblems(_ node: Node) -> [Diagnostic] {
    guard node.kind == .model,
      let after = node.config["freshness"]?.dictionary?["build_after"]?.dictionary
    else { return [] }
    let hasCount = after["count"].map { !$0.isNull } ?? false
    let hasPeriod = after["period"].map { !$0.isNull } ?? false
    guard hasCount != hasPeriod else { return [] }
    let (given, missing) = hasCount ? ("count", "period") : ("period", "count")
    return [.buildAfter(missing, given, node)]
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
