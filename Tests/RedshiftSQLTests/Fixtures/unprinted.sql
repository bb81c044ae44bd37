-- header comment
WITH Plays AS (select a.id, /* hint */ a.b -- trailing
  , count(*) as n -- counted
  from s.t a LEFT OUTER JOIN s.u as u on a.id = u.id and u.x > 1 join lateral (select 1) x on true where a.x in (1,2,3) and exists (select 1 from z where z.id=a.id) group by 1,2
  -- where dropped
),

b (x,y) as (select 1, 2)
select *, row_number() over (partition by a, b order by c desc nulls last rows between unbounded preceding and current row) as rn, case when a then b when cccccccccccccccccccccccccccccccccccccc then ddddddddddddddddddddddddddddddddddddd else e end as zz, -x, a - -1, cast(a as decimal(10,2)), x::varchar(10), 'a'
'b', sum(x) over (partition by aaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbb, cccccccccccccccccccc order by dddddddddddddddd)
from plays, b where (a = 1 or b = 2) and c between 1 and 2 and ddddddddddddddddddddddddd = eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee and x like 'y%'
union all select 1 order by 1 limit 10;
-- second
Select Count(*) From T;


create table if not exists s.t (id bigint identity(0,1) not null, name varchar(20) default 'x' encode zstd /* c */, primary key (id)) diststyle key distkey(id) sortkey(id);
insert into t (a,b) values (1,2),(3,4); insert into t values (1, 'x');
update t set a = 1, b = 2 from u where t.id = u.id;
merge into t using s on t.id = s.id when matched then update set a = s.a, b = s.b when not matched then insert (id, a) values (s.id, s.a);
copy s.t from 's3://bucket/prefix' iam_role 'arn:aws:iam::123:role/abc' format as json 's3://bucket/paths.json' timeformat 'epochmillisecs' region 'us-west-2' compupdate off;
grant select on table s.t to group readers, role x with grant option;
create or replace procedure s.p(a int, out b varchar(10)) as $$ begin
  select 1;
end; $$ language plpgsql security definer;
select * from a where x = (select max(y) from b) and t.a = u.b(+)
-- the end
