-- ---------- late-binding views: their text is kept, and they come and go with what they read
-- view_oid is NULL while the view waits for what it reads.
CREATE TABLE IF NOT EXISTS rs.late_views (
 schema_name text NOT NULL, view_name text NOT NULL, columns text NOT NULL, definition text NOT NULL, search_path text NOT NULL, view_oid oid);
-- Grants and the comment of a view that waits are kept for the day when it is made again.
ALTER TABLE rs.late_views ADD COLUMN IF NOT EXISTS grants aclitem[], ADD COLUMN IF NOT EXISTS note text,
 ADD COLUMN IF NOT EXISTS made_by name NOT NULL DEFAULT current_user,
 -- More of that kind, as statements: owner, comments and grants of columns, indexes.
 ADD COLUMN IF NOT EXISTS details text[],
 -- What a bound view is made by that stands on a late-binding one and waits with it; its row goes when it is there again.
 ADD COLUMN IF NOT EXISTS bound_kind text,
 -- Why a view could not be made, where it is not for want of a relation.
 ADD COLUMN IF NOT EXISTS reason text;
-- Several users share the table. Nobody runs a text that somebody else has put here.
GRANT USAGE ON SCHEMA rs TO PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON rs.late_views TO PUBLIC;
ALTER TABLE rs.late_views ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS seen_by_all ON rs.late_views;
CREATE POLICY seen_by_all ON rs.late_views FOR SELECT USING (true);
DROP POLICY IF EXISTS changed_by_its_maker ON rs.late_views;
CREATE POLICY changed_by_its_maker ON rs.late_views USING (made_by = current_user) WITH CHECK (made_by = current_user);
-- One transaction at a time makes and drops them.
CREATE OR REPLACE FUNCTION rs.lock_late_views() RETURNS void LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(7305804402617214836) $$;
-- Views that were renamed or dropped by others are known by their new names, or forgotten.
CREATE OR REPLACE FUNCTION rs.settle_late_views() RETURNS void LANGUAGE sql AS $$
 DELETE FROM rs.late_views l WHERE view_oid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = l.view_oid);
 UPDATE rs.late_views l SET schema_name = n.nspname, view_name = c.relname
 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = l.view_oid AND (l.schema_name, l.view_name) <> (n.nspname, c.relname) $$;
-- Makes a view; where it cannot be made as things are, says why, without an error. A text that no change of other things would help is an error when it is new.
CREATE OR REPLACE FUNCTION rs.make_late_view(kind text, s text, v text, columns text, d text, path text, is_new bool, OUT made oid, OUT why text) LANGUAGE plpgsql AS $$
DECLARE before text := current_setting('search_path');
BEGIN
 PERFORM set_config('search_path', path, true);
 EXECUTE format('CREATE %s %I.%I%s AS %s', kind, s, v, columns, d);
 PERFORM set_config('search_path', before, true);
 made := to_regclass(format('%I.%I', s, v))::oid;
EXCEPTION
 WHEN undefined_table OR invalid_schema_name THEN made := NULL;
 WHEN undefined_column OR undefined_function OR ambiguous_column OR datatype_mismatch THEN made := NULL; why := SQLERRM;
 WHEN syntax_error_or_access_rule_violation OR data_exception OR feature_not_supported THEN
  IF is_new THEN RAISE; END IF;
  made := NULL; why := SQLERRM;
END $$;
DROP FUNCTION IF EXISTS rs.try_late_view(text, text, text, text, text);
-- What belongs to a view besides its grants and its comment.
CREATE OR REPLACE FUNCTION rs.view_details(view oid) RETURNS text[] STABLE LANGUAGE sql AS $$
 SELECT array_agg(d.statement ORDER BY d.step, d.statement) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace, LATERAL (
  SELECT 1 AS step, pg_catalog.pg_get_indexdef(i.indexrelid) AS statement FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid
  UNION ALL SELECT 2, format('COMMENT ON COLUMN %I.%I.%I IS %L', n.nspname, c.relname, a.attname, d.description)
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_description d ON d.objoid = a.attrelid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL SELECT 3, format('GRANT %s (%I) ON %I.%I TO %s%s', g.privilege_type, a.attname, n.nspname, c.relname,
   CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM pg_catalog.pg_attribute a CROSS JOIN aclexplode(a.attacl) g LEFT JOIN pg_catalog.pg_roles r ON r.oid = g.grantee
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND (g.grantee = 0 OR r.rolname IS NOT NULL)
  UNION ALL SELECT 4, format('ALTER TABLE %I.%I OWNER TO %I', n.nspname, c.relname, r.rolname)
  FROM pg_catalog.pg_roles r WHERE r.oid = c.relowner AND r.rolname <> current_user) d WHERE c.oid = view $$;
-- Gives a view that was made again what it had.
CREATE OR REPLACE FUNCTION rs.restore_late_view(s text, v text, had aclitem[], said text, more text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE g record; statement text;
BEGIN
 FOR g IN SELECT a.privilege_type, a.is_grantable, CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END AS grantee
  FROM aclexplode(had) a LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
  WHERE a.grantee = 0 OR r.rolname <> current_user LOOP
  EXECUTE format('GRANT %s ON %I.%I TO %s%s', g.privilege_type, s, v, g.grantee, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
 END LOOP;
 IF said IS NOT NULL THEN PERFORM rs.comment_on_view(format('%I.%I', s, v), said); END IF;
 FOREACH statement IN ARRAY coalesce(more, '{}') LOOP
  BEGIN
   EXECUTE statement;
  EXCEPTION WHEN undefined_column OR undefined_object THEN NULL; -- it went with the column, or with the user
  END;
 END LOOP;
END $$;
DROP FUNCTION IF EXISTS rs.restore_late_view(text, text, aclitem[], text);
CREATE OR REPLACE FUNCTION rs.create_late_view(s text, v text, replaces bool, d text, columns text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE target text := coalesce(s, current_schema()); found "char"; made record; had aclitem[]; said text; more text[]; former oid;
BEGIN
 PERFORM rs.lock_late_views();
 PERFORM rs.settle_late_views();
 IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = target) THEN
  RAISE EXCEPTION 'schema "%" does not exist', target USING ERRCODE = '3F000';
 END IF;
 SELECT c.relkind INTO found FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = target AND c.relname = v;
 IF found IS NULL AND EXISTS (SELECT 1 FROM rs.late_views l WHERE l.schema_name = target AND l.view_name = v) THEN found := 'v'; END IF;
 IF found IS NOT NULL AND (NOT replaces OR found <> 'v') THEN
  RAISE EXCEPTION 'relation "%" already exists', v USING ERRCODE = '42P07';
 END IF;
 SELECT l.grants, l.note, l.details INTO had, said, more FROM rs.late_views l WHERE l.schema_name = target AND l.view_name = v;
 former := to_regclass(format('%I.%I', target, v))::oid;
 IF former IS NOT NULL THEN
  SELECT c.relacl, obj_description(c.oid, 'pg_class'), rs.view_details(c.oid) INTO had, said, more FROM pg_catalog.pg_class c WHERE c.oid = former;
  PERFORM rs.release_readers('pg_catalog.pg_class'::regclass, ARRAY[former], true);
  EXECUTE format('DROP VIEW %I.%I', target, v);
 END IF;
 DELETE FROM rs.late_views l WHERE l.schema_name = target AND l.view_name = v;
 made := rs.make_late_view('VIEW', target, v, columns, d, current_setting('search_path'), true);
 INSERT INTO rs.late_views (schema_name, view_name, columns, definition, search_path, view_oid, grants, note, details)
 VALUES (target, v, columns, d, current_setting('search_path'), made.made, had, said, more);
 IF made.made IS NULL THEN RAISE NOTICE 'the view % reads what does not exist yet; it appears when that is there', v;
 ELSE PERFORM rs.restore_late_view(target, v, had, said, more); END IF;
 PERFORM rs.bind_late_views();
END $$;
-- Creates those that wait and can be created.
CREATE OR REPLACE FUNCTION rs.bind_late_views() RETURNS void LANGUAGE plpgsql AS $$
DECLARE l record; made record; again bool := EXISTS (SELECT 1 FROM rs.late_views WHERE view_oid IS NULL AND made_by = current_user);
BEGIN
 IF again THEN
  PERFORM rs.lock_late_views();
  -- What was made under such a name in the meantime takes its place.
  DELETE FROM rs.late_views w WHERE view_oid IS NULL AND made_by = current_user AND EXISTS (SELECT 1 FROM pg_catalog.pg_class c
   JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = w.schema_name AND c.relname = w.view_name);
 END IF;
 WHILE again LOOP
  again := false;
  FOR l IN SELECT * FROM rs.late_views WHERE view_oid IS NULL AND made_by = current_user ORDER BY schema_name, view_name LOOP
   made := rs.make_late_view(coalesce(l.bound_kind, 'VIEW'), l.schema_name, l.view_name, l.columns, l.definition, l.search_path, false);
   IF made.made IS NOT NULL THEN
    PERFORM rs.restore_late_view(l.schema_name, l.view_name, l.grants, l.note, l.details);
    UPDATE rs.late_views v SET view_oid = made.made, reason = NULL WHERE v.schema_name = l.schema_name AND v.view_name = l.view_name AND l.bound_kind IS NULL;
    DELETE FROM rs.late_views v WHERE v.schema_name = l.schema_name AND v.view_name = l.view_name AND l.bound_kind IS NOT NULL;
    again := true;
   ELSIF made.why IS DISTINCT FROM l.reason THEN
    UPDATE rs.late_views v SET reason = made.why WHERE v.schema_name = l.schema_name AND v.view_name = l.view_name;
    IF made.why IS NOT NULL THEN
     RAISE NOTICE 'the view % does not fit what it reads: %; it appears when it does', l.view_name, made.why;
    END IF;
   END IF;
  END LOOP;
 END LOOP;
END $$;
-- The late-binding views that stand on something, directly or through other views, and what stands on one of them; with `late` also what stands on the targets.
CREATE OR REPLACE FUNCTION rs.late_readers(kind oid, targets oid[], late bool) RETURNS TABLE (view oid, depth int) STABLE LANGUAGE sql AS $$
 WITH RECURSIVE reader(view, is_released, depth) AS (
  SELECT t, late, 0 FROM unnest(targets) t WHERE EXISTS (SELECT 1 FROM rs.late_views)
  UNION
  SELECT r.ev_class, b.is_released OR EXISTS (SELECT 1 FROM rs.late_views v WHERE v.view_oid = r.ev_class), b.depth + 1
  FROM reader b JOIN pg_catalog.pg_depend p ON p.refobjid = b.view AND p.refclassid = CASE b.depth WHEN 0 THEN kind ELSE 'pg_catalog.pg_class'::regclass END
  JOIN pg_catalog.pg_rewrite r ON r.oid = p.objid
  WHERE p.classid = 'pg_catalog.pg_rewrite'::regclass AND r.ev_class <> b.view)
 SELECT d.view, max(d.depth) FROM reader d WHERE d.depth > 0 GROUP BY d.view HAVING bool_or(d.is_released) $$;
DROP FUNCTION IF EXISTS rs.comes_with_late_views(oid);
-- Drops them, so that what they stand on can be changed or dropped; they wait from then on, bound views with the late-binding ones: what such a view reads is nobody else's business.
CREATE OR REPLACE FUNCTION rs.release_readers(kind oid, targets oid[], late bool) RETURNS void LANGUAGE plpgsql AS $$
DECLARE l record;
BEGIN
 IF array_remove(targets, NULL) = '{}' OR NOT EXISTS (SELECT 1 FROM rs.late_views) THEN RETURN; END IF;
 PERFORM rs.lock_late_views();
 PERFORM rs.settle_late_views();
 FOR l IN SELECT c.oid, n.nspname, c.relname, c.relkind, c.relacl, c.relowner FROM rs.late_readers(kind, targets, late) d
  JOIN pg_catalog.pg_class c ON c.oid = d.view JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ORDER BY d.depth DESC, c.oid LOOP
  IF EXISTS (SELECT 1 FROM rs.late_views v WHERE v.view_oid = l.oid) THEN
   UPDATE rs.late_views v SET view_oid = NULL, grants = l.relacl, note = obj_description(l.oid, 'pg_class'), details = rs.view_details(l.oid) WHERE v.view_oid = l.oid;
   -- Another user's stays, and is in the way, rather than to be lost.
   CONTINUE WHEN NOT FOUND;
  ELSE
   CONTINUE WHEN NOT pg_catalog.pg_has_role(l.relowner, 'USAGE');
   INSERT INTO rs.late_views (schema_name, view_name, columns, definition, search_path, grants, note, details, bound_kind)
   VALUES (l.nspname, l.relname, '', rtrim(pg_catalog.pg_get_viewdef(l.oid), '; '), current_setting('search_path'), l.relacl, obj_description(l.oid, 'pg_class'),
    rs.view_details(l.oid), CASE l.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END);
  END IF;
  EXECUTE format('DROP %s %I.%I', CASE l.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END, l.nspname, l.relname);
 END LOOP;
END $$;
CREATE OR REPLACE FUNCTION rs.release_late_views(relation text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
 PERFORM rs.release_readers('pg_catalog.pg_class'::regclass, ARRAY[to_regclass(relation)::oid], false);
END $$;
-- Those that call a function.
CREATE OR REPLACE FUNCTION rs.release_callers(name text, types text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
 IF EXISTS (SELECT 1 FROM rs.late_views) THEN
  PERFORM rs.release_readers('pg_catalog.pg_proc'::regclass, ARRAY[rs.find_routine(name, types, 'f')], false);
 END IF;
END $$;
-- Those that read something of a schema, which gets another name, or goes with all that is in it if there is none.
CREATE OR REPLACE FUNCTION rs.release_schema(name text, other text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
 IF NOT EXISTS (SELECT 1 FROM rs.late_views) THEN RETURN; END IF;
 PERFORM rs.release_readers('pg_catalog.pg_class'::regclass, ARRAY(SELECT c.oid FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = name AND c.relkind IN ('r', 'p', 'v', 'm')), false);
 IF other IS NULL THEN DELETE FROM rs.late_views l WHERE l.schema_name = name;
 ELSE UPDATE rs.late_views l SET schema_name = other WHERE l.schema_name = name; END IF;
END $$;
-- A schema is not empty while views of it wait.
CREATE OR REPLACE FUNCTION rs.refuse_waiting(name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE waiting text;
BEGIN
 SELECT min(l.view_name) INTO waiting FROM rs.late_views l WHERE l.schema_name = name AND l.view_oid IS NULL;
 IF waiting IS NOT NULL THEN
  RAISE EXCEPTION 'cannot drop schema % because other objects depend on it', name USING ERRCODE = '2BP01', DETAIL = format('view %s depends on schema %s', waiting, name);
 END IF;
END $$;
-- A view that is to be dropped is late-binding no more. One that waits is there for a moment, so that it can be dropped.
CREATE OR REPLACE FUNCTION rs.forget_late_view(relation text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE names text[] := parse_ident(relation); l record;
BEGIN
 FOR l IN DELETE FROM rs.late_views v
  WHERE v.view_name = names[cardinality(names)]
   AND v.schema_name = CASE WHEN cardinality(names) > 1 THEN names[cardinality(names) - 1]
    ELSE coalesce((SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(relation)), current_schema()) END
  RETURNING * LOOP
  IF l.view_oid IS NULL AND to_regclass(format('%I.%I', l.schema_name, l.view_name)) IS NULL THEN
   EXECUTE format('CREATE VIEW %I.%I AS SELECT', l.schema_name, l.view_name);
  END IF;
 END LOOP;
END $$;
-- A view that a bound one takes the place of is late-binding no more, but keeps its grants and comments.
CREATE OR REPLACE FUNCTION rs.replace_late_view(relation text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE names text[] := parse_ident(relation); l record;
BEGIN
 IF NOT EXISTS (SELECT 1 FROM rs.late_views) THEN RETURN; END IF;
 PERFORM rs.lock_late_views();
 PERFORM rs.settle_late_views();
 SELECT * INTO l FROM rs.late_views v WHERE v.view_name = names[cardinality(names)] AND v.view_oid IS NULL
  AND v.schema_name = CASE WHEN cardinality(names) > 1 THEN names[cardinality(names) - 1] ELSE current_schema() END;
 PERFORM rs.forget_late_view(relation);
 IF l.view_name IS NOT NULL THEN PERFORM rs.restore_late_view(l.schema_name, l.view_name, l.grants, l.note, l.details); END IF;
END $$;
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
