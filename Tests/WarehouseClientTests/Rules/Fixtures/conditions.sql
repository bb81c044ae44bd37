create table c (id int, a int, b varchar(20), d date);
insert into c values (1, null, 'x', '2020-01-01'), (2, 2, null, null), (3, 3, '', '2020-03-03');

## NVL, COALESCE, ISNULL
select nvl(a, 0), nvl(b, 'n', 'm'), isnull(a, 9), coalesce(null, a, 7), a isnull, b notnull from c order by id;
=>
0 | x | 9 | 7 | t | t
2 | n | 2 | 2 | f | f
3 |  | 3 | 3 | f | t

## NVL2
select nvl2(a, 'yes', 'no'), nvl2(b, 1, 0) from c order by id;
=>
no | 1
yes | 0
yes | 1

## DECODE finds NULL
select decode(a, null, 'none', 2, 'two', 'many'), decode(b, 'x', 1), decode(a, 2, 'two') from c order by id;
=>
none | 1 | NULL
two | NULL | two
many | NULL | NULL

## DECODE with a searched column that is NULL
select decode(a, b::int, 'same', 'other') from (select null::int as a, null::varchar as b) x;
=>
same

## CONVERT, CAST, TRY_CAST
select convert(varchar(2), 'abc'), convert(int, '12'), cast('3' as bigint) + 1, try_cast('x' as int), try_cast('7' as int), '4'::smallint, convert(decimal(4,1), 1.25);
=>
ab | 12 | 4 | NULL | 7 | 4 | 1.3

## NULLIF and CASE
select nullif(a, 2), case when a is null then 'n' when a > 2 then 'g' else 'o' end, case a when 2 then 'two' end from c order by id;
=>
NULL | n | NULL
NULL | o | two
3 | g | NULL

## NULLs sort last, and first when descending
select id from c order by a desc, id;
select listagg(id) within group (order by id) from (select id, a from c order by a limit 2) x;
=>
23

## NULLS FIRST
select id from c order by d nulls first limit 1;
=>
2

## ANY_VALUE
select any_value(b) from c where id = 1;
=>
x

## truth
select a is null is true, (a = 2) is not true, true and null, not false from c where id = 2;
=>
f | f | NULL | t

## IS DISTINCT FROM is not Redshift's
select a is distinct from 2 from c;
=>
ERROR IS DISTINCT FROM

## text is compared with numbers as text
create table t (code varchar(10), fixed char(4), n int, price decimal(8,2));
insert into t values ('5', '5', 5, 5), ('05', '10', 10, 10.5), ('10', '9', 9, 0.5);
select code from t where code = 5;
select code, code < 9, 9 > code, n = code, n <> fixed, code in (5, 10), code between 1 and 5, price = '10.50'::varchar(5) from t order by code;
=>
05 | t | t | f | f | f | f | t
10 | t | t | f | f | t | t | f
5 | t | t | t | f | t | t | f

## text is joined with numbers as text
create table t (code varchar(10), n int);
insert into t values ('5', 5), ('05', 6);
select a.code, b.n from t a join t b on a.code = b.n;
select a.n from t a where upper(a.code) = 5 or -a.n = a.code;
=>
5

## conditions beside whole numbers
select t = 1, 0 = t, t <> 0, t = n, t in (1), (n > 5) = 1 from (select true as t, 1 as n union all select false, 0) q order by t desc;
=>
t | f | t | t | t | f
f | t | f | t | f | f
