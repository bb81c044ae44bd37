create table t (id int not null, name varchar(20));
insert into t values (1, 'a');

## Redshift's own parameters are kept
set query_group to 'nightly';
show query_group;
=>
nightly
NOTE query_group

## and have their own values
show wlm_query_slot_count;
=>
1

## RESET
set enable_result_cache_for_session to off;
reset enable_result_cache_for_session;
show enable_result_cache_for_session;
=>
on

## shared parameters
set timezone = 'America/New_York';
show timezone;
=>
America/New_York

## SET LOCAL and time zones
set time zone 'UTC';
set statement_timeout to 5000;
show statement_timeout;
=>
5s

## parameters that change meanings
set enable_case_sensitive_identifier to true;
=>
ERROR enable_case

## parameters that do not exist
set nonsense to 1;
=>
ERROR nonsense

## the search path
set search_path to rules_session;
create table u (a int);
select nvl(a, 1) from rules_session.u;
select current_schema();
=>
rules_session

## session variables
set app.name to 'x';
select current_setting('app.name');
=>
x

## users
select current_user = user, session_user = current_user, current_user_id > 0, current_database() is not null;
=>
t | t | t | t

## what the last load did
select pg_last_copy_count(), pg_last_copy_id(), pg_last_query_id(), pg_last_unload_count();
=>
-1 | -1 | -1 | -1

## VERSION and processes
select version() is not null, pg_backend_pid() > 0, has_table_privilege('t', 'select'), has_schema_privilege('rules_session', 'usage');
=>
t | t | t | t

## PG_TABLE_DEF
select "column", type, "notnull" from pg_table_def where tablename = 't' order by 1;
=>
id | integer | t
name | character varying(20) | f

## SVV_COLUMNS and SVV_TABLES
select c.column_name, c.data_type, t.table_type from svv_columns c join svv_tables t on t.table_name = c.table_name and t.table_schema = c.table_schema where c.table_schema = 'rules_session' and c.table_name = 't' order by 1;
=>
id | integer | BASE TABLE
name | character varying | BASE TABLE

## SVV_TABLE_INFO
select "table", diststyle, unsorted from svv_table_info where schema = 'rules_session' and "table" = 't';
=>
t | AUTO(ALL) | 0

## SVV_EXTERNAL_TABLES and its kin
select count(c.columnname) + count(s.schemaname) + count(t.tablename) from svv_external_tables t left join svv_external_columns c on c.tablename = t.tablename left join svv_external_schemas s on s.schemaname = t.schemaname where t.redshift_database_name = current_database();
=>
0

## STL_LOAD_ERRORS and SYS_LOAD_ERROR_DETAIL
select count(*) from stl_load_errors;
select count(*) from sys_load_error_detail;
=>
0

## SHOW TABLES, SCHEMAS, COLUMNS, DATABASES
show tables from schema dev.rules_session like 't%';
=>
dev | rules_session | t | TABLE | NULL | NULL

## SHOW COLUMNS
show columns from table dev.rules_session.t;
=>
dev | rules_session | t | id | 1 | NULL | NO | integer | NULL | 32 | 0 | NULL
dev | rules_session | t | name | 2 | NULL | YES | character varying | 20 | NULL | NULL | NULL

## SHOW SCHEMAS
show schemas from database dev like 'rules_session' limit 1;
=>
dev | rules_session | 10 | local

## SHOW PROCEDURES and SHOW FUNCTIONS
create procedure shown(a in int) as $$ begin null; end; $$ language plpgsql;
show procedures from schema dev.rules_session like 'show%';
=>
dev | rules_session | shown | 1 | integer | NULL | NULL

## SHOW PROCEDURE
create procedure shown(a in int) as $$ begin null; end; $$ language plpgsql;
show procedure rules_session.shown(int);
=>
CREATE OR REPLACE PROCEDURE rules_session.shown(IN a integer)\n LANGUAGE plpgsql\nAS $procedure$ begin null; end; $procedure$\n

## SHOW GRANTS
grant select on t to public;
show grants on table rules_session.t like 'nothing';
=>

## SHOW VIEW
create view v as select id from t;
show view rules_session.v;
=>
 SELECT t.id\n   FROM t;

## SHOW of nothing
show nonsense;
=>
ERROR nonsense

## late-binding columns
select * from pg_get_cols('t') cols(view_schema name, view_name name, col_name name, col_type varchar, col_num int);
=>
rules_session | t | id | integer | 1
rules_session | t | name | character varying(20) | 2

## databases
create database other;
=>
ERROR CREATE DATABASE

## datashares, policies, models
create datashare d;
create masking policy m with (a varchar(10)) using ('x'::varchar(10));
attach masking policy m on t(name) to public;
create rls policy r with (id int) using (id > 0);
alter table t row level security on;
select 1;
=>
1

## CREATE MODEL
create model m from t target id function f iam_role default;
=>
ERROR CREATE MODEL

## DO blocks
do $$ begin null; end $$;
=>
ERROR DO

## LISTEN
listen x;
=>
ERROR LISTEN

## external tables are tables to be filled
create external schema lake from data catalog database 'd' iam_role default;
create external table lake.sales (id int, tags array<varchar(20)>) partitioned by (day date) stored as parquet location 's3://b/x/';
alter table lake.sales add partition (day = '2020-01-01') location 's3://b/x/day=2020-01-01/';
insert into lake.sales values (1, json_parse('["a"]'), '2020-01-01');
select s.id, e, s.day from lake.sales s, s.tags as e;
=>
1 | "a" | 2020-01-01
NOTE EXTERNAL TABLE

## privileges of roles and of what is not here
grant role analyst to alice;
grant select for tables in schema marts to role analyst;
grant usage on database prod to alice;
grant drop, select on t to public;
select 1;
=>
1
NOTE this GRANT
NOTE the privilege DROP

## EXPLAIN of what is not explained
explain truncate t;
=>
ERROR explain a query

## CLOSE ALL
close all;
=>
ERROR CLOSE ALL
