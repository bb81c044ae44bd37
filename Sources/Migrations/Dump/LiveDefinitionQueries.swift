import RedshiftSQL

/// Questions to a server's catalogue about what it holds; both kinds of server have most of it.
struct LiveDefinitionQueries: Sendable {
  let dialect: SQLQuoting.Dialect
  /// Schemas that are redstart's own.
  let ownSchemas: [String]
  /// Some relations, at least one; nil for everything.
  var only: [RelationName]?

  private func literal(_ text: String) -> String { SQLQuoting.literal(text, for: dialect) }

  /// Schemas that people have made; a name of the catalogue begins with `pg_`.
  private var isOfInterest: String {
    let own = (ownSchemas + ["information_schema", "rs", "catalog_history"]).map(literal)
    var text =
      "substring(n.nspname, 1, 3) <> 'pg_' and n.nspname not in (\(own.joined(separator: ", ")))"
    if let only { text += " and " + isOne(of: only, schema: "n.nspname", name: "c.relname") }
    return text
  }

  private func isOne(of relations: [RelationName], schema: String, name: String) -> String {
    let each = relations.map {
      "\(schema) = \(literal($0.schema ?? "")) and \(name) = \(literal($0.identifier))"
    }
    return "(\(each.joined(separator: " or ")))"
  }

  /// Schema, owner unless it is the one who asks, comment.
  var schemas: String {
    """
    select n.nspname, case when pg_get_userbyid(n.nspowner) = current_user or n.nspname = 'public' \
    then null else pg_get_userbyid(n.nspowner) end, obj_description(n.oid, 'pg_namespace') \
    from pg_catalog.pg_namespace n where \(isOfInterest) order by 1
    """
  }

  /// Redshift's schemas that show what another catalog or database has.
  static let externalSchemas = "select schemaname from svv_external_schemas order by 1"

  /// Schema, table, owner unless it is the one who asks, and how rows are spread.
  var tables: String {
    let style = dialect == .redshift ? "c.reldiststyle" : "null"
    return """
      select n.nspname, c.relname, case when pg_get_userbyid(c.relowner) = current_user then null \
      else pg_get_userbyid(c.relowner) end, \(style) from pg_catalog.pg_class c \
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      where c.relkind in ('r', 'p') and substring(c.relname, 1, 8) <> 'mv_tbl__' \
      and \(isOfInterest) order by 1, 2
      """
  }

  /// Schema, table, column, type, whether NULL is refused, default; then of Redshift the encoding,
  /// whether it is the distribution key and its place in the sort key, of PostgreSQL the kind of
  /// identity with its first value and its step; and the type that takes the values of a type which
  /// somebody made.
  var columns: String {
    let own =
      dialect == .redshift
      ? "format_encoding(a.attencodingtype::integer), a.attisdistkey, a.attsortkeyord, null"
      : """
      a.attidentity, s.seqstart, s.seqincrement, case t.typtype \
      when 'd' then format_type(t.typbasetype, t.typtypmod) when 'e' then 'character varying(' \
      || (select coalesce(max(octet_length(l.enumlabel)), 1) from pg_catalog.pg_enum l \
      where l.enumtypid = t.oid) || ')' end
      """
    // Each of the two has only one of them in a form that can be read.
    let value =
      dialect == .redshift
      ? "d.adsrc"
      : """
      case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end
      """
    // The sequence behind an identity depends on its column, and so does that of a SERIAL.
    let join =
      dialect == .redshift
      ? ""
      : """
      join pg_catalog.pg_type t on t.oid = a.atttypid left join lateral (\
      select q.seqstart, q.seqincrement from pg_catalog.pg_depend e \
      join pg_catalog.pg_sequence q on q.seqrelid = e.objid where e.refobjid = a.attrelid \
      and e.refobjsubid = a.attnum and e.refclassid = 'pg_catalog.pg_class'::regclass \
      and e.deptype in ('i', 'a') and e.classid = 'pg_catalog.pg_class'::regclass \
      order by e.deptype desc, e.objid limit 1) s on true \

      """
    return """
      select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
      \(value), \(own) from pg_catalog.pg_class c \
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped \
      left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum \
      \(join)where c.relkind in ('r', 'p') and substring(c.relname, 1, 8) <> 'mv_tbl__' \
      and \(isOfInterest) order by 1, 2, a.attnum
      """
  }

  /// Schema, table, constraint and its text; keys first.
  var constraints: String {
    """
    select n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid) \
    from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid \
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
    where k.contype in ('p', 'u', 'f') and \(isOfInterest) \
    order by case k.contype when 'f' then 1 else 0 end, 1, 2, 3
    """
  }

  /// Schema, table, and what it has that Redshift does not know; nil of Redshift itself.
  ///
  /// The local warehouse keeps lengths in bytes by CHECKs of its own.
  var foreignParts: String? {
    guard dialect == .postgres else { return nil }
    let scope = "c.relkind in ('r', 'p') and \(isOfInterest)"
    let place = "join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
    return """
      select n.nspname, c.relname, 'constraint ' || k.conname || ': ' || pg_get_constraintdef(k.oid) \
      from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid \(place) \
      where k.contype in ('c', 'x') and \(scope) and pg_get_constraintdef(k.oid) !~ \
      '^CHECK \\(\\(octet_length\\([^()]*(\\([^()]*\\))?[^()]*\\) <= [0-9]+\\)\\)$' \
      union all select n.nspname, c.relname, 'column ' || a.attname || ' is generated: ' \
      || pg_get_expr(d.adbin, d.adrelid) from pg_catalog.pg_class c \(place) \
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attgenerated <> '' \
      join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum \
      where \(scope) union all select n.nspname, c.relname, 'trigger ' || t.tgname \
      from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid \(place) \
      where not t.tgisinternal and \(scope) \
      union all select n.nspname, c.relname, 'unique index ' || i.relname \
      from pg_catalog.pg_index x join pg_catalog.pg_class c on c.oid = x.indrelid \(place) \
      join pg_catalog.pg_class i on i.oid = x.indexrelid where x.indisunique and \(scope) \
      and not exists (select 1 from pg_catalog.pg_constraint k where k.conindid = i.oid) \
      union all select n.nspname, c.relname, 'it inherits from ' || h.inhparent::regclass::text \
      from pg_catalog.pg_inherits h join pg_catalog.pg_class c on c.oid = h.inhrelid \(place) \
      where not c.relispartition and \(scope) \
      union all select n.nspname, c.relname, 'it is a partition of ' || h.inhparent::regclass::text \
      from pg_catalog.pg_inherits h join pg_catalog.pg_class c on c.oid = h.inhrelid \(place) \
      where c.relispartition and \(scope) order by 1, 2, 3
      """
  }

  /// Schema, view, its kind, owner unless it is the one who asks, text, whether it binds late, and
  /// what follows its name in Redshift's words where that is kept.
  var views: String {
    let owner = """
      case when pg_get_userbyid(c.relowner) = current_user then null \
      else pg_get_userbyid(c.relowner) end
      """
    let from = """
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      """
    guard dialect == .postgres else {
      return """
        select n.nspname, c.relname, c.relkind, \(owner), pg_get_viewdef(c.oid), false, \
        cast(null as varchar(1)) \
        \(from) where c.relkind = 'v' and \(isOfInterest) order by 1, 2
        """
    }
    // One that was made by another hand is what it was made, and binds.
    return """
      select n.nspname, c.relname, c.relkind, \(owner), \
      coalesce(l.definition, pg_get_viewdef(c.oid)), \
      l.view_name is not null and l.bound_kind is null, \
      l.columns || ' as ' || l.source \
      \(from) left join rs.late_views l on c.oid in (l.view_oid, l.stand_in) \
      and (l.stand_in = c.oid or coalesce(l.written = rs.written_view(c.oid), true)) \
      where c.relkind in ('v', 'm') and \(isOfInterest) order by 1, 2
      """
  }

  /// Schema, relation, column if it is about one, whether it is a view, comment.
  var comments: String {
    """
    select n.nspname, c.relname, a.attname, c.relkind, d.description \
    from pg_catalog.pg_description d join pg_catalog.pg_class c on c.oid = d.objoid \
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
    left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid \
    and d.objsubid > 0 where c.relkind in ('r', 'p', 'v', 'm') and \(isOfInterest) \
    order by 1, 2, d.objsubid
    """
  }

  /// Schema, relation (none for the schema itself), privilege, grantee, its kind, whether it may be
  /// passed on, and the column if it is about one.
  var grants: String {
    if dialect == .redshift {
      let own = (ownSchemas + ["information_schema", "catalog_history"]).map(literal)
      var scope =
        "substring(namespace_name, 1, 3) <> 'pg_' "
        + "and namespace_name not in (\(own.joined(separator: ", ")))"
      if let only {
        scope += " and " + isOne(of: only, schema: "namespace_name", name: "relation_name")
      }
      let relations = """
        select namespace_name, relation_name, lower(privilege_type), identity_name, identity_type, \
        admin_option, null as column_name from svv_relation_privileges where \(scope) \
        union all select namespace_name, relation_name, lower(privilege_type), identity_name, \
        identity_type, admin_option, column_name from svv_column_privileges where \(scope)
        """
      guard only == nil else { return relations + " order by 1, 2, 4, 3" }
      return """
        \(relations) union all select namespace_name, null, lower(privilege_type), identity_name, \
        identity_type, admin_option, null from svv_schema_privileges where \(scope) \
        and upper(privilege_scope) = 'SCHEMA' order by 1, 2, 4, 3
        """
    }
    let who = """
      case when x.grantee = 0 then '' else pg_get_userbyid(x.grantee) end, \
      case when x.grantee = 0 then 'public' else 'user' end, x.is_grantable
      """
    let relations = """
      select n.nspname, c.relname, lower(x.privilege_type), \(who), null as column_name \
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      cross join lateral aclexplode(c.relacl) x where x.grantee <> c.relowner \
      and c.relkind in ('r', 'p', 'v', 'm') and \(isOfInterest) \
      union all select n.nspname, c.relname, lower(x.privilege_type), \(who), a.attname \
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and not a.attisdropped \
      cross join lateral aclexplode(a.attacl) x where x.grantee <> c.relowner \
      and c.relkind in ('r', 'p', 'v', 'm') and \(isOfInterest)
      """
    guard only == nil else { return relations + " order by 1, 2, 4, 3" }
    return """
      \(relations) union all select n.nspname, null, lower(x.privilege_type), \(who), null \
      from pg_catalog.pg_namespace n cross join lateral aclexplode(n.nspacl) x \
      where x.grantee <> n.nspowner and n.nspname <> 'public' and \(isOfInterest) order by 1, 2, 4, 3
      """
  }

  /// Schema, name, kind, types and names of arguments, type of the result, volatility, language,
  /// body, whether there are arguments of other modes than IN; then of PostgreSQL the modes and
  /// types of all arguments, and the comment, which Redshift has for no routine.
  var routines: String {
    let table = dialect == .redshift ? "pg_proc_info" : "pg_catalog.pg_proc"
    let own =
      dialect == .redshift
      ? "null, null, null"
      : """
      array_to_string(p.proargmodes, ','), (select string_agg(format_type(u.t, null), ',' \
      order by u.o) from unnest(p.proallargtypes) with ordinality u(t, o)), \
      obj_description(p.oid, 'pg_proc')
      """
    return """
      select n.nspname, p.proname, p.prokind, oidvectortypes(p.proargtypes), \
      array_to_string(p.proargnames, ','), format_type(p.prorettype, null), p.provolatile, \
      l.lanname, p.prosrc, p.proargmodes is not null, \(own) from \(table) p \
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace \
      join pg_catalog.pg_language l on l.oid = p.prolang \
      where p.prokind in ('f', 'p') and \(isOfInterest) order by 1, 2, 4
      """
  }

  /// Schema, name, types of arguments, grantee, its kind, whether EXECUTE may be passed on.
  var routineGrants: String {
    if dialect == .redshift {
      let own = (ownSchemas + ["information_schema", "catalog_history"]).map(literal)
      return """
        select namespace_name, function_name, argument_types, identity_name, identity_type, \
        admin_option from svv_function_privileges \
        where substring(namespace_name, 1, 3) <> 'pg_' \
        and namespace_name not in (\(own.joined(separator: ", "))) \
        and upper(privilege_type) = 'EXECUTE' order by 1, 2, 3, 5, 4
        """
    }
    // Everybody may execute what has a list at all, unless somebody took it away: it says nothing.
    return """
      select n.nspname, p.proname, oidvectortypes(p.proargtypes), pg_get_userbyid(x.grantee), \
      'user', x.is_grantable from pg_catalog.pg_proc p \
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace \
      cross join lateral aclexplode(p.proacl) x where x.grantee <> p.proowner and x.grantee <> 0 \
      and p.prokind in ('f', 'p') and \(isOfInterest) order by 1, 2, 3, 4
      """
  }

  /// Owner, schema if it holds for one, kind of objects, privilege, grantee, its kind, whether it may
  /// be passed on: what ALTER DEFAULT PRIVILEGES has set.
  var defaultPrivileges: String {
    if dialect == .redshift {
      return """
        select owner_name, schema_name, lower(object_type), lower(privilege_type), grantee_name, \
        grantee_type, admin_option from svv_default_privileges order by 1, 2, 3, 6, 5, 4
        """
    }
    return """
      select pg_get_userbyid(d.defaclrole), n.nspname, \
      case d.defaclobjtype when 'r' then 'relation' else 'function' end, lower(x.privilege_type), \
      case when x.grantee = 0 then '' else pg_get_userbyid(x.grantee) end, \
      case when x.grantee = 0 then 'public' else 'user' end, x.is_grantable \
      from pg_catalog.pg_default_acl d left join pg_catalog.pg_namespace n \
      on n.oid = d.defaclnamespace cross join lateral aclexplode(d.defaclacl) x \
      where d.defaclobjtype in ('r', 'f') and x.grantee <> d.defaclrole order by 1, 2, 3, 6, 5, 4
      """
  }

  /// The user who asks, on PostgreSQL then the others.
  var roles: String {
    dialect == .redshift
      ? "select current_user"
      : "select current_user union all select rolname from pg_catalog.pg_roles"
  }

  /// Late-binding views of PostgreSQL that wait for what they read: as `views`.
  ///
  /// Bound views that wait with them are no late-binding ones.
  static let waitingViews =
    "select schema_name, view_name, 'v', null, definition, true, columns || ' as ' || source from rs.late_views "
    + "where view_oid is null and bound_kind is null "
    + "and not exists (select 1 from pg_catalog.pg_class c "
    + "join pg_catalog.pg_namespace n on n.oid = c.relnamespace "
    + "where n.nspname = schema_name and c.relname = view_name) order by 1, 2"
}
