import Diagnostics
import RedshiftSQL

// All wording about what is dangerous in migrations.

extension Diagnostic {
  private static let allow = "-- redstart: allow="

  private static func hazard(
    _ code: String,
    _ message: String,
    at range: TextRange,
    label: String = "",
    notes: [String] = [],
    help: [String]
  ) -> Diagnostic {
    Diagnostic(
      .warning,
      code: code,
      message,
      at: range,
      label: label,
      notes: notes,
      help: help + ["if it is meant: `\(allow)\(code)` on the line before the statement"]
    )
  }

  // MARK: What is lost

  static func dropsTable(_ name: RelationName, at range: TextRange) -> Diagnostic {
    hazard(
      "drop-table",
      "\(name.description) is dropped with all its rows",
      at: range,
      label: "cannot be brought back",
      help: ["rename it first, and drop it when nobody has missed it for a while"]
    )
  }

  static func dropsView(_ name: RelationName, at range: TextRange) -> Diagnostic {
    hazard(
      "drop-view",
      "the view \(name.description) is dropped, and nothing makes it again",
      at: range,
      label: "whoever reads it fails",
      help: ["look who reads it"]
    )
  }

  static func dropsSchema(_ name: String, cascades: Bool, at range: TextRange) -> Diagnostic {
    hazard(
      "drop-schema",
      cascades
        ? "the schema \(name) is dropped with everything in it" : "the schema \(name) is dropped",
      at: range,
      help: [
        cascades
          ? "drop what is in it by name, so that nothing goes that you do not know of"
          : "look who uses it"
      ]
    )
  }

  static func dropsColumn(
    _ column: String,
    of table: RelationName,
    at range: TextRange
  ) -> Diagnostic {
    hazard(
      "drop-column",
      "column \"\(column)\" of \(table.description) is dropped with its values",
      at: range,
      label: "cannot be brought back",
      help: ["stop reading and writing it first, and drop it in a later release"]
    )
  }

  static func cascades(_ name: RelationName, at range: TextRange) -> Diagnostic {
    hazard(
      "drop-cascade",
      "CASCADE drops whatever depends on \(name.description), whoever made it",
      at: range,
      help: [
        "leave CASCADE out: views of this project are dropped and made again, others are named"
      ]
    )
  }

  static func deletesAll(_ table: RelationName, at range: TextRange) -> Diagnostic {
    hazard(
      "delete-all",
      "DELETE without WHERE takes all rows of \(table.description)",
      at: range,
      help: ["say which rows with WHERE"]
    )
  }

  static func updatesAll(
    _ columns: [String],
    of table: RelationName,
    at range: TextRange
  ) -> Diagnostic {
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    return hazard(
      "update-all",
      "UPDATE without WHERE overwrites \(names) in all rows of \(table.description)",
      at: range,
      label: "the values of before are gone",
      help: ["say which rows with WHERE"]
    )
  }

  static func truncates(_ table: RelationName, at range: TextRange) -> Diagnostic {
    hazard(
      "truncate",
      "TRUNCATE takes all rows of \(table.description), and commits at once",
      at: range,
      label: "no ROLLBACK brings them back",
      help: ["DELETE can be rolled back"]
    )
  }

  static func narrows(
    _ column: String,
    of table: RelationName,
    from old: Int,
    to new: Int,
    at range: TextRange
  ) -> Diagnostic {
    hazard(
      "narrow-column",
      "\"\(column)\" of \(table.description) is narrowed from \(old) to \(new) bytes",
      at: range,
      label: "fails when a value is longer",
      help: [
        "look first: select max(octet_length(\(SQLQuoting.identifier(column)))) from \(table.sql)"
      ]
    )
  }

  // MARK: What cannot work

  static func requiredColumn(
    _ column: String,
    of table: RelationName,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "not-null-without-default",
      "\"\(column)\" is added to \(table.description) as NOT NULL without a DEFAULT",
      at: range,
      label: "rows that are there have no value for it",
      help: ["give it a DEFAULT; Redshift asks for one even of an empty table"]
    )
  }

  static func longName(_ name: String, at range: TextRange) -> Diagnostic {
    hazard(
      "name-too-long",
      "a name of \(name.utf8.count) bytes is cut off: Redshift keeps the first "
        + "\(MigrationHazard.longestName)",
      at: range,
      label: "becomes another name",
      help: ["choose a shorter one"]
    )
  }

  static func typeStays(
    _ column: String,
    of table: RelationName,
    was stored: SQLType? = nil,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "redshift-unsupported",
      "Redshift cannot change the type of \"\(column)\" of \(table.description)"
        + (stored.map { ", which is \($0.spelling)" } ?? " to this one"),
      at: range,
      label: "only lengths of VARCHAR can be changed",
      help: ["add a column, copy the values, drop the old one and rename"]
    )
  }

  static func resizeRefused(
    _ column: String,
    of table: RelationName,
    because reason: String,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "resize-refused",
      "Redshift does not resize \"\(column)\" of \(table.description), which \(reason)",
      at: range,
      help: ["add a column, copy the values, drop the old one and rename"]
    )
  }

  static func alterUnsupported(_ table: RelationName, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "redshift-unsupported",
      "Redshift has no such form of ALTER TABLE for \(table.description)",
      at: range,
      notes: ["neither NOT NULL nor a DEFAULT can be set or dropped once the column is there"],
      help: ["make a new table or a new column, and copy the values"]
    )
  }

  // MARK: What blocks others

  static func rewrites(_ table: RelationName, _ what: String, at range: TextRange) -> Diagnostic {
    hazard(
      "table-rewrite",
      "\(table.description) gets \(what): Redshift writes all of it anew",
      at: range,
      label: "takes time and room",
      help: ["do it when the cluster is quiet, and give it a statement-timeout"]
    )
  }

  static func holdsLock(
    _ table: RelationName,
    while statement: Statement,
    at range: TextRange
  ) -> Diagnostic {
    var diagnostic = hazard(
      "exclusive-lock",
      "\(table.description) is locked against readers while \(statement.noun) moves rows",
      at: range,
      label: "an exclusive lock, up to the end of the transaction",
      help: ["put what moves rows into a migration of its own, before or after"]
    )
    diagnostic.labels.append(Label(statement.range, "runs under the lock"))
    return diagnostic
  }

  static func analyzesUnderLock(_ table: RelationName, at range: TextRange) -> Diagnostic {
    hazard(
      "exclusive-lock",
      "ANALYZE COMPRESSION locks \(table.description) against everybody and changes nothing",
      at: range,
      help: ["run it by hand, not in a migration"]
    )
  }

  // MARK: Names

  static func unqualifiedName(
    _ name: String,
    in schema: String,
    at range: TextRange
  ) -> Diagnostic {
    hazard(
      "unqualified-name",
      "\"\(name)\" says no schema, so it depends on the session's search path",
      at: range,
      help: [
        "write {{ target.schema }}.\(name), or `schema: \(schema)` under `migrations:`"
      ]
    )
  }
}
