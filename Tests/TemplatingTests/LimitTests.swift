import Diagnostics
import Templating
import Testing

/// Templates that would use up all time or memory end with a message.
///
/// One after the other: the memory is that of the process, and each of them may take most of what is
/// allowed.
@Suite(.serialized) struct LimitTests {
  /// Makes `n.x` a text of 59 MB.
  private static let longText = """
    {%- set n = namespace(x='a' * 900) -%}
    {%- for i in range(16) %}{% set n.x = n.x ~ n.x %}{% endfor -%}

    """

  /// As macros that gather lists and texts over all columns of a large project do.
  @Test func `what is let go again does not count against the memory`() {
    let text = Self.longText + "{% for i in range(60) %}{% set y = n.x ~ 'b' %}{% endfor %}done"
    #expect(render(text).text == "done")
  }

  @Test func runawayValuesAreRefused() {
    let rows: [(template: String, code: String)] = [
      ("{{ range(10 ** 9) }}", "template-limit"),
      ("{{ 'a' * 10 ** 10 }}", "template-limit"),
      ("{{ [1] * 10 ** 10 }}", "template-limit"),
      ("{{ 10 ** (10 ** 9) }}", "integer-overflow"),
      ("{{ '%1000000000d' % 1 }}", "template-limit"),
      ("{{ '{:1000000000}'.format(1) }}", "template-limit"),
      ("{{ 'a'.center(10 ** 10) }}", "template-limit"),
      (
        Self.longText
          + "{% set l = [] %}{% for i in range(99) %}{% do l.append(n.x ~ 'b') %}{% endfor %}",
        "template-limit"
      ),
      ("{% set x = 'a' %}{% for i in range(99) %}{{ x * 60000000 }}{% endfor %}", "template-limit"),
      ("{{ modules.itertools.count() | list }}", "template-type"),
      (
        "{{ modules.itertools.product(range(3000), range(3000)) | list }}",
        "template-limit"
      ),
      ("{{ modules.re.match('(a*)*b', 'a' * 5000) }}", "template-limit"),
      ("{{ modules.re.sub('(x+x+)+y', '', 'x' * 200) }}", "template-limit"),
      ("{{ modules.re.compile('((a{1000}){1000}){1000}') }}", "template-value"),
      ("{{ modules.re.compile('(' * 200) }}", "template-value"),
      (
        "{{ modules.re.compile('(?<=(?:(?:(?:(?:a{1000000}){1000000}){1000000}){1000000}))b') }}",
        "template-value"
      ),
      ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "recursion-limit"),
      (
        "{% macro m() %}{% call m() %}{% endcall %}{{ caller() }}{% endmacro %}{{ m() }}",
        "recursion-limit"
      ),
      ("{% set l = [1] %}{% for x in l %}{% do l.append(x) %}{% endfor %}", "template-limit"),
      ("{{ fromjson('[' * 100000) }}", ""),
    ]
    let wrong = rows.compactMap { row in
      let outcome = render(row.template)
      let code = outcome.diagnostic?.code ?? ""
      return code == row.code ? nil : "\(row.template): \(outcome)"
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }

  @Test func nothingIsRepeatedOnce() {
    let pattern = "(?:(?:(?:){1000000}){1000000}){1000000}"
    #expect(render("{{ modules.re.match('\(pattern)b', 'b').end() }}").text == "1")
  }

  @Test func namesOfZonesAreNoPaths() {
    for name in ["../../etc/passwd", "/etc/passwd", "", "Europe/../Europe/Berlin", "."] {
      let outcome = render("{{ modules.pytz.timezone('\(name)') }}")
      #expect(outcome.diagnostic?.code == "template-value", "\(name)")
    }
  }

  @Test func cancelledTasksStopRendering() async {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return render("{% for i in range(90000) %}{{ i }}{% endfor %}").diagnostic?.code
    }
    #expect(await task.value == "template-cancelled")
  }

  @Test func theClockIsTheHosts() {
    let rows = [
      ("{{ modules.datetime.datetime.utcnow() }}", "2024-02-29 12:30:00"),
      (
        "{{ modules.datetime.datetime.now(modules.pytz.timezone('Europe/Berlin')) }}",
        "2024-02-29 13:30:00+01:00"
      ),
    ]
    for (template, expected) in rows { #expect(render(template).text == expected) }
  }

  /// Far in the future the rule behind the table of a zone counts.
  @Test func zonesKnowTheFuture() {
    let template = """
      {% set z = modules.pytz.timezone('Europe/Berlin') %}
      {{- modules.pytz.utc.localize(modules.datetime.datetime(2090, 7, 1, 12)).astimezone(z) }}
      {{ modules.pytz.utc.localize(modules.datetime.datetime(2090, 12, 1, 12)).astimezone(z) }}
      """
    #expect(
      render(template).text == "2090-07-01 14:00:00+02:00\n2090-12-01 13:00:00+01:00"
    )
  }
}
