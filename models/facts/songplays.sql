{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='songplay_id',
    post_hook="delete from {{ this }}
               where songplay_id not in (select songplay_id from {{ ref('next_song_events') }})"
) }}

-- One row per song played, with the song and artist where the catalogue knows them.
--
-- Which rows a later run writes is decided by comparing, not by a window of time: a song that is
-- added to the catalogue today gives plays of any age their song_id, and logs may arrive late. Plays
-- that are new or came out different are replaced, the rest is left alone, and the hook removes
-- plays whose event is gone from staging. So a run always ends at what a full refresh would build.
-- (Where staging holds only the newest files, drop the hook and the comparison still holds.)
with plays as (
  select
    events.songplay_id,
    events.start_time,
    events.user_id,
    events.level,
    songs.song_id,
    songs.artist_id,
    events.session_id,
    events.location,
    events.user_agent
  from {{ ref('next_song_events') }} as events
  left join {{ ref('song_catalogue') }} as songs
    on songs.title = events.song
    and songs.artist_name = events.artist
    and songs.duration = events.length
)

select
  plays.songplay_id,
  plays.start_time,
  plays.user_id,
  plays.level,
  plays.song_id,
  plays.artist_id,
  plays.session_id,
  plays.location,
  plays.user_agent
from plays
{%- if is_incremental() %}
left join {{ this }} as loaded
  on loaded.songplay_id = plays.songplay_id
where loaded.songplay_id is null
  or {{ any_column_differs('plays', 'loaded', ['level', 'song_id', 'artist_id', 'location', 'user_agent']) }}
{%- endif %}
