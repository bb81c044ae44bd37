-- No migration creates this table, so the model chooses its keys: it is tiny, read whole and by day.
{{ config(materialized='table', dist='all', sort='day') }}

select
  cast(plays.start_time as date) as day,
  weekdays.name as weekday,
  weekdays.is_weekend,
  count(*) as plays,
  count(distinct plays.user_id) as listeners,
  count(distinct plays.session_id) as sessions,
  count(plays.song_id) as plays_of_known_songs,
  sum(case when levels.is_paid then 1 else 0 end) as paid_plays
from {{ ref('songplays') }} as plays
inner join {{ ref('time') }} as moments
  on moments.start_time = plays.start_time
inner join {{ ref('weekdays') }} as weekdays
  on weekdays.weekday = moments.weekday
left join {{ ref('subscription_levels') }} as levels
  on levels.level = plays.level
group by cast(plays.start_time as date), weekdays.name, weekdays.is_weekend
