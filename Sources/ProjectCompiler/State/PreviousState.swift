package import Diagnostics
import ProjectModel

/// The artifacts of an earlier run, read from a folder: what `--state` names.
///
/// They may be dbt's own: the fields that are compared mean the same there.
package struct PreviousState: Sendable {
  /// The folder as the user named it.
  package var folder: String
  package var manifest: PlainDictionary?
  /// Statuses of `run_results.json`, by unique_id.
  package var statuses: [String: Set<String>]?
  /// When sources were loaded last, by unique_id: the earlier run's `sources.json`, and that of
  /// this project's own target folder.
  package var loadedBefore: [String: String]?
  package var loadedNow: [String: String]?

  /// Reads what there is.
  ///
  /// - Parameters:
  ///   - folder: absolute path of the folder.
  ///   - shown: the folder in messages.
  ///   - target: absolute path of the project's own target folder.
  /// - Throws: `state-not-found` when there is no such folder, `state-not-readable` for files that are
  ///   no artifacts.
  package init(folder: String, shown: String, target: String) throws(Diagnostic) {
    self.folder = shown
    guard FileSystem.isDirectory(folder) else { throw .stateMissing(shown) }
    manifest = try Self.artifact("manifest.json", in: folder, kind: "manifest").map(Self.upgraded)
    if let results = try Self.artifact("run_results.json", in: folder, kind: "run-results") {
      var statuses: [String: Set<String>] = [:]
      for result in results["results"]?.list ?? [] {
        guard let id = result.dictionary?["unique_id"]?.string,
          let status = result.dictionary?["status"]?.string
        else { continue }
        statuses[id, default: []].insert(status)
      }
      self.statuses = statuses
    }
    loadedBefore = try Self.artifact("sources.json", in: folder, kind: "sources")
      .map(Self.loadTimes)
    loadedNow = try Self.artifact("sources.json", in: target, kind: "sources").map(Self.loadTimes)
  }

  /// The manifest, for what cannot do without.
  package func requiredManifest(for purpose: String) throws(Diagnostic) -> PlainDictionary {
    guard let manifest else { throw .stateWithoutManifest(folder, purpose) }
    return manifest
  }

  private static func loadTimes(_ artifact: PlainDictionary) -> [String: String] {
    var times: [String: String] = [:]
    for result in artifact["results"]?.list ?? [] {
      guard let id = result.dictionary?["unique_id"]?.string,
        let time = result.dictionary?["max_loaded_at"]?.string
      else { continue }
      times[id] = time
    }
    return times
  }

  private static func artifact(
    _ name: String,
    in folder: String,
    kind: String
  ) throws(Diagnostic) -> PlainDictionary? {
    let path = FilePath.joining(folder, name)
    guard FileSystem.isFile(path) else { return nil }
    let bytes = try FileSystem.read(path)
    let value: PlainDictionary?
    do throws(PlainValue.JSONProblem) {
      value = try PlainValue(json: bytes).dictionary
    } catch {
      throw .stateUnreadable(path, "it is no JSON from byte \(error.offset) on")
    }
    let version = value?["metadata"]?.dictionary?["dbt_schema_version"]?.string ?? ""
    guard let value, version.contains("/\(kind)/") else {
      throw .stateUnreadable(path, "its metadata names no schema of \(name)")
    }
    if kind == "manifest", let number = Self.number(of: version), number < oldestManifest {
      throw .stateUnreadable(
        path,
        "it is of version \(number), and those before \(oldestManifest) had another form. "
          + "Are you running with a different version of dbt?"
      )
    }
    return value
  }

  /// The first version of dbt's manifest whose nodes can be compared with those of today.
  private static let oldestManifest = 4

  /// `https://…/manifest/v12.json` is version 12.
  private static func number(of schema: String) -> Int? {
    schema.split(separator: "/").last.flatMap { name in
      Int(name.drop { !$0.isNumber }.prefix(while: \.isNumber))
    }
  }

  /// A manifest as dbt writes it today: parts of nodes had other names before, or were not there.
  private static func upgraded(_ manifest: PlainDictionary) -> PlainDictionary {
    let schema = manifest["metadata"]?.dictionary?["dbt_schema_version"]?.string ?? ""
    // From version 12 on nothing has changed.
    guard let number = number(of: schema), number < 12, let nodes = manifest["nodes"]?.dictionary
    else { return manifest }
    var upgraded = PlainDictionary()
    for (id, value) in nodes.pairs {
      guard var node = value.dictionary else { continue }
      for (former, key) in [("raw_sql", "raw_code"), ("compiled_sql", "compiled_code")] {
        guard let text = node[former], node[key]?.isNull != false else { continue }
        node[key] = text
        node[former] = nil
      }
      if node["resource_type"] == "model", node["access"]?.isNull != false {
        node["access"] = "protected"
      }
      upgraded[id] = .dictionary(node)
    }
    var manifest = manifest
    manifest["nodes"] = .dictionary(upgraded)
    return manifest
  }
}
