import Diagnostics

/// What tables, functions and merges may not be.
extension Diagnostic {
  private static func refused(
    _ message: String,
    at range: TextRange,
    label: String = "",
    help: String
  ) -> Diagnostic {
    Diagnostic(
      code: "redshift-unsupported",
      message,
      at: range,
      label: label,
      help: [help]
    )
  }

  // MARK: Tables

  static func droppedAsAnother(_ kind: Drop.Kind, _ known: CatalogRelation, at range: TextRange)
    -> Diagnostic
  {
    var diagnostic = Diagnostic(
      code: "relation-kind",
      "\(known.shownName) is a \(known.kind.rawValue), not a \(kind.rawValue)",
      at: range,
      help: ["write DROP \(known.kind.rawValue.uppercased())"]
    )
    if let first = known.range { diagnostic.labels.append(Label(first, "made here")) }
    return diagnostic
  }

  static func cannotAdd(_ what: String, at range: TextRange) -> Diagnostic {
    refused(
      "Redshift cannot add \(what) to a table",
      at: range,
      help: "add the column without it; keys can be added by ADD CONSTRAINT, an identity only with"
        + " a new table"
    )
  }

  static func lengthOfColumnStays(
    _ column: CatalogColumn,
    because reason: String,
    at range: TextRange
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "resize-refused",
      "Redshift does not resize \"\(column.name)\", which \(reason)",
      at: range,
      help: ["add a column, copy the values, drop the old one and rename"]
    )
    if let defined = column.range { diagnostic.labels.append(Label(defined, "defined here")) }
    return diagnostic
  }

  static func distributionKeyTwice(at range: TextRange, first: TextRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "distribution-conflict",
      "a table has one distribution key",
      at: range,
      label: "a second one"
    )
    diagnostic.labels.append(Label(first, "the first one"))
    return diagnostic
  }

  static func distributionConflict(at range: TextRange, key: TextRange) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "distribution-conflict",
      "a distribution key goes with DISTSTYLE KEY only",
      at: range,
      help: ["leave out DISTSTYLE, or the key"]
    )
    diagnostic.labels.append(Label(key, "the key"))
    return diagnostic
  }

  static func appendColumn(
    _ column: String,
    of owner: CatalogRelation,
    notIn other: CatalogRelation,
    _ option: String,
    _ range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "append-columns",
      "column \"\(column)\" of \(owner.shownName) is not in \(other.shownName)",
      at: range,
      label: "APPEND needs the same columns in both",
      help: ["write \(option) behind the table"]
    )
  }

  static func appendType(
    _ column: CatalogColumn,
    _ other: CatalogColumn,
    from source: CatalogRelation,
    to target: CatalogRelation,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "append-columns",
      "column \"\(column.name)\" is \(column.type.spelling) in \(source.shownName) and"
        + " \(other.type.spelling) in \(target.shownName)",
      at: range,
      label: "APPEND needs the same types in both",
      help: ["INSERT the rows with a cast"]
    )
  }

  // MARK: Rows

  static func assignedWithTable(_ name: ObjectName) -> Diagnostic {
    refused(
      "Redshift takes no table in front of a column behind SET",
      at: name.range,
      help: "write \(name.last) alone"
    )
  }

  static func mergeCondition(at range: TextRange) -> Diagnostic {
    refused(
      "Redshift's MERGE has no conditions behind WHEN",
      at: range,
      help: "filter the rows of the source in a table before, or use CASE in the values"
    )
  }

  static func mergeBranchTwice(at range: TextRange) -> Diagnostic {
    refused(
      "Redshift's MERGE has one WHEN MATCHED and one WHEN NOT MATCHED",
      at: range,
      label: "a second one",
      help: "write several statements"
    )
  }

  static func mergeBranchMissing(isMatched: Bool, at range: TextRange) -> Diagnostic {
    refused(
      "Redshift's MERGE needs \(isMatched ? "WHEN MATCHED" : "WHEN NOT MATCHED"), too",
      at: range,
      label: "the only branch",
      help: isMatched
        ? "use INSERT … SELECT … WHERE NOT EXISTS (…)" : "use UPDATE … FROM or DELETE … USING"
    )
  }

  // MARK: Functions

  static func namedArgument(_ name: Identifier, at range: TextRange) -> Diagnostic {
    refused(
      "arguments of a function in SQL have types and no names",
      at: range,
      label: "named \"\(name.text)\"",
      help: "write the type alone, and $1, $2 … for the arguments"
    )
  }

  static func volatilityMissing(at range: TextRange) -> Diagnostic {
    refused(
      "a function needs VOLATILE, STABLE or IMMUTABLE",
      at: range,
      help: "say IMMUTABLE where the result depends on the arguments alone"
    )
  }

  static func functionReadsTable(at range: TextRange) -> Diagnostic {
    refused(
      "a function in SQL cannot read tables",
      at: range,
      help: "join the table in the query that calls it"
    )
  }
}
