create table e (id int, boss int, name varchar(20), dept int, pay decimal(10,2));
insert into e values (1, null, 'Ada', 1, 100), (2, 1, 'Bob', 1, 80), (3, 1, 'Cid', 2, 70), (4, 2, 'Dan', 2, 60), (5, 4, 'Eve', 1, 50);
create table q (dept int, title varchar(20));
insert into q values (1, 'one'), (3, 'three');
create table p (item varchar(10), q1 int, q2 int, q3 int);
insert into p values ('a', 1, 2, null), ('b', 4, 5, 6);

## TOP
select top 2 id from e order by id desc;
=>
5
4

## TOP with DISTINCT in a subquery
select count(*) from (select top 2 dept, id from e order by id) x;
=>
2

## QUALIFY with a name and with a window
select name, row_number() over (partition by dept order by pay desc) as rn from e e1 qualify rn = 1 order by name;
=>
Ada | 1
Cid | 1

## QUALIFY with a column that an item shares its name with
select id, first_value(name) over (order by id desc rows unbounded preceding) as dept from e e1 qualify row_number() over (partition by dept order by id) = 1 order by id;
=>
1 | Eve
3 | Eve

## QUALIFY in place, with WHERE and a star
select * from e x where dept = 1 qualify rank() over (order by pay) = 1;
=>
5 | 4 | Eve | 1 | 50.00

## QUALIFY behind grouping
select dept, sum(pay) as s from e group by dept qualify rank() over (order by sum(pay) desc) = 1;
=>
1 | 230.00

## a name of the list in a later item
select pay * 2 as twice, twice + 1 as more, more - twice from e where id = 1;
=>
200.00 | 201.00 | 1.00

## a column wins over a name of the list
select pay * 2 as id, id + 1 as next from e where name = 'Bob';
=>
160.00 | 3

## names of the list through common tables
with b as (select id, pay from e) select pay + 1 as pay1, pay1 * 2 as pay2, id as pay3, pay3 + 1 from b where id = 2;
=>
81.00 | 162.00 | 2 | 3

## names of the list in ORDER BY, inside of a value
select id * -1 as negative, dept as d from e order by abs(negative - 1) + d * 0, negative desc;
=>
-1 | 1
-2 | 1
-3 | 2
-4 | 2
-5 | 1

## names of the list in WHERE, GROUP BY, HAVING and ORDER BY at once
select dept + 1 as x, count(*) as n from e where x > 1 group by x having n > 1 order by x * n * x desc;
=>
3 | 2
2 | 3

## names of the list in a window and in CASE of ORDER BY
select pay * -1 as m, row_number() over (order by m) as n from e order by case when n > 3 then 0 else 1 end, n limit 1;
=>
-60.00 | 4

## ORDER BY a value of a set operation's columns
select id as x from e union select dept from e order by x * -1;
=>
5
4
3
2
1

## a table in a WITH RECURSIVE that does not read itself needs no list of columns
with recursive u as (select 1 as x union all select 2), r(n) as (select 1 union all select n + 1 from r where n < 3) select count(*), sum(x * n) from u, r;
=>
6 | 18

## joins that nest without parentheses
select e.name, q.title from q join e b join e on b.id = e.boss on q.dept = b.dept order by e.id;
=>
Bob | one
Cid | one
Dan | one

## a name for RANDOM
select random() as r, r + 1 from e;
=>
ERROR RANDOM

## * EXCLUDE
select * exclude (boss, pay) from e where id = 1;
=>
1 | Ada | 1

## * EXCLUDE with other items and a join
select e.* exclude (boss), title from e join q on e.dept = q.dept where id = 2;
=>
2 | Bob | 1 | 80.00 | one

## PIVOT: what is not named groups, COUNT gives 0
select * from (select dept, boss, name from e) pivot (count(name) for dept in (1, 2, 9)) order by boss nulls first;
=>
NULL | 1 | 0 | 0
1 | 1 | 1 | 0
2 | 0 | 1 | 0
4 | 1 | 0 | 0

## PIVOT of a table, with names
select boss, x_total, y_total from e pivot (sum(pay) as total for dept in (1 as x, 2 as y)) where id = 2;
=>
1 | 80.00 | NULL

## PIVOT without groups and with NULL
select * from (select boss, pay from e) pivot (max(pay) for boss in (1, null as none));
=>
80.00 | 100.00

## UNPIVOT leaves NULL out
select * from p unpivot (amount for quarter in (q1, q2, q3)) order by item, quarter;
=>
a | q1 | 1
a | q2 | 2
b | q1 | 4
b | q2 | 5
b | q3 | 6

## UNPIVOT INCLUDE NULLS, with names
select item, amount from p unpivot include nulls (amount for quarter in (q1 as 'first', q3 as 'third')) u where quarter = 'third' order by item;
=>
a | NULL
b | 6

## CONNECT BY
select id, name, level from e start with boss is null connect by prior id = boss order by id;
=>
1 | Ada | 1
2 | Bob | 2
3 | Cid | 2
4 | Dan | 3
5 | Eve | 4

## CONNECT BY with WHERE and *
select * from e where level > 2 start with id = 2 connect by boss = prior id order by id;
=>
5 | 4 | Eve | 1 | 50.00

## CONNECT BY before START WITH, with an alias
select t.name, level from e t connect by t.boss = prior t.id and level < 3 start with t.boss is null order by 2, 1;
=>
Ada | 1
Bob | 2
Cid | 2

## CONNECT BY over a subquery
select id, level from (select id, boss as parent from e where id < 5) t start with parent is null connect by prior id = parent order by id;
=>
1 | 1
2 | 2
3 | 2
4 | 3

## CONNECT BY over a subquery, with a prefix, WHERE and *
select * from (select id, boss, name from e) t where t.id > 3 start with t.boss is null connect by prior t.id = t.boss order by id;
=>
4 | 2 | Dan
5 | 4 | Eve

## CONNECT BY over a subquery without a name, of joined tables
select id, boss_name, level from (select e.id, e.boss, b.name as boss_name from e left join e b on b.id = e.boss) start with boss is null connect by prior id = boss and level < 3 order by id;
=>
1 | NULL | 1
2 | Ada | 2
3 | Ada | 2

## CONNECT BY over a common table
with s as (select id, boss, upper(name) as name from e) select name, level from s start with boss is null connect by prior id = boss order by level, name;
=>
ADA | 1
BOB | 2
CID | 2
DAN | 3
EVE | 4

## CONNECT BY over a common table that is a star
with s as (select * from e) select x.name, level from s x start with x.id = 2 connect by prior x.id = x.boss order by level;
=>
Bob | 1
Dan | 2
Eve | 3

## CONNECT BY over several tables
select 1 from e a join e b on a.id = b.id start with a.boss is null connect by prior a.id = a.boss;
=>
ERROR join them in a subquery

## recursive common tables
with recursive r(id, depth) as (select id, 1 from e where boss is null union all select e.id, r.depth + 1 from e join r on e.boss = r.id) select max(depth) from r;
=>
4

## a recursive table without columns
with recursive r as (select 1 as n union all select n + 1 from r where n < 3) select * from r;
=>
ERROR list of columns

## MINUS, EXCEPT, INTERSECT, UNION
select id from e minus select boss from e order by 1;
=>
3
5

## set operations in turn
select 1 union select 1 union all select 2 except select 2 intersect select 2 order by 1;
=>
1

## INTERSECT ALL
select 1 intersect all select 1;
=>
ERROR INTERSECT ALL

## (+)
select e.id, q.title from e, q where e.dept = q.dept(+) and e.id > 2 order by e.id;
=>
3 | NULL
4 | NULL
5 | one

## (+) behind columns without a qualifier
select id, title from e, q where e.dept = q.dept(+) and title(+) = 'one' and id > 2 order by id;
=>
3 | NULL
4 | NULL
5 | one

## (+) with a constant and two tables
select a.id, b.name, q.title from e a, e b, q where a.boss = b.id(+) and q.dept(+) = a.dept and q.title(+) = 'one' order by a.id;
=>
1 | NULL | one
2 | Ada | one
3 | Ada | NULL
4 | Bob | NULL
5 | Dan | one

## subqueries without a name
select count(*) from (select id from e) where id > 2;
=>
3

## subqueries of subqueries without names
select * from (select * from (select 1 as a)), (select 2 as b);
=>
1 | 2

## names in quotes are folded
select "ID", "Name" as "NewName" from "E" where "Id" = 1;
=>
1 | Ada

## names of databases
select current_database() = current_database(), d.id from dev.rules_queries.e d where id = 1;
=>
t | 1

## names of other databases
select * from other.rules_queries.e;
=>
ERROR another database

## NULLs and DISTINCT
select distinct dept from e order by dept desc;
=>
2
1

## LIMIT and OFFSET
select id from e order by id limit 2 offset 1;
=>
2
3

## correlated subqueries and EXISTS
select name from e a where exists (select 1 from e b where b.boss = a.id) and pay > (select avg(pay) from e) order by 1;
=>
Ada
Bob

## several joins
select count(*) from e natural join q left join p on p.item = e.name;
=>
3

## COUNT of several columns
select count(distinct dept), count(*) from e;
=>
2 | 5

## DISTINCT ON
select distinct on (dept) dept from e;
=>
ERROR DISTINCT ON

## LATERAL
select * from e, lateral (select 1) x;
=>
ERROR LATERAL

## VALUES as a table
select * from (values (1), (2)) v(n);
=>
ERROR VALUES

## FETCH FIRST
select * from e fetch first 1 rows only;
=>
ERROR FETCH FIRST

## operators of jsonb
select '{}'::super -> 'a';
=>
ERROR ->

## arrays
select array[1, 2];
=>
ERROR arrays

## = ANY of an array
select * from e where id = any (array(1, 2));
=>
ERROR ANY

## arrays as types
select '{1}'::int[];
=>
ERROR array types

## generate_series beside tables
select * from e, generate_series(1, 3);
=>
ERROR GENERATE_SERIES

## SELECT INTO
select id, name into newe from e where id < 3;
select count(*) from newe;
=>
2

## SELECT INTO #name
select id into #few from e where id < 3;
select count(*) from #few;
=>
2

## EXPLAIN
explain select 1;
=>
Result  (cost=0.00..0.01 rows=1 width=4)

## names of the list in WHERE, GROUP BY and HAVING
select dept as d, sum(pay) as s from e where d < 2 group by d having s > 100;
=>
1 | 230.00

## names of the list that name others
select pay * 2 as twice, twice + 1 as more from e where more > 190;
=>
200.00 | 201.00

## * EXCLUDE over tables that share a name
select * exclude (boss, pay, title) from e join q on q.dept = e.dept order by id;
=>
1 | Ada | 1 | 1
2 | Bob | 1 | 1
5 | Eve | 1 | 1

## QUALIFY with * over USING
select * from e join q using (dept) qualify row_number() over (order by id desc) = 1;
=>
1 | 5 | 4 | Eve | 50.00 | one

## an alias with the name of a schema
select rules_queries.id from rules_queries.e rules_queries join rules_queries.q t on t.dept = rules_queries.dept where rules_queries.id = 1;
=>
1

## an alias in a correlated subquery
select id as n, n * 10 as tens, (select count(*) from q where q.dept <= n) as below, (select max(k) from (select 1 as k union all select 2) x where k * 10 <= tens) as most from e where id < 3 order by id;
=>
1 | 10 | 1 | 1
2 | 20 | 1 | 2

## an alias in a subquery of WHERE
select id + 1 as follower from e where exists (select 1 from q where q.dept = follower) order by id;
=>
3

## an alias that means something else in the subquery
select dept + 1 as follower, (select count(*) from q where q.dept = follower) from e;
=>
ERROR an alias of the query around

## a set operation ordered by an expression
with n as (select 3 as v) select v from n union all select -5 union all select 4 order by abs(v) desc, v limit 2;
=>
-5
4

## an ordered set operation as a table
select v from (select 2 as v union select -1 order by v * v) x limit 1;
=>
-1

## DISTINCT ordered by what is made of its columns
select distinct dept as d from e where dept is not null order by d * -1;
=>
2
1

## DISTINCT TOP ordered by what is made of its columns
select distinct top 1 dept as d from e where dept is not null order by d * -1;
=>
2

## recursive tables whose values grow
with recursive tree (id, path, total, depth) as (
  select 1, cast('a' as varchar(5)), cast(1.5 as decimal(4,1)), 1
  union all
  select id + 1, path || '/' || 'bcd', total + 0.25, depth + 1 from tree where depth < 4)
select id, path, total from tree order by id;
=>
1 | a | 1.5
2 | a/bcd | 1.75
3 | a/bcd/bcd | 2.00
4 | a/bcd/bcd/bcd | 2.25
