import Diagnostics

extension Diagnostic {
  static func otherDatabase(_ error: WarehouseError, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "other-database",
      "a relation of another database cannot be had on the local warehouse",
      at: range,
      notes: [error.message],
      help: ["make a schema and a table of these names here, and write schema.table"]
    )
  }
}
