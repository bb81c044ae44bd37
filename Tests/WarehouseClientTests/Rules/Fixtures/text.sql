create table t (id int, b varchar(50), c char(5), x numeric(10,2), f float, n bigint, v varbyte(10));
insert into t values (1, 'abc', 'ab', 1.50, 2.5, 12345, 'abc'), (2, null, 'x', 2.25, 0.1, 7, null);

## backslash escapes in literals
select 'It\'s', 'a\tb' = 'a' || chr(9) || 'b', len('a\nb'), '\101\x', 'a\\b', 'it''s', len('\\');
=>
It's | t | 3 | Ax | a\b | it's | 1

## || and CONCAT give NULL with NULL
select 'a' || null, concat('a', null), concat('a', 'b'), concat(b, 'x'), 'n=' || n, concat(n, b), concat('a', 5) from t where id = 1;
=>
NULL | NULL | ab | abcx | n=12345 | 12345abc | a5

## + joins strings
select 'a' + 'b', b + '!', 'x' + b + 'y' from t where id = 1;
=>
ab | abc! | xabcy

## lengths count characters, those of CHAR without blanks at the end
select len('äö'), length(c), char_length(b), octet_length('äö'), textlen('abc'), len(c), character_length('x ') from t where id = 1;
=>
2 | 2 | 3 | 4 | 3 | 2 | 2

## numbers where text is meant
select left(12345, 2), right(n, 3), lpad(5, 3, '0'), substring(12345, 2, 2), len(n), upper(n), replace(n, '3', '-'),
  strpos(n, '34'), split_part(1.5, '.', 2), ltrim(7), rpad(n, 7, '*'), reverse(x) from t where id = 1;
=>
12 | 345 | 005 | 23 | 5 | 12345 | 12-45 | 3 | 5 | 7 | 12345** | 05.1

## text compared with numbers
select count(*) from (select '5'::varchar as s union all select '6') q where s = 5;
select (select count(*) from (select '5'::varchar as s) q where s < 6), (select count(*) from (select '10'::varchar as s) q where 9 < s);
=>
1 | 0

## CHARINDEX, STRPOS, POSITION, OCTETINDEX
select charindex('fish', 'dogfish'), strpos('dogfish', 'fish'), position('fish' in 'dogfish'), charindex('x', 'abc'), octetindex('q', 'Áq');
=>
4 | 4 | 4 | 0 | 3

## substrings
select substring('abcdef', 2, 3), substring('abcdef', 0, 3), substring('abcdef' from 2 for 2), substr('abcdef', 3), left('abc', 2), right('abc', 2), substring('abc', -1, 4);
=>
bcd | ab | bc | cdef | ab | bc | ab

## padding and trimming
select lpad('cat', 5, 'xy'), rpad('cat', 2), lpad('cat', -1), repeat('ab', 3), replicate('ab', 2), btrim('xxaxx', 'x'), ltrim('  a '), rtrim('a  '), trim(both 'x' from 'xax'), trim('  a  '), trim('"a"', '"');
=>
xycat | ca |  | ababab | abab | a | a  | a | a | a | a

## SPLIT_PART
select split_part('a$b$c', '$', 2), split_part('a$b', '$', 5), split_part('a', '$', 1);
=>
b |  | a

## SPLIT_PART has no negative fields
select split_part('a$b$c', '$', -1);
=>
ERROR must be greater than zero

## changes of text
select initcap('hello wORLD'), translate('mint tea', 'inea', 'osin'), reverse('abc'), replace('aXbX', 'X', '-'), chr(65), ascii('A'), lower('ABC'), upper('abc'), quote_ident('a b'), quote_literal('it\'s \\'), md5('a');
=>
Hello World | most tin | cba | a-b- | A | 65 | abc | ABC | "a b" | 'it''s \\' | 0cc175b9c0f1b6a831c399e269772661

## REGEXP_SUBSTR gives '' where nothing matches
select regexp_substr('abc123', '[0-9]+'), regexp_substr('abc', '[0-9]+') = '', regexp_substr('a1b22', '[0-9]+', 1, 2), regexp_substr('ABC', 'b', 1, 1, 'i'), regexp_substr('abc@x.org', '@([^.]*)', 1, 1, 'e');
=>
123 | t | 22 | B | x

## REGEXP_REPLACE replaces all, from a position
select regexp_replace('a1b22', '[0-9]+', '#'), regexp_replace('a1b2', '[0-9]'), regexp_replace('DonecFri@semperpretiumneque.com', '@.*\\.(org|gov|com)$', ''), regexp_replace('the fox', 'FOX', 'quick brown fox', 1, 'ip'), regexp_replace('aaa', 'a', 'b', 2), regexp_replace('ab', '(a)(b)', '$2$1', 1, 'p');
=>
a#b# | ab | DonecFri | the quick brown fox | abb | ba

## REGEXP_COUNT and REGEXP_INSTR
select regexp_count('abcdefghijklmnopqrstuvwxyz', '[a-z]{3}'), regexp_count('the fox', 'FOX', 1, 'i'), regexp_instr('the fox', 'o'), regexp_instr('abab', 'b', 1, 2), regexp_instr('abab', 'b', 1, 1, 1), regexp_instr('abc', 'x');
=>
8 | 1 | 6 | 4 | 3 | 0

## patterns
select 'abc' ~ '^a\\w+$', 'abc' !~ 'x', 'abc' like 'a\\_c', 'a_c' like 'a\\_c', 'ABC' ilike 'a%', 'abc' similar to '%(b|d)%', 'a%c' like 'a!%c' escape '!', 'ABC' ~* 'b';
=>
t | t | f | t | t | t | t | t

## SOUNDEX, DIFFERENCE, STRTOL
select soundex('Amazon'), soundex('+-') = '', difference('Amazon', 'Ammzon'), strtol('abcd1234', 16), strtol('-1100', 2), strtol('', 10), strtol('0xf', 16);
=>
A525 | t | 4 | 2882343476 | -12 | 0 | 15

## hashes
select crc32('ABC'), sha1('abc'), func_sha1('Redshift'), sha('abc') = sha1('abc'), sha2('Amazon Redshift', 256), sha2('x', 7) = '';
=>
8839a97f | a9993e364706816aba3e25717850c26c9cd0d89d | 61a6d467590bee66e0b1fbd86e96f924ed55e342 | t | 15013dc10bc5b293f1f66ea28d818387f191cafeb26f89639fae0b4acf9c8772 | t

## FNV_HASH
select fnv_hash(1), fnv_hash('Amazon Redshift'), fnv_hash('Amazon Redshift', fnv_hash('x')) = fnv_hash('Amazon Redshift', fnv_hash('x'));
=>
-5968735742475085980 | 7783490368944507294 | t

## bytes
select to_varbyte('616263', 'hex') = 'abc'::varbyte, from_varbyte(v, 'hex'), from_varbyte(v, 'utf-8'), to_hex(v), getbit(from_hex('06'), 1), getbit(from_hex('06'), 0), len(v), to_hex(255), from_varbyte(to_varbyte('01100001', 'binary'), 'binary'), v::varchar from t where id = 1;
=>
t | 616263 | abc | 616263 | 1 | 0 | 3 | ff | 01100001 | abc

## comparisons of bytes
select bpcharcmp('a', 'b'), bpcharcmp('a ', 'a'), bttext_pattern_cmp('b', 'a');
=>
-1 | 0 | 1

## binary order
select listagg(s, '') within group (order by s) from (select 'a' as s union all select 'B' union all select 'ä' union all select '_') x;
=>
B_aä

## CHAR pads and casts cut off
select 'abc'::char(2), 'abcdef'::varchar(3), cast('abc' as char), 'x'::char(3) = 'x', cast('abcdef' as varchar(2)), c || '|' from t where id = 1;
=>
ab | abc | a | t | ab | ab|

## STRING_AGG is not Redshift's
select string_agg(b, ',') from t;
=>
ERROR STRING_AGG

## FORMAT is not Redshift's
select format('%s', b) from t;
=>
ERROR FORMAT

## hashes whose algorithm is not published
select checksum(b) from t;
=>
ERROR CHECKSUM

## CONCAT takes two
select concat('a', 'b', 'c');
=>
ERROR CONCAT

## E strings are not Redshift's
select E'a\\b';
=>
ERROR Redshift has no E

## columns that ignore case
create table folded (name varchar(20) collate case_insensitive, code varchar(20) collate case_sensitive);
insert into folded values ('Ann', 'Ann'), ('ANN', 'ANN'), ('Bob', 'bob');
select count(*), count(distinct name), count(distinct code), max(case when name = 'ann' and code = 'ann' then 1 else 0 end) from folded where name = 'aNN';
=>
2 | 1 | 2 | 0

## COLLATE
select collate('Ab', 'case_insensitive') = 'aB', collate('Ab', 'ci'), collate('Ab', 'case_sensitive') = 'aB', count(distinct collate(x, 'ci')) from (select 'a' as x union all select 'A') t group by 1, 2, 3;
=>
t | Ab | f | 1

## Perl's regular expressions
select regexp_substr('abc', 'a(?=b)', 1, 1, 'p'), regexp_count('a(?', '\\(\\?');
=>
a | 1

## only where they are asked for
select regexp_substr('abc', 'a(?=b)');
=>
ERROR parameter 'p'

## and not with operators
select 'abc' ~ 'a(?!c)';
=>
ERROR parameter 'p'

## VARBYTE is shown as plain digits
select 'abc'::varbyte, null::varbyte;
=>
616263 | NULL

## dates and numbers are read as text
select split_part(ts, ' ', 1), substring(ts, 6, 2), substring(ts from 1 for 4), ltrim(ts, '20'), position('.' in x), charindex('2', n), left(n, 1), lpad(n, 4, '0'), len(x), ts like '2008-0%', n like '1%', x not like '%9', n || x, d || n, upper(d), reverse(n), replace(d, '-', '/')
from (select timestamp '2008-01-02 03:04:05' as ts, 1.50::decimal(8,2) as x, 12 as n, date '2020-01-31' as d) q;
=>
2008-01-02 | 01 | 2008 | 8-01-02 03:04:05 | 2 | 2 | 1 | 0012 | 4 | t | t | t | 121.50 | 2020-01-3112 | 2020-01-31 | 21 | 2020/01/31

## VARBYTE bit by bit
select from_varbyte(~'a'::varbyte, 'binary'), from_varbyte('a'::varbyte & 'b'::varbyte, 'binary'), from_varbyte('a'::varbyte | 'b'::varbyte, 'binary'), from_varbyte('a'::varbyte # 'b'::varbyte, 'binary'), 'a'::varbyte & null is null, to_hex(~v), 5 & 3, 5 | 3, 5 # 3, ~5 from t where id = 1;
=>
10011110 | 01100000 | 01100011 | 00000011 | t | 9e9d9c | 1 | 7 | 6 | -6

## VARBYTE bit by bit needs equal lengths
select 'a'::varbyte & 'bc'::varbyte;
=>
ERROR VARBYTE values of 1 and 2 bytes beside &

## checksums of VARBYTE
select sha2(v, 256) = sha2('abc', 256), sha2('abc'::varbyte, 0) = sha2('abc', 0), sha2(v, 512) = sha2('abc', 512), sha2(v, 7), sha(v) = sha('abc'), sha1(v) = func_sha1(v), md5(v) = md5('abc'), fnv_hash(v) = fnv_hash('abc') from t where id = 1;
=>
t | t | t |  | t | t | t | t

## VARBYTE of whole numbers, and joined with +
select to_hex(5::smallint::varbyte), to_hex(5::int::varbyte), to_hex(5::bigint::varbyte), to_hex('a'::varbyte + 'b'::varbyte), db_collation();
=>
0005 | 00000005 | 0000000000000005 | 6162 | case_sensitive
