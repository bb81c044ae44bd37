import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// Functions that are nodes: how they are read, named, selected, compared and checked.
@Suite struct FunctionNodeTests {
  private static let properties = """
    functions:
      - name: with_tax
        description: An amount with its tax.
        config: {tags: [money], group: finance, meta: {since: 2026}}
        arguments:
          - {name: amount, data_type: "decimal(12,2)", description: "in {{ target.name }}"}
          - {name: rate, data_type: "decimal(4,2)", default_value: 0.2}
        returns: {data_type: "decimal(18,4)", description: what is to be paid}
      - name: double_it
        arguments: [{name: x, data_type: "decimal(12,2)"}]
        returns: {data_type: "decimal(18,4)"}
    groups: [{name: finance, owner: {name: us}}]
    """

  private static let project = [
    "dbt_project.yml": """
    name: shop
    profile: shop
    functions:
      +tags: [udf]
      shop:
        money: {+volatility: deterministic, +schema: money}
    """,
    "profiles.yml":
      "shop: {target: dev, outputs: {dev: {type: local, schema: dev, threads: 2}}}\n",
    "functions/functions.yml": properties,
    "functions/money/with_tax.sql": "select $1 * (1 + $2)",
    "functions/double_it.sql":
      "{{ config(alias='twice') }}\nselect {{ function('with_tax') }}($1, 1.00)",
    "models/orders.sql": "select 1 as id, 10.00::decimal(12,2) as amount",
    "models/priced.sql":
      "select id, {{ function('shop', 'double_it') }}(amount) as total from {{ ref('orders') }}",
  ]

  private func harness(
    _ files: [String: String?] = [:],
    root: String? = nil
  ) throws -> CommandLineHarness {
    var all = Self.project
    for (name, text) in files { all[name] = text }
    return try CommandLineHarness(all)
  }

  private func manifest(_ harness: CommandLineHarness) throws -> PlainDictionary {
    try #require(
      try PlainValue(json: Array(harness.folder.read("target/manifest.json").utf8)).dictionary
    )
  }

  @Test func `the manifest has functions as dbt writes them, in a section of their own`()
    async throws
  {
    let harness = try harness()
    let parsed = await harness.run("parse")
    #expect(parsed.code == 0, "\(parsed.error)")
    let manifest = try manifest(harness)
    let functions = try #require(manifest["functions"]?.dictionary)
    #expect(functions.keys.sorted() == ["function.shop.double_it", "function.shop.with_tax"])
    #expect(manifest["nodes"]?.dictionary?.keys.contains { $0.hasPrefix("function.") } == false)
    let tax = try #require(functions["function.shop.with_tax"]?.dictionary)
    #expect(
      tax["arguments"] == [
        [
          "name": "amount", "data_type": "decimal(12,2)", "description": "in dev",
          "default_value": nil,
        ],
        [
          "name": "rate", "data_type": "decimal(4,2)", "description": nil, "default_value": 0.2,
        ],
      ]
    )
    #expect(
      tax["returns"] == ["data_type": "decimal(18,4)", "description": "what is to be paid"]
    )
    #expect(tax["schema"] == "dev_money" && tax["relation_name"] == .null)
    #expect(tax["path"] == "money/with_tax.sql" && tax["fqn"] == ["shop", "money", "with_tax"])
    #expect(tax["tags"] == ["udf", "money"] && tax["group"] == "finance")
    let config = try #require(tax["config"]?.dictionary)
    #expect(config["materialized"] == "function" && config["type"] == "scalar")
    #expect(config["volatility"] == "deterministic" && config["entry_point"] == .null)
    let twice = try #require(functions["function.shop.double_it"]?.dictionary)
    #expect(twice["functions"] == [["with_tax"]] && twice["alias"] == "twice")
    #expect(twice["depends_on"]?.dictionary?["nodes"] == ["function.shop.with_tax"])
    let model = manifest["nodes"]?.dictionary?["model.shop.priced"]?.dictionary
    #expect(model?["functions"] == [["shop", "double_it"]])
    #expect(
      model?["depends_on"]?.dictionary?["nodes"] == [
        "model.shop.orders", "function.shop.double_it",
      ]
    )
    let children = manifest["child_map"]?.dictionary
    #expect(children?["function.shop.double_it"] == ["model.shop.priced"])
    #expect(children?["function.shop.with_tax"] == ["function.shop.double_it"])
    // Of functions dbt keeps no list of groups.
    #expect(manifest["group_map"]?.dictionary?["finance"]?.list?.isEmpty ?? true)
  }

  @Test func `a call is the function's name in full, whatever quoting is configured`() async throws
  {
    let project = try #require(Self.project["dbt_project.yml"]) + "\nquoting: {identifier: false}\n"
    let harness = try harness(["dbt_project.yml": project])
    let compiled = await harness.run("compile", "-s", "priced", "-q")
    #expect(compiled.code == 0, "\(compiled.error)")
    #expect(compiled.output.contains("\"dev\".\"twice\"(amount) as total"), "\(compiled.output)")
    let function = await harness.run("compile", "-s", "double_it", "-q")
    #expect(function.output.contains("\"dev_money\".\"with_tax\"($1, 1.00)"))
  }

  @Test func `templates find functions in graph, and not among its nodes`() async throws {
    let harness = try harness([
      "models/g.sql": """
      {% if execute %}
      select '{{ graph.functions['function.shop.with_tax'].returns.data_type }}' as a,
        {{ graph.nodes | length }} as b
      {% endif %}
      """
    ])
    let compiled = await harness.run("compile", "-s", "g", "-q")
    #expect(compiled.output.contains("'decimal(18,4)' as a,\n  3 as b"), "\(compiled.output)")
  }

  @Test(
    arguments: [
      (["ls", "-s", "resource_type:function"], "shop.double_it\nshop.money.with_tax\n"),
      (["ls", "--resource-type", "function"], "shop.double_it\nshop.money.with_tax\n"),
      (
        ["ls", "-s", "+priced"],
        "shop.double_it\nshop.money.with_tax\nshop.orders\nshop.priced\n"
      ),
      (["ls", "-s", "with_tax+"], "shop.double_it\nshop.money.with_tax\nshop.priced\n"),
      (["ls", "-s", "path:functions/money"], "shop.money.with_tax\n"),
      (["ls", "-s", "tag:udf"], "shop.double_it\nshop.money.with_tax\n"),
      (["ls", "-s", "money"], "shop.money.with_tax\n"),
      // These two do not look at functions in dbt either.
      (["ls", "-s", "config.volatility:deterministic"], ""),
      (["ls", "-s", "group:finance"], ""),
      (["ls", "--exclude-resource-type", "function"], "shop.orders\nshop.priced\n"),
      (
        ["ls", "--output", "path", "--resource-type", "function"],
        "functions/double_it.sql\nfunctions/money/with_tax.sql\n"
      ),
    ]
  )
  func `functions are selected as other nodes are`(_ words: [String], _ listed: String)
    async throws
  {
    let outcome = await (try harness()).run(words)
    #expect(outcome.output == listed, "\(outcome.error)")
  }

  @Test(
    arguments: [
      ("select {{ function('with_tacks') }}(1)", "did you mean \"with_tax\"?", "with_tacks"),
      ("select {{ function('orders') }}(1)", "write ref('orders')", "no such function"),
      ("select {{ function('other', 'with_tax') }}(1)", "in package \"other\"", "no such function"),
      ("select {{ function('off') }}(1)", "functions/off.sql has that name", "no such function"),
      ("select {{ function(1) }}(1)", "function() takes a name", "models/bad.sql:1:"),
      ("select {{ function('a', 'b', 'c') }}(1)", "function() takes a name", "models/bad.sql:1:"),
    ]
  )
  func `a call of what is no function says so where it stands`(
    _ text: String,
    _ message: String,
    _ other: String
  ) async throws {
    let harness = try harness([
      "models/bad.sql": text,
      "functions/off.sql": "{{ config(enabled=false) }}\nselect 1",
    ])
    let outcome = await harness.run("parse")
    #expect(outcome.code == 2)
    #expect(outcome.error.contains(message) && outcome.error.contains(other), "\(outcome.error)")
    #expect(outcome.error.contains("models/bad.sql:1:"))
  }

  @Test func `a test that calls what is no function is left out of dbt's projects`() async throws {
    let harness = try harness(["tests/t.sql": "select {{ function('gone') }}()"])
    let outcome = await harness.run("parse")
    #expect(outcome.code == 0 && outcome.error.contains("[unknown-function-node]"))
    let listed = await harness.run("ls", "--resource-type", "test")
    #expect(!listed.output.contains("shop.t"))
    let options = ["--warn-error-options", "{error: [NodeNotFoundOrDisabled]}"]
    #expect(await harness.run(["parse"] + options).code == 2)
  }

  @Test(
    arguments: [
      ("{name: off, returns: int}", "a mapping"),
      ("{name: off}", "has no \"returns\""),
      ("{name: off, returns: {data_type: int}, arguments: [{name: a}]}", "has no \"data_type\""),
      (
        "{name: off, returns: {data_type: int}, arguments: "
          + "[{name: a, data_type: int, default_value: 1}, {name: b, data_type: int}]}",
        "argument \"b\" has no default, and stands behind \"a\""
      ),
      (
        "{name: off, returns: {data_type: int}, config: {type: scaler}}",
        "`type` of off must be scalar, aggregate, table"
      ),
      (
        "{name: off, returns: {data_type: int}, config: {volatility: stabel}}",
        "did you mean \"stable\"?"
      ),
      ("{name: off, returns: {data_type: int}, volatility: stable}", "move it under \"config:\""),
    ]
  )
  func `what properties files have wrong of a function is told`(_ entry: String, _ message: String)
    async throws
  {
    let harness = try harness([
      "functions/off.sql": "select 1",
      "functions/functions.yml": "functions:\n  - \(entry)\n",
      "functions/double_it.sql": nil, "functions/money/with_tax.sql": nil,
      "models/priced.sql": nil,
    ])
    let outcome = await harness.run("parse")
    #expect(outcome.error.contains(message), "\(outcome.error)")
  }

  @Test func `a function that nothing describes is an error of its own project alone`()
    async throws
  {
    let files = ["functions/bare.sql": "select 1"]
    let ofDbt = await (try harness(files)).run("compile", "-s", "bare", "-q")
    #expect(ofDbt.code == 0, "\(ofDbt.error)")
    let own = try CommandLineHarness([
      "project.yml": "name: shop\ntargets: {dev: {type: local, schema: dev}}\n",
      "functions/bare.sql": "select 1",
    ])
    let outcome = await own.run("compile", "-q")
    #expect(outcome.code == 2 && outcome.error.contains("nothing says what function bare returns"))
  }

  @Test(
    arguments: [
      ("select amount * 2", "write $1", "error[argument-by-name]"),
      ("select $3", "$3", "functions/money/with_tax.sql:1:8"),
      ("select no_such_functoin($1)", "no_such_functoin", "functions/money/with_tax.sql:1:8"),
      ("select 1; select 2", "a function is one query", "functions/money/with_tax.sql"),
      ("select max(id) from {{ ref('orders') }}", "table", "functions/money/with_tax.sql:1:"),
    ]
  )
  func `a body that Redshift would refuse is found without a database`(
    _ body: String,
    _ message: String,
    _ place: String
  ) async throws {
    let outcome = await (try harness(["functions/money/with_tax.sql": body])).run("check")
    #expect(outcome.error.contains(message) || outcome.output.contains(message), "\(outcome)")
    #expect(outcome.error.contains(place) || outcome.output.contains(place), "\(outcome)")
  }

  @Test func `what a function returns is known to those that call it`() async throws {
    let harness = try harness([
      "models/priced.yml": """
      models:
        - name: priced
          config: {contract: {enforced: true}}
          columns: [{name: id, data_type: int}, {name: total, data_type: varchar}]
      """
    ])
    let outcome = await harness.run("check")
    #expect(outcome.code != 0)
    #expect((outcome.output + outcome.error).contains("total"), "\(outcome)")
    let sound = await (try self.harness()).run("check")
    #expect(sound.code == 0, "\(sound)")
  }

  @Test func `a call with fewer arguments than the function takes is warned of`() async throws {
    let call = "select {{ function('with_tax') }}(1) as a, {{ function('with_tax') }}(1, 2) as b"
    let outcome = await (try harness(["models/few.sql": call])).run("check")
    let told = outcome.output + outcome.error
    #expect(outcome.code == 0 && told.contains("warning[function-argument-count]"), "\(told)")
    #expect(told.contains("with_tax takes 2 arguments, not 1"), "\(told)")
    #expect(told.split(separator: "[function-argument-count]").count == 2)
  }

  @Test func `a function is modified with its text, arguments, result and settings`() async throws {
    func changed(_ files: [String: String]) async throws -> String {
      let harness = try harness()
      _ = await harness.run("parse")
      try harness.folder.write(["state/manifest.json": harness.folder.read("target/manifest.json")])
      try harness.folder.write(files)
      let outcome = await harness.run(
        "ls",
        "-s",
        "state:modified",
        "--state",
        "state",
        "--resource-type",
        "function"
      )
      return outcome.output
    }
    let all = Self.properties
    let same = try await changed([:])
    #expect(same == "")
    let text = try await changed(["functions/money/with_tax.sql": "select $1"])
    #expect(text == "shop.money.with_tax\n")
    let argument = try await changed([
      "functions/functions.yml": all.replacing("name: x, data_type", with: "name: y, data_type")
    ])
    #expect(argument == "shop.double_it\n")
    let result = try await changed([
      "functions/functions.yml": all.replacing("what is to be paid", with: "the sum")
    ])
    #expect(result == "shop.money.with_tax\n")
    let setting = try await changed([
      "dbt_project.yml": (Self.project["dbt_project.yml"] ?? "")
        .replacing("deterministic", with: "stable")
    ])
    #expect(setting == "shop.money.with_tax\n")
  }

  @Test func `a deferred call means the function of the state`() async throws {
    let harness = try harness()
    _ = await harness.run("parse")
    let manifest = try harness.folder.read("target/manifest.json")
      .replacing("\"dev_money\"", with: "\"prod_money\"")
    try harness.folder.write(["state/manifest.json": manifest])
    let outcome = await harness.run(
      "compile",
      "-s",
      "double_it",
      "-q",
      "--defer",
      "--state",
      "state",
      "--favor-state"
    )
    #expect(outcome.output.contains("\"prod_money\".\"with_tax\""), "\(outcome)")
  }

  @Test func `migrations cannot ask for functions that are made after them`() async throws {
    let harness = try harness([
      "migrations/V0001__a.sql": "create view v as select {{ function('with_tax') }}(1, 1);"
    ])
    let outcome = await harness.run("parse")
    #expect(outcome.code == 2 && outcome.error.contains("a migration cannot use function()"))
  }

  @Test func `a function of a migration and of a node is told of`() async throws {
    let make =
      "create function dev.twice(decimal) returns decimal stable as $$ select $1 $$ language sql;"
    let harness = try harness(["migrations/V0001__a.sql": make])
    let outcome = await harness.run("parse")
    #expect(outcome.code == 0 && outcome.error.contains("[function-made-twice]"), "\(outcome)")
    try harness.folder.write([
      "migrations/V0002__b.sql": "drop function dev.twice(decimal);"
    ])
    let left = await harness.run("parse")
    #expect(!left.error.contains("[function-made-twice]"), "\(left)")
  }

  @Test func `pages show what a function takes and gives`() async throws {
    let harness = try harness()
    let outcome = await harness.run("docs", "generate", "--empty-catalog")
    #expect(outcome.code == 0, "\(outcome.error)")
    let page = try harness.folder.read("target/docs/function.shop.with_tax.html")
    #expect(page.contains("<h2>Arguments</h2>") && page.contains("decimal(18,4)"))
    #expect(page.contains("function.shop.double_it.html"))
  }
}
