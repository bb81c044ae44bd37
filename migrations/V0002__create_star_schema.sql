-- The star: one fact table and four dimensions. Migrations own the tables; the models in
-- models/facts and models/dimensions fill them.
--
-- Redshift enforces NOT NULL. It takes PRIMARY KEY as a promise, does not check it, and plans by it:
-- a broken promise gives wrong results. The `unique` tests beside the models keep it.

-- One row per song played.
--
-- DISTKEY start_time: nearly every play has its own, so the rows spread evenly, and the join with
--   "time" finds its partner on the same slice. song_id and artist_id would put all plays of unknown
--   songs (most of them) on one slice; user_id would make the busiest listeners hot spots.
-- SORTKEY start_time: reports ask for days and months; blocks outside the range are skipped. New
--   plays are the latest ones, so they arrive in order.
-- user_id has no NOT NULL: a play is not lost because nobody was logged in; a test reports it.
create table {{ target.schema }}.songplays (
  songplay_id varchar(32) not null,
  start_time timestamp not null,
  user_id integer,
  level varchar(16),
  song_id varchar(64),
  artist_id varchar(64),
  session_id integer,
  location varchar(512),
  user_agent varchar(1024),
  primary key (songplay_id)
)
diststyle key
distkey (start_time)
compound sortkey (start_time);

-- The next three are small and joined by columns that songplays is not distributed by:
-- DISTSTYLE ALL keeps a whole copy on each node, so no join with them moves a row. Each is sorted
-- by its key, which is what joins and look-ups use.

-- One row per user, as of the user's latest play.
create table {{ target.schema }}.users (
  user_id integer not null,
  first_name varchar(256),
  last_name varchar(256),
  gender varchar(16),
  level varchar(16),
  primary key (user_id)
)
diststyle all
sortkey (user_id);

-- One row per song.
create table {{ target.schema }}.songs (
  song_id varchar(64) not null,
  title varchar(1024),
  artist_id varchar(64),
  year integer,
  duration double precision,
  primary key (song_id)
)
diststyle all
sortkey (song_id);

-- One row per artist.
create table {{ target.schema }}.artists (
  artist_id varchar(64) not null,
  name varchar(1024),
  location varchar(1024),
  latitude double precision,
  longitude double precision,
  primary key (artist_id)
)
diststyle all
sortkey (artist_id);

-- One row per moment at which a play started, taken apart.
--
-- It has nearly as many rows as songplays, too many to copy to every node, so both are distributed
-- and sorted alike: the join runs slice by slice and merges, without a hash table.
create table {{ target.schema }}.time (
  start_time timestamp not null,
  hour integer not null,
  day integer not null,
  week integer not null,
  month integer not null,
  year integer not null,
  weekday integer not null,
  primary key (start_time)
)
diststyle key
distkey (start_time)
sortkey (start_time);
