create table t (id int, name varchar(20), d date);
insert into t values (1, 'a', '2020-01-31'), (2, null, '2020-02-29');

## procedures: the SQL in them is Redshift's
create or replace procedure fill(factor in int, prefix in varchar(max)) nonatomic as $$
declare
  n int := 0;
  note varchar(50);
begin
  select count(*) into n from t;
  note := nvl(prefix, 'none') || len(prefix);
  if datediff(day, '2020-01-01', '2020-01-03') = 2 then
    insert into t (id, name, d) select id * factor, nvl(name, note), dateadd(month, 1, d) from t;
  end if;
  update t set name = decode(name, null, 'empty', name) where id = 2;
end;
$$ language plpgsql;
call fill(10, 'pre');
select id, name, d from t order by id;
=>
1 | a | 2020-01-31
2 | empty | 2020-02-29
10 | a | 2020-02-29
20 | pre3 | 2020-03-29

## procedures with loops and OUT arguments
create procedure total(result inout bigint) as $$
declare r record;
begin
  result := 0;
  for r in select top 1 id, d from t order by id desc loop
    result := result + r.id + extract(year from r.d);
  end loop;
end;
$$ language plpgsql;
call total(0);
=>
2022

## SQL functions
create function f_later(date, int) returns timestamp stable as $$
  select dateadd(day, $2, $1)
$$ language sql;
select f_later('2020-01-31', 1);
=>
2020-02-01 00:00:00

## functions of SUPER
create function f_name(super) returns varchar(max) immutable as $$ select nvl(json_serialize($1), 'nothing') $$ language sql;
select f_name(array(1, 2));
=>
[1,2]

## what differs in procedures is told
create procedure risky() as $$
begin
  execute 'select 1';
  truncate t;
exception when others then
  raise info 'failed';
end;
$$ language plpgsql;
select 1;
=>
1
NOTE EXCEPTION
NOTE EXECUTE

## Python functions
create function f_py(a int) returns int stable as $$ return a $$ language plpythonu;
=>
ERROR Python

## DROP
create procedure p() as $$ begin null; end; $$ language plpgsql;
drop procedure p();
select 1;
=>
1

## DROP PROCEDURE names what a procedure takes
create procedure halved(n in int, result out int) as $$ begin result := n / 2; end; $$ language plpgsql;
create procedure halved(n in varchar(10)) as $$ begin null; end; $$ language plpgsql;
drop procedure halved(int);
drop procedure halved(in varchar(10));
drop procedure if exists halved(int);
call halved(1);
=>
ERROR does not exist

## DROP PROCEDURE with OUT arguments, and of what is not there
create procedure halved(n in int, result out int) as $$ begin result := n / 2; end; $$ language plpgsql;
drop procedure halved(int, out int);
drop procedure halved(int);
=>
ERROR "halved"(int) does not exist

## every statement of PL/pgSQL runs
create procedure all_of_them(result inout varchar(200)) as $$
<<whole>>
declare
  n integer := 0;
  last_id t.id%type;
  r record;
  k constant decimal(10, 2) default 1.5;
  c cursor (least int) for select id, nvl(name, 'none') as name from t where id >= least order by id;
begin
  select into n, last_id count(*), max(id) from t;
  for i in reverse 3..1 loop
    continue when i = 2;
    n := n + i;
  end loop;
  for i in 1 .. 10 by 4 loop n := n + 1; end loop;
  while n < 100 loop
    n := n * 2;
    exit when n > 50;
  end loop;
  for r in select top 1 id, len(name) as l from t order by id loop
    n := n + r.id + r.l;
  end loop;
  open c(2);
  fetch c into r;
  close c;
  case n when 1, 2 then result := 'few'; else result := 'many'; end case;
  execute 'select ' || quote_literal('dynamic') into result;
  if result is null then
    raise exception 'nothing';
  elsif datediff(day, '2020-01-01', '2020-01-02') = 1 then
    result := result || ' ' || n || ' ' || r.name || ' ' || last_id || ' ' || k;
  else
    null;
  end if;
  begin
    raise info 'told %', n;
    exit whole;
  end;
  result := 'not reached';
end whole;
$$ language plpgsql;
call all_of_them('');
=>
dynamic 74 none 2 1.50

## OUT arguments are left out by callers
create procedure doubled(n in int, result out int) as $$ begin result := n * 2; end; $$ language plpgsql;
call doubled(21);
=>
42

## what changes tables within procedures
create procedure renew() as $$
begin
  drop table if exists t;
  create table t (id int, c super);
  alter table t rename column c to d;
  grant select on t to public;
end;
$$ language plpgsql;
call renew();
select count(*) from t;
=>
0

## what replaces views within procedures
create procedure again() as $$
begin
  create view rules_routines.late as select id, count(*) as n from rules_routines.gone group by id with no schema binding;
  create or replace view v as select name from t;
  create or replace view v as select distinct name from t;
end;
$$ language plpgsql;
create view v as select name from t;
create view upon as select name from v;
call again();
create table gone (id varchar(5));
insert into gone values ('a'), ('a ');
select late.n, (select count(*) from upon) from late;
=>
2 | 2

## source in plain quotes, and strings with backslashes
create procedure plain(n inout int) as 'begin n := datediff(day, current_date, current_date + n); end;' language plpgsql;
create procedure marked(t inout varchar(10)) as $$ begin t := 'it\'s'; end; $$ language plpgsql;
call marked('x');
=>
it's

## settings of a procedure
create procedure placed(n inout bigint) security definer set search_path to rules_routines set enable_result_cache_for_session to off as $$ begin n := len('abc'); end; $$ language plpgsql;
call placed(0);
=>
3

## an OUT argument before others
create procedure early(a out int, b in int) as $$ begin a := b; end; $$ language plpgsql;
=>
ERROR at the end

## cursors and prepared statements
prepare later (int) as select dateadd(day, $1, '2020-01-01');
execute later (2);
=>
2020-01-03 00:00:00

## PREPARE of something else
prepare x as truncate t;
=>
ERROR prepare a SELECT
