-- Every clause of a query.
select 1;
select 1 as one, 2 two, 3 as "Three";
select * from t;
select t.* from t;
select t.*, u.a from t, u;
select all a from t;
select distinct a, b from t;
select top 10 * from t;
select top 5 a, b from t order by a desc;
select distinct top 3 a from t;
select top 1 with_ties from t;
select a from t limit 10;
select a from t limit 10 offset 20;
select a from t offset 5;
select a from t limit all;
select a from t order by a asc, b desc nulls first, c nulls last limit 1;
select a from t order by 1, length(b) desc;
select a as x from t order by x;
select current_date;
select current_date, sysdate, current_user, session_user, user, current_user_id;
select 'a' || 'b' as ab, 1 + 2 * 3 - 4 / 5 % 6 as n, 2 ^ 10 as p;
select -1, +1, - - 1, 1 - -1, 1 - - 1;
select |/ 25.0, ||/ 27.0, @ -5.0, ~ 1, 7 & 3, 1 | 2, 5 # 3, 1 << 4, 16 >> 2;
select a = b, a <> b, a != b, a < b, a <= b, a > b, a >= b from t;
select not a, not a = b, a and b or c and not d from t;
select (a, b) = (1, 2) from t;
select a from t where (a, b) in ((1, 2), (3, 4));
select a from t where (a, b) in (select c, d from u);
select a from t where a in (1, 2, 3) and b not in ('x', 'y');
select a from t where a between 1 and 10 and b not between 'a' and 'm';
select a from t where a is null or b is not null;
select a from t where a is true and b is not false and c is unknown and d is not unknown;
select a from t where a isnull or b notnull;
select a from t where a like 'x%' or a not like '%\\_y' or a like '50!%' escape '!';
select a from t where a ilike '%song%' and a not ilike '%test%';
select a from t where a similar to '(a|b)%' and a not similar to '[0-9]{3}';
select a from t where a ~ '^[a-z]+$' and a !~ '\\d' and a ~* 'abc' and a !~* 'xyz';
select a from t where exists (select 1 from u where u.id = t.id);
select a from t where not exists (select * from u where u.id = t.id and u.n > 3);
select a from t where a = (select max(a) from t);
select a from t where a > all (select b from u) or a = any (select c from v) or a <> some (select 1);
select a, (select count(*) from u where u.id = t.id) as n from t;
select case when a > 1 then 'big' when a = 1 then 'one' else 'small' end from t;
select case a when 1 then 'one' when 2 then 'two' end as word from t;
select case when a then case when b then 1 else 2 end else 3 end from t;
select cast(a as integer), a::integer, a::varchar(10)::text, convert(integer, a), try_cast(a as date) from t;
select cast('2024-01-01' as timestamp with time zone), '12:00'::time without time zone;
select date '2024-01-01', timestamp '2024-01-01 12:00:00', time '12:30', timestamptz '2024-01-01 00:00+02';
select timestamp with time zone '2024-01-01 00:00:00+00', time with time zone '10:00+01';
select interval '1 day', interval '3' hour, interval '1-2' year to month, interval '4 5:06' day to second, interval '10 weeks';
select current_date + interval '1 month' - interval '2 days';
select timestamp 'epoch' + 1700000000 * interval '1 second' as moment;
select a from t inner join u on t.id = u.id;
select a from t join u on t.id = u.id join v on u.id = v.id;
select a from t left join u on t.id = u.id and u.kind = 'x';
select a from t left outer join u using (id);
select a from t right join u using (id, kind);
select a from t right outer join u on true;
select a from t full join u on t.id = u.id;
select a from t full outer join u on t.id = u.id where t.id is null or u.id is null;
select a from t cross join u;
select a from t natural join u;
select a from t natural left join u;
select a from t, u, v where t.id = u.id and u.id = v.id;
select a from t join (u join v on u.id = v.id) on t.id = u.id;
select a from (t cross join u) left join v using (id);
select a from (select 1 as a) as x;
select a from (select 1 as a) x, (select 2 as b);
select a from (values (1, 'x'), (2, 'y')) as v (a, b);
select t.id from t, u where t.id = u.id (+);
select t.id from t, u where t.id (+) = u.id and t.kind (+) = 'x';
select a, count(*) from t group by a;
select a, b, sum(c) from t group by 1, 2 having sum(c) > 10;
select a, b, sum(c) from t group by rollup (a, b);
select a, b, sum(c) from t group by cube (a, b);
select a, b, sum(c), grouping(a), grouping_id(a, b) from t group by grouping sets ((a, b), (a), ());
select a, b, c, count(*) from t group by a, rollup (b, c);
select a, b, count(*) from t group by grouping sets (a, rollup (b));
select a, count(*) from t group by all;
select a, row_number() over (partition by b order by c) as rn from t t1 qualify rn = 1;
select * from t as x qualify row_number() over (partition by a order by b desc) = 1;
select a, sum(b) as total from t group by a having total > 1 qualify rank() over (order by total desc) <= 3 order by a;
select * exclude (password, salt) from users;
select * exclude password from users;
select u.*, p.city exclude (user_id) from users u join places p on p.user_id = u.user_id;
with a as (select 1 as x) select * from a;
with a as (select 1 as x), b as (select x + 1 as y from a) select * from a, b;
with a (x, y) as (select 1, 2) select x + y from a;
with a as (with b as (select 1 as x) select * from b) select * from a;
with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 100) select sum(n) from numbers;
with recursive reports (id, manager_id, depth) as (
  select id, manager_id, 0
  from employee
  where manager_id is null
  union all
  select e.id, e.manager_id, r.depth + 1
  from employee e
  join reports r on e.manager_id = r.id
  where r.depth < 10
)
select depth, count(*) from reports group by depth order by depth;
select 1 union select 2;
select 1 union all select 2 union all select 3;
select a from t intersect select a from u;
select a from t except select a from u;
select a from t minus select a from u;
select a from t union select a from u intersect select a from v except select a from w;
(select a from t order by a limit 1) union all (select a from u order by a desc limit 1) order by 1;
((select 1)) union ((select 2));
select * from (select a from t union all select a from u) as both_of_them;
select name, count(*) from employee start with id = 1 connect by prior id = manager_id group by name;
select id, name, level from employee connect by prior id = manager_id start with manager_id is null;
select id, level from employee start with id = 1 connect by nocycle prior id = manager_id and level <= 4 order by level;
select * from (select quality, manufacturer from part) pivot (count(*) for quality in (1, 2, null));
select * from sales pivot (sum(amount) as total, avg(amount) as mean for quarter in ('Q1' as q1, 'Q2' as q2)) as p;
select * from (select partname, price from part) pivot (avg(price) for partname in ('prop' as p, 'rudder' as r, 'wing' as w));
select * from count_by_color unpivot (cnt for color in (red, green, blue));
select * from count_by_color unpivot include nulls (cnt for color in (red as 'r', green as 'g', blue)) u;
select * from count_by_color unpivot exclude nulls (cnt for color in (red, green, blue));
select sum(a) over () from t;
select sum(a) over (partition by b) from t;
select sum(a) over (order by b rows unbounded preceding) from t;
select sum(a) over (partition by b order by c rows between 3 preceding and current row) from t;
select avg(a) over (order by b rows between current row and unbounded following) from t;
select max(a) over (order by b rows between 1 preceding and 1 following) from t;
select sum(a) over (order by b rows between unbounded preceding and 1 preceding) from t;
select lag(a) over (order by b), lead(a, 2) over (partition by c order by b desc) from t;
select lag(a) ignore nulls over (order by b), first_value(a ignore nulls) over (order by b rows unbounded preceding) from t;
select last_value(a) respect nulls over (order by b rows between unbounded preceding and unbounded following) from t;
select nth_value(a, 3) ignore nulls over (partition by b order by c rows between unbounded preceding and unbounded following) from t;
select rank() over (order by a), dense_rank() over (order by a), percent_rank() over (order by a), cume_dist() over (order by a), ntile(4) over (order by a) from t;
select ratio_to_report(a) over (partition by b) from t;
select listagg(a, ', ') within group (order by a) from t;
select listagg(distinct a, '|') within group (order by a desc) from t group by b;
select listagg(a) within group (order by b) over (partition by c) from t;
select percentile_cont(0.5) within group (order by a) from t;
select percentile_disc(0.9) within group (order by a) over (partition by b) from t;
select approximate count(distinct a) from t;
select approximate percentile_disc(0.5) within group (order by a) from t group by b;
select median(a), count(distinct a), count(all a), count(*) from t;
select a into new_table from t;
select a into temp table scratch from t where b > 1;
select a into #scratch from t;
select a into temporary other_scratch from t;
select extract(year from a), extract(epoch from b), extract('month' from c) from t;
select position('a' in b), substring(a from 2 for 3), substring(a, 2, 3), substring(a from 2) from t;
select trim(a), trim(both ' ' from a), trim(leading 'x' from a), trim(trailing from a), trim('x' from a) from t;
select a at time zone 'UTC', (a at time zone 'UTC') at time zone 'Europe/Paris' from t;
select "a""b", "Select" from "My Schema"."My Table";
select a from dev.public.t;
select dev.public.t.a from dev.public.t;
select $1, $2::int;
select a from t where b = ? and c in (?, ?);
select 1e3, 1.5e-10, .5, 5., 0.000, 12345678901234567890123456789012345678;
select 'it''s', 'back\\slash', 'tab\t', '', 'ünïcödé', '日本語', '\'';
select $$dollar 'quoted' text$$, $tag$with $$ inside$tag$;
select 'two'
' lines' as joined_text;
select a /* in the middle */ + /* again */ b -- behind
from t -- the table
where -- about the condition
  a = 1 /* one */;
-- before it
select /*+ hint */ a /* nested /* comment */ here */ from t;
select
  a, -- first
  b -- second
  , c -- third, with a leading comma
from t;
select a from t order by case when a = 'x' then 0 else 1 end, a;
select count(*) filter_count, sum(a) "sum" from t;
select row(1, 'a'), (1, 'a');
select a collate case_insensitive from t order by b collate "case_sensitive";
select coalesce(a, b, c), nullif(a, 0), greatest(a, b), least(a, b, c), nvl(a, 0), nvl2(a, b, c), isnull(a, 0), decode(a, 1, 'x', 2, 'y', 'z') from t;
select left(a, 3), right(a, 3) from t;
select pg_catalog.lower(a), public.f_net(b) from t;
select now(), getdate(), pi(), random();
select date, year, month, day, type, name, status, position, value, key from t;
select t.date, t."order", t.user_id as user from t;
select a from generate_series(1, 10) as g (a);
select * from stl_query where userid > 1 and trim(querytxt) not like 'padb_fetch%' limit 5;
select a from t where b in (select c from u where d in (select e from v where f = 1));
select a from only_table;
select 1 exclude;
select a exclude from t;
-- Joins that nest without parentheses.
select * from a join b join c on b.id = c.id on a.id = b.id;
select a.x, d.y from a left join b inner join c on b.id = c.id left join d on c.id = d.id on a.id = b.id where a.x > 1;
select * from a join b join c using (id) using (id) cross join d;
