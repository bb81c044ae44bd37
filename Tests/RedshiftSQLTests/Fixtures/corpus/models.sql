-- Models as people write them for dbt, rendered.
with source as (
    select * from raw.jaffle_shop.customers
),

renamed as (
    select
        id as customer_id,
        first_name,
        last_name
    from source
)

select * from renamed;

with orders as (

    select * from analytics.stg_orders

),

payments as (

    select * from analytics.stg_payments

),

order_payments as (

    select
        order_id,
        sum(case when payment_method = 'credit_card' then amount else 0 end) as credit_card_amount,
        sum(case when payment_method = 'coupon' then amount else 0 end) as coupon_amount,
        sum(case when payment_method = 'bank_transfer' then amount else 0 end) as bank_transfer_amount,
        sum(case when payment_method = 'gift_card' then amount else 0 end) as gift_card_amount,
        sum(amount) as total_amount
    from payments
    group by order_id

),

final as (

    select
        orders.order_id,
        orders.customer_id,
        orders.order_date,
        orders.status,
        order_payments.credit_card_amount,
        order_payments.total_amount as amount
    from orders
    left join order_payments
        on orders.order_id = order_payments.order_id

)

select * from final;

WITH events AS (
  SELECT *, LAG(event_time, 1) OVER (PARTITION BY user_id ORDER BY event_time) AS previous_time
  FROM web.events
  WHERE event_time >= DATEADD('day', -3, CURRENT_DATE)
), sessions AS (
  SELECT *,
    CASE WHEN previous_time IS NULL OR DATEDIFF('minute', previous_time, event_time) > 30 THEN 1 ELSE 0 END AS is_new
  FROM events
), numbered AS (
  SELECT *, SUM(is_new) OVER (PARTITION BY user_id ORDER BY event_time ROWS UNBOUNDED PRECEDING) AS session_number
  FROM sessions
)
SELECT user_id
  , session_number
  , MIN(event_time) AS started_at
  , MAX(event_time) AS ended_at
  , COUNT(*) AS events -- every kind
  , COUNT(DISTINCT page) AS pages
FROM numbered
GROUP BY 1, 2;

-- incremental: only new rows
select
    e.event_id,
    e.user_id,
    e.event_type,
    e.happened_at,
    u.country
from raw.events as e
left join marts.users as u
    on e.user_id = u.user_id
    and e.happened_at between u.valid_from and nvl(u.valid_to, '9999-12-31')
where
    e.happened_at > (select max(happened_at) from marts.fct_events)
    and e.event_type in ('click', 'view', 'purchase') -- no heartbeats
    and e.user_id is not null;

select
  md5(cast(coalesce(cast(order_id as varchar), '_null_') || '-' || coalesce(cast(line_number as varchar), '_null_') as varchar)) as order_line_key,
  order_id,
  line_number,
  quantity * unit_price * (1 - discount) as net_amount
from sales.order_lines;

with spine as (
  select dateadd(day, number, '2020-01-01')::date as day
  from (
    select row_number() over (order by 1) - 1 as number
    from stl_scan
    limit 3650
  )
)
select day, to_char(day, 'Day') as name, date_part(dow, day) as weekday, last_day(day) as month_end
from spine
where day <= current_date;

select
    c.customer_id,
    c.segment,
    first_value(o.order_id) over (partition by c.customer_id order by o.placed_at rows between unbounded preceding and unbounded following) as first_order,
    nth_value(o.total, 2) over (partition by c.customer_id order by o.placed_at rows between unbounded preceding and unbounded following) as second_total,
    sum(o.total) over (partition by c.customer_id order by o.placed_at rows between unbounded preceding and current row) as running_total
from customers c
inner join orders o on o.customer_id = c.customer_id
where o.status <> 'cancelled';

select * from (
  select *, row_number() over (partition by customer_id order by updated_at desc, loaded_at desc) as version
  from raw.crm_customers
)
where version = 1 and not is_deleted;

with monthly as (
  select date_trunc('month', placed_at)::date as month, channel, sum(total) as revenue
  from sales.orders
  where placed_at >= add_months(date_trunc('month', current_date), -24)
  group by 1, 2
),
compared as (
  select
    month,
    channel,
    revenue,
    lag(revenue, 12) over (partition by channel order by month) as year_before
  from monthly
)
select
  month,
  channel,
  revenue,
  round(100.0 * (revenue - year_before) / nullif(year_before, 0), 1) as growth_percent
from compared c
qualify month >= dateadd(month, -12, max(month) over ())
order by channel, month;

select
    'web' as source, visit_id::varchar(64) as id, visited_at as happened_at, null::numeric(12, 2) as amount
from web.visits
union all
select
    'shop', order_id::varchar(64), placed_at, total
from sales.orders
union all
select
    'phone', call_id::varchar(64), started_at, null
from support.calls;

with recursive hierarchy (id, name, parent_id, path, depth) as (
    select id, name, parent_id, name::varchar(1000), 1
    from org.departments
    where parent_id is null
    union all
    select d.id, d.name, d.parent_id, (h.path || ' / ' || d.name)::varchar(1000), h.depth + 1
    from org.departments d
    inner join hierarchy h on d.parent_id = h.id
)
select * from hierarchy order by path;

select
    user_id,
    listagg(distinct page, ' > ') within group (order by page) as pages,
    percentile_cont(0.5) within group (order by duration) as median_duration,
    approximate count(distinct session_id) as sessions
from web.page_views
group by user_id
having count(*) > 10;

select
  artist_id,
  max(case when rn = 1 then title end) as top_song,
  max(case when rn = 2 then title end) as second_song,
  max(case when rn = 3 then title end) as third_song
from (
  select s.artist_id, s.title, row_number() over (partition by s.artist_id order by count(p.play_id) desc) as rn
  from songs s
  left join song_plays p using (song_id)
  group by s.artist_id, s.title
) ranked
group by artist_id;

select
    date_trunc('week', started_at) as week,
    level,
    count(distinct user_id) as listeners,
    count(*) as plays,
    ratio_to_report(count(*)) over (partition by date_trunc('week', started_at)) as share
from song_plays
group by 1, 2
order by 1, 2;

select d.day, nvl(p.plays, 0) as plays
from dim.calendar d
left join (
    select started_at::date as day, count(*) as plays from song_plays group by 1
) p on p.day = d.day
where d.day between '2018-11-01' and '2018-11-30'
order by d.day;

with cohort as (
    select user_id, date_trunc('month', min(placed_at)) as cohort_month from sales.orders group by 1
),
activity as (
    select o.user_id, c.cohort_month, datediff(month, c.cohort_month, date_trunc('month', o.placed_at)) as month_number
    from sales.orders o
    join cohort c using (user_id)
)
select cohort_month, month_number, count(distinct user_id) as users
from activity
group by 1, 2
order by 1, 2;

with base as (select * from staging.inventory_snapshots where snapshot_date = (select max(snapshot_date) from staging.inventory_snapshots))
select
    b.sku,
    b.quantity,
    case
        when b.quantity <= 0 then 'out of stock'
        when b.quantity < r.reorder_point then 'reorder'
        when b.quantity < r.reorder_point * 2 then 'low'
        else 'fine'
    end as stock_status,
    r.supplier_id
from base b
left join ref.reorder_rules r
    on r.sku = b.sku and r.warehouse = b.warehouse and b.snapshot_date >= r.valid_from and (b.snapshot_date < r.valid_to or r.valid_to is null)
where b.warehouse not in ('TEST', 'DUMMY');

select
    regexp_replace(lower(trim(email)), '\\+[^@]*@', '@') as email,
    split_part(email, '@', 2) as domain,
    regexp_substr(user_agent, 'Chrome/[0-9]+') as browser,
    strpos(url, '?') > 0 as has_query,
    json_extract_path_text(properties, 'campaign', 'name', true) as campaign
from raw.signups
where email like '%@%.%' and email not ilike '%+test@%';

/*
  One row for each subscription and month in which it was active.
*/
select
    s.subscription_id,
    m.month,
    s.monthly_price as mrr,
    case
        when date_trunc('month', s.started_at) = m.month then 'new'
        when date_trunc('month', s.ended_at) = m.month then 'churned'
        else 'retained'
    end as movement
from billing.subscriptions s
cross join (select distinct date_trunc('month', day) as month from dim.calendar) m
where m.month >= date_trunc('month', s.started_at)
  and (s.ended_at is null or m.month <= date_trunc('month', s.ended_at));

with a as (select 1 as id), b as (select 2 as id), c as (select a.id, b.id as other from a cross join b) select c.*, case when c.id = 1 then 'x' end as flag from c where exists (select 1 from a where a.id = c.id) order by 1 limit 10;

select
    *
    , amount / 100.0 as amount_in_euro
    , convert_timezone('UTC', 'Europe/Berlin', paid_at) as paid_at_local
    , datediff(day, invoiced_at, paid_at) as days_to_pay
    -- late after a fortnight
    , datediff(day, invoiced_at, paid_at) > 14 as is_late
from billing.invoices;

select t.*, row_number() over(partition by t.a,t.b order by t.c desc,t.d) rn, count(1) over(partition by t.a) cnt from(select a,b,c,d from x where a=1 and b=2 or c=3)t where t.a!=0;

select a."group", a."Order" from shop."Orders" a where a."Status" = 'Open';

select p.product_id, p.name, nvl2(d.discount, p.price * (1 - d.discount), p.price) as price
from products p, discounts d
where p.product_id = d.product_id (+) and p.active;
