package import Diagnostics
package import RedshiftSQL
package import WarehouseClient

/// What a database's catalogue says about the relations of some schemas.
package struct CatalogContents: Sendable {
  /// A table or view as the server has it.
  package struct Table: Hashable, Sendable {
    package struct Column: Hashable, Sendable {
      package var name: String
      /// As `character varying(20)`.
      package var type: String
      /// From 1, in the order of the table.
      package var position: Int
      package var comment: String?
    }

    package var schema: String
    package var name: String
    /// `BASE TABLE`, `VIEW`, `MATERIALIZED VIEW` or `LATE BINDING VIEW`, as dbt says it.
    package var kind: String
    package var owner: String?
    package var comment: String?
    package var columns: [Column]
    /// What only a cluster knows; nil elsewhere and for tables without rows.
    package var health: TableHealth?
    /// What a project's own macro says of it, by dbt's names: `stats:size:value`.
    package var statistics = PlainDictionary()
  }

  package private(set) var tables: [Table] = []

  package init() {}

  /// Takes over what a macro gives.
  ///
  /// - Parameter rows: a row for each column of each relation.
  /// - Throws: `catalog-macro` where a row does not say of which relation it is.
  package init(rows: [PlainDictionary]) throws(Diagnostic) {
    var places: [Name: Int] = [:]
    for row in rows {
      guard let schema = row["table_schema"]?.string, let name = row["table_name"]?.string else {
        throw Diagnostic(
          code: "catalog-macro",
          "Catalog information missing required key 'table_schema' or 'table_name'",
          notes: ["a row has \(row.keys.joined(separator: ", "))"]
        )
      }
      let key = Name(schema: schema, name: name)
      let place = places[key] ?? tables.count
      if place == tables.count {
        places[key] = place
        var table = Table(
          schema: schema,
          name: name,
          kind: row["table_type"]?.string ?? "",
          owner: row["table_owner"]?.string,
          comment: row["table_comment"]?.string,
          columns: []
        )
        for (key, value) in row.pairs where key.hasPrefix("stats:") {
          table.statistics[key] = value
        }
        tables.append(table)
      }
      guard let column = row["column_name"]?.string else { continue }
      let index = row["column_index"]
      tables[place].columns.append(
        Table.Column(
          name: column,
          type: row["column_type"]?.string ?? "",
          position: index?.integer ?? index?.string.flatMap { Int($0) } ?? 0,
          comment: row["column_comment"]?.string
        )
      )
    }
  }

  /// Reads tables, views, columns, owners and comments in one query, and two more on a cluster.
  ///
  /// - Parameters:
  ///   - schemas: the schemas to read, in any case.
  ///   - session: any session with the database.
  ///   - dialect: which of the two servers it is.
  /// - Returns: everything that is there, by schema and name.
  /// - Throws: what the server says.
  package static func read(
    schemas: some Sequence<String>,
    on session: any WarehouseSession,
    dialect: SQLQuoting.Dialect
  ) async throws(Diagnostic) -> CatalogContents {
    var contents = CatalogContents()
    let names = Set(schemas.map { $0.lowercased() }).sorted()
    guard !names.isEmpty else { return contents }
    do throws(WarehouseError) {
      let rows = try await session.execute(query(names, dialect).string).rows
      for row in rows { contents.add(row) }
      if dialect == .redshift {
        contents.addLateBinding(try await session.execute(lateBindingQuery(names).string).rows)
      }
    } catch {
      throw .statementFailed(error, purpose: "reading the catalogue")
    }
    if dialect == .redshift {
      let places = contents.places
      for health in try await TableHealth.read(schemas: names, on: session) {
        if let place = places[Name(schema: health.schema, name: health.table)] {
          contents.tables[place].health = health
        }
      }
    }
    return contents
  }

  static func query(_ schemas: [String], _ dialect: SQLQuoting.Dialect) -> SQLText {
    """
    select n.nspname, c.relname, c.relkind, pg_catalog.pg_get_userbyid(c.relowner), \
    a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), \
    pg_catalog.obj_description(c.oid, 'pg_class'), pg_catalog.col_description(c.oid, a.attnum)
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute as a on a.attrelid = c.oid
    where lower(n.nspname) in (\(literals: schemas, dialect))
      and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped
    order by n.nspname, c.relname, a.attnum
    """
  }

  /// Views without schema binding have no columns in pg_attribute.
  static func lateBindingQuery(_ schemas: [String]) -> SQLText {
    """
    select view_schema, view_name, col_num, col_name, col_type
    from pg_get_late_binding_view_cols() \
    cols(view_schema name, view_name name, col_name name, col_type varchar, col_num int)
    where lower(view_schema) in (\(literals: schemas, .redshift))
    order by view_schema, view_name, col_num
    """
  }

  private mutating func add(_ row: [String?]) {
    guard row.count == 9, let schema = row[0], let name = row[1], let column = row[5] else {
      return
    }
    let isNew = tables.last.map { $0.schema != schema || $0.name != name } ?? true
    if isNew {
      let kind =
        switch row[2] {
        case "v": "VIEW"
        case "m": "MATERIALIZED VIEW"
        default: "BASE TABLE"
        }
      tables.append(
        Table(
          schema: schema,
          name: name,
          kind: kind,
          owner: row[3],
          comment: row[7],
          columns: []
        )
      )
    }
    tables[tables.count - 1].columns.append(
      Table.Column(
        name: column,
        type: row[6] ?? "",
        position: row[4].flatMap { Int($0) } ?? 0,
        comment: row[8]
      )
    )
  }

  private struct Name: Hashable {
    var schema: String
    var name: String
  }

  /// Where each table is among all of them.
  private var places: [Name: Int] {
    Dictionary(
      tables.enumerated().map { (Name(schema: $1.schema, name: $1.name), $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  private mutating func addLateBinding(_ rows: [[String?]]) {
    var places = places
    for row in rows {
      guard row.count == 5, let schema = row[0], let name = row[1], let column = row[3] else {
        continue
      }
      let view = Name(schema: schema, name: name)
      let place = places[view] ?? tables.count
      if place == tables.count {
        tables.append(Table(schema: schema, name: name, kind: "LATE BINDING VIEW", columns: []))
        places[view] = place
      } else if tables[place].kind != "LATE BINDING VIEW" {
        continue
      }
      tables[place].columns.append(
        Table.Column(name: column, type: row[4] ?? "", position: row[2].flatMap { Int($0) } ?? 0)
      )
    }
  }
}
