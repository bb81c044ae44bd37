import Diagnostics
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
}
