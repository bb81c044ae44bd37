create table u (id int, name varchar(50), amount decimal(12,2), created date);
insert into u values (1, 'Ann', 10.50, '2024-01-01'), (2, 'Bob', null, '2024-02-01'), (3, 'Bob  ', 7.25, '2024-03-01');
create table t (id int, d decimal(10,2), d4 decimal(8,4), i2 smallint, b boolean, dt date, ts timestamp, s varchar(20), su super);
insert into t values (1, 10.25, 1.5, 2, true, '2024-01-15', '2024-01-15 10:00:00', 'one', json_parse('{"a":{"b":5},"s":"str","arr":[{"x":1},{"x":2}],"n":null,"day":"2024-02-03","f":2.6}')),
  (2, null, null, null, false, null, null, null, null);

## text stored in SUPER is text, and no JSON
create table e (s super);
insert into e values ('{"a":1}');
insert into e values ('abc'), (5), (true), (null), (1.50);
select s, json_typeof(s), is_varchar(s) from e;
=>
"{\"a\":1}" | string | t
"abc" | string | t
5 | number | f
true | boolean | f
NULL | NULL | f
1.50 | number | f

## queries stored in SUPER
create table e (n int, s super);
insert into e select 1, 'abc';
insert into e select 2, 5;
insert into e (s, n) select name, id + 10 from u;
insert into e select id + 20, su.a from t where id = 1;
insert into e select 30, 'x' union all select 31, '[1]';
insert into e (n, s) with q as (select 40 as n, 'q' as x) select * from q;
insert into e select distinct 50, s from t where id = 1 order by 1;
select n, s, is_varchar(s) from e order by n;
=>
1 | "abc" | t
2 | 5 | f
11 | "Ann" | t
12 | "Bob" | t
13 | "Bob  " | t
21 | {"b": 5} | f
30 | "x" | t
31 | "[1]" | t
40 | "q" | t
50 | "one" | t

## literals beside what is stored in SUPER
create table e (n int, s super, d date, b boolean, t timestamp);
insert into e select 1, 'a', '2024-01-01', 't', null union all select 2, 'b', null, 'f', '2024-01-02 03:04:05';
insert into e select 3, q.*, '2024-02-01', 'true', null from (select 'c' as x) q;
select * from e order by n;
=>
1 | "a" | 2024-01-01 | t | NULL
2 | "b" | NULL | f | 2024-01-02 03:04:05
3 | "c" | 2024-02-01 | t | NULL

## UPDATE and MERGE of SUPER
create table e (n int, s super, v varchar(10));
insert into e values (1, 'a', 'one'), (2, 'b', '{"x":1}'), (3, 'c', 'three'), (4, 'd', '4');
update e set s = 7 where n = 1;
update e set s = v where n = 2;
update e set s = default where n = 3;
merge into e using (select 4 as n, 'new' as v union all select 5, 'other') q on e.n = q.n
  when matched then update set s = q.v when not matched then insert (n, s, v) values (q.n, q.v, 'x');
select n, s, is_varchar(s) from e order by n;
=>
1 | 7 | f
2 | "{\"x\":1}" | t
3 | NULL | f
4 | "new" | t
5 | "other" | t

## defaults of SUPER and BOOLEAN
create table e (n int, s super default 'abc', o super default 5, b boolean default 1, c bool default 0);
insert into e (n) values (1);
insert into e values (2, default, 'x', default, true);
select * from e order by n;
=>
1 | "abc" | 5 | t | f
2 | "abc" | "x" | t | t

## SUPER beside text
select case when id = 1 then su.s else 'x' end, coalesce(su.nothing, 'none'), nvl(su.s, 5), nvl2(id, 'y', su.s), decode(id, 1, su.s, 'other'), greatest(su.f, 1) from t order by id;
=>
"str" | "none" | "str" | "y" | "str" | 2.6
"x" | "none" | 5 | "y" | "other" | 1

## SUPER beside text in set operations
select su.s from t where id = 1 union all select 'abc' union all select 5;
=>
"str"
"abc"
5

## NULLIF of SUPER and text
select nullif(su.s, 'str'), nullif(su.s, 'other'), nullif(su.a.b, 5) from t where id = 1;
=>
NULL | "str" | NULL

## computed SUPER values
create table e (n int, s super);
insert into e select 1, su.a.b + 1 from t where id = 1;
insert into e values (2, 5 * 2);
update e set s = s + 1 where n = 2;
create table made as select su.a.b * 2 as x, - su.a.b as y from t where id = 1;
insert into made select x + 1, abs(su.f) from (select su.a.b * 2 as x, su from t where id = 1) q;
select (select listagg(s, ' ') within group (order by n) from e), x, x::int, is_integer(x), y from made order by 2;
=>
6 11 | 10 | 10 | t | -5
6 11 | 11 | 11 | t | 2.6

## DECODE of SUPER
select decode(su.s, 'str', 'yes', 'no'), decode(su.s, null, 'none', 'str', 'some'), decode(su.a.b, 5, 'five') from t order by id;
=>
yes | some | five
no | none | NULL

## SUPER stored in text
create table e (v varchar(20), c char(5));
insert into e select su.s, su.s from t;
update e set v = (select su.day from t where id = 1) where v is not null;
select v, c from e order by v;
=>
2024-02-03 | str  
NULL | NULL

## whole numbers stored in BOOLEAN
create table e (n int, b boolean);
insert into e values (1, 1), (2, 0), (3, true), (4, null), (5, 'f');
insert into e select id + 5, id - 1 from u;
insert into e select 10, i2 from t where id = 1;
update e set b = n - 1 where n = 3;
select * from e order by n;
=>
1 | t
2 | f
3 | t
4 | NULL
5 | f
6 | f
7 | t
8 | t
10 | t

## whole numbers as conditions
select (select count(*) from t where i2), (select count(*) from u where not id - 1), (select count(*) from u where id - 2 and id = id or 0),
  (select count(*) from u join t on u.id), (select count(*) from t where b and id), (select count(*) from u where not (id - 3));
select case when id - 1 then 'yes' when 1 then 'no' end from u group by id having count(*) qualify row_number() over (order by id) order by id;
=>
no
yes
yes

## SUPER values as conditions
select id from t where su.a.nothing or not su.s or id = 1;
=>
1

## the digits of what is computed are kept by tables
create table num as select 10.25::decimal(10,2) as d;
create table numt as select nvl(d, 0) n, d * 2 m, sum(d) over () s, d, 1.5 as l, -d as neg from num;
select n / 3, m / 3, s / 3, d / 3, l / 3, neg / 3 from numt;
=>
3.4166666666667 | 6.8333333333333 | 3.42 | 3.4166666666667 | 0.500000000000 | -3.4166666666667

## the digits of columns of tables that are made of queries
create table a as select * from (select d * 2 as m, d, id from t) q;
create table b (x, y) as select d * 2, i2 from t union all select d4, 5 from t;
create table c as select distinct d * 2 as m from t order by m;
create table f as with q as (select sum(d) as s from t) select s, s * 1.10 as p from q;
select m * 1.0 as z into g from a;
select attrelid::regclass, attname, format_type(atttypid, atttypmod) from pg_attribute
where attrelid in ('a'::regclass, 'b'::regclass, 'c'::regclass, 'f'::regclass, 'g'::regclass) and attnum > 0 order by attrelid, attnum;
=>
a | m | numeric(21,2)
a | d | numeric(10,2)
a | id | integer
b | x | numeric(23,4)
b | y | integer
c | m | numeric(21,2)
f | s | numeric(38,2)
f | p | numeric(38,4)
g | z | numeric(24,3)

## views and materialized views keep digits, too
create view v as select nvl(d, 0) as n, d * 2 as m from t;
create materialized view mv as select max(d) as top from t;
select n / 3, m / 3, (select top / 3 from mv) from v order by 1;
=>
0.0000000000000 | NULL | 3.4166666666667
3.4166666666667 | 6.8333333333333 | 3.4166666666667

## NVL, COALESCE, CASE and their kin have the digits that their values have in common
select nvl(d, 0)::varchar, coalesce(i2, 1.5)::varchar, case when id = 1 then 1 else d4 end::varchar, greatest(d, 0)::varchar, least(d4, 0)::varchar, nvl2(d, 1, 2.50)::varchar, decode(id, 1, 1, 2.25)::varchar, coalesce(d, d4)::varchar, coalesce(d, '0')::varchar, case id when 1 then 2 else 2.50 end::varchar from t order by id;
=>
10.25 | 2.0 | 1.0000 | 10.25 | 0.0000 | 1.00 | 1.00 | 10.2500 | 10.25 | 2.00
0.00 | 1.5 | NULL | 0.00 | 0.0000 | 2.50 | 2.25 | NULL | 0.00 | 2.50

## set operations have the digits that their members have in common
select d from t where id = 1 union all select 0 union all select d4 from t where id = 1;
select x from (select 1 as x, 'a' as k union select 2.50, 'b' union all select * from (select 3, 'c') q) z order by 1;
=>
1.00
2.50
3.00

## literals beside members of a set operation that get other digits
select * from (select 1 as n, null as d, '7' as i) q union all select 2.5, date '2024-01-01', 8 union all select *, null, '9' from (select 3) r order by 1;
=>
1.0 | NULL | 7
2.5 | 2024-01-01 | 8
3.0 | NULL | 9

## members with QUALIFY, TOP, DISTINCT and parentheses get digits, too
select n from (select top 1 2 as n, 'b' as k from u union select id, name from u x qualify row_number() over (order by id) = 1 union all (select 7, 'c' union select 8, 'd') union all select distinct d, s from t where id = 1) q order by n;
=>
1.00
2.00
7.00
8.00
10.25

## decimals of one size are left as they are
select coalesce(d, d), case when id = 1 then d else d end from t where id = 1 union all select d, d from t where id = 1;
=>
10.25 | 10.25
10.25 | 10.25

## casts to text count bytes
select 'éé'::varchar(3), 'é'::varchar(1), cast('日本語' as varchar(4)), convert(varchar(5), 'aéé'), 'abc'::varchar(2), x::varchar(3), x::varchar(7), x::varchar(20), (x || 'x')::varchar(4), x::varchar
from (select 'äöü€'::varchar(10) as x) q;
=>
é |  | 日 | aéé | ab | ä | äöü | äöü€ | äö | äöü€

## casts of any size of character
select x::varchar(1) || '|', x::varchar(2) || '|', x::varchar(3) || '|', x::varchar(4) || '|', x::varchar(5) || '|', x::varchar(8) || '|', null::varchar(3) is null from (select '😀😀'::varchar(20) as x) q;
=>
| | | | | | 😀| | 😀| | 😀😀| | t

## CHAR has no characters of several bytes
select 'é'::char(5);
=>
ERROR Multibyte

## neither from a column
select x::char(2) from (select 'é'::varchar(10) as x) q;
=>
ERROR Multibyte

## what has single bytes is cut off as it is
select s::char(2), s::varchar(2), ts::varchar(10), id::char(3), d::varchar(4) from t where id = 1;
=>
on | on | 2024-01-15 | 1   | 10.2

## UNPIVOT of columns in quotes
select * from (select 1 as id, 5 as "Q1", 6 as "q2") p unpivot (v for q in ("Q1", "q2")) order by q;
=>
1 | q1 | 5
1 | q2 | 6

## functions of text over SUPER
select concat(su.s, 'q'), concat('q', su.s), su.s || 'q', upper(su.s), md5(su.s) = md5('str'), len(su.s), sha2(su.s, 256) = sha2('str', 256), substring(su.s, 2), lpad(su.s, 5, '*'), strpos(su.s, 't') from t where id = 1;
=>
strq | qstr | strq | STR | t | 3 | t | tr | **str | 2

## functions of numbers and dates over SUPER
select round(su.f), dateadd(day, su.a.b, dt), datediff(day, dt, su.day), date_trunc('month', su.day), last_day(su.day), abs(su.f), mod(su.a.b, 3) from t where id = 1;
=>
3 | 2024-01-20 00:00:00 | 19 | 2024-02-01 00:00:00 | 2024-02-29 | 2.6 | 2

## an index into what is no array is NULL
select t.su.s[0], su.s[0], su.arr[0].x, su.arr[1], su.arr[5], su.a[0], su.arr[id], su.arr[0].x[0] from t where id = 1;
=>
NULL | NULL | 1 | {"x": 2} | NULL | NULL | {"x": 2} | NULL

## casts of SUPER give NULL for what cannot be cast
select 'x'::super::date, '2024-02-30'::super::date, su.day::date, su.s::timestamp, su.s::time, '99999999999'::super::int, 70000::super::smallint, su.f::int, su.s::bool, su.a::date, su.s::varchar(2), 'é'::super::varchar(1) from t where id = 1;
=>
NULL | NULL | 2024-02-03 | NULL | NULL | NULL | NULL | 3 | NULL | NULL | st | 

## PIVOT groups text whose blanks differ
select * from (select name, id from u) p pivot (count(*) for id in (1, 2, 3)) order by name;
=>
Ann | 1 | 0 | 0
Bob | 0 | 1 | 1

## functions of SQL have the digits of their arguments and results
create function f_third (decimal(10,2)) returns decimal(12,3) immutable as $$ select $1 / 3 $$ language sql;
create function f_same (decimal(6,1), int) returns decimal(8,2) immutable as $$ select $1 $$ language sql;
select f_third(10.259), f_same(1.26, 2)::varchar, f_third(d) from t where id = 1;
=>
3.420 | 1.30 | 3.417

## roots and powers are DOUBLE PRECISION
select sqrt(2.0), exp(1.0), power(2.0, 0.5), 2.0 ^ 0.5, ln(2.718281828), log(50.0), sqrt(d), power(d, 2), d ^ 2, pow(d, 2), sqrt(i2) from t where id = 1;
=>
1.4142135623731 | 2.71828182845905 | 1.4142135623731 | 1.4142135623731 | 0.999999999831127 | 1.69897000433602 | 3.20156211871642 | 105.0625 | 105.0625 | 105.0625 | 1.4142135623731

## ROUND and its kin have the type of what they are given
select round(d, 1) / 3, trunc(d) / 3, ceil(d) / 3, floor(d4) / 3, sign(d) / 3, abs(d) / 3, round(d) from t where id = 1;
=>
3.4333333333333 | 3.3333333333333 | 3.6666666666667 | 0.333333333333333 | 0.33333333333 | 3.4166666666667 | 10

## CEILING and FLOOR of whole numbers are whole numbers
select floor(id) / 2, ceil(i2 + 1) / 2, ceiling(id::bigint) / 2, floor(d) / 2 from t where id = 1;
=>
0 | 1 | 0 | 5.0000000000000

## BOOLEAN has no text
select b || 'x' from t;
=>
ERROR BOOLEAN

## nor in CONCAT
select concat(b, 'x') from t;
=>
ERROR BOOLEAN

## formats of Teradata are not known here
select text_to_int_alt('123', '999');
=>
ERROR TEXT_TO_INT_ALT with a format

## DATEPART
select datepart(day, ts), datepart('month', dt) from t where id = 1;
=>
15 | 1

## a join with an alias and names of columns
select x.one, x.two, x.amount from (u join t on u.id = t.id) as x(one, two) order by 1;
=>
1 | Ann | 10.50
2 | Bob | NULL
