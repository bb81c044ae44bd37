-- SUPER values: navigation, unnesting, functions.
select c.c_orders[0].o_orderkey from customer_orders_lineitem c;
select c.c_orders[0].o_lineitems[1].l_partkey, c.c_name from customer_orders_lineitem c;
select payload.user.id, payload.user.address.city from raw.docs;
select payload."User".id::int, payload.tags[0]::varchar from raw.docs;
select d.payload.items[0]."Name" as first_item from raw.docs d where d.payload.kind = 'order';
select o.o_orderkey from customer_orders_lineitem c, c.c_orders o;
select c.c_name, o.o_orderdate, l.l_quantity from customer_orders_lineitem c, c.c_orders o, o.o_lineitems l;
select c.c_name, o, i from customer_orders_lineitem c, c.c_orders as o at i;
select e.value, e_index from raw.docs d, d.payload.events as e at e_index where e.kind::varchar = 'click';
select attr as name, val::int as amount from raw.docs d, unpivot d.payload.counts as val at attr;
select attr, json_typeof(val) from raw.docs as d, unpivot d.payload as val at attr where attr like 'meta%';
select * from customer_orders_lineitem c left join c.c_orders o on true;
select c.c_name, count(*) from customer_orders_lineitem c, c.c_orders o group by c.c_name having count(*) > 3;
select d.matrix[0][1], d.matrix[d.i][d.j + 1] from grids d;
select (json_parse(text_column)).a.b from t;
select json_parse('{"a": [1, 2, {"b": null}]}');
select json_parse('[10001,10002,"abc"]')[1]::int;
select json_serialize(payload), json_typeof(payload), json_size(payload) from raw.docs;
select is_array(payload.tags), is_object(payload.user), is_scalar(payload.id), is_varchar(payload.name) from raw.docs;
select array(1, 50, null, 100), array(), array('a', array(1, 2));
select object('foo', 1, 'bar', 'x'), object();
select array_concat(array(1, 2), array(3)), array_flatten(array(array(1), array(2))), subarray(array('a', 'b', 'c'), 0, 2);
select get_array_length(payload.tags), split_to_array('12|345|6789', '|') from raw.docs;
select lower_attribute_names(payload), upper_attribute_names(payload) from raw.docs;
select json_extract_path_text(doc, 'a', 'b', 'c') from t;
select json_extract_path_text(doc, 'a', true), json_extract_array_element_text(doc, 2, true), json_array_length(doc) from t;
select is_valid_json(doc), is_valid_json_array(doc) from t where is_valid_json(doc);
insert into raw.docs select json_parse('{"a": 1}');
insert into raw.docs values (json_parse('{"id": 1, "tags": ["x", "y"]}'), getdate());
select payload.a from raw.docs where payload.b > 5 and payload.c = 'x' order by payload.d;
select payload.price::decimal(10, 2) * payload.quantity::int as total from raw.docs;
select coalesce(payload.name::varchar, 'unknown') from raw.docs;
select t.s.a[0].b[1].c::varchar(10) as deep from t;
select sum(l.l_quantity::int) from customer_orders_lineitem c, c.c_orders o, o.o_lineitems l where o.o_orderstatus = 'F';
with flattened as (
  select d.id, tag::varchar as tag
  from raw.docs d, d.payload.tags tag
)
select tag, count(distinct id) as documents
from flattened
group by tag
order by documents desc;
create table super_copy as select payload.id::bigint as id, payload.tags from raw.docs;
select a.b.c.d.e.f from a;
select x from array_table t, t.a x where x = 3;
select array_contains(t.a, 1), array_position(t.a, 'x'), array_sort(t.a), array_union(t.a, t.b) from t;
select idx, val from t as c, unpivot c.obj as val at idx, c.more as m at n;
select object_transform(payload keep '"user"."id"', '"tags"' set '"seen"', true) from raw.docs;
select attr, val from customer_orders_lineitem c, unpivot c.c_orders[0] as val at attr where c.c_custkey = 9451;
select o.order_id, u.product from orders o, unnest(o.products) as u (product);
select o.order_id, u.product.name, u.n from orders o, unnest(o.products) with offset as u (product, n) where u.n > 0;
select o.order_id, p.part from orders o left join unnest(o.products[0].parts) p (part) on true;
