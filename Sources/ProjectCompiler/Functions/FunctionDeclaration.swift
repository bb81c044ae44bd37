package import Diagnostics
package import ProjectModel

/// What a properties file says of a function: its arguments, and what it returns.
package struct FunctionDeclaration {
  package struct Argument: Hashable {
    package var name: String
    package var type: String
    package var description: String?
    package var defaultValue: PlainValue
  }

  package let arguments: [Argument]
  /// The type of what it returns; nil where nothing says it.
  package let resultType: String?
  package let resultDescription: String?

  package init(_ node: Node) {
    arguments = (node.extra["arguments"]?.list ?? []).compactMap(\.dictionary).map { entry in
      Argument(
        name: Self.text(entry["name"]) ?? "",
        type: Self.text(entry["data_type"]) ?? "",
        description: Self.text(entry["description"]),
        defaultValue: entry["default_value"] ?? .null
      )
    }
    let result = node.extra["returns"]?.dictionary
    resultType = Self.text(result?["data_type"])
    resultDescription = Self.text(result?["description"])
  }

  /// YAML takes some words for something else than text.
  private static func text(_ value: PlainValue?) -> String? {
    guard let value, !value.isNull else { return nil }
    return value.string ?? value.jsonString
  }

  /// `amount numeric, rate numeric`, as people read it.
  package var argumentList: String {
    arguments.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
  }

  var manifestArguments: PlainValue {
    .list(
      arguments.map { argument in
        [
          "name": .string(argument.name), "data_type": .string(argument.type),
          "description": .optional(argument.description), "default_value": argument.defaultValue,
        ]
      }
    )
  }

  /// dbt's word where nothing says what it returns.
  static let unknownType = "INVALID_TYPE"

  var manifestResult: PlainValue {
    [
      "data_type": .string(resultType ?? Self.unknownType),
      "description": .optional(resultDescription),
    ]
  }
}
