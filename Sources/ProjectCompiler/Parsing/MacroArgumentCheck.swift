import Diagnostics
import ProjectModel
import Templating

/// Compares what properties files say of a macro's arguments with the macro: `validate_macro_args`.
struct MacroArgumentCheck {
  let macros: MacroTable

  /// What does not fit.
  ///
  /// - Parameters:
  ///   - entry: what is said of a macro.
  ///   - package: the name of the package that says it.
  /// - Returns: warnings, in dbt's words.
  func problems(of entry: Properties.Entry, in package: String) -> [Diagnostic] {
    guard let macro = macros.entry(withID: "macro.\(package).\(entry.name)"),
      let arguments = entry.node["arguments"]?.items, !arguments.isEmpty
    else { return [] }
    var problems: [Diagnostic] = []
    func tell(_ words: String, _ place: YAMLNode) {
      problems.append(
        Diagnostic(.warning, code: "macro-arguments", words, at: place.range)
      )
    }
    let names = macro.definition.parameterNames
    for (name, argument) in zip(names, arguments) {
      let written = argument["name"]?.plain.string ?? ""
      if written != name {
        tell(
          "Argument \(written) in yaml for macro \(entry.name) does not match the jinja definition.",
          argument
        )
      }
    }
    if names.count != arguments.count, let first = arguments.first {
      tell(
        "The number of arguments in the yaml for macro \(entry.name) does not match the jinja "
          + "definition.",
        first
      )
    }
    for argument in arguments {
      guard let type = argument["type"]?.plain.string, !type.allSatisfy(\.isWhitespace),
        !Self.isType(type)
      else { continue }
      tell(
        "Argument \(argument["name"]?.plain.string ?? "") in the yaml for macro \(entry.name) has an "
          + "invalid type.",
        argument
      )
    }
    return problems
  }

  // MARK: Types

  /// The names of types, with how many others they take in brackets.
  private static let types: [String: Int] = [
    "str": 0, "string": 0, "bool": 0, "int": 0, "integer": 0, "float": 0, "any": 0, "list": 1,
    "dict": 2, "optional": 1, "relation": 0, "column": 0,
  ]

  /// Whether a text is a type, as `list[string]`.
  static func isType(_ text: String) -> Bool {
    var rest = Substring(text.filter { $0 != " " && $0 != "\t" })
    return takeType(from: &rest, depth: 0) && rest.isEmpty
  }

  private static func takeType(from rest: inout Substring, depth: Int) -> Bool {
    // Nobody's types lie in each other like that.
    guard depth < 64 else { return false }
    let name = rest.prefix { ("a"..."z").contains($0) }
    guard let count = types[String(name)] else { return false }
    rest = rest.dropFirst(name.count)
    guard count > 0 else { return true }
    for index in 0..<count {
      guard rest.first == (index == 0 ? "[" : ",") else { return false }
      rest = rest.dropFirst()
      guard takeType(from: &rest, depth: depth + 1) else { return false }
    }
    guard rest.first == "]" else { return false }
    rest = rest.dropFirst()
    return true
  }
}

extension ProjectParser {
  /// What properties files say wrongly of the arguments of macros, where the project wants to know.
  func macroArgumentProblems(_ macros: MacroTable) -> [Diagnostic] {
    guard project.configuration.flags["validate_macro_args"]?.flag == true else { return [] }
    let check = MacroArgumentCheck(macros: macros)
    return packages.flatMap { package in
      (package.properties.others["macros"] ?? []).flatMap {
        check.problems(of: $0, in: package.name)
      }
    }
  }
}
