import Diagnostics
import ProjectModel

/// A package that `deps --add-package` writes into packages.yml.
struct AddedPackage {
  private let entry: PlainDictionary
  private let name: String

  /// Reads `NAME@VERSION`.
  ///
  /// - Parameters:
  ///   - text: what was given; the version may be several conditions with commas between them.
  ///   - source: `hub`, `git` or `local`.
  /// - Throws: `usage`, where there is no version.
  init(_ text: String, source: String) throws(Diagnostic) {
    if source == "local" {
      name = text
      entry = ["local": .string(text)]
      return
    }
    // Addresses of git may have an @ of their own.
    guard let mark = text.lastIndex(of: "@"), mark != text.startIndex,
      text.index(after: mark) < text.endIndex
    else {
      throw Diagnostic(
        code: "usage",
        "--add-package needs a package and its version, not \"\(text)\"",
        help: ["write --add-package dbt-labs/dbt_utils@1.3.0"]
      )
    }
    name = String(text[..<mark])
    let version = String(text[text.index(after: mark)...])
    if source == "git" {
      entry = ["git": .string(name), "revision": .string(version)]
      return
    }
    let conditions = version.split(separator: ",").map { condition in
      PlainValue.string(condition.filter { !$0.isWhitespace && !"[]\"'".contains($0) })
    }
    entry = [
      "package": .string(name),
      "version": conditions.count == 1 ? conditions[0] : .list(conditions),
    ]
  }

  /// Writes it into packages.yml, in the place of an entry for the same package.
  func add(in root: String, buffers: Buffers) throws(Diagnostic) {
    let file = FilePath.joining(root, "packages.yml")
    var content = PlainDictionary()
    if FileSystem.isFile(file) {
      let text = String(decoding: try FileSystem.read(file), as: UTF8.self)
      content = try YAML.parseValue(text, name: "packages.yml", in: buffers).dictionary ?? [:]
    }
    var entries = content["packages"]?.list ?? []
    entries.removeAll { other in
      let other = other.dictionary ?? [:]
      return ["package", "git", "local"].contains { other[$0]?.string == name }
    }
    content["packages"] = .list(entries + [.dictionary(entry)])
    try FileSystem.write(Array(Self.text(of: content).utf8), to: file)
  }

  /// The file's text; what is nested deeper than entries stands on one line.
  private static func text(of content: PlainDictionary) -> String {
    var text = ""
    for (key, value) in content.pairs {
      guard let items = value.list else {
        text += "\(key): \(value.jsonString)\n"
        continue
      }
      text += "\(key):\n"
      for item in items {
        guard let pairs = item.dictionary?.pairs, !pairs.isEmpty else {
          text += "  - \(item.jsonString)\n"
          continue
        }
        for (index, pair) in pairs.enumerated() {
          text += "\(index == 0 ? "  - " : "    ")\(pair.key): \(pair.value.jsonString)\n"
        }
      }
    }
    return text
  }
}
