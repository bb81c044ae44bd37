create table m (id int, i int, s smallint, g bigint, a decimal(10,2), c decimal(12,4), f float, q decimal);
insert into m values (1, 7, 3, 10, 10.00, 3.0000, 2.5, 7.6), (2, 2, 1, 3, 1.00, 3.0000, 3.5, 1.2), (3, null, null, null, null, null, null, null);

## whole numbers divide to whole numbers
select 7 / 2, -7 / 2, i / s, g / 3, 7 % 3, -7 % 3 from m where id = 1;
=>
3 | -3 | 2 | 3 | 1 | -1

## DECIMAL division has max(4, s1 + p2 - s2 + 1) digits
select a / c, c / a, a / 3, 1.0 / 3, a / i, q / 3 from m where id = 1;
=>
3.33333333333 | 0.3000000000000 | 3.3333333333333 | 0.333333333333 | 1.4285714285714 | 2.66666666667

## a quotient is rounded once, and what is divided not before
select (sign(-1.0) * 3.125) / case when id = 1 then 3.0625::decimal(8,4) else 1::decimal(18,3) end, 0.0000000049::decimal(38,10) / 0.01::decimal(20,2) from m where id = 1;
=>
-1.0204081632653061224 | 0.00000049

## AVG of whole numbers is a whole number
select avg(i), avg(s), avg(g), avg(f), avg(i::float), avg(distinct i) from m;
=>
4 | 2 | 6 | 3 | 4.5 | 4

## AVG of decimals keeps their scale
select avg(a), avg(c) from m;
=>
5.50 | 3.0000

## SUM widens
select sum(i), sum(g), sum(a), count(*), count(i), min(a), max(f) from m;
=>
9 | 13 | 11.00 | 3 | 2 | 1.00 | 3.5

## DECIMAL without digits is DECIMAL(18,0)
select 1.5::decimal, 2.5::numeric, cast(7.6 as dec), q, 1.239::decimal(4,2), 12.6::decimal(3) from m where id = 1;
=>
2 | 3 | 8 | 8 | 1.24 | 13

## numbers as functions
select abs(-5), ceil(1.2), ceiling(-1.2), floor(-1.2), sign(-3), mod(10, 4), mod(7.5, 2), power(2, 3), pow(2, 3), sqrt(16), cbrt(27), exp(0), dexp(0), ln(1), dlog1(1), log(100), dlog10(1000), pi() > 3.14;
=>
5 | 2 | -1 | -2 | -1 | 2 | 1.5 | 8 | 8 | 4 | 3 | 1 | 1 | 0 | 0 | 2 | 3 | t

## ROUND and TRUNC take floats with digits
select round(28.05, 1), round(f, 0), round(f * 1.11, 1), trunc(f, 0), round(2.5), trunc(-2.7), round(-2.5), round(1234.567, -2), trunc(1234.567, 2) from m where id = 1;
=>
28.1 | 3 | 2.8 | 2 | 3 | -2 | -3 | 1200 | 1234.56

## operators
select 2 ^ 3, |/ 25, ||/ 27, @ -5, 5 & 3, 5 | 3, 5 # 3, ~ 5, 1 << 3, 8 >> 1;
=>
8 | 5 | 3 | 5 | 1 | 7 | 6 | -6 | 8 | 4

## angles
select round(degrees(pi())), round(radians(180)::float, 4), round(sin(0)), round(cos(0)), atan2(0, 1), cot(1) > 0.6, asin(0), acos(1), tan(0), atan(0);
=>
180 | 3.1416 | 0 | 1 | 0 | t | 0 | 0 | 0 | 0

## RANDOM follows its seed
set seed to .25;
select random() between 0 and 1;
=>
t

## GREATEST and LEAST leave NULL out
select greatest(1, null, 3), least(2, null, 1), greatest('a', 'b');
=>
3 | 1 | b

## conversions of text to numbers
select text_to_int_alt('5.6'), text_to_int_alt('  '), text_to_numeric_alt('7.5'), to_number('12,454.8-', '99G999D9S'), '12'::int, 5::bool, 0::bool;
=>
5 | 0 | 7.5 | -12454.8 | 12 | t | f

## BOOL_AND of numbers
select bool_and(i), bool_or(i), bool_and(i > 1), bit_and(i), bit_or(i) from m where i is not null;
=>
t | t | t | 2 | 7

## statistics
select stddev(i), stddev_samp(i), stddev_pop(i), variance(i), var_pop(i) from m;
=>
3.53553390593274 | 3.53553390593274 | 2.5 | 12.5 | 6.25

## no truth as text
select true::varchar;
=>
ERROR BOOLEAN

## division by zero
select i / 0 from m;
=>
ERROR division by zero

## functions that Redshift does not have
select div(7, 2);
=>
ERROR DIV

## whole numbers of every size as BOOLEAN
select 1::smallint::bool, 0::bigint::boolean, cast(5::int as bool), convert(boolean, (2 - 2)::bigint), null::smallint::bool is null;
=>
t | f | t | f | t
