-- The songs of the catalogue that were played, most played first in chart_rank.
with counted as (
  select
    song_id,
    count(*) as plays,
    count(distinct user_id) as listeners,
    max(start_time) as last_played_at
  from {{ ref('songplays') }}
  where song_id is not null
  group by song_id
)

select
  rank() over (order by counted.plays desc, counted.listeners desc) as chart_rank,
  counted.song_id,
  songs.title,
  artists.name as artist,
  counted.plays,
  counted.listeners,
  counted.last_played_at
from counted
inner join {{ ref('songs') }} as songs
  on songs.song_id = counted.song_id
left join {{ ref('artists') }} as artists
  on artists.artist_id = songs.artist_id
