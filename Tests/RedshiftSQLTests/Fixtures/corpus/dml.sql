-- Rows are inserted, updated, deleted, merged.
insert into users values (1, 'a@example.com', getdate());
insert into users (user_id, email) values (1, 'a@example.com');
insert into users (user_id, email) values (1, 'a'), (2, 'b'), (3, default);
insert into users default values;
insert into users select * from users_staging;
insert into users (user_id, email) select id, lower(mail) from crm.contacts where mail is not null;
insert into users (select * from users_staging);
insert into users (user_id) (select id from crm.contacts);
insert into #recent_orders select order_id, placed_at from sales.orders;
insert into daily with totals as (select day, sum(n) as n from hits group by day) select * from totals;
insert into a select 1 union all select 2;
insert into song_plays (started_at, user_id, level, song_id, artist_id, session_id, location, user_agent)
select distinct
  timestamp 'epoch' + e.ts / 1000 * interval '1 second' as started_at,
  e.user_id,
  e.level,
  s.song_id,
  s.artist_id,
  e.session_id,
  e.location,
  e.user_agent
from staging.events e
join staging.songs s
  on e.song = s.title and e.artist = s.artist_name and e.length = s.duration
where e.page = 'NextSong' and e.user_id is not null;
insert into dim_time select distinct started_at, extract(hour from started_at), extract(day from started_at), extract(week from started_at), extract(month from started_at), extract(year from started_at), extract(weekday from started_at) from song_plays;
insert into t values (1 + 2, 'a' || 'b', current_date, null, true, (select max(x) from u));
insert into log.runs (started, note) values (sysdate, 'it''s running\n');
update users set email = 'b@example.com' where user_id = 1;
update users set email = lower(email), changed_at = getdate();
update users set email = default where email = '';
update users as u set email = s.email from users_staging s where s.user_id = u.user_id;
update sales.orders set status = 'late' from sales.customers c where c.customer_id = orders.customer_id and c.country = 'DE';
update sales.orders set total = total * 1.1, status = case when total > 100 then 'big' else status end where placed_at >= '2024-01-01';
update t set a = (select max(b) from u where u.id = t.id), c = null where exists (select 1 from v where v.id = t.id);
update t set a = b.x from (select id, sum(n) as x from hits group by id) b where t.id = b.id;
with latest as (select user_id, max(level) as level from events group by user_id) update users set level = latest.level from latest where latest.user_id = users.user_id;
update target set col = source.col from source join other on source.id = other.id where target.id = source.id;
delete from users;
delete users;
delete from users where user_id = 1;
delete users where created_at < dateadd(year, -7, current_date);
delete from users using blocked where blocked.user_id = users.user_id;
delete from sales.orders using sales.customers c, sales.countries k where c.customer_id = orders.customer_id and k.code = c.country and k.closed;
delete from sales.orders where order_id in (select order_id from staging.cancelled);
delete from t where not exists (select 1 from u where u.id = t.id);
with doomed as (select user_id from users where email is null) delete from users using doomed where doomed.user_id = users.user_id;
delete from marts.daily where day >= (select min(day) from staging.daily);
merge into users using users_staging on users.user_id = users_staging.user_id when matched then update set email = users_staging.email when not matched then insert values (users_staging.user_id, users_staging.email, getdate());
merge into sales.orders using staging.orders as s on sales.orders.order_id = s.order_id when matched then delete when not matched then insert (order_id, total) values (s.order_id, s.total);
merge into sales.orders using staging.orders s on orders.order_id = s.order_id remove duplicates;
merge into inventory as i using (select product_id, sum(quantity) as quantity from deliveries group by product_id) as d on i.product_id = d.product_id when matched then update set quantity = i.quantity + d.quantity, changed_at = getdate() when not matched then insert (product_id, quantity, changed_at) values (d.product_id, d.quantity, getdate());
truncate users;
truncate table staging.orders;
begin;
delete from marts.users using staging.users where staging.users.user_id = marts.users.user_id;
insert into marts.users select * from staging.users;
end transaction;
insert into dim_artist (artist_id, name, location)
select artist_id, artist_name, artist_location
from (
  select
    artist_id,
    artist_name,
    artist_location,
    row_number() over (partition by artist_id order by year desc) as choice
  from staging.songs
) as ranked
where choice = 1;
insert into audit.changes (table_name, changed_rows, changed_at)
select 'orders', count(*), getdate()
from sales.orders
where changed_at > (select nvl(max(changed_at), '1970-01-01') from audit.changes where table_name = 'orders');
