-- ---------- statements
-- ALTER TABLE APPEND: moves the rows of one table to another.
CREATE OR REPLACE FUNCTION rs.append_rows(target text, source text, ignores_extra bool, fills_target bool) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE names text; problem text; n bigint;
BEGIN
 SELECT string_agg(format('%I', t.attname), ', ' ORDER BY t.attnum),
  max(CASE WHEN s.attname IS NULL AND NOT fills_target THEN format('the column %s is not in the source table (FILLTARGET allows it)', t.attname) END)
 INTO names, problem FROM pg_catalog.pg_attribute t
 LEFT JOIN pg_catalog.pg_attribute s ON s.attrelid = source::regclass AND s.attname = t.attname AND s.attnum > 0 AND NOT s.attisdropped
 WHERE t.attrelid = target::regclass AND t.attnum > 0 AND NOT t.attisdropped;
 SELECT coalesce(problem, max(CASE
   WHEN t.attname IS NULL AND NOT ignores_extra THEN format('the column %s is not in the target table (IGNOREEXTRA allows it)', s.attname)
   WHEN t.attname IS NOT NULL AND (t.atttypid, t.atttypmod) <> (s.atttypid, s.atttypmod) THEN format('the column %s has different types in the two tables', s.attname) END)),
  string_agg(format('%I', s.attname), ', ' ORDER BY s.attnum) FILTER (WHERE t.attname IS NOT NULL)
 INTO problem, names FROM pg_catalog.pg_attribute s
 LEFT JOIN pg_catalog.pg_attribute t ON t.attrelid = target::regclass AND t.attname = s.attname AND t.attnum > 0 AND NOT t.attisdropped
 WHERE s.attrelid = source::regclass AND s.attnum > 0 AND NOT s.attisdropped;
 IF problem IS NOT NULL THEN RAISE EXCEPTION 'ALTER TABLE APPEND: %', problem USING ERRCODE = '42P16'; END IF;
 EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s', target::regclass, names, names, source::regclass);
 GET DIAGNOSTICS n = ROW_COUNT;
 EXECUTE format('TRUNCATE %s', source::regclass);
 RETURN n;
END $$;
-- GRANT and REVOKE for those who are there.
CREATE OR REPLACE FUNCTION rs.grant_to(statement text, grantees text[], ending text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE g text;
BEGIN
 FOREACH g IN ARRAY grantees LOOP
  IF g = 'public' THEN EXECUTE statement || ' PUBLIC' || ending;
  ELSIF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = g) THEN EXECUTE format('%s %I%s', statement, g, ending);
  ELSE RAISE NOTICE 'there is no user, group or role % here: it gets no privileges', g;
  END IF;
 END LOOP;
END $$;
-- ---------- routines by what they take: OUT arguments of procedures are INOUT with a default here
CREATE OR REPLACE FUNCTION rs.find_routine(name text, types text[], kinds text) RETURNS oid STABLE LANGUAGE sql AS $$
 SELECT r.oid FROM (
  SELECT p.oid, p.pronargs - p.pronargdefaults AS taken, string_to_array(p.proargtypes::text, ' ')::oid[] AS given
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace, parse_ident(name) AS i
  WHERE position(p.prokind::text IN kinds) > 0 AND p.proname = i[cardinality(i)]
   AND CASE WHEN cardinality(i) > 1 THEN n.nspname = i[cardinality(i) - 1] ELSE pg_catalog.pg_function_is_visible(p.oid) END) r,
  (SELECT coalesce(array_agg(t::regtype::oid ORDER BY o), '{}') AS types FROM unnest(types) WITH ORDINALITY u(t, o)) w
 WHERE find_routine.types IS NULL OR r.given = w.types OR r.given[1:r.taken] = w.types
 ORDER BY r.given = w.types DESC LIMIT 1 $$;
CREATE OR REPLACE FUNCTION rs.drop_procedure(name text, types text[], missing_ok bool, cascades bool) RETURNS void LANGUAGE plpgsql AS $$
DECLARE found oid := rs.find_routine(name, types, 'p');
BEGIN
 IF found IS NOT NULL THEN
  EXECUTE format('DROP PROCEDURE %s%s', found::regprocedure, CASE WHEN cascades THEN ' CASCADE' ELSE '' END);
 ELSIF missing_ok THEN RAISE NOTICE 'procedure %(%) does not exist, skipping', name, array_to_string(types, ', ');
 ELSE RAISE EXCEPTION 'procedure %(%) does not exist', name, array_to_string(types, ', ') USING ERRCODE = '42883';
 END IF;
END $$;
CREATE OR REPLACE FUNCTION rs.routine_ddl(name text, types text[]) RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE found oid := rs.find_routine(name, types, 'pf');
BEGIN
 IF found IS NULL THEN RAISE EXCEPTION '%(%) does not exist', name, array_to_string(types, ', ') USING ERRCODE = '42883'; END IF;
 RETURN pg_catalog.pg_get_functiondef(found);
END $$;
CREATE OR REPLACE FUNCTION rs.show_routines(kind text) RETURNS TABLE (database_name text, schema_name text, routine_name text, number_of_arguments int, argument_list text, return_type text, remarks text) STABLE LANGUAGE sql AS $$
 SELECT current_database()::text, n.nspname::text, p.proname::text, p.pronargs::int, pg_catalog.oidvectortypes(p.proargtypes),
  CASE WHEN p.prokind = 'f' THEN format_type(p.prorettype, NULL) END, pg_catalog.obj_description(p.oid, 'pg_proc')
 FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE p.prokind::text = kind AND n.nspname NOT IN ('rs', 'pg_catalog', 'information_schema') $$;
CREATE OR REPLACE VIEW rs.show_grants AS
 SELECT current_database()::text AS database_name, g.table_schema::text AS schema_name, g.table_name::text AS object_name,
  'TABLE'::text AS object_type, g.privilege_type::text AS privilege_type,
  CASE g.grantee WHEN 'PUBLIC' THEN 'public' ELSE g.grantee::text END AS identity_name,
  CASE g.grantee WHEN 'PUBLIC' THEN 'public' ELSE 'user' END AS identity_type,
  g.is_grantable = 'YES' AS admin_option, 'TABLE'::text AS privilege_scope, g.grantor::text AS grantor_name
 FROM information_schema.table_privileges g;
-- ---------- what a session remembers
CREATE OR REPLACE FUNCTION rs.remembered(name text, otherwise text) RETURNS text STABLE LANGUAGE sql AS
 $$ SELECT coalesce(nullif(current_setting('redshift.' || name, true), ''), otherwise) $$;
CREATE OR REPLACE FUNCTION rs.pg_last_copy_id() RETURNS int STABLE LANGUAGE sql AS $$ SELECT rs.remembered('last_copy_id', '-1')::int $$;
CREATE OR REPLACE FUNCTION rs.pg_last_copy_count() RETURNS bigint STABLE LANGUAGE sql AS $$ SELECT rs.remembered('last_copy_count', '-1')::bigint $$;
CREATE OR REPLACE FUNCTION rs.pg_last_query_id() RETURNS int STABLE LANGUAGE sql AS $$ SELECT rs.remembered('last_query_id', '-1')::int $$;
CREATE OR REPLACE FUNCTION rs.pg_last_unload_id() RETURNS int STABLE LANGUAGE sql AS $$ SELECT rs.remembered('last_unload_id', '-1')::int $$;
CREATE OR REPLACE FUNCTION rs.pg_last_unload_count() RETURNS bigint STABLE LANGUAGE sql AS $$ SELECT rs.remembered('last_unload_count', '-1')::bigint $$;
-- ---------- system views
CREATE OR REPLACE FUNCTION rs.type_name(t oid, m int) RETURNS text STABLE LANGUAGE sql AS
 $$ SELECT CASE t WHEN 'jsonb'::regtype THEN 'super' WHEN 'bytea'::regtype THEN 'binary varying(64000)' ELSE format_type(t, m) END $$;
CREATE OR REPLACE VIEW rs.pg_table_def AS
 SELECT n.nspname AS schemaname, c.relname AS tablename, a.attname AS "column", rs.type_name(a.atttypid, a.atttypmod) AS type,
  'none'::varchar(32) AS encoding, false AS distkey, 0 AS sortkey, a.attnotnull AS notnull
 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
 WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname = ANY (current_schemas(false)) AND n.nspname <> 'rs';
CREATE OR REPLACE VIEW rs.svv_columns AS
 SELECT table_catalog, table_schema, table_name, column_name, ordinal_position::int AS ordinal_position, column_default, is_nullable,
  CASE data_type WHEN 'jsonb' THEN 'super' WHEN 'bytea' THEN 'binary varying' ELSE data_type END AS data_type,
  character_maximum_length::int AS character_maximum_length, numeric_precision::int AS numeric_precision, numeric_precision_radix::int AS numeric_precision_radix,
  numeric_scale::int AS numeric_scale, datetime_precision::int AS datetime_precision, NULL::varchar AS interval_type, NULL::varchar AS interval_precision,
  NULL::varchar AS character_set_catalog, NULL::varchar AS character_set_schema, NULL::varchar AS character_set_name, NULL::varchar AS collation_catalog,
  NULL::varchar AS collation_schema, NULL::varchar AS collation_name, NULL::varchar AS domain_name,
  pg_catalog.col_description(to_regclass(format('%I.%I', table_schema, table_name)), ordinal_position::int) AS remarks
 FROM information_schema.columns WHERE table_schema <> 'rs';
CREATE OR REPLACE VIEW rs.svv_all_columns AS
 SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, column_name, ordinal_position, column_default, is_nullable, data_type,
  character_maximum_length, numeric_precision, numeric_scale, remarks FROM rs.svv_columns;
CREATE OR REPLACE VIEW rs.svv_redshift_columns AS SELECT * FROM rs.svv_all_columns;
CREATE OR REPLACE VIEW rs.svv_tables AS
 SELECT table_catalog, table_schema, table_name, table_type, pg_catalog.obj_description(to_regclass(format('%I.%I', table_schema, table_name)), 'pg_class') AS remarks
 FROM information_schema.tables WHERE table_schema <> 'rs';
CREATE OR REPLACE VIEW rs.svv_all_tables AS
 SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, CASE table_type WHEN 'BASE TABLE' THEN 'TABLE' ELSE table_type END AS table_type,
  NULL::varchar AS table_acl, remarks FROM rs.svv_tables;
CREATE OR REPLACE VIEW rs.svv_redshift_tables AS SELECT * FROM rs.svv_all_tables;
-- External schemas and tables are plain ones here, so nothing is external.
CREATE OR REPLACE VIEW rs.svv_external_schemas AS
 SELECT NULL::int AS esoid, NULL::smallint AS eskind, NULL::varchar AS schemaname, NULL::int AS esowner, NULL::varchar AS databasename, NULL::varchar AS esoptions WHERE false;
CREATE OR REPLACE VIEW rs.svv_external_tables AS
 SELECT NULL::varchar AS redshift_database_name, NULL::varchar AS schemaname, NULL::varchar AS tablename, NULL::varchar AS tabletype, NULL::varchar AS location,
  NULL::varchar AS input_format, NULL::varchar AS output_format, NULL::varchar AS serialization_lib, NULL::varchar AS serde_parameters, NULL::int AS compressed,
  NULL::varchar AS parameters WHERE false;
CREATE OR REPLACE VIEW rs.svv_external_columns AS
 SELECT NULL::varchar AS redshift_database_name, NULL::varchar AS schemaname, NULL::varchar AS tablename, NULL::varchar AS columnname, NULL::varchar AS external_type,
  NULL::int AS columnnum, NULL::int AS part_key, NULL::varchar AS is_nullable WHERE false;
CREATE OR REPLACE VIEW rs.svv_all_schemas AS
 SELECT current_database() AS database_name, nspname AS schema_name, nspowner AS schema_owner, 'local'::varchar AS schema_type, NULL::varchar AS schema_acl, NULL::varchar AS source_database, NULL::varchar AS schema_option
 FROM pg_catalog.pg_namespace WHERE nspname <> 'rs' AND nspname NOT LIKE 'pg\_toast%' AND nspname NOT LIKE 'pg\_temp%';
CREATE OR REPLACE VIEW rs.svv_table_info AS
 SELECT current_database() AS database, n.nspname AS schema, c.oid AS table_id, c.relname AS "table", 'N'::varchar AS encoded, 'AUTO(ALL)'::varchar AS diststyle,
  'AUTO(SORTKEY)'::varchar AS sortkey1, (SELECT max(CASE WHEN a.atttypmod > 4 THEN a.atttypmod - 4 END) FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.atttypid = 'varchar'::regtype) AS max_varchar,
  NULL::varchar AS sortkey1_enc, 0 AS sortkey_num, ceil(pg_catalog.pg_total_relation_size(c.oid) / 1048576.0)::bigint AS size, 0::numeric AS pct_used, 0::bigint AS empty,
  0::numeric AS unsorted, CASE WHEN c.reltuples < 0 THEN 100 ELSE 0 END::numeric AS stats_off, greatest(c.reltuples, 0)::numeric(38,0) AS tbl_rows,
  1::numeric AS skew_sortkey1, 1::numeric AS skew_rows, greatest(c.reltuples, 0)::numeric(38,0) AS estimated_visible_rows, NULL::varchar AS risk_event, 0::numeric AS vacuum_sort_benefit, NULL::timestamp AS create_time
 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'rs') AND n.nspname NOT LIKE 'pg\_toast%' AND pg_catalog.pg_relation_size(c.oid) > 0;
CREATE OR REPLACE FUNCTION rs.load_errors() RETURNS TABLE(started_at timestamp, table_name text, file_name text, line_number bigint, column_name text, column_type text, column_length text, "position" int, error_code int, error_message text, raw_field_value text, raw_line text) STABLE LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
 FOR t IN SELECT c.oid::regclass::text FROM pg_catalog.pg_class c WHERE c.relname = 'load_errors' AND c.relkind = 'r'
  AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'invocation_id') LOOP
  RETURN QUERY EXECUTE format('SELECT started_at, table_name::text, file_name::text, line_number, column_name::text, column_type::text, column_length::text, "position", error_code, error_message::text, raw_field_value::text, raw_line::text FROM %s', t);
 END LOOP;
END $$;
CREATE OR REPLACE VIEW rs.stl_load_errors AS
 SELECT 100 AS userid, 0 AS slice, to_regclass(e.table_name)::oid::int AS tbl, e.started_at AS starttime, pg_backend_pid() AS session, -1 AS query, e.file_name AS filename, e.line_number,
  e.column_name AS colname, e.column_type AS type, e.column_length AS col_length, e."position", e.raw_line, e.raw_field_value, e.error_code AS err_code, e.error_message AS err_reason, 0 AS is_partial, 0 AS start_offset
 FROM rs.load_errors() e;
CREATE OR REPLACE VIEW rs.sys_load_error_detail AS
 SELECT 100 AS user_id, -1::bigint AS query_id, -1::bigint AS transaction_id, pg_backend_pid() AS session_id, current_database() AS database_name, to_regclass(e.table_name)::oid::int AS table_id, e.started_at AS start_time,
  e.file_name, e.line_number, e.column_name, e.column_type, e.column_length, e."position", e.error_code, e.error_message
 FROM rs.load_errors() e;
CREATE OR REPLACE FUNCTION rs.pg_get_late_binding_view_cols() RETURNS SETOF record STABLE LANGUAGE plpgsql AS $$
BEGIN
 RETURN QUERY SELECT n.nspname, c.relname, a.attname, rs.type_name(a.atttypid, a.atttypmod)::varchar, a.attnum::int
  FROM rs.late_views l JOIN pg_catalog.pg_namespace n ON n.nspname = l.schema_name JOIN pg_catalog.pg_class c ON c.oid = l.view_oid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2, 5;
END $$;
CREATE OR REPLACE FUNCTION rs.pg_get_cols(relation text) RETURNS SETOF record STABLE LANGUAGE plpgsql AS $$
BEGIN
 RETURN QUERY SELECT n.nspname, c.relname, a.attname, rs.type_name(a.atttypid, a.atttypmod)::varchar, a.attnum::int
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE c.oid = relation::regclass ORDER BY 5;
END $$;
-- SHOW TABLE: what would create the table again, in Redshift's words.
CREATE OR REPLACE FUNCTION rs.table_ddl(relation text) RETURNS text STABLE LANGUAGE sql AS $$
 SELECT format(E'CREATE TABLE %I.%I (\n%s\n);', n.nspname, c.relname, string_agg(format('    %I %s%s', a.attname, rs.type_name(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END), E',\n' ORDER BY a.attnum))
 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.oid = relation::regclass GROUP BY n.nspname, c.relname $$;
-- The check of a column's bytes is named after the column.
CREATE OR REPLACE FUNCTION rs.rename_byte_check(relation text, old_name text, new_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
 IF EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = relation::regclass AND conname = left('bytes_of_' || old_name, 63)) THEN
  EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', relation::regclass, 'bytes_of_' || old_name, 'bytes_of_' || new_name);
 END IF;
END $$;
-- COMMENT ON VIEW, which on Redshift means materialized views too.
CREATE OR REPLACE FUNCTION rs.comment_on_view(relation text, remark text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
 EXECUTE format('COMMENT ON %s %s IS %L', CASE (SELECT relkind FROM pg_catalog.pg_class WHERE oid = relation::regclass) WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, relation::regclass, remark);
END $$;
