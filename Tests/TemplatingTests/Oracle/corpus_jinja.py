"""Templates in plain Jinja: expressions, whole templates, and what Jinja refuses."""

# One expression per line, printed inside of brackets.
EXPRESSIONS = r"""
1 + 2 * 3
(1 + 2) * 3
7 / 2
8 / 2
7 // 2
-7 // 2
7 // -2
-7 % 3
7 % -3
-7.5 // 2
-7.5 % 2
7.5 % -2
2 ** 10
2 ** -1
2 ** 3 ** 2
-2 ** 2
2 ** 0.5
0.1 + 0.2
1e20
1e16
1e15
123456789012345678.0
1e-5
0.0001
0.00001234
1.5e300 * 1
1_000_000
0x1F
0o17
0b101
1.0
100.0
1.10
3.14159
1e5
5e-324
-0.0
True
true
False
none
None
true + 1
true == 1
1 == 1.0
1 < 2 < 3
1 < 3 < 2
1 < 2 > 0
'a' < 'b'
[1, 2] < [1, 3]
(1, 2) == (1, 2)
[1] == (1,)
1 != 2
1 >= 1
2 in xs
5 not in xs
'a' in 'abc'
'b' in d
not 'b' in d
not true or true
true and 0
0 or 'x'
'' or none
1 and 2 and 3
nope
nope is defined
nope is undefined
nope == ''
nope == nope2
nope or 'other'
nope ~ 'x'
[nope]
d.nope
d['nope']
d.c.x[2].y
d.c.x.0
d['c']['x'][1]
xs[0]
xs[-1]
xs[10]
xs[0:2]
xs[:2]
xs[1:]
xs[::-1]
xs[:]
xs[-2:]
xs[::2]
'hello'[1]
'hello'[1:3]
'hello'[::-1]
'hello'[-3:]
'hello'[10:]
(1,2,3)[1:]
'a' 'b' "c"
'a' ~ 1 ~ none ~ 2.0 ~ [1] ~ true
'ab' * 3
3 * 'ab'
[1, 2] * 2
(1,) * 3
[1] + [2, 3]
(1,) + (2,)
'a' + 'b'
'yes' if flag else 'no'
'yes' if not flag else 'no'
'yes' if false
1 if true else 2 if false else 3
[1, 'a', 2.0, none, true, nope]
{'a': 1, 'b': [1, (2,)], 3: none}
()
(1,)
(1, 2)
1, 2
[]
{}
[[], {}, ()]
{'a': 1}['a']
{'a': {'b': 1}}
"it's"
["it's"]
['say "x"']
['both \' and "']
['a\nb\t\\']
'a\nb'
'tab\there'
['é ü ñ']
['\x00\x7f\x1f']
['\u200b\xa0']
['😀']
'\u00e9'
'\101'
'\d'
'é'|length
'😀'|length
name
name.upper()
name.title()
'hello world'.capitalize()
'Hello'.swapcase()
'Hello'.casefold()
'  x '.strip()
['  x '.strip(), '  x '.lstrip(), '  x '.rstrip()]
'xxaxx'.strip('x')
'a,b,c'.split(',')
'a,b,c'.split(',', 1)
'a b  c'.split()
' a b  c '.split(none, 1)
'a,b,c'.rsplit(',', 1)
'a b c'.rsplit(none, 1)
'a,,b'.split(',')
''.split(',')
''.split()
'a\nb\r\nc'.splitlines()
'a\nb\n'.splitlines(true)
'k=v=w'.partition('=')
'k=v=w'.rpartition('=')
'kv'.partition('=')
'kv'.rpartition('=')
'aaa'.replace('a', 'b')
'aaa'.replace('a', 'b', 2)
'abc'.replace('', '-')
'abc'.startswith('a')
'abc'.startswith(('x', 'a'))
'abc'.endswith('bc')
'abc'.startswith('b', 1)
'abcabc'.find('c')
'abcabc'.rfind('c')
'abc'.find('z')
'abcabc'.find('a', 1)
'abcabc'.index('b')
'abcabc'.rindex('b')
'banana'.count('a')
'banana'.count('')
'aaaa'.count('aa')
','.join(['a', 'b'])
','.join('abc')
'{} {}'.format(1, 'x')
'{0}-{1}-{0}'.format('a', 'b')
'{a}/{b}'.format(a=1, b='z')
'{:>5}|{:<5}|{:^5}'.format('a', 'b', 'c')
'{:*^7}'.format('x')
'{:,}'.format(1234567)
'{:,.2f}'.format(1234567.891)
'{:_}'.format(1234567)
'{:05d}'.format(42)
'{:+d}'.format(42)
'{:05}'.format(-42)
'{:x} {:X} {:o} {:b}'.format(255, 255, 8, 5)
'{:#x}'.format(255)
'{:e}'.format(12345.678)
'{:.3}'.format(3.14159)
'{:.3}'.format('abcdef')
'{:g}'.format(0.00001)
'{:%}'.format(0.25)
'{:.1%}'.format(0.256)
'{!r}'.format('x')
'{!s:>4}'.format('x')
'{{}}{}'.format(1)
'{0[a]} {1.x}'.format({'a': 5}, {'x': 1}) if false else 'skipped'
'{:{}}'.format('x', 5)
'{:10.3f}|'.format(3.14159)
'{}'.format(none)
'{}'.format([1, 'a'])
'{:>10}'.format(true)
'{}'.format(1.0)
'{:d}'.format(true)
'abc'.center(9)
'abc'.center(8)
'ab'.center(7, '*')
'abc'.ljust(6) ~ '|'
'abc'.rjust(6, '.')
'42'.zfill(5)
'-42'.zfill(5)
'a\tb'.expandtabs()
'a\tb'.expandtabs(4)
'prefix_x'.removeprefix('prefix_')
'x_suffix'.removesuffix('_suffix')
'abc'.isalpha()
'ab1'.isalnum()
'123'.isdigit()
'12.3'.isdigit()
''.isalpha()
' '.isspace()
'Abc'.istitle()
'abc'.islower()
'ABC1'.isupper()
'abc_1'.isidentifier()
'1abc'.isidentifier()
'abc'.isascii()
'١'.isdecimal()
'½'.isnumeric()
"they're bill's".title()
"they're bill's"|title
'hello-world (foo)'|title
'x'.upper
d.keys()
d.values()|list
d.items()|list
d.items()
d.get('b')
d.get('z')
d.get('z', 'no')
d.copy()
{'a': 1}.pop('a')
{'a': 1}.pop('b', 9)
{'a': 1}.setdefault('b', 2)
{}.setdefault('b')
xs.index(1)
xs.count(1)
(1, 2, 1).count(1)
(1, 2).index(2)
xs.copy()
range(3)
range(3)|list
range(1, 10, 3)|list
range(5, 0, -2)|list
range(0)|list
range(10)[2]
range(3)|length
range(1, 4) == range(1, 4)
dict(a=1, b='x')
dict([('a', 1)], b=2)
dict({'x': 1})
"%s" % 'x'
"%s-%d" % ('x', 3)
"%5.1f|%-6s|%06d" % (3.14159, 'ab', 42)
"%x %X %o %e %g" % (255, 255, 8, 12345.678, 0.0001)
"%(a)s %(b)d" % {'a': 1, 'b': 2}
"100%%" % ()
"%r" % 'x'
"%+d % d" % (5, 5)
"%s" % [1, 2]
"%s" % none
"%.2s" % 'abc'
"%c%c" % ('a', 98)
"%d" % 3.99
"%#x" % 255
"%*d" % (5, 42)
1 is number
'1' is number
1.5 is float
1 is integer
true is integer
true is boolean
true is number
'x' is string
[] is iterable
5 is iterable
{} is mapping
[] is mapping
[] is sequence
{} is sequence
none is none
nope is none
4 is even
3 is odd
9 is divisibleby 3
9 is divisibleby(2)
'abc' is lower
'ABC' is upper
'Abc' is lower
1 is eq 1
1 is equalto(2)
1 is == 1
1 is ne 2
3 is gt 2
3 is greaterthan 2
3 is ge 3
3 is lt 2
3 is le 3
1 is in [1, 2]
1 is not in [1, 2]
true is true
1 is true
false is false
none is sameas none
range is callable
name is callable
'upper' is filter
'nope' is filter
'even' is test
'x' is escaped
('x'|safe) is escaped
nope is not defined
n is defined and n > 3
n is divisibleby 2 and n is number
not n is string
-5|abs
-5.5|abs
f|abs
'Hello'|upper
'Hello'|lower
'hELLO wORLD'|capitalize
'  x  '|trim
'xxhixx'|trim('x')
'a-b'|replace('-', '+')
'aaa'|replace('a', 'b', 2)
1234|replace(2, 'x')
'x'|center(5)
'x'|center(4) ~ '|'
text|truncate(20)
text|truncate(20, true)
text|truncate(20, false, '…')
'short'|truncate(3, leeway=0)
'foo bar baz'|truncate(9, leeway=0)
text|wordwrap(15)
'averyveryverylongword short'|wordwrap(10)
'averyveryverylongword short'|wordwrap(10, false)
'a-hyphenated-word-here'|wordwrap(8)
'a b c d e'|wordwrap(3, wrapstring='|')
text|wordcount
'one, two; three-four'|wordcount
'a\nb\n\nc'|indent
'a\nb\n\nc'|indent(2, true)
'a\nb\n\nc'|indent(2, blank=true)
'a\nb'|indent('>> ')
'a\n'|indent ~ '|'
'%s/%s'|format('a', 'b')
'%(x)s'|format(x=1)
'%05.2f'|format(3.14159)
xs|join
xs|join(', ')
users|join(', ', attribute='name')
[1, none, 'x']|join('-')
xs|sort
xs|sort(reverse=true)
words|sort
words|sort(case_sensitive=true)
words|sort(reverse=true)
users|sort(attribute='age')|map(attribute='name')|list
users|sort(attribute='age,name')|map(attribute='name')|list
users|sort(attribute='address.zip', reverse=true)|map(attribute='name')|join(',')
words|unique|list
words|unique(case_sensitive=true)|list
users|unique(attribute='city')|map(attribute='name')|list
[1, 1.0, 2]|unique|list
xs|min
xs|max
words|min
words|max
users|max(attribute='age')
[]|min
xs|sum
users|sum(attribute='age')
[1.5, 2]|sum
[1]|sum(start=10)
[[1], [2]]|sum(start=[])
xs|first
xs|last
[]|first
'abc'|first
'abc'|last
xs|reverse|list
'abc'|reverse
xs|length
'abc'|count
d|length
nope|length
xs|list
'abc'|list
d|list
nope|list
{'b': 1, 'a': 2}|dictsort
{'b': 1, 'A': 2, 'a': 3}|dictsort
{'b': 1, 'A': 2, 'a': 3}|dictsort(true)
{'b': 1, 'a': 2}|dictsort(by='value')
{'b': 1, 'a': 2}|dictsort(reverse=true)
{'a': 1}|items|list
nope|items|list
[1,2,3,4,5]|batch(2)|list
[1,2,3,4,5]|batch(2, 'x')|list
[1,2,3,4,5]|slice(2)|list
[1,2,3,4,5]|slice(3, 'x')|list
[1,2]|slice(3)|list
users|groupby('age')
users|groupby('city')|map(attribute='grouper')|list
users|groupby('city', case_sensitive=true)|map('first')|list
users|groupby('none', default='z')|length
xs|map('string')|list
words|map('upper')|join(' ')
users|map(attribute='address.zip')|list
users|map(attribute='nope', default='-')|list
['a-b', 'c-d']|map('replace', '-', '+')|list
[1, 0, none, 'x', '']|select|list
[1, 0, none, 'x', '']|reject|list
xs|select('gt', 1)|list
xs|select('odd')|list
xs|reject('equalto', 1)|list
users|selectattr('age', 'eq', 25)|map(attribute='name')|list
users|selectattr('nope')|list
users|rejectattr('age', 'lt', 30)|map(attribute='name')|list
users|selectattr('name', 'in', ['Ann', 'Cid'])|list|length
users|selectattr('address.zip', '==', '2')|map(attribute='name')|first
2.5|round
3.5|round
2.567|round(2)
2.675|round(2)
3|round
3|round(1)
1234.5678|round(-2)
15|round(-1)
25|round(-1)
2.1|round(0, 'ceil')
2.9|round(method='floor')
2.123|round(2, 'ceil')
-2.5|round
0.5|round
42|round(2, 'floor')
'42'|int
'42.9'|int
'x'|int
'x'|int(7)
'ff'|int(base=16)
'0xff'|int(0, 16)
'  12 '|int
'1_000'|int
3.99|int
-3.99|int
none|int
true|int
[]|int
'1.5'|float
'x'|float
'x'|float(1.5)
'1e3'|float
'inf'|float
'nan'|float
' 2. '|float
3|float
none|float
3|string
none|string
[1]|string
3.0|string ~ 'x'
nope|default('d')
none|default('d')
none|default('d', true)
''|default('e', true)
''|d('e')
0|default('z', boolean=true)
d.nope|default('x')
html|e
html|escape
html|e|e
html|forceescape
html|safe
html|striptags
'a &amp; b  <br>\n c'|striptags
('<a>'|e) ~ '<b>'
('<a>'|e) + '<b>'
['<'|e]
html|upper
{'a': 1}|tojson
{'b': [1, none, true, 1.5], 'a': 'x"y'}|tojson
[1, 2]|tojson(2)
{'b': {'c': []}, 'a': [{}]}|tojson(indent=2)
"it's <b> & é 😀"|tojson
'\n\t\x01'|tojson
(1, 2)|tojson
'a b/c?d=é'|urlencode
{'a': 1, 'b c': 'x y&'}|urlencode
[('a', 1)]|urlencode
{'class': 'x', 'id': none, 'data-x': '<1>'}|xmlattr
{'class': 'x'}|xmlattr(false)
1|filesizeformat
999|filesizeformat
1000|filesizeformat
123456789|filesizeformat
123456789|filesizeformat(true)
1024|filesizeformat(binary=true)
{'b': 1, 'a': [1, 'x']}|pprint
'x'|pprint
range(40)|list|pprint
users|pprint
d|attr('keys') is callable
'x'|attr('nope') is defined
[1, 2]|last + 1
'a'|upper ~ 'b'|upper
1 + '2'|int
-1|abs
- n
+ n
-(-3)
not none
(1, 2) + (3,) == (1, 2, 3)
[1, [2, [3]]]|string
['a', ('b',), {'c': 'd'}]
{1: 'a', 1.5: 'b', none: 'c', true: 'd'}
{'a': 1, 'a': 2}
{(1, 2): 'x'}[1, 2]
'%s' % (1,)
xs is sameas xs
xs|map('float')|sum
'x' in nope
namespace(a=1).a
namespace({'a': 1}, b=2).b
'a'.join(['x', 'y'])
'abc'|map('upper')|join('.')
nope|join(',')
nope|upper
nope|sort
nope|first
nope|sum
nope|map('upper')|list
nope|string
nothing.x
nothing['x']
n.x
'x'.nope
'' is string and '' is not none
[3, 1]|sort|first
[(2, 'b'), (1, 'a')]|sort
[true, 0, 2]|sort
5 if n == 42 else 6
n == 42 and 'x' or 'y'
'a,b'.split(',')|map('upper')|list
1 ~ 2
(1 ~ 2)|int + 1
1 + 2 ~ 3 + 4
2 * 3 ~ 4
'Ünïcode'.upper()
'STRASSE straße'.upper()
'straße'.casefold()
'ǅ'.lower()
'aé'.encode is defined
10 // 3 * 3 + 10 % 3 == 10
1.0 // 0.1
5.0 // 2
0.3 % 0.1
1e308 * 10
-1e308 * 10
3 == '3'
none == false
[] == []
{'a': 1, 'b': 2} == {'b': 2, 'a': 1}
'a' == 'a'|safe
loop
self is defined
"a" "b" ~ 'c'
{'x': 1,}
[1, 2,]
'translate'.translate({116: 'T', 97: none})
'abc'.translate('abc'.maketrans('ab', 'xy'))
'a-b_c'.replace('-', '_').split('_')
"{0:>{1}}".format('x', 4)
'{:,}'.format(1234)
'{:,}'.format(-1234567.5)
'{:+.2e}'.format(0)
'{:08.2f}'.format(-3.14159)
'{:<08}'.format(42)
'{:=+6}'.format(42)
'{:^+9.1f}'.format(2.25)
'%-5d|' % 42
'%5s|%-5s|' % ('é', 'é')
'%e' % 0
'%g' % 1e10
'%g' % 123456
'%.3g' % 0.00012345
"""

# Whole templates, one per entry.
TEMPLATES = [
    "hello", "", "\n", "hello\n", "hello\n\n", "a\r\nb\rc\n", "{{ name }}\n", "Hello {{ name }}!",
    "{{ name }}{{ n }}", "{{name}}", "{{  name  }}", "{# c #}x", "a{# multi\nline #}b",
    "a {#- c -#} b", "a {{- name -}} b", "a\n {%- if flag -%} \n b \n {%- endif -%} \n c",
    "{%+ if flag %} x {%+ endif %} y", "{%- if flag +%}\n x{% endif +%}\ny", "{{-1}}", "{{+1}}",
    "{{ - 1 }}", "a {{+ name }} b", "{% raw %}{{ x }} {% y %} {# z #}{% endraw %}",
    "a {%- raw -%}  {{ x }}  {%- endraw -%}  b", "{% raw %}{% raw %}{% endraw %}",
    "{{ '{{' }} {{ \"}}\" }} {{ '%}' }}", "{{ {'a': {'b': 1}} }}", "{{ {'a': {'b': 1}}['a'] }}",
    "{{ [1,\n 2] }}", "{ {x} }", "{ % x % }", "100%", "{", "}}", "%}", "a { b",
    "{% if flag %}y{% endif %}", "{% if not flag %}y{% endif %}", "{% if nope %}y{% else %}n{% endif %}",
    "{% if false %}a{% elif flag %}b{% else %}c{% endif %}",
    "{% if false %}a{% elif false %}b{% else %}c{% endif %}", "{% if flag: %}x{% else: %}y{% endif %}",
    "{% if n > 40 and n < 50 %}in{% endif %}", "{%if flag%}x{%endif%}",
    "{% if 1, %}tuple{% endif %}", "{% for x in xs %}{{ x }},{% endfor %}",
    "{% for x in xs: %}{{ x }}{% endfor %}", "{% for x in [] %}{{ x }}{% else %}none{% endfor %}",
    "{% for x in nope %}{{ x }}{% else %}none{% endfor %}", "{% for x in xs if x > 1 %}{{ x }}{% endfor %}",
    "{% for x in xs if x > 5 %}{{ x }}{% else %}none{% endfor %}",
    "{% for x in xs if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {% endfor %}",
    "{% for x in xs %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{% endfor %}",
    "{% for x in xs %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {% endfor %}",
    "{% for x in xs %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }} {% endfor %}",
    "{% for x in xs %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for x in [1,1,2,2,1] %}{% if loop.changed(x) %}{{ x }}{% endif %}{% endfor %}",
    "{% for x in xs %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k in d %}{{ k }}{% endfor %}",
    "{% for k, v in d|dictsort %}{{ k }}{% endfor %}", "{% for a, b in [(1, 2), [3, 4]] %}{{ a + b }};{% endfor %}",
    "{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for a, in [(1,), (2,)] %}{{ a }}{% endfor %}",
    "{% for x in xs %}{% for y in xs %}{{ x * y }}{% if loop.last %};{% endif %}{% endfor %}{{ loop.index }}{% endfor %}",
    "{% for x in xs %}{% set outer = loop %}{% for y in 'ab' %}{{ outer.index }}{{ loop.index }}{{ y }} {% endfor %}{% endfor %}",
    "{% for x in range(5) %}{% if x == 3 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in range(5) %}{% if x == 3 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in range(3) %}{% for y in range(3) %}{% if y == 1 %}{% break %}{% endif %}{{ x }}{{ y }} {% endfor %}{% endfor %}",
    "{% for x in xs %}{% break %}{% else %}e{% endfor %}", "{% for c in 'héy' %}[{{ c }}]{% endfor %}",
    "{% for x in 1, 2, 3 %}{{ x }}{% endfor %}", "{% for x in xs|sort %}{{ x }}{% endfor %}",
    "{% for x in (xs if flag else []) %}{{ x }}{% endfor %}",
    "{% for i in [{'n': 1, 'c': [{'n': 2, 'c': []}]}] recursive %}{{ i.n }}({{ loop.depth }}{{ loop.depth0 }}){% if i.c %}[{{ loop(i.c) }}]{% endif %}{% endfor %}",
    "{% set x = 1 %}{{ x }}", "{% set x, y = 1, 2 %}{{ x }}{{ y }}", "{% set x = 1, 2 %}{{ x }}", "{% set (x, y) = [1, 2] %}{{ y }}",
    "{% set x %}block {{ n }}{% endset %}[{{ x }}]", "{% set x | upper %}block{% endset %}{{ x }}",
    "{% set x | replace('a', 'b') | upper %}aaa{% endset %}{{ x }}",
    "{% set x = 1 %}{% for y in xs %}{% set x = y %}{% endfor %}{{ x }}",
    "{% set x = 1 %}{% for y in xs %}{% set x = x + y %}{{ x }} {% endfor %}{{ x }}",
    "{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}", "{% if true %}{% set x = 2 %}{% endif %}{{ x }}",
    "{% set ns = namespace(t=0) %}{% for y in xs %}{% set ns.t = ns.t + y %}{% endfor %}{{ ns.t }}",
    "{% set ns = namespace(a=1) %}{% set ns.b = 2 %}{{ ns.a }}{{ ns.b }}{{ ns.c }}",
    "{% set ns = namespace() %}{% set ns.x %}blk{% endset %}{{ ns.x }}",
    "{% set ns = namespace() %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a + ns.b }}",
    "{% set l = [] %}{% do l.append(1) %}{% do l.extend([2, 3]) %}{% do l.insert(0, 9) %}{{ l }}{{ l.pop() }}{{ l.pop(0) }}{{ l }}",
    "{% set l = [3,1,2] %}{% do l.sort() %}{{ l }}{% do l.reverse() %}{{ l }}{% do l.remove(1) %}{{ l }}{% do l.clear() %}{{ l }}",
    "{% set l = ['b', 'A'] %}{% do l.sort(reverse=true) %}{{ l }}", "{% set l = [1] %}{% set m = l %}{% do m.append(2) %}{{ l }}",
    "{% set q = {} %}{% do q.update({'a': 1}) %}{% do q.update(b=2) %}{{ q }}{% do q.pop('a') %}{{ q }}{{ q.popitem() }}{{ q }}",
    "{% set q = {'a': 1} %}{% set k = q.keys() %}{% do q.update({'b': 2}) %}{{ k }}",
    "{% set l = [1] %}{{ l.append(2) }}{{ l }}", "{% set l = [1] %}{% do l.append(l) %}{{ l }}",
    "{% macro m() %}x{% endmacro %}{{ m() }}", "{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(b=5, a=4) }} {{ m() }}",
    "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}", "{% macro m(a, b=a * 2) %}{{ b }}{% endmacro %}{{ m(4) }}",
    "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, a=3) }}",
    "{% macro m(x) %}{{ x }}{{ varargs }}{% endmacro %}{{ m(1, 2, 3) }}{{ m() }}",
    "{% macro m(x) %}{{ x }}{{ kwargs }}{% endmacro %}{{ m(1, y=2) }}", "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*[1, 2]) }}{{ m(**{'a': 3, 'b': 4}) }}{{ m(1, *[2]) }}",
    "{% macro m(a, b) %}{{ a is defined }}{{ b is defined }}{% endmacro %}{{ m(1) }}", "{% macro a() %}[{{ b() }}]{% endmacro %}{% macro b() %}b{% endmacro %}{{ a() }}",
    "{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
    "{% macro m() %}{{ name }}{{ x }}{% endmacro %}{% set x = 5 %}{{ m() }}", "{% macro m() %}{% set x = 1 %}{% endmacro %}{{ m() }}{{ x }}",
    "{% set x = 1 %}{% macro m() %}{% set x = 2 %}{{ x }}{% endmacro %}{{ m() }}{{ x }}",
    "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}body {{ name }}{% endcall %}",
    "{% macro m() %}{% for x in [1, 2] %}{{ caller(x, x * 2) }};{% endfor %}{% endmacro %}{% call(a, b) m() %}{{ a }}-{{ b }}{% endcall %}",
    "{% macro m(x) %}{{ x }}{{ caller() }}{% endmacro %}{% call m('p') %}q{% endcall %}",
    "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}{% call m() %}{% endcall %}",
    "{% macro m() %}{{ caller(1) }}{% endmacro %}{% call(a, b=7) m() %}{{ a }}{{ b }}{% endcall %}",
    "{% macro o() %}<{{ caller() }}>{% endmacro %}{% macro i() %}({{ caller() }}){% endmacro %}{% call o() %}{% call i() %}x{% endcall %}{% endcall %}",
    "{% macro m(a, b=1) %}{% endmacro %}{{ m.name }}{{ m.arguments }}{{ m.catch_kwargs }}{{ m.catch_varargs }}{{ m.caller }}",
    "{% macro m() %}  x  {% endmacro %}[{{ m()|trim }}]", "{% macro m() %}a{% endmacro %}{{ m() ~ 'b' }}{{ m() + 'c' }}{{ m()|upper }}{{ m() == 'a' }}{{ m() * 2 }}",
    "{% for x in xs %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}",
    "{% macro m(x, caller) %}{{ x }}{{ caller() }}{% endmacro %}{% call m(1) %}c{% endcall %}" if False else "x",
    "{% filter upper %}abc {{ name }}{% endfilter %}", "{% filter replace('a', 'b')|upper %}aa{% endfilter %}", "{% filter trim %}  x  {% endfilter %}|",
    "{% with x = 1, y = 2 %}{{ x }}{{ y }}{% endwith %}{{ x }}", "{% with %}{% set x = 1 %}{{ x }}{% endwith %}{{ x }}",
    "{% set x = 1 %}{% with x = 2, y = x %}{{ x }}{{ y }}{% endwith %}{{ x }}", "{% with a, b = (1, 2) %}{{ a }}{{ b }}{% endwith %}",
    "{% block b %}x{% endblock %}", "{% block b %}x{% endblock b %}", "{% set x = 1 %}{% block b scoped %}{{ name }}{% endblock %}",
    "{% autoescape true %}{{ html }}{{ '<'|safe }}{% endautoescape %}{{ html }}", "{% autoescape false %}{{ html }}{% endautoescape %}",
    "{% print 1, 2 %}", "{% print name %}", "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{% do c.reset() %}{{ c.current }}",
    "{% set j = joiner(', ') %}{% for x in xs %}{{ j() }}{{ x }}{% endfor %}", "{% set j = joiner() %}{{ j() }}a{{ j() }}b",
    "select\n  {% for x in xs -%}\n  col_{{ x }}{{ ',' if not loop.last }}\n  {% endfor %}\nfrom t\n",
    "{%- set cols = ['a', 'b'] -%}\nselect {{ cols | join(', ') }}\nfrom {{ name }}\n{%- if flag %}\nwhere x = 1\n{%- endif %}\n",
    "{{ 1 }} {{ 2 }}\n{{ 3 }}\n\n", "  {{ 1 }}  ", "{% if true %}\n  x\n{% endif %}\n", "\n\n{{ 1 }}", "{{ name -}}\n\n  x", "x\n\n  {{- name }}",
    "{% set x = xs|map('string')|list %}{{ x }}", "{% set g = xs|map('string') %}{{ g|list }}{{ g|list }}", "{% set r = xs|reverse %}{{ r|first }}{{ r|list }}",
    "{% for g in users|groupby('age') %}{{ g.grouper }}:{{ g.list|length }};{% endfor %}", "{% for age, us in users|groupby('age') %}{{ age }}:{{ us|map(attribute='name')|join('+') }};{% endfor %}",
    "{% for row in [1,2,3]|batch(2) %}{{ row|join('-') }};{% endfor %}", "{{ 'a' if true }}{{ 'b' if false }}", "{{ (1 if false) is defined }}",
    "{% set x = 'a' if false %}[{{ x }}]", "{{ range(3)|map('string')|join }}", "{% do [] %}", "{{ dict(a=1)|tojson }}",
    "{{ 'x' }}\n{# trailing #}\n", "{#- x -#}", "{##}", "{#-#}a", "{{ \"a\\\nb\" }}", "{{ 'a\nb' }}", "{{ 'it''s' }}",
    "{% if nope %}{% else %}z{% endif %}", "{% for x in [1,2,3] %}{% if loop.first %}a{% elif loop.last %}c{% else %}b{% endif %}{% endfor %}",
    "{% set ns = namespace(found=[]) %}{% for x in [1,2,1,3] if x not in ns.found %}{% do ns.found.append(x) %}{{ x }}{% endfor %}",
    "{% set x = {'a': [1]} %}{% do x.a.append(2) %}{% do x['a'].append(3) %}{{ x }}", "{{ [1, 2, 3] | map('pprint') | join }}",
    "{% macro a(x) %}{% if x %}yes{% endif %}{% endmacro %}[{{ a(false) }}]", "{% macro m(x) -%}\n  {{ x }}\n{%- endmacro %}{{ m(1) }}",
    "{% for x in xs %}{{ loop.index is odd }}{% endfor %}", "{{ {'a': 1}.items()|list|first|last }}", "{{ users[0]['name'] }} {{ users.0.name }} {{ (users|last).name }}",
    "{{ users|map(attribute='name')|map('lower')|sort|join(',') }}", "{% set a = 1 %}{% set b = a %}{% set a = 2 %}{{ a }}{{ b }}",
    "{{ 10000000000 * 10 }}", "{{ 9223372036854775807 }}", "{{ -9223372036854775807 }}", "{{ true.x }}", "{{ 1.5.is_integer is defined }}" if False else "y",
    "{{ not true }}{{ not not 1 }}", "{{ 1 if true else nope.x }}", "{{ false and nope.x }}{{ true or nope.x }}", "{{ 'a'\n~\n'b' }}",
    "{%\nset\nx\n=\n1\n%}{{\nx\n}}", "{% set true_x = 1 %}{{ true_x }}", "{% set notx = 1 %}{{ notx }}", "{% set in_x = 1 %}{{ in_x }}", "{% set x=[1,2][0] %}{{x}}",
    "{{ loop }}|{{ caller }}|{{ varargs }}|{{ kwargs }}", "{% set d2 = dict(d, z=1) %}{{ d2.keys()|list }}", "{{ name|default }}{{ nope|default }}",
]

# Templates that Jinja refuses, when parsing or when rendering.
CONDITIONAL = [
    "{% if false %}{{ 1|nope }}{% endif %}x", "{% if true %}{{ 1|nope }}{% endif %}", "{% if false %}{{ 1 is nope }}{% endif %}x", "{% if true %}{{ 1 is nope }}{% endif %}",
    "{% if 1 is nope %}{% endif %}", "{% if 1|nope %}{% endif %}", "{{ 1|nope if false else 2 }}", "{{ 1|nope if true }}", "{{ 1 if 1|nope else 2 }}", "{{ 1 if true else 2|nope }}", "{% if true %}a{% else %}{{ 1|nope }}{% endif %}",
    "{% if true %}a{% elif 1|nope %}b{% endif %}", "{% if false %}{% for x in xs %}{{ x|nope }}{% endfor %}{% endif %}", "{% if false %}{% for x in xs|nope %}{% endfor %}{% endif %}x", "{% if false %}{% for x in xs if x is nope %}{% endfor %}{% endif %}",
    "{% if false %}{% filter nope %}a{% endfilter %}{% endif %}", "{% if false %}{% set x %}{{ 1|nope }}{% endset %}{% endif %}", "{% if false %}{% set x | nope %}{% endset %}{% endif %}", "{% if false %}{% set x = 1|nope %}{% endif %}x",
    "{% macro m() %}{% if false %}{{ 1|nope }}{% endif %}m{% endmacro %}{{ m() }}", "{% if false %}{% macro m() %}{{ 1|nope }}{% endmacro %}{% endif %}", "{% if false %}{% macro m(a=1|nope) %}{% endmacro %}{% endif %}", "{{ flag and 1|nope }}",
    "{% if false %}{{ [1]|map('nope')|list }}{% endif %}x", "{% if false %}{% with a = 1|nope %}{% endwith %}{% endif %}x", "{% if false %}{% with a = 1 %}{{ a|nope }}{% endwith %}{% endif %}", "{% if false %}{% do 1|nope %}{% endif %}x",
    "{% if false %}{% call f(1|nope) %}{% endcall %}{% endif %}x", "{% if false %}{% call f() %}{{ 1|nope }}{% endcall %}{% endif %}", "{% if false %}{{ 1|default(2|nope) }}{% endif %}x", "{% for x in xs %}{% if x > 9 %}{{ x|nope }}{% endif %}{{ x }}{% endfor %}",
    "{% if 'nope' is filter %}{{ 1|nope }}{% else %}without{% endif %}",
]

ERRORS = [
    "{{ x", "{% if x %}", "{% endif %}", "{{ 1 + }}", "{{ }}", "{{ a b }}", "{% for x %}{% endfor %}", "{% foo %}", "{{ 'abc }}", "{# x", "{% raw %}x",
    "{{ x|nofilter }}", "{{ x is notest }}", "{{ nope.x }}", "{{ nope() }}", "{{ nope + 1 }}", "{{ nope['x'] }}", "{{ d.nope.x }}", "{{ 1 / 0 }}", "{{ 1 // 0 }}", "{{ 1 % 0 }}",
    "{{ 1 + 'a' }}", "{{ 'a' + 1 }}", "{{ 1 < 'a' }}", "{{ none < 1 }}", "{{ [] + 1 }}", "{{ 5|length }}", "{{ 5|list }}", "{% for x in 5 %}{% endfor %}", "{{ n() }}", "{{ 'x'() }}",
    "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(b=1) }}", "{% macro m(a) %}{% endmacro %}{{ m(1, a=2) }}",
    "{% macro m() %}{% endmacro %}{% call m() %}{% endcall %}", "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}", "{% set a, b = [1] %}", "{% set a, b = [1, 2, 3] %}",
    "{% set x.y = 1 %}", "{% set d.y = 1 %}", "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{% from 'x' import y %}", "{{ range(1000000) }}", "{{ range(1, 2, 0)|list }}", "{{ 1 is even is odd }}",
    "{{ [1, 2 }}", "{{ (1, 2] }}", "{{ {1: } }}", "{{ f(a=1, 2) }}", "{{ f(**a, b) }}", "{% macro m(a=1, b) %}{% endmacro %}", "{% set true = 1 %}", "{% break %}", "{{ a.+ }}", "{{ a..b }}", "{{ $ }}", "{{ a ! b }}",
    "{{ [1]|sort(attribute='x') }}{{ [1, 'a']|sort }}", "{{ {[]: 1} }}", "{{ 'abc'.index('z') }}", "{{ [].pop() }}", "{{ {}.pop('x') }}", "{{ [1].remove(2) }}", "{{ ','.join([1]) }}", "{{ '%d' % 'x' }}", "{{ '%s %s' % 'x' }}", "{{ '%s' % ('a', 'b') }}",
    "{{ '{} {}'.format(1) }}", "{{ '{'.format(1) }}", "{{ '{:d}'.format('x') }}", "{{ xs|map }}", "{{ xs|map('nope')|list }}", "{{ xs|select('nope')|list }}", "{{ 'x'|round }}", "{{ nope|int }}", "{{ nope|round }}", "{{ -nope }}", "{{ nope > 1 }}",
    "{{ [1, none]|sum }}", "{{ ['a']|sum }}", "{{ d|dictsort(by='x') }}", "{{ xs|map('string')|length }}", "{{ 'a'.split('') }}", "{% elif x %}", "{% else %}", "{% endfor %}", "{% if x %}{% endfor %}", "{% block a %}{% endblock b %}", "{% filter nope %}{% endfilter %}",
    "{{ 'a' in 5 }}", "{{ 5 in 'abc' }}", "{{ xs|truncate(1) }}{{ 'abcdefgh'|truncate(2) }}", "{{ loop.index }}", "{% for x in xs %}{{ loop(x) }}{% endfor %}", "{{ 'x'.nope() }}", "{{ dict(1) }}", "{{ nope.x.y is defined }}", "{{ 'é' * none }}", "{{ d() }}",
    "{% call n %}{% endcall %}", "{% do %}", "{% set %}", "{% set x %}", "{% with x %}{% endwith %}", "{% macro %}{% endmacro %}", "{% macro m %}{% endmacro %}", "{{ *x }}", "{{ f(* ) }}", "{{ x | }}", "{{ x is }}", "{{ if }}{{ 1 2 }}", "{{ not }}", "{{ 1 if }}",
]
