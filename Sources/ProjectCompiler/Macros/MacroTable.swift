package import Diagnostics
package import Templating

/// The macros that templates of a project can call: its own, those of packages, and redstart's.
///
/// Names are looked up as in dbt: the package of the node that is rendered, then the project, then
/// redstart's own macros (those for the adapter over the general ones). Other packages' macros
/// are called by their package's name.
package struct MacroTable: Sendable {
  package struct Entry: Sendable {
    package var definition: MacroDefinition
    package var packageName: String
    /// Path of its file from its package's root.
    package var path: String
    /// The whole block as its author wrote it.
    package var source: TextRange
    /// For a materialization: the languages it takes.
    package var languages: [String]?

    package var name: String { definition.name }
    package var uniqueID: String { "macro.\(packageName).\(definition.name)" }

    /// The block as dbt records it: with the blanks that a `-` at its start and its end takes away.
    func text(in buffers: Buffers) -> String {
      let bytes = buffers.bytes(of: source.buffer)
      var whole = source.bytes.clamped(to: 0..<bytes.count)
      if bytes[whole].starts(with: "{%-".utf8) {
        let before = bytes[..<whole.lowerBound]
        let blanks = before.reversed().prefix(while: \.isBlank).count
        // What the block before takes away is not there any more, and dbt trims files.
        let rest = before.dropLast(blanks)
        if !rest.isEmpty, !rest.suffix(3).elementsEqual("-%}".utf8) {
          whole = (whole.lowerBound - blanks)..<whole.upperBound
        }
      }
      if bytes[whole].suffix(3).elementsEqual("-%}".utf8) {
        let blanks = bytes[whole.upperBound...].prefix(while: \.isBlank).count
        let end = whole.upperBound + blanks
        if end < bytes.count { whole = whole.lowerBound..<end }
      }
      return buffers.text(of: TextRange(buffer: source.buffer, bytes: whole))
    }
  }

  /// The name by which templates speak of redstart's own macros.
  package static let builtinNamespace = "dbt"

  private var packages: [String: [String: Entry]] = [:]
  /// Redstart's own macros.
  private let builtins: BuiltinMacros
  package let projectName: String
  /// Search orders of `dispatch:`, by namespace.
  private let searchOrders: [String: [String]]
  /// Whether packages may replace dbt's own materializations without the project's saying so.
  private let packagesReplaceMaterializations: Bool
  /// `redshift`, `postgres`, `default`: most special first.
  package let dispatchPrefixes: [String]

  init(
    projectName: String,
    packageNames: [String] = [],
    searchOrders: [String: [String]] = [:],
    packagesReplaceMaterializations: Bool = false,
    dispatchPrefixes: [String],
    builtins: BuiltinMacros
  ) {
    self.builtins = builtins
    self.packagesReplaceMaterializations = packagesReplaceMaterializations
    self.projectName = projectName
    self.searchOrders = searchOrders
    self.dispatchPrefixes = dispatchPrefixes
    for name in packageNames { packages[name] = [:] }
    packages[projectName] = [:]
  }

  /// Every macro of the project and its packages.
  package var all: [Entry] { packages.values.flatMap(\.values) }

  /// The names of all macros, redstart's own among them, for suggestions.
  package var allNames: [String] { packages.values.flatMap(\.keys) + builtins.names }

  /// The macro of a unique id, as nodes name what they depend on.
  func entry(withID id: String) -> Entry? {
    let parts = id.split(separator: ".").map(String.init)
    guard parts.count == 3 else { return nil }
    return lookup(parts[2], in: parts[1])
  }

  /// The names of packages that have macros or could have.
  var packageNames: [String] { Array(packages.keys) }

  /// Adds a file's macros; two of the same package clash.
  mutating func add(_ file: MacroFile, packageName: String, path: String) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    for macro in file.macros {
      let name = macro.definition.name
      if let other = packages[packageName]?[name] {
        diagnostics.append(
          .duplicateName(
            "macro",
            name,
            at: macro.definition.range,
            other: other.definition.range,
            otherFile: other.path
          )
        )
        continue
      }
      packages[packageName, default: [:]][name] = Entry(
        definition: macro.definition,
        packageName: packageName,
        path: path,
        source: macro.source,
        languages: macro.languages
      )
    }
    return diagnostics
  }

  // MARK: Looking up

  /// The macro that a bare name means in a node of a package.
  package func lookup(_ name: String, from packageName: String) -> Entry? {
    if let own = packages[packageName]?[name] { return own }
    if packageName != projectName, let entry = packages[projectName]?[name] { return entry }
    return builtins[name]
  }

  /// The macro of one package, or of redstart (`dbt`, `dbt_redshift` …).
  package func lookup(_ name: String, in packageName: String) -> Entry? {
    if let macros = packages[packageName] { return macros[name] }
    return Self.isBuiltin(packageName) ? builtins[name] : nil
  }

  /// The macro that dbt takes a name to mean where it only reads: that of the package, of the
  /// project, of any package, or its own.
  func mentioned(_ name: String, in packageName: String) -> Entry? {
    lookup(name, in: packageName) ?? packages[projectName]?[name]
      ?? packages.keys.sorted().last { packages[$0]?[name] != nil }.flatMap { packages[$0]?[name] }
      ?? builtins[name]
  }

  func hasPackage(_ name: String) -> Bool { packages[name] != nil || Self.isBuiltin(name) }

  package static func isBuiltin(_ name: String) -> Bool {
    name == builtinNamespace || name == "dbt_postgres" || name == "dbt_redshift"
  }

  /// A macro of the project or of the package, not redstart's own.
  package func custom(_ name: String, from packageName: String) -> Entry? {
    packages[projectName]?[name] ?? packages[packageName]?[name]
  }

  func builtin(_ name: String) -> Entry? { builtins[name] }

  /// What a project has put in the place of a macro that the adapter asks for by name: the macro
  /// itself in the project, else in a package, else an implementation that dispatch finds first.
  func replacement(for name: String) -> Entry? {
    if let entry = packages[projectName]?[name] { return entry }
    for package in packages.keys.sorted() {
      if let entry = packages[package]?[name] { return entry }
    }
    return dispatched(name, namespace: Self.builtinNamespace, from: projectName)
      .flatMap { Self.isBuiltin($0.packageName) ? nil : $0 }
  }

  /// The implementation that `adapter.dispatch` picks.
  ///
  /// - Parameters:
  ///   - name: the macro's name without prefix.
  ///   - namespace: the package that it belongs to; nil searches as a bare name does.
  ///   - packageName: the package of the node that is rendered.
  /// - Returns: the macro; nil when no package has one.
  package func dispatched(_ name: String, namespace: String?, from packageName: String) -> Entry? {
    for package in searchPackages(namespace) {
      for prefix in dispatchPrefixes {
        let candidate = "\(prefix)__\(name)"
        let entry =
          package.map { lookup(candidate, in: $0) } ?? lookup(candidate, from: packageName)
        if let entry { return entry }
      }
    }
    return nil
  }

  /// What `dispatched` tries, for messages.
  func dispatchCandidates(_ name: String, namespace: String?) -> [String] {
    searchPackages(namespace).flatMap { package in
      dispatchPrefixes.map { prefix in
        (package.map { "\($0)." } ?? "") + "\(prefix)__\(name)"
      }
    }
  }

  private func searchPackages(_ namespace: String?) -> [String?] {
    guard let namespace else { return [nil] }
    if let order = searchOrders[namespace] { return order }
    if hasPackage(namespace) { return [projectName, namespace] }
    return [nil]
  }

  /// The macro that makes a materialization: by adapter, then the project's over a package's over
  /// redstart's own.
  package func materialization(_ name: String, from packageName: String) -> Entry? {
    for prefix in dispatchPrefixes {
      let macro = "materialization_\(name)_\(prefix)"
      if let entry = packages[projectName]?[macro] { return entry }
      for package in packages.keys.sorted() {
        // A package may not replace what dbt brings, unless the project says so itself.
        if let entry = packages[package]?[macro],
          packagesReplaceMaterializations || !Materialization.isOfDbt(name)
        {
          return entry
        }
      }
      if let entry = builtins[macro] { return entry }
    }
    return nil
  }

  /// Names that a bare call can mean, for suggestions.
  func names(from packageName: String) -> [String] {
    (packages[packageName].map { Array($0.keys) } ?? [])
      + (packages[projectName].map { Array($0.keys) } ?? []) + builtins.names
  }

  /// Generic tests that a name can mean, for suggestions.
  var testNames: [String] {
    var names: [String] = []
    for (package, macros) in packages {
      for name in macros.keys where name.hasPrefix("test_") {
        let test = String(name.dropFirst(5))
        names.append(package == projectName ? test : "\(package).\(test)")
      }
    }
    return names + builtins.names.filter { $0.hasPrefix("test_") }.map { String($0.dropFirst(5)) }
  }
}
