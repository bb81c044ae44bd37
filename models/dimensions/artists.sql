-- One row per artist. An artist comes with each of its songs, not always spelt or placed alike: a
-- record with coordinates wins, then one with a location, then the order of the values.
with ranked as (
  select
    artist_id,
    artist_name as name,
    artist_location as location,
    artist_latitude as latitude,
    artist_longitude as longitude,
    row_number() over (
      partition by artist_id
      order by
        case when artist_latitude is null then 1 else 0 end,
        case when artist_location <> '' then 0 else 1 end,
        artist_name,
        artist_location,
        artist_latitude,
        artist_longitude
    ) as choice
  from {{ ref('staging_songs') }}
  where artist_id <> ''
)

select artist_id, name, location, latitude, longitude
from ranked
where choice = 1
