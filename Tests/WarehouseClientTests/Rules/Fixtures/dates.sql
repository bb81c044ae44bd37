create table d (id int, dt date, ts timestamp, tz timestamptz, tm time, s varchar(30), n int);
insert into d values
  (1, '2020-01-31', '2020-01-31 10:20:30.123456', '2020-01-31 10:20:30+00', '10:20:30.5', '2020-02-29', 2);

## every name of a date part
select datediff(y, '2019-12-31', '2020-01-01'), datediff(yr, '2019-12-31', '2020-01-01'),
  datediff(yrs, '2019-12-31', '2020-01-01'), datediff(years, '2019-12-31', '2020-01-01'),
  datediff(qtr, '2019-12-31', '2020-01-01'), datediff(qtrs, '2019-12-31', '2020-01-01'),
  datediff(quarters, '2019-12-31', '2020-01-01'), datediff(mon, '2019-12-31', '2020-01-01'),
  datediff(mons, '2019-12-31', '2020-01-01'), datediff(months, '2019-12-31', '2020-01-01'),
  datediff(d, '2019-12-31', '2020-01-01'), datediff(days, '2019-12-31', '2020-01-01');
=>
1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 1

## m is minutes
select datediff(m, '2020-01-01 00:00:59', '2020-01-01 00:01:00'),
  datediff(min, '2020-01-01 00:00:59', '2020-01-01 00:01:00'),
  datediff(mins, '2020-01-01 00:00:59', '2020-01-01 00:01:00'),
  datediff(h, '2020-01-01 00:59:00', '2020-01-01 01:00:00'),
  datediff(hr, '2020-01-01 00:59:00', '2020-01-01 01:00:00'),
  datediff(hrs, '2020-01-01 00:59:00', '2020-01-01 01:00:00'),
  datediff(s, '2020-01-01 00:00:00', '2020-01-01 00:00:05'),
  datediff(secs, '2020-01-01 00:00:00', '2020-01-01 00:00:05');
=>
1 | 1 | 1 | 1 | 1 | 1 | 5 | 5

## small and large date parts
select datediff(ms, '2020-01-01 00:00:00', '2020-01-01 00:00:00.25'),
  datediff(msecs, '2020-01-01 00:00:00', '2020-01-01 00:00:00.25'),
  datediff(us, '2020-01-01 00:00:00', '2020-01-01 00:00:00.25'),
  datediff(decade, '2009-12-31', '2010-01-01'), datediff(decs, '2009-12-31', '2010-01-01'),
  datediff(century, '2000-12-31', '2001-01-01'), datediff(c, '2000-12-31', '2001-01-01'),
  datediff(mil, '2000-12-31', '2001-01-01');
=>
250 | 250 | 250000 | 1 | 1 | 1 | 1 | 1

## DATEDIFF counts boundaries, backwards too
select datediff(week, '2020-01-04', '2020-01-05'), datediff(week, '2020-01-05', '2020-01-11'),
  datediff(year, '2020-01-01', '2019-12-31'), datediff(month, '2020-03-31', '2020-02-29'),
  datediff(day, null, '2020-01-01'), datediff(qtr, '2008-07-01', '2009-01-01');
=>
1 | 0 | -1 | -1 | NULL | 2

## DATEDIFF of dates, timestamps, zones and times
select datediff(day, dt, ts), datediff(hour, dt, tz), datediff(second, tm, time '10:20:31'),
  datediff('hour', ts, tz), date_diff(day, dt, '2020-02-01') from d;
=>
0 | 10 | 1 | 0 | 1

## DATEADD gives a timestamp, for dates too, and clips at the end of a month
select dateadd(month, 1, dt), dateadd('year', 1, date '2020-02-29'), dateadd(day, -31, dt),
  dateadd(month, 1, '2020-01-31'), date_add('week', 1, dt) from d;
=>
2020-02-29 00:00:00 | 2021-02-28 00:00:00 | 2019-12-31 00:00:00 | 2020-02-29 00:00:00 | 2020-02-07 00:00:00

## DATEADD cuts its number off
select dateadd(day, 1.9, dt), dateadd(day, n, dt), dateadd(day, n * -1.5, dt), dateadd(hour, '3', ts) from d;
=>
2020-02-01 00:00:00 | 2020-02-02 00:00:00 | 2020-01-28 00:00:00 | 2020-01-31 13:20:30.123456

## DATEADD of a time, a zone, parts of a second
select dateadd(hour, 20, tm), dateadd(day, 1, tz), dateadd(ms, 5, '2020-01-01'),
  dateadd(us, 5, '2020-01-01'), dateadd(qtr, 1, '2020-01-31') from d;
=>
06:20:30.5 | 2020-02-01 10:20:30+00 | 2020-01-01 00:00:00.005 | 2020-01-01 00:00:00.000005 | 2020-04-30 00:00:00

## DATEADD of a column of text is read as a timestamp
select dateadd(day, 1, s), datediff(day, s, '2020-03-01') from d;
=>
2020-03-01 00:00:00 | 1

## DATE_PART keeps the fraction of seconds
select date_part(second, ts), date_part(dow, dt), date_part('doy', dt), date_part(w, dt),
  date_part(qtr, dt), date_part(yr, ts), date_part(hour, tm), pgdate_part('month', ts) from d;
=>
30.123456 | 5 | 31 | 5 | 1 | 2020 | 10 | 1

## EXTRACT gives integers
select extract(second from ts), extract(ms from ts), extract(us from ts), extract(year from dt),
  extract(dayofweek from dt), extract(doy from dt), extract(week from dt), extract(hour from tm),
  extract(epoch from ts), extract(month from tz), extract(minute from tz) from d;
=>
30 | 123 | 123456 | 2020 | 5 | 31 | 5 | 10 | 1580466030 | 1 | 20

## EXTRACT from an interval, from text and of a decade
select extract(day from interval '5 days'), extract(hours from interval '7 hours'),
  extract(year from timestamp '2020-05-06'), extract(decade from date '1999-01-01'),
  extract(decade from date '2000-01-01'), extract(century from date '2000-01-01');
=>
5 | 7 | 2020 | 200 | 200 | 20

## EXTRACT of a zone's offset
select extract(timezone_hour from tz), extract(timezone from tz) from d;
=>
0 | 0

## DATE_TRUNC: weeks begin on Monday, dates give timestamps
select date_trunc('week', dt), date_trunc('month', dt), date_trunc('qtr', ts), date_trunc('min', ts),
  date_trunc('week', date '2020-02-02'), date_trunc('day', tz), date_trunc('year', '2020-05-05') from d;
=>
2020-01-27 00:00:00 | 2020-01-01 00:00:00 | 2020-01-01 00:00:00 | 2020-01-31 10:20:00 | 2020-01-27 00:00:00 | 2020-01-31 00:00:00+00 | 2020-01-01 00:00:00

## DATE_TRUNC with a column of parts
select date_trunc(p, ts) from d, (select 'mons' as p) x;
=>
2020-01-01 00:00:00

## TRUNC of a timestamp is a date
select trunc(ts), trunc(12.7), trunc(12.789, 1), trunc(sysdate) = current_date from d;
=>
2020-01-31 | 12 | 12.7 | t

## GETDATE has whole seconds, SYSDATE those of the transaction
select extract(us from getdate()), sysdate = sysdate, getdate() >= dateadd(second, -60, sysdate),
  sysdate::date = current_date;
=>
0 | t | t | t

## ADD_MONTHS keeps the end of the month
select add_months('2008-02-29', 1), add_months(dt, 1), add_months('2008-03-31', -1), add_months(ts, 12),
  add_months(date '2020-01-15', 1) from d;
=>
2008-03-31 00:00:00 | 2020-02-29 00:00:00 | 2008-02-29 00:00:00 | 2021-01-31 10:20:30.123456 | 2020-02-15 00:00:00

## MONTHS_BETWEEN
select months_between('1969-01-18', '1969-03-18'), months_between('2020-02-29', '2020-01-31'),
  round(months_between(date '2020-02-15', date '2020-01-31'), 4);
=>
-2 | 1 | 0.4839

## LAST_DAY and NEXT_DAY
select last_day(dt), last_day('2020-02-03'), last_day(ts), next_day('2014-08-20', 'Tuesday'),
  next_day('2014-08-20', 'W'), next_day(dt, 'Fri') from d;
=>
2020-01-31 | 2020-02-29 | 2020-01-31 | 2014-08-26 | 2014-08-27 | 2020-02-07

## CONVERT_TIMEZONE
select convert_timezone('US/Pacific', '2020-01-01 08:00:00'),
  convert_timezone('EST', 'PST8PDT', ts), convert_timezone('US/Eastern', 'UTC', '2020-07-01 00:00:00'),
  convert_timezone('Europe/Berlin', tz) from d;
=>
2020-01-01 00:00:00 | 2020-01-31 07:20:30.123456 | 2020-07-01 04:00:00 | 2020-01-31 11:20:30

## CONVERT_TIMEZONE with an offset
select convert_timezone('UTC', 'NEWZONE+2', '2020-01-01 08:00:00');
=>
2020-01-01 06:00:00

## AT TIME ZONE and TIMEZONE
select ts at time zone 'UTC', tz at time zone 'MST', timezone('MST', tz) from d;
=>
2020-01-31 10:20:30.123456+00 | 2020-01-31 03:20:30 | 2020-01-31 03:20:30

## comparisons as functions
select date_cmp('2020-01-01', '2020-01-02'), date_cmp(dt, dt), timestamp_cmp(ts, '2019-01-01'),
  timestamp_cmp_date(ts, dt), date_cmp_timestamp(dt, ts), timestamptz_cmp(tz, tz),
  date_cmp_timestamptz(dt, tz), timestamp_cmp_timestamptz(ts, tz), timestamptz_cmp_date(tz, dt),
  timestamptz_cmp_timestamp(tz, ts), interval_cmp(interval '1 day', interval '2 days') from d;
=>
-1 | 0 | 1 | 1 | -1 | 0 | -1 | 1 | 1 | -1 | -1

## DATE_PART_YEAR and sums of dates and times
select date_part_year(dt), dt + tm, dt + 1, dt - date '2020-01-01', dt + interval '1 hour' from d;
=>
2020 | 2020-01-31 10:20:30.5 | 2020-02-01 | 30 | 2020-01-31 01:00:00

## TO_DATE rolls over, and not when it is strict
select to_date('20230132', 'YYYYMMDD'), to_date('20230131', 'YYYYMMDD'), to_date('02 Oct 2001', 'DD Mon YYYY'),
  to_date('20230131', 'YYYYMMDD', false);
=>
2023-02-01 | 2023-01-31 | 2001-10-02 | 2023-01-31

## TO_DATE is strict when asked
select to_date('20230132', 'YYYYMMDD', true);
=>
ERROR out of range

## TO_TIMESTAMP gives a zone
select to_timestamp('05-11-2011 10:20:30', 'DD-MM-YYYY HH24:MI:SS'),
  to_timestamp('2011-12-18 04:05', 'YYYY-MM-DD HH24:MI', true);
=>
2011-11-05 10:20:30+00 | 2011-12-18 04:05:00+00

## TO_TIMESTAMP rolls over
select to_timestamp('2011-12-32 04:05', 'YYYY-MM-DD HH24:MI');
=>
2012-01-01 04:05:00+00

## TO_CHAR has twelve hours in HH
select to_char(timestamp '2020-01-31 14:05:06', 'YYYY-MM-DD HH:MI:SS'), to_char(dt, 'Mon DD'), to_char(-125.8, '999D9'),
  to_char(1234, '9,999'), to_char(ts, 'D Day') from d;
=>
2020-01-31 02:05:06 | Jan 31 | -125.8 |  1,234 | 6 Friday   

## literals in many forms
select 'J2451187'::date, timestamp '19960108 040809', timestamp '12.17.1997 07:37:16.00',
  date 'January 8, 1999', date '1.08.1996', timestamp '1996-01-08';
=>
1999-01-08 | 1996-01-08 04:08:09 | 1997-12-17 07:37:16 | 1999-01-08 | 1996-01-08 | 1996-01-08 00:00:00

## INTERVAL literals
select interval '7 days, 3 hours' = interval '171 hours', interval '1w, 1h, 1m, 1s' = interval '7 days 01:01:01',
  interval '5' = interval '5 seconds', interval '0.5 days' = interval '12 hours',
  timestamp '2020-01-01' + interval '52 weeks', date '2020-12-31' + interval '1 second';
=>
t | t | t | t | 2020-12-30 00:00:00 | 2020-12-31 00:00:01

## INTERVAL with qualifiers
select interval '1' year, interval '1-2' year to month, interval '1 02:03:04' day to second, interval '3' day;
=>
1 year | 1 year 2 mons | 1 day 02:03:04 | 3 days

## seconds since 1970
select timestamp 'epoch' + 1580466030 * interval '1 second', timestamp 'epoch' + 1580466030123 / 1000.0 * interval '1 second',
  extract(epoch from date '2020-01-01');
=>
2020-01-31 10:20:30 | 2020-01-31 10:20:30.123 | 1577836800

## a time zone of the session
set timezone to 'US/Pacific';
select timestamptz '2020-01-01 00:00:00', convert_timezone('UTC', '2020-01-01 00:00:00');
=>
2020-01-01 00:00:00-08 | 2020-01-01 00:00:00

## what Redshift does not have
select make_date(2020, 1, 1);
=>
ERROR MAKE_DATE

## what Redshift does not have either
select clock_timestamp();
=>
ERROR CLOCK_TIMESTAMP

## date parts that do not exist
select datediff(fortnight, '2020-01-01', '2020-01-02');
=>
ERROR fortnight

## DATETIME, and what a timestamp is read as
select convert(datetime, '2008-02-18 02:36:48'), to_timestamp(timestamp '2021-04-05 19:27:53.28', 'YYYY-MM-DD HH24:MI:SS'), dateadd(hour, 2, timetz '04:05:06+00');
=>
2008-02-18 02:36:48 | 2021-04-05 19:27:53+00 | 06:05:06+00

## a table called date
create table date (dateid int, caldate date);
insert into date values (1, '2008-01-02');
select caldate::date, cast(ts as date), date '2008-01-03' - caldate, trunc(ts), date(ts) from date, (select timestamp '2008-01-05 10:00:00' as ts) q;
=>
2008-01-02 | 2008-01-05 | 1 | 2008-01-05 | 2008-01-05
