package import Diagnostics

extension Diagnostic {
  static func integerDivision(at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "integer-division",
      "both sides are whole numbers, so the fraction is cut off",
      at: range,
      label: "1 / 2 is 0",
      help: ["cast one side: a::decimal(18,4) / b; or say that you mean it: FLOOR(a / b)"]
    )
  }

  /// Text and a number that are compared.
  static func implicitConversion(_ first: SQLType, _ second: SQLType, at range: TextRange)
    -> Diagnostic
  {
    let (text, number) = first.family == .text ? (first, second) : (second, first)
    guard case .decimal = number else {
      return Diagnostic(
        .warning,
        code: "implicit-conversion",
        "\(text.spelling) is compared with \(number.spelling) as text: '05' is not '5', and '10'"
          + " comes before '9'",
        at: range,
        label: "Redshift makes the \(number.spelling) a text",
        help: ["cast the text to \(number.spelling), or compare it with a text: '1'"]
      )
    }
    return Diagnostic(
      .warning,
      code: "implicit-conversion",
      "\(text.spelling) meets \(number.spelling) without a cast: one row whose text is no number"
        + " fails the query",
      at: range,
      label: "Redshift reads the text as a decimal",
      help: ["cast the text to \(number.spelling), or the number to a text"]
    )
  }

  /// Text and a number that are computed with.
  static func textInArithmetic(_ first: SQLType, _ second: SQLType, at range: TextRange)
    -> Diagnostic
  {
    let (text, number) = first.family == .text ? (first, second) : (second, first)
    return Diagnostic(
      .warning,
      code: "implicit-conversion",
      "\(text.spelling) is computed with \(number.spelling) without a cast",
      at: range,
      label: "text beside a number",
      help: ["cast the text to \(number.spelling)"]
    )
  }

  static func textWithSign(_ type: SQLType, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "implicit-conversion",
      "\(type.spelling) is taken for a number without a cast",
      at: range,
      label: "a sign before text",
      help: ["cast the text to the number that it is"]
    )
  }

  static func textInAggregate(_ name: String, _ type: SQLType, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "implicit-conversion",
      "\(name.uppercased()) takes \(type.spelling) for a number without a cast",
      at: range,
      label: "one row whose text is no number fails the query",
      help: ["cast the text to the number that it is"]
    )
  }

  static func sortKeyInExpression(_ column: String, _ table: RelationName, at range: TextRange)
    -> Diagnostic
  {
    Diagnostic(
      .warning,
      code: "sort-key-in-expression",
      "the sort key \"\(column)\" of \(table.identifier) is inside of an expression, so the whole"
        + " table is read",
      at: range,
      label: "no blocks can be skipped",
      help: ["compare the column itself with a range: \(column) >= … AND \(column) < …"]
    )
  }

  static func correlation(_ what: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "unsupported-correlation",
      "Redshift cannot run this correlated subquery: it \(what)",
      at: range,
      help: ["join with a grouped subquery, or use a window function"]
    )
  }

  static func joinRedistributes(
    _ first: RelationName,
    _ second: RelationName,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "join-redistributes",
      "\(first.identifier) and \(second.identifier) are joined by other columns than they are"
        + " distributed by",
      at: range,
      label: "rows move between nodes",
      help: ["distribute both by the columns that join them, or the smaller one with DISTSTYLE ALL"]
    )
  }

  static func leaderNodeOnly(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "leader-node-only",
      "\(name) runs on Redshift's leader node only, not with tables of yours",
      at: range,
      label: "fails on a cluster",
      help: ["now", "current_timestamp", "localtimestamp", "current_time"].contains(name)
        ? ["use GETDATE() or SYSDATE"] : []
    )
  }

  static func crossJoin(at range: TextRange, with other: TextRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      .warning,
      code: "implicit-cross-join",
      "nothing connects this table with the others: every row meets every row",
      at: range,
      label: "not joined",
      help: ["add the condition that joins them, or write CROSS JOIN if you mean it"]
    )
    diagnostic.labels.append(Label(other, "joined with this"))
    return diagnostic
  }

  static func unionOfDisjoint(at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "union-all-would-do",
      "the two queries can have no row in common, but UNION looks for such rows",
      at: range,
      help: ["write UNION ALL, unless one of them gives a row twice"]
    )
  }

  static func varcharMaximum(at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "varchar-max",
      "VARCHAR(MAX) makes Redshift reserve 65,535 bytes for each value in memory",
      at: range,
      help: ["give the length that the values have"]
    )
  }

  static func interleavedSortKey(at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "interleaved-sort-key",
      "an interleaved sort key needs VACUUM REINDEX, and rarely pays",
      at: range,
      help: ["use a compound sort key with the column that you filter by first"]
    )
  }

  static func skewedDistributionKey(_ column: String, _ type: SQLType, at range: TextRange)
    -> Diagnostic
  {
    Diagnostic(
      .warning,
      code: "skewed-distribution-key",
      "the distribution key \"\(column)\" is \(type.spelling), which has few values at a time",
      at: range,
      label: "few nodes do the work",
      help: ["distribute by a column with many values that you join by"]
    )
  }

  package static func reservedName(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "reserved-word",
      "\"\(name)\" is a reserved word of Redshift",
      at: range,
      label: "has to be quoted everywhere",
      help: ["take another name, or quote it"]
    )
  }
}
