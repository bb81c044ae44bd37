-- Landing tables for the two kinds of JSON files. Migrations own the tables; the models in
-- models/staging fill them.
--
-- VARCHAR lengths count bytes, and one character of UTF-8 takes up to four. The lengths are
-- generous because room that is not used costs nothing on disk. Nothing here is NOT NULL: a staging
-- table takes what the files hold, and the tests say what is wrong with it.

create schema if not exists {{ target.schema }};

-- One row per event of the web application, in the order of log_json_path.json.
--
-- registration arrives as 1540919166796.0: a number with a fraction cannot be loaded into an
--   integer column (error 1207), so it is a double precision, which holds it exactly.
-- ts is in milliseconds since 1970; TIMEFORMAT 'epochmillisecs' loads it straight into a TIMESTAMP.
-- user_id is "" for visitors who are not logged in; an empty string in an integer column is NULL.
-- length has the type of staging_songs.duration, so that equal numbers in the files stay equal.
--
-- DISTSTYLE EVEN: no column is a good key. song would be the one to join by, but it is NULL on
--   every page that plays nothing, and all those rows would sit on one slice.
-- SORTKEY ts: files arrive by day, so loads stay sorted, and a range of time reads few blocks.
create table {{ target.schema }}.staging_events (
  artist varchar(1024),
  auth varchar(32),
  first_name varchar(256),
  gender varchar(16),
  item_in_session integer,
  last_name varchar(256),
  length double precision,
  level varchar(16),
  location varchar(512),
  method varchar(16),
  page varchar(64),
  registration double precision,
  session_id integer,
  song varchar(1024),
  status integer,
  ts timestamp,
  user_agent varchar(1024),
  user_id integer
)
diststyle even
compound sortkey (ts);

-- One row per song record. COPY ... JSON 'auto' matches keys and columns by name, so these are the
-- names of the keys in the files.
--
-- DISTSTYLE ALL: the catalogue is small beside the log, and every event is compared with it. A copy
--   on each node lets that join run without moving a row.
-- SORTKEY title, artist_name: what that join looks songs up by.
create table {{ target.schema }}.staging_songs (
  num_songs integer,
  artist_id varchar(64),
  artist_latitude double precision,
  artist_longitude double precision,
  artist_location varchar(1024),
  artist_name varchar(1024),
  song_id varchar(64),
  title varchar(1024),
  duration double precision,
  year integer
)
diststyle all
compound sortkey (title, artist_name);
