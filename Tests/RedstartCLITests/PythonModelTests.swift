import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// Models in Python: known as dbt knows them, and never run.
@Suite struct PythonModelTests {
  private static let project = [
    "dbt_project.yml": "name: shop\nprofile: none\nmodels: {+materialized: view}\n",
    "models/a.sql": "select 1 as id",
    "models/b.sql": "select 1 as id",
    "models/c.sql": "select 1 as id",
    "models/s.yml": "sources: [{name: raw, tables: [{name: t}]}]",
  ]

  private func node(_ text: String) async throws -> PlainDictionary {
    var files = Self.project
    files["models/py.py"] = text
    let harness = try CommandLineHarness(files)
    let parsed = await harness.run("parse")
    try #require(parsed.code == 0, "\(parsed.error)")
    let manifest = try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8))
    let nodes = manifest.dictionary?["nodes"]?.dictionary
    return try #require(nodes?["model.shop.py"]?.dictionary)
  }

  private func problem(_ text: String) async throws -> String {
    var files = Self.project
    files["models/py.py"] = text
    let outcome = try await CommandLineHarness(files).run("parse")
    #expect(outcome.code == 2)
    return outcome.error
  }

  /// The calls that dbt's own visitor finds, and no others.
  @Test func `the manifest has what a Python model asks for`() async throws {
    let entry = try await node(
      """
      import pandas as pd

      # dbt.ref("nothing")
      def helper(x):
          \"""dbt.ref('nothing')\"""
          return x

      def model(dbt, session):
          dbt.config(tags=['x'], packages=["numpy==1.2"], lookback=-2)
          df = dbt.ref("a")
          s = dbt.source("raw", "t").filter(lambda r: helper(dbt.ref('b')))
          if dbt.config.get("zork", "dflt") and dbt.config.meta_get('mm'):
              pass
          v = f"{dbt.ref('c')}" + "{dbt.ref('nothing')}"
          return df
      """
    )
    #expect(entry["language"] == "python")
    #expect(
      entry["depends_on"]?.dictionary?["nodes"]
        == ["source.shop.raw.t", "model.shop.a", "model.shop.c"]
    )
    let config = entry["config"]?.dictionary
    // Whatever the project file says of models.
    #expect(config?["materialized"] == "table")
    #expect(config?["tags"] == ["x"] && config?["packages"] == ["numpy==1.2"])
    #expect(config?["lookback"] == -2)
    #expect(config?["config_keys_used"] == ["zork"])
    #expect(config?["config_keys_defaults"] == ["dflt"])
    #expect(config?["meta_keys_used"] == ["mm"] && config?["meta_keys_defaults"] == [nil])
  }

  @Test(arguments: [
    ("def other(dbt, session):\n  return 1\n", "exactly one function"),
    ("def model(dbt):\n  return 1\n", "two arguments"),
    ("def model(session, dbt):\n  return 1\n", "must be \"dbt\""),
    ("def model(dbt, session):\n  return 1, 2\n", "must end with `return`"),
    ("def model(dbt, session):\n  if dbt:\n    return 1\n", "must end with `return`"),
    ("def model(dbt, session):\n  return dbt.ref(name)\n", "must be written out"),
    ("def model(dbt, session):\n  x = {{ this }}\n  return 1\n", "no templates"),
    ("def model(dbt, session):\n  x = ('a'\n  return 1\n", "never closed"),
    ("def model(dbt, session):\n  x = 'a\n  return 1\n", "unterminated string"),
    ("def model(dbt, session):\n  return dbt.ref('missing')\n", "missing"),
    ("def model(dbt, session, /, *, x=1):\n  return 1\n", "two arguments"),
    ("def model(dbt, session):\n  x = [)\n  return 1\n", "does not match"),
    ("def model(dbt, session):\n  x = {)\n  return 1\n", "does not match"),
    ("def model(dbt, session):\n  x = {]\n  return 1\n", "does not match"),
    ("def model(dbt, session):\n  x = (]\n  return 1\n", "does not match"),
    ("def model(dbt, session):\n  x = (}\n  return 1\n", "does not match"),
    ("def model(dbt, session):\n  x = [}\n  return 1\n", "does not match"),
    (
      "def model(dbt, session):\n  x = a\(String(repeating: ".b()", count: 100_000))\n  return 1\n",
      "too many calls"
    ),
    (
      "def model(dbt, session):\n  x = f'\(String(repeating: "{x:", count: 10_000))"
        + "\(String(repeating: "} ", count: 10_000))'\n  return 1\n",
      "nested too deeply"
    ),
  ])
  func `what is no model is told where it stands`(text: String, words: String) async throws {
    let error = try await problem(text)
    #expect(error.contains(words) && error.contains("models/py.py:"), "\(error)")
  }

  @Test func `a file of nothing but comments is a model without parents`() async throws {
    let entry = try await node("# later\n")
    #expect(entry["depends_on"]?.dictionary?["nodes"] == [])
  }

  @Test func `other shapes of the function are taken`() async throws {
    for text in [
      "def model(dbt, session): return dbt.ref('a')",
      "class A:\n  pass\ndef model(dbt, session, *, x=1):\n  return dbt.ref('a')\n",
      "def model(dbt, session) -> dict[str, list[int]]:\n  return dbt.ref('a')\n",
      "def model[T](dbt, session: tuple[T, int]):\n  return dbt.ref('a')\n",
      "def model(dbt, session):\n\tdef model(x):\n\t\treturn 1\n\treturn dbt.ref('a')  # yes\n",
      "def model(dbt, session):\n  return (\n    dbt.ref('shop', 'a')\n  )\n",
    ] {
      let entry = try await node(text)
      #expect(entry["depends_on"]?.dictionary?["nodes"] == ["model.shop.a"], "\(text)")
    }
  }
}
