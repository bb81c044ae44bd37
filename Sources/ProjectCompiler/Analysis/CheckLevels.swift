package import Diagnostics
package import ProjectModel

/// How serious the project takes each kind of finding.
package struct CheckLevels: Sendable {
  private let levels: [String: ProjectConfiguration.CheckLevel]

  package init(_ configuration: ProjectConfiguration) {
    var levels: [String: ProjectConfiguration.CheckLevel] = [:]
    for check in configuration.checks { levels[check.code] = check.level }
    self.levels = levels
  }

  /// The finding at the severity that is configured; nil when it is switched off.
  package func apply(to diagnostic: Diagnostic) -> Diagnostic? {
    guard let level = levels[diagnostic.code] else { return diagnostic }
    var diagnostic = diagnostic
    switch level {
    case .off: return nil
    case .warning: diagnostic.severity = .warning
    case .error: diagnostic.severity = .error
    }
    return diagnostic
  }

  /// Codes under `checks:` that no finding has.
  ///
  /// - Parameters:
  ///   - configuration: the project's settings.
  ///   - known: every code there is.
  /// - Returns: an error for each.
  package static func problems(
    in configuration: ProjectConfiguration,
    known: [String]
  ) -> [Diagnostic] {
    configuration.checks.filter { !known.contains($0.code) }.map {
      .unknownCheck($0.code, known: known, at: $0.range)
    }
  }
}

extension Node {
  /// Whether `static_analysis: off` keeps the node's SQL from being checked.
  ///
  /// YAML reads a bare `off` as false.
  package var isUnchecked: Bool {
    switch config["static_analysis"] {
    case .string(let text)?: text.lowercased() == "off"
    case .boolean(let flag)?: !flag
    default: false
    }
  }
}

extension ProjectConfiguration {
  /// Whether `flags: {static_analysis: off}` switches checking off.
  package var isUnchecked: Bool {
    switch flags["static_analysis"] {
    case .string(let text)?: text.lowercased() == "off"
    case .boolean(let flag)?: !flag
    default: false
    }
  }
}
