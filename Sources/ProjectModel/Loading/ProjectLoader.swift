package import Diagnostics
import Templating

/// Reads a project from disk: project file, connection, files, properties.
///
/// Reading goes on after a mistake, so that one run reports them all.
package enum ProjectLoader {
  /// Names of a project file; when a folder has both, the first counts.
  package static let fileNames = ["project.yml", "dbt_project.yml"]

  /// Reads the project for the chosen target; only that target's templates are rendered.
  ///
  /// - Parameters:
  ///   - options: what the command was told.
  ///   - buffers: gets the text of every file.
  /// - Returns: the project with warnings.
  /// - Throws: every diagnostic found, warnings included, when one of them is an error.
  package static func load(
    _ options: ProjectOptions,
    into buffers: Buffers
  ) throws(DiagnosticList) -> LoadedProject {
    let problems = DiagnosticCollector()
    let project = read(options, into: buffers, problems: problems)
    try problems.throwIfErrors()
    guard let project else { throw DiagnosticList(problems.diagnostics) }
    return LoadedProject(project: project, diagnostics: problems.diagnostics)
  }

  private static func read(
    _ options: ProjectOptions,
    into buffers: Buffers,
    problems: DiagnosticCollector
  ) -> Project? {
    guard let (root, fileName) = locate(options, problems: problems) else { return nil }
    let unrendered = TemplateStrings(buffers: buffers, environment: [:], vars: [:])
    let plainReader = SettingsReader(buffers: buffers, problems: problems, strings: unrendered)
    let path = FilePath.joining(root, fileName)
    guard let document = plainReader.document(path, name: fileName) else { return nil }
    guard !document.isNull else {
      problems.add(.emptyProjectFile(fileName, at: document.range))
      return nil
    }

    let isNative = fileName == fileNames[0]
    let strings = TemplateStrings(
      buffers: buffers,
      environment: options.environment,
      vars: variables(document, options: options)
    )
    let reader = SettingsReader(buffers: buffers, problems: problems, strings: strings)
    var options = options
    if document["flags"]?["version_check"]?.plain.boolean == false { options.checkedVersion = nil }
    let requirement = RequiredVersion(
      package: document["name"]?.scalar?.text ?? fileName,
      reader: reader
    )
    guard requirement.allows(document, options.checkedVersion) else { return nil }
    let table = KeyTable.project(file: fileName)
    guard let section = reader.section(document, table) else { return nil }
    if let vars = section["vars"], vars.pairs == nil {
      problems.add(
        .wrongType(of: "\"vars\"", expected: "a mapping", given: vars.plain, at: vars.range)
      )
    }

    let file = ProjectFileReader(section: section, reader: reader)
    if !isNative { file.checkAsDbt() }
    let name = file.name()
    let target =
      options.readsProjectFileOnly
      ? TargetReader.local(profileName: name ?? "unnamed", projectName: name ?? "unnamed")
      : target(
        options,
        reader,
        section,
        projectName: name ?? "unnamed",
        root: root,
        requiresProfile: options.requiresProfile && !isNative
      )
    // Everything else may look at the target, so without one there would only be noise.
    guard let name, let target else { return nil }
    strings.target = target.templateValue

    var configuration = file.configuration(targetPath: options.targetPath)
    if let schema = target.metadataSchema { configuration.metadataSchema = schema }
    var project = Project(
      root: root,
      name: name,
      version: file.version(),
      configuration: configuration,
      target: target,
      vars: strings.vars
    )
    project.fileName = fileName
    project.fileBuffer = document.range.buffer
    if options.readsProjectFileOnly { return project }
    let discovery = FileDiscovery(
      root: root,
      configuration: configuration,
      section: section,
      buffers: buffers,
      problems: problems
    )
    let propertyFiles = discovery.find(into: &project)
    let properties = PropertiesReader(reader: reader, isWrittenForDbt: !isNative)
    for file in propertyFiles { properties.read(file, into: &project.properties) }
    var selectors = SelectorReader(reader: reader)
    project.selectors = selectors.read(root: root)
    project.sourceLock = reader.sourceLock(root: root)
    if !isNative { CatalogsFile(reader: reader).check(in: root) }
    let packages = PackageLoader(project: project, options: options, reader: reader)
      .load(rootVars: document["vars"]?.plain.dictionary ?? [:])
    project.packages = packages.map(\.project)
    SourceOverrides(
      problems: problems,
      readers: [(project.name, reader)] + packages.map { ($0.project.name, $0.reader) }
    ).apply(to: &project)
    checkConfigLevels(of: project, section, problems: problems)
    dropDefinedValues(of: project, from: problems, in: buffers)
    return project
  }

  /// The chosen connection; what it lacks is told to commands that connect.
  private static func target(
    _ options: ProjectOptions,
    _ reader: SettingsReader,
    _ section: SettingsSection,
    projectName: String,
    root: String,
    requiresProfile: Bool
  ) -> TargetConfiguration? {
    let found = DiagnosticCollector()
    let target = TargetChooser(
      options: options,
      reader: SettingsReader(buffers: reader.buffers, problems: found, strings: reader.strings),
      section: section,
      projectName: projectName,
      root: root,
      requiresProfile: requiresProfile
    ).choose()
    let isLacking: Set<String> = ["missing-value", "missing-environment-variable"]
    for problem in found.diagnostics
    where options.connects || target == nil || !isLacking.contains(problem.code) {
      reader.problems.add(problem)
    }
    return target
  }

  /// Takes back what was said of values that only look misspelt: materializations and strategies
  /// that macros of the project or of a package define.
  private static func dropDefinedValues(
    of project: Project,
    from problems: DiagnosticCollector,
    in buffers: Buffers
  ) {
    guard problems.diagnostics.contains(where: { $0.code == Diagnostic.suspectValueCode }) else {
      return
    }
    let macros = Set(
      ([project] + project.packages).flatMap(\.macroFiles).flatMap { file -> [String] in
        do throws(Diagnostic) {
          return try Template(parsing: file.buffer, in: buffers).macros.map(\.name)
        } catch {
          // What is wrong with the file is told where its macros are wanted.
          return []
        }
      }
    )
    problems.drop { problem in
      guard problem.code == Diagnostic.suspectValueCode, let place = problem.labels.first?.range
      else {
        return false
      }
      let value = buffers.text(of: place).filter { $0 != "\"" && $0 != "'" && !$0.isWhitespace }
      let strategy = value.split(separator: "+").joined(separator: "_")
      return macros.contains("get_incremental_\(strategy)_sql")
        || macros.contains { $0.hasPrefix("materialization_\(value)_") }
    }
  }

  /// Warns of levels in `models:` and `seeds:` that configure nothing.
  private static func checkConfigLevels(
    of project: Project,
    _ section: SettingsSection,
    problems: DiagnosticCollector
  ) {
    let packages = [project] + project.packages
    let kinds: [(String, KeyPath<Project, [Project.File]>)] = [
      ("models", \.modelFiles), ("seeds", \.seedFiles), ("functions", \.functionFiles),
    ]
    for (key, files) in kinds {
      guard let tree = section[key] else { continue }
      let names = packages.flatMap { package in
        package[keyPath: files].map { file -> [String] in
          let folder = FilePath.parent(of: file.path)
          let inner = folder.dropFirst(file.resourcePath.count).split(separator: "/")
          return [package.name] + inner.map(String.init) + [file.name]
        }
      }
      // An empty folder may be about to be filled.
      if !names.isEmpty { ConfigTreeCheck(problems: problems).checkLevels(tree, names: names) }
    }
  }

  /// The folder and name of the project file.
  private static func locate(
    _ options: ProjectOptions,
    problems: DiagnosticCollector
  ) -> (root: String, fileName: String)? {
    let start: String
    do {
      let current =
        options.projectDirectory.hasPrefix("/") ? "/" : try FileSystem.currentDirectory()
      start = FilePath.absolute(options.projectDirectory, from: current)
    } catch {
      problems.add(error)
      return nil
    }
    var folder = start
    while true {
      let present = fileNames.filter { FileSystem.isFile(FilePath.joining(folder, $0)) }
      if let first = present.first {
        if present.count > 1 { problems.add(.bothProjectFiles(folder: folder)) }
        return (folder, first)
      }
      guard options.searchesUpwards, folder != "/" else { break }
      folder = FilePath.parent(of: folder)
    }
    problems.add(.noProject(folder: start, searchesUpwards: options.searchesUpwards))
    return nil
  }

  /// Variables in force: the file's, those under the project's name over those for all, and the
  /// command line's over both.
  private static func variables(_ document: YAMLNode, options: ProjectOptions) -> PlainDictionary {
    var vars = PlainDictionary()
    let name = document["name"]?.scalar?.text
    for (key, value) in document["vars"]?.plain.dictionary?.pairs ?? [] {
      if key == name, value.dictionary != nil { continue }
      vars[key] = value
    }
    if let name, let own = document["vars"]?[name]?.plain.dictionary { vars.merge(own) }
    vars.merge(options.vars)
    return vars
  }
}
