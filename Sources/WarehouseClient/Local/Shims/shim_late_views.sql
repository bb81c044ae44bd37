-- ---------- late-binding views: their text is kept, and they are made anew with what they read
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
 -- Why a view could not be made: reason where it does not fit what it reads, missing where that is not there.
 ADD COLUMN IF NOT EXISTS reason text, ADD COLUMN IF NOT EXISTS missing text,
 -- The view of its name that is there while it waits: an error for who reads it, and a place for all that belongs to it.
 ADD COLUMN IF NOT EXISTS stand_in oid,
 -- The query in Redshift's words, the relations that it names, and what columns they had when it was translated.
 ADD COLUMN IF NOT EXISTS source text, ADD COLUMN IF NOT EXISTS reads text[], ADD COLUMN IF NOT EXISTS known text,
 -- Whether the translation is the same for any columns, so that it is enough to make the view again.
 ADD COLUMN IF NOT EXISTS is_fixed bool NOT NULL DEFAULT false,
 -- How the server wrote the view down when it was made: another text has come by another hand.
 ADD COLUMN IF NOT EXISTS written text;
-- Several users share the table. Nobody runs a text that somebody else has put here.
GRANT USAGE ON SCHEMA rs TO PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON rs.late_views TO PUBLIC;
ALTER TABLE rs.late_views ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS seen_by_all ON rs.late_views;
CREATE POLICY seen_by_all ON rs.late_views FOR SELECT USING (true);
DROP POLICY IF EXISTS changed_by_its_maker ON rs.late_views;
CREATE POLICY changed_by_its_maker ON rs.late_views USING (made_by = current_user) WITH CHECK (made_by = current_user);
-- What older versions had with other arguments.
DROP FUNCTION IF EXISTS rs.try_late_view(text, text, text, text, text);
DROP FUNCTION IF EXISTS rs.make_late_view(text, text, text, text, text, text, bool);
DROP FUNCTION IF EXISTS rs.restore_late_view(text, text, aclitem[], text);
DROP FUNCTION IF EXISTS rs.create_late_view(text, text, bool, text, text);
DROP FUNCTION IF EXISTS rs.comes_with_late_views(oid);
DROP FUNCTION IF EXISTS rs.replace_late_view(text);
-- One transaction at a time makes and drops them.
CREATE OR REPLACE FUNCTION rs.lock_late_views() RETURNS void LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(7305804402617214836) $$;
-- Views that were renamed or dropped by others are known by their new names, or forgotten.
CREATE OR REPLACE FUNCTION rs.settle_late_views() RETURNS void LANGUAGE sql AS $$
 DELETE FROM rs.late_views l WHERE coalesce(l.view_oid, l.stand_in) IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = coalesce(l.view_oid, l.stand_in));
 UPDATE rs.late_views l SET schema_name = n.nspname, view_name = c.relname
 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = coalesce(l.view_oid, l.stand_in) AND (l.schema_name, l.view_name) <> (n.nspname, c.relname) $$;
-- What columns relations have, those that are there.
CREATE OR REPLACE FUNCTION rs.columns_of(relations text[]) RETURNS text STABLE LANGUAGE sql AS $$
 SELECT coalesce(string_agg(format('%s %s %s', r.place, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)), E'\n' ORDER BY r.place, a.attnum), '')
 FROM unnest(relations) WITH ORDINALITY r(name, place) JOIN pg_catalog.pg_attribute a ON a.attrelid = pg_catalog.to_regclass(r.name)
 WHERE a.attnum > 0 AND NOT a.attisdropped $$;
-- The text of a view, the same whatever the session finds without a schema.
CREATE OR REPLACE FUNCTION rs.written_view(view oid) RETURNS text STABLE LANGUAGE sql SET search_path = pg_catalog AS $$ SELECT pg_get_viewdef(view) $$;
CREATE OR REPLACE FUNCTION rs.view_kind(kind "char") RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT CASE kind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END $$;
-- What there is not of what a view reads, directly or through views that wait themselves; NULL if it is all there.
CREATE OR REPLACE FUNCTION rs.what_lacks(reads text[]) RETURNS text STABLE LANGUAGE sql AS $$
 WITH RECURSIVE r(name) AS (
  SELECT unnest(reads) UNION SELECT unnest(l.reads) FROM r JOIN rs.late_views l ON l.stand_in = to_regclass(r.name)::oid)
 SELECT coalesce((SELECT format('relation "%s" does not exist', array_to_string(parse_ident(r.name), '.')) FROM r WHERE to_regclass(r.name) IS NULL ORDER BY 1 LIMIT 1),
  (SELECT coalesce(l.missing, format('the view %s does not fit what it reads: %s', l.view_name, l.reason), format('what the view %s reads does not exist', l.view_name))
   FROM r JOIN rs.late_views l ON l.stand_in = to_regclass(r.name)::oid ORDER BY l.view_name LIMIT 1)) $$;
-- What a view gives while it waits.
CREATE OR REPLACE FUNCTION rs.unbound(name text) RETURNS SETOF int VOLATILE LANGUAGE plpgsql AS $$
DECLARE names text[] := parse_ident(name); l record;
BEGIN
 SELECT * INTO l FROM rs.late_views v WHERE v.schema_name = names[1] AND v.view_name = names[2];
 RAISE EXCEPTION '%', coalesce(rs.what_lacks(l.reads), format('the view %s does not fit what it reads: ', names[2]) || l.reason, l.missing, format('what the view %s reads does not exist', names[2]))
  USING ERRCODE = '42P01';
END $$;
-- Puts a view in the place of one that waits; gives its OID.
CREATE OR REPLACE FUNCTION rs.stand_in(kind text, s text, v text, columns text) RETURNS oid LANGUAGE plpgsql AS $$
BEGIN
 EXECUTE format('CREATE %s %I.%I AS SELECT %s FROM rs.unbound(%L)%s', kind, s, v, columns, format('%I.%I', s, v),
  CASE kind WHEN 'VIEW' THEN '' ELSE ' WITH NO DATA' END);
 RETURN format('%I.%I', s, v)::regclass::oid;
END $$;
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
-- Makes a view in the place of the one that stands in for it; where it cannot be made as things are, says why, without an error. A text that no change of other things would help is an error when it is new.
CREATE OR REPLACE FUNCTION rs.make_late_view(kind text, s text, v text, columns text, d text, path text, reads text[], old oid, is_new bool, OUT made oid, OUT why text, OUT missing text) LANGUAGE plpgsql AS $$
DECLARE before text := current_setting('search_path');
BEGIN
 IF old IS NOT NULL THEN
  -- What belongs to it may have changed while it stood there.
  UPDATE rs.late_views l SET grants = c.relacl, note = obj_description(old, 'pg_class'), details = rs.view_details(old) FROM pg_catalog.pg_class c WHERE l.stand_in = old AND c.oid = old;
  PERFORM rs.release_readers('pg_catalog.pg_class'::regclass, ARRAY[old], true);
  EXECUTE format('DROP %s %I.%I', kind, s, v);
 END IF;
 PERFORM set_config('search_path', path, true);
 EXECUTE format('CREATE %s %I.%I%s AS %s', kind, s, v, columns, d);
 PERFORM set_config('search_path', before, true);
 made := to_regclass(format('%I.%I', s, v))::oid;
 -- What it reads may wait itself.
 IF EXISTS (SELECT 1 FROM rs.late_views l JOIN pg_catalog.pg_depend p ON p.refobjid = l.stand_in AND p.refclassid = 'pg_catalog.pg_class'::regclass
  JOIN pg_catalog.pg_rewrite r ON r.oid = p.objid WHERE p.classid = 'pg_catalog.pg_rewrite'::regclass AND r.ev_class = made) THEN
  RAISE EXCEPTION '%', rs.what_lacks(reads) USING ERRCODE = '42P01';
 END IF;
EXCEPTION
 WHEN undefined_table OR invalid_schema_name THEN made := NULL; missing := SQLERRM;
 WHEN undefined_column OR undefined_function OR ambiguous_column OR datatype_mismatch THEN
  -- The view that stands in for what it reads need not have the columns.
  made := NULL; missing := rs.what_lacks(reads); why := CASE WHEN missing IS NULL THEN SQLERRM END;
 WHEN syntax_error_or_access_rule_violation OR data_exception OR feature_not_supported THEN
  IF is_new THEN RAISE; END IF;
  made := NULL; why := SQLERRM;
END $$;
-- `names` are those of the columns that the text tells, for the time until the server knows them.
CREATE OR REPLACE FUNCTION rs.create_late_view(s text, v text, replaces bool, d text, columns text, source text DEFAULT NULL, reads text[] DEFAULT '{}', names text[] DEFAULT '{}', fixed bool DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
DECLARE target text := coalesce(s, current_schema()); found "char"; made record; had aclitem[]; said text; more text[]; former oid; path text := current_setting('search_path');
BEGIN
 PERFORM rs.lock_late_views();
 PERFORM rs.settle_late_views();
 IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = target) THEN
  RAISE EXCEPTION 'schema "%" does not exist', target USING ERRCODE = '3F000';
 END IF;
 SELECT c.relkind, c.oid INTO found, former FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = target AND c.relname = v;
 IF found IS NOT NULL AND (NOT replaces OR found <> 'v') THEN
  RAISE EXCEPTION 'relation "%" already exists', v USING ERRCODE = '42P07';
 END IF;
 IF former IS NOT NULL THEN
  SELECT c.relacl, obj_description(c.oid, 'pg_class'), rs.view_details(c.oid) INTO had, said, more FROM pg_catalog.pg_class c WHERE c.oid = former;
  PERFORM rs.release_readers('pg_catalog.pg_class'::regclass, ARRAY[former], true);
  EXECUTE format('DROP VIEW %I.%I', target, v);
 END IF;
 DELETE FROM rs.late_views l WHERE l.schema_name = target AND l.view_name = v;
 made := rs.make_late_view('VIEW', target, v, columns, d, path, reads, NULL, true);
 INSERT INTO rs.late_views (schema_name, view_name, columns, definition, search_path, view_oid, reason, missing, source, reads, known, written, is_fixed)
 VALUES (target, v, columns, d, path, made.made, made.why, made.missing, source, reads, rs.columns_of(reads), rs.written_view(made.made), fixed);
 IF made.made IS NULL THEN
  RAISE NOTICE 'the view % reads what does not exist yet; it appears when that is there', v;
  UPDATE rs.late_views l SET stand_in = rs.stand_in('VIEW', target, v,
   coalesce((SELECT string_agg(format('NULL::varchar AS %I', n), ', ' ORDER BY o) FROM unnest(names) WITH ORDINALITY u(n, o)), ''))
  WHERE l.schema_name = target AND l.view_name = v;
 END IF;
 PERFORM rs.restore_late_view(target, v, had, said, more);
 PERFORM rs.bind_late_views();
END $$;
-- Creates those that wait and can be created.
CREATE OR REPLACE FUNCTION rs.bind_late_views() RETURNS void LANGUAGE plpgsql AS $$
DECLARE l record; made record; again bool;
BEGIN
 -- What a star stands for may be other columns now.
 FOR l IN SELECT v.view_oid FROM rs.late_views v WHERE v.is_fixed AND v.view_oid IS NOT NULL AND v.made_by = current_user AND v.known IS DISTINCT FROM rs.columns_of(v.reads) LOOP
  IF EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = l.view_oid) THEN
   PERFORM rs.release_readers('pg_catalog.pg_class'::regclass, ARRAY[l.view_oid], true);
   PERFORM rs.release_view(l.view_oid) FROM rs.late_views v WHERE v.view_oid = l.view_oid;
  END IF;
 END LOOP;
 again := EXISTS (SELECT 1 FROM rs.late_views WHERE view_oid IS NULL AND made_by = current_user);
 IF again THEN
  PERFORM rs.lock_late_views();
  PERFORM rs.settle_late_views();
  -- Of older versions: what has the name of such a view took its place, and nothing stands in for it.
  DELETE FROM rs.late_views w WHERE view_oid IS NULL AND stand_in IS NULL AND made_by = current_user AND EXISTS (SELECT 1 FROM pg_catalog.pg_class c
   JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = w.schema_name AND c.relname = w.view_name);
 END IF;
 WHILE again LOOP
  again := false;
  FOR l IN SELECT *, known IS DISTINCT FROM rs.columns_of(reads) AS is_outdated FROM rs.late_views
   WHERE view_oid IS NULL AND definition <> '' AND made_by = current_user ORDER BY schema_name, view_name LOOP
   made := rs.make_late_view(coalesce(l.bound_kind, 'VIEW'), l.schema_name, l.view_name, l.columns, l.definition, l.search_path, l.reads, l.stand_in, false);
   IF made.made IS NOT NULL THEN
    PERFORM rs.restore_late_view(v.schema_name, v.view_name, v.grants, v.note, v.details) FROM rs.late_views v WHERE v.schema_name = l.schema_name AND v.view_name = l.view_name;
    UPDATE rs.late_views v SET view_oid = made.made, stand_in = NULL, reason = NULL, missing = NULL, written = rs.written_view(made.made),
     known = CASE WHEN v.is_fixed THEN rs.columns_of(v.reads) ELSE v.known END
    WHERE v.schema_name = l.schema_name AND v.view_name = l.view_name AND l.bound_kind IS NULL;
    DELETE FROM rs.late_views v WHERE v.schema_name = l.schema_name AND v.view_name = l.view_name AND l.bound_kind IS NOT NULL;
    again := true;
   ELSIF (made.why, made.missing) IS DISTINCT FROM (l.reason, l.missing) AND NOT (l.is_outdated AND l.source IS NOT NULL AND NOT l.is_fixed AND made.why IS NOT NULL) THEN
    UPDATE rs.late_views v SET reason = made.why, missing = made.missing WHERE v.schema_name = l.schema_name AND v.view_name = l.view_name;
    IF made.why IS NOT NULL THEN
     RAISE NOTICE 'the view % does not fit what it reads: %; it appears when it does', l.view_name, made.why;
    END IF;
   END IF;
  END LOOP;
 END LOOP;
 FOR l IN SELECT w.* FROM rs.late_views w JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema_name WHERE w.view_oid IS NULL AND w.stand_in IS NULL AND w.made_by = current_user LOOP
  UPDATE rs.late_views v SET stand_in = rs.stand_in(coalesce(l.bound_kind, 'VIEW'), l.schema_name, l.view_name, '') WHERE v.schema_name = l.schema_name AND v.view_name = l.view_name;
  PERFORM rs.restore_late_view(l.schema_name, l.view_name, l.grants, l.note, l.details);
 END LOOP;
END $$;
-- Those whose text has to be translated again, since what they read has other columns than it had: redstart does so.
CREATE OR REPLACE FUNCTION rs.outdated_late_views() RETURNS TABLE (schema_name text, view_name text, columns text, source text, seen text) STABLE LANGUAGE sql AS $$
 SELECT l.schema_name, l.view_name, l.columns, l.source, rs.columns_of(l.reads) FROM rs.late_views l
 WHERE l.source IS NOT NULL AND NOT l.is_fixed AND l.made_by = current_user AND l.known IS DISTINCT FROM rs.columns_of(l.reads) ORDER BY 1, 2 $$;
-- Gives such a view its new text, or the reason why there is none: it waits without a text then. `seen` is what columns the text was made for: another session may have changed them since.
CREATE OR REPLACE FUNCTION rs.retranslate_late_view(s text, v text, d text, problem text, seen text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE l record;
BEGIN
 PERFORM rs.lock_late_views();
 SELECT * INTO l FROM rs.late_views w WHERE w.schema_name = s AND w.view_name = v AND w.made_by = current_user;
 IF NOT FOUND THEN RETURN; END IF;
 IF l.view_oid IS NOT NULL THEN
  PERFORM rs.release_readers('pg_catalog.pg_class'::regclass, ARRAY[l.view_oid], true);
  PERFORM rs.release_view(l.view_oid);
 END IF;
 UPDATE rs.late_views w SET definition = coalesce(d, ''), known = seen, reason = problem WHERE w.schema_name = s AND w.view_name = v;
 IF problem IS NULL THEN PERFORM rs.bind_late_views();
 ELSIF problem IS DISTINCT FROM l.reason THEN RAISE NOTICE 'the view % does not fit what it reads: %; it appears when it does', v, problem; END IF;
END $$;
-- The late-binding views that stand on something, directly or through other views, and what stands on one of them; with `late` also what stands on the targets.
CREATE OR REPLACE FUNCTION rs.late_readers(kind oid, targets oid[], late bool) RETURNS TABLE (view oid, depth int) STABLE LANGUAGE sql AS $$
 WITH RECURSIVE reader(view, is_released, depth) AS (
  SELECT t, late, 0 FROM unnest(targets) t WHERE late OR EXISTS (SELECT 1 FROM rs.late_views)
  UNION
  SELECT r.ev_class, b.is_released OR EXISTS (SELECT 1 FROM rs.late_views v WHERE v.view_oid = r.ev_class), b.depth + 1
  FROM reader b JOIN pg_catalog.pg_depend p ON p.refobjid = b.view AND p.refclassid = CASE b.depth WHEN 0 THEN kind ELSE 'pg_catalog.pg_class'::regclass END
  JOIN pg_catalog.pg_rewrite r ON r.oid = p.objid
  WHERE p.classid = 'pg_catalog.pg_rewrite'::regclass AND r.ev_class <> b.view)
 SELECT d.view, max(d.depth) FROM reader d WHERE d.depth > 0 GROUP BY d.view HAVING bool_or(d.is_released) $$;
-- Lets a view wait from now on; one of another user stays, and is in the way, rather than to be lost.
CREATE OR REPLACE FUNCTION rs.release_view(view oid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE l record; kind text; has text;
BEGIN
 SELECT n.nspname, c.relname, c.relkind, c.relacl, c.relowner, obj_description(c.oid, 'pg_class') AS note, rs.view_details(c.oid) AS details INTO l
 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = view;
 kind := rs.view_kind(l.relkind);
 IF EXISTS (SELECT 1 FROM rs.late_views v WHERE v.view_oid = view) THEN
  UPDATE rs.late_views v SET view_oid = NULL, grants = l.relacl, note = l.note, details = l.details, written = NULL WHERE v.view_oid = view;
  IF NOT FOUND THEN RETURN; END IF;
 ELSE
  IF NOT pg_catalog.pg_has_role(l.relowner, 'USAGE') THEN RETURN; END IF;
  INSERT INTO rs.late_views (schema_name, view_name, columns, definition, search_path, grants, note, details, bound_kind, reads)
  VALUES (l.nspname, l.relname, '', rtrim(rs.written_view(view), '; '), 'pg_catalog', l.relacl, l.note, l.details, kind, ARRAY(
   SELECT DISTINCT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_rewrite r ON r.oid = p.objid
   JOIN pg_catalog.pg_class c ON c.oid = p.refobjid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE p.classid = 'pg_catalog.pg_rewrite'::regclass AND p.refclassid = 'pg_catalog.pg_class'::regclass AND r.ev_class = view AND c.oid <> view));
 END IF;
 SELECT coalesce(string_agg(format('NULL::%s AS %I', pg_catalog.format_type(a.atttypid, a.atttypmod), a.attname), ', ' ORDER BY a.attnum), '') INTO has
 FROM pg_catalog.pg_attribute a WHERE a.attrelid = view AND a.attnum > 0 AND NOT a.attisdropped;
 EXECUTE format('DROP %s %I.%I', kind, l.nspname, l.relname);
 UPDATE rs.late_views v SET stand_in = rs.stand_in(kind, l.nspname, l.relname, has) WHERE v.schema_name = l.nspname AND v.view_name = l.relname;
 PERFORM rs.restore_late_view(l.nspname, l.relname, l.relacl, l.note, l.details);
END $$;
-- Drops them, so that what they stand on can be changed or dropped; they wait from then on, bound views with the late-binding ones: what such a view reads is nobody else's business.
CREATE OR REPLACE FUNCTION rs.release_readers(kind oid, targets oid[], late bool) RETURNS void LANGUAGE plpgsql AS $$
DECLARE l record;
BEGIN
 IF array_remove(targets, NULL) = '{}' OR NOT (late OR EXISTS (SELECT 1 FROM rs.late_views)) THEN RETURN; END IF;
 PERFORM rs.lock_late_views();
 PERFORM rs.settle_late_views();
 FOR l IN SELECT d.view FROM rs.late_readers(kind, targets, late) d ORDER BY d.depth DESC, d.view LOOP PERFORM rs.release_view(l.view); END LOOP;
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
-- The view of a name, where a statement that makes or drops it finds it.
CREATE OR REPLACE FUNCTION rs.find_late_view(relation text, makes bool) RETURNS SETOF rs.late_views STABLE LANGUAGE sql AS $$
 SELECT v.* FROM rs.late_views v, parse_ident(relation) i WHERE v.view_name = i[cardinality(i)]
  AND v.schema_name = CASE WHEN cardinality(i) > 1 THEN i[cardinality(i) - 1] WHEN makes THEN current_schema()
   ELSE coalesce((SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(relation)), current_schema()) END $$;
-- A view that is to be dropped is late-binding no more.
CREATE OR REPLACE FUNCTION rs.forget_late_view(relation text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
 DELETE FROM rs.late_views v USING rs.find_late_view(relation, false) f WHERE (v.schema_name, v.view_name) = (f.schema_name, f.view_name);
END $$;
-- SHOW VIEW.
CREATE OR REPLACE FUNCTION rs.view_ddl(relation text) RETURNS text STABLE LANGUAGE sql AS $$
 SELECT coalesce((SELECT l.source || ' WITH NO SCHEMA BINDING;' FROM rs.late_views l WHERE relation::regclass::oid IN (l.view_oid, l.stand_in)), pg_catalog.pg_get_viewdef(relation::regclass)) $$;
-- ---------- CREATE OR REPLACE VIEW
-- What a bound view is about to take the place of makes way. A view that was late-binding is so no more, but keeps its grants and comments. Columns stay what they are on Redshift, which knows the length of every text: here a view may have one without a length for the same text, and PostgreSQL would refuse to exchange the two. `lengths` are those that are known of such columns.
CREATE OR REPLACE FUNCTION rs.make_way(relation text, query text, columns text, lengths int[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE names text[] := parse_ident(relation); s text; v text := names[cardinality(names)]; l record; c record; old oid; new oid; counts int[]; is_other bool; problem text;
BEGIN
 s := CASE WHEN cardinality(names) > 1 THEN names[cardinality(names) - 1] ELSE current_schema() END;
 IF EXISTS (SELECT 1 FROM rs.late_views) THEN
  PERFORM rs.lock_late_views();
  PERFORM rs.settle_late_views();
  SELECT * INTO l FROM rs.find_late_view(relation, true);
  IF l.stand_in IS NOT NULL AND coalesce(l.bound_kind, 'VIEW') = 'VIEW' THEN
   SELECT k.relacl, obj_description(k.oid, 'pg_class') AS note, rs.view_details(k.oid) AS details INTO c FROM pg_catalog.pg_class k WHERE k.oid = l.stand_in;
   PERFORM rs.release_readers('pg_catalog.pg_class'::regclass, ARRAY[l.stand_in], true);
   EXECUTE format('DROP VIEW %I.%I', s, v);
   -- It gets its columns from the statement.
   EXECUTE format('CREATE VIEW %I.%I AS SELECT', s, v);
   PERFORM rs.restore_late_view(s, v, c.relacl, c.note, c.details);
  END IF;
  DELETE FROM rs.late_views w WHERE (w.schema_name, w.view_name) = (s, v) AND coalesce(w.bound_kind, 'VIEW') = 'VIEW';
 END IF;
 SELECT k.oid INTO old FROM pg_catalog.pg_class k JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace WHERE n.nspname = s AND k.relname = v AND k.relkind = 'v' AND k.relnatts > 0;
 IF old IS NULL THEN RETURN; END IF;
 BEGIN
  EXECUTE format('CREATE TEMP VIEW redstart_replacement%s AS %s', columns, query);
  new := 'pg_temp.redstart_replacement'::regclass;
 EXCEPTION WHEN OTHERS THEN RETURN; -- the statement itself tells where it is wrong
 END;
 SELECT ARRAY[count(o.attnum), count(n.attnum)],
  bool_or((o.atttypid, o.atttypmod, o.attcollation) IS DISTINCT FROM (n.atttypid, n.atttypmod, n.attcollation))
  AND bool_and(o.attname = n.attname AND (o.atttypid = n.atttypid OR o.atttypid IN ('text'::regtype, 'varchar'::regtype) AND n.atttypid IN ('text'::regtype, 'varchar'::regtype))
   AND (o.atttypmod = n.atttypmod OR -1 IN (o.atttypmod, n.atttypmod))),
  min(format('cannot change data type of view column "%s" from %s to %s', o.attname, pg_catalog.format_type(o.atttypid, o.atttypmod), pg_catalog.format_type(o.atttypid, lengths[o.attnum] + 4)))
   FILTER (WHERE o.atttypid = 'varchar'::regtype AND o.atttypmod > 0 AND o.atttypmod <> lengths[o.attnum] + 4 AND o.attname = n.attname) INTO counts, is_other, problem
 FROM (SELECT * FROM pg_catalog.pg_attribute a WHERE a.attrelid = old AND a.attnum > 0) o
 FULL JOIN (SELECT * FROM pg_catalog.pg_attribute a WHERE a.attrelid = new AND a.attnum > 0) n ON n.attnum = o.attnum;
 DROP VIEW pg_temp.redstart_replacement;
 IF counts[1] <> counts[2] THEN RAISE EXCEPTION 'cannot change number of columns in view' USING ERRCODE = '42P16'; END IF;
 IF problem IS NOT NULL THEN RAISE EXCEPTION '%', problem USING ERRCODE = '42P16'; END IF;
 IF NOT is_other THEN RETURN; END IF;
 SELECT k.relacl, obj_description(k.oid, 'pg_class') AS note, rs.view_details(k.oid) AS details INTO c FROM pg_catalog.pg_class k WHERE k.oid = old;
 PERFORM rs.release_readers('pg_catalog.pg_class'::regclass, ARRAY[old], true);
 EXECUTE format('DROP VIEW %I.%I', s, v);
 EXECUTE format('CREATE VIEW %I.%I%s AS %s', s, v, columns, query);
 PERFORM rs.restore_late_view(s, v, c.relacl, c.note, c.details);
 PERFORM rs.bind_late_views();
END $$;
