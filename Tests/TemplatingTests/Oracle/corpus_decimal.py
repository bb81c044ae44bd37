"""Exact numbers, as databases give them: templates that have the function decimal()."""

NUMBERS = """
0 1 -1 1.50 0.10 -2.75 10 100.00 0.000001 0.0000001 1E+3 -0.00 7 0.5
123456789012345678901234567890 3.14159265358979323846264338327950288
99999999999999999999999999.99 0.3333333333333333333333333333 1E-12 65536 -12.345
""".split()

EXPRESSIONS = """
decimal('1.50')
[decimal('1.50')]
{'a': decimal('-0.1')}
(decimal('1'),)
decimal('1.50') ~ 'x'
decimal('1.50')|string
decimal('1.50')|int
decimal('-1.99')|int
decimal('1E+30')|int
decimal('1.50')|float
decimal('0.1')|float
decimal('1.50')|round
decimal('2.50')|round
decimal('3.50')|round
decimal('2.675')|round(2)
decimal('-2.665')|round(2)
decimal('12345.678')|round(-2)
decimal('1.2')|round(5)
decimal('1.25')|round(1, 'ceil')
decimal('1.25')|round(1, 'floor')
decimal('-1.25')|round(1, 'ceil')
decimal('-1.25')|round(0, 'floor')
decimal('1.25')|round(1, 'nearest')
decimal('1.25')|round(-1, 'ceil')
decimal('12345678901234567890123456789012')|round(2)
decimal('-1.50')|abs
-decimal('1.50')
+decimal('-1.50')
-decimal('0.00')
+decimal('12345678901234567890123456789012345')
not decimal('0.00')
not decimal('0.01')
'y' if decimal('0') else 'n'
decimal('1.50') is number
decimal('1.50') is float
decimal('1.50') is integer
decimal('1.50') is string
decimal('1.50') is iterable
decimal('1.50') is defined
decimal('1.50') == 1.5
decimal('0.1') == 0.1
decimal('0.5') == 0.5
1.5 == decimal('1.50')
decimal('2') == 2
2 == decimal('2.0')
true == decimal('1')
decimal('1.0') != decimal('1.00')
decimal('1.50') == '1.50'
decimal('1.50') in [1.5]
1.5 in [decimal('1.50')]
decimal('1') < 2
1 < decimal('1.5')
1.4 < decimal('1.5')
decimal('1.5') <= 1.5
decimal('1.5') > 1.4999
decimal('1.5') >= 2
decimal('1') < 'a'
decimal('1') < none
0.1 < decimal('0.1')
decimal('0.1') < 0.1
{decimal('1'): 'a'}[1]
{1: 'a'}[decimal('1.00')]
{decimal('0.5'): 'a'}[0.5]
{0.5: 'a'}.get(decimal('0.50'))
{decimal('0.1'): 'a'}.get(0.1)
[decimal('1.5'), decimal('1.50'), 1.5]|unique|list
[decimal('3'), 1, decimal('2.5')]|sort
[decimal('3'), 1, decimal('2.5')]|min
[decimal('3'), 1.5, decimal('2.5')]|max
[decimal('1.50'), decimal('2.25')]|sum
[decimal('1.50'), 1]|sum
[1.5, decimal('1')]|sum
[decimal('1.5'), decimal('2')]|join(', ')
[decimal('1.5'), decimal('2')]|map('int')|list
[decimal('1.5'), decimal('2')]|map('round')|list
[decimal('1.5'), decimal('2')]|select('gt', 1.7)|list
decimal('1.5') + 1
1 + decimal('1.5')
decimal('1.5') + true
decimal('1.5') + 1.5
1.5 * decimal('2')
decimal('1.5') - none
decimal('1.5') + 'a'
'a' * decimal('2')
[1] * decimal('2')
range(decimal('3'))|list
[1, 2, 3][decimal('1')]
decimal('1') / 0
1 / decimal('0')
decimal('0') / 0
decimal('1') % 0
decimal('1') // 0
decimal('1E+40') // 3
decimal('2') ** 10
decimal('1.5') ** 2
decimal('1.50') ** 3
decimal('2') ** -1
decimal('3') ** -2
decimal('-2') ** 3
decimal('0') ** 3
decimal('0') ** 0
2 ** decimal('5')
decimal('10') ** decimal('2')
decimal('1.1') ** 40
'%s' % decimal('1.50')
'%r' % decimal('1.50')
'%d' % decimal('1.99')
'%05d' % decimal('-7.5')
'%.2f' % decimal('1.005')
'%5.1f' % decimal('2.25')
'%e' % decimal('12345')
'{}'.format(decimal('1.50'))
'{!r}'.format(decimal('1.50'))
'{:.1f}'.format(decimal('2.25'))
'{:.2f}'.format(decimal('2.675'))
'{:f}'.format(decimal('1E+3'))
'{:f}'.format(decimal('1.50'))
'{:,}'.format(decimal('1234567.891'))
'{:,.2f}'.format(decimal('-1234567.891'))
'{:10.2f}'.format(decimal('1.5'))
'{:<8}|'.format(decimal('1.5'))
'{:+.1%}'.format(decimal('0.125'))
'{:.0f}'.format(decimal('2.5'))
'{:x}'.format(decimal('2'))
'%s' | format(decimal('1.50'))
decimal('1.50')|tojson
tojson(decimal('1.50'))
tojson([decimal('1.50')])
decimal('1.50')|default('x')
decimal('1.50')|length
decimal('1.50').real
decimal('1.50').imag
decimal('1.500').normalize()
decimal('100').normalize()
decimal('0.00').normalize()
decimal('1.256').quantize(decimal('0.01'))
decimal('1.255').quantize(decimal('0.01'))
decimal('1.256').quantize(decimal('0.01'), 'ROUND_DOWN')
decimal('1.251').quantize(decimal('0.01'), rounding='ROUND_UP')
decimal('-1.251').quantize(decimal('0.01'), 'ROUND_FLOOR')
decimal('-1.251').quantize(decimal('0.01'), 'ROUND_CEILING')
decimal('1.255').quantize(decimal('0.01'), 'ROUND_HALF_UP')
decimal('1.255').quantize(decimal('0.01'), 'ROUND_HALF_DOWN')
decimal('1.5').quantize(1)
decimal('123').quantize(decimal('1E+1'))
decimal('1.5').to_integral_value()
decimal('2.5').to_integral_value()
decimal('1E+3').to_integral_value()
decimal('123.45').adjusted()
decimal('-1.5').copy_abs()
decimal('0.0').is_zero()
decimal('-0.0').is_signed()
decimal('1').is_nan()
decimal('1').is_finite()
decimal('1').conjugate()
decimal('1').nothing
decimal('1').nothing is defined
decimal('1500000')|filesizeformat
decimal('1.50')|e
decimal('1.50')|upper
decimal('1.50')|replace('5', '6')
(decimal('1.50') * 2)|string|length
decimal('1.10') * 3
decimal('1.10') - decimal('1.1')
decimal('19.99') * decimal('0.07')
(decimal('19.99') * decimal('0.07'))|round(2)
decimal('1') / 3
decimal('2') / 3
decimal('10') / 4
decimal('1.00') / decimal('0.5')
decimal('7') // decimal('2')
decimal('-7') // decimal('2')
decimal('-7') % decimal('2')
decimal('7.5') % 2
7 // decimal('2.5')
7 % decimal('-2.5')
decimal('1') / 3 * 3
decimal('1.50')|int + 1
decimal('1.50')|float + 1
zip([decimal('1.5')], [2])|list
set([decimal('1.0'), 1, 1.0])|list|length
"""


def expressions():
    result = [line for line in EXPRESSIONS.split("\n") if line.strip()]
    for index, left in enumerate(NUMBERS):
        result.append(f"decimal('{left}'), decimal('{left}')|string, [decimal('{left}')], -decimal('{left}')")
        for right in NUMBERS[index % 2 :: 2]:
            a, b = f"decimal('{left}')", f"decimal('{right}')"
            result.append(f"{a} + {b}, {a} - {b}, {a} * {b}")
            result.append(f"{a} < {b}, {a} == {b}, {a} >= {b}")
            if float(right) != 0:
                result.append(f"{a} / {b}")
                result.append(f"{a} // {b}, {a} % {b}")
    return result
