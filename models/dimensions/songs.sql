-- One row per song. Where records of one song differ, the one that knows most wins: a year other
-- than 0 (unknown) first, then the order of the values.
with ranked as (
  select
    song_id,
    title,
    artist_id,
    year,
    duration,
    row_number() over (
      partition by song_id
      order by nvl(year, 0) desc, title, artist_id, duration
    ) as choice
  from {{ ref('staging_songs') }}
  where song_id <> ''
)

select song_id, title, artist_id, year, duration
from ranked
where choice = 1
