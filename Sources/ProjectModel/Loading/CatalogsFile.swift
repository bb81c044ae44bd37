import Diagnostics

/// `catalogs.yml`, in which dbt's projects name the catalogues that tables are written through.
///
/// No server that redstart knows has any of them; that the file is sound is seen to as dbt does it.
struct CatalogsFile {
  static let name = "catalogs.yml"

  let reader: SettingsReader

  /// Reads the file of a project's folder, if it has one, and says what is wrong with it.
  func check(in root: String) {
    let path = FilePath.joining(root, Self.name)
    guard FileSystem.isFile(path), let document = reader.document(path, name: Self.name) else {
      return
    }
    guard !document.isNull else {
      reader.problems.add(.brokenCatalog("The file at \(path) is empty", at: document.range))
      return
    }
    reader.strings.allowsSecrets = true
    defer { reader.strings.allowsSecrets = false }
    for item in document["catalogs"]?.items ?? [] { check(item) }
  }

  private func check(_ item: YAMLNode) {
    guard let catalog = reader.rendered(item)?.dictionary else {
      reader.problems.add(
        .wrongType(of: "a catalog", expected: "a mapping", given: item.plain, at: item.range)
      )
      return
    }
    let place = item["name"]?.range ?? item.range.firstLine(in: reader.buffers)
    guard let name = catalog["name"]?.string else {
      reader.problems.add(.brokenCatalog("'name' is a required property of a catalog", at: place))
      return
    }
    var known: [String] = []
    for integration in catalog["write_integrations"]?.list ?? [] {
      guard let integration = integration.dictionary, let own = integration["name"]?.string,
        integration["catalog_type"]?.string != nil
      else {
        reader.problems.add(
          .brokenCatalog(
            "Catalog '\(name)' has an entry in 'write_integrations' without 'name' or 'catalog_type'",
            at: place
          )
        )
        return
      }
      guard !known.contains(own) else {
        reader.problems.add(
          .brokenCatalog(
            "Catalog '\(name)' cannot have multiple 'write_integrations' with the same name: "
              + "'\(own)'.",
            at: place
          )
        )
        return
      }
      known.append(own)
    }
    guard let active = catalog["active_write_integration"]?.string, !active.isEmpty else {
      guard known.count != 1 else { return }
      reader.problems.add(
        .brokenCatalog(
          "Catalog '\(name)' must specify an 'active_write_integration' when multiple "
            + "'write_integrations' are provided.",
          at: place
        )
      )
      return
    }
    guard !known.contains(active) else { return }
    let names = known.map { "'\($0)'" }.joined(separator: ", ")
    reader.problems.add(
      .brokenCatalog(
        "Catalog '\(name)' must specify an 'active_write_integration' from its set of defined "
          + "'write_integrations': [\(names)]. Got: '\(active)'.",
        at: place
      )
    )
  }
}

extension Diagnostic {
  /// In dbt's words, which people look for.
  fileprivate static func brokenCatalog(_ message: String, at range: TextRange) -> Diagnostic {
    Diagnostic(code: "broken-catalog", message, at: range)
  }
}
