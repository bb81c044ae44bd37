import Diagnostics
import Foundation
import Templating
import Testing

/// Compares with what dbt's own template environment gives; `Oracle/generate.py` made the table.
@Suite struct OracleTests {
  struct Case {
    var template: String
    var macros: Int?
    var kind: String?
    var expected: String?
    var error: String?
    var line: Int?

    init(_ fields: PlainDictionary) {
      template = fields["t"]?.string ?? ""
      macros = fields["m"]?.integer
      kind = fields["k"]?.string
      expected = fields["e"]?.string
      error = fields["x"]?.string
      line = fields["l"]?.integer
    }
  }

  struct Table {
    var context: PlainDictionary
    var macros: [String]
    var cases: [Case]

    init() throws {
      let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Oracle/cases.jsonl")
      let lines = try Data(contentsOf: file).split(separator: 10)
      let rows = try lines.map { try PlainValue(json: Array($0)).dictionary ?? [:] }
      let head = try #require(rows.first)
      context = try #require(head["context"]?.dictionary)
      macros = try #require(head["macros"]?.list).compactMap(\.string)
      cases = rows.dropFirst().map(Case.init)
    }
  }

  /// Where we differ on purpose, with the reason; `docs/templates.md` tells users.
  static let differences: [String: String] = [
    "[{{ self is defined }}]": "blocks cannot be overridden, so they have no use by name",
    "{{ self }}": "blocks cannot be overridden, so they have no use by name",
    "{% macro m() %}{{ self }}{% endmacro %}{{ m() }}": "as above",
    "{{ self.a() }}{% block a %}q{% endblock %}": "as above",
    "{% block a required %}{% endblock %}": "blocks cannot be overridden",
    "{% for x in xs %}{% block a %}{{ x }}{% endblock %}{% endfor %}": "blocks see their loop",
    "{% for a, in [(1,), (2,)] %}{{ a }}{% endfor %}": "Python's one-element tuple is welcome",
    "{% macro m(a,) %}{{ a }}{% endmacro %}{{ m(1) }}": "a trailing comma is welcome",
    "[{{ diff_of_two_dicts({}, {'a': [1]}) }}]": "values of any type are compared",
    "[{{ 'Europe/Berlin' in modules.pytz.all_timezones }}]": "zones are not listed",
    "[{{ [1, 2]|random is defined }}]": "the same project gives the same SQL",
    "[{{ ('x ' * 60)|pprint }}]": "long strings are not broken into lines",
    "[{{ '\\N{BULLET}' }}]": "characters have no names",
    "[{{ '\\x4' }}]": "an incomplete escape stands for itself",
    "[{{ ['\\ud800'] }}]": "there are no halves of characters",
    "{% raw %}": "an open block is an error",
    "{{ materialization_m_default is defined }}{% materialization m, default %}x"
      + "{% endmaterialization %}{{ dbt_macro__materialization_m_default is defined }}":
      "macros have one name",
    "{{ nothing() }}": "return() without a value gives none",
    "{% if nothing() %}y{% else %}n{% endif %}": "return() without a value gives none",
    "{% call ret_in_call() %}abc{% endcall %}": "a call block prints what was returned",
    "{{ 'true' | as_bool }}": "true is as good as True",
    "{{ '{1, 2}' | as_native }}": "sets are not written as literals",
    "{{ '010' | as_number }}": "leading zeros do no harm",
    "[{{ (-2.25|round|int ** 0.5) }}]": "there are no complex numbers",
  ]

  static func isDifferent(_ test: Case) -> Bool {
    differences[test.template] != nil
  }

  /// The codes that stand for each of Python's errors.
  static let codes: [String: Set<String>] = [
    "UndefinedError": ["undefined-value"],
    "TypeError": [
      "template-type", "not-callable", "invalid-arguments", "undefined-value", "unsupported-tag",
    ],
    "ValueError": ["template-value"],
    "KeyError": ["template-value"],
    "IndexError": ["template-value"],
    "AttributeError": ["undefined-value", "template-type", "invalid-arguments"],
    "ZeroDivisionError": ["division-by-zero", "template-value"],
    "MacroReturn": ["misplaced-return"],
    "TemplateSyntaxError": [
      "template-syntax", "unclosed-tag", "unclosed-block", "unknown-tag", "unknown-filter",
      "unknown-test", "invalid-arguments",
    ],
  ]

  private func outcome(_ test: Case, _ table: Table) -> Outcome {
    let buffers = Buffers()
    let context = TestContext(
      table.context.pairs.reduce(into: [:]) { $0[$1.key] = Value($1.value) }
    )
    context.values["decimal"] = .function(
      NativeFunction("decimal") { (arguments) throws(Diagnostic) in
        Value.decimal(try arguments.string(0, "value", of: "decimal")) ?? .none
      }
    )
    do {
      if let macros = test.macros {
        let library = buffers.add(name: "macros.sql", text: table.macros[macros])
        for macro in try Template(parsing: library, in: buffers).macros {
          context.values[macro.name] = .macro(macro)
        }
      }
      let buffer = buffers.add(name: "template.sql", text: test.template)
      let template = try Template(parsing: buffer, in: buffers)
      let renderer = Renderer(
        context: context,
        buffers: buffers,
        undefined: test.kind == "parse" ? .absorbing : .standard
      )
      guard test.kind == "native" else { return .text(try renderer.render(template), buffers) }
      var text = MappedText()
      text.append(generated: try renderer.evaluate(template).represented.utf8, origin: nil)
      return .text(text, buffers)
    } catch {
      return .failure(error, buffers)
    }
  }

  @Test func rendersAsTheOriginalDoes() throws {
    let table = try Table()
    var mismatches: [String] = []
    var different = 0
    for test in table.cases {
      if Self.isDifferent(test) {
        different += 1
        continue
      }
      let outcome = outcome(test, table)
      var problem: String?
      switch outcome {
      case .text(let text, _):
        if text.string != test.expected { problem = text.string }
      case .failure(let diagnostic, let buffers):
        let line = diagnostic.primary.map { buffers.position(of: $0.range).line }
        if test.expected != nil {
          problem = diagnostic.message
        } else if let known = Self.codes[test.error ?? ""], !known.contains(diagnostic.code) {
          problem = "\(diagnostic.code): \(diagnostic.message)"
        } else if let wanted = test.line, line != wanted {
          problem = "line \(line ?? 0) instead of \(wanted)"
        }
      }
      guard let problem else { continue }
      mismatches.append(
        "\(test.template)\n    dbt:  \(test.expected ?? test.error ?? "")\n    ours: \(problem)"
      )
    }
    let report = mismatches.joined(separator: "\n")
    #expect(table.cases.count > 5_400)
    #expect(different < 40)
    #expect(
      mismatches.isEmpty,
      "\(mismatches.count) of \(table.cases.count) differ:\n\(report)"
    )
  }
}
