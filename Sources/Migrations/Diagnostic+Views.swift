import Diagnostics

// MARK: Views on tables that are altered

extension Diagnostic {
  static func foreignViews(_ views: [String], at range: TextRange?) -> Diagnostic {
    let shown = views.prefix(10).joined(separator: ", ")
    return Diagnostic(
      code: "foreign-views",
      "views stand on what a migration alters, and are not this project's: \(shown)"
        + (views.count > 10 ? " and \(views.count - 10) more" : ""),
      at: range,
      label: "the server refuses this while they are there",
      notes: [
        "views of migrations and models are dropped and made again; others are left alone"
      ],
      help: [
        "ask whoever made them to drop them first, or to make them WITH NO SCHEMA BINDING",
        "or drop them in the file, before this statement",
      ]
    )
  }

  /// - Parameter views: each with what it reads.
  /// - Returns: an error; `diff` shows it as a warning.
  static func viewsInTheWayOfRepair(_ views: [SchemaDrift.ForeignView]) -> Diagnostic {
    var notes = views.prefix(10).map {
      "\($0.name) reads \($0.bases.joined(separator: ", "))"
    }
    if views.count > 10 { notes.append("and \(views.count - 10) more") }
    return Diagnostic(
      code: "foreign-views",
      "views stand on what the repair alters, and no migration makes them: "
        + views.prefix(10).map(\.name).joined(separator: ", "),
      notes: notes,
      help: [
        "drop them first, and make them again afterwards: `redstart run` makes those of models",
        "or put the change into a migration, which keeps the views of models",
      ]
    )
  }

  static func viewNotKept(
    _ view: String,
    _ error: Diagnostic,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "view-not-kept",
      "the view \(view) cannot be made again on the altered table: \(error.message)",
      at: range,
      label: "altered here",
      notes: error.notes,
      help: [
        "drop the view before the statement and make it anew behind it, in the same migration",
        "or change it in the R__ file or the model that makes it",
      ]
    )
  }

  static func viewsAroundLoneStatement(_ views: [String], at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "views-in-the-way",
      "this statement runs outside of transactions, and views read the column: "
        + views.prefix(10).joined(separator: ", "),
      at: range,
      notes: ["dropped and made again in other transactions, they would be lost in a crash"],
      help: [
        "drop the views before the statement, and make them again behind it, in the same file: a"
          + " run that stops in between goes on there"
      ]
    )
  }

  static func viewLeft(_ view: String, isModel: Bool) -> Diagnostic {
    Diagnostic(
      .note,
      code: "view-left-out",
      isModel
        ? "the view \(view) no longer fits and was dropped; `redstart run` makes it anew"
        : "the view \(view) was dropped; a later file makes it anew"
    )
  }
}
