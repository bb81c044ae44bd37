create schema s;
create table s.users (
  user_id bigint not null primary key,
  name varchar(100),
  level varchar(4) not null,
  born date,
  is_active boolean not null default true,
  balance decimal(12,2),
  score double precision,
  created_at timestamp not null
) diststyle key distkey (user_id) sortkey (created_at);
create table s.plays (
  play_id bigint identity(0,1) not null,
  user_id bigint not null,
  song_id varchar(18),
  started_at timestamp not null,
  seconds int,
  rating smallint,
  details super
) distkey (song_id) compound sortkey (started_at, user_id);
create table s.songs (
  song_id varchar(18) not null,
  title varchar(256) not null,
  artist_id varchar(18) not null,
  duration decimal(9,5),
  year int
) diststyle all;
create table s.days (day date not null, name char(3), weekend boolean);
create view s.active as select user_id, name, level from s.users where is_active;
create table s.old (id int, gone int, was int);
alter table s.old drop column gone;
alter table s.old rename column was to now_so;
create table s.dropped (id int);
drop table s.dropped;
create function s.f_double (int) returns int stable as $$ select $1 * 2 $$ language sql;
create table s.narrow (sole int);
create table s.narrow_text (sole varchar(5));
create table s.wider (sole int, more int);
create table s.keys (id int primary key, code varchar(10) unique, kind varchar(10) default 'x');
create table s.numbered (id int identity(1,1), note varchar(10) default 'n');
create table s.numbered_copy (like s.numbered including defaults);
create schema made authorization someone create table x (a int, b int not null) create view y as select a from x;
create table s.tags (tag varchar(10) default 'x');
