import Diagnostics

/// `require-dbt-version:`, the versions of dbt that a project or a package is made for.
struct RequiredVersion {
  /// The project or package that says so.
  let package: String
  let reader: SettingsReader

  /// Holds a version to what a project file asks for.
  ///
  /// - Parameters:
  ///   - document: the project file.
  ///   - version: the version of dbt whose language this is; nil where nobody wants it checked.
  /// - Returns: whether to go on: of a file for other versions nothing else can be said.
  func allows(_ document: YAMLNode, _ version: String?) -> Bool {
    guard let version, let node = document["require-dbt-version"],
      let installed = PackageVersion(version)
    else { return true }
    let conditions = conditions(of: reader.rendered(node))
    for condition in conditions where !Self.isReadable(condition) {
      reader.problems.add(
        .invalidValue(
          of: "require-dbt-version",
          condition,
          reason: "no condition, as \">=1.8.0\" is one",
          at: node.range
        )
      )
      return false
    }
    guard conditions.allSatisfy(installed.fits) else {
      reader.problems.add(
        .versionNotAllowed(version, of: package, conditions: conditions, at: node.range)
      )
      return false
    }
    return true
  }

  /// One text may hold several, with commas between.
  private func conditions(of value: PlainValue?) -> [String] {
    let texts: [String] =
      switch value {
      case .list(let items)?: items.map { $0.string ?? $0.jsonString }
      case .null?, nil: []
      case let value?: [value.string ?? value.jsonString]
      }
    return texts.flatMap { $0.split(separator: ",") }.map { $0.filter { !$0.isWhitespace } }
  }

  private static func isReadable(_ condition: String) -> Bool {
    PackageVersion(String(condition.drop { "<>=".contains($0) })) != nil
  }
}

extension Diagnostic {
  fileprivate static func versionNotAllowed(
    _ version: String,
    of package: String,
    conditions: [String],
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "version-not-allowed",
      "\"\(package)\" is made for other versions of dbt than \(version)",
      at: range,
      label: "it wants \(conditions.joined(separator: ", "))",
      help: ["take another version of it, or go on all the same with --no-version-check"]
    )
  }
}
