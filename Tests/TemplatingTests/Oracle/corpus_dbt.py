"""Templates in what dbt adds to Jinja, and Python's semantics where dbt's users meet them."""

# One expression per line, printed inside of brackets.
EXPRESSIONS = r"""
10000000000000000000000 + 1
9223372036854775807 + 1
-9223372036854775808 - 1
9223372036854775807 * 9223372036854775807
2 ** 100
2 ** 64 - 2 ** 64
(2 ** 100) // 7
(2 ** 100) % 7
-(2 ** 100) // 7
-(2 ** 100) % 7
(2 ** 100) // -7
(2 ** 100) % (2 ** 65)
(2 ** 100) // (2 ** 65 + 1)
(2 ** 100) / (2 ** 90)
2 ** 100 / 3
(10 ** 30) * 1.5
10 ** 30 == 1e30
10 ** 30 > 1e29
10 ** 20 in [10 ** 20]
10 ** 25 < 10 ** 26
{10 ** 20: 'x'}[10 ** 20]
(-2) ** 65
(-3) ** 41
7 ** -1
10 ** 30|int
'123456789012345678901234567890'|int
'123456789012345678901234567890'|int + 1
1e25|int
-1e25|int
'%d' % (2 ** 70)
'%x' % (2 ** 70)
'{:,}'.format(2 ** 70)
'{:d}'.format(10 ** 25)
'{:x}'.format(2 ** 70)
'{:>40}'.format(2 ** 70)
'{:.2f}'.format(2 ** 70)
(2 ** 70)|string
(2 ** 70)|tojson
(2 ** 70)|float
(2 ** 70)|abs
-(2 ** 70)|abs
(2 ** 70) is integer
(2 ** 70) is number
(2 ** 70) is even
(2 ** 70 + 1) is odd
(2 ** 70) is divisibleby 1024
(2 ** 70)|round
(10 ** 25 + 5)|round(-1)
[2 ** 70, 1, 2 ** 65]|sort
[2 ** 70, 1]|sum
[2 ** 70, 1]|max
[10 ** 20, 1.5]|min
range(3)|map('string')|list
'1' * 3
-'1'|int
true + true
true * 3
not 0.0
1.0 == 1
hash is defined
'a'.encode('utf-8')
'aé'.encode()
['x'.encode()]
'é'.encode().decode()
'abc'.encode().hex()
'a b'.encode()|length
'é'.encode('utf-8')
5 .bit_length()
(5).bit_length()
(2.5).is_integer()
(2.0).is_integer()
(0.5).as_integer_ratio()
(10).real
n.real
f.is_integer()
f.hex is defined
1.5.is_integer()
set([1, 2, 2])
set(['a'])
set([])
set('abc')|sort
set([1,2]) | list
set([1, 2]).union([3])
set([1, 2]).union(set([3]))|sort
set([1, 2]).intersection([2, 3])
set([1, 2]).difference([2, 3])
set([1, 2]).symmetric_difference([2, 3])|sort
set([1, 2]) - set([2])
set([1, 2]).issubset([1, 2, 3])
set([1, 2, 3]).issuperset([1])
set([1, 2]).isdisjoint([3])
set([1]) == set([1, 1])
set([1]) < set([1, 2])
set([1, 2]) <= set([1, 2])
set([1, 2]) > set([1])
1 in set([1, 2])
3 not in set([1, 2])
set([1, 2])|length
set([3, 1, 2])|sort
set([1, 2])|sum
set([1, 2]) is iterable
set([1, 2]) is sequence
set([1, 2]) is mapping
set([1])|first
set([1])|string
set([1]).copy()
set([1, 2]).pop() in [1, 2]
set([]) is true
set(5)
set(5, 'nope')
set([[1]])
set(none, 'd')
set_strict([1, 2, 1])
set_strict(5)
set_strict([[1]])
'x' if set([]) else 'y'
set([(1, 2)])
{'a': set([1])}
zip([1, 2], ['a', 'b'])|list
zip([1, 2, 3], 'ab')|list
zip()|list
zip([1])|list
zip(5)
zip(5, default='d')
zip([1], 5, default=[])
zip_strict([1, 2], [3, 4])|list
zip_strict([1], 5)
dict(zip(['a', 'b'], [1, 2]))
zip([1, 2], [3, 4])|map('sum')|list
fromjson('{"a": [1, 2.50, null, true, "x"]}')
fromjson('[1, 2')
fromjson('[1, 2', 'bad')
fromjson('"x"')
fromjson('1e5')
fromjson('-0')
fromjson('1.0')
fromjson('{"b": 1, "a": 2}')
fromjson('{"a": 1, "a": 2}')
fromjson('"\\u00e9\\ud83d\\ude00\\n"')
fromjson('NaN')
fromjson('[Infinity, -Infinity]')
fromjson('')
fromjson(' [1] ')
fromjson('[1,]')
fromjson('{"a": {}}').a
fromjson('123456789012345678901234567890')
fromjson(none)
fromjson('nope', {'x': 1})
tojson({'a': [1, none, true, 1.5]})
tojson({'b': 1, 'a': 2})
tojson({'b': 1, 'a': 2}, sort_keys=true)
tojson('é<&>\'"')
tojson((1, 2))
tojson(set([1]))
tojson(set([1]), 'default')
tojson({1: 'a', none: 'b', true: 'c'})
tojson(1.0)
tojson(nope)
tojson([])
tojson({})
tojson(modules.datetime.date(2024, 1, 1))
tojson({(1, 2): 3})
tojson({(1, 2): 3}, 'dflt')
toyaml({'a': 1, 'b': [1, 2]})
toyaml([1, 'x', none, true, 1.5])
toyaml({'b': 1, 'a': 2})
toyaml({'b': 1, 'a': 2}, sort_keys=true)
toyaml('text')
toyaml('yes')
toyaml('123')
toyaml('')
toyaml(none)
toyaml({'a': {'b': {'c': []}}})
toyaml([[1, 2], {'a': 1}])
toyaml({'a': "it's", 'b': 'x: y', 'c': '# no', 'd': '- x'})
toyaml({'a': 'line1\nline2'})
toyaml({'a': true, 'b': 'true', 'c': '1.5', 'd': 1.5, 'e': 1e20})
toyaml((1, 2))
toyaml({'é': 'ü'})
fromyaml('a: [1, yes, 010, 1_000, 2024-01-01, on]')
fromyaml('a: 1\nb:\n  - x\n  - y')
fromyaml('')
fromyaml('just text')
fromyaml('[1, 2')
fromyaml('[1, 2', 'bad')
fromyaml('a: ~')
fromyaml('{a: 1.5, b: .inf, c: 1e3}')
fromyaml('- 1\n- "1"\n- \'x\'')
fromyaml('a: |\n  x\n  y\n')
fromyaml('a: >\n  x\n  y\n')
fromyaml('x: &a 1\ny: *a')
fromyaml('1: a')
fromyaml('2024-02-29 12:30:00')
fromyaml('t: 2024-02-29T12:30:00Z')
local_md5('x')
local_md5('')
local_md5('é')
local_md5('hello world' * 20)
local_md5(1)
diff_of_two_dicts({'a': ['x', 'y'], 'b': ['z']}, {'A': ['Y']})
diff_of_two_dicts({}, {'a': [1]})
log('x')
print('x')
'a'|as_text
'1'|as_number
'1'|as_native
'true'|as_bool
5|as_text
[1]|is_list
'x'|is_list
(1,)|is_list
modules.datetime.date(2024, 2, 29)
[modules.datetime.date(2024, 2, 29)]
modules.datetime.date(2024, 2, 29) + modules.datetime.timedelta(days=1)
modules.datetime.date(2024, 3, 1) - modules.datetime.date(2024, 2, 1)
(modules.datetime.date(2024, 3, 1) - modules.datetime.date(2024, 2, 1)).days
modules.datetime.date(2024, 3, 1) - modules.datetime.timedelta(weeks=1)
modules.datetime.date(2024, 3, 1).year
modules.datetime.date(2024, 3, 1).isoformat()
modules.datetime.date(2024, 3, 1).strftime('%Y%m%d')
modules.datetime.date(2024, 3, 1).strftime('%d/%b/%y %A %a %B %j %U %W %w %%')
modules.datetime.date(2024, 3, 1).weekday()
modules.datetime.date(2024, 3, 1).isoweekday()
modules.datetime.date(2024, 3, 1).isocalendar()
modules.datetime.date(2024, 3, 1).replace(day=15)
modules.datetime.date(2024, 3, 1).toordinal()
modules.datetime.date.fromordinal(738946)
modules.datetime.date.fromisoformat('2024-05-06')
modules.datetime.date.fromisoformat('2024-13-06')
modules.datetime.date(2024, 2, 30)
modules.datetime.date(2024, 2)
modules.datetime.date(2024, 3, 1) < modules.datetime.date(2024, 3, 2)
modules.datetime.date(2024, 3, 1) == modules.datetime.date(2024, 3, 1)
modules.datetime.date(2024, 3, 1) > modules.datetime.date(2024, 3, 2)
modules.datetime.date(2024, 3, 1).timetuple() is defined
modules.datetime.date.min
modules.datetime.date.max
modules.datetime.datetime(2024, 1, 2, 3, 4, 5)
[modules.datetime.datetime(2024, 1, 2, 3, 4, 5)]
[modules.datetime.datetime(2024, 1, 2, 3, 4, 5, 678)]
[modules.datetime.datetime(2024, 1, 2)]
modules.datetime.datetime(2024, 1, 2, 3, 4, 5, 678)
modules.datetime.datetime(2024, 1, 2).strftime('%Y-%m-%d %H:%M:%S')
modules.datetime.datetime(2024, 1, 2, 15, 4, 5, 123456).strftime('%I:%M %p %f %y')
modules.datetime.datetime.strptime('2024-01-02', '%Y-%m-%d')
modules.datetime.datetime.strptime('2024-01-02 03:04:05', '%Y-%m-%d %H:%M:%S')
modules.datetime.datetime.strptime('02 Jan 2024', '%d %b %Y')
modules.datetime.datetime.strptime('20240102T0304', '%Y%m%dT%H%M')
modules.datetime.datetime.strptime('2024-01-02 03:04:05.678', '%Y-%m-%d %H:%M:%S.%f')
modules.datetime.datetime.strptime('x', '%Y-%m-%d')
modules.datetime.datetime.strptime('2024-01-02x', '%Y-%m-%d')
modules.datetime.datetime.strptime('2024-01-02', '%Y-%m-%d').date()
modules.datetime.datetime.strptime('3:04 PM', '%I:%M %p').time()
modules.datetime.datetime.fromisoformat('2024-01-02T03:04:05')
modules.datetime.datetime.fromisoformat('2024-01-02')
modules.datetime.datetime.fromisoformat('2024-01-02 03:04:05.123456')
modules.datetime.datetime.fromisoformat('2024-01-02T03:04:05+00:00')
modules.datetime.datetime.fromisoformat('nope')
modules.datetime.datetime(2024, 1, 2, 3).isoformat()
modules.datetime.datetime(2024, 1, 2, 3).isoformat(' ')
modules.datetime.datetime(2024, 1, 2, 3, 4, 5, 6).isoformat()
modules.datetime.datetime(2024, 1, 2, 3).date()
modules.datetime.datetime(2024, 1, 2, 3).time()
modules.datetime.datetime(2024, 1, 2, 3).hour
modules.datetime.datetime(2024, 1, 2, 3).tzinfo
modules.datetime.datetime(2024, 1, 2, 3) + modules.datetime.timedelta(hours=25)
modules.datetime.datetime(2024, 1, 2, 3) - modules.datetime.timedelta(days=2, hours=5)
modules.datetime.datetime(2024, 1, 2) - modules.datetime.datetime(2024, 1, 1, 12)
(modules.datetime.datetime(2024, 1, 2) - modules.datetime.datetime(2024, 1, 1, 12)).total_seconds()
(modules.datetime.datetime(2024, 1, 2) - modules.datetime.datetime(2024, 1, 1, 12)).seconds
modules.datetime.datetime(2024, 1, 2).replace(month=5, hour=7)
modules.datetime.datetime(2024, 1, 2) < modules.datetime.datetime(2024, 1, 3)
modules.datetime.datetime(2024, 1, 2).weekday()
modules.datetime.datetime(2024, 1, 2).toordinal()
modules.datetime.datetime.combine(modules.datetime.date(2024, 1, 2), modules.datetime.time(3, 4))
modules.datetime.datetime(2024, 1, 2, 25)
modules.datetime.datetime(1970, 1, 2, tzinfo=modules.pytz.utc).timestamp()
modules.datetime.timedelta(days=1)
[modules.datetime.timedelta(days=1, hours=2)]
modules.datetime.timedelta(days=-1, hours=2)
[modules.datetime.timedelta(days=-1, seconds=5, microseconds=7)]
modules.datetime.timedelta()
[modules.datetime.timedelta()]
modules.datetime.timedelta(hours=1.5)
modules.datetime.timedelta(days=1) * 3
modules.datetime.timedelta(days=1) + modules.datetime.timedelta(hours=1)
-modules.datetime.timedelta(hours=1)
modules.datetime.timedelta(days=3) / 2
modules.datetime.timedelta(days=3) // modules.datetime.timedelta(days=2)
modules.datetime.timedelta(days=3) / modules.datetime.timedelta(days=2)
modules.datetime.timedelta(days=3) > modules.datetime.timedelta(days=2)
modules.datetime.timedelta(milliseconds=1500)
modules.datetime.timedelta(minutes=90).total_seconds()
modules.datetime.timedelta(weeks=1).days
modules.datetime.time(3, 4)
modules.datetime.time(3, 4, 5)
[modules.datetime.time(3, 4)]
[modules.datetime.time(3, 4, 5, 6)]
modules.datetime.time(3, 4).isoformat()
modules.datetime.time(3, 4).strftime('%H-%M')
modules.datetime.time(3, 4) < modules.datetime.time(4)
modules.datetime.date(2024, 1, 1) is string
modules.datetime.date(2024, 1, 1) ~ ''
'{}'.format(modules.datetime.date(2024, 1, 1))
'{:%Y/%m}'.format(modules.datetime.date(2024, 1, 1))
'%s' % modules.datetime.date(2024, 1, 1)
{modules.datetime.date(2024, 1, 1): 1}
[modules.datetime.date(2024, 1, 2), modules.datetime.date(2024, 1, 1)]|sort
[modules.datetime.date(2024, 1, 2), modules.datetime.date(2024, 1, 1)]|max
modules.datetime.date(2024, 1, 1) + 1
modules.datetime.date(2024, 1, 1) < 1
modules.datetime.date(2024, 1, 1).nope
modules.datetime.nope
modules.nope
modules.pytz.utc
modules.pytz.timezone('UTC')
modules.pytz.timezone('Nope/Nowhere')
modules.datetime.datetime(2024, 1, 2, tzinfo=modules.pytz.utc)
[modules.datetime.datetime(2024, 1, 2, tzinfo=modules.pytz.utc)]
modules.datetime.datetime(2024, 1, 2, 3, tzinfo=modules.pytz.utc).isoformat()
modules.datetime.datetime(2024, 1, 2, 3, tzinfo=modules.pytz.utc).strftime('%Y-%m-%dT%H:%M:%S%z %Z')
modules.pytz.timezone('America/New_York')
modules.pytz.timezone('America/New_York').zone
modules.pytz.timezone('America/New_York').localize(modules.datetime.datetime(2024, 1, 2, 3))
modules.pytz.timezone('America/New_York').localize(modules.datetime.datetime(2024, 7, 2, 3))
modules.pytz.utc.localize(modules.datetime.datetime(2024, 7, 2, 3)).astimezone(modules.pytz.timezone('Europe/Berlin'))
modules.pytz.utc.localize(modules.datetime.datetime(2024, 1, 2, 3)).astimezone(modules.pytz.timezone('Asia/Tokyo')).strftime('%Y-%m-%d %H:%M %Z')
modules.pytz.timezone('US/Pacific').localize(modules.datetime.datetime(2024, 3, 1)).astimezone(modules.pytz.utc)
modules.datetime.datetime(2024, 7, 2, tzinfo=modules.pytz.utc).astimezone(modules.pytz.timezone('Asia/Kolkata')).isoformat()
'Europe/Berlin' in modules.pytz.all_timezones
modules.re.sub('a+', 'b', 'caat')
modules.re.sub('(\\w+) (\\w+)', '\\2 \\1', 'hello world')
modules.re.sub('x', '\\g<0>y', 'axb')
modules.re.sub('(?P<n>a)', '[\\g<n>]', 'banana')
modules.re.sub('a', 'b', 'aaa', 2)
modules.re.sub('a', 'b', 'aaa', count=1)
modules.re.sub('A', 'b', 'aaa', flags=modules.re.IGNORECASE)
modules.re.sub('[^a-z0-9_]', '_', 'A b-c.d')
modules.re.sub('', '-', 'abc')
modules.re.sub('x*', '-', 'abxd')
modules.re.subn('a', 'b', 'banana')
modules.re.match('a', 'abc') is none
modules.re.match('b', 'abc') is none
modules.re.match('(a)(b)?', 'ac').groups()
modules.re.match('(a)(b)?', 'ac').groups('x')
modules.re.match('(\\d+)-(\\d+)', '12-34').group(1)
modules.re.match('(\\d+)-(\\d+)', '12-34').group(1, 2)
modules.re.match('(\\d+)-(\\d+)', '12-34').group()
modules.re.match('(?P<y>\\d+)', '2024x').groupdict()
modules.re.match('(?P<y>\\d+)', '2024x').group('y')
modules.re.match('(?P<y>\\d+)', '2024x')['y']
modules.re.match('(\\d+)', '2024x')[1]
modules.re.match('a', 'abc').span()
modules.re.match('a', 'abc').start()
modules.re.match('a', 'abc').end()
modules.re.match('a', 'abc')
modules.re.match('a', 'abc').string
modules.re.search('b+', 'abbc').group(0)
modules.re.search('z', 'abc')
modules.re.search('^b', 'a\nb', modules.re.M).start()
modules.re.search('a.c', 'a\nc', modules.re.DOTALL) is none
modules.re.fullmatch('\\d+', '123') is none
modules.re.fullmatch('\\d+', '123a') is none
modules.re.findall('\\d+', 'a1b22c333')
modules.re.findall('(\\w)=(\\d)', 'a=1,b=2')
modules.re.findall('a|b', 'cab')
modules.re.findall('(a)|b', 'cab')
modules.re.finditer('\\d', 'a1b2')|map(attribute='string')|list
modules.re.split('[,;] ?', 'a, b;c')
modules.re.split('(,)', 'a,b')
modules.re.split(',', 'a,b,c', 1)
modules.re.split('\\s+', ' a b ')
modules.re.compile('a(b)').sub('x', 'abab')
modules.re.compile('a(b)').findall('abab')
modules.re.compile('a').pattern
modules.re.compile('a')
modules.re.compile('A', modules.re.I).match('abc') is none
modules.re.escape('a.b*c d')
modules.re.IGNORECASE
modules.re.search('\\bfoo\\b', 'a foo b').span()
modules.re.search('(?i)FOO', 'foo').group()
modules.re.search('a{2,3}', 'aaaa').group()
modules.re.search('a{2,3}?', 'aaaa').group()
modules.re.search('a+?', 'aaa').group()
modules.re.search('<.*?>', '<a><b>').group()
modules.re.search('<.*>', '<a><b>').group()
modules.re.search('(?<=a)b', 'ab').group()
modules.re.search('(?<!a)b', 'ab') is none
modules.re.search('a(?=b)', 'ab').group()
modules.re.search('a(?!b)', 'ab') is none
modules.re.search('(?:ab)+', 'ababx').group()
modules.re.search('(a)\\1', 'aa').group()
modules.re.search('(?P<q>.)(?P=q)', 'xaab').group()
modules.re.search('[\\w.-]+@[\\w.]+', 'me <a.b-c@x.org>').group()
modules.re.search('\\Aab\\Z', 'ab').group()
modules.re.search('[[]', 'a[b').group()
modules.re.search('[]]', 'a]b').group()
modules.re.search('[^]]+', 'a]b').group()
modules.re.search('\\S+\\s\\D\\W', 'ab x!').group()
modules.re.search('é', 'café').span()
modules.re.search('\\x41\\u0042\\t', 'AB\t').span()
modules.re.search('(', 'x')
modules.re.search('*', 'x')
modules.re.search('[a', 'x')
modules.re.search('a{,2}b', 'aab').group()
modules.re.search('a{x}', 'a{x}').group()
modules.re.search('(?x) a b # c', 'ab').group()
modules.re.search('(?s:.)', '\n').group() == '\n'
modules.re.search('(?P<a>x)|(?P<b>y)', 'y').lastgroup
modules.re.match('a', none)
modules.re.sub('a', 'b', 5)
modules.itertools.chain([1], [2, 3])|list
modules.itertools.product([1, 2], ['a', 'b'])|list
modules.itertools.product([1, 2], repeat=2)|list
modules.itertools.combinations([1, 2, 3], 2)|list
modules.itertools.permutations([1, 2, 3], 2)|list
modules.itertools.permutations([1, 2])|list
modules.itertools.combinations_with_replacement([1, 2], 2)|list
modules.itertools.zip_longest([1, 2], [3], fillvalue=0)|list
modules.itertools.islice([1, 2, 3, 4], 1, 3)|list
modules.itertools.islice([1, 2, 3, 4], 2)|list
modules.itertools.accumulate([1, 2, 3])|list
modules.itertools.repeat('x', 3)|list
modules.itertools.compress('abc', [1, 0, 1])|list
modules.itertools.islice(modules.itertools.count(5, 2), 3)|list
modules.itertools.islice(modules.itertools.cycle('ab'), 5)|list
modules.itertools.tee([1, 2])|map('list')|list
modules.itertools.starmap is defined
{'a': 1} | list
{'b': 1, 'a': 2}|dictsort(by='value', reverse=true)
{'a': 1}.items()|list
{'a': 1} == {'a': 1.0}
{'a': 1}.keys() == {'a': 2}.keys()
'a' in {'a': 1}.keys()
('a', 1) in {'a': 1}.items()
{'a': 1}.values()|sum
{'x': 1}.fromkeys(['a', 'b'], 0)
{1: 'one'}[1]
{1: 'one'}[1.0]
{true: 'yes'}[1]
[1, 2, 3].index(2)
[1, 2, 3].index(9)
[1, 2] + (3,)
(1, 2) + [3]
[1, 2] == (1, 2)
[1, 2, 3][-1]
[1, 2, 3][5]
[1, 2, 3]['x']
[1, 2, 3][1:][0]
[1, 2, 3][none]
'abc'[5]
'abc'[-1]
'abc'[::2]
(1, 2, 3)[::-1]
range(10)[2:8:3]|list
range(10)[2:8:3]
range(5, 0, -1)[1]
range(3) == [0, 1, 2]
3 in range(5)
range(3).start
range(0)|list is true
[1, 2, 3]|slice(2)|map('list')|list
'abc' < 'abd' < 'abe'
1 < 2 == true
1 in [1] in [[1]]
not (1 in [1])
1 not in [2] and 2 in [2]
1 if 0 else 2 if 0 else 3
(1 if 1 else 2) + 1
-2 ** 2
(-2) ** 2
2 ** -2
0 ** 0
0.0 ** 0
(-8) ** 0.5 is defined
1 / 3
2 / 3
10 / 5
1e100
1.7976931348623157e308
1e-7
123456789.123456789
0.1 * 3
1.1 + 2.2
5 // 0.3
-5 // 0.3
5 % -0.3
1e16 + 1
100000000000000000.0
1.5e-10
3.0 * 2
7.0 // 2
-0.0 + 0
1 - 0.9
(0.1 + 0.2)|round(2)
2.5|int
-2.5|int
'-12'|int
'1e3'|int
'0b11'|int(0, 2)
'0o17'|int(0, 8)
'z'|int(0, 36)
''|int
none|int(5)
1.0|string
1e5|string
'1.50'|float
1|float ~ ''
'abc'|float(default=none)
'%5.2f' % 3.14159
'%-10s|' % 'ab'
'%+.3e' % 12345.678
'%g' % 1e-5
'%g' % 100000
'%g' % 1000000
'%i' % 3.7
'%5d' % 42
'%o' % 8
'%X' % 255
'%c' % 'x'
'%s %s' % ('a', 'b')
'%(a)s' % {'a': 1}
'%(a)05d' % {'a': 42}
'%s' % {'a': 1}
'%r' % 'it\'s'
'%a' % 'é'
'%%'|format
'%s'|format([1])
'%s and %s'|format('x', none)
'{0[0]} {0[1]}'.format([1, 2])
'{0[a]}'.format({'a': 5})
'{a[b]}'.format(a={'b': 1})
'{0.real}'.format(5)
'{:08.3f}'.format(3.14159)
'{:>8}|{:<8}|{:^8}'.format('a', 'b', 'c')
'{:+}'.format(5)
'{: }'.format(5)
'{:e}'.format(1234.5)
'{:.0f}'.format(2.5)
'{:.0f}'.format(3.5)
'{:g}'.format(1e20)
'{:n}'.format(1234)
'{:c}'.format(65)
'{:#b}'.format(5)
'{:#o}'.format(8)
'{:010,}'.format(1234567)
'{:,.3f}'.format(1234567.891)
'{:_x}'.format(1234567)
'{:s}'.format('x')
'{:.2s}'.format('xyz')
'{!r:>6}'.format('a')
'{!a}'.format('é')
'{} {}'.format(*[1, 2])
'{x}'.format(**{'x': 1})
'{0}{1}{}'.format(1, 2)
'{}{0}'.format(1)
'{:>{w}}'.format('a', w=4)
'{:d}'.format(1.5)
'{:s}'.format(1)
'{:z}'.format(1)
'{'.format()
'}'.format()
'{x}'.format()
'{1}'.format(1)
'{}'.format({'a': 1})
'{:>5}'.format(none)
'{:5}'.format([1])
'{:.1f}'.format(true)
'{:%}'.format(0.1234)
'{a.b}'.format(a=1)
'abc'.format_map({'a': 1})
'{a}'.format_map({'a': 1})
'a1b2'.isalnum()
'Hello World'.istitle()
'Ab'.swapcase()
'ß'.upper()
'İ'.lower()
'ŉ'.upper()
'ﬁ'.title()
'ﬁ'.capitalize()
'hello wORLD'.capitalize()
'ǆ'.title()
'Σίσυφος'.upper()
'ΑΣ'.lower()
'i̇'.upper()
'²'.isdigit()
'²'.isdecimal()
'Ⅷ'.isnumeric()
'Ⅷ'.isalpha()
'一二'.isnumeric()
'一二'.isalpha()
'\u00a0'.isspace()
'\u200b'.isspace()
'\x1c'.isspace()
'a\u2028b'.splitlines()
'a\x0bb\x0cc\x1cd'.splitlines()
'a\r\nb\rc\n'.splitlines(true)
'  a\t\n'.split()
'a  b'.split(' ')
'abc'.split('b', 0)
'abc'.rsplit('b')
'a.b.c'.rsplit('.', 1)
'a.b.c'.rpartition('.')
'aXbX'.strip('X')
'xyabcyx'.strip('xy')
'xyabc'.lstrip('yx')
'abc'.center(10, '-')
'abc'.center(2)
'abc'.ljust(5, '.')
'+5'.zfill(4)
''.zfill(3)
'abc'.zfill(2)
'abcabc'.replace('b', 'X', 1)
'abc'.replace('', '-', 2)
'abcabc'.count('bc')
'abcabc'.count('a', 1)
'abcabc'.find('b', 2, 4)
'abc'.index('c', 0, 2)
'abc'.rfind('')
'abc'.find('')
'abc'.startswith('')
'abc'.startswith('bc', 1)
'abc'.endswith(('x', 'c'))
'abc'.endswith('b', 0, 2)
'a-b'.partition('-')|first
'ab'.join(['1', '2', '3'])
''.join([])
'abc'.translate({97: 'x', 98: none, 99: 120})
'A'.casefold()
'tab\tx'.expandtabs(8)
'abc'.isidentifier()
'class'.isidentifier()
'abc'.__len__()
'abc'.__class__
[].__class__
''.__class__.__mro__
'a'.mro
xs.__class__
range.__name__
'abc'.removeprefix('z')
[3, 1, 2]|sort
[3, 'a']|sort
['b', 'A', 'a']|sort
['b', 'A', 'a']|sort(case_sensitive=true)
['b', none]|sort
[none, none]|sort
[[2], [1, 5]]|sort
[(1, 'b'), (1, 'a')]|sort
[true, false]|sort
['10', '9', '1']|sort
[{'a': 2}, {'a': 1}]|sort(attribute='a')
[{'a': 2}, {'b': 1}]|sort(attribute='a')
[{'a': {'b': 2}}, {'a': {'b': 1}}]|sort(attribute='a.b')|map(attribute='a.b')|list
[[1, 'x'], [0, 'y']]|sort(attribute=1)
[[1, 'x'], [0, 'y']]|sort(attribute='0')
'hello'|sort
{'b': 1, 'a': 2}|sort
[1, 2, 1]|unique|list
['a', 'A']|unique|list
[[1], [1]]|unique|list
[1, '1']|unique|list
'aab'|unique|join
[1, 2, 3]|batch(0)|list
[]|batch(3)|list
[1, 2, 3]|batch(2, none)|list
[]|slice(2)|list
[1]|slice(0)|list
[1, 2, 3]|sum(start=0.5)
['a', 'b']|sum(start='')
[{'n': 1}, {'n': 2}]|sum('n')
[1, 2, 3]|map('add', 1)|list
[1, 2, 3]|map
[[1, 2], [3]]|map('sum')|list
[[1, 2], [3]]|map('length')|list
['a', 'b']|map('upper')|map('lower')|list
[{'a': 1}, {}]|map(attribute='a')|list
[{'a': 1}, {}]|map(attribute='a', default=0)|list
[1, 2, 3]|select('in', [1, 2])|list
[1, 2, 3]|select('divisibleby', 2)|list
['a', '', none]|select|list
['a', 'b']|select('equalto', 'a')|list
[{'a': true}, {'a': false}]|selectattr('a')|list
[{'a': true}, {'a': false}]|rejectattr('a')|list
[{'a': 1}, {'a': 2}]|selectattr('a', '>', 1)|list
[{'a': 1}]|selectattr('b', 'undefined')|list
[{'a': none}]|selectattr('a', 'none')|list
[1, 2]|select('nope')|list
[1, 2]|random is defined
[[1, 2], [3, 4]]|map('first')|list
[[1, 2], [3, 4]]|map('join', '-')|list
[('a', 1), ('b', 2)]|map('last')|list
[{'k': 'a', 'v': 1}, {'k': 'a', 'v': 2}]|groupby('k')
[{'k': 'B'}, {'k': 'a'}, {'k': 'b'}]|groupby('k')
[{'k': 1}, {}]|groupby('k', default=0)
[{'k': 1}]|groupby('k')|map(attribute='list')|list
[{'k': 1}]|groupby('k')|first|first
'a,b'|replace(',', ';')
'abc'|replace('b', '')
5|replace('5', 'x')
'abc'|truncate(2)
'abc def ghi'|truncate(7)
'abc def ghi jkl'|truncate(7)
'abc def ghi jkl'|truncate(7, true)
'abc def ghi jkl'|truncate(7, true, '', 0)
'a b c'|wordcount
'abc abc abc'|wordwrap(5)
'abc\ndef ghi'|wordwrap(4)
'a\nb'|indent(2)
'a\nb'|indent(2, true)
'a\n\nb'|indent(2, false, true)
'a\nb'|indent(width='  ')
'x'|indent
'a b'|urlencode
'a/b?c=d&e'|urlencode
'http://example.com x'|urlize
'see www.example.com/a?b=c now'|urlize
'mail me@example.com'|urlize
'http://example.com/very/long/path'|urlize(20)
'http://a.b'|urlize(nofollow=true)
'http://a.b'|urlize(target='_blank')
'(http://a.bc)'|urlize
'see (https://example.com/a_(b)), <http://x.org>. Or www.example.org!'|urlize
'example.com example.co Example.NET a.com 1.2.com x.museum'|urlize
'http://127.0.0.1:8080/x?y=1#z http://999.1.2.3 http://1.2.3 http://[::1]/a http://[fe80::1%eth0]'|urlize
'http://[1:2:3:4:5:6:7:8] http://[1:2:3:4:5:6:7:8:9] http://[1] http://[abcd:12345::]'|urlize
'http://localhost http://localhost:80 http://localhost:123456 https:// http://x'|urlize
'www.com www. www.a www.example.c WWW.EXAMPLE.COM HTTP://EXAMPLE.COM'|urlize
'http://user:pw@example.com https://example.com:/ https://example.com:80?a https://a_b.com/é'|urlize
'http://xn--bcher-kva.example http://bücher.example http://x.xn--p1ai/ http://a%20b.com'|urlize
'mailto:me@example.com mailto:x me@localhost a@b.c a@b@c.de x:y@z.de www.x@y.com me@x.com.'|urlize
'a &amp; b <i>http://a.com</i> \'http://b.com\' "http://c.com"'|urlize
'http://a.com&gt; &lt;http://b.com&gt;, ((http://c.com/(x)y)))'|urlize
'ftp://a.com tel:123 tel: git+ssh://x'|urlize(extra_schemes=['tel:', 'ftp://', 'git+ssh://'])
'x'|urlize(extra_schemes=['nope'])
'x'|urlize(extra_schemes=['a:'])
'http://example.com/a/b/c'|urlize(10, true, rel='me noopener', target='"x"')
'http://example.com/a/b/c'|urlize(trim_url_limit=0)
'http://example.com/a/b/c'|urlize(-5)
'http://example.com\n  http://example.org\tx'|urlize
'<b>http://a.com</b>'|safe|urlize
42|urlize
none|urlize
nope|urlize
'http://a.com'|urlize('x')
'http://a.com'|urlize(1, 2, 3, 4, 5, 6)
'<x>'|e ~ '<y>'
'<x>'|safe ~ '<y>'
'<x>'|escape|upper
'<x>'|safe|replace('x', '<')
'<x>'|safe|length
'a'|e == 'a'
['a'|e]
'<p>a  b</p>'|striptags
'&lt;a&gt;'|striptags
{'a': 1, 'b': none}|xmlattr
{'a b': 1}|xmlattr
{'a': '"x"'}|xmlattr
[]|xmlattr
1000000|filesizeformat
1500|filesizeformat
'1500'|filesizeformat
1048576|filesizeformat(true)
0|filesizeformat
{'b': [1, 2], 'a': {'c': none}}|tojson
{'b': [1, 2], 'a': {'c': none}}|tojson(indent=2)
'<script>'|tojson
[1.0, 1e20]|tojson
nope|tojson
{'a': 1}|pprint
['x' * 30, 'y' * 30, 'z' * 30]|pprint
{'aaaaaaaaaaaaaaaaaaaaaaaa': 'x' * 30, 'b': 'y' * 40}|pprint
('a' * 50, 'b' * 50)|pprint
[[['a' * 40], ['b' * 40]]]|pprint
'x ' * 60|pprint
('x ' * 60)|pprint
{'a': {'b': 'x' * 70}}|pprint
set([1, 2])|pprint
3.14|abs
'-3'|abs
none|abs
'x'|center(3) ~ '|'
'abc'|first|upper
[]|last
[]|first|default('none')
[]|max
['b', 'a']|min
[1, 'a']|max
['a', 'B']|max
['a', 'B']|max(case_sensitive=true)
[{'a': 1}, {'a': 3}]|max(attribute='a')
none|length
5|length
nope|list
none|list
none|join
'abc'|join('-')
{'a': 1, 'b': 2}|join('-')
[1, [2, 3]]|join(',')
[none, true, 1.5]|join(',')
(1, 2)|join(',')
5|string|length
none|string|length
[1, 2]|string|length
true|string
'5'|int is number
'abc'|attr('upper')
{'a': 1}|attr('a')
n|attr('real')
'a'|upper|lower|title|capitalize
'hello world foo'|title
'HELLO-world'|title
"it's"|title
'a.b c'|title
'éa'|title
'x'|default('y')
''|default('y', true)
false|default('y', true)
nope|default(nope2)
nope|default(1)|default(2)
(nope|default({})).x
nothing|default('z')
d.x.y|default('z')
1 is defined
nope is defined
nope.x is defined
d.nope is defined
d.nope.x is defined
1 is sameas(1)
'a' is sameas 'a'
none is sameas none
[] is sameas []
1 is boolean
1.0 is integer
1.0 is number
'x' is iterable
none is iterable
{} is iterable
range(3) is iterable
range(3) is sequence
'x' is sequence
none is sequence
(1,) is sequence
xs|map('string') is iterable
xs|map('string') is sequence
{} is mapping
'a' is in 'abc'
1 is in {'a': 1}
5 is divisibleby(0)
'a' is even
1.5 is even
2.0 is even
true is odd
'ABC' is upper
'' is lower
'1a' is lower
5 is upper
1 is filter
'list' is filter
'abs' is filter
'defined' is test
1 is not none
not 1 is none
1 is not in [1]
nope is none
namespace() is mapping
namespace(a=1)
namespace(a=1) is defined
dict()
dict(a=1, b=2)
dict(a=1)|length
dict([['a', 1]])
dict([1])
dict(5)
dict({'a': 1}, a=2)
range(3, 0)|list
range('a')
range()
range(1, 2, 3, 4)
range(1.5)
range(2, -1, -1)|list
range(5)|sum
range(5)|last
range(5)|first
range(5)|reverse|list
lipsum is defined
joiner is defined
cycler(1, 2)|string is string
cycler().next()
cycler('a').current
joiner('|') is callable
1 is callable
d.items is callable
('a' if false) is undefined
('a' if false) ~ 'x'
[('a' if false)]
true and false or true
1 and 'x' or 'y'
none or 0 or ''
not none and not 0
1 == 1 and 2 == 2
'a' ~ 'b' == 'ab'
1 ~ 2 + 3
'a' ~ 1 * 2
1 + 1 ~ 1
'x' * 2 ~ 'y'
[1] * 2 + [3]
-1 ** 2
+1
+-1
- -1
not not true
~1
1 +
'a' 'b'|upper
'%s' 'x'|format(1)
('a', 'b')[0]
{'a': {'b': [1, {'c': 2}]}}.a.b[1].c
'abc'.upper().lower()[0]
[1, 2, 3][1:]|length
'a.b'.split('.')[-1]
x if x is defined else 'none'
'a' if true else nope.x
{'a' ~ 'b': 1}
{n: name}
{'a': 1, **{'b': 2}}
[*[1, 2]]
[x for x in xs]
lambda: 1
xs[1, 2]
d[nope]
d[xs]
nope[0]
nope.a.b
nope == none
nope == nope
nope != 1
nope in [1]
1 in nope
nope < 1
nope + 'x'
'x' + nope
nope ~ nope
nope * 2
-nope
nope|length
nope|int
nope|float
nope|upper
nope|trim
nope|replace('a', 'b')
nope|join
nope|map('upper')|list
nope|sort
nope|first
nope|last
nope|sum
nope|unique|list
nope|tojson
nope|e
nope|string
nope|abs
nope|round
nope|items|list
nope|dictsort
nope|reverse|list
nope|batch(2)|list
nope|default('d')|upper
nope()
nope.x()
name()
name.nope()
name.nope
n.nope
xs.nope
d.nope()
none.x
none()
none + 1
none < 1
none[0]
true.x
1 / 0
1 % 0
1 // 0
1.0 / 0
0 ** -1
1 + none
'a' + 1
1 + 'a'
'a' - 'b'
'a' * 'b'
'a' * 1.5
'a' / 2
[1] - [1]
{} + {}
[] < {}
1 < 'a'
'a' < 1
none > none
[1] < [none]
(1, 'a') < (1, 2)
{} < {}
'a' in 1
1 in 'a'
1 in 1
'a' in ['a', 1]
'a' not in 'abc'
[] in [[]]
xs.append
xs.append(4)
xs.pop(10)
xs.remove(99)
xs.insert(1)
xs.sort('x')
{}.pop('a')
{}.popitem()
'a'.join(5)
'a'.split(5)
'a'.replace('a')
'a'.nope('x')
'a'.upper(1)
'a'.startswith(1)
'a'.center('x')
'%d' % 'a'
'%d' % none
'%s %s' % 'a'
'%s' % ('a', 'b')
'%z' % 1
'%' % 1
'%(a)s' % {'b': 1}
'%(a)s' % 1
'a'|round
'a'|abs
5|join
5|first
5|sort
5|map('string')|list
5|dictsort
5|tojson
'a'|batch
'a'|nofilter
'a' is notest
'a'|upper(1)
'a'|replace
'a'|truncate(-1)
'a'|indent('x', 1, 2, 3)
'a'|default(1, 2, 3)
[1]|sort(nope=1)
xs|sort(reverse=1)
xs|join(attribute='x')
xs|join(d='-')
xs|round
xs|groupby
xs|map('upper', 1)|list
xs|map(1)|list
users|map(attribute='age')|sum
users|map(attribute='address')|map(attribute='zip')|join('')
users|sum(attribute='address.zip')
users|selectattr('age', '>=', 30)|map(attribute='name')|first
users|sort(attribute='age,name', reverse=true)|map(attribute='name')|list
users|groupby('age')|map(attribute='grouper')|list
users|groupby('address.zip')|length
users|min(attribute='name')
users|unique(attribute='age')|map(attribute='name')|list
users|map('attr', 'name')|list
users|map('items')|first|list
users[0].items()|list|length
users[0]|length
users|length
users[-1].name
users[1:]|map(attribute='name')|list
users|map(attribute='0')|list
words|sort|join(' ')
words|map('length')|list
words|map('first')|join
words|map('truncate', 3, true, '', 0)|list
words|join(', ')|upper
words|select('in', ['apple'])|list
words|reject('in', ['apple'])|list
words|map('title')|unique|list
(words|map('lower')|list).count('apple')
words|sort(reverse=true)|first
words|batch(3, '-')|map('join', '|')|list
text.split()|map('length')|list
text.split()|map('first')|join
text|replace(' ', '_')|lower
text.split(' ')[::-1]|join(' ')
text|wordcount
text|length
text[4:9]
text.find('fox')
text.title() == text|title
text|truncate(10)|length
'\N{BULLET}'
'\xe9\u00e9\U000000e9'
'\0\a\b\f\v'
'\x4'
'a\
b'
'tab	inside'
"\"quoted\""
'\\n'
'\'"'
["'"]
['"']
['\'"']
['\\']
['\x85\u2028\ufeff\u200d']
['\U0010ffff\U0001f600']
['\ud800']
[1.0, 1e16, 1e-5, -0.0]
[1e400, -1e400]
{'a': [1, {'b': (1,)}]}
((1,),)
[[]]
[none, true, false]
{'x': none}
{1.5: 1}
{(): 1}
"""

# Whole templates, one per entry.
TEMPLATES = [
    "{% set s = set([1]) %}{% do s.add(2) %}{% do s.update([3, 4]) %}{% do s.discard(1) %}{% do s.remove(2) %}{{ s }}{{ s|length }}",
    "{% set s = set([]) %}{% do s.remove(1) %}", "{% set s = set([1]) %}{% do s.clear() %}{{ s }}",
    "{% set s = set(['b', 'a']) %}{% for x in s|sort %}{{ x }}{% endfor %}", "{% for a, b in zip([1, 2], 'xy') %}{{ a }}{{ b }} {% endfor %}",
    "{% set q = fromjson('{\"a\": [1, 2]}') %}{% for x in q.a %}{{ x }},{% endfor %}", "{% set q = fromyaml('a: {b: 1}') %}{{ q.a.b }}",
    "{% set re = modules.re %}{% set m = re.match('(\\\\w+)-(\\\\d+)', 'ab-12') %}{% if m %}{{ m.group(1) }}/{{ m.group(2) }}{% endif %}",
    "{% set m = modules.re.match('x', 'y') %}{% if not m %}none{% endif %}",
    "{% for m in modules.re.finditer('(\\\\d)', 'a1b2') %}{{ m.group(1) }}@{{ m.start() }} {% endfor %}",
    "{% set dt = modules.datetime.datetime(2024, 2, 28) %}{% for i in range(3) %}{{ (dt + modules.datetime.timedelta(days=i)).strftime('%m/%d') }} {% endfor %}",
    "{% set start = modules.datetime.datetime.strptime('2024-01-31', '%Y-%m-%d') %}{{ start.date() }}/{{ start.year }}-{{ '%02d' % start.month }}",
    "{% for a, b in modules.itertools.product([1, 2], 'xy') %}{{ a }}{{ b }} {% endfor %}",
    "{% for x in modules.itertools.chain('ab', [1]) %}{{ x }}{{ loop.last }} {% endfor %}",
    "{% set ns = namespace(x=1) %}{% set ns.x %}{{ ns.x }}!{% endset %}{{ ns.x }}", "{% set ns = namespace() %}{{ ns.x }}", "{% set ns = namespace(a=[]) %}{% do ns.a.append(1) %}{{ ns.a }}", "{% set ns = namespace() %}{% set ns['x'] = 1 %}",
    "{% set x = [1, 2] %}{% set x[0] = 3 %}", "{% set a = b = 1 %}", "{% set a, b = b, a %}{{ a }}", "{% set a, (b, c) = 1, (2, 3) %}{{ a }}{{ b }}{{ c }}", "{% set [a, b] = [1, 2] %}", "{% set a, *b = [1, 2] %}", "{% set a += 1 %}", "{% set x = %}", "{% set 1 = 1 %}", "{% set loop = 1 %}{{ loop }}", "{% set x = 1 if true %}{{ x }}", "{% set x -%} a {%- endset %}[{{ x }}]", "{% set x %}{% for i in xs %}{{ i }}{% endfor %}{% endset %}{{ x|length }}",
    "{% for i in range(3) %}{% set x = i %}{% endfor %}{{ x }}", "{% for i in range(3) %}{{ i }}{% endfor %}{{ i }}", "{% for i in range(3) -%}\n  {{ i }}\n{%- endfor %}", "{% for i in range(3) %}\n{{ i }}{% if not loop.last %},{% endif %}\n{% endfor %}",
    "{% for x in xs recursive %}{{ x }}{% endfor %}", "{% for x in [[1, [2]], [3]] recursive %}{% if x is iterable %}[{{ loop(x) }}]{% else %}{{ x }}{% endif %}{% endfor %}", "{% for x in [1] %}{{ loop(x) }}{% endfor %}",
    "{% for x in xs if x > 10 %}{{ x }}{% else %}empty {{ loop is defined }}{% endfor %}", "{% for x in xs if loop.first %}{{ x }}{% endfor %}", "{% for x in xs if x %}{{ loop.length }}{% endfor %}",
    "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ loop.index }}:{{ k }}={{ v }}{{ ', ' if not loop.last }}{% endfor %}", "{% for k, v in {'a': 1} %}{% endfor %}", "{% for a, b in [1, 2] %}{% endfor %}", "{% for a, b in [[1, 2, 3]] %}{% endfor %}", "{% for a, b in ['xy'] %}{{ b }}{{ a }}{% endfor %}", "{% for x in none %}{% endfor %}", "{% for x in true %}{% endfor %}", "{% for x in 'ab' %}{{ loop.cycle('odd', 'even') }}{{ x }} {% endfor %}", "{% for x in [] %}{% else %}{% for y in [1] %}{{ y }}{% endfor %}{% endfor %}", "{% for x in xs %}{{ loop.nextitem|default('end') }} {% endfor %}", "{% for x in xs %}{{ loop.foo }}{% endfor %}", "{% for x in xs %}{% if loop.index > 1 %}{% continue %}{% endif %}{{ x }}{% else %}e{% endfor %}", "{% for x in [] %}{% break %}{% else %}e{% endfor %}", "{% for x in xs %}{% for y in xs %}{% if y == 1 %}{% continue %}{% endif %}{{ y }}{% endfor %};{% endfor %}", "{% for x in xs %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% else %}e{% endfor %}", "{% continue %}", "{% for x in xs %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}", "{% for x in xs %}{{ x }}{% endfor x %}", "{% for loop in xs %}{{ loop }}{% endfor %}", "{% for x in xs %}{{ loop }}{% break %}{% endfor %}", "{% for x.y in xs %}{% endfor %}", "{% for (a, b) in [(1, 2)] %}{{ a }}{{ b }}{% endfor %}", "{% for x in xs|reverse %}{{ x }}{{ loop.revindex }}{% endfor %}", "{% for x in xs|map('string') %}{{ loop.index }}/{{ loop.length }} {% endfor %}", "{% for x in range(3)|select('odd') %}{{ x }}{{ loop.last }}{% endfor %}",
    "{% if %}{% endif %}", "{% if 1 %}a{% else %}b{% else %}c{% endif %}", "{% if 1 %}a{% elif %}b{% endif %}", "{% if 0 %}a{% elif 1 %}b{% elif 1 %}c{% endif %}", "{% if nope.x %}{% endif %}", "{% if not nope %}ok{% endif %}", "{% if nope is not defined %}ok{% endif %}", "{% if d.x %}a{% else %}b{% endif %}", "{% if xs and words %}y{% endif %}", "{% if 'a' in 'abc' and 1 not in [2] %}y{% endif %}", "{%if 1%}x{%endif%}", "{%- if 1 -%}   x   {%- endif -%}", "a  {%- if 1 %}  b  {% endif -%}  c", "{% if 1 -%}\n\n x{% endif %}", "{% if (1 == 1) %}x{% endif %}", "{% if 1 == 1: %}x{% endif %}", "{% if 1 %}x{% endif: %}", "{% else: %}",
    "{% macro m(a, b='x', *c) %}{% endmacro %}", "{% macro m(**k) %}{% endmacro %}", "{% macro m(a,) %}{{ a }}{% endmacro %}{{ m(1) }}", "{% macro m(a b) %}{% endmacro %}", "{% macro m(a: int, b: str = 'x') %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}", "{% macro m(a: dict[str, list[int]]) %}{{ a }}{% endmacro %}{{ m({}) }}", "{% macro m(1) %}{% endmacro %}", "{% macro m(a, a) %}{% endmacro %}", "{% macro m() %}a{% endmacro m %}", "{% macro m() %}{{ caller }}{% endmacro %}{{ m() }}", "{% macro m(x=[]) %}{% do x.append(1) %}{{ x }}{% endmacro %}{{ m() }}{{ m() }}", "{% macro m(a, b=a) %}{{ b }}{% endmacro %}{{ m(1) }}", "{% macro m(a, b=nope) %}{{ b }}{% endmacro %}{{ m(1) }}", "{% macro m(a) %}{{ a }}{{ varargs|length }}{% endmacro %}{{ m(*xs) }}", "{% macro m() %}{{ kwargs.x }}{{ kwargs|length }}{% endmacro %}{{ m(x=1, y=2) }}", "{% macro m() %}{{ kwargs }}{% endmacro %}{{ m(**{'a': 1}) }}", "{% macro m() %}{% set x = 5 %}{{ inner() }}{% endmacro %}{% macro inner() %}{{ x }}{% endmacro %}{{ m() }}", "{% set x = 1 %}{% macro m() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ m() }}", "{% macro m() %}{{ y }}{% endmacro %}{% for y in [1] %}{{ m() }}{% endfor %}", "{% macro m(x) %}{% if x > 0 %}{{ x }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(5) }}", "{% macro a() %}{{ varargs }}{% endmacro %}{{ a(1, 2) }}{{ a() }}", "{{ m() }}{% macro m() %}x{% endmacro %}", "{% macro m() %}{% endmacro %}{{ m(1) }}", "{% macro m(a) %}{% endmacro %}{{ m(z=1) }}", "{% macro m(a) %}{% endmacro %}{{ m(1, a=1) }}", "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(b=1) }}", "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}{{ n }}{% endcall %}", "{% macro m() %}{{ caller('a', k='b') }}{% endmacro %}{% call(x, k='z') m() %}{{ x }}{{ k }}{% endcall %}", "{% macro m() %}{{ caller(1) }}{% endmacro %}{% call m() %}x{% endcall %}", "{% macro m() %}{{ caller() }}{% endmacro %}{% set x = 7 %}{% call m() %}{{ x }}{% endcall %}", "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}{% call m() %}z{% endcall %}", "{% call nope() %}{% endcall %}", "{% macro m(l) %}{% for x in l %}{{ caller(x) }}{% endfor %}{% endmacro %}{% call(x) m(xs) %}<{{ x }}>{% endcall %}", "{% macro m() %}{{ self }}{% endmacro %}{{ m() }}", "{% macro outer() %}{% macro inner() %}i{% endmacro %}{{ inner() }}{% endmacro %}{{ outer() }}", "{% if true %}{% macro m() %}x{% endmacro %}{% endif %}{{ m() }}", "{% macro m() %}{% endmacro %}{{ m.name }}{{ m.arguments }}", "{% macro _m() %}p{% endmacro %}{{ _m() }}", "{% macro m(a=1, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(b=3) }}{{ m(**{'a': 9}) }}{{ m(*[7]) }}", "{% set m = 1 %}{% macro m() %}x{% endmacro %}{{ m() }}",
    "{% filter upper %}a{{ n }}b{% endfilter %}", "{% filter indent(2) %}a\nb{% endfilter %}", "{% filter trim|upper %} a {% endfilter %}", "{% filter nope %}{% endfilter %}", "{% filter join(',') %}abc{% endfilter %}", "{% with a=1 %}{% with a=2 %}{{ a }}{% endwith %}{{ a }}{% endwith %}", "{% with a=1, b=a %}{{ b }}{% endwith %}", "{% with a %}{% endwith %}", "{% with %}{% endwith %}", "{% raw %}{{ x }}{% endraw %}", "{% raw -%}  x  {%- endraw %}", "{%- raw %} {% if %} {% endraw -%} z", "{% raw %}{# c #}{% endraw %}", "{% raw %}", "{% endraw %}", "{# {{ x }} #}a", "{# a {# b #} c #}", "a{#- x -#} b", "{# unclosed", "a {# b #}\n c", "{#\n multi\n#}x", "{{ '{# not #}' }}", "{{ '{{' }}{{ '}}' }}", "{{ \"{% raw %}\" }}", "{{ x }}}", "{{{ 'a': 1 }}}", "{{ {'a': 1}['a'] }}", "{{ {'a': {'b': 2}}['a']['b'] }}", "{{ '}}' }}", "{% set x = '%}' %}{{ x }}", "{{\n1\n+\n1\n}}", "{{ 1 # comment\n}}", "{{ 'a' -}}   b", "b   {{- 'a' }}", "{{- 'a' -}}", "  {%- if 1 %} a {%- endif %} ", "\n{{ 1 }}\n", "{{ 1 }}\n\n", "a\n", "a\n\n\n", "a\r\n{{ 1 }}\r\n", "\t{{ 1 }}\t", "{%+ if 1 +%}\n a {%+ endif +%}\n", "{{+ 1 +}}", "{%-if 1-%} x {%-endif-%} y", "{{-1-}}", "{{ 1-1 }}", "{{ 1 -1 }}", "{{ n-}}  x", "{% set x = 1 -%}\n\n  {{ x }}", "{%- set x = 1 %}\n{{ x }}", "# for x in y\n{{ 1 }}", "## comment\n{{ 1 }}", "%% if x\n", "<% x %> ${x} {x} [[x]]", "{ { x } }", "{{ x }", "{ % if %}", "{% if x }", "{{ x %}", "{% x }}", "{%%}", "{{}}", "{% %}", "{##}", "{#}", "{{ ( }}", "{{ ) }}", "{{ [ }}", "{{ 'a }}", "{{ \"a' }}", "{{ a. }}", "{{ .a }}", "{{ a[] }}", "{{ a[1:2:3:4] }}", "{{ a(b=1, c) }}", "{{ a(b=1, b=2) }}", "{{ a(*b, *c) }}", "{{ a(**b, **c) }}", "{{ a(**b, *c) }}", "{{ a|b.c }}", "{{ a is b.c }}", "{{ a is not }}", "{{ a if }}", "{{ if a }}", "{{ a else b }}", "{{ a and }}", "{{ or a }}", "{{ not }}", "{{ a not b }}", "{{ a in }}", "{{ 1.2.3 }}", "{{ 1..2 }}", "{{ 1. }}", "{{ .5 }}", "{{ 1_0 }}", "{{ 1__0 }}", "{{ 0x }}", "{{ 0xG }}", "{{ 01 }}", "{{ 1e }}", "{{ 1e+5 }}", "{{ 1E5 }}", "{{ 1_000.5 }}", "{{ 0b102 }}", "{{ a b }}", "{{ a, b }}", "{{ a; b }}", "{{ a = 1 }}", "{{ a := 1 }}", "{{ a => b }}", "{{ a ?? b }}", "{{ a ? b : c }}", "{{ a && b }}", "{{ !a }}", "{{ a @ b }}", "{{ `a` }}", "{{ $a }}", "{{ a\\b }}", "{{ é }}", "{% set é = 1 %}{{ é }}", "{% set 变量 = 2 %}{{ 变量 }}", "{{ a·b }}", "{{ \u00a0 1 }}",
    "{% include 'a' %}", "{% include 'a' ignore missing %}", "{% import 'a' as b %}", "{% from 'a' import b %}", "{% extends 'a' %}", "{% extends nope %}", "{% block a %}x{% endblock %}", "{% block a %}{% block b %}y{% endblock %}{% endblock %}", "{% block a %}{% endblock %}{% block a %}{% endblock %}", "{% block a %}{{ super() }}{% endblock %}", "{{ self.a() }}{% block a %}q{% endblock %}", "{% block a required %}{% endblock %}", "{% block a-b %}{% endblock %}", "{% set x = 1 %}{% block a %}{{ x }}{% endblock %}", "{% for x in xs %}{% block a scoped %}{{ x }}{% endblock %}{% endfor %}", "{% for x in xs %}{% block a %}{{ x }}{% endblock %}{% endfor %}", "{{ super() }}", "{% autoescape true %}{{ '<' }}{% endautoescape %}", "{% autoescape true %}{{ '<'|safe }}{{ ['<'] }}{{ '<' ~ '>' }}{% endautoescape %}", "{% autoescape true %}{% set x %}<b>{% endset %}{{ x }}{% endautoescape %}", "{% autoescape true %}{% macro m() %}<{{ '<' }}{% endmacro %}{{ m() }}{% endautoescape %}", "{% autoescape nope %}{{ '<' }}{% endautoescape %}", "{% trans %}x{% endtrans %}", "{% debug %}", "{% cache %}", "{% do xs.append(9) %}{{ xs }}", "{% do %}", "{% do 1, 2 %}", "{% do nope.x %}", "{% do nope() %}", "{% print 'a' %}", "{% print %}", "{% unknown %}", "{% endif %}", "{% endfor %}", "{% if 1 %}{% for x in xs %}{% endif %}{% endfor %}", "{% if 1 %}", "{% for x in xs %}", "{% macro m() %}", "{% call m() %}", "{% filter upper %}", "{% set x %}", "{% with %}", "{% block a %}", "{% autoescape true %}",
    "a\nb\n{{ nope.x }}\n", "a\n{% if true %}\n{{ 1 / 0 }}\n{% endif %}", "{% for x in xs %}\n{{ x + 'a' }}\n{% endfor %}", "\n\n\n{{ 'a'|int + none }}", "a\n{{ [1,\n2,\n3][nope.x] }}", "{% set x = 1 %}\n{% set y = x.y.z %}\n", "x\n{% do nope.append(1) %}", "x\n\n{% set a, b = [1] %}", "{# a\nb\n#}\n{{ nope() }}", "{% raw %}\n\n{% endraw %}\n{{ none + 1 }}", "{{ 1 }}\n{{ xs|sort(attribute='x.y.z') }}", "a\n{{ xs|map('upper')|map('nope')|list }}", "{% if true %}\n{% elif 1/0 %}\n{% endif %}\n{% if 1/0 %}{% endif %}", "{%- set x = [1, 2] -%}\n\n{{ x[0].y.z }}",
    "{% materialization m, default %}x{% endmaterialization %}a", "{% materialization m, adapter='redshift' %}x{% endmaterialization %}b", "{% materialization m, default, supported_languages=['sql', 'python'] %}x{% endmaterialization %}c", "{% materialization m, nope='x' %}x{% endmaterialization %}", "{% materialization m %}x{% endmaterialization %}d", "{% test t(model, column_name) %}select {{ model }}{% endtest %}e", "{% test t %}{% endtest %}", "{% docs d %}text {{ 1 }}{% enddocs %}f", "{% docs d %}", "{% test t(model) %}", "{% docs %}{% enddocs %}", "{{ materialization_m_default is defined }}{% materialization m, default %}x{% endmaterialization %}{{ dbt_macro__materialization_m_default is defined }}",
    "{{ return(1) }}", "{% do return('x') %}", "{% set x = return(1) %}", "select * from {{ name }} where {% for x in xs %}{{ ' or ' if not loop.first }}x = {{ x }}{% endfor %}", "{% set cols = ['a', 'b'] %}select\n{%- for c in cols %}\n  {{ c }}{{ ',' if not loop.last }}\n{%- endfor %}\nfrom t", "{%- set payment = ['card', 'cash'] -%}\nselect\n{% for p in payment -%}\nsum(case when m = '{{ p }}' then amount end) as {{ p }}_amount\n{%- if not loop.last %},{% endif %}\n{% endfor -%}\nfrom x\n", "{% set q %}\nselect {{ n }}\n{% endset %}{{ q|trim }}", "{%- for u in users -%}\n{{ u.name }}:{{ u.age }}{{ \"\\n\" }}\n{%- endfor -%}", "{% set l = [] %}{% for x in xs %}{% set _ = l.append(x * 2) %}{% endfor %}{{ l }}", "{% set l = [] %}{% for x in xs %}{{ l.append(x) }}{% endfor %}{{ l }}", "{% set l = [] %}{% for x in xs %}{{ l.append(x) or '' }}{% endfor %}{{ l|length }}", "{% set x = {'a': 1} %}{% do x.update({'b': 2}) %}{% for k in x %}{{ k }}{% endfor %}", "{% set x = {} %}{% set _ = x.update({'k': [1]}) %}{% do x['k'].extend([2, 3]) %}{{ x }}", "{% set x = [3, 1] %}{{ x.sort() }}{{ x }}", "{% set x = 'a' %}{% set x = x ~ 'b' %}{{ x }}", "{% set x = xs[:] %}{% do x.append(1) %}{{ xs|length }}{{ x|length }}", "{% set x = xs %}{% do x.insert(0, 7) %}{{ xs }}", "{% set a = {} %}{% do a.setdefault('x', []).append(1) %}{{ a }}", "{% set l = [1, 2, 3] %}{% do l.pop(0) %}{{ l }}{{ l.index(3) }}{{ l.count(2) }}", "{% set l = [1] %}{% for x in l %}{% if l|length < 5 %}{% do l.append(x + 1) %}{% endif %}{{ x }}{% endfor %}", "{% set x = {'b': 1} %}{{ x.pop('b') }}{{ x }}{{ x.get('b', 'gone') }}", "{% set x = (1, [2]) %}{% do x[1].append(3) %}{{ x }}", "{% set g = xs|map('string') %}{{ g|join(',') }}|{{ g|join(',') }}", "{% set r = [1,2,3]|reverse %}{{ r|list }}{{ r|list }}", "{% set z = zip([1], [2]) %}{{ z|list }}{{ z|list }}", "{{ caller }}", "{{ varargs }}{{ kwargs }}", "{{ self }}", "{% set self = 1 %}{{ self }}", "{{ context }}", "{% set range = 5 %}{{ range }}", "{% set dict = 5 %}{{ dict }}", "{% for range in [1] %}{{ range }}{% endfor %}{{ range(2)|list }}", "{{ loop }}", "{% set loop = 5 %}{% for x in [1] %}{{ loop.index }}{% endfor %}{{ loop }}", "{% with loop = 3 %}{{ loop }}{% endwith %}", "{{ true }}{{ True }}{{ false }}{{ none }}{{ None }}", "{% set none = 1 %}", "{% set None = 1 %}", "{{ TRUE }}{{ NULL }}{{ null }}", "{{ and }}", "{{ in }}", "{{ is }}", "{{ if }}", "{{ else }}", "{% set if = 1 %}", "{% set in = 1 %}", "{% set not = 1 %}", "{% set is = 1 %}", "{% for in in xs %}{% endfor %}", "{{ {'if': 1}.if }}", "{{ d.items.x }}", "{{ d.in }}", "{{ d.not }}", "{{ d.none }}", "{{ d.true }}", "{{ xs.0 }}", "{{ xs.0.x }}", "{{ xs.-1 }}", "{{ d.'a' }}", "{{ d.c.x.2.y }}", "{{ d['c'].x[2]['y'] }}", "{{ d.get('c').get('x')[0] }}", "{{ d.c.x|first }}", "{{ (d.c).x }}", "{{ d . a }}", "{{ d\n.a }}", "{{ xs [0] }}", "{{ range (3) | list }}", "{{ 'a' . upper ( ) }}",
]

MACROS = """
{% macro five() %}text{{ return(5) }}more{% endmacro %}
{% macro pick(x) %}{% if x %}{% do return(['a', x]) %}{% endif %}none{% endmacro %}
{% macro twice() %}{{ return(five() * 2) }}{% endmacro %}
{% macro wrap() %}[{{ caller() }}]{% endmacro %}
{% macro nothing() %}{% do return() %}{% endmacro %}
{% macro nil() %}{% do return(none) %}{% endmacro %}
{% macro args(a, b=2) %}{{ a }}-{{ b }}-{{ varargs }}-{{ kwargs }}{% endmacro %}
{% macro loopy(xs) %}{% for x in xs %}{% if x == 1 %}{{ return(loop.index) }}{% endif %}{% endfor %}{% endmacro %}
{% macro sees() %}[{{ name }}{{ local }}]{% endmacro %}
{% macro shadow() %}{% set name = 'inner' %}{{ name }}{% endmacro %}
{% macro spaced() %}
  x
{% endmacro %}
{% macro trimmed() -%}
  x
{%- endmacro %}
{% macro fact(n) %}{% if n <= 1 %}{{ return(1) }}{% endif %}{{ return(n * fact(n - 1)) }}{% endmacro %}
{% macro fails() %}{{ nope.x }}{% endmacro %}
{% macro zero() %}{{ 1 / 0 }}{% endmacro %}
{% macro typed(a: string, b: optional[list[int]] = none) %}{{ a }}{{ b }}{% endmacro %}
{% macro mutate(l) %}{% do l.append(1) %}{% endmacro %}
{% macro default_list(l=[]) %}{% do l.append(1) %}{{ return(l) }}{% endmacro %}
{% macro each(xs) %}{% for x in xs %}{{ caller(x) }}{% endfor %}{% endmacro %}
{% macro ret_in_call() %}{% set x = caller() %}{{ return(x | length) }}{% endmacro %}
{% macro uses_set() %}{% set q %}select {{ five() }}{% endset %}{{ return(q) }}{% endmacro %}
{% macro kw() %}{{ return(kwargs) }}{% endmacro %}
{% test positive(model, column_name) %}select {{ column_name }} from {{ model }}{% endtest %}
"""

# Templates that call the macros of the file above.
WITH_MACROS = [
    "{{ five() }}", "{{ five() + 1 }}", "{{ pick(1)[1] + 1 }}", "[{{ pick(0) }}]", "{{ twice() }}", "{% set f = five %}{{ f() }}", "{% call wrap() %}{{ five() }}{% endcall %}", "{{ nothing() }}", "{{ nil() }}", "{{ nil() is none }}", "{{ pick(x=2) }}", "{% for i in range(2) %}{{ five() }}{% endfor %}", "{{ args(1) }} {{ args(1, 2, 3, z=4) }}", "{{ args() }}", "{{ args(b=1) }}", "{{ args(*xs) }}", "{{ args(**{'a': 1, 'q': 2}) }}", "{{ loopy([3, 1]) }}", "[{{ loopy([]) }}]", "{{ sees() }}", "{% set local = 5 %}{{ sees() }}", "{% set name = 'x' %}{{ sees() }}", "{% for name in ['loop'] %}{{ sees() }}{% endfor %}", "{{ shadow() }}{{ name }}", "[{{ spaced() }}]", "[{{ trimmed() }}]", "{{ fact(5) }}", "{{ fact(30) }}", "{{ fails() }}", "{{ zero() }}", "{{ typed('x') }}", "{{ typed('x', [1]) }}", "{% set l = [] %}{{ mutate(l) }}{{ l }}", "{{ default_list() }}{{ default_list() }}", "{% call(x) each(xs) %}<{{ x }}>{% endcall %}", "{% call ret_in_call() %}abc{% endcall %}", "{{ uses_set() }}", "{{ uses_set()|upper }}", "{{ kw(a=1, b=[2]) }}", "{{ kw() }}", "{{ kw(1) }}", "{{ test_positive('m', 'c') }}", "{{ test_positive(model='m', column_name='c') }}", "{{ five is callable }}", "{{ five }}" if False else "{{ five is defined }}", "{{ five is string }}", "{{ (five(), five()) }}", "{{ [five()]|sum }}", "{{ [1, 2]|map('string')|map('upper')|list }}{{ five() }}", "{{ 'x' if five() == 5 }}", "{% if pick(1) %}y{% endif %}", "{% if nothing() %}y{% else %}n{% endif %}", "{{ five() ~ pick(0) }}", "{{ five().x }}", "{{ pick(0).upper() }}", "{{ pick(0)|length }}", "{{ wrap() }}", "{% call five() %}x{% endcall %}", "{{ five(1) }}", "{{ five(a=1) }}", "{{ nope_macro() }}", "{% do five() %}", "{% do mutate(xs) %}{{ xs }}", "{% set x = pick(3) %}{% do x.append(4) %}{{ x }}", "{% filter upper %}{{ pick(0) }}{% endfilter %}", "{% set x %}{{ five() }}{% endset %}{{ x }}{{ x is string }}", "{{ fact(1) }}{{ fact(2) }}", "{{ trimmed() }}{{ trimmed() }}", "{{ caller() }}", "{{ wrap(caller=five) }}", "{{ args(1, caller=2) }}",
]

# Strings of YAML files: what they evaluate to.
NATIVE = [
    "plain", "", "1", "true", "{{ 1 }}", "{{ 1 + 1 }}", "{{ n }}", "{{ n + 1 }}", "{{ xs }}", "{{ d }}", "{{ flag }}", "{{ nothing }}", "{{ name }}", "{{ 'text' }}", "{{ \"1\" }}", "a{{ 1 }}", "{{ n }}{{ n }}", "{{ n }} ", " {{ n }}", "{{ [1, 'a'] }}", "{{ [n] }}", "{{ {'a': 1} }}", "{{ {'a': n} }}", "{{ none }}", "{{ true }}", "{{ not true }}", "{{ f }}", "{{ 1.5 }}", "{{ (1, 2) }}", "{{ (n, 2) }}", "{{ '1' | as_number }}", "{{ '1.5' | as_number }}", "{{ 'x' | as_number }}", "{{ 'true' | as_bool }}", "{{ 'True' | as_bool }}", "{{ 'False' | as_bool }}", "{{ '1' | as_bool }}", "{{ '[1, 2]' | as_native }}", "{{ '{\"a\": 1}' | as_native }}", "{{ 'None' | as_native }}", "{{ '1.5' | as_native }}", "{{ 'x' | as_native }}", "{{ \"'x'\" | as_native }}", "{{ '(1,)' | as_native }}", "{{ '-5' | as_native }}", "{{ '1e3' | as_native }}", "{{ '0x10' | as_native }}", "{{ '1_000' | as_number }}", "{{ 'True' | as_native }}", "{{ '{1, 2}' | as_native }}", "{{ '1 + 1' | as_native }}", "{{ '010' | as_number }}", "{{ n | as_text }}", "{{ 5 | as_text }}", "{{ flag | as_bool }}", "{{ n | as_number }}", "{{ n | as_native }}", "{{ xs | as_native }}", "{{ xs | is_list }}", "{{ 'a' ~ 1 }}", "{{ n ~ '' }}", "{{ n | string }}", "{% if true %}1{% endif %}", "{% if flag %}{{ n }}{% endif %}", "{% for x in xs %}{{ x }}{% endfor %}", "{% set x = 5 %}{{ x }}", "{% set x %}t{% endset %}{{ x }}", "{{ nope }}", "{{ nope.x }}", "{{ 'a' if false }}", "{{ xs | join(',') }}", "{{ xs | map('string') | list }}", "{{ n if flag else 0 }}", "{{ 1 if true else 2 }}", "{{ '1' if flag }}", "{# c #}", "{# c #}{{ n }}", "{{ n }}{# c #}", "{{ n -}}  ", "{{ 'it''s' }}", "{{ [] }}", "{{ {} }}", "{{ '' }}", "{{ 1 == 1 }}", "{{ n == 42 }}", "{{ 2 ** 70 }}", "{{ 7 / 2 }}", "{{ n / 4 }}", "{{ 'x' | upper }}", "{{ name | upper }}", "{{ range(3) }}", "{{ range(3) | list }}", "{{ 'a' in xs }}", "{{ xs[0] }}", "{{ [1, 2][0] }}", "{{ 'abc'[0] }}", "{{ {'a': 1}.a }}", "{{ -n }}", "{{ -1 }}", "{{ 'a' 'b' }}", "{{ 1, 2 }}", "{{ n, 2 }}", "{{ 'yes' }}", "{{ '2024-01-01' }}", "{{ 1 }}{{ 2 }}", "{{ 1 }}a{{ 'b' }}", "{{ modules.datetime.date(2024, 1, 1) }}",
]

# While a project is parsed, undefined names absorb what is done with them.
PARSING = [
    "[{{ a }}]", "[{{ a.b.c }}]", "[{{ a() }}]", "[{{ a['x'].y(1)(2) }}]", "{% if a.b %}x{% endif %}", "{% for x in a.b() %}x{% endfor %}", "[{{ a[1:2] }}]", "{{ a + 1 }}", "{{ a ~ 1 }}", "{{ a|length }}", "{{ a.b|default('d') }}", "{{ a.b is defined }}", "{{ a == a }}", "{{ a.x == '' }}", "{{ a|upper }}", "{{ a|int }}", "{{ a < 1 }}", "{{ -a }}", "{{ a in [1] }}", "{{ 1 in a }}", "{{ d.nope.x }}", "{{ d.nope() }}", "{{ name.nope.x }}", "{{ xs[9].y }}", "{{ none.x.y }}", "{% set b = a.c %}{{ b.d }}", "{% do a.append(1) %}", "{{ a|map(attribute='x')|list }}", "{{ a|join(',') }}", "{% set a, b = c %}", "{{ [a.b] }}", "{{ {'k': a.b} }}", "{{ 'x' if a else 'y' }}", "{{ a|tojson }}", "{{ range(a) }}", "{{ 'a' + a }}", "{{ a % 2 }}", "{{ '%s' % a }}", "{{ a.b.c('x', y=1).d[0] }}", "{{ a(**{'x': 1}) }}", "{{ a(nope2) }}", "{{ nope()|first }}", "{{ 1 / 0 }}", "{% for k, v in a.items() %}x{% else %}none{% endfor %}", "{{ a|round }}", "{{ a|list }}", "{{ a|sort }}", "{{ a.b|abs }}",
]
