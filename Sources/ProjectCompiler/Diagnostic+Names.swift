import Diagnostics
import ProjectModel

// Names that clash, or lead elsewhere than they seem to.
extension Diagnostic {
  /// Two things of one name.
  ///
  /// - Parameters:
  ///   - kind: what they are, as dbt calls a kind of resource.
  ///   - name: what both are called.
  ///   - range: where the second is.
  ///   - other: where the first is; nil where it has no text.
  ///   - otherFile: its file.
  /// - Returns: an error.
  static func duplicateName(
    _ kind: String,
    _ name: String,
    at range: TextRange?,
    other: TextRange?,
    otherFile: String
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "duplicate-name",
      "two \(plural(of: kind)) are named \"\(name)\"",
      at: range,
      label: "the second",
      notes: other == nil ? ["the first is in \(otherFile)"] : [],
      help: ["rename one of them"]
    )
    if let other { diagnostic.labels.append(Label(other, "the first")) }
    return diagnostic
  }

  private static func plural(of kind: String) -> String {
    let word = kind.split(separator: "_").joined(separator: " ")
    if word.hasSuffix("sis") { return word.dropLast(2) + "es" }
    return word.hasSuffix("y") ? word.dropLast() + "ies" : word + "s"
  }

  /// A model with versions, and a node without that has its name.
  static func versionedName(_ versioned: Node, _ other: Node) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "duplicate-name",
      "\"\(versioned.name)\" is a model with versions and a \(other.kind.rawValue) without",
      at: other.place,
      file: other.originalFilePath,
      notes: ["the model with versions is in \(versioned.originalFilePath)"],
      help: ["rename the \(other.kind.rawValue), or make it one of the versions"]
    )
    if let place = versioned.declaration { diagnostic.labels.append(Label(place, "the model")) }
    return diagnostic
  }

  static func duplicateRelation(
    _ relation: String,
    at range: TextRange?,
    file: String,
    otherFile: String
  ) -> Diagnostic {
    Diagnostic(
      code: "duplicate-relation",
      "two nodes would write the relation \(relation)",
      at: range,
      file: file,
      notes: ["the other one is \(otherFile)"],
      help: ["give one of them another `alias` or `schema`"]
    )
  }

  /// A node of a package whose `ref()` means one of the project that uses the package.
  static func packageReadsProject(_ node: Node, _ id: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "package-reads-project",
      "\(node.name) of package \(node.packageName) reads \(id), a node of the project itself",
      at: range,
      help: ["set the flag `require_ref_searches_node_package_before_root`"]
    )
  }
}
