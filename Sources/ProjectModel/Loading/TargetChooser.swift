import Diagnostics

/// Finds the connection for this run: in `targets:` of the project file, in profiles.yml, or the
/// local warehouse, which every project has.
struct TargetChooser {
  let options: ProjectOptions
  let reader: SettingsReader
  let section: SettingsSection
  let projectName: String
  let root: String
  /// Whether the local warehouse has to be asked for.
  let requiresProfile: Bool

  /// The chosen connection; nil, with diagnostics, when it cannot be used.
  func choose() -> TargetConfiguration? {
    reader.strings.allowsSecrets = true
    defer { reader.strings.allowsSecrets = false }
    let usesProfile =
      section["targets"] == nil && (options.profile != nil || section["profile"] != nil)
    if requiresProfile, !usesProfile, section["targets"] == nil, options.target != "local" {
      reader.problems.add(.noProfileNamed(at: keyPlace("name")))
      return nil
    }
    guard var target = usesProfile ? fromProfile() : fromTargets() else { return nil }
    if let threads = options.threads { target.threads = max(1, threads) }
    return target
  }

  private func fromTargets() -> TargetConfiguration? {
    let targets = section["targets"]
    guard let pairs = targets?.pairs ?? (targets == nil ? [] : nil) else {
      _ = section.dictionary("targets")
      return nil
    }
    let requested = section.string("target")
    // With one target and no choice there is nothing to ask.
    let only = pairs.count == 1 ? pairs.first?.key : nil
    let name = options.target ?? requested ?? only ?? "local"
    let targetReader = targetReader(profileName: projectName, severity: .error)
    for pair in pairs where pair.key != name { targetReader.checkUnchosen(pair.key, pair.value) }
    if let pair = pairs.last(where: { $0.key == name }) {
      return targetReader.read(name, pair.value)
    }
    if name == "local" { return local(profileName: projectName) }
    let place =
      options.target == nil ? section["target"]?.range : targets.map { _ in keyPlace("targets") }
    reader.problems.add(
      .unknownTarget(
        name,
        known: pairs.map(\.key),
        in: section.table.section,
        at: place ?? keyPlace("name")
      )
    )
    return nil
  }

  private func fromProfile() -> TargetConfiguration? {
    guard let profileName = options.profile ?? section.string("profile") else { return nil }
    let isLocalEnough = options.target == nil || options.target == "local"
    guard let file = ProfilesFile.find(options, root: root, problems: reader.problems) else {
      // Without connections there is still the local warehouse.
      guard !reader.problems.hasErrors else { return nil }
      if isLocalEnough, !requiresProfile || options.target == "local" {
        if options.target == nil { reader.problems.add(.noProfilesFile(profile: profileName)) }
        return local(profileName: profileName)
      }
      reader.problems.add(
        .missingProfilesFile(
          target: options.target ?? "",
          profile: profileName,
          searched: ProfilesFile.folders(options, root: root)
        )
      )
      return nil
    }
    guard let document = reader.document(file, name: name(of: file)) else { return nil }
    if let settings = document["config"]?.pairs?.first {
      reader.problems.add(.flagsInProfiles(at: settings.keyRange))
    }
    guard let node = document[profileName] else {
      if options.target == "local" { return local(profileName: profileName) }
      let known = (document.pairs ?? []).map(\.key).filter { $0 != "config" }
      reader.problems.add(
        .unknownProfile(
          profileName,
          known: known,
          file: name(of: file),
          at: options.profile == nil ? section["profile"]?.range : nil
        )
      )
      return nil
    }
    guard let profile = reader.section(node, .profile(profileName)) else { return nil }
    return output(of: profile, profileName: profileName)
  }

  private func output(of profile: SettingsSection, profileName: String) -> TargetConfiguration? {
    let outputs = profile["outputs"]?.pairs ?? []
    let requested = options.target == nil ? profile.string("target") : nil
    let name = options.target ?? requested ?? "default"
    let targetReader = targetReader(profileName: profileName, severity: .warning)
    if let pair = outputs.last(where: { $0.key == name }) {
      return targetReader.read(name, pair.value)
    }
    if name == "local" { return local(profileName: profileName) }
    reader.problems.add(
      .unknownTarget(
        name,
        known: outputs.map(\.key),
        in: "profile \"\(profileName)\"",
        at: requested == nil
          ? profile.node.range.firstLine(in: reader.buffers)
          : profile["target"]?.range ?? profile.node.range.firstLine(in: reader.buffers)
      )
    )
    return nil
  }

  private func targetReader(profileName: String, severity: Diagnostic.Severity) -> TargetReader {
    TargetReader(
      reader: reader,
      projectName: projectName,
      profileName: profileName,
      root: root,
      severity: severity,
      isProfile: severity == .warning
    )
  }

  private func local(profileName: String) -> TargetConfiguration {
    TargetReader.local(profileName: profileName, projectName: projectName)
  }

  private func keyPlace(_ key: String) -> TextRange {
    section.node.pair(key)?.keyRange ?? section.node.range.firstLine(in: reader.buffers)
  }

  /// A path in the project is shown from its root.
  private func name(of file: String) -> String {
    file.hasPrefix(root + "/") ? String(file.dropFirst(root.utf8.count + 1)) : file
  }
}

/// Where profiles.yml is looked for.
enum ProfilesFile {
  static let name = "profiles.yml"

  /// The folders searched, in order: a folder that was named is the only one.
  static func folders(_ options: ProjectOptions, root: String) -> [String] {
    if let named = named(options) { return [FilePath.absolute(named, from: currentFolder(root))] }
    let home = options.homeDirectory.map { FilePath.joining($0, ".dbt") }
    return [root] + (home.map { [$0] } ?? [])
  }

  /// The file; nil when there is none, with a diagnostic if its folder was named.
  static func find(
    _ options: ProjectOptions,
    root: String,
    problems: DiagnosticCollector
  ) -> String? {
    let folders = folders(options, root: root)
    let files = folders.map { FilePath.joining($0, name) }
    if let file = files.first(where: FileSystem.isFile) { return file }
    if named(options) != nil, options.target != "local" {
      problems.add(.missingProfilesFile(target: options.target ?? "", searched: folders))
    }
    return nil
  }

  private static func named(_ options: ProjectOptions) -> String? {
    if let directory = options.profilesDirectory { return directory }
    guard let directory = options.environment["DBT_PROFILES_DIR"], !directory.isEmpty else {
      return nil
    }
    return directory
  }

  /// Relative folders count from where the program runs, as every path on a command line does.
  private static func currentFolder(_ root: String) -> String {
    do {
      return try FileSystem.currentDirectory()
    } catch {
      return root
    }
  }
}
