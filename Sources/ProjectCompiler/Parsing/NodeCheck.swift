import Diagnostics
import ProjectModel

/// What dbt refuses of a node's configuration, whatever the node is made of.
enum NodeCheck {
  /// Models say who may read them: by one of three words, and not for all where there is nothing in
  /// the database.
  static func access(of node: Node) -> [Diagnostic] {
    guard node.kind == .model, let value = node.config["access"], !value.isNull else { return [] }
    let word = value.string ?? value.jsonString
    let known = ["private", "protected", "public"]
    guard known.contains(word) else {
      return [.wrongAccess(word, "", node, help: Suggestion.sentence(for: word, among: known))]
    }
    guard node.isEnabled, word == "public",
      node.config["materialized"]?.string == Materialization.ephemeral.rawValue
    else { return [] }
    return [
      .wrongAccess(
        word,
        "with 'ephemeral' materialization ",
        node,
        help: "other projects could not read it: make it a view or a table"
      )
    ]
  }

  /// Tests and seeds are of one kind each.
  static func materialization(of node: Node) -> [Diagnostic] {
    guard let given = node.config["materialized"], !given.isNull, given != "" else { return [] }
    let wanted: String
    switch node.kind {
    case .test: wanted = "test"
    case .seed: wanted = "seed"
    default: return []
    }
    guard given != .string(wanted) else { return [] }
    return [
      Diagnostic(
        code: "wrong-materialization",
        "A \(wanted) must have a materialized value of '\(wanted)'",
        at: node.place(of: "materialized"),
        file: node.originalFilePath,
        notes: ["\(node.name) has \(given.jsonString)"],
        help: ["take `materialized` out of its configuration"]
      )
    ]
  }
}

extension Diagnostic {
  fileprivate static func wrongAccess(
    _ word: String,
    _ materialization: String,
    _ node: Node,
    help: String?
  ) -> Diagnostic {
    Diagnostic(
      code: "wrong-access",
      "Node \(node.uniqueID) \(materialization)has an invalid value (\(word)) for the access field",
      at: node.place(of: "access"),
      file: node.originalFilePath,
      help: [help ?? "it is private, protected or public"]
    )
  }
}
