-- One row per user who played a song, with the values of the user's latest play: a user who went
-- from free to paid is paid here, while songplays keeps the level of each play.
--
-- Two plays may carry the same time; then the later session, and in it the later item, decides. The
-- last columns matter only for events that contradict each other, and keep the choice repeatable.
with ranked as (
  select
    user_id,
    first_name,
    last_name,
    gender,
    level,
    row_number() over (
      partition by user_id
      order by
        start_time desc,
        session_id desc,
        item_in_session desc,
        level desc,
        last_name,
        first_name,
        gender
    ) as recency
  from {{ ref('next_song_events') }}
  where user_id is not null
)

select user_id, first_name, last_name, gender, level
from ranked
where recency = 1
