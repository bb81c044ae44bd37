create table g (id int, v varchar(10), w varchar(20), c char(5), n int, d date);
insert into g values (1, 'a', 'x ', 'k', 10, '2020-01-01'), (2, 'a ', 'x', 'k ', 20, '2020-01-01'), (3, 'a   ', 'y', 'l', 30, '2020-01-02'), (4, 'b ', 'y ', 'l', 40, null), (5, 'b', 'Y', null, 50, null), (6, null, ' ', null, 60, null), (7, '', '', '', 70, null), (8, '  ', null, '', 80, null);
create table h (v varchar(12), t varchar(20), k int);
insert into h values ('a  ', 'first', 1), ('b', 'second ', 2), ('c ', 'third', 3), ('', 'none', 4);
create view tables as select relname, attname, format_type(atttypid, atttypmod) as type, attnum from pg_attribute join pg_class on pg_class.oid = attrelid where attnum > 0;

## GROUP BY a column, the smallest of whose values stands for a group
select v || '|', count(*), sum(n), min(id), max(len(v)) from g group by v order by v;
=>
| | 2 | 150 | 7 | 2
a| | 3 | 60 | 1 | 4
b| | 2 | 90 | 4 | 2
NULL | 1 | 60 | 6 | NULL

## GROUP BY a number, an alias, a qualified name, an expression, 1
select v, count(*) from g group by 1 order by 1;
=>
 | 2
a | 3
b | 2
NULL | 1

## GROUP BY a number, an alias, a qualified name, an expression, 2
select v as key, count(*) from g group by key order by key;
=>
 | 2
a | 3
b | 2
NULL | 1

## GROUP BY a number, an alias, a qualified name, an expression, 3
select g.v, count(*) from g group by g.v having count(*) > 1 order by v;
=>
 | 2
a | 3
b | 2

## GROUP BY a number, an alias, a qualified name, an expression, 4
select upper(v), count(*) from g group by upper(v) order by 1;
=>
 | 2
A | 3
B | 2
NULL | 1

## GROUP BY a number, an alias, a qualified name, an expression
select upper(g.v) || '-' as u, count(*) from g group by upper(v) order by 1;
=>
- | 2
A- | 3
B- | 2
NULL | 1

## keys within larger expressions, HAVING and ORDER BY
select v || '!' || n % 20, case when v = 'a  ' then 'A' else 'other' end, count(*) from g group by v, n % 20 having v <> '' order by v desc, n % 20;
=>
b !0 | other | 1
b!10 | other | 1
a !0 | A | 1
a!10 | A | 2

## a key that is the beginning of a longer run of operators
select v || w || '.', count(*) from g where id < 4 group by v || w order by 1;
=>
a   y. | 1
a x. | 1
ax . | 1

## several keys, text and other, in another order than the items
select n > 30, w, v, count(*) from g where v is not null and w is not null group by v, n > 30, w order by v, w, n > 30;
=>
t |  |  | 1
f | x | a | 2
f | y | a    | 1
t | Y | b | 1
t | y  | b  | 1

## keys that no blank tells apart are left alone, 1
select md5(v) = md5(v), count(*) from g group by md5(v) order by 2, 1;
=>
t | 1
t | 1
t | 1
t | 1
t | 1
t | 1
t | 1
NULL | 1

## keys that no blank tells apart are left alone
select rtrim(v), c, n, d, to_char(d, 'YYYY-MM-DD'), n::varchar, 'x', count(*) from g where id < 3 group by rtrim(v), c, n, d, to_char(d, 'YYYY-MM-DD'), n::varchar, 7 order by g.n;
=>
a | k     | 10 | 2020-01-01 | 2020-01-01 | 10 | x | 1
a | k     | 20 | 2020-01-01 | 2020-01-01 | 20 | x | 1

## CASE, COALESCE and NULLIF as keys, 1
select case when n < 40 then v else 'rest ' end as k, count(*) from g group by 1 order by 1;
=>
a | 3
rest  | 5

## CASE, COALESCE and NULLIF as keys, 2
select coalesce(v, 'a  ') as k, count(*) from g group by coalesce(v, 'a  ') order by 1;
=>
 | 2
a | 4
b | 2

## CASE, COALESCE and NULLIF as keys
select nullif(v, 'a') as k, count(*) from g group by 1 order by 1;
=>
 | 2
b | 2
NULL | 4

## window functions over groups
select v, sum(n), rank() over (order by sum(n) desc), sum(sum(n)) over (partition by v), lag(v) over (order by v) from g where v > '' group by v order by v;
=>
a | 60 | 2 | 60 | NULL
b | 90 | 1 | 90 | a

## QUALIFY over groups
select v, count(*) from g group by v qualify row_number() over (order by count(*) desc, v) <= 2 order by v;
=>
 | 2
a | 3

## ROLLUP, CUBE, GROUPING SETS, 1
select v, n > 30, count(*), grouping(v), grouping_id(v, n > 30) from g where v > '' group by rollup (v, n > 30) order by 4, 1, 5, 2;
=>
a | f | 3 | 0 | 0
a | NULL | 3 | 0 | 1
b | t | 2 | 0 | 0
b | NULL | 2 | 0 | 1
NULL | NULL | 5 | 1 | 3

## ROLLUP, CUBE, GROUPING SETS, 2
select v, w, count(*) from g where id <= 5 group by cube (v, w) having v is null or w is null order by v, w, 3;
=>
a | NULL | 3
b | NULL | 2
NULL | Y | 1
NULL | x | 2
NULL | y | 2
NULL | NULL | 5

## ROLLUP, CUBE, GROUPING SETS
select upper(v) as u, count(*), grouping(upper(v)) from g group by grouping sets ((upper(v)), ()) order by 3, 1;
=>
 | 2 | 0
A | 3 | 0
B | 2 | 0
NULL | 1 | 0
NULL | 8 | 1

## ROLLUP in full
select v, n > 30, count(*), grouping(v), grouping_id(v, n > 30) from g where v > '' group by rollup (v, n > 30) order by 4, 1, 5, 2;
=>
a | f | 3 | 0 | 0
a | NULL | 3 | 0 | 1
b | t | 2 | 0 | 0
b | NULL | 2 | 0 | 1
NULL | NULL | 5 | 1 | 3

## GROUP BY ALL
select v, upper(w), count(*) from g where id < 4 group by all order by v, 2;
=>
a | X | 2
a    | Y | 1

## GROUP BY ALL with a star
select *, count(*) from (select v, n > 30 as big from g where v > '') q group by all order by v, big;
=>
a | f | 3
b | t | 2

## a star over the keys of groups
select * from (select v, n > 30 as big from g where v > '') q group by v, big order by v;
=>
a | f
b | t

## aliases in WHERE and in other items
select upper(v) as u, u || '?' as q, count(*), max(u) from g where u > '' group by u, q order by u;
=>
A | A? | 1 | A
A  | A ? | 1 | A 
A    | A   ? | 1 | A   
B | B? | 1 | B
B  | B ? | 1 | B 

## an alias that is a key, in HAVING
select upper(v) as u, count(*) from g group by u having u = 'B   ' order by u;
=>
B | 2

## correlated subqueries that name a key
select v, (select max(t) from h where h.v = g.v), (select count(*) from h where h.v > g.v) from g where v > '' group by v order by v;
=>
a | first | 2
b | second  | 1

## a key in the aggregate of a subquery, and an aggregate of the outer query in one
select v, (select sum(h.k + len(g.v)) from h where h.v = g.v), (select max(len(g.v))) from g where v > '' group by v order by v;
=>
a | 2 | 4
b | 3 | 2

## EXISTS and IN in HAVING
select v, count(*) from g group by v having exists (select 1 from h where h.v = g.v) and v in (select v from h) order by v;
=>
 | 2
a | 3
b | 2

## aggregates, DISTINCT in them, LISTAGG
select v, count(distinct w), min(v) = v, listagg(distinct c, ',') within group (order by c), listagg(n, ',') within group (order by n) from g where v > '' group by v order by v;
=>
a | 2 | t | k,l | 10,20,30
b | 2 | t | l | 40,50

## the types of tables made of groups
create temp table made as select v, w, upper(v) as u, v::varchar(3) as s, c, count(*) as n from g group by v, w, upper(v), v::varchar(3), c;
select attname, type from tables where relname = 'made' order by attnum;
=>
v | character varying(10)
w | character varying(20)
u | text
s | character varying(3)
c | character(5)
n | bigint

## values longer than the length that text has beside them are not cut off
create temp table made as select k, count(*) from (select coalesce(v, 'longer than the column') as k from g) q group by k;
select max(len(k)) from made;
=>
22

## the same of what a union makes
select max(len(v)) from (select v from (select v from g union select 'longer than the column') q group by v) r;
=>
22

## subqueries and common tables in turn
with a as (select v, count(*) as n from g group by v), b as (select v, sum(n) as n from a group by v) select b.v, b.n, h.t from b join h on h.v = b.v order by b.v;
=>
 | 2 | none
a | 3 | first
b | 2 | second 

## INSERT from groups, and views of them
create temp table target (v varchar(10), n int);
insert into target select v, count(*) from g group by v;
create view grouped as select v, count(*) as n from g group by v;
select target.v, target.n, grouped.n from target join grouped on target.v = grouped.v order by target.v;
=>
 | 2 | 2
a | 3 | 3
b | 2 | 2

## PIVOT groups by the columns that it keeps
select * from (select v, w, n from g where v > '') p pivot (sum(n) for w in ('x' as x, 'y' as y)) order by v;
=>
a | 30 | 30
b | NULL | 40

## DISTINCT
select v || '|' from (select distinct v from g) q order by v;
=>
|
a|
b|
NULL

## DISTINCT over several columns, ordered by names, numbers and expressions, 1
select distinct v, n > 30 as big from g where v > '' order by big, v;
=>
a | f
b | t

## DISTINCT over several columns, ordered by names, numbers and expressions, 2
select distinct upper(v) as u, c from g where v > '' order by upper(v), g.c;
=>
A | k    
A    | l    
B  | l    
B | NULL

## DISTINCT over several columns, ordered by names, numbers and expressions
select distinct v, w from g where id < 4 order by 2 desc limit 2;
=>
a    | y
a | x

## DISTINCT with TOP, *, aliases in expressions, 1
select distinct top 2 v from g where v > '' order by v desc;
=>
b
a

## DISTINCT with TOP, *, aliases in expressions, 2
select count(*) from (select distinct * from (select v, c from g) q) r;
=>
6

## DISTINCT with TOP, *, aliases in expressions
select distinct upper(v) as u from g where v > '' order by u || 'x' desc;
=>
B
A

## DISTINCT * counts
select count(*) from (select distinct * from (select v, c from g) q) r;
=>
6

## DISTINCT over groups and windows, 1
select distinct v, count(*) over (partition by v) as n from g where v > '' order by v;
=>
a | 3
b | 2

## DISTINCT over groups and windows
select distinct w, count(*) from g where id < 4 group by v, w order by 2, 1;
=>
y | 1
x | 2

## DISTINCT with QUALIFY, and in IN, 1
select distinct v from g where v > '' qualify row_number() over (partition by w order by id) = 1 order by v;
=>
a
b

## DISTINCT with QUALIFY, and in IN
select id from g where w in (select distinct v from g) order by id;
=>
6
7

## tables made of DISTINCT
create temp table made as select distinct v, w || v as t, n from g;
select distinct v into temp into_made from g;
select attname, type from tables where relname in ('made', 'into_made') order by relname, attnum;
=>
v | character varying(10)
v | character varying(10)
t | text
n | integer

## UNION
select v || '|' from (select v from g union select v from h) q order by v;
=>
|
a|
b|
c |
NULL

## UNION of several columns, UNION ALL before and behind
select v, n > 30 from g where v > '' union all select 'a   ', false union select v, k > 2 from h where v <> '' union all select 'b', true order by 1, 2;
=>
a | f
b | f
b | t
b | t
c  | t

## UNION of numbers and of text that cannot end in blanks is left alone, 1
select n from g where n < 30 union select k from h where k < 2 order by 1;
=>
1
10
20

## UNION of numbers and of text that cannot end in blanks is left alone
select 'x' as t union select 'y' union select md5('z') order by t limit 1;
=>
fbade9e36a3f36d3d676c1b808451dd7

## INTERSECT, 1
select v || '|' from (select v from g intersect select v from h) q order by v;
=>
|
a|
b|

## INTERSECT
select upper(v) from g intersect select upper(w) || 'A' from g where w = '' intersect select upper(v) || ' ' from h order by 1;
=>
A

## EXCEPT and MINUS, 1
select v from h except select v from g;
=>
c 

## EXCEPT and MINUS
select v, 1 from h minus select v, 1 from g where v = 'a' minus select 'b  ', 1 order by 1;
=>
 | 1
c  | 1

## EXCEPT keeps NULL apart, and makes rows distinct
select v from g except select v from h order by v;
=>
NULL

## set operations in turn, and of different rank, 1
select v from g where v > '' union select 'z ' except select v from h where v = 'a' union all select 'z' order by v;
=>
b
z
z 

## set operations in turn, and of different rank
select v from g where v > '' union select v from h intersect select 'c   ' order by 1;
=>
a
b
c 

## NULL and literals among the members
select null as t, v from h where k = 1 union select 1, v from g where id = 1 except select 2, 'a' order by 1;
=>
1 | a
NULL | a  

## members with TOP, LIMIT, QUALIFY, DISTINCT and groups
select top 1 v from g where id = 2 union (select v from h order by k limit 1) union select distinct v from g where id < 3 union select v from g where id < 4 group by v union select v from g where v = 'a' qualify row_number() over (order by id) = 1;
=>
a

## an order by expressions of a union
select v as k from g where v > '' union select v from h where v > '' order by k desc limit 2;
=>
c 
b

## tables made of unions, and INTO
create temp table made as select v, n from g union select v, k from h where k = 1;
select v, n into temp into_made from g union select 'q', 1;
select attname, type from tables where relname in ('made', 'into_made') and attname = 'v' order by relname;
=>
v | character varying
v | character varying

## tables made of unions of one type
create temp table made as select v from g union select v from g;
select attname, type from tables where relname = 'made';
=>
v | character varying(10)

## recursion
with recursive r (v, n) as (select 'a ', 1 union all select v || 'b', n + 1 from r where n < 3) select v, n from r order by n;
=>
a  | 1
a b | 2
a bb | 3

## JOIN USING
select g.id, v, v || '|', h.v || '|', t from g join h using (v) where v > '' order by g.id;
=>
1 | a | a| | a  | | first
2 | a  | a | | a  | | first
3 | a    | a   | | a  | | first
4 | b  | b | | b| | second 
5 | b | b| | b| | second 

## the merged column stands first in *, and once
select * from (select id, v from g where id < 3) a join (select k, v from h) using (v) order by id;
=>
a | 1 | 1
a  | 2 | 1

## LEFT, RIGHT and FULL JOIN USING, 1
select v || '|', id, k from (select v, id from g where id in (1, 4, 6)) a left join h using (v) order by id;
=>
a| | 1 | 1
b | | 4 | 2
NULL | 6 | NULL

## LEFT, RIGHT and FULL JOIN USING, 2
select v || '|', id, k from (select v, id from g where id in (1, 6)) a right join h using (v) order by k;
=>
a  | | 1 | 1
b| | NULL | 2
c | | NULL | 3
| | NULL | 4

## LEFT, RIGHT and FULL JOIN USING
select v || '|', id, k from (select v, id from g where id in (1, 6)) a full join h using (v) order by k, id;
=>
a| | 1 | 1
b| | NULL | 2
c | | NULL | 3
| | NULL | 4
NULL | 6 | NULL

## three tables, keys of several columns, groups and subqueries over a merged column
select v, count(*), max(x.t) from g join h using (v) join (select v, t from h) x using (v, t) where v <> '' group by v having v > '' order by v;
=>
a | 3 | first
b | 2 | second 

## a merged column in a subquery, a window, a later condition
select v, (select max(k) from h where h.v = v || ' '), row_number() over (partition by v order by id) from g join h using (v) join (select max(k) as most from h) z on z.most > 1 and v is not null where v in ('b') order by id;
=>
b  | 4 | 1
b | 4 | 2

## NATURAL JOIN, 1
select * from (select v, id from g where id < 3) a natural join (select v, k from h) b order by id;
=>
a | 1 | 1
a  | 2 | 1

## NATURAL JOIN
select v, a.v || '|', b.v || '|' from (select v, id from g where id < 3) a natural left join (select v, k from h) b order by id;
=>
a | a| | a  |
a  | a | | a  |

## what a join by text has merged, merged again with more tables
select v || '|', n, x.k, y.id from g a right join g b using (n, v) left join (select n, 1 as k from g where id < 3) x using (n) full join (select id, v from g where id in (2, 8)) y using (v) where n is null or n < 40 order by v, n, id;
=>
a| | 10 | 1 | 2
a | | 20 | 1 | 2
a   | | 30 | NULL | 2

## what the database has merged, beside text that is merged later
select * from (select id as k, n from g where id < 3) a join (select k, 'x' as t from h) b using (k) join (select id as k, v || '|' as n, 'x  '::varchar(9) as t from g) c using (k, t) order by k;
=>
1 | x | 10 | a|
2 | x | 20 | a |

## a join by numbers stays a join by USING
select n, count(*) from g join (select n, v from g) x using (n) group by n order by n limit 1;
=>
10 | 1

## CHAR beside VARCHAR in USING
select c, k from (select c, id from g where id < 3) a join (select 'k'::varchar(3) as c, 1 as k) b using (c) order by id;
=>
k     | 1
k     | 1

## tables made of joins
create temp table made as select * from g join h using (v);
select attname, type from tables where relname = 'made' and attnum < 3 order by attnum;
=>
v | character varying(10)
id | integer

## UPDATE and DELETE with joins of text
create temp table target (v varchar(10), n int);
insert into target values ('a   ', 0), ('c', 0);
update target set n = q.k from (select v, max(k) as k from h group by v) q where q.v = target.v;
delete from target where v in (select v from g group by v);
select v, n from target;
=>
c | 3

## the peers of an order
select id, rank() over (order by v), dense_rank() over (order by v desc, w), row_number() over (order by v, id desc) from g where id < 6 order by id;
=>
1 | 1 | 3 | 3
2 | 1 | 3 | 2
3 | 1 | 4 | 1
4 | 4 | 2 | 5
5 | 4 | 1 | 4

## LISTAGG(DISTINCT) and COUNT(DISTINCT) of several values, 1
select listagg(distinct v, ',') within group (order by v), count(distinct v), count(distinct n > 30) from g where v > '';
=>
a,b  | 2 | 2

## DISTINCT over several columns counts
select count(*) from (select distinct v, w from g) q;
=>
7

## LISTAGG(DISTINCT), 1
select listagg(distinct v, ',') within group (order by v) || '|' from g where v > '';
=>
a,b |

## LISTAGG(DISTINCT), 2
select listagg(distinct v, ',') within group (order by v desc) over (partition by n > 0) || '|' from g where id = 1;
=>
a|

## LISTAGG(DISTINCT)
select listagg(distinct v, ',') within group (order by n desc) || '|' from g where v > '';
=>
b,a   |

## procedures
create procedure made(r out int) as $$ declare c int; begin select count(*) into c from (select v from g group by v) q; r := c; select count(*) into c from (select distinct v from g) q; r := r * 100 + c; select count(*) into c from (select v from g union select v from h) q; r := r * 100 + c; end; $$ language plpgsql;
call made();
=>
40405

## an order by several items: blanks do not decide before the next one does
select v || '|', id from g where v > '' order by v, id desc;
=>
a   | | 3
a | | 2
a| | 1
b| | 5
b | | 4

## an order by numbers, aliases, columns behind a star
select upper(v) as u, id from (select v || '' as v, id from g where v > '') q order by 1, id;
=>
A | 1
A  | 2
A    | 3
B  | 4
B | 5

## an order by the alias of text, and by a column behind a star
select *, upper(v) as u from (select v, id from g where v > '') q order by u, v, id desc;
=>
a    | 3 | A   
a  | 2 | A 
a | 1 | A
b | 5 | B
b  | 4 | B 

## an order of groups by several items
select v, n > 30 as big from g where v > '' group by v, n > 30 order by v, big;
=>
a | f
b | t

## an order of DISTINCT by several items
select distinct v, w from g where v > '' order by v, w desc;
=>
a    | y
a | x
b  | y 
b | Y

## an order of a union by several items
select v, id from g where v > '' union all select v, k from h where v > '' order by v, id desc limit 4;
=>
a    | 3
a  | 2
a | 1
a   | 1

## an order of QUALIFY by several items
select v, id from g where v > '' qualify row_number() over (partition by id order by n) = 1 order by upper(v), id desc limit 3;
=>
a    | 3
a  | 2
a | 1

## rows of keys, of which not all are text
select v, nullif(n, 10) as m, count(*) from g where v > '' group by (nullif(n, 10), v) having v = 'a' order by v, m;
=>
a  | 20 | 1
a    | 30 | 1
a | NULL | 1

## more members of INTERSECT than are told apart at once
select v, 1 from g where v = 'a' intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1 intersect select 'a  ', 1 intersect select 'a   ', 1 intersect select 'a', 1 intersect select 'a ', 1;
=>
a | 1

## CASE as a statement of a procedure
create procedure chosen(a in varchar(10), r out int) as $$ begin case a when 'no' then r := 1; when 'a', 'b' then r := 2; else r := 3; end case; end; $$ language plpgsql;
call chosen('b  ');
=>
2

## CASE as a statement, of a literal and of a number
create procedure chosen(a in varchar(10), n in int, r out varchar(9)) as $$ begin case 'k' when a then r := 'k'; else r := 'none'; end case; case n when 1 then r := r || '1'; else r := r || '0'; end case; end; $$ language plpgsql;
call chosen('k ', 1);
=>
k1

## fields of records that a loop fills
create procedure counted(r out int) as $$ declare row record; begin r := 0; for row in select v, n from g loop if row.v = 'a' then r := r + 1; end if; if row.n = 40 then r := r + 100; end if; end loop; end; $$ language plpgsql;
call counted();
=>
103

## fields of records that a query fills, in SQL
create procedure counted(r out int) as $$ declare row record; begin select v, n into row from g where id = 3; select count(*) into r from g where v = row.v; if row.v <> 'a' then r := -1; end if; end; $$ language plpgsql;
call counted();
=>
3

## variables of a column's type and rows of tables
create procedure counted(r out int) as $$ declare one g.v%type; row g%rowtype; begin select v into one from g where id = 3; select * into row from g where id = 2; r := 0; if one = 'a' then r := 1; end if; if row.v = one then r := r + 2; end if; end; $$ language plpgsql;
call counted();
=>
3

## arguments of functions by their numbers
create function same(varchar(10), varchar(10)) returns int stable as $$ select case when $1 = $2 then 1 else 0 end $$ language sql;
select same('a', 'a  '), same('a', 'b');
=>
1 | 0

## text with blanks beside numbers
select v = 1, n = v, v < 2, '1 ' = n, v in (1, 2), d = 1.5 from (select '1 '::varchar(3) as v, 1 as n, '1.5  '::varchar(9) as d) q;
=>
t | t | t | t | t | t

## MERGE REMOVE DUPLICATES
create temp table m (v varchar(10), n int);
create temp table s (v varchar(10), n int);
insert into m values ('a', 0), ('c', 0);
insert into s values ('a', 1), ('a  ', 1), ('b', 2);
merge into m using s on m.v = s.v remove duplicates;
select v, n from m order by v;
=>
a | 1
b | 2
c | 0

## a key that is a value of the query around
select v, (select count(*) from h group by g.v) from g where id < 3 order by id;
=>
a | 4
a  | 4

## columns that ignore case
create temp table ci (a varchar(10) collate case_insensitive, n int);
insert into ci values ('Ab ', 1), ('aB', 2), ('AB  ', 3), ('c', 4);
select lower(rtrim(a)), count(*), sum(n) from ci group by a order by 2;
=>
c | 1 | 4
ab | 3 | 6

## columns that ignore case, in DISTINCT, UNION and joins
create temp table ci (a varchar(10) collate case_insensitive, n int);
insert into ci values ('Ab ', 1), ('aB', 2), ('AB  ', 3), ('c', 4);
select (select count(*) from (select distinct a from ci) q), (select count(*) from (select a from ci union select a from ci) q), (select count(*) from ci join (select a from ci) x using (a));
=>
2 | 2 | 10

## a column of a subquery is not the key of the query around it that has the same name
select t2.v, count(*) from h t1 cross join h t2 where t2.k < 3 group by t2.v having max(t1.v) in (select v from h where v > 'b') order by 1;
=>
a   | 4
b | 4

## keys of ROLLUP in a subquery
select v, (select max(t) from h where h.v = g.v) as first, count(*), grouping(v) from g where v > '' group by rollup (v) order by 4, 1;
=>
a | first | 3 | 0
b | second  | 2 | 0
NULL | NULL | 5 | 1

## keys of CUBE in a subquery, one an expression
select upper(v) as u, w, (select count(*) from h where h.v = g.w or upper(h.v) = upper(g.v)) as n, count(*) from g where id <= 3 group by cube (upper(v), w) order by 1, 2;
=>
A | x | 1 | 2
A    | y | 1 | 1
A | NULL | 1 | 3
NULL | x | 0 | 2
NULL | y | 0 | 1
NULL | NULL | 0 | 3

## keys of GROUPING SETS in HAVING, ORDER BY and two queries deep
select v, count(*) from g group by grouping sets ((v), (w, v), ()) having exists (select 1 from h where h.v = g.v and 0 < (select count(*) from h i where i.v = g.v)) order by (select k from h where h.v = g.v), 2;
=>
a    | 1
a | 2
a | 3
b  | 1
b | 1
b | 2
   | 1
 | 1
 | 2

## a key of ROLLUP in a subquery, beside columns of another table and a star
select q.*, (select t from h where h.v = q.v) as t from (select v from g where id < 5) as q group by rollup (v) order by 1;
=>
a | first
b  | second 
NULL | NULL

## an alias around a join by USING
select j.v, j.n, j.t, j.k from (g join h using (v)) as j where j.n < 50 order by j.n;
=>
a | 10 | first | 1
a  | 20 | first | 1
a    | 30 | first | 1
b  | 40 | second  | 2

## an alias with names around a join by USING
select key, len(key), num from (g full join h using (v)) as j (key, num) where num is null or num < 3 order by 3, 1;
=>
a | 1 | 1
a  | 2 | 2
c  | 2 | NULL

## PIVOT of a join is refused
select * from (g join h using (v)) pivot (count(*) for k in (1, 2));
=>
ERROR Redshift does not have PIVOT of a join, PIVOT or UNPIVOT
