/// Functions that translated statements call in the schema `rs`.
package enum PostgresShims {
  /// SQL for the functions that come on top of the shared shim functions; runs after them, and may
  /// run again.
  ///
  /// - `rs.try_cast`: TRY_CAST; the second argument gives the type.
  /// - overloads of `rs.datediff`, `rs.dateadd` and `rs.extract_int` for TIME, TIMESTAMPTZ and
  ///   INTERVAL.
  package static let additions = """
    CREATE OR REPLACE FUNCTION rs.try_cast(value text, target anyelement) RETURNS anyelement
    STABLE LANGUAGE plpgsql AS $$
    BEGIN
      EXECUTE format('SELECT $1::%s', pg_typeof(target)) INTO target USING value;
      RETURN target;
    EXCEPTION WHEN others THEN
      RETURN NULL;
    END $$;
    CREATE OR REPLACE FUNCTION rs.datediff(p text, a timestamptz, b timestamptz) RETURNS bigint
    STABLE STRICT LANGUAGE sql AS $$ SELECT rs.datediff(p, a::timestamp, b::timestamp) $$;
    CREATE OR REPLACE FUNCTION rs.datediff(p text, a time, b time) RETURNS bigint
    IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.datediff_time(p, a, b) $$;
    CREATE OR REPLACE FUNCTION rs.dateadd(p text, n bigint, t time) RETURNS time
    IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.dateadd_time(p, n, t) $$;
    CREATE OR REPLACE FUNCTION rs.extract_int(p text, t timestamptz) RETURNS int
    STABLE STRICT LANGUAGE sql AS $$ SELECT rs.extract_int(p, t::timestamp) $$;
    CREATE OR REPLACE FUNCTION rs.extract_int(p text, t time) RETURNS int
    IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT rs.extract_int(p, date '2000-01-01' + t) $$;
    CREATE OR REPLACE FUNCTION rs.extract_int(p text, t interval) RETURNS int
    IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT floor(date_part(rs.datepart_name(p), t))::int $$;
    """
}
