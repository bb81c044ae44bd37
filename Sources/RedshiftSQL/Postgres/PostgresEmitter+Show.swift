import Diagnostics

/// SHOW and DESC of objects.
extension PostgresEmitter {
  private struct Listing {
    var columns: String
    var source: String
    var schemaColumn: String?
    var tableColumn: String?
    var nameColumn: String
    var order: String?
  }

  private static let listings: [String: Listing] = [
    "databases": Listing(
      columns: "datname AS database_name, datdba AS database_owner, 'local' AS database_type",
      source: "pg_catalog.pg_database",
      nameColumn: "datname"
    ),
    "schemas": Listing(
      columns: "database_name, schema_name, schema_owner, schema_type",
      source: "rs.svv_all_schemas",
      nameColumn: "schema_name"
    ),
    "tables": Listing(
      columns: "database_name, schema_name, table_name, table_type, table_acl, remarks",
      source: "rs.svv_all_tables",
      schemaColumn: "schema_name",
      nameColumn: "table_name"
    ),
    "columns": Listing(
      columns: "database_name, schema_name, table_name, column_name, ordinal_position, "
        + "column_default, is_nullable, data_type, character_maximum_length, numeric_precision, "
        + "numeric_scale, remarks",
      source: "rs.svv_all_columns",
      schemaColumn: "schema_name",
      tableColumn: "table_name",
      nameColumn: "column_name",
      order: "ordinal_position"
    ),
    "procedures": Listing(
      columns: "database_name, schema_name, routine_name AS procedure_name, number_of_arguments, "
        + "argument_list, return_type, remarks",
      source: "rs.show_routines('p')",
      schemaColumn: "schema_name",
      nameColumn: "routine_name"
    ),
    "functions": Listing(
      columns: "database_name, schema_name, routine_name AS function_name, number_of_arguments, "
        + "argument_list, return_type, remarks",
      source: "rs.show_routines('f')",
      schemaColumn: "schema_name",
      nameColumn: "routine_name"
    ),
    "grants": Listing(
      columns: "database_name, schema_name, object_name, object_type, privilege_type, "
        + "identity_name, identity_type, admin_option, privilege_scope, grantor_name",
      source: "rs.show_grants",
      schemaColumn: "schema_name",
      tableColumn: "object_name",
      nameColumn: "object_name",
      order: "object_name, identity_name, privilege_type"
    ),
  ]

  mutating func emit(_ show: ShowObjects, in range: TextRange) {
    let words = "\(show.describes ? "DESC" : "SHOW") \(show.kind.uppercased())"
    switch (show.describes, show.kind, show.object) {
    case (false, "table", let object?):
      let name = SQLQuoting.literal(object.name.quoted, for: .postgres)
      write("SELECT rs.table_ddl(\(name)) AS \"Show Table DDL statement\"", for: range)
    case (false, "view", let object?):
      let name = SQLQuoting.literal(object.name.quoted, for: .postgres)
      write(
        "SELECT rs.view_ddl(\(name)) AS \"Show View DDL statement\"",
        for: range
      )
    case (false, "procedure", let object?):
      emitDefinition(of: object, "Show Procedure DDL statement", in: range)
    case (false, "function", let object?):
      emitDefinition(of: object, "Show Function DDL statement", in: range)
    case (false, "grants", _) where !PostgresEmitter.grantedTables.contains(show.relation):
      fail(words, at: range, help: "SHOW GRANTS ON TABLE … is here; there are no others")
    case (false, let kind, let object):
      guard let listing = PostgresEmitter.listings[kind] else {
        return fail(words, at: range, help: "query the views PG_TABLE_DEF, SVV_TABLES and others")
      }
      emit(show, listing, object?.name.parts.map(\.text) ?? [], in: range)
    default: fail(words, at: range, help: PostgresEmitter.substitute)
    }
  }

  private static let grantedTables: Set<String> = ["on", "on table"]

  private mutating func emitDefinition(
    of routine: RoutineSignature,
    _ title: String,
    in range: TextRange
  ) {
    let name = SQLQuoting.literal(routine.name.quoted, for: .postgres)
    var types = "NULL"
    if let arguments = routine.arguments {
      var words: [String] = []
      for argument in arguments where argument.mode != .out {
        words.append(SQLQuoting.literal(spelling(argument), for: .postgres))
      }
      types = "ARRAY[\(words.joined(separator: ", "))]::text[]"
    }
    let column = SQLQuoting.identifier(title)
    write("SELECT rs.routine_ddl(\(name), \(types)) AS \(column)", for: range)
  }

  private mutating func emit(
    _ show: ShowObjects,
    _ listing: Listing,
    _ name: [String],
    in range: TextRange
  ) {
    write("SELECT \(listing.columns) FROM \(listing.source) WHERE true", for: range)
    var parts = Array(name.reversed())
    for column in [listing.tableColumn, listing.schemaColumn] {
      guard let column, let part = parts.first else { continue }
      write(" AND \(column) = \(SQLQuoting.literal(part, for: .postgres))", for: range)
      parts.removeFirst()
    }
    if let pattern = show.pattern {
      let text = SQLQuoting.literal(pattern.value, for: .postgres)
      write(" AND \(listing.nameColumn) LIKE \(text)", for: pattern.range)
    }
    write(" ORDER BY \(listing.order ?? listing.nameColumn)", for: range)
    if let limit = show.limit { write(" LIMIT \(limit)", for: range) }
  }
}
