import Diagnostics
import Templating
import Testing

/// What dbt adds to Jinja, and how hosts use the module.
@Suite struct RenderTests {
  @Test func macrosReturnValues() {
    let macros = """
      {% macro five() %}text{{ return(5) }}more{% endmacro %}
      {% macro pick(x) %}{% if x %}{% do return(['a', x]) %}{% endif %}none{% endmacro %}
      {% macro twice() %}{{ return(five() * 2) }}{% endmacro %}
      {% macro typed(a: string, b: optional[list[int]] = none) %}{{ a }}{{ b }}{% endmacro %}
      {% macro wrap() %}[{{ caller() }}]{% endmacro %}
      {% macro nothing() %}{% do return() %}{% endmacro %}
      """
    let rows = [
      ("{{ five() }}", "5"), ("{{ five() + 1 }}", "6"), ("{{ pick(1)[1] + 1 }}", "2"),
      ("{{ pick(0) }}", "none"), ("{{ twice() }}", "10"), ("{{ typed('x') }}", "xNone"),
      ("{% set f = five %}{{ f() }}", "5"), ("{% call wrap() %}{{ five() }}{% endcall %}", "[5]"),
      ("{{ nothing() }}", "None"), ("{{ pick(x=2) }}", "['a', 2]"),
      ("{% for i in range(2) %}{{ five() }}{% endfor %}", "55"),
    ]
    let wrong = rows.filter { render($0.0, macros: macros).text != $0.1 }.map {
      "\($0.0): \(render($0.0, macros: macros))"
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }

  /// Lines that dbt-core 1.11.16 was seen to render.
  @Test func rendersAsTheOriginalDoes() {
    let macros = """
      {% macro a(x, y=2) %}{{ x }}-{{ y }}-{{ varargs }}-{{ kwargs }}{% endmacro %}
      {% macro r() %}{% do return({'k':[1,2]}) %}{% endmacro %}
      {% macro c() %}[{{ caller() }}]{% endmacro %}
      """
    let rows = [
      (
        "{{ a(1) }} {{ a(1, 2, 3, z=4) }} {{ r().k[1] }} {% call c() %}hi{% endcall %} {{ r() }}",
        "1-2-()-{} 1-2-(3,)-{'z': 4} 2 [hi] {'k': [1, 2]}"
      ),
      (
        "{{ nope.attr if nope else 'undef-ok' }} {{ nope is defined }} {{ nope == '' }} {{ nope|default('dd') }}",
        "undef-ok False False dd"
      ),
      (
        "{{ [1,2]|last }} {{ [{'a':1},{'a':2}]|map(attribute='a')|sum }} {{ 'x'|upper ~ 1 }} {{ {'a':1}.get('z','no') }} {{ 'abc'.startswith('a') }} {{ ['a','b']|reject('equalto','a')|list }} {{ [1,none]|select|list }}",
        "2 3 X1 no True ['b'] [1]"
      ),
      (
        "{% set x %}  block {% endset %}{{ x|trim }} {% if x is string and [] is iterable and {} is mapping and 1 is number and none is none %}tests{% endif %} {%- for a,b in {'k':1}.items() %} {{ loop.index }}{{ a }}{{ b }}{% else %}none{% endfor %}",
        "block tests 1k1"
      ),
      ("N {%+ if true %} x {%- endif %} {{- ' y' -}} z", "N  x yz"),
      (
        "{{ 0.1 + 0.2 }} {{ 1e20 }} {{ 1e16 }} {{ 1e15 }} {{ 1e-5 }} {{ 1e5|int }} {{ 3|round(1) }} {{ 2.5|round }}",
        "0.30000000000000004 1e+20 1e+16 1000000000000000.0 1e-05 100000 3 2.0"
      ),
    ]
    let wrong = rows.filter { render($0.0, macros: macros).text != $0.1 }.map {
      "\($0.0): \(render($0.0, macros: macros))"
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }

  @Test func absorbingUndefinedPrintsNothing() {
    let rows = [
      ("[{{ a.b.c }}]", "[]"), ("[{{ a() }}]", "[]"), ("[{{ a['x'].y(1)(2) }}]", "[]"),
      ("{% if a.b %}x{% endif %}", ""), ("{% for x in a.b() %}x{% endfor %}", ""),
      ("[{{ a[1:2] }}]", "[]"),
    ]
    let wrong = rows.filter { render($0.0, undefined: .absorbing).text != $0.1 }.map(\.0)
    #expect(wrong.isEmpty)
  }

  @Test func evaluationKeepsTypes() throws {
    let rows = [
      ("{{ 1 + 1 }}", "'2'"), ("{{ [x, 'a'] }}", "[5, 'a']"), ("{{ none }}", "'None'"),
      ("{{ x }}", "5"), ("{% if x %}{{ x }}{% endif %}", "5"), ("{{ x }}{{ x }}", "'55'"),
      ("{{ '1' }}", "'1'"), ("a{{ 1 }}", "'a1'"), ("plain", "'plain'"),
      ("{{ 'true' | as_bool }}", "True"), ("{{ '12' | as_number }}", "12"),
      ("{{ '1.5' | as_native }}", "1.5"), ("{{ 5 | as_text }}", "'5'"),
      ("{{ [x] | is_list }}", "True"), ("{{ \"['none_left']\" | as_native }}", "['none_left']"),
      ("{{ \"[none]\" | as_native }}", "'[none]'"),
      // What is not all of the template is a text still, as in dbt.
      ("{{ y == 'redshift' | as_bool }}", "True"), ("{{ y in ['redshift'] | as_bool }}", "True"),
      ("{{ y == 'postgres' | as_bool() }}", "False"), ("{{ '1' | as_number ~ '' }}", "'1'"),
      ("{{ ('1' | as_number) + ('2' | as_number) }}", "'12'"), ("{{ '1' | as_number }}!", "'1!'"),
      ("{{ ('True' | as_bool) is string }}", "True"),
    ]
    for (template, expected) in rows {
      let value = try evaluate(template, ["x": .integer(5), "y": .text("redshift")])
      let text = if let string = value.stringValue { "'\(string)'" } else { value.rendered }
      #expect(text == expected, "\(template)")
    }
  }

  @Test func hostFunctionsAndObjects() {
    final class Relation: TemplateObject {
      var typeName: String { "Relation" }
      var rendered: String { "\"db\".\"t\"" }
      func attribute(_ name: String) -> Value? { name == "identifier" ? .text("t") : nil }
    }
    let values: [String: Value] = [
      "ref": .function(
        NativeFunction("ref") { (arguments) throws(Diagnostic) in
          _ = try arguments.string(0, "name", of: "ref")
          return .object(Relation())
        }
      ),
      "apply": .function(
        NativeFunction("apply") { (arguments) throws(Diagnostic) in
          let function = try arguments.required(0, "function", of: "apply")
          let inner = Arguments(
            positional: [.integer(2)],
            range: arguments.range,
            renderer: arguments.renderer
          )
          return try arguments.renderer.call(function, inner)
        }
      ),
    ]
    let rows = [
      ("{{ ref('t') }}", "\"db\".\"t\""), ("{{ ref('t').identifier }}", "t"),
      ("{{ [ref('t')] }}", "[\"db\".\"t\"]"), ("{{ ref('t') ~ '' }}", "\"db\".\"t\""),
      ("{{ ref(name='t') is defined }}{{ ref is callable }}", "TrueTrue"),
      ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ apply(m) }}", "<2>"),
    ]
    let wrong = rows.filter { render($0.0, values).text != $0.1 }.map {
      "\($0.0): \(render($0.0, values))"
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    let failed = render("a {{ ref(1) }}", values).diagnostic
    #expect(failed?.message == "the argument \"name\" of ref must be a string, not a int")
    #expect(failed?.primary?.range.bytes == 5..<11)
  }

  /// A host's object that stands for a macro gives the same, printed in place or as a value.
  @Test func objectsPrintMacrosInPlace() throws {
    final class MacroObject: TemplateObject {
      let definition: MacroDefinition

      init(_ definition: MacroDefinition) {
        self.definition = definition
      }

      var typeName: String { "MacroGenerator" }
      var rendered: String { "macro" }
      var isCallable: Bool { true }
      func attribute(_ name: String) -> Value? { nil }

      func call(_ arguments: Arguments) throws(Diagnostic) -> Value {
        try arguments.renderer.call(definition, arguments: arguments)
      }

      func printCall(_ arguments: Arguments) throws(Diagnostic) -> Bool {
        try arguments.renderer.print(definition, arguments: arguments)
        return true
      }
    }
    let buffers = Buffers()
    let library = buffers.add(
      name: "library.sql",
      text: """
        {% macro text(a, b=2) %}<{{ a }}{% if b %}{{ text(b, none) }}{% endif %}>{% endmacro %}
        {% macro early(a) %}lost{{ return([a]) }}lost{% endmacro %}
        {% macro nothing() %}{% endmacro %}
        {% macro wrap() %}({{ caller() }}{{ early(3) }}){% endmacro %}
        {% macro wrong() %}{{ missing() }}{% endmacro %}
        """
    )
    let context = TestContext()
    for macro in try Template(parsing: library, in: buffers).macros {
      context.values[macro.name] = .object(MacroObject(macro))
    }
    func rendered(_ text: String) throws(Diagnostic) -> String {
      let buffer = buffers.add(name: "model.sql", text: text)
      let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
      let result = try renderer.render(Template(parsing: buffer, in: buffers))
      let origins = result.map.segments.map { segment in
        let frames = segment.frame.map { result.map.frames[$0] }
        return "\(buffers.text(of: segment.origin))@\(frames?.name ?? "")"
      }
      return result.string + origins.joined(separator: ";")
    }
    for call in ["text(1)", "early(2)", "nothing()", "text(1, early(4))"] {
      let inPlace = try rendered("a{{ \(call) }}z")
      let asValue = try rendered("a{% set x = \(call) %}{{ x }}z").replacing("x@", with: "\(call)@")
      #expect(inPlace == asValue, "\(call)")
    }
    #expect(try rendered("{% call wrap() %}{{ text(5) }}{% endcall %}").hasPrefix("(<5<2>>[3])"))
    #expect(throws: Diagnostic.self) { try rendered("{{ wrong() }}") }
  }

  @Test func plainDataComesBackUnchanged() {
    let plain: PlainValue = ["a": [1, 2.5, nil, true, "x"], "b": ["c": [:]]]
    #expect(Value(plain).plain == plain)
  }
}
