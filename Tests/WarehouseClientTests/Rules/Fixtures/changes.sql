create table t (id int, name varchar(20), n int);
insert into t values (1, 'a', 10), (2, 'b', 20), (3, 'c', 30);
create table s (id int, name varchar(20), n int);
insert into s values (2, 'B', 200), (4, 'D', 400), (4, 'D', 400);
create table kept (id int);

## INSERT forms
insert into t (id, n) values (7, default), (8, 1 + 1);
insert into t default values;
insert into t select * from s where id = 2;
insert into t (id) with x as (select 9 as id) select id from x;
select count(*), count(id), sum(n) from t;
=>
8 | 7 | 262

## numbers go into text
insert into t (id, name) select 5, 12345;
select name from t where id = 5;
=>
12345

## UPDATE with FROM, and the table in front of the column
update t set n = s.n, name = upper(t.name) from s where t.id = s.id;
select * from t order by id;
=>
1 | a | 10
2 | B | 200
3 | c | 30

## UPDATE with WITH
with x as (select id from s) update t set n = 0 where id in (select id from x);
select n from t where id = 2;
=>
0

## DELETE without FROM, with USING, with WITH
delete t where id = 1;
delete from t using s where t.id = s.id;
with x as (select 3 as id) delete from t where id in (select id from x);
select count(*) from t;
=>
0

## MERGE
merge into t using (select distinct * from s) as s on t.id = s.id when matched then update set n = s.n, name = s.name when not matched then insert (id, name, n) values (s.id, s.name, s.n);
select * from t order by id;
=>
1 | a | 10
2 | B | 200
3 | c | 30
4 | D | 400

## MERGE with names of tables in front
merge into t using (select 2 as id, 5 as n) s on t.id = s.id when matched then delete when not matched then insert values (s.id, 'x', s.n);
select count(*) from t;
=>
2

## MERGE of a row that matches twice
insert into t values (4, 'x', 1);
merge into t using s on t.id = s.id when matched then update set n = s.n when not matched then insert values (s.id, s.name, s.n);
=>
ERROR second time

## MERGE … REMOVE DUPLICATES
insert into t values (2, 'again', 0);
merge into t using s on t.id = s.id remove duplicates;
select * from t order by id;
=>
1 | a | 10
2 | B | 200
3 | c | 30
4 | D | 400

## alone: TRUNCATE commits
begin;
insert into kept values (1);
create table other as select 1 as a;
truncate other;
rollback;
select count(*) from kept;
drop table other;
delete from kept;
=>

## alone: what came before TRUNCATE stays
begin;
insert into kept values (1);
truncate t;
rollback;
select (select count(*) from kept), (select count(*) from t);
=>
1 | 0

## alone: TRUNCATE outside of a transaction tells nothing
truncate table kept;
select count(*) from kept;
=>
0

## alone: the rows again
insert into t values (1, 'a', 10), (2, 'b', 20), (3, 'c', 30);
select count(*) from t;
=>
3

## RETURNING
insert into t values (5, 'x', 1) returning id;
=>
ERROR Redshift does not have RETURNING

## ON CONFLICT
insert into t values (5, 'x', 1) on conflict do nothing;
=>
ERROR Redshift does not have ON CONFLICT

## SAVEPOINT
savepoint a;
=>
ERROR SAVEPOINT

## LOCK, ANALYZE, VACUUM
lock table t, s;
analyze t (id, n);
analyze verbose t predicate columns;
analyze compression t;
vacuum full t to 90 percent;
select 1;
=>
1
NOTE ANALYZE COMPRESSION
NOTE VACUUM

## GRANT and REVOKE to those who are not there
grant select, insert on table t to group readers;
grant usage on schema rules_changes to role analyst, bob with grant option;
revoke all on t from bob;
grant select on all tables in schema rules_changes to public;
grant drop, alter on t to bob;
alter default privileges in schema rules_changes grant select on tables to group readers;
create user bob password 'Secret1!';
create group readers;
grant role analyst to bob;
select has_table_privilege('t', 'select');
=>
t
NOTE no user, group or role readers

## cursors
declare c cursor for select nvl(name, 'x') from t order by id;
fetch next from c;
fetch forward 2 from c;
close c;
=>

## a cursor's rows
declare c cursor for select nvl(name, 'x') from t order by id;
fetch forward 2 from c;
=>
a
b

## PREPARE
prepare p(int) as select nvl(name, 'x') from t where id = $1;
execute p(2);
=>
b

## DEALLOCATE
prepare p2 as select getdate();
deallocate p2;
select 1;
=>
1

## CANCEL
cancel 999999999;
=>
f
NOTE is not a PostgreSQL
