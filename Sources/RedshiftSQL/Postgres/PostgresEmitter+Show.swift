import Diagnostics

/// SHOW and DESC of objects.
extension PostgresEmitter {
  private struct Listing {
    var columns: String
    var source: String
    var schemaColumn: String?
    var tableColumn: String?
    var nameColumn: String
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
      nameColumn: "column_name"
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
        "SELECT pg_get_viewdef(\(name)::regclass) AS \"Show View DDL statement\"",
        for: range
      )
    case (false, let kind, let object):
      guard let listing = PostgresEmitter.listings[kind] else {
        return fail(words, at: range, help: "query the views PG_TABLE_DEF, SVV_TABLES and others")
      }
      emit(show, listing, object?.name.parts.map(\.text) ?? [], in: range)
    default: fail(words, at: range, help: PostgresEmitter.substitute)
    }
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
    write(
      " ORDER BY \(listing.tableColumn == nil ? listing.nameColumn : "ordinal_position")",
      for: range
    )
    if let limit = show.limit { write(" LIMIT \(limit)", for: range) }
  }
}
