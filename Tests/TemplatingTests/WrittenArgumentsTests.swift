import Diagnostics
import Testing

@testable import Templating

/// Calls as they are written; the expectations are what jinja2 and dbt's extractor give.
@Suite struct WrittenArgumentsTests {
  private func notation(_ text: String) throws -> [String]? {
    let buffers = Buffers()
    let buffer = buffers.add(name: "m.sql", text: text)
    return try WrittenArguments.ofFirstCall(of: "config", in: buffer, buffers)?.map(\.notation)
  }

  private func isPlain(_ text: String) throws -> Bool {
    let buffers = Buffers()
    return try PlainTemplate.isPlain(buffers.add(name: "m.sql", text: text), in: buffers)
  }

  @Test func `arguments are written down as Jinja has them`() throws {
    #expect(
      try notation("{{ config(materialized=env_var('A')) }}\nselect 1") == [
        "Keyword(key='materialized', value=Call(node=Name(name='env_var', ctx='load'), "
          + "args=[Const(value='A')], kwargs=[], dyn_args=None, dyn_kwargs=None))"
      ]
    )
    #expect(
      try notation(
        "{% if true %}{{ config(a='t' if execute else 1.5, b=[x.y, -z[0] ~ 'w']) }}{% endif %}"
      )
        == [
          "Keyword(key='a', value=CondExpr(test=Name(name='execute', ctx='load'), "
            + "expr1=Const(value='t'), expr2=Const(value=1.5)))",
          "Keyword(key='b', value=List(items=[Getattr(node=Name(name='x', ctx='load'), attr='y', "
            + "ctx='load'), Concat(nodes=[Neg(node=Getitem(node=Name(name='z', ctx='load'), "
            + "arg=Const(value=0), ctx='load')), Const(value='w')])]))",
        ]
    )
    #expect(
      try notation("{{ config(a=x | default({'k': 1 < 2}), b=not (x is defined or y in z)) }}") == [
        "Keyword(key='a', value=Filter(node=Name(name='x', ctx='load'), name='default', "
          + "args=[Dict(items=[Pair(key=Const(value='k'), value=Compare(expr=Const(value=1), "
          + "ops=[Operand(op='lt', expr=Const(value=2))]))])], kwargs=[], dyn_args=None, "
          + "dyn_kwargs=None))",
        "Keyword(key='b', value=Not(node=Or(left=Test(node=Name(name='x', ctx='load'), "
          + "name='defined', args=[], kwargs=[], dyn_args=None, dyn_kwargs=None), "
          + "right=Compare(expr=Name(name='y', ctx='load'), ops=[Operand(op='in', "
          + "expr=Name(name='z', ctx='load'))]))))",
      ]
    )
    #expect(try notation("select 1") == nil)
  }

  @Test(arguments: [
    ("{{ config(materialized='table') }} select * from {{ ref('a') }}", true),
    ("{{ config(a=['x', True], b={'k': 'v'}) }}{# c #}{{ source('a', 'b') }}", true),
    ("{{ ref('p', 'a', v=1) }}", true), ("select 1", true),
    ("{{ config(a=1) }}", false), ("{{ config(a=true) }}", false), ("{{ config(a=none) }}", false),
    ("{{- config(a='x') -}}", false), ("{% set x = 1 %}", false), ("{{ this }}", false),
    ("{{ config(pre_hook='x') }}", false), ("{{ ref('a').identifier }}", false),
    ("{{ config(a=var('x')) }}", false), ("{{ ref() }}", false), ("{{ source('a') }}", false),
  ])
  func `what dbt reads without rendering is told from what it renders`(
    text: String,
    isPlain expected: Bool
  ) throws {
    #expect(try isPlain(text) == expected)
  }
}
