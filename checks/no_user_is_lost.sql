-- Everybody who played a song is in users.
select distinct events.user_id
from {{ ref('staging_events') }} as events
left join {{ ref('users') }} as users
  on users.user_id = events.user_id
where events.page = 'NextSong'
  and events.user_id is not null
  and users.user_id is null
