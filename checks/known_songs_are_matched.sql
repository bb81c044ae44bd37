-- A play has a song exactly when the catalogue has one of that title, artist name and duration.
select events.songplay_id, events.song, events.artist, plays.song_id
from {{ ref('next_song_events') }} as events
inner join {{ ref('songplays') }} as plays
  on plays.songplay_id = events.songplay_id
left join {{ ref('song_catalogue') }} as songs
  on songs.title = events.song
  and songs.artist_name = events.artist
  and songs.duration = events.length
where nvl(songs.song_id, '') <> nvl(plays.song_id, '')
