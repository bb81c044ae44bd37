import Diagnostics
import RedshiftSQL

/// What the database's catalogue says, asked for on behalf of templates.
struct LiveCatalog {
  let database: any LiveDatabase

  private func literal(_ text: String) -> String {
    SQLQuoting.literal(text, for: database.isPostgres ? .postgres : .redshift)
  }

  /// A relation that stands in a schema.
  struct Found {
    var schema: String
    var name: String
    var kind: RelationObject.Kind
  }

  /// The relations of a schema, and the functions of users in it, which dbt counts among them.
  func relations(schema: String) throws(Diagnostic) -> [Found] {
    let isThere = "lower(n.nspname) = lower(\(literal(schema)))"
    return try found(
      where: isThere,
      besides: """
        union all
        select distinct n.nspname, p.proname, '\(Self.functionLetter)'
        from pg_catalog.pg_proc p
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace
        where \(isThere)
        """
    )
  }

  /// No kind of a relation.
  private static let functionLetter = "F"

  /// The relation of a name, whatever its letters' case.
  func relation(schema: String, name: String) throws(Diagnostic) -> Found? {
    try found(
      where: """
        lower(n.nspname) = lower(\(literal(schema))) \
        and lower(c.relname) = lower(\(literal(name)))
        """
    ).first
  }

  private func found(
    where condition: String,
    besides others: String = ""
  ) throws(Diagnostic) -> [Found] {
    let answer = try database.ask(
      """
      select n.nspname, c.relname, cast(c.relkind as varchar(1))
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and \(condition)
      \(others)
      order by 2
      """,
      purpose: "looking for relations"
    )
    return answer.rows.compactMap { row in
      guard row.count == 3, let schema = row[0], let name = row[1] else { return nil }
      let kind: RelationObject.Kind =
        switch row[2] {
        case "v": .view
        case "m": .materializedView
        case "f": .external
        case Self.functionLetter: .function
        default: .table
        }
      return Found(schema: schema, name: name, kind: kind)
    }
  }

  /// The names of all schemas.
  func schemas() throws(Diagnostic) -> [String] {
    try database.ask(
      "select nspname from pg_catalog.pg_namespace order by 1",
      purpose: "looking for schemas"
    ).rows.compactMap { $0.first ?? nil }
  }

  /// What Redshift calls a type that stands for its own on PostgreSQL.
  private static func redshiftType(_ type: String) -> String {
    switch type.lowercased() {
    case "jsonb", "json": "super"
    case "bytea": "varbyte"
    default: type
    }
  }

  /// The columns of a relation, in order; a relation without a schema may be a temporary one.
  func columns(schema: String?, name: String) throws(Diagnostic) -> [ColumnObject] {
    let place = schema.map { " and lower(table_schema) = lower(\(literal($0)))" } ?? ""
    // What information_schema leaves out of Redshift, this view has.
    let source = database.isPostgres ? "information_schema.columns" : "pg_catalog.svv_columns"
    let answer = try database.ask(
      """
      select column_name, data_type, character_maximum_length, numeric_precision, numeric_scale
      from \(source)
      where lower(table_name) = lower(\(literal(name)))\(place)
      order by ordinal_position
      """,
      purpose: "looking for columns"
    )
    return answer.rows.compactMap { row in
      guard row.count == 5, let name = row[0], let type = row[1] else { return nil }
      return ColumnObject(
        name: name,
        type: database.translates ? Self.redshiftType(type) : type,
        size: row[2].flatMap { Int($0) },
        precision: row[3].flatMap { Int($0) },
        scale: row[4].flatMap { Int($0) }
      )
    }
  }
}
