create table b (id int, v varchar(10), w varchar(20), c char(5), n int, s super);
insert into b values (1, 'x ', 'x', 'x', 1, json_parse('"x"')), (2, 'y', 'y   ', 'z', 2, json_parse('"y "')), (3, null, 'q', null, 3, null), (4, '', '   ', '', 4, null);

## equality and its kin
select id, v = w, v <> w, v < w, v <= w, v > w, v >= w, w = v from b order by id;
=>
1 | t | f | f | t | f | t | t
2 | t | f | f | t | f | t | t
3 | NULL | NULL | NULL | NULL | NULL | NULL | NULL
4 | t | f | f | t | f | t | t

## literals on either side, and alone
select 'a' = 'a ', 'a ' <> 'a', v = 'x', 'x    ' = w, null = v from b where id = 1;
=>
t | f | t | t | NULL

## CHAR beside VARCHAR and beside functions
select c = v, v = c, c = 'x ', upper(v) = 'X', upper(c) = upper(v), c = w || '  ', v::char(3) = w from b where id = 1;
=>
t | t | t | t | t | t | t

## SELECT, WHERE, HAVING and joins
select a.id from b a join b z on a.v = z.w where a.v in ('x', 'y  ') order by a.id;
=>
1
2

## outer joins and joins of several conditions
select a.id, z.id from b a left join b z on a.v = z.w and a.id = z.id order by a.id;
=>
1 | 1
2 | 2
3 | NULL
4 | 4

## HAVING
select v, count(*) from b group by v having v = 'x' order by v;
=>
x  | 1

## IN and NOT IN over lists, with columns in them
select id from b where v in (w, 'nothing') order by id;
select id from b where v not in ('x', '') order by id;
=>
2

## IN over a list of columns
select id from b where 'x' in (v, c) or w in (v) order by id;
=>
1
2
4

## BETWEEN
select id from b where v between w and w order by id;
=>
1
2
4

## simple CASE, with a searched column
select id, case v when 'x' then 'ex' when w then 'same' else 'none' end from b order by id;
=>
1 | ex
2 | same
3 | none
4 | same

## searched CASE
select case when v = 'x' then 1 else 0 end from b where id = 1;
=>
1

## NULLIF keeps the blanks of what it gives back
select id, nullif(v, 'y  ') || '|', nullif(v, w), nullif(w, '') from b order by id;
=>
1 | x | | NULL | x
2 | NULL | NULL | y   
3 | NULL | NULL | q
4 | | | NULL | NULL

## NULLIF of what else it was
select nullif(n, 1), nullif('a', 'a  '), nullif(n::varchar, '2') from b where n < 3 order by n;
=>
NULL | NULL | 1
2 | NULL | NULL

## DECODE
select decode(v, 'x', 1, 'y ', 2, null, 3, 4), decode(v, w, 'same', 'other'), decode(v, 'x', 1) from b order by id;
=>
1 | same | 1
2 | same | NULL
3 | other | NULL
4 | same | NULL

## IN over a query
select id from b where v in (select w from b) order by id;
=>
1
2
4

## IN over a query with DISTINCT, ORDER BY, UNION, QUALIFY and *
select id from b where v in (select distinct w from b) and v in (select w from b order by w limit 9) and v in (select w from b union select 'none') and v in (select w from b qualify row_number() over (partition by w order by id) = 1) and v in (select * from (select w from b) q) order by id;
=>
1
2
4

## a literal IN a query, NOT IN, CHAR
select count(*) from b where 'x   ' in (select v from b) and 'k' not in (select w from b) and c in (select v from b);
=>
2

## ANY and ALL
select id from b where v = any (select w from b where id = 1) or v <> all (select w from b) or v >= all (select w from b where id <> 3) order by id;
=>
1
2

## a correlated subquery, and EXISTS
select id from b a where v = (select max(w) from b z where z.id = a.id) and exists (select 1 from b z where z.w = a.v) order by id;
=>
1
2
4

## rows
select id from b where (v, id) = (w, id) and (id, v) in ((1, 'x'), (2, 'y')) and (id, v) in (select id, w from b) order by id;
=>
1
2

## windows and distinct counts group by what is equal
select count(distinct t), count(distinct n), approximate count(distinct t) from (select 'a' as t, 1 as n union all select 'a ', 1) q;
=>
1 | 1 | 1

## PARTITION BY
select n, count(*) over (partition by t), listagg(n) within group (order by n) over (partition by t) from (select 'a'::varchar as t, 1 as n union all select 'a ', 2) q order by n;
=>
1 | 2 | 12
2 | 2 | 12

## QUALIFY over partitions of text
select n from (select 'a'::varchar as t, 1 as n union all select 'a ', 2) q qualify row_number() over (partition by t order by n) = 1;
=>
1

## what looks into text, joins it or measures it counts blanks
select v like 'x', v like 'x_', len(v), v || '|', md5(v) = md5('x '), strpos(v, ' '), v similar to 'x', v ~ '^x$', replace(v, ' ', '_') from b where id = 1;
=>
f | t | 2 | x | | t | 2 | f | f | x_

## MERGE, UPDATE and DELETE
create temp table m (k varchar(10), n int);
insert into m values ('x', 0), ('gone ', 0);
update m set n = b.id from b where m.k = b.v;
delete from m using b where m.k = 'gone';
merge into m using (select v, n from b where id < 3) s on m.k = s.v when matched then update set n = 9 when not matched then insert values (s.v, s.n);
select k || '|', n from m order by 1;
=>
x| | 9
y| | 2

## variables of procedures
create procedure same(a in varchar(10), b in varchar(10), r out int) as $$ begin if a = b then r := 1; else r := 0; end if; end; $$ language plpgsql;
call same('k', 'k  ');
=>
1

## conditions of procedures: what becomes CASE does not end them
create procedure chosen(a in varchar(10), r out int) as $$ begin r := 0; if nullif(a, 'A') is null then r := 1; end if; if decode(a, 'A', 1, 0) = 1 then r := r + 2; elsif nvl2(a, 1, 2) = 1 then r := r + 4; end if; end; $$ language plpgsql;
call chosen('A ');
=>
3

## NULLIF keeps the length of its first argument
create temp table lengths as select nullif(v, 'none') as v from b;
select format_type(atttypid, atttypmod) from pg_attribute where attname = 'v' and attrelid = 'lengths'::regclass;
=>
character varying(10)

## a view, and a table made of a query
create view bv as select id from b where v = 'x';
create temp table bt as select id, case when v = w then 'same' end as t from b where v = 'y ';
select bv.id, bt.id, bt.t from bv, bt;
=>
1 | 2 | same

## columns that ignore case
create temp table ci (a varchar(10) collate case_insensitive);
insert into ci values ('Ab ');
select count(*) from ci where a = 'aB';
=>
1

## numbers beside text are what they were
select v = 1, n = '1', '1' = n from (select '1'::varchar as v, 1 as n) q;
=>
t | t | t

## values of SUPER beside text
select id from b where s = 'x' or s = v order by id;
=>
1

## arithmetic with text
select v + 1 from b;
=>
ERROR arithmetic with varchar(10)

## arithmetic with text of both kinds
select n * 2 + w * 2 from b;
=>
ERROR arithmetic with varchar(20)

## the sum of text
select sum(v::varchar(10)) from b;
=>
ERROR SUM of varchar(10)

## a date beside text
select count(*) from (select date '2020-01-01' as d, 'x'::varchar(3) as t) q where d = t;
=>
ERROR compared with
