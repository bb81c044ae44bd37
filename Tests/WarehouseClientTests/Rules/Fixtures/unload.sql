create table u (id int, name varchar(30), ok boolean, x decimal(6,2), c super, day date);
insert into u (id, name, ok, x, c, day) select 1, 'a|b', true, 1.50, object('k', 1), '2020-01-01';
insert into u (id, name, ok, x, c, day) select 2, 'say "hi"', false, null, null, '2020-01-02';
insert into u (id, name, ok, x, c, day) select 3, null, null, 2, array(1, 2), '2020-01-02';
create table back (id int, name varchar(30), ok boolean, x decimal(6,2), c super, day date);

## UNLOAD writes delimited text that COPY reads
unload ('select id, name, ok, x, c, day from u order by id') to 's3://rules/text/a_' iam_role default escape null as 'nil' parallel off;
copy back from 's3://rules/text/a_000' iam_role default escape null as 'nil';
select id, name, ok, x, day from back order by id;
=>
1 | a|b | t | 1.50 | 2020-01-01
2 | say "hi" | f | NULL | 2020-01-02
3 | NULL | NULL | 2.00 | 2020-01-02
NOTE UNLOAD completed, 3 record(s) unloaded successfully.

## CSV with a header
unload ('select id, name from u order by id') to 's3://rules/csv/' iam_role default csv header;
copy back (id, name) from 's3://rules/csv/0000_part_00' iam_role default csv ignoreheader 1;
select id, name from back order by id;
=>
1 | a|b
2 | say "hi"
3 | 

## JSON, compressed, with a manifest
unload ($$ select id, name, ok, c, day from u order by id $$) to 's3://rules/json/x' iam_role default format as json gzip manifest;
copy back from 's3://rules/json/xmanifest' iam_role default json 'auto' gzip manifest;
select id, name, ok, c, day from back order by id;
=>
1 | a|b | t | {"k": 1} | 2020-01-01
2 | say "hi" | f | NULL | 2020-01-02
3 | NULL | NULL | [1, 2] | 2020-01-02

## partitions become folders
unload ('select id, day from u') to 's3://rules/parts/' iam_role default csv partition by (day);
copy back (id) from 's3://rules/parts/day=2020-01-02/' iam_role default csv;
select id from back order by id;
=>
2
3

## quotes around everything, another delimiter
unload ('select id, nvl(name, \'x\') as name from u order by id') to 's3://rules/quoted/' iam_role default delimiter ';' addquotes;
copy back (id, name) from 's3://rules/quoted/' iam_role default delimiter ';' removequotes;
select id, name from back order by id;
=>
1 | a|b
2 | say "hi"
3 | x

## files that are there are kept
unload ('select 1 as a') to 's3://rules/kept/f' iam_role default;
unload ('select 2 as a') to 's3://rules/kept/f' iam_role default;
=>
ERROR ALLOWOVERWRITE

## unless they may go
unload ('select 1 as a union all select 2') to 's3://rules/gone/f' iam_role default;
unload ('select 3 as a') to 's3://rules/gone/f' iam_role default allowoverwrite;
unload ('select 4 as a') to 's3://rules/gone/f' iam_role default cleanpath;
copy back (id) from 's3://rules/gone/f' iam_role default;
select id from back;
=>
4

## what was unloaded is remembered
unload ('select * from u') to 's3://rules/count/' iam_role default;
select pg_last_unload_count();
=>
3

## what was loaded is remembered
unload ('select id from u') to 's3://rules/loaded/' iam_role default;
copy back (id) from 's3://rules/loaded/' iam_role default;
select pg_last_copy_count();
=>
3

## no LIMIT outside
unload ('select id from u limit 1') to 's3://rules/limit/' iam_role default;
=>
ERROR LIMIT

## Parquet
unload ('select id from u') to 's3://rules/parquet/' iam_role default parquet;
=>
ERROR PARQUET

## places that are not mapped
unload ('select id from u') to 's3://elsewhere/x' iam_role default;
=>
ERROR no folder stands for

## mistakes in the query
unload ('select nothing from u') to 's3://rules/mistake/' iam_role default;
=>
ERROR nothing
