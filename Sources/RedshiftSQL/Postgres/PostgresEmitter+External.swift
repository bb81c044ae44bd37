import Diagnostics

/// External schemas are plain schemas locally, and external tables are tables to be filled.
extension PostgresEmitter {
  mutating func noteExternalSchema(_ range: TextRange) {
    note(
      "EXTERNAL SCHEMA",
      at: range,
      why: "it is a plain schema here: create tables with the same names in it"
    )
  }

  mutating func emit(_ schema: CreateExternalSchema, in range: TextRange) {
    noteExternalSchema(range)
    guard let name = schema.name.parts.last else { return }
    let condition = schema.allowsExisting ? "IF NOT EXISTS " : ""
    write("CREATE SCHEMA \(condition)\(SQLQuoting.identifier(name.text))", for: range)
  }

  /// The columns, and those that the rows are partitioned by; or the rows of its query.
  mutating func emit(_ table: CreateExternalTable, in range: TextRange) {
    var rules = ExternalTableRules(catalog)
    rules.check(table)
    diagnostics += rules.problems
    let condition = table.allowsExisting ? "IF NOT EXISTS " : ""
    let what = table.isIceberg ? "USING ICEBERG" : "EXTERNAL TABLE"
    if let query = table.query {
      note(what, at: range, why: "it is a table here, and no files are written")
      write("CREATE TABLE \(condition)", for: range)
      emit(table.name)
      write(" AS ", for: range)
      return emit(query)
    }
    note(what, at: range, why: "it is an empty table here: fill it with sample rows")
    write("CREATE TABLE \(condition)", for: range)
    emit(table.name)
    write(" (", for: range)
    for (index, column) in (table.columns + table.partitions).enumerated() {
      if index > 0 { write(", ", for: column.range) }
      emitExternal(column)
    }
    write(")", for: range)
  }

  /// Nested values are SUPER here.
  private mutating func emitExternal(_ column: ColumnDefinition) {
    guard ["array", "struct", "map"].contains(column.type.name) else {
      return emit(column, required: false)
    }
    copy(column.name.range)
    write(" jsonb", for: column.type.range)
  }

  mutating func emit(_ action: ExternalTableAction, at range: TextRange) {
    switch action {
    case .addPartitions, .dropPartition, .setPartitionLocation, .setLocation, .setFormat,
      .setProperties:
      note(
        "a change of an external table's files",
        at: range,
        why: "external tables are plain tables here"
      )
    }
  }
}
