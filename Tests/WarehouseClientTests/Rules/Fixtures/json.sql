create table j (id int, s varchar(200));
insert into j values (1, '{"f2":{"f3":1},"f4":{"f5":99,"f6":"star"},"n":null,"t":true,"a":[1,"x"]}'), (2, '[1,2,{"a":3}]'), (3, 'broken');

## JSON_EXTRACT_PATH_TEXT
select json_extract_path_text(s, 'f4', 'f6'), json_extract_path_text(s, 'f4'), json_extract_path_text(s, 'f9'), json_extract_path_text(s, 'n'), json_extract_path_text(s, 't'), json_extract_path_text(s, 'a') from j where id = 1;
=>
star | {"f5":99,"f6":"star"} | NULL | NULL | true | [1,"x"]

## JSON functions give NULL for broken text when asked
select json_extract_path_text(s, 'a', true), json_extract_array_element_text(s, 0, true), json_array_length(s, true), is_valid_json(s), is_valid_json_array(s) from j where id = 3;
=>
NULL | NULL | NULL | f | f

## broken JSON is an error otherwise
select json_extract_path_text(s, 'a') from j where id = 3;
=>
ERROR JSON

## JSON arrays
select json_extract_array_element_text(s, 0), json_extract_array_element_text(s, 2), json_extract_array_element_text(s, 7), json_array_length(s), is_valid_json_array(s), is_valid_json(s) from j where id = 2;
=>
1 | {"a":3} | NULL | 3 | t | f

## IS_VALID_JSON is for objects
select is_valid_json('{"a":1}'), is_valid_json('[1]'), is_valid_json('1');
=>
t | f | f
