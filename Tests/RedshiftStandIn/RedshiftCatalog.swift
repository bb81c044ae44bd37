import Diagnostics
import RedshiftSQL

/// What Redshift's catalogue has and PostgreSQL's has not, in a schema of its own.
enum RedshiftCatalog {
  static let schema = "redshift_catalog"

  static let installation = """
    SELECT pg_advisory_lock(7305804402617214999);
    CREATE SCHEMA IF NOT EXISTS redshift_catalog;
    CREATE OR REPLACE FUNCTION redshift_catalog.version() RETURNS text LANGUAGE sql AS
     $$ SELECT 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.99999'::text $$;
    CREATE OR REPLACE VIEW redshift_catalog.pg_attrdef AS
     SELECT oid, adrelid, adnum, pg_catalog.pg_get_expr(adbin, adrelid) AS adsrc FROM pg_catalog.pg_attrdef
     UNION ALL SELECT 0::oid, attrelid, attnum, '"identity"(' || attrelid::text || ', 0, ''1,1''::text)'
     FROM pg_catalog.pg_attribute WHERE attidentity <> '' AND NOT attisdropped;
    -- VARCHAR's length in bytes is a CHECK here, which Redshift does not have.
    CREATE OR REPLACE VIEW redshift_catalog.pg_constraint AS
     SELECT * FROM pg_catalog.pg_constraint WHERE contype <> 'c';
    CREATE OR REPLACE VIEW redshift_catalog.pg_namespace AS
     SELECT * FROM pg_catalog.pg_namespace WHERE nspname <> 'redshift_catalog';
    -- How rows are spread is not kept here, and neither are keys.
    CREATE OR REPLACE VIEW redshift_catalog.pg_class AS SELECT *, NULL::int AS reldiststyle FROM pg_catalog.pg_class;
    CREATE OR REPLACE VIEW redshift_catalog.pg_attribute AS
     SELECT attrelid, attname, atttypid, attstattarget, attlen, attnum, attndims, attcacheoff, atttypmod, attbyval,
      attstorage, attalign, attnotnull, atthasdef, attisdropped, attislocal, attinhcount,
      0::smallint AS attencodingtype, false AS attisdistkey, 0 AS attsortkeyord
     FROM pg_catalog.pg_attribute;
    CREATE OR REPLACE FUNCTION redshift_catalog.format_encoding(integer) RETURNS text LANGUAGE sql AS $$ SELECT 'none'::text $$;
    CREATE OR REPLACE FUNCTION redshift_catalog.elements(anyarray, text) RETURNS text LANGUAGE sql AS
     $$ SELECT pg_catalog.array_to_string($1, $2) $$;
    CREATE OR REPLACE VIEW redshift_catalog.pg_proc_info AS SELECT * FROM pg_catalog.pg_proc;
    CREATE OR REPLACE VIEW redshift_catalog.svv_relation_privileges AS
     SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, x.privilege_type,
      CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_get_userbyid(x.grantee)::text END AS identity_name,
      CASE WHEN x.grantee = 0 THEN 'public' ELSE 'user' END AS identity_type, x.is_grantable AS admin_option
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     CROSS JOIN LATERAL aclexplode(c.relacl) x WHERE x.grantee <> c.relowner AND n.nspname NOT IN ('rs', 'redshift_catalog');
    CREATE OR REPLACE VIEW redshift_catalog.svv_column_privileges AS
     SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, a.attname::text AS column_name, x.privilege_type,
      CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_get_userbyid(x.grantee)::text END AS identity_name,
      CASE WHEN x.grantee = 0 THEN 'public' ELSE 'user' END AS identity_type, x.is_grantable AS admin_option
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
     CROSS JOIN LATERAL aclexplode(a.attacl) x WHERE x.grantee <> c.relowner AND n.nspname NOT IN ('rs', 'redshift_catalog');
    DROP VIEW IF EXISTS redshift_catalog.svv_schema_privileges;
    CREATE VIEW redshift_catalog.svv_schema_privileges AS
     SELECT n.nspname::text AS namespace_name, x.privilege_type, 'SCHEMA'::text AS privilege_scope,
      CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_get_userbyid(x.grantee)::text END AS identity_name,
      CASE WHEN x.grantee = 0 THEN 'public' ELSE 'user' END AS identity_type, x.is_grantable AS admin_option
     FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) x
     WHERE x.grantee <> n.nspowner AND n.nspname NOT IN ('public', 'rs', 'redshift_catalog', 'pg_catalog', 'information_schema');
    CREATE OR REPLACE VIEW redshift_catalog.svv_function_privileges AS
     SELECT n.nspname::text AS namespace_name, p.proname::text AS function_name,
      oidvectortypes(p.proargtypes) AS argument_types, x.privilege_type,
      CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_get_userbyid(x.grantee)::text END AS identity_name,
      CASE WHEN x.grantee = 0 THEN 'public' ELSE 'user' END AS identity_type, x.is_grantable AS admin_option
     FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     CROSS JOIN LATERAL aclexplode(p.proacl) x WHERE x.grantee <> p.proowner AND n.nspname NOT IN ('rs', 'redshift_catalog');
    CREATE OR REPLACE VIEW redshift_catalog.svv_default_privileges AS
     SELECT coalesce(n.nspname, '')::text AS schema_name,
      CASE d.defaclobjtype WHEN 'r' THEN 'RELATION' ELSE 'FUNCTION' END AS object_type,
      d.defaclrole::int AS owner_id, pg_get_userbyid(d.defaclrole)::text AS owner_name, 'user'::text AS owner_type,
      x.privilege_type, x.grantee::int AS grantee_id,
      CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_get_userbyid(x.grantee)::text END AS grantee_name,
      CASE WHEN x.grantee = 0 THEN 'public' ELSE 'user' END AS grantee_type, x.is_grantable AS admin_option
     FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
     CROSS JOIN LATERAL aclexplode(d.defaclacl) x WHERE x.grantee <> d.defaclrole AND d.defaclobjtype IN ('r', 'f');
    CREATE OR REPLACE VIEW redshift_catalog.stv_sessions AS
     SELECT backend_start::timestamp AS starttime, pid AS process, rpad(usename, 50) AS user_name,
      rpad(datname, 50) AS db_name, 0 AS timeout_sec
     FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend';
    CREATE OR REPLACE VIEW redshift_catalog.svv_transactions AS
     SELECT rpad(a.usename, 50) AS txn_owner, rpad(a.datname, 128) AS txn_db, a.backend_xid::text::bigint AS xid,
      l.pid, a.xact_start::timestamp AS txn_start, l.mode::text AS lock_mode,
      l.locktype::text AS lockable_object_type, l.relation::int AS relation, l.granted
     FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
     WHERE l.locktype = 'relation';
    CREATE OR REPLACE VIEW redshift_catalog.svv_external_schemas AS
     SELECT 'spectrum'::text AS schemaname WHERE EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'spectrum');
    CREATE OR REPLACE VIEW redshift_catalog.svv_external_tables AS
     SELECT NULL::text AS schemaname, NULL::text AS tablename, NULL::text AS location WHERE false;
    CREATE OR REPLACE VIEW redshift_catalog.stv_db_isolation_level AS
     SELECT oid::int AS db_id, rpad(datname, 128) AS db_name, rpad('Serializable', 16) AS isolation_level
     FROM pg_catalog.pg_database;
    CREATE OR REPLACE VIEW redshift_catalog.svv_table_info AS
     SELECT current_database()::text AS database, n.nspname::text AS schema, c.oid::int AS table_id,
      c.relname::text AS "table", 'Y'::text AS encoded, 'AUTO(EVEN)'::text AS diststyle, 'AUTO(SORTKEY)'::text AS sortkey1,
      0 AS max_varchar, NULL::text AS sortkey1_enc, 0 AS sortkey_num, (pg_catalog.pg_table_size(c.oid) / 1048576 + 1)::bigint AS size,
      0::numeric(10,4) AS pct_used, 0::bigint AS empty, NULL::numeric(5,2) AS unsorted, CASE WHEN c.reltuples < 0 THEN 100 ELSE 0 END::numeric(5,2) AS stats_off,
      greatest(c.reltuples, 0)::numeric(38,0) AS tbl_rows, NULL::numeric(19,2) AS skew_sortkey1, 1.00::numeric(19,2) AS skew_rows,
      greatest(c.reltuples, 0)::numeric(38,0) AS estimated_visible_rows, NULL::text AS risk_event,
      NULL::numeric(12,2) AS vacuum_sort_benefit, NULL::timestamp AS create_time
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'rs', 'redshift_catalog');
    CREATE TABLE IF NOT EXISTS redshift_catalog.load_errors (
      invocation_id varchar(64), started_at timestamp NOT NULL, table_name varchar(256) NOT NULL,
      file_name varchar(1024) NOT NULL, line_number bigint NOT NULL, column_name varchar(127),
      column_type varchar(64), column_length varchar(10), position integer, error_code integer NOT NULL,
      error_message varchar(512) NOT NULL, raw_field_value varchar(4096), raw_line varchar(4096));
    CREATE OR REPLACE VIEW redshift_catalog.sys_load_error_detail AS
     SELECT 100 AS user_id, split_part(invocation_id, ':', 2)::bigint AS query_id, 0::bigint AS transaction_id,
      split_part(invocation_id, ':', 1)::int AS session_id, rpad(current_database(), 64) AS database_name,
      coalesce(to_regclass(table_name)::oid::int, 0) AS table_id, started_at AS start_time,
      rpad(file_name, 256) AS file_name, line_number, rpad(column_name, 127) AS column_name,
      rpad(column_type, 10) AS column_type, rpad(column_length, 10) AS column_length, position,
      error_code, rpad(error_message, 512) AS error_message
     FROM redshift_catalog.load_errors;
    CREATE OR REPLACE VIEW redshift_catalog.stl_load_errors AS
     SELECT 100 AS userid, 0 AS slice, coalesce(to_regclass(table_name)::oid::int, 0) AS tbl, started_at AS starttime,
      split_part(invocation_id, ':', 1)::int AS session, split_part(invocation_id, ':', 2)::bigint AS query, rpad(file_name, 256) AS filename, line_number,
      rpad(column_name, 127) AS colname, rpad(column_type, 10) AS type, rpad(column_length, 10) AS col_length, position,
      rpad(raw_line, 1024) AS raw_line, rpad(raw_field_value, 1024) AS raw_field_value, error_code AS err_code,
      rpad(error_message, 100) AS err_reason
     FROM redshift_catalog.load_errors;
    -- What statements did is not kept here: tests say it.
    CREATE TABLE IF NOT EXISTS redshift_catalog.query_details (
      table_id int, step_name text NOT NULL, start_time timestamp NOT NULL);
    CREATE OR REPLACE VIEW redshift_catalog.sys_query_detail AS
     SELECT 100 AS user_id, 1::bigint AS query_id, step_name, table_id, start_time
     FROM redshift_catalog.query_details;
    SELECT pg_advisory_unlock(7305804402617214999);
    """

  /// Where unqualified names are looked up: Redshift's own views before PostgreSQL's.
  static let searchPath =
    "SET search_path = \"$user\", public, redshift_catalog, rs, pg_catalog"

  /// The catalogue tables that have other columns on PostgreSQL.
  private static let replaced: Set<String> = [
    "pg_attrdef", "pg_constraint", "pg_class", "pg_attribute", "pg_namespace",
  ]
  /// What is found without a schema whatever the search path is: functions that Redshift's leader
  /// has for its catalogue, but not for tables of users, and views.
  private static let ofLeader = [
    "array_to_string": "elements", "format_encoding": "format_encoding",
    "pg_proc_info": "pg_proc_info", "svv_relation_privileges": "svv_relation_privileges",
    "svv_column_privileges": "svv_column_privileges",
    "svv_schema_privileges": "svv_schema_privileges",
    "svv_external_schemas": "svv_external_schemas",
    "svv_function_privileges": "svv_function_privileges",
    "svv_default_privileges": "svv_default_privileges",
  ]

  /// The statement with `pg_catalog.pg_attrdef` and its kin led to this schema.
  ///
  /// Token by token, so that strings and comments stay as they are.
  static func redirected(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let tokens = SQLLexer.significantTokens(of: bytes)
    func word(_ index: Int) -> String {
      let token = tokens[index]
      return String(decoding: bytes[token.start..<token.stop], as: UTF8.self).lowercased()
    }
    var result: [UInt8] = []
    var done = 0
    for index in tokens.indices.dropFirst(2) where tokens[index].kind == .word {
      if let name = ofLeader[word(index)], tokens[index - 1].kind != .dot {
        result += bytes[done..<tokens[index].start]
        result += Array("\(schema).\(name)".utf8)
        done = tokens[index].stop
        continue
      }
      guard tokens[index - 1].kind == .dot, word(index - 2) == "pg_catalog",
        replaced.contains(word(index))
      else { continue }
      result += bytes[done..<tokens[index - 2].start]
      result += Array(schema.utf8)
      done = tokens[index - 2].stop
    }
    return String(decoding: result + bytes[done...], as: UTF8.self)
  }
}
