import Diagnostics
import ProjectModel
import Templating

/// The rows of a unit test as dbt keeps them: mappings, whether they stand in YAML, in CSV, in a
/// fixture's file or in the seed that they are given for.
struct UnitTestRows {
  let package: Project
  let packages: [Project]
  let buffers: Buffers

  /// A test's `given` and `expect` with their rows, and dbt's checksum of the test.
  ///
  /// - Throws: what is wrong with CSV, or with a file.
  func settled(_ test: Node) throws(Diagnostic) -> PlainDictionary {
    var given: [PlainValue] = []
    for input in (test.extra["given"]?.list ?? []).compactMap(\.dictionary) {
      given.append(.dictionary(try filled(input, of: test, isInput: true)))
    }
    // That there is none is told elsewhere.
    let expected =
      try test.extra["expect"]?.dictionary.map { expect throws(Diagnostic) in
        try filled(expect, of: test, isInput: false)
      } ?? ["format": "dict", "fixture": nil, "rows": nil]
    return [
      "given": .list(given), "expect": .dictionary(expected),
      "checksum": .string(Self.checksum(test, given.compactMap(\.dictionary), expected)),
    ]
  }

  private func filled(
    _ entry: PlainDictionary,
    of test: Node,
    isInput: Bool
  ) throws(Diagnostic) -> PlainDictionary {
    var entry = entry
    let format = entry["format"]?.string?.lowercased() ?? "dict"
    entry["format"] = .string(format)
    entry["fixture"] = entry["fixture"] ?? .null
    let fixture = entry["fixture"]?.string
    let kind = isInput ? "input" : "expected"
    func mismatch(_ words: String) -> Diagnostic {
      .unitTest(
        "Unit test \(test.name) has \(kind) \(words) which do not match format \(format)",
        test
      )
    }
    guard ["dict", "csv", "sql"].contains(format) else {
      throw .unitTest("Unit test \(test.name): '\(format)' is not a valid UnitTestFormat", test)
    }
    if format != "dict", entry["rows"]?.string == nil, fixture == nil {
      throw mismatch("rows or fixtures")
    }
    switch format {
    case "csv":
      if let fixture {
        entry["rows"] = .list(try rows(try file(of: fixture, format, test), emptyIsNull: true))
      } else if let text = entry["rows"]?.string {
        let buffer = buffers.add(name: "rows of \(entry["input"]?.string ?? "expect")", text: text)
        entry["rows"] = .list(try rows(buffer, emptyIsNull: true))
      }
    case "sql":
      if let fixture {
        let buffer = try file(of: fixture, format, test)
        entry["rows"] = .string(buffers.text(of: buffers.wholeRange(of: buffer)))
      }
    default:
      if entry["rows"]?.isNull ?? true, fixture == nil, isInput {
        guard let seed = seed(entry["input"]?.string) else {
          throw missingSeed(entry["input"]?.string ?? "", of: test)
        }
        entry["rows"] = .list(try rows(seed, emptyIsNull: false))
      }
      guard entry["rows"]?.list != nil else { throw mismatch("rows") }
    }
    entry["rows"] = Self.completeFirst(entry["rows"] ?? .null)
    return entry
  }

  /// An input without rows that is no seed.
  private func missingSeed(_ input: String, of test: Node) -> Diagnostic {
    let names = Self.names(in: input)
    let owner = names.count == 2 ? names[0] : package.name
    let place =
      owner == package.name
      ? "in directories: \(package.configuration.seedPaths.joined(separator: ", "))"
      : "in '\(owner)' package"
    return .unitTest(
      "Unable to find seed '\(owner).\(names.last ?? input)' for unit tests \(place)",
      test
    )
  }

  /// The rows of a CSV file.
  private func rows(_ buffer: BufferID, emptyIsNull: Bool) throws(Diagnostic) -> [PlainValue] {
    // Nothing at all is no rows, where a seed would need its header.
    guard !buffers.text(of: buffers.wholeRange(of: buffer)).allSatisfy(\.isWhitespace) else {
      return []
    }
    let table = try CSVTable(buffer, delimiter: UInt8(ascii: ","), in: buffers)
    return (0..<table.rowCount).map { row in
      .dictionary(
        PlainDictionary(
          table.header.enumerated().map { column, name in
            let text = table.text(row: row, column: column) ?? ""
            return (name, text.isEmpty && emptyIsNull ? .null : .string(text))
          }
        )
      )
    }
  }

  /// The text of a fixture.
  private func file(
    of fixture: String,
    _ format: String,
    _ test: Node
  ) throws(Diagnostic) -> BufferID {
    let fixtures = UnitTestFixtures(package: package)
    guard let file = fixtures.file(named: fixture, format: format) else {
      throw .unitTest(
        "File not found for fixture '\(fixture)' in unit tests in \(test.originalFilePath)",
        test
      )
    }
    return file.buffer
  }

  /// The seed that an input without rows means.
  private func seed(_ input: String?) -> BufferID? {
    guard let input else { return nil }
    let names = Self.names(in: input)
    guard let name = names.last else { return nil }
    let owners = names.count == 2 ? packages.filter { $0.name == names[0] } : [package] + packages
    return owners.lazy.flatMap(\.seedFiles).first { $0.name == name }?.buffer
  }

  /// The names in `ref('package', 'name')`.
  private static func names(in input: String) -> [String] {
    guard let open = input.firstIndex(of: "("),
      input[..<open].filter({ !$0.isWhitespace }) == "ref"
    else { return [] }
    return input[open...].dropFirst().prefix { $0 != ")" }.split(separator: ",").map { part in
      part.filter { $0 != "'" && $0 != "\"" && !$0.isWhitespace }
    }
  }

  /// The first row without NULL at the top: servers take the types of columns from there.
  private static func completeFirst(_ rows: PlainValue) -> PlainValue {
    guard var list = rows.list,
      let complete = list.firstIndex(where: { row in
        row.dictionary?.pairs.allSatisfy { !$0.value.isNull } ?? false
      })
    else { return rows }
    list.swapAt(0, complete)
    return .list(list)
  }

  // MARK: The checksum

  /// The checksum that dbt compares: of Python's way to write these values down.
  private static func checksum(
    _ test: Node,
    _ given: [PlainDictionary],
    _ expected: PlainDictionary
  ) -> String {
    let inputs = given.map { "UnitTestInputFixture(input=\(word($0["input"])), \(rest($0)))" }
    var text = test.extra["model"]?.string ?? ""
    text += "-\(versions(test.extra["versions"]))-[\(inputs.joined(separator: ", "))]"
    text += "-UnitTestOutputFixture(\(rest(expected)))-\(overrides(test.extra["overrides"]))"
    for input in given where input["fixture"]?.isNull == false {
      text += "-\(Value(input["rows"] ?? .null).rendered)"
    }
    return Checksum.sha256(Array(text.utf8))
  }

  private static func rest(_ entry: PlainDictionary) -> String {
    let format = entry["format"]?.string ?? "dict"
    let name = ["csv": "CSV", "sql": "SQL"][format] ?? "Dict"
    return "rows=\(word(entry["rows"])), format=<UnitTestFormat.\(name): '\(format)'>, "
      + "fixture=\(word(entry["fixture"]))"
  }

  private static func versions(_ value: PlainValue?) -> String {
    guard let given = value?.dictionary else { return "None" }
    return
      "UnitTestNodeVersions(include=\(word(given["include"])), exclude=\(word(given["exclude"])))"
  }

  private static func overrides(_ value: PlainValue?) -> String {
    guard let given = value?.dictionary else { return "None" }
    func part(_ key: String) -> String { "\(key)=\(word(given[key] ?? [:]))" }
    return "UnitTestOverrides(\(part("macros")), \(part("vars")), \(part("env_vars")))"
  }

  private static func word(_ value: PlainValue?) -> String { Value(value ?? .null).represented }
}
