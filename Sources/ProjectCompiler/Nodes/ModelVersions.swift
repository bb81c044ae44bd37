import Diagnostics
import ProjectModel

/// Models that have versions: one name, several files.
struct ModelVersions {
  private let patches: [String: Properties.Patch]

  init(_ properties: Properties) {
    patches = (properties.patches[.model] ?? [:]).filter { $0.value.extra["versions"] != nil }
  }

  /// The nodes of versioned models under their model's name.
  func applied(to nodes: [Node]) -> [Node] {
    guard !patches.isEmpty else { return nodes }
    var result = nodes
    for (name, patch) in patches.sorted(by: { $0.key < $1.key }) {
      let entries = Self.entries(of: patch)
      let versions = entries.compactMap { $0["v"] }
      let latest = patch.extra["latest_version"] ?? Self.latest(of: versions)
      for entry in entries {
        guard let version = entry["v"] else { continue }
        let text = ReferenceResolver.text(version)
        let files =
          [entry["defined_in"]?.string ?? "\(name)_v\(text)"]
          + (latest.map { ReferenceResolver.text($0) == text } == true ? [name] : [])
        guard
          let index = result.firstIndex(where: {
            $0.kind == .model && $0.version == nil && files.contains($0.name)
          })
        else { continue }
        result[index].name = name
        result[index].version = version
        result[index].latestVersion = latest
        result[index].uniqueID = "model.\(result[index].packageName).\(name).v\(text)"
        result[index].fqn = result[index].fqn.dropLast() + [name, "v\(text)"]
      }
    }
    return result
  }

  private static func entries(of patch: Properties.Patch) -> [PlainDictionary] {
    (patch.extra["versions"]?.list ?? []).compactMap(\.dictionary)
  }

  /// The highest version: numbers by their value, words by their letters.
  private static func latest(of versions: [PlainValue]) -> PlainValue? {
    versions.max(by: ReferenceResolver.isBefore)
  }

  /// What is said of one version: the model's properties with the version's own over them.
  static func patch(_ patch: Properties.Patch, version: PlainValue) -> Properties.Patch {
    let wanted = ReferenceResolver.text(version)
    let entries = Self.entries(of: patch)
    guard
      let place = entries.firstIndex(where: { $0["v"].map(ReferenceResolver.text) == wanted })
    else { return patch }
    let entry = entries[place]
    let own = patch.versions.indices.contains(place) ? patch.versions[place] : nil
    var result = patch
    if let tests = own?.tests {
      result.tests.removeAll { $0.columnName == nil }
      result.tests += tests
    }
    if let description = entry["description"]?.string { result.description = description }
    if let config = entry["config"]?.dictionary {
      result.config = ConfigResolver.combining(result.config, with: config)
    }
    for key in ["access", "constraints", "docs", "deprecation_date"] {
      guard let value = entry[key] else { continue }
      result.extra[key] = value
      if key == "access" || key == "docs" { result.config[key] = value }
    }
    if let columns = entry["columns"]?.list {
      let described = own?.columns ?? []
      result.columns = Self.columns(patch.columns, columns.compactMap(\.dictionary), described)
      // The tests of a column that the version describes anew are its own.
      let known = Set(result.columns.map(\.name)).subtracting(described.map(\.name))
      result.tests.removeAll { $0.columnName.map { !known.contains($0) } ?? false }
      result.tests += own?.columnTests ?? []
    }
    result.extra["versions"] = nil
    return result
  }

  /// `- include: all, exclude: [a]`, then columns of the version's own.
  private static func columns(
    _ base: [Node.Column],
    _ entries: [PlainDictionary],
    _ described: [Node.Column]
  ) -> [Node.Column] {
    let rule = entries.first { $0["include"] != nil || $0["exclude"] != nil }
    let included = rule.map { $0["include"]?.words ?? [] } ?? ["*"]
    let excluded = rule?["exclude"]?.words ?? []
    var columns = base.filter { column in
      let isIncluded =
        included.contains("*") || included.contains("all") || included.contains(column.name)
      return isIncluded && !excluded.contains(column.name)
    }
    for column in described {
      columns.removeAll { $0.name == column.name }
      columns.append(column)
    }
    return columns
  }
}
