-- Views, late-binding views and materialized views.
create view reporting.open_orders as select * from sales.orders where status = 'open';
create or replace view reporting.open_orders as
select order_id, customer_id, total
from sales.orders
where status = 'open';
create view reporting.named (id, amount) as select order_id, total from sales.orders;
create or replace view late.binding as select a, b from external_schema.t with no schema binding;
create view public.recent_events as
with latest as (
  select *, row_number() over (partition by user_id order by happened_at desc) as position
  from public.events
)
select user_id, event_type, happened_at
from latest
where position = 1
with no schema binding;
create view all_years as
select * from sales_2022
union all
select * from sales_2023
union all
select * from sales_2024;
create view #my_view as select 1 as a;
create view limited as select * from t order by a limit 10;
create view v_union_parens as (select 1 as a) union (select 2);
create materialized view mv_daily_sales as
select placed_at::date as day, count(*) as orders, sum(total) as revenue
from sales.orders
group by 1;
create materialized view mv_auto auto refresh yes as select count(*) as n from sales.orders;
create materialized view mv_manual backup no auto refresh no as select 1 as one;
create materialized view mv_keyed distkey (customer_id) sortkey (customer_id) as
select customer_id, sum(total) as total
from sales.orders
group by customer_id;
create materialized view mv_all
backup yes
diststyle all
sortkey (country)
auto refresh yes
as
select c.country, count(distinct o.customer_id) as customers
from sales.orders as o
inner join sales.customers as c
  on c.customer_id = o.customer_id
group by c.country;
create materialized view mv_named (day, n) as select placed_at::date, count(*) from sales.orders group by 1;
create materialized view kinesis_stream auto refresh yes as
select
  approximate_arrival_timestamp,
  partition_key,
  shard_id,
  sequence_number,
  json_parse(kinesis_data) as payload
from kinesis_schema."my-stream"
where can_json_parse(kinesis_data);
refresh materialized view mv_daily_sales;
refresh materialized view reporting.mv_daily_sales cascade;
refresh materialized view mv_daily_sales restrict;
drop view reporting.open_orders;
drop view if exists reporting.open_orders, reporting.named cascade;
drop view late.binding restrict;
drop materialized view mv_daily_sales;
drop materialized view if exists reporting.mv_daily_sales cascade;
create or replace view admin.table_sizes as
select
  trim(pgdb.datname) as database,
  trim(a.name) as table_name,
  ((b.mbytes / part.total::decimal) * 100)::decimal(5, 2) as pct_of_total,
  b.mbytes,
  b.unsorted_mbytes
from stv_tbl_perm a
join pg_database as pgdb
  on pgdb.oid = a.db_id
join (
  select tbl, sum(decode(unsorted, 1, 1, 0)) as unsorted_mbytes, count(*) as mbytes
  from stv_blocklist
  group by tbl
) b
  on a.id = b.tbl
join (select sum(capacity) as total from stv_partitions where part_begin = 0) as part
  on 1 = 1
where a.slice = 0
order by 4 desc, db_id, name;
create view permissions.overview as
select u.usename, s.schemaname, has_schema_privilege(u.usename, s.schemaname, 'usage') as may_use
from pg_user u
cross join (select distinct schemaname from pg_tables) s;
create or replace view public.customer_360 as
select
  c.customer_id,
  c.email,
  nvl(o.orders, 0) as orders,
  nvl(o.revenue, 0) as revenue,
  t.last_ticket_at,
  case
    when nvl(o.revenue, 0) > 10000 then 'gold'
    when nvl(o.revenue, 0) > 1000 then 'silver'
    else 'bronze'
  end as tier
from sales.customers c
left join (select customer_id, count(*) as orders, sum(total) as revenue from sales.orders group by 1) o
  using (customer_id)
left join (select customer_id, max(opened_at) as last_ticket_at from support.tickets group by 1) t
  using (customer_id);
