import Diagnostics

/// What the parser wanted at a token and did not find.
struct SyntaxFailure: Error {
  var token: SQLToken
  /// What would have been right, as `a table name` or `"FROM"`.
  var expected: String
  var help: String?
}

extension Diagnostic {
  static func syntax(
    expected: String,
    found: String,
    at range: TextRange,
    help: [String]
  ) -> Diagnostic {
    Diagnostic(
      code: "sql-syntax",
      "syntax error: expected \(expected), found \(found)",
      at: range,
      label: "expected \(expected)",
      help: help
    )
  }

  static func unterminated(_ what: String, at range: TextRange, closing: String) -> Diagnostic {
    Diagnostic(
      code: "sql-syntax",
      "syntax error: the \(what) that starts here does not end",
      at: range,
      label: "starts here",
      help: ["close it with \(closing)"]
    )
  }

  static func nestedTooDeeply(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "sql-syntax",
      "syntax error: expressions and queries are nested too deeply",
      at: range,
      label: "more than \(SQLParser.maximumDepth) levels here",
      help: ["split the query into common table expressions"]
    )
  }

  static func unknownStatement(_ word: String, at range: TextRange, help: String) -> Diagnostic {
    Diagnostic(
      code: "sql-syntax",
      "syntax error: no statement starts with \"\(word)\"",
      at: range,
      label: "not the start of a statement",
      help: [help]
    )
  }

  // MARK: COPY

  static func unknownCopyOption(_ word: String, at range: TextRange, help: String?) -> Diagnostic {
    Diagnostic(
      code: "copy-unknown-option",
      "COPY has no option \(word)",
      at: range,
      label: "unknown option",
      help: help.map { [$0] } ?? []
    )
  }

  static func copyConflict(
    _ option: String,
    at range: TextRange,
    with other: String,
    at otherRange: TextRange
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "copy-option-conflict",
      option == other
        ? "COPY takes \(option) only once"
        : "COPY does not allow \(option) together with \(other)",
      at: range,
      label: "\(option) here",
      help: ["remove one of them"]
    )
    diagnostic.labels.append(Label(otherRange, "\(other) here"))
    return diagnostic
  }

  static func copyValue(
    _ option: String,
    at range: TextRange,
    expected: String
  ) -> Diagnostic {
    Diagnostic(
      code: "copy-invalid-value",
      "the value of \(option) is not valid",
      at: range,
      label: "expected \(expected)"
    )
  }

  static func copySource(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "copy-invalid-value",
      "COPY does not know this kind of source",
      at: range,
      label: "expected an address such as 's3://bucket/prefix'"
    )
  }

  // MARK: UNLOAD

  static func unknownUnloadOption(
    _ word: String,
    at range: TextRange,
    help: String?
  ) -> Diagnostic {
    Diagnostic(
      code: "unload-unknown-option",
      "UNLOAD has no option \(word)",
      at: range,
      label: "unknown option",
      help: help.map { [$0] } ?? []
    )
  }

  static func unloadConflict(
    _ option: String,
    at range: TextRange,
    with other: String,
    at otherRange: TextRange
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "unload-option-conflict",
      option == other
        ? "UNLOAD takes \(option) only once"
        : "UNLOAD does not allow \(option) together with \(other)",
      at: range,
      label: "\(option) here",
      help: ["remove one of them"]
    )
    diagnostic.labels.append(Label(otherRange, "\(other) here"))
    return diagnostic
  }

  static func unloadValue(
    _ option: String,
    at range: TextRange,
    expected: String
  ) -> Diagnostic {
    Diagnostic(
      code: "unload-invalid-value",
      "the value of \(option) is not valid",
      at: range,
      label: "expected \(expected)"
    )
  }

  // MARK: Whole buffers

  static func modelIsEmpty(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "model-not-a-query",
      "the model holds no query",
      at: range,
      help: ["write one SELECT statement"]
    )
  }

  static func modelIsNoQuery(_ what: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "model-not-a-query",
      "a model is one query, but this is \(what)",
      at: range,
      label: "not a query",
      help: ["keep the SELECT only; the materialization creates the table or view"]
    )
  }

  static func modelHasSeveralStatements(at range: TextRange, first: TextRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "model-not-a-query",
      "a model is one query, but this one has several statements",
      at: range,
      label: "second statement",
      help: ["remove it, or move it to a pre_hook or post_hook"]
    )
    diagnostic.labels.append(Label(first, "first statement"))
    return diagnostic
  }

  // MARK: Translation to PostgreSQL

  static func localIgnored(_ what: String, at range: TextRange, why: String) -> Diagnostic {
    Diagnostic(
      .note,
      code: "local-ignored",
      "\(what) has no effect on the local warehouse",
      at: range,
      label: why
    )
  }

  static func localUnsupported(
    _ what: String,
    at range: TextRange,
    help: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      code: "local-unsupported",
      "\(what) cannot run on the local warehouse",
      at: range,
      help: help.map { [$0] } ?? []
    )
  }

  static func redshiftRejects(_ what: String, at range: TextRange, help: String) -> Diagnostic {
    Diagnostic(
      code: "redshift-unsupported",
      "Redshift does not have \(what)",
      at: range,
      help: [help]
    )
  }
}
