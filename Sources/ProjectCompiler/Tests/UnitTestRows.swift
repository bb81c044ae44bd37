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
      given.append(.dictionary(try filled(input, isInput: true)))
    }
    let expected = try filled(test.extra["expect"]?.dictionary ?? [:], isInput: false)
    return [
      "given": .list(given), "expect": .dictionary(expected),
      "checksum": .string(Self.checksum(test, given.compactMap(\.dictionary), expected)),
    ]
  }

  private func filled(
    _ entry: PlainDictionary,
    isInput: Bool
  ) throws(Diagnostic) -> PlainDictionary {
    var entry = entry
    let format = entry["format"]?.string?.lowercased() ?? "dict"
    entry["format"] = .string(format)
    entry["fixture"] = entry["fixture"] ?? .null
    let fixture = entry["fixture"]?.string
    switch format {
    case "csv":
      if let fixture {
        entry["rows"] = try file(of: fixture, "csv").map { buffer throws(Diagnostic) in
          PlainValue.list(try rows(buffer, emptyIsNull: true))
        }
      } else if let text = entry["rows"]?.string {
        let buffer = buffers.add(name: "rows of \(entry["input"]?.string ?? "expect")", text: text)
        entry["rows"] = .list(try rows(buffer, emptyIsNull: true))
      }
    case "sql":
      if let fixture {
        entry["rows"] = try file(of: fixture, "sql").map {
          .string(buffers.text(of: buffers.wholeRange(of: $0)))
        }
      }
    default:
      if entry["rows"] == nil, fixture == nil, isInput, let seed = seed(entry["input"]?.string) {
        entry["rows"] = .list(try rows(seed, emptyIsNull: false))
      }
    }
    entry["rows"] = Self.completeFirst(entry["rows"] ?? .null)
    return entry
  }

  /// The rows of a CSV file.
  private func rows(_ buffer: BufferID, emptyIsNull: Bool) throws(Diagnostic) -> [PlainValue] {
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

  /// The text of a fixture; nil where there is no such file, which is told when the test runs.
  private func file(of fixture: String, _ format: String) throws(Diagnostic) -> BufferID? {
    for folder in package.configuration.testPaths {
      let path = "\(folder)/fixtures/\(fixture).\(format)"
      let full = FilePath.joining(package.root, path)
      guard FileSystem.isFile(full) else { continue }
      return buffers.add(name: package.displayFolder + path, bytes: try FileSystem.read(full))
    }
    return nil
  }

  /// The seed that an input without rows means.
  private func seed(_ input: String?) -> BufferID? {
    guard let input, input.hasPrefix("ref(") else { return nil }
    let names = input.dropFirst(4).prefix { $0 != ")" }.split(separator: ",").map { part in
      part.filter { $0 != "'" && $0 != "\"" && !$0.isWhitespace }
    }
    guard let name = names.last else { return nil }
    let owners = names.count == 2 ? packages.filter { $0.name == names[0] } : [package] + packages
    return owners.lazy.flatMap(\.seedFiles).first { $0.name == name }?.buffer
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
