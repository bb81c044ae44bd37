import Diagnostics

/// Reads the packages that are installed beside a project.
///
/// A package is a project of its own that shares the target: files, configuration, declarations.
/// What its author should mend is nobody's business here, so only errors are reported.
struct PackageLoader {
  let project: Project
  let options: ProjectOptions
  let reader: SettingsReader

  /// A package, and what reads its files.
  struct Loaded {
    var project: Project
    var reader: SettingsReader
  }

  /// Every installed package, by name.
  func load(rootVars: PlainDictionary) -> [Loaded] {
    let folder = FilePath.absolute(project.configuration.packagesPath, from: project.root)
    var names: [String] = []
    do {
      if FileSystem.isDirectory(folder) { names = try FileSystem.names(in: folder) }
    } catch {
      reader.problems.add(error)
    }
    let folders = names.filter {
      !$0.hasPrefix("__") && !$0.hasPrefix(".")
        && FileSystem.isDirectory(FilePath.joining(folder, $0))
    }
    checkInstalled(folders.count)
    var packages: [Loaded] = []
    for name in folders {
      let display = "\(project.configuration.packagesPath)/\(name)/"
      let root = FilePath.joining(folder, name)
      guard let package = read(root, display: display, rootVars: rootVars) else { continue }
      let name = package.project.name
      if name == project.name || packages.contains(where: { $0.project.name == name }) {
        reader.problems.add(.packageTwice(name, folder: display))
        continue
      }
      packages.append(package)
    }
    return packages.sorted {
      $0.project.name.utf8.lexicographicallyPrecedes($1.project.name.utf8)
    }
  }

  /// As in dbt, a package that is asked for but not there is an error, not a surprise later on.
  private func checkInstalled(_ installed: Int) {
    let wanted = PackageRequest.count(in: project.root, reader: reader)
    if wanted.count > installed {
      reader.problems.add(
        .packagesMissing(
          wanted: wanted.count,
          installed: installed,
          file: wanted.file,
          folder: project.configuration.packagesPath
        )
      )
    }
  }

  private func read(_ root: String, display: String, rootVars: PlainDictionary) -> Loaded? {
    let problems = DiagnosticCollector()
    defer {
      for problem in problems.diagnostics where problem.isError { reader.problems.add(problem) }
    }
    let path = FilePath.joining(root, "dbt_project.yml")
    let native = FilePath.joining(root, "project.yml")
    let file = FileSystem.isFile(path) ? path : native
    guard FileSystem.isFile(file) else {
      reader.problems.add(.packageWithoutProject(folder: display))
      return nil
    }
    let plain = SettingsReader(
      buffers: reader.buffers,
      problems: problems,
      strings: TemplateStrings(buffers: reader.buffers, environment: [:], vars: [:])
    )
    let fileName = FilePath.lastPart(of: file)
    guard let document = plain.document(file, name: display + fileName),
      let name = document["name"]?.scalar?.text
    else { return nil }
    let strings = TemplateStrings(
      buffers: reader.buffers,
      environment: options.environment,
      vars: vars(of: name, document["vars"]?.plain.dictionary ?? [:], rootVars: rootVars)
    )
    strings.target = project.target.templateValue
    let packageReader = SettingsReader(
      buffers: reader.buffers,
      problems: problems,
      strings: strings
    )
    let requirement = RequiredVersion(package: name, reader: packageReader)
    guard requirement.allows(document, options.checkedVersion) else { return nil }
    let table = KeyTable.project(file: display + fileName)
    guard let section = packageReader.section(document, table) else { return nil }
    let fileReader = ProjectFileReader(section: section, reader: packageReader)
    if fileName != ProjectLoader.fileNames[0] { fileReader.checkAsDbt() }
    guard fileReader.name() != nil else { return nil }
    let configuration = fileReader.configuration(targetPath: nil)
    var package = Project(
      root: root,
      name: name,
      version: fileReader.version(),
      configuration: configuration,
      target: project.target,
      vars: strings.vars
    )
    package.fileName = fileName
    package.fileBuffer = document.range.buffer
    package.displayFolder = display
    let discovery = FileDiscovery(
      root: root,
      displayFolder: display,
      configuration: configuration,
      section: section,
      buffers: reader.buffers,
      problems: problems
    )
    let propertyFiles = discovery.find(into: &package)
    package.migrationFiles = []
    let properties = PropertiesReader(
      reader: packageReader,
      isWrittenForDbt: package.isWrittenForDbt
    )
    for file in propertyFiles { properties.read(file, into: &package.properties) }
    return Loaded(project: package, reader: packageReader)
  }

  /// Variables of a package: the command line's over the project's own block for the package,
  /// over the project's global ones, over the package's.
  private func vars(
    of name: String,
    _ own: PlainDictionary,
    rootVars: PlainDictionary
  ) -> PlainDictionary {
    var vars = PlainDictionary()
    for source in [own, rootVars] {
      for (key, value) in source.pairs where key != name || value.dictionary == nil {
        vars[key] = value
      }
      if let block = source[name]?.dictionary { vars.merge(block) }
    }
    vars.merge(options.vars)
    return vars
  }
}
