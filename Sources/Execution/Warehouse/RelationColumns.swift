import Diagnostics
import RedshiftSQL
import WarehouseClient

/// A column of a relation as the catalogue has it.
struct RelationColumn: Hashable, Sendable {
  var name: String
  /// As `character varying(20)`.
  var type: String
  var isIdentity: Bool
  var hasDefault: Bool
  /// Whether the column of a table may be left without a value.
  var isNullable = false
}

/// What the catalogue says about the columns and keys of a table.
struct RelationColumns: Sendable {
  var columns: [RelationColumn]
  /// Constraint clauses as `PRIMARY KEY (id)`, in the server's words.
  var constraints: [String]
  /// Tables with a foreign key that refers to this one.
  var referrers: [String]

  var names: [String] { columns.map(\.name) }

  /// Whether a column holds text of any length.
  func isText(_ name: String) -> Bool {
    guard let type = columns.first(where: { $0.name.lowercased() == name.lowercased() })?.type
    else { return false }
    return type.hasPrefix("character") || type == "text"
  }

  var hasIdentity: Bool { columns.contains(where: \.isIdentity) }

  /// Reads columns, constraints and referrers in one query.
  static func read(
    _ relation: RelationName,
    _ session: NodeSession
  ) async throws(Diagnostic) -> RelationColumns {
    let result = try await session.send(
      query(relation, session.dialect),
      to: "reading the columns of \(relation.description)"
    )
    var read = RelationColumns(columns: [], constraints: [], referrers: [])
    for row in result.rows where row.count >= 5 {
      let value = row[1] ?? ""
      switch row[0] {
      case "column":
        let column = RelationColumn(
          name: value,
          type: row[2] ?? "",
          isIdentity: row[3].map(isTrue) ?? false,
          hasDefault: row[4].map(isTrue) ?? false,
          isNullable: row.count > 6 && row[6].map(isTrue) ?? false
        )
        read.columns.append(column)
      case "constraint": read.constraints.append(value)
      case "referrer": read.referrers.append(value)
      default: break
      }
    }
    return read
  }

  /// Reads the columns alone of a temporary table of this session.
  static func readTemporary(
    _ relation: RelationName,
    _ session: NodeSession
  ) async throws(Diagnostic) -> RelationColumns {
    let result = try await session.send(
      temporaryQuery(relation, session.dialect),
      to: "reading the columns of the query"
    )
    let columns = result.rows.filter { $0.count == 2 }.map { row in
      RelationColumn(
        name: row[0] ?? "",
        type: row[1] ?? "",
        isIdentity: false,
        hasDefault: false
      )
    }
    return RelationColumns(columns: columns, constraints: [], referrers: [])
  }

  static func temporaryQuery(_ relation: RelationName, _ dialect: SQLQuoting.Dialect) -> SQLText {
    """
    select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_class as c on c.oid = a.attrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where lower(c.relname) = \(literal: relation.identifier.lowercased(), dialect)
      and n.nspname like 'pg_temp%'
      and pg_catalog.pg_table_is_visible(c.oid)
      and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    """
  }

  private static func isTrue(_ text: String) -> Bool { text == "t" || text == "true" }

  static func query(_ relation: RelationName, _ dialect: SQLQuoting.Dialect) -> SQLText {
    // Redshift, a fork of PostgreSQL 8.0, has no attidentity: an identity is a default there.
    let identity: SQLText =
      dialect == .postgres
      ? "a.attidentity <> ''" : "coalesce(f.adsrc, '') like '%identity%'"
    let defaults: SQLText =
      dialect == .postgres
      ? ""
      : """
      left join pg_catalog.pg_attrdef as f
        on f.adrelid = a.attrelid and f.adnum = a.attnum
      """
    // In both, a check constraint exists locally only (it stands for VARCHAR's length in bytes).
    return """
      with target as (
        select c.oid
        from pg_catalog.pg_class as c
        join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where lower(n.nspname) = \(literal: (relation.schema ?? "").lowercased(), dialect)
          and lower(c.relname) = \(literal: relation.identifier.lowercased(), dialect)
      )
      select 'column' as what, cast(a.attname as varchar(256)) as name,
        pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
        case when \(identity) then 'true' else 'false' end as is_identity,
        case when a.atthasdef then 'true' else 'false' end as has_default,
        a.attnum as position,
        case when a.attnotnull then 'false' else 'true' end as is_nullable
      from pg_catalog.pg_attribute as a
      \(defaults)
      where a.attrelid in (select oid from target) and a.attnum > 0 and not a.attisdropped
      union all
      select 'constraint', pg_catalog.pg_get_constraintdef(k.oid), null, null, null, 10000, null
      from pg_catalog.pg_constraint as k
      where k.conrelid in (select oid from target) and k.contype in ('p', 'u', 'f', 'c')
      union all
      select 'referrer', cast(o.relname as varchar(256)), null, null, null, 20000, null
      from pg_catalog.pg_constraint as k
      join pg_catalog.pg_class as o on o.oid = k.conrelid
      where k.confrelid in (select oid from target) and k.contype = 'f'
        and k.conrelid not in (select oid from target)
      order by position, name
      """
  }
}
