import Diagnostics
import ProjectModel

/// A package that `deps --add-package` writes into the file that lists packages.
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
    // Addresses of git may have an @ of their own, with nothing but a user's name before it.
    guard let mark = text.lastIndex(of: "@"), mark != text.startIndex,
      text.index(after: mark) < text.endIndex,
      source != "git" || text[..<mark].utf8.contains(where: { "/:".utf8.contains($0) })
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

  /// Writes it into packages.yml, in the place of an entry for the same package; into
  /// dependencies.yml where there is only that.
  ///
  /// - Returns: the name of the file.
  /// - Throws: `invalid-value` for a file that is no list of packages, which is left as it is.
  func add(in root: String, buffers: Buffers) throws(Diagnostic) -> String {
    let names = PackageRequest.fileNames
    let fileName =
      names.first { FileSystem.isFile(FilePath.joining(root, $0)) } ?? names[0]
    let file = FilePath.joining(root, fileName)
    var content = PlainDictionary()
    if FileSystem.isFile(file) {
      let text = String(decoding: try FileSystem.read(file), as: UTF8.self)
      let value = try YAML.parseValue(text, name: fileName, in: buffers)
      let packages = value.dictionary?["packages"] ?? .null
      guard value == .null || value.dictionary != nil, packages == .null || packages.list != nil
      else {
        throw Diagnostic(
          code: "invalid-value",
          "\(fileName) has no list under `packages:`, so nothing can be added to it",
          file: fileName,
          help: ["write `packages:` above the entries, and indent them"]
        )
      }
      content = value.dictionary ?? [:]
    }
    var entries = content["packages"]?.list ?? []
    entries.removeAll { other in
      let other = other.dictionary ?? [:]
      return ["package", "git", "local"].contains { other[$0]?.string == name }
    }
    content["packages"] = .list(entries + [.dictionary(entry)])
    try FileSystem.write(Self.text(of: content), to: file)
    return fileName
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
        text += PackageInstaller.entryText(pairs, \.jsonString)
      }
    }
    return text
  }
}
