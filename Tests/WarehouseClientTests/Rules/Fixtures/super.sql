create table o (id int, c super, tags super, v super);
insert into o values
  (1, json_parse('{"name":"Ann","age":30,"ok":true,"items":[{"p":"x","q":2},{"p":"y","q":3}],"addr":{"city":"Oslo","zip":"0150"},"n":null}'), json_parse('["a","b"]'), json_parse('5')),
  (2, json_parse('{"name":"Bob","age":"old","items":[]}'), array('c', 1, 2.5), json_parse('"five"')),
  (3, null, null, null);

## steps into values
select c.name, c.addr.city, c.items[1].p, c.items[0].q, c.missing, c.age.deeper from o where id = 1;
=>
"Ann" | "Oslo" | "y" | 2 | NULL | NULL

## steps from a qualified column
select o.c.name, t.c.addr.zip from o, o t where o.id = 1 and t.id = 1;
=>
"Ann" | "0150"

## casts
select c.name::varchar, c.age::int, c.ok::bool, c.addr::varchar, c.age::varchar, c.age::float, c.items[0].q::decimal(5,2) from o order by id;
=>
Ann | 30 | t | NULL | 30 | 30 | 2.00
Bob | NULL | NULL | NULL | old | NULL | NULL
NULL | NULL | NULL | NULL | NULL | NULL | NULL

## casts of whole columns
select v::int, v::varchar, cast(v as varchar(2)), tags::varchar from o where id < 3 order by id;
=>
5 | 5 | 5 | NULL
NULL | five | fi | NULL

## comparisons with text and numbers never fail
select id from o where c.name = 'Ann' and c.age > 18 and c.items[0].q < 2.5;
=>
1

## a value of another type compares to NULL
select c.age > 18, c.age = 'old', c.name <> 'Ann', c.age = 30, c.age between 20 and 40, c.name in ('Ann', 'Eve') from o where id < 3 order by id;
=>
t | NULL | f | t | t | t
NULL | t | t | NULL | NULL | f

## whole columns compare too
select id from o where v = 5 or v = 'five' order by id;
=>
1
2

## joins on values
select o.id from o, (select 'Ann'::varchar as name, 30 as age) x where o.c.name = x.name and o.c.age = x.age;
=>
1

## arithmetic and aggregates
select c.age + 1, c.age * 2, c.age - 1, 1 + c.age, c.age / 4.0 = 7.5 from o where id = 1;
=>
31 | 60 | 29 | 31 | t

## sums of values
select sum(i.q), max(i.q), count(i.p) from o, o.c.items i;
=>
5 | 3 | 2

## unnesting
select o.id, i.p, i.q::int from o, o.c.items i order by 1, 2;
=>
1 | "x" | 2
1 | "y" | 3

## a star shows an element and nothing else of it
select * from (select 7 as n, o.tags from o where id = 1) t, t.tags as e order by e;
=>
7 | ["a", "b"] | "a"
7 | ["a", "b"] | "b"

## unnesting with AT, through an alias
select t.id, e, k from o t, t.tags e at k order by 1, 3;
=>
1 | "a" | 0
1 | "b" | 1
2 | "c" | 0
2 | 1 | 1
2 | 2.5 | 2

## unnesting twice
select x.id, b from (select 1 as id, json_parse('[[1,2],[3]]') as a) x, x.a as r, r as b order by 2;
=>
1 | 1
1 | 2
1 | 3

## elements cast
select e::varchar from o, o.tags e where o.id = 1 order by 1;
=>
a
b

## elements compared with text
select o.id from o, o.tags e where e = 'b';
=>
1

## unnesting that keeps rows without elements
select o.id, e from o left join o.tags e on true where o.id <> 2 order by 1, 2;
=>
1 | "a"
1 | "b"
3 | NULL

## attributes of an object
select k, a from o, unpivot o.c.addr as a at k where o.id = 1 order by k;
=>
city | "Oslo"
zip | "0150"

## TYPEOF and its kin
select json_typeof(c), json_typeof(c.name), json_typeof(c.n), is_array(tags), is_object(c), is_scalar(c.age), is_varchar(c.name), is_integer(c.age), is_boolean(c.ok), is_bigint(c.age), is_decimal(c.age), is_smallint(c.name) from o where id = 1;
=>
object | string | null | t | t | t | t | t | t | t | t | f

## JSON_SERIALIZE, JSON_SIZE
select json_serialize(c.addr), json_size(tags), json_serialize(tags), can_json_parse('{"a":1}'), can_json_parse('{'), json_serialize(c.items) from o where id = 1;
=>
{"zip":"0150","city":"Oslo"} | 9 | ["a","b"] | t | f | [{"p":"x","q":2},{"p":"y","q":3}]

## ARRAY, OBJECT
select array(1, 'x', null), object('a', 1, 'b', true), array(), json_serialize(array(array(1), object('k', 'v')));
=>
[1, "x", null] | {"a": 1, "b": true} | [] | [[1],{"k":"v"}]

## arrays
select array_concat(array(1, 2), array(3)), subarray(array('a','b','c','d'), 1, 2), get_array_length(array(1,2,3)), split_to_array('12|345', '|'), split_to_array('a,b'), array_flatten(array(array(1,2),array(3,array(4))));
=>
[1, 2, 3] | ["b", "c"] | 3 | ["12", "345"] | ["a", "b"] | [1, 2, 3, [4]]

## arrays as sets
select array_contains(array('a','b'), 'b'), array_contains(array(1,2), 5), array_distinct(array('b','a','b',null,null)), array_except(array('b','b','b','b'), array('b','b')), array_except(array('a','b','b'), array('b'), true), array_intersection(array('a','b','b'), array('b','b','c')), array_union(array('a','b','b'), array('b','c','c')), arrays_overlap(array(1,2), array(2,3));
=>
t | f | ["b", "a", null] | ["b", "b"] | ["a"] | ["b", "b"] | ["a", "b", "c"] | t

## positions in arrays
select array_position(array('red','green','red'), 'red'), array_position(array(1,2,3), 4), array_positions(array('red','green','red'), 'red'), array_position(array('red', null), null), array_sort(array('b','a',0,null,1,false)), array_sort(array(2,1,3), false);
=>
0 | -1 | [0, 2] | 1 | [false, 0, 1, "a", "b", null] | [3, 2, 1]

## names of attributes
select get_number_attributes(object('a', 1, 'b', 2)), lower_attribute_names(json_parse('{"Ab":{"Cd":1}}')), upper_attribute_names(object('a', 1));
=>
2 | {"ab": {"cd": 1}} | {"A": 1}

## attribute names are looked up in lower case
select x.c.Name, x.c."NAME" from (select json_parse('{"name":1}') as c) x;
=>
1 | 1

## JSON_PARSE refuses a key that is there twice
select json_parse('{"a":1,"b":{"c":1,"c":2}}');
=>
ERROR twice

## casts to SUPER
select 'abc'::super, 5::super, cast(true as super), json_serialize_to_varbyte(array(1)) = '[1]'::varbyte;
=>
"abc" | 5 | true | t

## functions of text
select upper(c.name), len(c.name), c.name || '!' from o where id = 1;
=>
ANN | 3 | Ann!

## ordering and grouping by values
select c.name, count(*) from o where c.name is not null group by c.name order by c.name;
=>
"Ann" | 1
"Bob" | 1

## inserting values
insert into o (id, c) select 9, object('name', 'Zed', 'age', 1);
select c.name::varchar from o where id = 9;
=>
Zed

## OBJECT_TRANSFORM keeps what is named, and sets values
select json_serialize(object_transform(json_parse('{"name": {"first": "Ann", "last": "X"}, "age": 3, "x": 1}') keep '"name"."first"', '"age"', '"nothing"' set '"age"', 4, '"tag"', 'new'));
=>
{"age":4,"tag":"new","name":{"first":"Ann"}}

## OBJECT_TRANSFORM with SET alone, and of what is no object
select json_serialize(object_transform(json_parse('{"a": 1}') set '"b"', 2)), object_transform(json_parse('[1]') keep '"a"') is null;
=>
{"a":1,"b":2} | t

## QUALIFY with a star over elements
select * from (select id, tags from o where id = 1) t, t.tags as e qualify row_number() over (order by e desc) = 1;
=>
1 | ["a", "b"] | "b"

## a step directly behind a call
select json_parse('{"a":[1,{"b":7}]}').a[1].b, json_parse('{"a":[5]}').a[0], json_parse('[{"b":1}]')[0].b, object('k', array(1, 2)).k[1];
=>
7 | 5 | 1 | 2

## a negative index is that of no element
select a[-1], a[0 - 1], a[i], a[i + 1] from (select array(5, 6) as a, -1 as i);
=>
NULL | NULL | NULL | 5

## UNNEST of an array, with the alias naming its column
select o.id, u.item.p, item.q from o, unnest(o.c.items) as u (item) order by 1, 2;
=>
1 | "x" | 2
1 | "y" | 3

## UNNEST WITH OFFSET counts from 0
select o.id, u.tag, u.place from o, unnest(o.tags) with offset as u (tag, place) where u.place <> 1 order by 1, 3;
=>
1 | "a" | 0
2 | "c" | 0
2 | 2.5 | 2

## UNNEST of an element of UNNEST, a star, and rows without elements
select o.id, v.* from o left join unnest(o.tags) as u (tag) on true, unnest(array(u.tag, 7)) with offset v (value, n) where o.id <> 1 order by 1, u.tag::varchar, n;
=>
2 | 1 | 0
2 | 7 | 1
2 | 2.5 | 0
2 | 7 | 1
2 | "c" | 0
2 | 7 | 1
3 | null | 0
3 | 7 | 1
