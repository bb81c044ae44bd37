-- One row per moment at which a play started. week is the ISO week (1 to 53), weekday counts from
-- Sunday = 0.
with moments as (
  select distinct start_time
  from {{ ref('next_song_events') }}
)

select
  start_time,
  cast(extract(hour from start_time) as integer) as hour,
  cast(extract(day from start_time) as integer) as day,
  cast(extract(week from start_time) as integer) as week,
  cast(extract(month from start_time) as integer) as month,
  cast(extract(year from start_time) as integer) as year,
  cast(extract(dow from start_time) as integer) as weekday
from moments
