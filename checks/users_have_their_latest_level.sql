-- The level in users is one that the user had at the moment of the latest play.
with latest as (
  select user_id, max(start_time) as start_time
  from {{ ref('songplays') }}
  group by user_id
),

agreeing as (
  select distinct users.user_id
  from {{ ref('users') }} as users
  inner join latest
    on latest.user_id = users.user_id
  inner join {{ ref('songplays') }} as plays
    on plays.user_id = latest.user_id
    and plays.start_time = latest.start_time
    and plays.level = users.level
)

select users.user_id, users.level
from {{ ref('users') }} as users
left join agreeing
  on agreeing.user_id = users.user_id
where agreeing.user_id is null
