import Diagnostics

/// What values, functions, aggregates and windows may not be.
extension Diagnostic {
  // MARK: Types

  static func notBoolean(_ clause: String, _ type: SQLType, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "not-a-condition",
      "\(clause) needs a condition, but this is \(type.spelling)",
      at: range,
      label: type.spelling,
      help: ["compare it with something"]
    )
  }

  static func typesNotComparable(
    _ first: SQLType,
    _ second: SQLType,
    at range: TextRange,
    isJoin: Bool
  ) -> Diagnostic {
    Diagnostic(
      code: isJoin ? "join-type-mismatch" : "type-mismatch",
      "\(first.spelling) and \(second.spelling) cannot be compared",
      at: range,
      label: "\(first.spelling) and \(second.spelling)",
      help: ["cast one of them"]
    )
  }

  static func literalDoesNotFit(_ value: String, _ type: SQLType, at range: TextRange)
    -> Diagnostic
  {
    Diagnostic(
      code: "type-mismatch",
      "the text '\(value.prefix(40))' stands where a value of type \(type.spelling) is needed",
      at: range,
      label: "cannot be read as \(type.spelling)"
    )
  }

  static func doubledEqualSign(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unknown-operator",
      "SQL has no operator ==",
      at: range,
      help: ["write ="]
    )
  }

  static func noArithmetic(_ first: SQLType, _ second: SQLType, at range: TextRange)
    -> Diagnostic
  {
    Diagnostic(
      code: "type-mismatch",
      "there is no such operator for \(first.spelling) and \(second.spelling)",
      at: range,
      label: "\(first.spelling) and \(second.spelling)"
    )
  }

  static func noSign(_ type: SQLType, at range: TextRange, what: String = "a sign") -> Diagnostic {
    Diagnostic(
      code: "type-mismatch",
      "\(type.spelling) cannot have \(what)",
      at: range,
      label: "needs a number, but this is \(type.spelling)"
    )
  }

  static func numberTooLarge(_ type: SQLType, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "type-mismatch",
      "the number is too large for \(type.spelling)",
      at: range,
      label: "out of range",
      help: ["use a larger type, as BIGINT"]
    )
  }

  static func limitType(_ clause: String, _ type: SQLType, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "type-mismatch",
      "\(clause) needs a number, but this is \(type.spelling)",
      at: range,
      label: type.spelling
    )
  }

  static func limitOfColumn(_ clause: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unknown-column",
      "\(clause) cannot depend on a column",
      at: range,
      label: "the same number for the whole query is needed",
      help: ["number the rows with ROW_NUMBER, and filter by that"]
    )
  }

  static func patternOnType(_ type: SQLType, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "type-mismatch",
      "LIKE needs text, but this is \(type.spelling)",
      at: range,
      label: type.spelling,
      help: ["cast it to VARCHAR"]
    )
  }

  static func longEscape(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "type-mismatch",
      "ESCAPE takes one character",
      at: range,
      label: "more than one",
      help: ["with ESCAPE '' no character escapes; without ESCAPE the backslash does"]
    )
  }

  static func resultTypes(
    _ what: String,
    _ first: SQLType,
    _ second: SQLType,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "type-mismatch",
      "the results of \(what) are of types that do not go together: \(first.spelling) and"
        + " \(second.spelling)",
      at: range,
      label: "\(second.spelling), after \(first.spelling)",
      help: ["cast them to one type"]
    )
  }

  static func unpivotTypes(_ first: SQLType, _ second: SQLType, at range: TextRange)
    -> Diagnostic
  {
    Diagnostic(
      code: "type-mismatch",
      "the columns of UNPIVOT must be of one type: \(first.spelling) and \(second.spelling)",
      at: range,
      label: second.spelling
    )
  }

  static func cannotCast(_ type: SQLType, _ target: SQLType, at range: TextRange) -> Diagnostic {
    let help: [String] =
      switch (type.family, target.family) {
      case (.boolean, .text): ["write CASE WHEN … THEN 'true' ELSE 'false' END"]
      case (.number, .moment):
        ["write timestamp 'epoch' + seconds * interval '1 second', or TO_DATE(text, format)"]
      case (.moment, .number): ["write EXTRACT(epoch FROM …), or TO_CHAR(…, 'YYYYMMDD')::int"]
      default: []
      }
    return Diagnostic(
      code: "impossible-cast",
      "\(type.spelling) cannot be cast to \(target.spelling)",
      at: range,
      help: help
    )
  }

  // MARK: Functions

  static func unknownFunction(_ name: Identifier) -> Diagnostic {
    Diagnostic(
      code: "unknown-function",
      "there is no function \(name.text)",
      at: name.range,
      label: "unknown function",
      help: Suggestion.sentence(for: name.text, among: FunctionTable.signatures.keys).map { [$0] }
        ?? []
    )
  }

  static func droppedFunction(_ name: ObjectName, _ drop: TextRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "unknown-function",
      "there is no function \(name.relation.description) any more",
      at: name.range,
      label: "unknown function"
    )
    diagnostic.labels.append(Label(drop, "dropped here"))
    return diagnostic
  }

  /// A warning: somebody may have made another function of the name by hand.
  static func userFunctionArguments(
    _ name: ObjectName,
    _ given: Int,
    _ known: Set<Int>
  ) -> Diagnostic {
    let counts = known.sorted().map { String($0) }.joined(separator: " or ")
    return Diagnostic(
      .warning,
      code: "function-argument-count",
      "\(name.relation.description) takes \(counts) argument\(known == [1] ? "" : "s"), not \(given)",
      at: name.range,
      label: given < (known.min() ?? 0) ? "too few: Redshift knows no defaults" : "too many"
    )
  }

  static func foreignFunction(_ name: Identifier, instead: String) -> Diagnostic {
    Diagnostic(
      code: "unknown-function",
      "Redshift has no function \(name.text)",
      at: name.range,
      label: "not a function of Redshift",
      help: [instead]
    )
  }

  static func undeclaredFunction(_ name: Identifier) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "undeclared-function",
      "the function \(name.text) is neither Redshift's nor made by a migration",
      at: name.range,
      label: "cannot be checked",
      help: ["create it in a migration, or name it with its schema"]
    )
  }

  static func argumentCount(
    _ name: String,
    _ count: Int,
    from: Int,
    to: Int?,
    at range: TextRange
  ) -> Diagnostic {
    let wanted =
      switch to {
      case nil: "at least \(from)"
      case from?: "\(from)"
      case let to?: "\(from) to \(to)"
      }
    return Diagnostic(
      code: "argument-count",
      "\(name) takes \(wanted) argument\(wanted == "1" ? "" : "s"), not \(count)",
      at: range
    )
  }

  static func argumentType(_ name: String, _ wanted: String, _ type: SQLType, _ range: TextRange)
    -> Diagnostic
  {
    Diagnostic(
      code: "argument-type",
      "\(name) needs \(wanted) here, but this is \(type.spelling)",
      at: range,
      label: type.spelling
    )
  }

  static func unknownDatePart(_ word: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unknown-date-part",
      "\"\(word)\" is not a part of a date",
      at: range,
      label: "expected year, quarter, month, week, day, hour, minute, second …"
    )
  }

  static func objectWithoutValue(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "argument-count",
      "OBJECT takes pairs of a name and a value",
      at: range,
      label: "a name without a value"
    )
  }

  // MARK: Forms

  static func topWithLimit(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "top-with-limit",
      "TOP and LIMIT cannot stand in one query",
      at: range,
      help: ["leave one of them out"]
    )
  }

  static func frameEndsBeforeStart(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "frame-order",
      "the frame of the window ends before it starts",
      at: range,
      help: ["put the earlier bound first: ROWS BETWEEN 1 PRECEDING AND CURRENT ROW"]
    )
  }

  static func frameOfColumns(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "frame-offset",
      "the frame of a window has as many rows everywhere, so that no column can say how many",
      at: range,
      help: ["write the number of rows: ROWS 3 PRECEDING"]
    )
  }

  static func recursionWithoutAll(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "redshift-unsupported",
      "Redshift joins the parts of a recursive table with UNION ALL only",
      at: range,
      help: ["write UNION ALL, and end the recursion by a condition"]
    )
  }

  static func qualifyWithoutAlias(at range: TextRange, _ qualify: TextRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "redshift-unsupported",
      "a table right in front of QUALIFY needs an alias",
      at: range,
      label: "Redshift takes QUALIFY for its alias",
      help: ["give it one: FROM orders AS o QUALIFY …"]
    )
    diagnostic.labels.append(Label(qualify, "QUALIFY"))
    return diagnostic
  }

  // MARK: Aggregates and windows

  static func notGrouped(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "not-grouped",
      "column \"\(name)\" is neither grouped nor inside of an aggregate",
      at: range,
      label: "which of the group's values?",
      help: ["add it to GROUP BY, or take an aggregate such as MAX(\(name))"]
    )
  }

  static func aggregateNotAllowed(_ name: String, _ clause: String, at range: TextRange)
    -> Diagnostic
  {
    Diagnostic(
      code: "aggregate-not-allowed",
      "\(name) cannot stand in \(clause)",
      at: range,
      label: "an aggregate",
      help: clause == "WHERE" ? ["move the condition to HAVING"] : []
    )
  }

  static func windowNotAllowed(_ name: String, _ clause: String, at range: TextRange)
    -> Diagnostic
  {
    Diagnostic(
      code: "window-not-allowed",
      "the window function \(name) cannot stand in \(clause)",
      at: range,
      label: "a window function",
      help: ["filter by it with QUALIFY, or in a query around this one"]
    )
  }

  static func windowNeedsOver(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "window-needs-over",
      "\(name) is a window function and needs OVER (…)",
      at: range
    )
  }

  static func orderNeeded(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "order-needed",
      "\(name) needs WITHIN GROUP (ORDER BY …)",
      at: range,
      label: "in which order?"
    )
  }

  static func notAWindowFunction(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "not-a-window-function",
      "\(name) is neither an aggregate nor a window function, and takes no OVER",
      at: range
    )
  }

  static func nestedAggregate(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "nested-aggregate",
      "\(name) stands inside of another aggregate",
      at: range,
      help: ["compute the inner one in a subquery"]
    )
  }
}
