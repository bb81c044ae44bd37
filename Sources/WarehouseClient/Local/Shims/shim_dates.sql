-- ---------- dates and times: overloads, and what rolls over
CREATE OR REPLACE FUNCTION rs.datediff(p text, a timestamptz, b timestamptz) RETURNS bigint STABLE STRICT LANGUAGE sql AS
 $$ SELECT rs.datediff(p, a::timestamp, b::timestamp) $$;
CREATE OR REPLACE FUNCTION rs.datediff(p text, a time, b time) RETURNS bigint IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT rs.datediff_time(p, a, b) $$;
CREATE OR REPLACE FUNCTION rs.datediff(p text, a text, b timestamp) RETURNS bigint STABLE STRICT LANGUAGE sql AS
 $$ SELECT rs.datediff(p, a::timestamp, b) $$;
CREATE OR REPLACE FUNCTION rs.datediff(p text, a timestamp, b text) RETURNS bigint STABLE STRICT LANGUAGE sql AS
 $$ SELECT rs.datediff(p, a, b::timestamp) $$;
CREATE OR REPLACE FUNCTION rs.datediff(p text, a text, b text) RETURNS bigint STABLE STRICT LANGUAGE sql AS
 $$ SELECT rs.datediff(p, a::timestamp, b::timestamp) $$;
CREATE OR REPLACE FUNCTION rs.dateadd(p text, n bigint, t time) RETURNS time IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT rs.dateadd_time(p, n, t) $$;
CREATE OR REPLACE FUNCTION rs.dateadd(p text, n bigint, t text) RETURNS timestamp STABLE STRICT LANGUAGE sql AS
 $$ SELECT rs.dateadd(p, n, t::timestamp) $$;
CREATE OR REPLACE FUNCTION rs.extract_int(p text, t timestamptz) RETURNS int STABLE STRICT LANGUAGE sql AS
 $$ SELECT rs.extract_int(p, t::timestamp) $$;
CREATE OR REPLACE FUNCTION rs.extract_int(p text, t time) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT rs.extract_int(p, pg_catalog.date '2000-01-01' + t) $$;
CREATE OR REPLACE FUNCTION rs.extract_int(p text, t interval) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT floor(date_part(rs.datepart_name(p), t))::int $$;
CREATE OR REPLACE FUNCTION rs.extract_int(p text, t text) RETURNS int STABLE STRICT LANGUAGE sql AS
 $$ SELECT rs.extract_int(p, t::timestamp) $$;
CREATE OR REPLACE FUNCTION rs.date_part(p text, t text) RETURNS float8 STABLE STRICT LANGUAGE sql AS
 $$ SELECT pg_catalog.date_part(p, t::timestamp) $$;
CREATE OR REPLACE FUNCTION rs.date_trunc(p text, t timestamptz) RETURNS timestamptz STABLE STRICT LANGUAGE sql AS
 $$ SELECT pg_catalog.date_trunc(rs.datepart_name(p), t) $$;
CREATE OR REPLACE FUNCTION rs.date_trunc(p text, t text) RETURNS timestamp STABLE STRICT LANGUAGE sql AS
 $$ SELECT pg_catalog.date_trunc(rs.datepart_name(p), t::timestamp) $$;
CREATE OR REPLACE FUNCTION rs.trunc(t timestamptz) RETURNS date STABLE STRICT LANGUAGE sql AS $$ SELECT t::pg_catalog.date $$;
CREATE OR REPLACE FUNCTION rs.convert_timezone(dst text, t timestamptz) RETURNS timestamp STABLE STRICT LANGUAGE sql AS
 $$ SELECT t AT TIME ZONE dst $$;
CREATE OR REPLACE FUNCTION rs.convert_timezone(src text, dst text, t timestamptz) RETURNS timestamp STABLE STRICT LANGUAGE sql AS
 $$ SELECT (t::timestamp AT TIME ZONE src) AT TIME ZONE dst $$;
CREATE OR REPLACE FUNCTION rs.timestamptz_cmp(a timestamptz, b timestamptz) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS
 $$ SELECT CASE WHEN a > b THEN 1 WHEN a < b THEN -1 ELSE 0 END $$;
CREATE OR REPLACE FUNCTION rs.date_cmp_timestamp(a date, b timestamp) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.timestamp_cmp(a, b) $$;
CREATE OR REPLACE FUNCTION rs.timestamp_cmp_date(a timestamp, b date) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.timestamp_cmp(a, b) $$;
CREATE OR REPLACE FUNCTION rs.date_cmp_timestamptz(a date, b timestamptz) RETURNS int STABLE STRICT LANGUAGE sql AS $$ SELECT rs.timestamptz_cmp(a, b) $$;
CREATE OR REPLACE FUNCTION rs.timestamptz_cmp_date(a timestamptz, b date) RETURNS int STABLE STRICT LANGUAGE sql AS $$ SELECT rs.timestamptz_cmp(a, b) $$;
CREATE OR REPLACE FUNCTION rs.timestamp_cmp_timestamptz(a timestamp, b timestamptz) RETURNS int STABLE STRICT LANGUAGE sql AS $$ SELECT rs.timestamptz_cmp(a, b) $$;
CREATE OR REPLACE FUNCTION rs.timestamptz_cmp_timestamp(a timestamptz, b timestamp) RETURNS int STABLE STRICT LANGUAGE sql AS $$ SELECT rs.timestamptz_cmp(a, b) $$;
-- Reads text by a format and lets days and months run over their ends; NULL where the format has
-- words that it does not know.
CREATE OR REPLACE FUNCTION rs.rolled_over(s text, f text) RETURNS timestamp STABLE STRICT LANGUAGE plpgsql AS $$
DECLARE
 f1 text := upper(f); i int := 1; j int := 1; w text; v text;
 y int := 1; mo int := 1; d int := 1; h int := 0; mi int := 0; sec int := 0; us int := 0; pm bool := false;
BEGIN
 WHILE i <= length(f1) LOOP
  w := substring(substr(f1, i) FROM '^(YYYY|MONTH|MON|HH24|HH12|DDD|YY|MM|DD|HH|MI|SS|MS|US|AM|PM)');
  IF w IS NULL THEN
   IF substr(f1, i, 1) ~ '[A-Z]' THEN RETURN NULL; END IF;
   i := i + 1; j := j + 1;
   CONTINUE;
  END IF;
  i := i + length(w);
  IF w IN ('AM', 'PM') THEN
   pm := upper(substr(s, j, 1)) = 'P'; j := j + 2;
   CONTINUE;
  END IF;
  IF w IN ('MON', 'MONTH') THEN
   v := substring(substr(s, j) FROM '^[A-Za-z]+');
   mo := (strpos('JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC', upper(left(v, 3))) + 2) / 3;
  ELSE
   v := substring(substr(s, j) FROM CASE w WHEN 'YYYY' THEN '^ *\d{1,4}' WHEN 'DDD' THEN '^ *\d{1,3}' WHEN 'MS' THEN '^\d{1,3}' WHEN 'US' THEN '^\d{1,6}' ELSE '^ *\d{1,2}' END);
  END IF;
  IF v IS NULL OR mo = 0 THEN RETURN NULL; END IF;
  j := j + length(v);
  CASE w
   WHEN 'YYYY' THEN y := v::int; WHEN 'YY' THEN y := 2000 + v::int; WHEN 'MM' THEN mo := v::int;
   WHEN 'DD' THEN d := v::int; WHEN 'DDD' THEN d := v::int; mo := 1;
   WHEN 'HH24' THEN h := v::int; WHEN 'HH12' THEN h := v::int % 12; WHEN 'HH' THEN h := v::int % 12;
   WHEN 'MI' THEN mi := v::int; WHEN 'SS' THEN sec := v::int;
   WHEN 'MS' THEN us := rpad(v, 3, '0')::int * 1000; WHEN 'US' THEN us := rpad(v, 6, '0')::int;
   ELSE NULL;
  END CASE;
 END LOOP;
 RETURN make_timestamp(y, 1, 1, 0, 0, 0) + (mo - 1) * interval '1 month' + (d - 1) * interval '1 day'
  + (h + CASE WHEN pm THEN 12 ELSE 0 END) * interval '1 hour' + mi * interval '1 minute'
  + sec * interval '1 second' + us * interval '1 microsecond';
END $$;
CREATE OR REPLACE FUNCTION rs.to_date(s text, f text) RETURNS date STABLE STRICT LANGUAGE plpgsql AS $$
DECLARE t timestamp;
BEGIN
 RETURN pg_catalog.to_date(s, f);
EXCEPTION WHEN datetime_field_overflow THEN
 t := rs.rolled_over(s, f);
 IF t IS NULL THEN RAISE; END IF;
 RETURN t::pg_catalog.date;
END $$;
CREATE OR REPLACE FUNCTION rs.to_date(s text, f text, strict bool) RETURNS date STABLE STRICT LANGUAGE sql AS
 $$ SELECT CASE WHEN strict THEN pg_catalog.to_date(s, f) ELSE rs.to_date(s, f) END $$;
CREATE OR REPLACE FUNCTION rs.to_timestamp(s text, f text) RETURNS timestamptz STABLE STRICT LANGUAGE plpgsql AS $$
DECLARE t timestamp;
BEGIN
 RETURN pg_catalog.to_timestamp(s, f);
EXCEPTION WHEN datetime_field_overflow THEN
 t := rs.rolled_over(s, f);
 IF t IS NULL THEN RAISE; END IF;
 RETURN t::timestamptz;
END $$;
CREATE OR REPLACE FUNCTION rs.to_timestamp(t timestamp, f text) RETURNS timestamptz STABLE STRICT LANGUAGE sql AS $$ SELECT rs.to_timestamp(t::text, f) $$;
CREATE OR REPLACE FUNCTION rs.to_timestamp(s text, f text, strict bool) RETURNS timestamptz STABLE STRICT LANGUAGE sql AS
 $$ SELECT CASE WHEN strict THEN pg_catalog.to_timestamp(s, f) ELSE rs.to_timestamp(s, f) END $$;
-- ---------- what the planner takes apart: the part is known when a statement is translated
CREATE OR REPLACE FUNCTION rs.date_trunc(p text, d date) RETURNS timestamp IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT pg_catalog.date_trunc(p, d::timestamp) $$;
CREATE OR REPLACE FUNCTION rs.date_trunc(p text, t timestamp) RETURNS timestamp IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT pg_catalog.date_trunc(p, t) $$;
CREATE OR REPLACE FUNCTION rs.date_trunc(p text, t timestamptz) RETURNS timestamptz STABLE STRICT LANGUAGE sql AS $$ SELECT pg_catalog.date_trunc(p, t) $$;
CREATE OR REPLACE FUNCTION rs.date_trunc(p text, t text) RETURNS timestamp STABLE STRICT LANGUAGE sql AS $$ SELECT pg_catalog.date_trunc(p, t::timestamp) $$;
CREATE OR REPLACE FUNCTION rs.dateadd(unit interval, n bigint, t timestamp) RETURNS timestamp IMMUTABLE LANGUAGE sql AS $$ SELECT t + n * unit $$;
CREATE OR REPLACE FUNCTION rs.dateadd(unit interval, n bigint, d date) RETURNS timestamp IMMUTABLE LANGUAGE sql AS $$ SELECT d + n * unit $$;
CREATE OR REPLACE FUNCTION rs.dateadd(unit interval, n bigint, t timestamptz) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS $$ SELECT (t AT TIME ZONE 'UTC' + n * unit) AT TIME ZONE 'UTC' $$;
CREATE OR REPLACE FUNCTION rs.dateadd(unit interval, n bigint, t time) RETURNS time IMMUTABLE LANGUAGE sql AS $$ SELECT t + n * unit $$;
CREATE OR REPLACE FUNCTION rs.dateadd(unit interval, n bigint, t timetz) RETURNS timetz IMMUTABLE LANGUAGE sql AS $$ SELECT t + n * unit $$;
CREATE OR REPLACE FUNCTION rs.dateadd(unit interval, n bigint, t text) RETURNS timestamp STABLE LANGUAGE sql AS $$ SELECT t::timestamp + n * unit $$;
DO $do$
DECLARE r record;
BEGIN
 FOR r IN SELECT * FROM (VALUES
  ('day', 'b::pg_catalog.date - a::pg_catalog.date'),
  ('week', 'floor((b::pg_catalog.date - pg_catalog.date ''2000-01-02'' - rs.week_start()) / 7.0::float8) - floor((a::pg_catalog.date - pg_catalog.date ''2000-01-02'' - rs.week_start()) / 7.0::float8)'),
  ('month', '(date_part(''year'', b) - date_part(''year'', a)) * 12 + date_part(''month'', b) - date_part(''month'', a)'),
  ('quarter', '(date_part(''year'', b) - date_part(''year'', a)) * 4 + date_part(''quarter'', b) - date_part(''quarter'', a)'),
  ('year', 'date_part(''year'', b) - date_part(''year'', a)'),
  ('decade', 'date_part(''decade'', b) - date_part(''decade'', a)'),
  ('century', 'date_part(''century'', b) - date_part(''century'', a)'),
  ('millennium', 'date_part(''millennium'', b) - date_part(''millennium'', a)'),
  ('hour', 'date_part(''epoch'', pg_catalog.date_trunc(''hour'', b) - pg_catalog.date_trunc(''hour'', a)) / 3600'),
  ('minute', 'date_part(''epoch'', pg_catalog.date_trunc(''minute'', b) - pg_catalog.date_trunc(''minute'', a)) / 60'),
  ('second', 'date_part(''epoch'', pg_catalog.date_trunc(''second'', b) - pg_catalog.date_trunc(''second'', a))'),
  ('millisecond', 'extract(epoch FROM pg_catalog.date_trunc(''millisecond'', b) - pg_catalog.date_trunc(''millisecond'', a)) * 1000'),
  ('microsecond', 'extract(epoch FROM b - a) * 1000000')
 ) v(part, body) LOOP
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.datediff_%s(a timestamp, b timestamp) RETURNS bigint IMMUTABLE LANGUAGE sql AS %L', r.part, 'SELECT (' || r.body || ')::bigint');
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.datediff_%1$s(a timestamptz, b timestamptz) RETURNS bigint STABLE LANGUAGE sql AS ''SELECT rs.datediff_%1$s(a::timestamp, b::timestamp)''', r.part);
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.datediff_%1$s(a time, b time) RETURNS bigint IMMUTABLE LANGUAGE sql AS ''SELECT rs.datediff_%1$s(timestamp ''''2000-01-01'''' + a, timestamp ''''2000-01-01'''' + b)''', r.part);
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.datediff_%1$s(a text, b text) RETURNS bigint STABLE LANGUAGE sql AS ''SELECT rs.datediff_%1$s(a::timestamp, b::timestamp)''', r.part);
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.datediff_%1$s(a text, b timestamp) RETURNS bigint STABLE LANGUAGE sql AS ''SELECT rs.datediff_%1$s(a::timestamp, b)''', r.part);
  EXECUTE format('CREATE OR REPLACE FUNCTION rs.datediff_%1$s(a timestamp, b text) RETURNS bigint STABLE LANGUAGE sql AS ''SELECT rs.datediff_%1$s(a, b::timestamp)''', r.part);
 END LOOP;
END $do$;
