-- The events that played a song, one row each, with the key of the play.
--
-- Time, session, position in the session and user make an event unique, unless it was logged twice:
-- then the copies are numbered. Copies are ordered by every other column that is used further on, so
-- each number stands for the same values on every run, whatever order the rows are stored in.
with events as (
  select
    ts as start_time,
    user_id,
    first_name,
    last_name,
    gender,
    level,
    song,
    artist,
    length,
    session_id,
    item_in_session,
    location,
    user_agent,
    row_number() over (
      partition by ts, session_id, item_in_session, user_id
      order by song, artist, length, level, location, user_agent, first_name, last_name, gender
    ) as occurrence
  from {{ ref('staging_events') }}
  where page = 'NextSong'
)

select
  {{ surrogate_key([
    "to_char(start_time, 'YYYYMMDDHH24MISSMS')",
    'session_id',
    'item_in_session',
    'user_id',
    'occurrence',
  ]) }} as songplay_id,
  start_time,
  user_id,
  first_name,
  last_name,
  gender,
  level,
  song,
  artist,
  length,
  session_id,
  item_in_session,
  location,
  user_agent
from events
