package import Diagnostics
import ProjectCompiler
package import ProjectModel
import RedshiftSQL
import WarehouseClient

// MARK: Server

extension Diagnostic {
  /// A statement that redstart itself wrote has failed, or the connection has.
  static func statementFailed(_ error: WarehouseError, purpose: String) -> Diagnostic {
    if error.kind == .connectionLost { return .connectionLost(error, purpose: purpose) }
    var diagnostic = database(error, at: nil)
    switch error.kind {
    case .unreachable:
      diagnostic.message = "the server cannot be reached: \(error.message)"
      diagnostic.help.append("`redstart debug` checks the connection step by step")
    case .authentication:
      diagnostic.message = "the server refused the login: \(error.message)"
      diagnostic.help.append("check user and password of the target")
    case .connectionLost, .cancelled, .statement:
      diagnostic.message = "\(purpose) failed: \(error.words)"
    }
    return diagnostic
  }

  static func connectionLost(_ error: WarehouseError, purpose: String?) -> Diagnostic {
    Diagnostic(
      code: "connection-lost",
      "the connection to the server broke" + (purpose.map { " while \($0)" } ?? ""),
      notes: [error.message],
      help: [
        "other nodes go on with a new connection; run this one again "
          + "(whether a COMMIT that was under way took effect is not known)"
      ]
    )
  }

  static func sourceStale(_ node: Node, _ freshness: Freshness, isError: Bool) -> Diagnostic {
    let limit = isError ? freshness.criteria.error : freshness.criteria.warning
    let allowed = limit.map { "\($0.count) \($0.period)\($0.count == 1 ? "" : "s")" } ?? ""
    return Diagnostic(
      isError ? .error : .warning,
      code: "source-stale",
      freshness.isEmpty
        ? "\(node.sourceName ?? "").\(node.name) has no rows, and so none younger than \(allowed)"
        : "the data of \(node.sourceName ?? "").\(node.name) is older than \(allowed)",
      at: node.declaration,
      notes: freshness.isEmpty
        ? [] : ["its newest row was loaded at \(freshness.loadedAt.text)"],
      help: ["see whether what loads it still runs"]
    )
  }

  static let cancelled = Diagnostic(.note, code: "cancelled", "cancelled")

  static func swapFailed(
    _ error: WarehouseError,
    _ relation: RelationName,
    dependents: [RelationName]
  ) -> Diagnostic {
    var diagnostic = statementFailed(error, purpose: "replacing \(relation.description)")
    if error.isConcurrencyConflict {
      diagnostic.help.append(
        "something else works on the same tables; it was tried several times: run again later"
      )
    }
    if !dependents.isEmpty {
      let names = dependents.map(\.description).joined(separator: ", ")
      diagnostic.notes.append("views that were to be recreated with it: \(names)")
      diagnostic.help.append(
        "if a view does not fit the new columns, build it in the same run (--select with a +)"
      )
    }
    diagnostic.notes.append("the former \(relation.description) is still in place")
    return diagnostic
  }

  static let foreignDependentsCode = "foreign-dependents"

  static func foreignDependents(
    of relation: RelationName,
    _ views: [RelationName],
    node: Node
  ) -> Diagnostic {
    let names = views.map(\.description).joined(separator: ", ")
    let noun = views.count == 1 ? "a view" : "\(views.count) views"
    return Diagnostic(
      code: foreignDependentsCode,
      "\(relation.description) cannot be replaced: \(noun) that redstart did not make "
        + "\(views.count == 1 ? "is" : "are") bound to it",
      at: node.place,
      file: node.originalFilePath,
      notes: ["bound to it: \(names)", "the former \(relation.description) is still in place"],
      help: [
        "make the view a model of the project, create it WITH NO SCHEMA BINDING, or drop it",
        "if a model that is gone made it, from another folder or machine, drop it",
      ]
    )
  }
}

// MARK: Configuration

extension Diagnostic {
  static func wrongSetting(
    _ key: String,
    _ value: PlainValue,
    expected: String,
    node: Node
  ) -> Diagnostic {
    Diagnostic(
      code: "wrong-config",
      "`\(key)` of \(node.name) must be \(expected), not \(value.jsonString)",
      at: node.place(of: key),
      file: node.originalFilePath
    )
  }

  /// The rows are in place; what should make queries on them faster was refused.
  static func notMaintained(
    _ error: WarehouseError,
    purpose: String,
    node: Node
  ) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "not-maintained",
      "\(purpose) was refused: \(error.message)",
      at: node.place,
      file: node.originalFilePath,
      notes: [error.detail, error.hint].compactMap { $0 } + ["the rows are in place"],
      help: ["`redstart advise` says what the table needs, with the statements"]
    )
  }

  static func unknownSetting(
    _ key: String,
    _ value: String,
    allowed: [String],
    node: Node
  ) -> Diagnostic {
    var help = ["it can be " + allowed.joined(separator: ", ")]
    if let near = Suggestion.sentence(for: value, among: allowed) { help.insert(near, at: 0) }
    return Diagnostic(
      code: "wrong-config",
      "`\(key)` of \(node.name) cannot be \"\(value)\"",
      at: node.place(of: key),
      file: node.originalFilePath,
      help: help
    )
  }

  /// In dbt's sentences, which programs look for.
  static func unknownStore(_ kind: String, allowed: [String], node: Node) -> Diagnostic {
    let words = allowed.map { "'\($0)'" }.joined(separator: ", ")
    return Diagnostic(
      code: "wrong-config",
      "`store_failures_as` of \(node.name): '\(kind)' is not a valid value. "
        + "Accepted values are: [\(words)]",
      at: node.place,
      file: node.originalFilePath
    )
  }

  static func unknownMaterialization(_ name: String, node: Node) -> Diagnostic {
    let known = ["view", "table", "incremental", "ephemeral", "copy"]
    let near = Suggestion.sentence(for: name, among: known)
    return Diagnostic(
      code: "unknown-materialization",
      "\(node.name) wants to be materialized as \"\(name)\", which redstart does not know",
      at: node.place,
      file: node.originalFilePath,
      help: [near ?? "materializations: " + known.joined(separator: ", ")]
    )
  }

  static func notCompiled(_ node: Node) -> Diagnostic {
    Diagnostic(
      code: "not-compiled",
      "\(node.name) was not compiled",
      at: node.place,
      file: node.originalFilePath,
      help: ["the errors of its template say why"]
    )
  }

  static func pythonCannotRun(_ node: Node) -> Diagnostic {
    Diagnostic(
      code: "python-model",
      "\(node.name) is a model in Python, which Redshift and PostgreSQL cannot run",
      at: node.place,
      file: node.originalFilePath,
      help: ["write it in SQL, or switch it off with `enabled: false`"]
    )
  }

  static func nameCutOff(_ name: String, of node: Node) -> Diagnostic {
    Diagnostic(
      code: "name-too-long",
      "Relation name '\(name)' is longer than \(ShadowName.longestName) characters",
      at: node.place(of: "alias"),
      file: node.originalFilePath,
      help: ["PostgreSQL would cut it off: `alias` names the relation otherwise than the file"]
    )
  }

  static func withoutRelation(_ node: Node) -> Diagnostic {
    Diagnostic(
      code: "not-compiled",
      "\(node.name) has no relation to build",
      at: node.place,
      file: node.originalFilePath
    )
  }

  static func uniqueKeyMissing(_ strategy: String, node: Node) -> Diagnostic {
    Diagnostic(
      code: "unique-key-missing",
      "incremental strategy \"\(strategy)\" of \(node.name) needs a `unique_key`",
      at: node.place,
      file: node.originalFilePath,
      help: ["name the columns that identify a row: config(unique_key='id')"]
    )
  }

  static func mergesByExpression(_ expression: String, node: Node) -> Diagnostic {
    Diagnostic(
      code: "unknown-unique-key",
      "incremental strategy \"merge\" of \(node.name) compares columns, and not \"\(expression)\"",
      at: node.place,
      file: node.originalFilePath,
      help: ["give the query a column with this value, or use \"delete+insert\""]
    )
  }
}

// MARK: Relations and columns

extension Diagnostic {
  static func copyTargetMissing(
    _ relation: RelationName,
    found: ExistingRelations.Kind?,
    node: Node
  ) -> Diagnostic {
    let state = found.map { "is a \($0.word), not a table" } ?? "does not exist"
    return Diagnostic(
      code: "copy-table-missing",
      "\(relation.description), which \(node.name) loads, \(state)",
      at: node.place,
      file: node.originalFilePath,
      notes: ["COPY fills a table; its columns and types are for a migration to declare"],
      help: [
        "write a migration with CREATE TABLE \(relation.description) (…), "
          + "or apply the pending ones with `redstart migrate`"
      ]
    )
  }

  static func notMigratedYet(
    _ relation: RelationName,
    found: ExistingRelations.Kind?,
    node: Node
  ) -> Diagnostic {
    let state = found.map { "is a \($0.word) in the database" } ?? "is not in the database"
    return Diagnostic(
      code: "table-not-migrated",
      "\(relation.description), which a migration creates, \(state)",
      at: node.place,
      file: node.originalFilePath,
      help: ["apply the pending migrations with `redstart migrate`"]
    )
  }

  package static func migratedView(_ node: Node) -> Diagnostic {
    Diagnostic(
      code: "migrated-view",
      "\(node.name) is materialized as a view, but a migration creates its table",
      at: node.place,
      file: node.originalFilePath,
      help: ["materialize it as table or incremental, or drop the table in a migration"]
    )
  }

  static func columnMismatch(
    extra: [String],
    missing: [String],
    relation: RelationName,
    node: Node
  ) -> Diagnostic {
    Diagnostic(
      code: "column-mismatch",
      "the columns of \(node.name) are not those of \(relation.description)",
      at: node.place,
      file: node.originalFilePath,
      notes: columnNotes(extra: extra, missing: missing, relation: relation),
      help: suggestions(extra: extra, missing: missing) + [
        "a migration owns the columns of this table: change the query, or write a migration"
      ]
    )
  }

  static func schemaChanged(
    extra: [String],
    missing: [String],
    relation: RelationName,
    policy: String?,
    node: Node
  ) -> Diagnostic {
    var help = suggestions(extra: extra, missing: missing)
    if let policy {
      help.append("`--full-refresh` rebuilds the table with the new columns")
      if policy != "sync_all_columns" {
        help.append("on_schema_change: append_new_columns or sync_all_columns changes it in place")
      }
    } else {
      help.append("a migration owns the columns of this table: write another one")
    }
    return Diagnostic(
      code: "schema-changed",
      "the columns of \(node.name) have changed since \(relation.description) was built",
      at: node.place,
      file: node.originalFilePath,
      notes: columnNotes(extra: extra, missing: missing, relation: relation)
        + (policy.map { ["on_schema_change: \($0)"] } ?? []),
      help: help
    )
  }

  static func unknownKey(_ key: String, columns: [String], node: Node) -> Diagnostic {
    Diagnostic(
      code: "unknown-unique-key",
      "`unique_key` of \(node.name) names \"\(key)\", which its query does not have",
      at: node.place,
      file: node.originalFilePath,
      help: [
        Suggestion.sentence(for: key, among: columns)
          ?? "its columns are " + columns.joined(separator: ", ")
      ]
    )
  }

  static func duplicateKeys(_ keys: [String], rows: [[String?]], node: Node) -> Diagnostic {
    let examples = rows.map { row in
      let values = zip(keys, row).map { "\($0) = \($1 ?? "null")" }.joined(separator: ", ")
      return "\(values): \((row.last ?? nil) ?? "several") rows"
    }
    let texts = rows.contains { row in
      row.dropLast().contains { value in value.map { Double($0) == nil } ?? false }
    }
    let blanks =
      texts ? ["texts that differ in blanks at their end are one key, as 'A' and 'A '"] : []
    return Diagnostic(
      code: "duplicate-keys",
      "the query of \(node.name) gives several rows for one \(keys.joined(separator: ", "))",
      at: node.place,
      file: node.originalFilePath,
      notes: examples + blanks,
      help: [
        "merge needs one row per key: keep one with "
          + "row_number() over (partition by \(keys.joined(separator: ", ")) order by …)"
      ]
    )
  }

  private static func columnNotes(
    extra: [String],
    missing: [String],
    relation: RelationName
  ) -> [String] {
    var notes: [String] = []
    if !extra.isEmpty {
      notes.append("not in \(relation.description): " + extra.joined(separator: ", "))
    }
    if !missing.isEmpty { notes.append("not in the query: " + missing.joined(separator: ", ")) }
    return notes
  }

  private static func suggestions(extra: [String], missing: [String]) -> [String] {
    extra.compactMap { name in
      Suggestion.sentence(for: name, among: missing).map { "\"\(name)\": \($0)" }
    }
  }
}

// MARK: Tests

extension Diagnostic {
  static func testFailed(_ message: String, node: Node, compiledPath: String?) -> Diagnostic {
    Diagnostic(
      code: "test-failed",
      "test \(node.name) failed: \(message)",
      at: node.place,
      file: node.originalFilePath,
      notes: compiledPath.map { ["its SQL: \($0)"] } ?? []
    )
  }

  static func testWarned(_ message: String, node: Node, compiledPath: String?) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "test-failed",
      "test \(node.name): \(message)",
      at: node.place,
      file: node.originalFilePath,
      notes: compiledPath.map { ["its SQL: \($0)"] } ?? []
    )
  }

  static func testVerdictNotTruth(_ value: String, _ node: Node) -> Diagnostic {
    Diagnostic(
      code: "test-without-result",
      "'get_test_sql' returns '\(value)'.  It is not type 'bool' and cannot be converted reliably to a"
        + " bool.",
      at: node.place,
      file: node.originalFilePath,
      help: ["`should_warn` and `should_error` of the query must be true or false"]
    )
  }

  static func testWithoutResult(_ node: Node) -> Diagnostic {
    Diagnostic(
      code: "test-without-result",
      "test \(node.name) gave no result",
      at: node.place,
      file: node.originalFilePath,
      help: ["`fail_calc` must be an aggregate, as count(*)"]
    )
  }

  static func testNotANumber(_ calculation: String, _ value: String, _ node: Node) -> Diagnostic {
    Diagnostic(
      code: "test-without-result",
      "`fail_calc` of test \(node.name) gave \"\(value)\", which is no number",
      at: node.place,
      file: node.originalFilePath,
      help: ["`fail_calc: \(calculation)` must give a number"]
    )
  }
}

extension ExistingRelations.Kind {
  fileprivate var word: String {
    switch self {
    case .table: "table"
    case .view: "view"
    case .materializedView: "materialized view"
    }
  }
}
