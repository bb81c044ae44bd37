import Diagnostics
import Templating
import TestSupport
import Testing

/// What goes wrong, and where it points: the marked part of each template.
@Suite struct DiagnosticTests {
  struct Case {
    var template: String
    var code: String
    var message: String
    var help: String?

    init(_ template: String, _ code: String, _ message: String, help: String? = nil) {
      self.template = template
      self.code = code
      self.message = message
      self.help = help
    }
  }

  static let cases = [
    Case("a «{{» x", "unclosed-tag", "\"{{\" is never closed"),
    Case("a «{%» if", "unclosed-tag", "\"{%\" is never closed"),
    Case("a «{#» b", "unclosed-tag", "comment is never closed"),
    Case("{{ «'»abc }}", "unclosed-tag", "string is never closed"),
    Case("«{% if a %}» x", "unclosed-block", "block \"if\" is never closed"),
    Case("{{ 1 + «}}»", "template-syntax", "expected an expression, found \"}}\""),
    Case("{{ a «b» }}", "template-syntax", "expected \"}}\", found \"b\""),
    Case("{{ (1, 2«]» }}", "template-syntax", "unexpected \"]\", expected \")\""),
    Case("{{ «$» }}", "template-syntax", "unexpected character \"$\" in a template tag"),
    Case(
      "{% «esle» %}",
      "unknown-tag",
      "unknown tag \"esle\"",
      help: nil
    ),
    Case(
      "{% «marco» a() %}",
      "unknown-tag",
      "unknown tag \"marco\"",
      help: "did you mean \"macro\"?"
    ),
    Case("{% «endif» %}", "unknown-tag", "unknown tag \"endif\""),
    Case(
      "{% «include» 'x' %}",
      "unsupported-tag",
      "\"include\" is not available: templates do not load other files"
    ),
    Case(
      "{{ x|«uper» }}",
      "unknown-filter",
      "unknown filter \"uper\"",
      help: "did you mean \"upper\"?"
    ),
    Case(
      "{{ x is «defind» }}",
      "unknown-test",
      "unknown test \"defind\"",
      help: "did you mean \"defined\"?"
    ),
    Case("{% «break» %}", "template-syntax", "\"break\" stands outside of a loop"),
    Case("{{ «10 ** (10 ** 9)» }}", "integer-overflow", "integer is too large"),
    Case("{{ «(2 ** 100000) * (2 ** 100000)» }}", "integer-overflow", "integer is too large"),
    Case(
      "{{ «custmers»() }}",
      "undefined-value",
      "'custmers' is undefined",
      help: "did you mean \"customers\"?"
    ),
    Case("{{ «nope».x }}", "undefined-value", "'nope' is undefined"),
    Case("{{ 1 + «nope» }}", "undefined-value", "'nope' is undefined"),
    Case("{{ «d.zip».x }}", "undefined-value", "'dict object' has no attribute 'zip'"),
    Case("{{ «1 / 0» }}", "division-by-zero", "division by zero"),
    Case(
      "{{ «'a' + 1» }}",
      "template-type",
      "unsupported operand types for +: 'str' and 'int'",
      help: "use ~ to join values as text"
    ),
    Case("{% for x in «5» %}{% endfor %}", "template-type", "'int' object is not iterable"),
    Case("{{ «5()» }}", "not-callable", "'int' object is not callable"),
    Case(
      "{% set «d.x» = 1 %}",
      "template-type",
      "cannot assign an attribute of \"d\", which is a dict",
      help: "make it with {% set d = namespace() %}"
    ),
    Case(
      "{% macro m(a) %}{% endmacro %}{{ «m(b=1)» }}",
      "invalid-arguments",
      "macro \"m\" takes no argument \"b\""
    ),
    Case(
      "{% macro m(a) %}{% endmacro %}{{ «m(1, 2)» }}",
      "invalid-arguments",
      "macro \"m\" takes at most 1 argument, got 2"
    ),
    Case("{{ xs|«sort(by=1)» }}", "invalid-arguments", "sort takes no argument \"by\""),
    Case("{{ «range(1000000)» }}", "template-limit", "range() is limited to 100000 numbers"),
    Case("{{ «'abc' * 100000000» }}", "template-limit", "the text is longer than 64 MB"),
    Case("{{ «return(1)» }}", "misplaced-return", "return() stands outside of a macro"),
    Case(
      "{{ «lipsum()» }}",
      "unsupported-function",
      "lipsum() is not available: it gives another result each time"
    ),
  ]

  @Test func errorsPointAtTheirCause() {
    let values: [String: Value] = [
      "customers": .text("c"), "d": .dictionary(DictionaryReference()), "xs": .list([.integer(1)]),
    ]
    var problems: [String] = []
    for test in Self.cases {
      let marked = MarkedText(test.template)
      guard let diagnostic = render(marked.text, values).diagnostic else {
        problems.append("\(test.template): no error")
        continue
      }
      let range = diagnostic.primary?.range.bytes
      let isHelpful = test.help.map { diagnostic.help.contains($0) } ?? true
      if diagnostic.code == test.code, diagnostic.message == test.message,
        range == marked.ranges.first, isHelpful
      {
        continue
      }
      problems.append(
        "\(test.template): \(diagnostic.code): \(diagnostic.message) at \(range as Any) "
          + "\(diagnostic.help)"
      )
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test func errorsInMacrosNameTheCalls() {
    let macros = MarkedText(
      "{% macro inner(x) %}{{ «x.y» .z }}{% endmacro %}\n{% macro outer() %}\n{{ inner({}) }}{% endmacro %}"
    )
    let outcome = render("select\n  {{ outer() }}", macros: macros.text)
    guard case .failure(let diagnostic, let buffers) = outcome, let label = diagnostic.primary
    else {
      Issue.record("no error")
      return
    }
    #expect(
      [buffers.name(of: label.range.buffer), buffers.text(of: label.range)] + diagnostic.notes == [
        "macros/library.sql", "x.y",
        "in macro \"inner\", called from macros/library.sql:3:4",
        "in macro \"outer\", called from models/model.sql:2:6",
      ]
    )
  }

  @Test func runawayTemplatesEnd() {
    let deep = String(repeating: "(", count: 5_000) + "1" + String(repeating: ")", count: 5_000)
    let chain = String(repeating: "1 + ", count: 5_000) + "1"
    let blocks = String(repeating: "{% if 1 %}", count: 5_000)
    let brackets = String(repeating: "[", count: 90)
    let closing = String(repeating: "]", count: 90)
    let ifs = String(repeating: "{% if 1 %}", count: 90)
    let ends = String(repeating: "{% endif %}", count: 90)
    let rows = [
      ("{% macro m() %}{{ \(brackets)m()\(closing) }}{% endmacro %}{{ m() }}", "recursion-limit"),
      ("{% macro m() %}\(ifs){{ m() }}\(ends){% endmacro %}{{ m() }}", "recursion-limit"),
      ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "recursion-limit"),
      (
        "{% macro m(n) %}{{ caller() }}{% endmacro %}{% macro f() %}{% call m(1) %}{{ f() }}{% endcall %}{% endmacro %}{{ f() }}",
        "recursion-limit"
      ),
      ("{% for i in [[]] recursive %}{{ loop([[]]) }}{% endfor %}", "recursion-limit"),
      ("{{ \(deep) }}", "template-nesting"),
      ("{{ \(chain) }}", "template-nesting"),
      ("{{ \(String(repeating: "not ", count: 5_000)) 1 }}", "template-nesting"),
      ("{{ \(String(repeating: "-", count: 5_000)) 1 }}", "template-nesting"),
      (
        "{{ \(String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)) }}",
        "template-nesting"
      ),
      (blocks, "template-nesting"),
      ("{{ 'x'.ljust(99999999999) }}", "template-limit"),
      ("{{ '%99999999999d' % 1 }}", "template-limit"),
      ("{{ '{:99999999999}'.format(1) }}", "template-limit"),
      (
        "{% set ns = namespace(x='0123456789') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "template-limit"
      ),
      (
        "{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "template-limit"
      ),
    ]
    let wrong = rows.filter { render($0.0).diagnostic?.code != $0.1 }.map {
      "\($0.0.prefix(100)): \(render($0.0).diagnostic?.code ?? "no error"), expected \($0.1)"
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }

  /// What is long is not deep.
  @Test func longTemplatesAreRendered() {
    let count = 20_000
    let branches = (0..<count).map { "{% elif n == \($0) %}\($0)" }.joined()
    let prints = String(repeating: "{{ n }} ", count: count)
    let text = "{% if n == -1 %}\(branches){% endif %}\(prints)"
    let rendered = render(text, ["n": .integer(count - 1)]).text
    #expect(rendered?.hasPrefix("1999919999 19999 ") == true)
    #expect(rendered?.utf8.count == 5 + count * 6)
  }

  @Test func deepValuesAreReleasedAndPrinted() {
    let nested =
      "{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = KIND %}{% endfor %}"
    let kinds = ["[ns.x]", "(ns.x,)", "{'a': ns.x}"]
    let results = kinds.map {
      render(nested.replacing("KIND", with: $0) + "{{ ns.x }}{{ ns.x == ns.x }}").text?.isEmpty
    }
    #expect(results == [false, false, false])
  }
}
