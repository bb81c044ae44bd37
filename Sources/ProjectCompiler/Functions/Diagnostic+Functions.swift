import Diagnostics
import ProjectModel

extension Diagnostic {
  static func functionArguments(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "function-arguments",
      "function() takes a name, or a package and a name, as text",
      at: range,
      help: ["write function('name') or function('package', 'name'), and its arguments behind it"]
    )
  }

  static func unknownFunctionNode(
    _ name: String,
    package: String?,
    known: [String],
    disabledIn: String?,
    isReferable: Bool,
    at range: TextRange
  ) -> Diagnostic {
    var help: [String] = []
    if let disabledIn {
      help.append("\(disabledIn) has that name, but is disabled (enabled: false)")
    } else if isReferable {
      help.append("there is a node of that name that is no function: write ref('\(name)')")
    } else if let near = Suggestion.sentence(for: name, among: known) {
      help.append(near)
    } else {
      help.append("function() takes the name of a file in one of the folders of `function-paths`")
    }
    let place = package.map { " in package \"\($0)\"" } ?? ""
    return Diagnostic(
      code: "unknown-function-node",
      "no function is named \"\(name)\"\(place)",
      at: range,
      label: "no such function",
      help: help
    )
  }

  /// A function that no properties file describes.
  static func functionWithoutResult(_ node: Node) -> Diagnostic {
    Diagnostic(
      code: "function-without-result",
      "nothing says what function \(node.name) returns",
      at: node.place,
      file: node.originalFilePath,
      help: [
        "describe it in a properties file: functions: [{name: \(node.name), "
          + "returns: {data_type: …}}]"
      ]
    )
  }

  static func wrongFunctionSetting(
    _ key: String,
    _ value: PlainValue,
    known: [String],
    _ node: Node
  ) -> Diagnostic {
    Diagnostic(
      code: "wrong-config",
      "`\(key)` of \(node.name) must be \(known.joined(separator: ", ")), not \(value.jsonString)",
      at: node.place(of: key),
      file: node.originalFilePath,
      help: [value.string.flatMap { Suggestion.sentence(for: $0, among: known) }].compactMap { $0 }
    )
  }

  /// The same of a function, whose text is one query as that of a model is.
  var ofFunction: Diagnostic {
    var diagnostic = self
    for (model, function) in [("a model", "a function"), ("the model", "the function")]
    where code == "model-not-a-query" && message.hasPrefix(model) {
      diagnostic.message = function + message.dropFirst(model.count)
      diagnostic.help = ["write one SELECT; the statement that makes the function comes around it"]
    }
    return diagnostic
  }

  /// Says of a macro that is missing which functions can be made without one.
  func explained(for node: Node) -> Diagnostic {
    guard node.kind == .function, code == "unknown-macro", message.contains("_function_") else {
      return self
    }
    var explained = self
    let type = node.config["type"]?.string ?? ""
    explained.help.append(
      "\(node.name) is of type \(type), in \(node.language.rawValue); without a macro of your own, "
        + "functions are of type scalar, in sql"
    )
    return explained
  }
}
