import Diagnostics

extension Diagnostic {
  static func invalidSelector(_ text: String, reason: String) -> Diagnostic {
    Diagnostic(
      code: "invalid-selector",
      "cannot read the selector \"\(text)\": \(reason)",
      help: ["as in \"+songplays\", \"tag:nightly,staging.*\" or \"2+songplays+1\""]
    )
  }

  static func unknownSelectorMethod(_ method: String, in text: String) -> Diagnostic {
    let known = SelectionMethod.allCases.map(\.rawValue)
    return Diagnostic(
      code: "unknown-selector-method",
      "there is no selector method \"\(method)\" (in \"\(text)\")",
      notes: ["methods: " + known.joined(separator: ", ")],
      help: [Suggestion.sentence(for: method, among: known)].compactMap { $0 }
    )
  }

  static func unknownSelectorValue(
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

  static func selectorNeedsState(_ text: String, _ method: String) -> Diagnostic {
    Diagnostic(
      code: "selector-needs-state",
      "\"\(text)\" compares with an earlier run, and none is given",
      notes: ["\"\(method):\" needs the artifacts of an earlier run"],
      help: ["select by name, path, tag or config instead"]
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
