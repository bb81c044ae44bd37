import Diagnostics
import ProjectModel
import RedshiftSQL

// Exposures.
extension Diagnostic {
  static func noTimeSpine(at range: TextRange?, file: String) -> Diagnostic {
    Diagnostic(
      code: "semantic-layer",
      "The semantic layer requires a time spine model with granularity DAY or smaller in the project, "
        + "but none was found",
      at: range,
      file: range == nil ? file : nil,
      help: ["write \"time_spine: {standard_granularity_column: date_day}\" at a model of days"]
    )
  }

  static func exposureName(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "exposure-name",
      "\"\(name)\" is no name for an exposure",
      at: range,
      label: "letters, digits, underscores and hyphens",
      help: ["write it as \"label:\", and give a name without blanks"]
    )
  }

  static func exposureLacks(_ key: String, _ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "invalid-exposure",
      "exposure \"\(name)\" has no \"\(key)\"",
      at: range,
      label: "\"\(key)\" is required",
      help: [
        key == "owner"
          ? "write \"owner: {name: …}\" or \"owner: {email: …}\""
          : "write \"type: dashboard\", or notebook, analysis, ml, application"
      ]
    )
  }

  static func exposureOwner(_ name: String, given: [String], at range: TextRange) -> Diagnostic {
    let near = given.compactMap { Suggestion.sentence(for: $0, among: ["name", "email"]) }.first
    return Diagnostic(
      code: "invalid-exposure",
      "the owner of exposure \"\(name)\" has neither a name nor an email",
      at: range,
      help: [near ?? "write \"name:\" or \"email:\" below it"]
    )
  }

  static func exposureChoice(
    _ key: String,
    _ value: String,
    known: [String],
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "invalid-exposure",
      "\"\(value)\" is no \(key) of an exposure",
      at: range,
      notes: ["choices: " + known.joined(separator: ", ")],
      help: [Suggestion.sentence(for: value, among: known)].compactMap { $0 }
    )
  }

  static func exposureDependency(_ call: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "invalid-exposure",
      "\"\(call)\" refers to nothing",
      at: range,
      help: ["an exposure depends on ref('model') or source('source', 'table')"]
    )
  }

  static func declaredType(
    _ key: String,
    _ expected: String,
    given: PlainValue,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "wrong-type",
      "\"\(key)\" has to be \(expected), not \(given.typeWithArticle)",
      at: range,
      label: "expected \(expected)"
    )
  }
}

// Unit tests.
extension Diagnostic {
  static func unitTestModel(_ name: String, at range: TextRange) -> Diagnostic {
    unitTestModel(name, "", known: [], at: range)
  }

  static func unitTestModel(
    _ name: String,
    _ model: String,
    known: [String],
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "invalid-unit-test",
      model.isEmpty
        ? "unit test \"\(name)\" is of no model of this project"
        : "unit test \"\(name)\" is of a model \"\(model)\", which is not there",
      at: range,
      help: [
        Suggestion.sentence(for: model, among: known)
          ?? "write \"model:\" with the name of a model"
      ]
    )
  }

  static func unitTestInput(_ input: String, _ name: String, at range: TextRange?) -> Diagnostic {
    Diagnostic(
      code: "invalid-unit-test",
      "unit test \"\(name)\" is given \(input), which is not there",
      at: range,
      help: [
        "an input is ref('…'), source('…', '…') or this; a fixture is a file of tests/fixtures"
      ]
    )
  }

  static func unitTestLacks(_ key: String, _ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "invalid-unit-test",
      "unit test \"\(name)\" has no \"\(key)\"",
      at: range,
      label: "\"\(key)\" is required",
      help: [
        key == "expect"
          ? "write the rows that the model should give: \"expect: {rows: […]}\""
          : "write \"input: ref('…')\" beside the rows"
      ]
    )
  }

  /// dbt's sentence: the types of given rows are those of the relation that they stand for.
  static func unitTestRelation(
    _ relation: RelationName,
    of input: String,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "invalid-unit-test",
      "Not able to get columns for unit test '\(input)' from relation \(relation.sql) because the "
        + "relation doesn't exist",
      at: range,
      help: ["build what the model reads first, or give the rows as SQL (format: sql)"]
    )
  }

  /// dbt's sentence, which programs look for.
  static func unitTestColumn(
    _ name: String,
    of place: String,
    known: [String],
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "invalid-unit-test",
      "Invalid column name: '\(name)' in unit test fixture for \(place).",
      at: range,
      notes: ["its columns are " + known.joined(separator: ", ")],
      help: [Suggestion.sentence(for: name, among: known)].compactMap { $0 }
    )
  }
}

extension Diagnostic {
  /// dbt's sentence.
  static func contractWithoutAnswer(_ answer: String, _ node: Node, at range: TextRange?)
    -> Diagnostic
  {
    Diagnostic(
      code: "contract-on-schema-change",
      "Invalid value for on_schema_change: \(answer). Models materialized as incremental with "
        + "contracts enabled must set on_schema_change to 'append_new_columns' or 'fail'",
      at: range,
      file: node.originalFilePath,
      help: ["write on_schema_change='fail' beside the contract"]
    )
  }
}
