package import Diagnostics

extension Diagnostic {
  static func invalidSelector(_ text: String, reason: String) -> Diagnostic {
    Diagnostic(
      code: "invalid-selector",
      "cannot read the selector \"\(text)\": \(reason)",
      help: ["as in \"+songplays\", \"tag:nightly,staging.*\" or \"2+songplays+1\""]
    )
  }

  static func unknownSelectorMethod(_ method: String, in text: String) -> Diagnostic {
    let known = SelectionMethod.names
    return Diagnostic(
      code: "unknown-selector-method",
      "there is no selector method \"\(method)\" (in \"\(text)\")",
      notes: ["methods: " + known.joined(separator: ", ")],
      help: [Suggestion.sentence(for: method, among: known)].compactMap { $0 }
    )
  }

  package static func unknownSelectorValue(
    _ value: String,
    method: String,
    known: [String],
    in text: String
  ) -> Diagnostic {
    Diagnostic(
      code: "invalid-selector",
      "\"\(value)\" is no value for the selector method \"\(method)\" (in \"\(text)\")",
      notes: ["values: " + known.joined(separator: ", ")],
      help: [Suggestion.sentence(for: value, among: known)].compactMap { $0 }
    )
  }

  package static func selectorNeedsState(
    _ text: String,
    _ method: String,
    missing: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      code: "selector-needs-state",
      missing.map { "\"\(text)\" compares with an earlier run, and there is no \($0)" }
        ?? "\"\(text)\" compares with an earlier run, and none is given",
      notes: missing == nil ? ["\"\(method):\" needs the artifacts of an earlier run"] : [],
      help: ["--state DIR, or DBT_STATE, names the folder with an earlier run's artifacts"]
    )
  }

  static func selectorDefinition(
    _ name: String,
    _ reason: String,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "invalid-selectors-file",
      "cannot read the selector \"\(name)\": \(reason)",
      at: range,
      help: [
        "as in definition: {union: [tag:nightly, {method: fqn, value: orders, parents: true}]}"
      ]
    )
  }

  package static func unknownSelector(_ name: String, known: [String]) -> Diagnostic {
    Diagnostic(
      code: "unknown-selector",
      "there is no selector \"\(name)\" in selectors.yml",
      notes: known.isEmpty ? [] : ["selectors: " + known.joined(separator: ", ")],
      help: [Suggestion.sentence(for: name, among: known)].compactMap { $0 }
    )
  }

  static func nothingSelected(_ criterion: String, nearest: String?) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "nothing-selected",
      "the selector \"\(criterion)\" matches nothing",
      help: [nearest ?? "\"redstart ls\" lists what there is"]
    )
  }
}
