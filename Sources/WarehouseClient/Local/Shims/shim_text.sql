-- ---------- text and bytes
-- TRY_CAST: the second argument gives the type.
CREATE OR REPLACE FUNCTION rs.try_cast(value text, target anyelement) RETURNS anyelement STABLE LANGUAGE plpgsql AS $$
BEGIN
 EXECUTE format('SELECT $1::%s', pg_typeof(target)) INTO target USING value;
 RETURN target;
EXCEPTION WHEN others THEN
 RETURN NULL;
END $$;
-- Lengths are in bytes: as many characters as fit into n of them. The first byte that is left out begins a character.
CREATE OR REPLACE FUNCTION rs.cut_bytes(b bytea, n int) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$
 SELECT convert_from(substr(b, 1, CASE WHEN get_byte(b, n) & 192 <> 128 THEN n WHEN get_byte(b, n - 1) & 192 <> 128 THEN n - 1
  WHEN get_byte(b, n - 2) & 192 <> 128 THEN n - 2 ELSE n - 3 END), 'UTF8') $$;
CREATE OR REPLACE FUNCTION rs.cut(s text, n int) RETURNS text IMMUTABLE LANGUAGE sql AS
 $$ SELECT CASE WHEN octet_length(s) <= n THEN s ELSE rs.cut_bytes(convert_to(s, 'UTF8'), n) END $$;
CREATE OR REPLACE FUNCTION rs.refuse_bytes(s text) RETURNS text IMMUTABLE STRICT LANGUAGE plpgsql AS $$
BEGIN
 RAISE EXCEPTION 'Multibyte character not supported for CHAR' USING ERRCODE = '22021', DETAIL = left(s, 200), HINT = 'use VARCHAR';
END $$;
CREATE OR REPLACE FUNCTION rs.single_bytes(s text) RETURNS text IMMUTABLE LANGUAGE sql AS
 $$ SELECT CASE WHEN octet_length(s) = char_length(s) THEN s ELSE rs.refuse_bytes(s) END $$;
-- Numbers where text is meant: Redshift casts them by itself.
DO $do$
DECLARE f record; t text;
BEGIN
 FOR f IN SELECT * FROM (VALUES
  ('len', '', 'int'), ('textlen', '', 'int'), ('length', '', 'int'), ('char_length', '', 'int'), ('character_length', '', 'int'), ('octet_length', '', 'int'),
  ('upper', '', 'text'), ('lower', '', 'text'), ('initcap', '', 'text'), ('reverse', '', 'text'), ('md5', '', 'text'),
  ('btrim', '', 'text'), ('ltrim', '', 'text'), ('rtrim', '', 'text'), ('ascii', '', 'int'),
  ('btrim', ', b text', 'text'), ('ltrim', ', b text', 'text'), ('rtrim', ', b text', 'text'),
  ('left', ', b int', 'text'), ('right', ', b int', 'text'), ('repeat', ', b int', 'text'), ('replicate', ', b int', 'text'),
  ('substring', ', b int', 'text'), ('substr', ', b int', 'text'), ('substring', ', b int, c int', 'text'), ('substr', ', b int, c int', 'text'),
  ('lpad', ', b int', 'text'), ('rpad', ', b int', 'text'), ('lpad', ', b int, c text', 'text'), ('rpad', ', b int, c text', 'text'),
  ('replace', ', b text, c text', 'text'), ('translate', ', b text, c text', 'text'), ('split_part', ', b text, c int', 'text'),
  ('strpos', ', b text', 'int'), ('regexp_substr', ', b text', 'text'), ('regexp_count', ', b text', 'int')
 ) v(name, rest, result) LOOP
  FOREACH t IN ARRAY '{smallint,int,bigint,numeric,float8}'::text[] LOOP
   EXECUTE format('CREATE OR REPLACE FUNCTION rs.%I(a %s%s) RETURNS %s IMMUTABLE STRICT LANGUAGE sql AS ''SELECT %I(a::text%s)''',
    f.name, t, f.rest, f.result, f.name, regexp_replace(f.rest, ' (int|text)', '', 'g'));
  END LOOP;
 END LOOP;
END $do$;
CREATE OR REPLACE FUNCTION rs.strpos(a text, b numeric) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT strpos(a, b::text) $$;
CREATE OR REPLACE FUNCTION rs.charindex(sub numeric, s text) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT strpos(s, sub::text) $$;
CREATE OR REPLACE FUNCTION rs.charindex(sub text, s numeric) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT strpos(s::text, sub) $$;
CREATE OR REPLACE FUNCTION rs.concat(a numeric, b text) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT a::text || b $$;
CREATE OR REPLACE FUNCTION rs.concat(a text, b numeric) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT a || b::text $$;
CREATE OR REPLACE FUNCTION rs.concat(a numeric, b numeric) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT a::text || b::text $$;
CREATE OR REPLACE FUNCTION rs.concat(a bytea, b bytea) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT a || b $$;
CREATE OR REPLACE FUNCTION rs.textlen(s bpchar) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT length(s) $$;
CREATE OR REPLACE FUNCTION rs.bttext_pattern_cmp(a text, b text) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.bpcharcmp(a, b) $$;
CREATE OR REPLACE FUNCTION rs.split_part(s text, d text, n int) RETURNS text IMMUTABLE STRICT LANGUAGE plpgsql AS $$
BEGIN
 IF n < 1 THEN RAISE EXCEPTION 'field position must be greater than zero' USING ERRCODE = '22023'; END IF;
 RETURN pg_catalog.split_part(s, d, n);
END $$;
CREATE OR REPLACE FUNCTION rs.quote_literal(s text) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT '''' || replace(replace(s, '\', '\\'), '''', '''''') || '''' $$;
CREATE OR REPLACE FUNCTION rs.sha1(s bytea) RETURNS text IMMUTABLE STRICT LANGUAGE plpgsql AS $$
DECLARE
 m CONSTANT bigint := 4294967295;
 b bytea := s || '\x80'; n bigint := length(s)::bigint * 8; w bigint[];
 h0 bigint := 1732584193; h1 bigint := 4023233417; h2 bigint := 2562383102; h3 bigint := 271733878; h4 bigint := 3285377520;
 a bigint; c bigint; d bigint; e bigint; f bigint; g bigint; k bigint; t bigint; x bigint; i int; o int;
BEGIN
 WHILE length(b) % 64 <> 56 LOOP b := b || '\x00'; END LOOP;
 b := b || int8send(n);
 FOR o IN 0 .. length(b) / 64 - 1 LOOP
  FOR i IN 0 .. 15 LOOP
   w[i] := (get_byte(b, o*64 + i*4)::bigint << 24) | (get_byte(b, o*64 + i*4 + 1) << 16) | (get_byte(b, o*64 + i*4 + 2) << 8) | get_byte(b, o*64 + i*4 + 3);
  END LOOP;
  FOR i IN 16 .. 79 LOOP
   x := w[i-3] # w[i-8] # w[i-14] # w[i-16];
   w[i] := ((x << 1) | (x >> 31)) & m;
  END LOOP;
  a := h0; c := h1; d := h2; e := h3; f := h4;
  FOR i IN 0 .. 79 LOOP
   IF i < 20 THEN g := (c & d) | ((~c & m) & e); k := 1518500249;
   ELSIF i < 40 THEN g := c # d # e; k := 1859775393;
   ELSIF i < 60 THEN g := (c & d) | (c & e) | (d & e); k := 2400959708;
   ELSE g := c # d # e; k := 3395469782;
   END IF;
   t := ((((a << 5) | (a >> 27)) & m) + g + f + k + w[i]) & m;
   f := e; e := d; d := ((c << 30) | (c >> 2)) & m; c := a; a := t;
  END LOOP;
  h0 := (h0 + a) & m; h1 := (h1 + c) & m; h2 := (h2 + d) & m; h3 := (h3 + e) & m; h4 := (h4 + f) & m;
 END LOOP;
 RETURN lpad(to_hex(h0), 8, '0') || lpad(to_hex(h1), 8, '0') || lpad(to_hex(h2), 8, '0') || lpad(to_hex(h3), 8, '0') || lpad(to_hex(h4), 8, '0');
END $$;
CREATE OR REPLACE FUNCTION rs.sha1(s text) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.sha1(convert_to(s, 'UTF8')) $$;
CREATE OR REPLACE FUNCTION rs.sha(s text) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.sha1(s) $$;
CREATE OR REPLACE FUNCTION rs.func_sha1(s text) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.sha1(s) $$;
CREATE OR REPLACE FUNCTION rs.sha(s bytea) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.sha1(s) $$;
CREATE OR REPLACE FUNCTION rs.func_sha1(s bytea) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.sha1(s) $$;
CREATE OR REPLACE FUNCTION rs.sha2(s bytea, bits int) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT CASE bits WHEN 0 THEN encode(sha256(s), 'hex') WHEN 256 THEN encode(sha256(s), 'hex') WHEN 224 THEN encode(sha224(s), 'hex')
  WHEN 384 THEN encode(sha384(s), 'hex') WHEN 512 THEN encode(sha512(s), 'hex') ELSE '' END $$;
CREATE OR REPLACE FUNCTION rs.fnv_hash(b bytea, seed bigint DEFAULT -3750763034362895579) RETURNS bigint IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.fnv_bytes(b, seed) $$;
CREATE OR REPLACE FUNCTION rs.to_hex(b bytea) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT encode(b, 'hex') $$;
CREATE OR REPLACE FUNCTION rs.getbit(b bytea, i int) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT (get_byte(b, length(b) - 1 - i / 8) >> (i % 8)) & 1 $$;
CREATE OR REPLACE FUNCTION rs.to_varbyte(s text, f text) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql AS $$
 SELECT CASE replace(lower(f), '-', '')
  WHEN 'hex' THEN decode(s, 'hex') WHEN 'utf8' THEN convert_to(s, 'UTF8') WHEN 'base64' THEN decode(s, 'base64')
  WHEN 'binary' THEN (SELECT string_agg(decode(lpad(to_hex(lpad(substr(s, i, 8), 8, '0')::bit(8)::int), 2, '0'), 'hex'), '' ORDER BY i)
   FROM generate_series(1, length(s), 8) i) END $$;
CREATE OR REPLACE FUNCTION rs.from_varbyte(b bytea, f text) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$
 SELECT CASE replace(lower(f), '-', '')
  WHEN 'hex' THEN encode(b, 'hex') WHEN 'utf8' THEN convert_from(b, 'UTF8') WHEN 'base64' THEN encode(b, 'base64')
  WHEN 'binary' THEN (SELECT string_agg(get_byte(b, i)::bit(8)::text, '' ORDER BY i) FROM generate_series(0, length(b) - 1) i) END $$;
CREATE OR REPLACE FUNCTION rs.checked_bytes(s text, n int) RETURNS text IMMUTABLE STRICT LANGUAGE plpgsql AS $$
BEGIN
 IF octet_length(s) > n THEN RAISE EXCEPTION 'Result size exceeds LISTAGG limit' USING ERRCODE = '54000'; END IF;
 RETURN s;
END $$;
-- ---------- operators
-- `'a' + 'b'`, and text compared with numbers as Redshift does it: a DECIMAL meets the number that
-- the text is, any other number becomes text, and blanks at the end do not count (Amazon Redshift
-- Database Developer Guide, Type compatibility and conversion).
CREATE OR REPLACE FUNCTION rs.text_plus(a text, b text) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT a || b $$;
CREATE OR REPLACE FUNCTION rs.bytes_plus(a bytea, b bytea) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT a || b $$;
-- VARBYTE bit by bit. Values of different lengths have no meaning that is documented.
CREATE OR REPLACE FUNCTION rs.bytes_not(b bytea) RETURNS bytea IMMUTABLE STRICT LANGUAGE plpgsql AS $$
BEGIN
 FOR i IN 0..length(b) - 1 LOOP b := set_byte(b, i, 255 - get_byte(b, i)); END LOOP;
 RETURN b;
END $$;
DO $do$
DECLARE o record;
BEGIN
 FOR o IN SELECT * FROM (VALUES ('&', 'and'), ('|', 'or'), ('#', 'xor')) v(sign, name) LOOP
  EXECUTE format($f$CREATE OR REPLACE FUNCTION rs.bytes_%s(a bytea, b bytea) RETURNS bytea IMMUTABLE STRICT LANGUAGE plpgsql AS $$
BEGIN
 IF length(a) <> length(b) THEN
  RAISE EXCEPTION 'VARBYTE values of %% and %% bytes beside %s', length(a), length(b) USING ERRCODE = '22026';
 END IF;
 FOR i IN 0..length(a) - 1 LOOP a := set_byte(a, i, get_byte(a, i) %s get_byte(b, i)); END LOOP;
 RETURN a;
END $$$f$, o.name, o.sign, o.sign);
  IF to_regoperator(format('rs.%s(bytea,bytea)', o.sign)) IS NULL THEN
   EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.bytes_%s, LEFTARG = bytea, RIGHTARG = bytea)', o.sign, o.name);
  END IF;
 END LOOP;
 IF to_regoperator('rs.~(none,bytea)') IS NULL THEN
  CREATE OPERATOR rs.~ (FUNCTION = rs.bytes_not, RIGHTARG = bytea);
 END IF;
END $do$;
DO $do$
DECLARE o record; t text;
BEGIN
 IF to_regoperator('rs.+(text,text)') IS NULL THEN
  CREATE OPERATOR rs.+ (FUNCTION = rs.text_plus, LEFTARG = text, RIGHTARG = text);
 END IF;
 IF to_regoperator('rs.+(bytea,bytea)') IS NULL THEN
  CREATE OPERATOR rs.+ (FUNCTION = rs.bytes_plus, LEFTARG = bytea, RIGHTARG = bytea);
 END IF;
 FOR o IN SELECT * FROM (VALUES ('=', 'eq'), ('<>', 'ne'), ('<', 'lt'), ('<=', 'le'), ('>', 'gt'), ('>=', 'ge')) v(sign, name) LOOP
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.text_%s_number(a text, b numeric) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS ''SELECT a::numeric %s b''', o.name, o.sign);
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.number_%s_text(a numeric, b text) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS ''SELECT a %s b::numeric''', o.name, o.sign);
  IF to_regoperator(format('rs.%s(text,numeric)', o.sign)) IS NULL THEN
   EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.text_%s_number, LEFTARG = text, RIGHTARG = numeric)', o.sign, o.name);
   EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.number_%s_text, LEFTARG = numeric, RIGHTARG = text)', o.sign, o.name);
  END IF;
  -- Whole numbers beside conditions.
  FOREACH t IN ARRAY ARRAY['int2', 'int4', 'int8'] LOOP
   CONTINUE WHEN o.name NOT IN ('eq', 'ne');
   EXECUTE format('CREATE OR REPLACE FUNCTION rs.bool_%s_number(a bool, b %s) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS ''SELECT a %s (b <> 0)''', o.name, t, o.sign);
   EXECUTE format('CREATE OR REPLACE FUNCTION rs.number_%s_bool(a %s, b bool) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS ''SELECT (a <> 0) %s b''', o.name, t, o.sign);
   IF to_regoperator(format('rs.%s(bool,%s)', o.sign, t)) IS NULL THEN
    EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.bool_%s_number, LEFTARG = bool, RIGHTARG = %s)', o.sign, o.name, t);
    EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.number_%s_bool, LEFTARG = %s, RIGHTARG = bool)', o.sign, o.name, t);
   END IF;
  END LOOP;
  FOREACH t IN ARRAY ARRAY['int2', 'int4', 'int8', 'float4', 'float8'] LOOP
   EXECUTE format('CREATE OR REPLACE FUNCTION rs.text_%s_number(a text, b %s) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS ''SELECT a::bpchar %s b::text::bpchar''', o.name, t, o.sign);
   EXECUTE format('CREATE OR REPLACE FUNCTION rs.number_%s_text(a %s, b text) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS ''SELECT a::text::bpchar %s b::bpchar''', o.name, t, o.sign);
   IF to_regoperator(format('rs.%s(text,%s)', o.sign, t)) IS NULL THEN
    EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.text_%s_number, LEFTARG = text, RIGHTARG = %s)', o.sign, o.name, t);
    EXECUTE format('CREATE OPERATOR rs.%s (FUNCTION = rs.number_%s_text, LEFTARG = %s, RIGHTARG = text)', o.sign, o.name, t);
   END IF;
  END LOOP;
 END LOOP;
END $do$;
CREATE OR REPLACE FUNCTION rs.to_bytes(s text) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT convert_to(s, 'UTF8') $$;
CREATE OR REPLACE FUNCTION rs.to_bytes(n smallint) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT int2send(n) $$;
CREATE OR REPLACE FUNCTION rs.to_bytes(n int) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT int4send(n) $$;
CREATE OR REPLACE FUNCTION rs.to_bytes(n bigint) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT int8send(n) $$;
CREATE OR REPLACE FUNCTION rs.to_bytes(b bytea) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT b $$;
-- ---------- aggregates
CREATE OR REPLACE FUNCTION rs.bool_and_s(s bool, v int) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT s AND v::bool $$;
CREATE OR REPLACE FUNCTION rs.bool_or_s(s bool, v int) RETURNS bool IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT s OR v::bool $$;
CREATE OR REPLACE AGGREGATE rs.bool_and(int) (SFUNC = rs.bool_and_s, STYPE = bool, INITCOND = 'true');
CREATE OR REPLACE AGGREGATE rs.bool_or(int) (SFUNC = rs.bool_or_s, STYPE = bool, INITCOND = 'false');
CREATE OR REPLACE FUNCTION rs.kept(s anyarray, v anyelement) RETURNS anyarray IMMUTABLE LANGUAGE sql AS
 $$ SELECT CASE WHEN v IS NULL THEN s ELSE array_append(s, v) END $$;
CREATE OR REPLACE FUNCTION rs.median_of(s numeric[]) RETURNS numeric IMMUTABLE LANGUAGE sql AS $$
 SELECT avg(v) FROM (SELECT v, row_number() OVER (ORDER BY v) AS r, count(*) OVER () AS c FROM unnest(s) v) o WHERE r IN ((c + 1) / 2, c / 2 + 1) $$;
CREATE OR REPLACE AGGREGATE rs.median(numeric) (SFUNC = rs.kept, STYPE = numeric[], INITCOND = '{}', FINALFUNC = rs.median_of);
CREATE OR REPLACE FUNCTION rs.median_of(s timestamp[]) RETURNS timestamp IMMUTABLE LANGUAGE sql AS $$
 SELECT min(v) + (max(v) - min(v)) / 2 FROM (SELECT v, row_number() OVER (ORDER BY v) AS r, count(*) OVER () AS c FROM unnest(s) v) o WHERE r IN ((c + 1) / 2, c / 2 + 1) $$;
CREATE OR REPLACE AGGREGATE rs.median(timestamp) (SFUNC = rs.kept, STYPE = timestamp[], INITCOND = '{}', FINALFUNC = rs.median_of);
CREATE OR REPLACE FUNCTION rs.median_of(s date[]) RETURNS date IMMUTABLE LANGUAGE sql AS $$ SELECT rs.median_of(s::timestamp[])::pg_catalog.date $$;
CREATE OR REPLACE AGGREGATE rs.median(date) (SFUNC = rs.kept, STYPE = date[], INITCOND = '{}', FINALFUNC = rs.median_of);
CREATE OR REPLACE FUNCTION rs.pct_d_desc(s float8[]) RETURNS float8 IMMUTABLE LANGUAGE sql AS
 $$ SELECT percentile_disc(s[1]) WITHIN GROUP (ORDER BY v DESC) FROM unnest(s[2:]) v $$;
CREATE OR REPLACE AGGREGATE rs.w_percentile_disc_desc(float8, float8) (SFUNC = rs.pct_s, STYPE = float8[], INITCOND = '{}', FINALFUNC = rs.pct_d_desc);
CREATE OR REPLACE FUNCTION rs.distinct_up(s anyarray) RETURNS anyarray IMMUTABLE LANGUAGE sql AS $$ SELECT array_agg(DISTINCT v ORDER BY v) FROM unnest(s) v $$;
CREATE OR REPLACE FUNCTION rs.distinct_down(s anyarray) RETURNS anyarray IMMUTABLE LANGUAGE sql AS $$ SELECT array_agg(DISTINCT v ORDER BY v DESC) FROM unnest(s) v $$;
CREATE OR REPLACE AGGREGATE rs.distinct_agg(anyelement) (SFUNC = rs.kept, STYPE = anyarray, INITCOND = '{}', FINALFUNC = rs.distinct_up);
CREATE OR REPLACE AGGREGATE rs.distinct_agg_desc(anyelement) (SFUNC = rs.kept, STYPE = anyarray, INITCOND = '{}', FINALFUNC = rs.distinct_down);
CREATE OR REPLACE FUNCTION rs.first_of_each(s anyarray) RETURNS anyarray IMMUTABLE LANGUAGE sql AS $$ SELECT array_agg(v ORDER BY n) FROM (SELECT v, min(n) AS n FROM unnest(s) WITH ORDINALITY u(v, n) GROUP BY v) q $$;
CREATE OR REPLACE FUNCTION rs.from_end(s anyarray, n int) RETURNS anyelement IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT s[cardinality(s) - n + 1] $$;
-- ---------- collations
DO $$ BEGIN
 IF to_regcollation('rs.case_insensitive') IS NULL THEN
  CREATE COLLATION rs.case_insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
 END IF;
EXCEPTION WHEN feature_not_supported THEN NULL; -- a server without ICU: COLLATE fails where it is used
END $$;
CREATE OR REPLACE FUNCTION rs.db_collation() RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'case_sensitive' $$;
