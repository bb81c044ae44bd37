import Diagnostics

extension Diagnostic {
  static func notPartOfJoin(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unknown-table-name",
      "the condition of a join names \"\(name)\", which is not part of the join",
      at: range,
      label: "in sight of WHERE, but not of ON",
      help: ["join it with JOIN, too, instead of a comma; or write the condition into WHERE"]
    )
  }

  // MARK: Names

  static func unknownColumn(
    _ name: Identifier,
    tables: [ScopeTable],
    near: [String],
    removal: CatalogRelation.Removal?
  ) -> Diagnostic {
    let named = tables.compactMap(\.name)
    let place =
      switch named.count {
      case 0: "the tables in FROM"
      case 1: named[0]
      default: "any of \(named.joined(separator: ", "))"
      }
    var diagnostic = Diagnostic(
      code: "unknown-column",
      "column \"\(name.text)\" does not exist in \(place)",
      at: name.range,
      label: named.count == 1 ? "not a column of \(place)" : "no such column",
      help: Suggestion.sentence(for: name.text, among: near).map { [$0] } ?? []
    )
    switch removal?.kind {
    case .dropped?:
      diagnostic.labels.append(contentsOf: removal.map { [Label($0.range, "dropped here")] } ?? [])
    case .renamed(let new)?:
      diagnostic.labels.append(contentsOf: removal.map { [Label($0.range, "renamed here")] } ?? [])
      diagnostic.help = ["its name is \"\(new)\" now"]
    case nil: break
    }
    if diagnostic.help.isEmpty, name.isQuoted {
      diagnostic.help = ["text stands in single quotes: '\(name.text)'"]
    }
    if diagnostic.help.isEmpty, named.count == 1, let table = tables.first, !table.columns.isEmpty {
      let names = table.columns.prefix(12).map(\.name).joined(separator: ", ")
      diagnostic.help = [
        "\(place) has \(names)\(table.columns.count > 12 ? ", …" : "")"
      ]
    }
    return diagnostic
  }

  static func columnWithoutTable(_ name: Identifier) -> Diagnostic {
    Diagnostic(
      code: "unknown-column",
      "column \"\(name.text)\" cannot exist in a query without FROM",
      at: name.range,
      label: "no table to look in",
      help: ["add FROM, or quote it as text: '\(name.text)'"]
    )
  }

  static func ambiguousColumn(_ name: Identifier, tables: [ScopeTable]) -> Diagnostic {
    if tables.count == 1, let table = tables.first {
      var diagnostic = Diagnostic(
        code: "ambiguous-column",
        "\(table.name ?? "the subquery") has several columns named \"\(name.text)\"",
        at: name.range,
        label: "which one?",
        help: ["give each of them a name of its own"]
      )
      diagnostic.labels.append(Label(table.range, "has \"\(name.text)\" more than once"))
      return diagnostic
    }
    let names = tables.map { $0.name ?? "a subquery" }
    let example = names.first.map { "\($0).\(name.text)" } ?? name.text
    var diagnostic = Diagnostic(
      code: "ambiguous-column",
      "column \"\(name.text)\" is in several tables: \(names.joined(separator: ", "))",
      at: name.range,
      label: "which one?",
      help: ["say which: \(example)"]
    )
    for table in tables.prefix(3) {
      diagnostic.labels.append(Label(table.range, "has \"\(name.text)\""))
    }
    return diagnostic
  }

  static func ambiguousOutput(
    _ name: Identifier,
    first: TextRange,
    second: TextRange
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "ambiguous-column",
      "two columns of the select list are named \"\(name.text)\"",
      at: name.range,
      label: "which one?",
      help: ["give one of them another alias, or order by its position"]
    )
    diagnostic.labels += [Diagnostic.Label(first, "this"), Diagnostic.Label(second, "or this")]
    return diagnostic
  }

  static func unknownTableName(_ name: Identifier, known: [String]) -> Diagnostic {
    Diagnostic(
      code: "unknown-table-name",
      "there is no table \"\(name.text)\" in FROM",
      at: name.range,
      label: "not a table of this query",
      help: Suggestion.sentence(for: name.text, among: known).map { [$0] }
        ?? (known.isEmpty ? [] : ["FROM has \(known.prefix(8).joined(separator: ", "))"])
    )
  }

  static func duplicateTableName(
    _ name: String,
    in clause: String = "FROM",
    at range: TextRange,
    other: TextRange
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "duplicate-table-name",
      "the name \"\(name)\" stands for two tables in one \(clause)",
      at: range,
      label: "second \"\(name)\"",
      help: [clause == "FROM" ? "give one of them another alias" : "rename one of them"]
    )
    diagnostic.labels.append(Label(other, "first \"\(name)\""))
    return diagnostic
  }

  static func unknownRelation(
    _ name: ObjectName,
    near: [String],
    removal: SymbolicCatalog.Removal?
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "unknown-relation",
      "relation \"\(name.relation.description)\" does not exist",
      at: name.range,
      label: "no migration, model, seed or source makes it",
      help: Suggestion.sentence(for: name.last, among: near).map { [$0] } ?? []
    )
    if let removal {
      if let new = removal.newName {
        diagnostic.labels.append(Label(removal.range, "renamed here"))
        diagnostic.help = ["its name is \"\(new.description)\" now"]
      } else {
        diagnostic.labels.append(Label(removal.range, "dropped here"))
      }
    }
    return diagnostic
  }

  static func undeclaredRelation(_ name: ObjectName, near: [String]) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "undeclared-relation",
      "relation \"\(name.relation.description)\" is not declared anywhere in the project",
      at: name.range,
      label: "its columns cannot be checked",
      help: Suggestion.sentence(for: name.last, among: near).map { [$0] }
        ?? ["declare it as a source and name it with source(), or create it in a migration"]
    )
  }

  static func notNavigable(_ step: Identifier, _ type: SQLType) -> Diagnostic {
    Diagnostic(
      code: "not-navigable",
      "\"\(step.text)\" steps into a value of type \(type.spelling)",
      at: step.range,
      label: "only SUPER values have attributes",
      help: ["if the value holds JSON text, use JSON_PARSE or JSON_EXTRACT_PATH_TEXT"]
    )
  }

  static func priorOutsideHierarchy(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "prior-without-connect-by",
      "PRIOR names the row above, and there is none without CONNECT BY",
      at: range
    )
  }

  static func notUnnestable(_ type: SQLType, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "not-navigable",
      "UNNEST takes the elements of a value of type \(type.spelling)",
      at: range,
      label: "only SUPER values have elements",
      help: ["if the value holds JSON text, use JSON_PARSE"]
    )
  }

  static func notSubscriptable(_ type: SQLType, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "not-navigable",
      "[…] looks into a value of type \(type.spelling)",
      at: range,
      label: "only SUPER values have elements",
      help: ["if the value holds JSON text, use JSON_PARSE; for a part of a text, SUBSTRING"]
    )
  }

  static func notElements(_ type: SQLType, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "not-navigable",
      "FROM looks for elements in a value of type \(type.spelling)",
      at: range,
      label: "only SUPER values have elements",
      help: ["if the value holds JSON text, use JSON_PARSE in a subquery"]
    )
  }

  static func starWithoutTable(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "star-without-table",
      "* needs a table in FROM",
      at: range,
      label: "nothing to expand"
    )
  }

  static func usingColumnMissing(
    _ name: String,
    at range: TextRange,
    _ tables: [ScopeTable]
  ) -> Diagnostic {
    let names = tables.compactMap(\.name).joined(separator: ", ")
    return Diagnostic(
      code: "unknown-column",
      "column \"\(name)\" of USING does not exist in \(names.isEmpty ? "one side" : names)",
      at: range,
      label: "must be a column of both sides",
      help: Suggestion.sentence(for: name, among: tables.flatMap { $0.columns.map(\.name) })
        .map { [$0] } ?? []
    )
  }

  static func ambiguousUsing(_ name: String, at range: TextRange, tables: [ScopeTable])
    -> Diagnostic
  {
    let owners = tables.filter { $0.index(of: name) != nil }.compactMap(\.name)
    return Diagnostic(
      code: "ambiguous-column",
      "column \"\(name)\" of the join is in several tables of one side:"
        + " \(owners.joined(separator: ", "))",
      at: range,
      help: ["join with ON instead"]
    )
  }

  // MARK: Shapes

  static func columnAliasCount(_ name: Identifier, aliases: Int, columns: Int) -> Diagnostic {
    Diagnostic(
      code: "column-alias-count",
      "\"\(name.text)\" names \(aliases) columns, but its query has \(columns)",
      at: name.range
    )
  }

  static func valuesArity(_ count: Int, expected: Int, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "values-count",
      "this row has \(count) values, the first one has \(expected)",
      at: range
    )
  }

  static func setArity(
    _ range: TextRange,
    first: Int,
    second: Int,
    name: String
  ) -> Diagnostic {
    Diagnostic(
      code: "set-column-count",
      "\(name) needs the same number of columns on both sides: \(first) and \(second)",
      at: range,
      label: "\(first) columns before, \(second) after"
    )
  }

  static func setTypes(
    _ first: DerivedTable.Column,
    _ second: DerivedTable.Column,
    position: Int
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "set-column-type",
      "column \(position) is \(first.type.spelling) in one query and"
        + " \(second.type.spelling) in the other",
      at: second.range,
      label: second.type.spelling,
      help: ["cast one of them"]
    )
    diagnostic.labels.append(Label(first.range, first.type.spelling))
    return diagnostic
  }

  static func subqueryColumns(_ count: Int, expected: Int, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "subquery-column-count",
      expected == 1
        ? "a subquery used as a value must have one column, not \(count)"
        : "the subquery must have \(expected) columns, not \(count)",
      at: range
    )
  }

  static func ordinalOutOfRange(
    _ number: Int,
    count: Int,
    _ clause: String,
    _ range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "ordinal-out-of-range",
      "\(clause) \(number) is not a column of the select list, which has \(count)",
      at: range
    )
  }

  static func constantNotOrdinal(_ clause: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "ordinal-out-of-range",
      "a constant in \(clause) has to be the number of a column of the select list",
      at: range
    )
  }

  static func orderOfDistinct(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "order-of-distinct",
      "SELECT DISTINCT can only be ordered by what it selects",
      at: range,
      label: "not in the select list",
      help: ["select it too, or leave out DISTINCT"]
    )
  }

  static func pivotNeedsAggregate(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "pivot-needs-aggregate",
      "PIVOT makes one value of many rows, and this is no aggregate",
      at: range,
      label: "not an aggregate",
      help: ["write an aggregate function, as SUM(…) or MAX(…)"]
    )
  }

  static func orderOfSetOperation(at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "order-of-set-operation",
      "the result of UNION, INTERSECT and EXCEPT may only be ordered by its columns",
      at: range,
      label: "computed from the result",
      help: ["put the query into a subquery, and order the SELECT around it"]
    )
  }

  static func duplicateColumn(_ name: String, at range: TextRange, first: TextRange)
    -> Diagnostic
  {
    var diagnostic = Diagnostic(
      code: "duplicate-column",
      "two columns are named \"\(name)\"",
      at: range,
      label: "second \"\(name)\"",
      help: ["give one of them another alias"]
    )
    if first != range { diagnostic.labels.append(Label(first, "first \"\(name)\"")) }
    return diagnostic
  }
}
