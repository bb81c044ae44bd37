package import Diagnostics
import ProjectModel
import RedshiftSQL

extension Diagnostic {
  static func stateMissing(_ folder: String) -> Diagnostic {
    Diagnostic(
      code: "state-not-found",
      "there is no folder \(folder) with the artifacts of an earlier run",
      help: ["--state names a copy of the target folder of the run to compare with"]
    )
  }

  static func stateWithoutManifest(_ folder: String, _ purpose: String) -> Diagnostic {
    Diagnostic(
      code: "state-not-found",
      "\(folder) has no manifest.json, which \(purpose) needs",
      help: ["--state names a copy of the target folder of the run to compare with"]
    )
  }

  /// `--defer` or `clone` without `--state`.
  package static func stateNotNamed(_ purpose: String) -> Diagnostic {
    Diagnostic(
      code: "state-not-found",
      "\(purpose) needs the artifacts of an earlier run, and none are named",
      help: ["write --state DIR, or set DBT_STATE"]
    )
  }

  static func cloneOfItself(_ name: RelationName, _ node: Node) -> Diagnostic {
    Diagnostic(
      code: "unknown-relation",
      "\(name.description) does not exist, and the state has \(node.name) in the same place",
      file: node.originalFilePath,
      help: ["clone into another schema: --target names where to"]
    )
  }

  static func stateUnreadable(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      code: "state-not-readable",
      "\(path) cannot be used: \(reason)",
      help: ["copy the whole target folder of the run to compare with"]
    )
  }

  /// dbt's sentences.
  static func largeSeed(_ seed: PlainDictionary, _ fate: String) -> Diagnostic {
    let name = [seed["package_name"], seed["name"]].compactMap { $0?.string }
    return Diagnostic(
      .warning,
      code: "large-seed",
      "Found a seed (\(name.joined(separator: "."))) >1MB in size. \(fate)",
      file: seed["original_file_path"]?.string
    )
  }

  static func contractBroken(
    _ name: String,
    file: String,
    changes: [String],
    isVersioned: Bool
  ) -> Diagnostic {
    Diagnostic(
      isVersioned ? .error : .warning,
      code: "contract-broken",
      "the contract of \(name) is broken (\(file))",
      notes: changes,
      help: [
        isVersioned
          ? "make a new version of the model" : "make versions of the model, and change a new one"
      ]
    )
  }
}
