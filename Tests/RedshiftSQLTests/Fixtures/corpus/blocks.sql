-- Procedures with every statement of PL/pgSQL.
CREATE OR REPLACE PROCEDURE etl.big(a IN int, b INOUT varchar(20)) NONATOMIC AS $$
-- a comment
<<outer>>
DECLARE
  n INTEGER := 0; -- count
  t_id marts.t.id%TYPE;
  r RECORD;
  row marts.t%ROWTYPE;
  k CONSTANT numeric(10,2) NOT NULL DEFAULT 3.5;
  c CURSOR (x int) FOR SELECT a, b FROM t WHERE id = x;
  rc refcursor;
  al ALIAS FOR $1;
BEGIN
  SELECT INTO n, t_id count(*), max(id) FROM marts.t;
  select count(*) into strict n from t loop_alias where x = 1;
  IF n > 10 AND a IS NOT NULL THEN
    RAISE INFO 'n is %, a is %', n, a;
  ELSIF n = 5 THEN
    NULL;

  ELSE
    RAISE EXCEPTION 'bad';
  END IF;
  FOR i IN REVERSE 10..1 BY 2 LOOP
    n := n + i; CONTINUE WHEN n > 5; EXIT outer WHEN n > 100;
  END LOOP;
  for i in a .. n loop insert into log.steps values (i); commit; end loop;
  FOR r IN SELECT id, name FROM marts.t WHERE id > a ORDER BY id LOOP
    EXECUTE 'insert into x values (' || r.id || ')';
    execute 'select 1' into n;
  END LOOP;
  <<w>>
  WHILE n > 0 LOOP n := n - 1; END LOOP w;
  LOOP EXIT; END LOOP;
  CASE n WHEN 1, 2 THEN b := 'x'; ELSE b := 'y'; END CASE;
  OPEN c(1); FETCH c INTO n, b; CLOSE c;
  open rc for select * from t;
  GET DIAGNOSTICS n = ROW_COUNT;
  PERFORM f(1), 2;
  CREATE TEMP TABLE stage (LIKE marts.t);
  DELETE FROM stage USING marts.t WHERE stage.id = t.id;
  TRUNCATE stage;
  CALL etl.other(n, b);
  BEGIN
    UPDATE marts.t SET name = b WHERE id = a;
  EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'failed %', SQLERRM;
    ROLLBACK;
  END;
  RETURN;
END outer;
$$ LANGUAGE plpgsql;

create procedure p1() as $body$ begin null; end $body$ language plpgsql;
create procedure p2(n inout int) as $$
declare
  total bigint;
begin
  select sum(x) into total from t where y > n;
  if total is null then n := 0; else n := total; end if;
  -- the end
end;
$$ language plpgsql;
create procedure p3() language plpgsql as $$
declare
  cur cursor for select id, name from sales.orders where total > 10 order by id;
  rec record;
begin
  for rec in select o.id, count(*) as n from sales.orders o join sales.lines l on l.order_id = o.id group by o.id having count(*) > 1 loop
    insert into audit.duplicates (id, n) values (rec.id, rec.n);
    if rec.n > 100 then
      raise exception 'order % has % lines', rec.id, rec.n;
    end if;
  end loop;
  open cur;
  loop
    fetch cur into rec;
    exit when not found;
  end loop;
  close cur;
  for rec in execute 'select 1 as x' loop
    raise log '%', rec.x;
  end loop;
exception
  when others then
    raise info 'error: %', sqlerrm;
end;
$$;
create procedure sales.pick(n int) as $$
declare
  r sales.orders%rowtype;
  a int;
  b varchar(20);
begin
  select into r * from sales.orders where id = n;
  select into a, b o.id, o.name from sales.orders o where o.id = n;
  select into a count(*) from sales.orders;
  select * into r from sales.orders limit 1;
end;
$$ language plpgsql;
