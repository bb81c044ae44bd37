-- songplays holds exactly one row for each NextSong event in staging: none lost to the join with
-- songs, none counted twice.
with counted as (
  select
    (select count(*) from {{ ref('staging_events') }} where page = 'NextSong') as events,
    (select count(*) from {{ ref('songplays') }}) as plays
)

select events, plays
from counted
where events <> plays
