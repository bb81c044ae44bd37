import Diagnostics
import Templating
import Testing

/// What most templates do goes a short way; what that does not cover has to give the same.
@Suite struct ShortWayTests {
  @Test func arithmeticOfVariablesGoesOnBeyondIntegers() {
    let rows = [
      (
        "{% set a = 9223372036854775807 %}{{ a + 1 }} {{ a * a }}",
        "9223372036854775808 85070591730234615847396907784232501249"
      ),
      ("{% set a = 9223372036854775807 %}{{ a < a + 1 }} {{ (a + 1) % 10 == 8 }}", "True True"),
      ("{% set a = 'x' %}{% set b = 3 %}{{ a + a }} {{ a * b }} {{ b * a + a }}", "xx xxx xxxx"),
      ("{% set a = 7 %}{% set b = -2 %}{{ a % b }} {{ b % a }} {{ a // b }}", "-1 5 -4"),
      (
        "{% set a = 1.5 %}{% set b = 2 %}{{ a + b }} {{ a * b == 3 }} {{ b - a < b }}",
        "3.5 True True"
      ),
      ("{% set a = true %}{% set b = 2 %}{{ a + b }} {{ a == 1 }} {{ a < b }}", "3 True True"),
      (
        "{% set a = [1] %}{% set b = 2 %}{{ a + a }} {{ a * b }} {{ a == b }}",
        "[1, 1] [1, 1] False"
      ),
    ]
    expect(rows)
  }

  @Test func variablesOfEveryKindArePrintedAmongTexts() {
    let rows = [
      (
        "{% for i in [1, 'a', 2.5, none, [1], true, -3] %}<{{ i }}>{% endfor %}",
        "<1><a><2.5><None><[1]><True><-3>"
      ),
      (
        "{% for k, v in {'a': 1, 'b': 'x', 3: [2], 'd': 4}.items() %}{{ k }}={{ v }};{% endfor %}",
        "a=1;b=x;3=[2];d=4;"
      ),
      (
        "{% set a = '<' %}{% autoescape true %}[{{ a }}|{{ a | safe }}]{% endautoescape %}",
        "[&lt;|<]"
      ),
      (
        "{% for n in [0, 9, 10, -1, 99, 100, -9223372036854775807 - 1] %}{{ n }} {% endfor %}",
        "0 9 10 -1 99 100 -9223372036854775808 "
      ),
      ("{% set x %}-{{ 1 }}-{% endset %}a{{ x }}b{{ x }}{% set y = '' %}[{{ y }}]", "a-1-b-1-[]"),
    ]
    expect(rows)
  }

  @Test func textsOfAnyLengthAreCopied() {
    for length in 1...70 {
      let text = String(
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.,;:<>".prefix(length)
      )
      let template =
        "{% for i in range(3) %}\(text){{ i }}\(text){% if i %}\(text){% endif %}{% endfor %}"
      let once = { (number: Int) in "\(text)\(number)\(text)" + (number > 0 ? text : "") }
      #expect(render(template).text == (0..<3).map(once).joined())
    }
  }

  @Test func theValueOfATemplateIsThatOfItsOnlyPart() throws {
    let values: [String: Value] = ["x": .integer(5)]
    #expect(try evaluate("{{ x }}", values).integerValue == 5)
    #expect(try evaluate("{{ x }}{{ x }}", values).stringValue == "55")
    #expect(try evaluate("a{{ x }}", values).stringValue == "a5")
    #expect(try evaluate("{{ x }} ", values).stringValue == "5 ")
  }

  private func expect(_ rows: [(template: String, text: String)]) {
    for row in rows { #expect(render(row.template).text == row.text, "\(row.template)") }
  }
}
