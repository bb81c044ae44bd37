import Diagnostics

/// Reads properties files: what YAML says about models, seeds, sources and their columns and tests.
struct PropertiesReader {
  let reader: SettingsReader
  let isWrittenForDbt: Bool

  /// Adds one file's declarations.
  func read(_ file: Project.File, into properties: inout Properties) {
    let document: YAML.Document
    do {
      document = try YAML.document(file.buffer, in: reader.buffers, isFile: true)
    } catch {
      reader.problems.add(error)
      return
    }
    document.warnings.forEach(reader.problems.add)
    // An empty file, or one of comments alone, says nothing.
    guard !document.root.isNull, let section = reader.section(document.root, .properties) else {
      return
    }
    readVersion(section)
    let entries = PropertiesEntryReader(reader: reader, file: file.path)
    for (key, kind, table) in Self.patched {
      for node in section.items(key) {
        if isWrittenForDbt, key == "data_tests", node.pairs != nil, node["name"] == nil {
          // People keep lists of tests there for YAML's own references: dbt goes on without them.
          reader.problems.add(
            .unreadableTests(
              file: file.path,
              at: node.pairs?.first?.keyRange ?? node.range.firstLine(in: reader.buffers)
            )
          )
          break
        }
        guard var patch = entries.patch(node, kind: kind, table: table) else { continue }
        for index in patch.tests.indices { patch.tests[index].section = key }
        add(patch, kind: kind, to: &properties)
      }
    }
    for node in section.items("sources") {
      let written = Properties.WrittenSource(node: node, file: file.path)
      guard node.pair("overrides") == nil else {
        properties.overridingSources.append(written)
        continue
      }
      properties.writtenSources.append(written)
      for table in SourceReader(entries: entries).tables(node, written: node) {
        add(table, to: &properties)
      }
    }
    for key in Self.kept {
      let items = section.items(key).compactMap { node -> Properties.Entry? in
        if let table = Self.tables[key] {
          guard let section = reader.section(node, table), entries.name(section) != nil else {
            return nil
          }
          checkParts(of: section)
        }
        let value = reader.rendered(node, leavingAt: { LateText.isLate(at: $0, in: key) })
        return value?.dictionary.map {
          Properties.Entry(
            value: $0,
            file: file.path,
            range: node["name"]?.range ?? node.range.firstLine(in: reader.buffers),
            node: node
          )
        }
      }
      if !items.isEmpty { properties.others[key, default: []] += items }
    }
  }

  private static let patched: [(String, Node.Kind, KeyTable)] = [
    ("models", .model, .model), ("seeds", .seed, .seed), ("snapshots", .snapshot, .snapshot),
    ("analyses", .analysis, .analysis), ("tests", .test, .singularTest),
    ("data_tests", .test, .singularTest), ("functions", .function, .function),
  ]

  private static let kept = [
    "macros", "exposures", "metrics", "groups", "semantic_models", "saved_queries", "unit_tests",
  ]

  /// Of the kept ones, those whose keys are known.
  private static let tables: [String: KeyTable] = [
    "exposures": .exposure, "unit_tests": .unitTest,
  ]

  /// Keys of the parts of a unit test.
  private func checkParts(of section: SettingsSection) {
    guard section.table.section == KeyTable.unitTest.section else { return }
    for given in section["given"]?.items ?? [] where given.pairs != nil {
      _ = reader.section(given, .unitTestInput)
    }
    if let expect = section["expect"], expect.pairs != nil {
      _ = reader.section(expect, .unitTestRows)
    }
  }

  private func readVersion(_ section: SettingsSection) {
    guard let node = section["version"], let scalar = node.scalar else { return }
    if scalar.value != .integer(2), scalar.text != "2", scalar.text != "2.0" {
      reader.problems.add(.propertiesVersion(scalar.text, at: node.range))
    }
  }

  private func add(_ patch: Properties.Patch, kind: Node.Kind, to properties: inout Properties) {
    if let first = properties.patches[kind]?[patch.name] {
      let what = "\(kind.rawValue) \"\(patch.name)\""
      reader.problems.add(.describedTwice(what, at: patch.range, first: first.range))
      return
    }
    properties.patches[kind, default: [:]][patch.name] = patch
  }

  private func add(_ table: Properties.SourceTable, to properties: inout Properties) {
    let first = properties.sources.first {
      $0.sourceName == table.sourceName && $0.name == table.name
    }
    if let first {
      let what = "source table \"\(table.sourceName).\(table.name)\""
      reader.problems.add(.describedTwice(what, at: table.range, first: first.range))
      return
    }
    properties.sources.append(table)
  }
}
