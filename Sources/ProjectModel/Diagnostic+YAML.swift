import Diagnostics

extension Diagnostic {
  static func yamlSyntax(
    _ problem: YAMLProblem,
    at range: TextRange,
    context: TextRange?
  ) -> Diagnostic {
    let place = problem.pointsAtStart ? context ?? range : range
    return Diagnostic(code: "yaml-syntax", problem.message, at: place, help: problem.help)
  }

  static func yamlUnexpected(at range: TextRange) -> Diagnostic {
    Diagnostic(code: "yaml-syntax", "this is not where YAML can go on", at: range)
  }

  static func severalDocuments(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "yaml-syntax",
      "a second document starts here",
      at: range,
      label: "one document is expected",
      help: ["take out the line \"---\", or split the file"]
    )
  }

  static func keyNotScalar(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "yaml-syntax",
      "a list or mapping stands where a key is expected",
      at: range,
      help: ["put quotes around a value that starts with a template: `key: \"{{ … }}\"`"]
    )
  }

  static func unknownAlias(_ name: String, known: [String], at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "yaml-syntax",
      "no anchor \"&\(name)\" stands before this alias",
      at: range,
      help: [
        Suggestion.sentence(for: name, among: known)
          ?? "put quotes around a value that starts with \"*\""
      ]
    )
  }

  static func recursiveAlias(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(code: "yaml-syntax", "\"*\(name)\" stands inside of what it repeats", at: range)
  }

  static func mergeNotMapping(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "yaml-syntax",
      "\"<<\" takes over the keys of a mapping, or of a list of mappings",
      at: range
    )
  }

  static func unknownYAMLTag(_ tag: String, at range: TextRange) -> Diagnostic {
    let prefix = "tag:yaml.org,2002:"
    let short = tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.utf8.count) : tag
    return Diagnostic(
      code: "yaml-syntax",
      "the tag \"\(short)\" is not allowed here",
      at: range,
      help: ["take it out, or put quotes around a value that starts with \"!\""]
    )
  }

  static func unreadableTaggedScalar(
    _ text: String,
    tag: String,
    at range: TextRange
  ) -> Diagnostic {
    let type = tag.split(separator: ":").last.map(String.init) ?? tag
    return Diagnostic(code: "yaml-syntax", "\"\(text)\" is no \(type)", at: range)
  }

  static func yamlTooLarge(_ how: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "yaml-too-large",
      "this document is \(how)",
      at: range,
      help: ["write out less with aliases, or split the file"]
    )
  }

  static func duplicateKey(_ key: String, at range: TextRange, first: TextRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      .warning,
      code: "duplicate-key",
      "the key \"\(key)\" is there twice",
      at: range,
      label: "this one counts",
      help: ["keep one of the two"]
    )
    diagnostic.labels.append(Label(first, "this one is lost"))
    return diagnostic
  }
}
