-- A model of 60 lines, behind the tables that it reads; scripts/bench_sql.py measures it.
create table sales.orders (order_id bigint not null, customer_id bigint not null, status varchar(20), channel varchar(30), placed_at timestamp not null, shipped_at timestamp, amount decimal(12,2), discount decimal(12,2), coupon varchar(40), country char(2)) distkey (customer_id) sortkey (placed_at);
create table sales.lines (order_id bigint not null, line int not null, product_id bigint, quantity int, price decimal(12,2)) distkey (order_id);
create table sales.customers (customer_id bigint not null, name varchar(200), email varchar(200), country char(2), segment varchar(20), created_at timestamp) distkey (customer_id);
create table sales.products (product_id bigint not null, title varchar(300), category varchar(60), cost decimal(12,2)) diststyle all;
with recent as (
  select
    o.order_id,
    o.customer_id,
    lower(trim(o.status)) as status,
    coalesce(o.channel, 'unknown') as channel,
    o.placed_at,
    date_trunc('day', o.placed_at)::date as day,
    datediff(hour, o.placed_at, o.shipped_at) as hours_to_ship,
    o.amount - nvl(o.discount, 0) as net,
    case when o.coupon is not null then 1 else 0 end as has_coupon
  from sales.orders as o
  where o.placed_at >= dateadd(day, -90, '2024-06-30'::date)
    and o.status not in ('cancelled', 'test')
),
baskets as (
  select
    l.order_id,
    count(*) as lines,
    sum(l.quantity) as items,
    sum(l.quantity * l.price) as gross,
    sum(l.quantity * (l.price - p.cost)) as margin,
    listagg(distinct p.category, ', ') within group (order by p.category) as categories
  from sales.lines as l
  join sales.products as p on p.product_id = l.product_id
  group by l.order_id
),
ranked as (
  select
    r.*,
    b.lines,
    b.items,
    b.gross,
    b.margin,
    b.categories,
    row_number() over (partition by r.customer_id order by r.placed_at) as order_number,
    lag(r.placed_at) over (partition by r.customer_id order by r.placed_at) as previous_at,
    sum(r.net) over (
      partition by r.customer_id order by r.placed_at
      rows between unbounded preceding and current row
    ) as running_net
  from recent as r
  left join baskets as b on b.order_id = r.order_id
)
select
  c.customer_id,
  c.name,
  c.segment,
  ranked.day,
  ranked.channel,
  count(*) as orders,
  sum(ranked.net) as net,
  sum(ranked.margin) as margin,
  round(100.0 * sum(ranked.margin) / nullif(sum(ranked.net), 0), 2) as margin_percent,
  avg(ranked.hours_to_ship) as hours_to_ship,
  max(ranked.running_net) as lifetime_net,
  min(datediff(day, ranked.previous_at, ranked.placed_at)) as shortest_gap
from ranked
join sales.customers as c on c.customer_id = ranked.customer_id
where ranked.status <> 'returned'
group by 1, 2, 3, 4, 5
having sum(ranked.net) > 0
