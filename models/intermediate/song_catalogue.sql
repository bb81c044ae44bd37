{{ config(materialized='ephemeral') }}

-- What a play is looked up in: one song for each title, artist name and duration.
--
-- The same recording may be on record more than once. A join with all of its records would count
-- each play that often, so the one with the smallest song_id stands for the rest.
with ranked as (
  select
    title,
    artist_name,
    duration,
    song_id,
    artist_id,
    row_number() over (
      partition by title, artist_name, duration
      order by song_id, artist_id
    ) as choice
  from {{ ref('staging_songs') }}
  where song_id <> ''
)

select title, artist_name, duration, song_id, artist_id
from ranked
where choice = 1
