import Diagnostics
import ProjectCompiler
import RedshiftSQL

// MARK: Dump

extension Diagnostic {
  static func dumpUnseen(_ noun: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "dump-unseen",
      "what \(noun) makes cannot be told from the text, and is not in the dump",
      at: range,
      help: ["`redstart migrate dump --from-database` reads what the database has"]
    )
  }

  static func dumpUntyped(_ table: String, _ column: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "dump-untyped",
      column == "*"
        ? "the columns of \(table) are not known, since its query reads what the files do not define"
        : "the type of \(table).\(column) is not known",
      at: range,
      help: [
        "give the expression a type, as `cast(… as varchar(20))`",
        "or read it from the database: `redstart migrate dump --from-database`",
      ]
    )
  }

  static func dumpOutdatedView(_ view: SchemaDefinition.OutdatedView) -> Diagnostic {
    Diagnostic(
      code: "dump-outdated-view",
      "the text of view \(view.name.description) does not make the same view any more",
      at: view.range,
      notes: [
        "what it reads was changed behind it: \(view.reason)",
        "the view in the database still is what it was",
      ],
      help: [
        "write CREATE OR REPLACE VIEW in a new migration, with the names that hold now",
        "or read it from the database: `redstart migrate dump --from-database`",
      ]
    )
  }

  static func routineNotDumped(_ name: String) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "dump-routine",
      "\(name) is not in the dump: its arguments have modes that the catalogue does not tell in full",
      help: ["take its text from the file that made it"]
    )
  }
}
