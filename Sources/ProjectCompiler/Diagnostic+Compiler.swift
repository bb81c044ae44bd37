package import Diagnostics
import ProjectModel
import RedshiftSQL

extension Diagnostic {
  static func unknownReference(
    _ name: String,
    package: String?,
    known: [String],
    disabledIn: String?,
    at range: TextRange
  ) -> Diagnostic {
    var help: [String] = []
    if let disabledIn {
      help.append("\(disabledIn) has that name, but is disabled (enabled: false)")
    } else if let near = Suggestion.sentence(for: name, among: known) {
      help.append(near)
    } else {
      help.append("ref() takes the name of a model, seed or snapshot of this project")
    }
    let place = package.map { " in package \"\($0)\"" } ?? ""
    return Diagnostic(
      code: "unknown-ref",
      "nothing is named \"\(name)\"\(place)",
      at: range,
      label: "no model, seed or snapshot has this name",
      help: help
    )
  }

  /// A model is there, but not in the version that was asked for.
  static func unknownVersion(
    _ version: String,
    of name: String,
    known: [String],
    latest: String?,
    at range: TextRange
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "unknown-ref",
      known.isEmpty
        ? "\"\(name)\" has no versions" : "\"\(name)\" has no version \(version)",
      at: range,
      label: known.isEmpty ? "version \(version) is asked for" : "no such version",
      help: [
        known.isEmpty
          ? "write ref('\(name)'), or describe `versions:` of the model in a properties file"
          : "ref('\(name)') without a version means "
            + (latest.map { "the latest, \($0)" } ?? "the latest")
      ]
    )
    if !known.isEmpty { diagnostic.notes = ["its versions are " + known.joined(separator: ", ")] }
    return diagnostic
  }

  static func unknownSource(
    _ source: String,
    _ table: String,
    knowsSource: Bool,
    known: [String],
    disabledIn file: String?,
    at range: TextRange
  ) -> Diagnostic {
    let near =
      file.map { "the one in \($0) is disabled" }
      ?? Suggestion.sentence(for: "\(source).\(table)", among: known)
    return Diagnostic(
      code: "unknown-source",
      knowsSource
        ? "source \"\(source)\" has no table \"\(table)\""
        : "no source is named \"\(source)\"",
      at: range,
      help: [near ?? "declare it under `sources:` in a .yml file of a model path"]
    )
  }

  static func privateReference(
    _ name: String,
    group: String?,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "private-ref",
      "\"\(name)\" is private to group \"\(group ?? "")\"",
      at: range,
      help: ["put this node into the group, or give the model another access"]
    )
  }

  static func protectedReference(
    _ name: String,
    package: String,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "private-ref",
      "\"\(name)\" is closed to other packages than \"\(package)\"",
      at: range,
      help: ["give the model \"access: public\""]
    )
  }

  static func unexpectedReference(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unexpected-ref",
      "ref('\(name)') was not seen when the project was read",
      at: range,
      notes: [
        "dependencies are found by rendering with `execute` false; this ref is reached only when it is true"
      ],
      help: ["add a line `-- depends_on: {{ ref('\(name)') }}` to the file"]
    )
  }

  static func referenceArguments(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "invalid-arguments",
      "ref() takes a name, or a package and a name",
      at: range,
      help: ["write {{ ref('model_name') }}"]
    )
  }

  /// `source` and `tables` are what is known of the source that was named.
  static func sourceArguments(
    source: String? = nil,
    tables: [String] = [],
    at range: TextRange
  ) -> Diagnostic {
    let example = tables.isEmpty ? nil : source
    return Diagnostic(
      code: "invalid-arguments",
      "source() takes a source's name and a table's name",
      at: range,
      notes: example.map { source in
        ["the tables of \"\(source)\" are " + tables.joined(separator: ", ")]
      } ?? [],
      help: [
        "write {{ source('\(example ?? "source_name")', '\(tables.first ?? "table_name")') }}"
      ]
    )
  }

  static func configArguments(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "invalid-arguments",
      "config() takes named values, or one mapping",
      at: range,
      help: ["write {{ config(materialized='table') }}"]
    )
  }

  static func configValue(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "invalid-arguments",
      "config \"\(name)\" must be plain data, not a function or a relation",
      at: range
    )
  }

  static func missingConfig(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "missing-config",
      "this node does not define a required config parameter '\(name)'",
      at: range
    )
  }

  static func unknownArgument(
    _ name: String,
    of function: String,
    known: [String],
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "invalid-arguments",
      "\(function)() has no argument \"\(name)\"",
      at: range,
      help: [Suggestion.sentence(for: name, among: known)].compactMap { $0 }
    )
  }

  static func nameWithSpaces(_ node: Node) -> Diagnostic {
    let place = node.declaration ?? node.buffer.map { TextRange(buffer: $0, bytes: 0..<0) }
    return Diagnostic(
      code: "name-with-spaces",
      "Resource names cannot contain spaces: '\(node.uniqueID)'",
      at: place,
      file: place == nil ? node.originalFilePath : nil,
      help: [
        "give it a name without spaces; \"require_resource_names_without_spaces: false\" under "
          + "\"flags\" of dbt_project.yml makes this a warning"
      ]
    )
  }

  static func unavailableFunction(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "function-not-available",
      "\(name)() cannot be used here",
      at: range,
      notes: ["only models, tests, hooks and inline SQL refer to nodes of the graph"]
    )
  }

  static func secretVariable(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "secret-not-allowed",
      "\(name) is a secret and can be read only in connection settings",
      at: range,
      help: ["read it in `targets:` of project.yml or in profiles.yml"]
    )
  }

  static func missingEnvironmentVariable(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "missing-environment-variable",
      "environment variable \(name) is not set",
      at: range,
      help: ["set it, or give a default: env_var('\(name)', 'default')"]
    )
  }

  static func missingVariable(
    _ name: String,
    known: [String],
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "missing-variable",
      "variable \"\(name)\" has no value",
      at: range,
      help: [
        Suggestion.sentence(for: name, among: known)
          ?? "set it under `vars:` in project.yml, with --vars, or give a default: "
          + "var('\(name)', 'default')"
      ]
    )
  }

  /// dbt's first sentence, which programs look for, and its table.
  static func contractBroken(_ mismatches: [ContractMismatch], at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "contract-broken",
      """
      This model has an enforced contract that failed.
      Please ensure the name, data_type, and number of columns in your contract match the columns in \
      your model's definition.

      \(ContractMismatch.table(mismatches))
      """,
      at: range,
      help: ["change the query, or `columns:` of the model"]
    )
  }

  static func contractWithoutColumns(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "contract-broken",
      "This model has an enforced contract, and its 'columns' specification is missing",
      at: range,
      help: ["list the model's columns, each with its `data_type`, in a properties file"]
    )
  }

  static func contractWithoutTypes(_ columns: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "contract-broken",
      """
      Contracted models require data_type to be defined for each column. Please ensure that the \
      column name and data_type are defined within the YAML configuration for the \(columns) \
      column(s).
      """,
      at: range
    )
  }

  static func seedWithDependency(on name: String, _ node: Node) -> Diagnostic {
    Diagnostic(
      code: "seed-dependency",
      "Seeds cannot depend on other nodes: a hook of \(node.name) refers to \(name)",
      file: node.originalFilePath,
      help: ["give the hook to a model that reads the seed, or write the relation's name"]
    )
  }

  static func hookGivenTwice(_ names: [String], at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "wrong-config",
      "config() has both \(names.map { "\"\($0)\"" }.joined(separator: " and "))",
      at: range,
      help: ["they are one setting: put all hooks into one list"]
    )
  }

  static func raisedByTemplate(_ message: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "raised-by-template",
      message.isEmpty ? "the template raised an error" : message,
      at: range,
      label: "raised here"
    )
  }

  static func warnedByTemplate(_ message: String, at range: TextRange) -> Diagnostic {
    Diagnostic(.warning, code: "warned-by-template", message, at: range, label: "warned here")
  }

  static func noDispatchTarget(
    _ name: String,
    in namespace: String?,
    tried: [String],
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "unknown-macro",
      "In dispatch: No macro named '\(name)' found within namespace"
        + (namespace.map { ": '\($0)'" } ?? ""),
      at: range,
      notes: ["looked for \(tried.joined(separator: ", "))"]
    )
  }

  static func unknownMacro(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(code: "unknown-macro", "there is no macro \"\(name)\"", at: range)
  }

  /// The code by which templates that ask the database are recognised.
  package static let needsDatabaseCode = "needs-database"

  static func needsDatabase(_ function: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: needsDatabaseCode,
      "\(function)() asks the database while the template is compiled",
      at: range,
      label: "needs a connection",
      help: ["give a target whose database can be reached"]
    )
  }

  static func notRelation(_ type: String, of function: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "not-a-relation",
      "\(function) takes a relation, not \(type)",
      at: range,
      help: ["give it ref(), source(), this, or api.Relation.create()"]
    )
  }

  static func resultLoadedTwice(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "result-loaded-twice",
      "The 'statement' result named '\(name)' has already been loaded into a variable",
      at: range,
      help: ["keep the first one's value in a variable"]
    )
  }

  static func materializationWithoutRelations(
    _ name: String,
    _ node: Node,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "materialization-without-relations",
      "The materialization (\"\(name)\") did not explicitly return a list of relations to add to the"
        + " cache.",
      at: range,
      notes: ["\(node.name) is made by it"],
      help: ["end it with {{ return({'relations': [target_relation]}) }}"]
    )
  }

  static func materializationLanguage(
    _ name: String,
    takes languages: [String],
    _ language: String,
    _ node: Node
  ) -> Diagnostic {
    let list = languages.map { "'\($0)'" }.joined(separator: ", ")
    return Diagnostic(
      code: "materialization-language",
      "Materialization \"\(name)\" only supports languages [\(list)]; got \"\(language)\"",
      at: node.place,
      file: node.originalFilePath
    )
  }

  static func materializationWithoutMain(
    _ name: String,
    _ node: Node,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "materialization-without-main",
      "materialization \"\(name)\" ran no statement named main for \(node.name)",
      at: range,
      help: ["run the statement that makes the relation in {% call statement('main') %}"]
    )
  }

  static func unknownDocumentation(
    _ name: String,
    known: [String],
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "unknown-doc",
      "no block of documentation is named \"\(name)\"",
      at: range,
      help: [
        Suggestion.sentence(for: name, among: known)
          ?? "write {% docs \(name) %} … {% enddocs %} in a .md file"
      ]
    )
  }

  /// A name that Redshift would cut off; of a column, the warehouse does that without an error.
  static func longName(
    _ name: String,
    isColumn: Bool = false,
    at range: TextRange?,
    file: String
  ) -> Diagnostic {
    let alias = "; `alias` names the relation otherwise than the file"
    return Diagnostic(
      isColumn ? .warning : .error,
      code: "name-too-long",
      (isColumn ? "column " : "") + "\"\(name.prefix(30))…\" is \(name.utf8.count) bytes long; "
        + "names have \(MigrationHazard.longestName) at most",
      at: range,
      file: file,
      help: ["give it a shorter name" + (isColumn ? "" : alias)]
    )
  }

  static func reservedRelation(
    _ relation: String,
    at range: TextRange?,
    file: String
  ) -> Diagnostic {
    Diagnostic(
      code: "reserved-relation",
      "\(relation) is a table of redstart's own, in which it keeps what it has done",
      at: range,
      file: file,
      help: [
        "give the node another `alias` or `schema`, or set `metadata-schema` in the project file"
      ]
    )
  }

  static func dependencyCycle(
    _ names: [String],
    labels: [Label],
    file: String
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "dependency-cycle",
      "models depend on each other in a circle: \(names.joined(separator: " → "))",
      file: file,
      help: ["remove one of these references"]
    )
    diagnostic.labels = labels
    return diagnostic
  }

  static func misplacedPatch(_ name: String, _ kind: Node.Kind, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "misplaced-properties",
      "'\(name)' is a \(kind.rawValue) node, but it is specified in the models section",
      at: range,
      label: "not used",
      help: ["describe it under \(kind.rawValue)s:"]
    )
  }

  static func unusedPatch(_ kind: String, _ name: String, known: [String], at range: TextRange)
    -> Diagnostic
  {
    Diagnostic(
      .warning,
      code: "unused-properties",
      "no \(kind) is named \"\(name)\"",
      at: range,
      label: "described here",
      help: [Suggestion.sentence(for: name, among: known)].compactMap { $0 }
    )
  }

  static func unknownGenericTest(_ name: String, known: [String], at range: TextRange?)
    -> Diagnostic
  {
    Diagnostic(
      code: "unknown-data-test",
      "no test is named \"\(name)\"",
      at: range,
      help: [
        Suggestion.sentence(for: name, among: known)
          ?? "built in are not_null, unique, accepted_values and relationships; "
          + "a macro test_\(name) would define this one"
      ]
    )
  }

  static func undatedSource(_ node: Node) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "source-without-date",
      "The configured adapter does not support metadata-based freshness. A loaded_at_field must be "
        + "specified for source '\(node.sourceName ?? "").\(node.name)'.",
      at: node.declaration,
      help: ["write loaded_at_field: a column, or an expression, of type timestamp"]
    )
  }

  static func buildAfter(_ missing: String, _ given: String, _ node: Node) -> Diagnostic {
    Diagnostic(
      code: "wrong-freshness",
      "`freshness.build_after` must have a value for `\(missing)` if a `\(given)` is provided",
      at: node.place(of: "freshness"),
      file: node.originalFilePath
    )
  }

  static func wrongEnabled(_ value: PlainValue, _ node: Node) -> Diagnostic {
    Diagnostic(
      code: "wrong-config",
      "`enabled` of \(node.name) must be true or false, not \(value.jsonString)",
      at: node.place(of: "enabled"),
      file: node.originalFilePath
    )
  }

  static func unknownMaterialization(_ name: String, _ node: Node) -> Diagnostic {
    let known = Materialization.allCases.map(\.rawValue)
    return Diagnostic(
      code: "unknown-materialization",
      "\(node.name) is configured as \"\(name)\", which is no materialization",
      at: node.place(of: "materialized"),
      file: node.originalFilePath,
      help: [
        Suggestion.sentence(for: name, among: known)
          ?? "choose one of \(known.joined(separator: ", "))"
      ]
    )
  }

  static func pythonModel(_ problem: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "python-model",
      problem,
      at: range,
      help: ["a model in Python is `def model(dbt, session): … return data_frame`"]
    )
  }

  static func copyModelStatement(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "not-a-copy-statement",
      "\(name) is materialized as copy, so it must be one COPY statement",
      at: range,
      help: ["write copy {{ this }} from 's3://…' iam_role '…' …"]
    )
  }
}
