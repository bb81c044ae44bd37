create table g (id int, k int, b varchar(10), x decimal(8,2), n int);
insert into g values (1, 1, 'b', 1.50, 10), (2, 1, 'a', 2.50, null), (3, 1, '', 3.00, 30), (4, 2, 'c', 4.00, 40), (5, 2, null, null, 50), (6, 2, 'c', 6.00, 60);

## LISTAGG skips NULL and '', and has no delimiter by itself
select listagg(b, ',') within group (order by id), listagg(b) within group (order by id desc), listagg(b, ';') within group (order by b) from g;
=>
b,a,c,c | ccab | a;b;c;c

## LISTAGG of groups, with DISTINCT
select k, listagg(distinct b, ',') within group (order by b), listagg(distinct b, '-'), listagg(id, ',') within group (order by id desc) from g group by k order by k;
=>
1 | a,b | a-b | 3,2,1
2 | c | c | 6,5,4

## LISTAGG(DISTINCT) in descending order
select listagg(distinct b, ',') within group (order by b desc) from g;
=>
c,b,a

## windows over aggregates: LISTAGG without NULL and '', and what ignores NULL
select k, id % 2, listagg(min(b), ',') within group (order by max(id)) over (partition by k), nth_value(min(n), 2) ignore nulls over (order by max(id) rows between unbounded preceding and unbounded following), lag(min(n), 2) ignore nulls over (order by max(id)) from g group by k, id % 2 order by max(id);
=>
1 | 0 | a | 50 | NULL
1 | 1 | a | 50 | NULL
2 | 1 | c | 50 | NULL
2 | 0 | c | 50 | 10

## LISTAGG over a window
select id, listagg(b, ',') within group (order by id desc) over (partition by k) from g order by id;
=>
1 | a,b
2 | a,b
3 | a,b
4 | c,c
5 | c,c
6 | c,c

## LISTAGG(DISTINCT) over a window
select id, listagg(distinct b, ',') within group (order by b) over (partition by k) from g order by id;
=>
1 | a,b
2 | a,b
3 | a,b
4 | c
5 | c
6 | c

## LISTAGG(DISTINCT) in the order of something else
select listagg(distinct b, ',') within group (order by id desc), listagg(distinct x, ';') within group (order by k desc, x) from g;
=>
c,a,b | 4.00;6.00;1.50;2.50;3.00

## LISTAGG(DISTINCT) in the order of something else, over a window
select listagg(distinct b, ',') within group (order by id desc, b) over (partition by k) from g where b <> '' order by k;
=>
a,b
a,b
c
c

## MEDIAN and PERCENTILE_CONT
select median(n), median(x), percentile_cont(0.5) within group (order by n), percentile_disc(0.5) within group (order by n), approximate percentile_disc(0.5) within group (order by n) from g;
=>
40 | 3.00 | 40 | 40 | 40

## MEDIAN of groups
select k, median(n) from g group by k order by k;
=>
1 | 20
2 | 50

## MEDIAN of dates
select median(d) from (select date '2020-01-01' as d union all select date '2020-01-03') s;
=>
2020-01-02

## PERCENTILE over windows
select id, percentile_cont(0.5) within group (order by n) over (partition by k), percentile_disc(0.5) within group (order by n) over (partition by k), median(n) over (partition by k) from g where id in (1, 4);
=>
1 | 10 | 10 | 10
4 | 40 | 40 | 40

## PERCENTILE over windows, descending, and of decimals
select id, percentile_cont(0.25) within group (order by n desc) over (partition by k), percentile_disc(0.5) within group (order by n desc) over (partition by k), percentile_cont(0.5) within group (order by x) over (partition by k) from g where k = 2 order by id;
=>
4 | 55 | 50 | 5.00
5 | 55 | 50 | 5.00
6 | 55 | 50 | 5.00

## RATIO_TO_REPORT
select id, ratio_to_report(n) over (partition by k), ratio_to_report(n) over () from g where id in (1, 3) order by id;
=>
1 | 0.25 | 0.25
3 | 0.75 | 0.75

## APPROXIMATE COUNT and HLL
select approximate count(distinct b), hll(b), count(distinct k) from g;
=>
4 | 4 | 2

## FIRST_VALUE and LAST_VALUE with IGNORE NULLS
select id, first_value(n ignore nulls) over (partition by k order by id desc rows between unbounded preceding and unbounded following),
  last_value(n) ignore nulls over (partition by k order by id rows between unbounded preceding and current row) from g where k = 1 order by id;
=>
1 | 30 | 10
2 | 30 | 10
3 | 30 | 30

## LAG and LEAD with IGNORE NULLS
select id, lag(n) ignore nulls over (order by id), lead(n, 1) ignore nulls over (order by id), lag(n) respect nulls over (order by id) from g where k = 1 order by id;
=>
1 | NULL | 30 | NULL
2 | 10 | 30 | 10
3 | 10 | NULL | NULL

## LAG and LEAD with an offset and IGNORE NULLS
select id, lag(n, 2) ignore nulls over (partition by k order by id), lead(n, 2) ignore nulls over (order by id) from g order by id;
=>
1 | NULL | 40
2 | NULL | 40
3 | NULL | 50
4 | NULL | 60
5 | NULL | NULL
6 | 40 | NULL

## NTH_VALUE with IGNORE NULLS
select id, nth_value(n, 2) ignore nulls over (order by id rows between unbounded preceding and unbounded following), nth_value(n, 2) over (order by id rows between unbounded preceding and unbounded following) from g where id < 4 order by id;
=>
1 | 30 | NULL
2 | 30 | NULL
3 | 30 | NULL

## ranking
select id, row_number() over (order by k, id), rank() over (order by k), dense_rank() over (order by k), ntile(2) over (order by id), cume_dist() over (order by k), percent_rank() over (order by k) from g where id in (1, 4) order by id;
=>
1 | 1 | 1 | 1 | 1 | 0.5 | 0
4 | 2 | 2 | 2 | 2 | 1 | 1

## sums over frames
select id, sum(n) over (order by id rows unbounded preceding), avg(n) over (partition by k), count(*) over () from g where k = 1 order by id;
=>
1 | 10 | 20 | 3
2 | 10 | 20 | 3
3 | 40 | 20 | 3

## groupings
select k, grouping(k), sum(n) from g group by rollup(k) order by k;
=>
1 | 0 | 40
2 | 0 | 150
NULL | 1 | 190

## GROUPING_ID and grouping sets
select k, b, grouping_id(k, b), count(*) from g where id > 3 group by grouping sets ((k), (b), ()) order by 3, 1, 2;
=>
2 | NULL | 1 | 3
NULL | c | 2 | 2
NULL | NULL | 2 | 1
NULL | NULL | 3 | 3

## CUBE
select count(*) from (select k, b from g group by cube(k, b)) x;
=>
13

## GROUP BY ALL
select k, upper(b) as u, count(*), sum(n) / 10 as tens from g where id > 3 group by all order by k, u;
=>
2 | C | 2 | 10
2 | NULL | 1 | 5

## HAVING and names of columns that are also in the list
select k as b, count(*) from g group by k having count(*) > 2 order by 1;
=>
1 | 3
2 | 3

## a window without its frame
select sum(n) over (order by id) from g;
=>
ERROR frame

## a RANGE frame
select sum(n) over (order by id range unbounded preceding) from g;
=>
ERROR RANGE

## FILTER
select count(*) filter (where k = 1) from g;
=>
ERROR FILTER

## a WINDOW clause
select row_number() over w from g window w as (order by id);
=>
ERROR WINDOW

## ARRAY_AGG
select array_agg(b) from g;
=>
ERROR ARRAY_AGG

## DISTINCT in a window aggregate
select count(distinct b) over (partition by k) from g;
=>
ERROR DISTINCT
