-- ---------- SUPER values (jsonb): comparisons, arithmetic, casts
-- Values of different kinds compare to NULL, never to an error.
CREATE OR REPLACE FUNCTION rs.super_number(j jsonb) RETURNS numeric IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT CASE WHEN jsonb_typeof(j) = 'number' THEN (j #>> '{}')::numeric END $$;
CREATE OR REPLACE FUNCTION rs.super_string(j jsonb) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT CASE WHEN jsonb_typeof(j) = 'string' THEN j #>> '{}' END $$;
CREATE OR REPLACE FUNCTION rs.super_bool(j jsonb) RETURNS bool IMMUTABLE STRICT LANGUAGE plpgsql AS
 $$ BEGIN RETURN (j #>> '{}')::bool; EXCEPTION WHEN others THEN RETURN NULL; END $$;
-- A step to an element: what is no array has none, and none is counted from the end.
CREATE OR REPLACE FUNCTION rs.element(j jsonb, i int) RETURNS jsonb IMMUTABLE LANGUAGE sql AS
 $$ SELECT CASE WHEN jsonb_typeof(j) = 'array' AND i >= 0 THEN j -> i END $$;
-- Casts: what cannot be cast is NULL.
DO $do$
DECLARE t record;
BEGIN
 FOR t IN SELECT * FROM (VALUES ('smallint', 'numeric::smallint'), ('int', 'numeric::int'), ('bigint', 'numeric::bigint'), ('date', 'pg_catalog.date'),
  ('timestamp', 'timestamp'), ('timestamptz', 'timestamptz'), ('time', 'time'), ('timetz', 'timetz')) v(name, type) LOOP
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.super_%s(j jsonb) RETURNS %s STABLE STRICT LANGUAGE plpgsql AS
   ''BEGIN RETURN rs.super_text(j)::%s; EXCEPTION WHEN data_exception THEN RETURN NULL; END''', t.name, regexp_replace(t.type, '^numeric::', ''), t.type);
 END LOOP;
END $do$;
-- A cast of a SUPER value to any other type; the second argument gives the type.
CREATE OR REPLACE FUNCTION rs.super_cast(j jsonb, target anyelement) RETURNS anyelement STABLE LANGUAGE sql AS
 $$ SELECT rs.try_cast(rs.super_text(j), target) $$;
CREATE OR REPLACE FUNCTION rs.super_text(j text) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT j $$;
DO $do$
DECLARE o record; t record;
BEGIN
 FOR o IN SELECT * FROM (VALUES ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('<=', 'le'), ('>', 'gt'), ('>=', 'ge')) v(sign, name) LOOP
  FOR t IN SELECT * FROM (VALUES ('numeric', 'number'), ('text', 'string'), ('bool', 'bool')) v(type, name) LOOP
   EXECUTE format('CREATE OR REPLACE FUNCTION rs.super_%s(a jsonb, b %s) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS ''SELECT rs.super_%s(a) %s b''', o.name, t.type, t.name, o.sign);
   EXECUTE format('CREATE OR REPLACE FUNCTION rs.super_%s(a %s, b jsonb) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS ''SELECT a %s rs.super_%s(b)''', o.name, t.type, o.sign, t.name);
   IF to_regoperator(format('rs.%s(jsonb,%s)', o.sign, t.type)) IS NULL THEN
    EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.super_%s, LEFTARG = jsonb, RIGHTARG = %s)', o.sign, o.name, t.type);
    EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.super_%s, LEFTARG = %s, RIGHTARG = jsonb)', o.sign, o.name, t.type);
   END IF;
  END LOOP;
  IF o.name NOT IN ('eq', 'ne') THEN
   EXECUTE format('CREATE OR REPLACE FUNCTION rs.super_%s(a jsonb, b jsonb) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS ''SELECT CASE WHEN jsonb_typeof(a) = jsonb_typeof(b) THEN a OPERATOR(pg_catalog.%s) b END''', o.name, o.sign);
   IF to_regoperator(format('rs.%s(jsonb,jsonb)', o.sign)) IS NULL THEN
    EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.super_%s, LEFTARG = jsonb, RIGHTARG = jsonb)', o.sign, o.name);
   END IF;
  END IF;
 END LOOP;
 FOR o IN SELECT * FROM (VALUES ('+', 'plus'), ('-', 'minus'), ('*', 'times'), ('/', 'over')) v(sign, name) LOOP
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.super_%s(a jsonb, b numeric) RETURNS numeric IMMUTABLE STRICT LANGUAGE sql AS ''SELECT rs.super_number(a) %s b''', o.name, o.sign);
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.super_%s(a numeric, b jsonb) RETURNS numeric IMMUTABLE STRICT LANGUAGE sql AS ''SELECT a %s rs.super_number(b)''', o.name, o.sign);
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.super_%s(a jsonb, b jsonb) RETURNS numeric IMMUTABLE STRICT LANGUAGE sql AS ''SELECT rs.super_number(a) %s rs.super_number(b)''', o.name, o.sign);
  IF to_regoperator(format('rs.%s(jsonb,numeric)', o.sign)) IS NULL THEN
   EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.super_%s, LEFTARG = jsonb, RIGHTARG = numeric)', o.sign, o.name);
   EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.super_%s, LEFTARG = numeric, RIGHTARG = jsonb)', o.sign, o.name);
   EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.super_%s, LEFTARG = jsonb, RIGHTARG = jsonb)', o.sign, o.name);
  END IF;
 END LOOP;
 -- jsonb - integer is PostgreSQL's own and removes an element.
 CREATE OR REPLACE FUNCTION rs.super_minus(a jsonb, b int) RETURNS numeric IMMUTABLE STRICT LANGUAGE sql AS 'SELECT rs.super_number(a) - b';
 IF to_regoperator('rs.-(jsonb,integer)') IS NULL THEN
  CREATE OPERATOR rs.- (FUNCTION = rs.super_minus, LEFTARG = jsonb, RIGHTARG = int);
 END IF;
 FOR t IN SELECT * FROM (VALUES
  ('len', '', 'int'), ('length', '', 'int'), ('upper', '', 'text'), ('lower', '', 'text'), ('initcap', '', 'text'), ('btrim', '', 'text'),
  ('left', ', b int', 'text'), ('right', ', b int', 'text'), ('substring', ', b int, c int', 'text'), ('split_part', ', b text, c int', 'text'),
  ('replace', ', b text, c text', 'text')
 ) v(name, rest, result) LOOP
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.%I(a jsonb%s) RETURNS %s IMMUTABLE STRICT LANGUAGE sql AS ''SELECT %I(rs.super_text(a)%s)''',
   t.name, t.rest, t.result, t.name, regexp_replace(t.rest, ' (int|text)', '', 'g'));
 END LOOP;
END $do$;
CREATE OR REPLACE FUNCTION rs.super_sum_s(s numeric, v jsonb) RETURNS numeric IMMUTABLE LANGUAGE sql AS
 $$ SELECT CASE WHEN rs.super_number(v) IS NULL THEN s ELSE coalesce(s, 0) + rs.super_number(v) END $$;
CREATE OR REPLACE AGGREGATE rs.sum(jsonb) (SFUNC = rs.super_sum_s, STYPE = numeric);
CREATE OR REPLACE FUNCTION rs.super_avg_s(s numeric[], v jsonb) RETURNS numeric[] IMMUTABLE LANGUAGE sql AS
 $$ SELECT CASE WHEN rs.super_number(v) IS NULL THEN s ELSE ARRAY[s[1] + 1, s[2] + rs.super_number(v)] END $$;
CREATE OR REPLACE FUNCTION rs.super_avg_f(s numeric[]) RETURNS numeric IMMUTABLE LANGUAGE sql AS $$ SELECT s[2] / nullif(s[1], 0) $$;
CREATE OR REPLACE AGGREGATE rs.avg(jsonb) (SFUNC = rs.super_avg_s, STYPE = numeric[], INITCOND = '{0,0}', FINALFUNC = rs.super_avg_f);
CREATE OR REPLACE FUNCTION rs.super_least(a jsonb, b jsonb) RETURNS jsonb IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT CASE WHEN a OPERATOR(pg_catalog.<) b THEN a ELSE b END $$;
CREATE OR REPLACE FUNCTION rs.super_greatest(a jsonb, b jsonb) RETURNS jsonb IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT CASE WHEN a OPERATOR(pg_catalog.>) b THEN a ELSE b END $$;
CREATE OR REPLACE AGGREGATE rs.min(jsonb) (SFUNC = rs.super_least, STYPE = jsonb);
CREATE OR REPLACE AGGREGATE rs.max(jsonb) (SFUNC = rs.super_greatest, STYPE = jsonb);
-- ---------- SUPER: JSON in and out
CREATE OR REPLACE FUNCTION rs.repeated_key(j json) RETURNS text IMMUTABLE STRICT LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
 IF json_typeof(j) = 'object' THEN
  SELECT k INTO found FROM json_object_keys(j) k GROUP BY k HAVING count(*) > 1 LIMIT 1;
  IF found IS NULL THEN
   SELECT rs.repeated_key(value) INTO found FROM json_each(j) WHERE json_typeof(value) IN ('object', 'array') AND rs.repeated_key(value) IS NOT NULL LIMIT 1;
  END IF;
 ELSIF json_typeof(j) = 'array' THEN
  SELECT rs.repeated_key(e) INTO found FROM json_array_elements(j) e WHERE json_typeof(e) IN ('object', 'array') AND rs.repeated_key(e) IS NOT NULL LIMIT 1;
 END IF;
 RETURN found;
END $$;
CREATE OR REPLACE FUNCTION rs.json_parse(s text) RETURNS jsonb IMMUTABLE STRICT LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
 IF s LIKE '%:%:%' THEN found := rs.repeated_key(s::json); END IF;
 IF found IS NOT NULL THEN RAISE EXCEPTION 'JSON parsing error: the key "%" is there twice', found USING ERRCODE = '22030'; END IF;
 RETURN s::jsonb;
END $$;
CREATE OR REPLACE FUNCTION rs.json_serialize_to_varbyte(j jsonb) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT convert_to(rs.json_serialize(j), 'UTF8') $$;
CREATE OR REPLACE FUNCTION rs.is_varchar(j jsonb) RETURNS bool IMMUTABLE LANGUAGE sql AS $$ SELECT coalesce(jsonb_typeof(j) = 'string', false) $$;
CREATE OR REPLACE FUNCTION rs.is_char(j jsonb) RETURNS bool IMMUTABLE LANGUAGE sql AS
 $$ SELECT coalesce(jsonb_typeof(j) = 'string' AND octet_length(j #>> '{}') = length(j #>> '{}'), false) $$;
CREATE OR REPLACE FUNCTION rs.is_boolean(j jsonb) RETURNS bool IMMUTABLE LANGUAGE sql AS $$ SELECT coalesce(jsonb_typeof(j) = 'boolean', false) $$;
CREATE OR REPLACE FUNCTION rs.is_whole(j jsonb, lowest numeric, highest numeric) RETURNS bool IMMUTABLE LANGUAGE sql AS
 $$ SELECT coalesce(jsonb_typeof(j) = 'number' AND strpos(j #>> '{}', '.') = 0 AND (j #>> '{}')::numeric BETWEEN lowest AND highest, false) $$;
CREATE OR REPLACE FUNCTION rs.is_smallint(j jsonb) RETURNS bool IMMUTABLE LANGUAGE sql AS $$ SELECT rs.is_whole(j, -32768, 32767) $$;
CREATE OR REPLACE FUNCTION rs.is_integer(j jsonb) RETURNS bool IMMUTABLE LANGUAGE sql AS $$ SELECT rs.is_whole(j, -2147483648, 2147483647) $$;
CREATE OR REPLACE FUNCTION rs.is_bigint(j jsonb) RETURNS bool IMMUTABLE LANGUAGE sql AS $$ SELECT rs.is_whole(j, -9223372036854775808, 9223372036854775807) $$;
CREATE OR REPLACE FUNCTION rs.is_decimal(j jsonb) RETURNS bool IMMUTABLE LANGUAGE sql AS $$ SELECT coalesce(jsonb_typeof(j) = 'number', false) $$;
CREATE OR REPLACE FUNCTION rs.is_float(j jsonb) RETURNS bool IMMUTABLE LANGUAGE sql AS $$ SELECT coalesce(jsonb_typeof(j) = 'number', false) $$;
CREATE OR REPLACE FUNCTION rs.is_number(j jsonb) RETURNS bool IMMUTABLE LANGUAGE sql AS $$ SELECT coalesce(jsonb_typeof(j) = 'number', false) $$;
CREATE OR REPLACE FUNCTION rs.get_number_attributes(j jsonb) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT CASE WHEN jsonb_typeof(j) = 'object' THEN (SELECT count(*)::int FROM jsonb_object_keys(j)) END $$;
CREATE OR REPLACE FUNCTION rs.named_attributes(j jsonb, is_upper bool) RETURNS jsonb IMMUTABLE STRICT LANGUAGE sql AS $$
 SELECT CASE jsonb_typeof(j)
  WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(CASE WHEN is_upper THEN upper(k) ELSE lower(k) END, rs.named_attributes(v, is_upper)), '{}') FROM jsonb_each(j) e(k, v))
  WHEN 'array' THEN (SELECT coalesce(jsonb_agg(rs.named_attributes(v, is_upper) ORDER BY o), '[]') FROM jsonb_array_elements(j) WITH ORDINALITY e(v, o))
  ELSE j END $$;
CREATE OR REPLACE FUNCTION rs.lower_attribute_names(j jsonb) RETURNS jsonb IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.named_attributes(j, false) $$;
CREATE OR REPLACE FUNCTION rs.upper_attribute_names(j jsonb) RETURNS jsonb IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.named_attributes(j, true) $$;
-- ---------- SUPER: arrays
CREATE OR REPLACE FUNCTION rs.array_concat(a jsonb, b jsonb) RETURNS jsonb IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT CASE WHEN jsonb_typeof(a) = 'array' AND jsonb_typeof(b) = 'array' THEN a || b END $$;
CREATE OR REPLACE FUNCTION rs.subarray(a jsonb, st int) RETURNS jsonb IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.subarray(a, st, 2147483647 - abs(st)) $$;
-- The positions of a value; with null_match false, a NULL among the elements makes a miss unknown.
CREATE OR REPLACE FUNCTION rs.array_positions(a jsonb, v jsonb, null_match bool DEFAULT true) RETURNS jsonb IMMUTABLE LANGUAGE sql AS $$
 SELECT CASE
  WHEN jsonb_typeof(a) IS DISTINCT FROM 'array' THEN NULL
  WHEN NOT null_match AND coalesce(v, 'null') = 'null' THEN NULL
  WHEN NOT null_match AND NOT a @> jsonb_build_array(v) AND a @> '[null]' THEN NULL
  ELSE (SELECT coalesce(jsonb_agg(o - 1 ORDER BY o), '[]') FROM jsonb_array_elements(a) WITH ORDINALITY e(x, o) WHERE x = coalesce(v, 'null')) END $$;
CREATE OR REPLACE FUNCTION rs.array_position(a jsonb, v jsonb, null_match bool DEFAULT true) RETURNS int IMMUTABLE LANGUAGE sql AS
 $$ SELECT CASE WHEN p IS NULL THEN NULL WHEN p = '[]' THEN -1 ELSE (p -> 0)::int END FROM (SELECT rs.array_positions(a, v, null_match) AS p) s $$;
CREATE OR REPLACE FUNCTION rs.array_contains(a jsonb, v jsonb, null_match bool DEFAULT true) RETURNS bool IMMUTABLE LANGUAGE sql AS
 $$ SELECT rs.array_position(a, v, null_match) >= 0 $$;
CREATE OR REPLACE FUNCTION rs.array_distinct(a jsonb) RETURNS jsonb IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT coalesce(jsonb_agg(x ORDER BY o), '[]') FROM (SELECT x, min(o) AS o FROM jsonb_array_elements(a) WITH ORDINALITY e(x, o) GROUP BY x) s $$;
CREATE OR REPLACE FUNCTION rs.array_union(a jsonb, b jsonb) RETURNS jsonb IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.array_distinct(a || b) $$;
-- The elements of a with the number of each occurrence, and how often b has the value.
CREATE OR REPLACE FUNCTION rs.array_except(a jsonb, b jsonb, is_set bool DEFAULT false) RETURNS jsonb IMMUTABLE STRICT LANGUAGE sql AS $$
 SELECT coalesce(jsonb_agg(x ORDER BY o), '[]')
 FROM (SELECT x, o, row_number() OVER (PARTITION BY x ORDER BY o) AS n,
   (SELECT count(*) FROM jsonb_array_elements(b) f(y) WHERE y = x) AS m
  FROM jsonb_array_elements(a) WITH ORDINALITY e(x, o)) s
 WHERE CASE WHEN is_set THEN m = 0 AND n = 1 ELSE n > m END $$;
CREATE OR REPLACE FUNCTION rs.array_intersection(a jsonb, b jsonb, is_set bool DEFAULT false) RETURNS jsonb IMMUTABLE STRICT LANGUAGE sql AS $$
 SELECT coalesce(jsonb_agg(x ORDER BY o), '[]')
 FROM (SELECT x, o, row_number() OVER (PARTITION BY x ORDER BY o) AS n,
   (SELECT count(*) FROM jsonb_array_elements(b) f(y) WHERE y = x) AS m
  FROM jsonb_array_elements(a) WITH ORDINALITY e(x, o)) s
 WHERE CASE WHEN is_set THEN m > 0 AND n = 1 ELSE n <= m END $$;
CREATE OR REPLACE FUNCTION rs.arrays_overlap(a jsonb, b jsonb) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT EXISTS (SELECT 1 FROM jsonb_array_elements(a) e(x), jsonb_array_elements(b) f(y) WHERE x = y) $$;
CREATE OR REPLACE FUNCTION rs.sort_rank(j jsonb) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT CASE jsonb_typeof(j) WHEN 'boolean' THEN 1 WHEN 'number' THEN 2 WHEN 'string' THEN 3 WHEN 'array' THEN 4 ELSE 5 END $$;
CREATE OR REPLACE FUNCTION rs.array_sort(a jsonb, is_ascending bool DEFAULT true, nulls_first bool DEFAULT NULL) RETURNS jsonb IMMUTABLE LANGUAGE sql AS $$
 SELECT CASE WHEN jsonb_typeof(a) = 'array' THEN (
  SELECT coalesce(jsonb_agg(x ORDER BY
    CASE WHEN (x = 'null') = coalesce(nulls_first, NOT is_ascending) THEN 0 ELSE 1 END,
    CASE WHEN is_ascending THEN rs.sort_rank(x) ELSE -rs.sort_rank(x) END,
    CASE WHEN is_ascending THEN x END, CASE WHEN NOT is_ascending THEN x END DESC), '[]')
  FROM jsonb_array_elements(a) e(x)) END $$;
-- ---------- SUPER in FROM: what is no array or object has no elements
CREATE OR REPLACE FUNCTION rs.elements(j jsonb) RETURNS TABLE(value jsonb, ordinal bigint) IMMUTABLE LANGUAGE sql AS
 $$ SELECT v, o - 1 FROM jsonb_array_elements(CASE WHEN jsonb_typeof(j) = 'array' THEN j ELSE '[]' END) WITH ORDINALITY e(v, o) $$;
CREATE OR REPLACE FUNCTION rs.attributes(j jsonb) RETURNS TABLE(value jsonb, name text) IMMUTABLE LANGUAGE sql AS
 $$ SELECT v, k FROM jsonb_each(CASE WHEN jsonb_typeof(j) = 'object' THEN j ELSE '{}' END) e(k, v) $$;
CREATE OR REPLACE FUNCTION rs.element_values(j jsonb) RETURNS SETOF jsonb IMMUTABLE LANGUAGE sql AS
 $$ SELECT v FROM jsonb_array_elements(CASE WHEN jsonb_typeof(j) = 'array' THEN j ELSE '[]' END) e(v) $$;
CREATE OR REPLACE FUNCTION rs.attribute_values(j jsonb) RETURNS SETOF jsonb IMMUTABLE LANGUAGE sql AS
 $$ SELECT v FROM jsonb_each(CASE WHEN jsonb_typeof(j) = 'object' THEN j ELSE '{}' END) e(k, v) $$;
-- ---------- OBJECT_TRANSFORM: paths are texts of quoted names, '"name"."first"'
CREATE OR REPLACE FUNCTION rs.put_path(value jsonb, path text[], part jsonb) RETURNS jsonb IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE above text[];
BEGIN
 FOR depth IN 1..cardinality(path) - 1 LOOP
  above := path[1:depth];
  IF jsonb_typeof(value #> above) IS DISTINCT FROM 'object' THEN value := jsonb_set(value, above, '{}', true); END IF;
 END LOOP;
 RETURN jsonb_set(value, path, coalesce(part, 'null'), true);
END $$;
CREATE OR REPLACE FUNCTION rs.object_transform(value jsonb, kept text[], paths text[], parts jsonb[]) RETURNS jsonb IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE result jsonb; path text[]; p text;
BEGIN
 IF value IS NULL OR jsonb_typeof(value) <> 'object' THEN RETURN NULL; END IF;
 result := value;
 IF kept IS NOT NULL THEN
  result := '{}';
  FOREACH p IN ARRAY kept LOOP
   path := parse_ident(p);
   IF value #> path IS NOT NULL THEN result := rs.put_path(result, path, value #> path); END IF;
  END LOOP;
 END IF;
 FOR i IN 1..cardinality(paths) LOOP result := rs.put_path(result, parse_ident(paths[i]), parts[i]); END LOOP;
 RETURN result;
END $$;
