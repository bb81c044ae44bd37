package import Diagnostics

/// What a command was told about the project: options and surroundings.
package struct ProjectOptions: Sendable {
  /// The folder of the project file; relative ones count from where the program was started.
  package var projectDirectory: String
  /// Whether folders above are searched too, when `projectDirectory` has no project file.
  package var searchesUpwards: Bool
  /// `--profiles-dir`.
  package var profilesDirectory: String?
  /// `--profile`.
  package var profile: String?
  /// `--target`.
  package var target: String?
  /// `--vars`, parsed.
  package var vars: PlainDictionary
  /// `--target-path`.
  package var targetPath: String?
  /// `--threads`.
  package var threads: Int?
  package var environment: [String: String]
  package var homeDirectory: String?
  /// Whether the command connects to the target.
  ///
  /// One that does not, as what makes the cluster that the target is about, goes on without host and
  /// user.
  package var connects = true
  /// Whether a project of dbt is refused without a profile, as dbt does: else it gets the local
  /// warehouse.
  package var requiresProfile = false
  /// Whether nothing but the project file is read: what a command removes may be what is wrong.
  package var readsProjectFileOnly = false

  package init(
    projectDirectory: String,
    searchesUpwards: Bool = false,
    profilesDirectory: String? = nil,
    profile: String? = nil,
    target: String? = nil,
    vars: PlainDictionary = [:],
    targetPath: String? = nil,
    threads: Int? = nil,
    environment: [String: String] = [:],
    homeDirectory: String? = nil
  ) {
    self.projectDirectory = projectDirectory
    self.searchesUpwards = searchesUpwards
    self.profilesDirectory = profilesDirectory
    self.profile = profile
    self.target = target
    self.vars = vars
    self.targetPath = targetPath
    self.threads = threads
    self.environment = environment
    self.homeDirectory = homeDirectory
  }
}

/// A project that could be read, and what its author should hear about it.
package struct LoadedProject: Sendable {
  package var project: Project
  /// Warnings and notes.
  package var diagnostics: [Diagnostic]
}

/// Diagnostics gathered while reading goes on.
final class DiagnosticCollector {
  private(set) var diagnostics: [Diagnostic] = []
  private var known: Set<Diagnostic> = []

  var hasErrors: Bool { diagnostics.contains(where: \.isError) }

  func add(_ diagnostic: Diagnostic) {
    // The same place is often read twice (a default that is merged into many tables).
    if known.insert(diagnostic).inserted { diagnostics.append(diagnostic) }
  }

  func drop(where isUnwanted: (Diagnostic) -> Bool) { diagnostics.removeAll(where: isUnwanted) }

  func throwIfErrors() throws(DiagnosticList) {
    if hasErrors { throw DiagnosticList(diagnostics) }
  }
}
