import Diagnostics
import Templating
import Testing

@testable import ProjectCompiler

@Suite struct BuiltinMacroTests {
  @Test(arguments: ["postgres", "redshift"])
  func `every macro that is embedded can be parsed and found`(_ adapter: String) {
    let macros = BuiltinMacros(adapterType: adapter, buffers: Buffers())
    #expect(macros.names.count > 300)
    for name in macros.names {
      #expect(macros[name]?.name == name, "\(name)")
    }
  }

  @Test func `an adapter's macro stands before PostgreSQL's`() {
    let redshift = BuiltinMacros(adapterType: "redshift", buffers: Buffers())
    #expect(redshift["redshift__dateadd"]?.packageName == "dbt_redshift")
    #expect(redshift["postgres__any_value"]?.packageName == "dbt_postgres")
    let postgres = BuiltinMacros(adapterType: "postgres", buffers: Buffers())
    #expect(postgres["redshift__dateadd"] == nil)
  }

  @Test func `blocks end where dbt says they do`() {
    let text = """
      outside 'quote
      {# {% macro no() %} #}
      {%- macro a(x='{% endmacro %}') -%}{% raw %}{% endmacro %}{% endraw %}{%- endmacro -%}
      {% test positive(model) %}select 1{% endtest %}
      {% docs d %}it's {{ {% enddocs %}
      """
    let blocks = BlockScanner.blocks(
      in: Array(text.utf8),
      tags: ["macro", "test", "docs"]
    )
    #expect(blocks.map(\.tag) == ["macro", "test", "docs"])
    #expect(MacroFile.names(in: Array(text.utf8)) == ["a", "test_positive"])
  }

  @Test func `the head of a materialization names its adapter and languages`() {
    let head = MaterializationHead(" table, adapter='redshift', supported_languages=['sql', 'x'] ")
    #expect(head.macroName == "materialization_table_redshift")
    #expect(head.languages == ["sql", "x"])
    #expect(MaterializationHead("view, default").macroName == "materialization_view_default")
  }

  private func macros(_ text: String) throws(Diagnostic) -> [MacroFile.Macro] {
    let buffers = Buffers()
    return try MacroFile(parsing: buffers.add(name: "macros/a.sql", text: text), in: buffers).macros
  }

  @Test func `tests and materializations are macros by another name`() throws {
    let text = """
      it's text
      {%- test small(model) -%} select 1 {%- endtest -%}
      {% data_test large(model, than=1) %}select 2{% enddata_test %}
      {% materialization m, adapter='redshift', supported_languages=['sql', 'x'] %}{% endmaterialization %}
      {% macro plain() %}{% endmacro %}
      """
    let macros = try macros(text)
    #expect(
      macros.map(\.definition.name)
        == ["test_small", "test_large", "materialization_m_redshift", "plain"]
    )
    #expect(macros.map(\.languages) == [nil, nil, ["sql", "x"], nil])
    #expect(macros[1].definition.parameterNames == ["model", "than"])
    #expect(macros.map(\.source.bytes.count) == [50, 62, 101, 33])
  }

  @Test func `a block that is not closed, or has an unknown argument, is an error`() {
    #expect(throws: Diagnostic.self) { try macros("{% test a(model) %}select 1") }
    do {
      _ = try macros("{% materialization m, adaptor='redshift' %}{% endmaterialization %}")
      Issue.record("a wrong argument is taken")
    } catch {
      #expect(error.message.contains("no argument \"adaptor\""))
    }
  }
}
