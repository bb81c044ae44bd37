import Diagnostics
import Foundation
import TestSupport
import Testing

/// The program called by the name of `dbt`, on projects that are written for PostgreSQL: what
/// programs around dbt read and rely on.
@Suite(.scenarioServer) struct DbtProgramTests {
  @Test func `a run speaks dbt's words, all of them on standard output`() throws {
    let project = try DbtProgramProject([
      "models/orders.sql": "{{ config(materialized='table') }} select 1 as id",
      "models/lines.sql": "select * from {{ ref('orders') }}",
      "models/schema.yml": """
      models: [{name: lines, columns: [{name: id, data_tests: [not_null, unique]}]}]
      """,
    ])
    let built = try project.dbt("build")
    #expect(built.code == 0 && built.error.isEmpty, "\(built.error)")
    for words in [
      "START sql table model dev.orders", "OK created sql table model dev.orders",
      "[SELECT 1 in", "OK created sql view model dev.lines", "PASS not_null_lines_id",
      "Completed successfully", "Done. PASS=4 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=4",
    ] {
      #expect(built.output.contains(words), "\(words)\n\(built.output)")
    }
    let nothing = try project.dbt("run", "-s", "tag:none")
    #expect(nothing.output.contains("Nothing to do."))
  }

  @Test func `events have dbt's names and shape`() throws {
    let project = try DbtProgramProject([
      "models/orders.sql": "select 1 as id {{ log('seen', info=true) }} {{ log('deep') }}"
    ])
    let events = try project.events("run", "--debug", "--log-format", "json")
    let names = Set(events.compactMap { $0.info?["name"]?.string })
    #expect(
      names.isSuperset(of: [
        "MainReportVersion", "ConcurrencyLine", "LogStartLine", "LogModelResult", "NodeFinished",
        "EndOfRunSummary", "StatsLine", "SQLQuery", "JinjaLogInfo",
      ]),
      "\(names.sorted())"
    )
    let result = try #require(events.first { $0.info?["name"] == "LogModelResult" })
    #expect(result.data?["node_info"]?.dictionary?["unique_id"] == "model.shop.orders")
    #expect(result.data?["status"] == "CREATE VIEW")
    #expect(result.info?["level"] == "info" && result.info?["code"] == "Q012")
    func said(_ name: PlainValue) -> [String] {
      events.filter { $0.info?["name"] == name }.compactMap { $0.info?["msg"]?.string }
    }
    // Told only to those who want everything.
    #expect(said("JinjaLogInfo").contains("seen") && said("JinjaLogDebug").contains("deep"))
    let kept = try project.read("logs/dbt.log")
    #expect(kept.contains("deep"))
    let quiet = try project.dbt("run")
    #expect(quiet.output.contains("seen") && !quiet.output.contains("deep"))
  }

  @Test func `every statement of a node carries the query comment`() throws {
    let project = try DbtProgramProject(
      [
        "models/orders.sql": "select 1 as id, 1 / 0 as broken",
        "models/fine.sql": "{{ config(materialized='table') }} select 1 as id",
        "macros/comment.sql": """
        {% macro comment(node) %}{{ return('of ' ~ node.name) }}{% endmacro %}
        {% macro wrong() %}ends early */{% endmacro %}
        """,
      ],
      settings: "query-comment: \"{{ comment(node) if node else 'all' }}\""
    )
    let events = try project.events("run", "-s", "fine", "-d", "--log-format", "json")
    let sent = events.compactMap { $0.data?["sql"]?.string }
    #expect(sent.contains { $0.hasPrefix("/* of fine */\ncreate table") }, "\(sent)")
    // Neither the file of what was run nor the place of an error knows of it.
    #expect(try project.read("target/run/shop/models/fine.sql").hasPrefix("create table"))
    let wrong = try project.dbt("run", "-s", "fine", "--vars", "{}", "--project-dir", ".")
    #expect(wrong.code == 0)
    try project.write("dbt_project.yml", project.file(settings: "query-comment: \"{{ wrong() }}\""))
    let refused = try project.dbt("run", "-s", "fine")
    #expect(refused.code == 2 && refused.output.contains("query-comment"), "\(refused.output)")
  }

  @Test func `what does not compile is the result of its node, and the others run`() throws {
    let project = try DbtProgramProject([
      "models/broken.sql": "{{ exceptions.raise_compiler_error('no') if execute }} select 1",
      "models/inner.sql": """
      {{ config(materialized='ephemeral') }}
      {{ exceptions.raise_compiler_error('no') if execute }} select 1
      """,
      "models/outer.sql": "select * from {{ ref('inner') }}",
      "models/child.sql": "select * from {{ ref('broken') }}",
      "models/fine.sql": "select 1 as id",
      "models/refused.sql": "select nothing_there",
    ])
    let run = try project.dbt("run")
    #expect(run.code == 1, "\(run.output)")
    let results = try project.results()
    #expect(results["fine"]?["status"] == "success")
    #expect(results["child"]?["status"] == "skipped")
    #expect(results["broken"]?["status"] == "error")
    #expect(
      results["broken"]?["message"]?.string?
        .hasPrefix("Compilation Error in model broken (models/broken.sql)\n  no") == true
    )
    #expect(results["outer"]?["status"] == "skipped")
    #expect(results["outer"]?["message"]?.string?.contains("Compilation Error") == true)
    #expect(
      results["refused"]?["message"]?.string?.hasPrefix(
        "Database Error in model refused (models/refused.sql)\n  column \"nothing_there\""
      ) == true
    )
  }

  @Test func `materialized views are made, refreshed, altered and replaced`() throws {
    func model(_ indexes: String, _ more: String = "") -> String {
      "{{ config(materialized='materialized_view', indexes=[\(indexes)]\(more)) }} "
        + "select * from {{ ref('numbers') }}"
    }
    let project = try DbtProgramProject([
      "seeds/numbers.csv": "id,value\n1,10\n",
      "models/kept.sql": model("{'columns': ['id']}"),
    ])
    func kinds() throws -> [String] {
      try project.rows(
        "select relname || ' ' || relkind::text from pg_class where relnamespace = "
          + "'dev'::regnamespace and relname like 'kept%' order by 1"
      )
    }
    func indexed() throws -> [String] {
      try project.rows(
        "select indexdef from pg_indexes where schemaname = 'dev' and tablename = 'kept'"
      ).map { String($0.split(separator: "(").last ?? "") }
    }
    _ = try project.dbt("build")
    #expect(try kinds() == ["kept m"])
    #expect(try indexed() == ["id)"])
    try project.write("seeds/numbers.csv", "id,value\n1,10\n2,20\n")
    let again = try project.dbt("build")
    #expect(again.output.contains("REFRESH MATERIALIZED VIEW"), "\(again.output)")
    #expect(try project.rows("select count(*) from dev.kept") == ["2"])
    try project.write("models/kept.sql", model("{'columns': ['value']}"))
    let altered = try project.dbt("run", "--debug")
    #expect(altered.output.contains("Applying ALTER to: "), "\(altered.output)")
    #expect(try indexed() == ["value)"])
    // Left alone, or refused, where the project says so.
    try project.write(
      "models/kept.sql",
      model("{'columns': ['id']}", ", on_configuration_change='continue'")
    )
    let left = try project.dbt("run")
    #expect(left.code == 0 && left.output.contains("was set to `continue`"), "\(left.output)")
    try project.write(
      "models/kept.sql",
      model("{'columns': ['id']}", ", on_configuration_change='fail'")
    )
    let refused = try project.dbt("run")
    #expect(refused.code == 1 && refused.output.contains("was set to `fail`"))
    #expect(try indexed() == ["value)"])
    let replaced = try project.dbt("run", "--full-refresh", "--debug")
    #expect(replaced.code == 0 && replaced.output.contains("Applying REPLACE to: "))
    #expect(try indexed() == ["id)"])
    // Other kinds take its place, and it theirs.
    for (kind, letter) in [("table", "r"), ("materialized_view", "m"), ("view", "v")] {
      try project.write(
        "models/kept.sql",
        "{{ config(materialized='\(kind)') }} select * from {{ ref('numbers') }}"
      )
      let changed = try project.dbt("run")
      #expect(changed.code == 0, "\(changed.output)")
      #expect(try kinds() == ["kept \(letter)"])
    }
  }

  @Test func `what materialized views stand on is made anew, and they with it`() throws {
    let config = "materialized='materialized_view', indexes=[{'columns': ['id']}]"
    let project = try DbtProgramProject([
      "models/base.sql": "{{ config(materialized='table') }} select {{ var('id', 3) }} as id",
      "models/kept.sql": "{{ config(\(config)) }} select * from {{ ref('base') }}",
    ])
    func built(_ words: String...) throws -> (isGood: Bool, output: String, rows: [String]) {
      let run = try project.program.dbt(words)
      return (run.code == 0, run.output, try project.rows("select id from dev.kept"))
    }
    #expect(try built("run").rows == ["3"])
    let again = try built("run", "--vars", "{id: 4}")
    #expect(again.isGood && again.rows == ["4"], "\(again.output)")
    let indexes = "select count(*) from pg_indexes where schemaname = 'dev' and tablename = 'kept'"
    #expect(try project.rows(indexes) == ["1"])
    // Its model is not run: it keeps its query, and shows the new rows.
    let alone = try built("run", "-s", "base", "--vars", "{id: 5}")
    #expect(alone.isGood && alone.rows == ["5"], "\(alone.output)")
  }

  @Test func `a seed is filled anew in place, with what is granted on it`() throws {
    let project = try DbtProgramProject([
      "seeds/numbers.csv": "id,value\n1,10\n",
      "seeds/schema.yml": """
      seeds:
        - name: numbers
          description: all of them
          config: {grants: {select: [public]}, persist_docs: {relation: true}}
      """,
      "models/doubled.sql": "select id * 2 as id from {{ ref('numbers') }}",
    ])
    _ = try project.dbt("build")
    let identity = "select 'dev.numbers'::regclass::oid"
    let before = try project.rows(identity)
    try project.write("seeds/numbers.csv", "id,value\n1,10\n2,20\n")
    let again = try project.dbt("seed", "--debug")
    #expect(!again.output.contains("grant select"), "\(again.output)")
    #expect(try project.rows(identity) == before)
    #expect(try project.rows("select sum(id) from dev.doubled") == ["6"])
    #expect(try project.rows("select obj_description('dev.numbers'::regclass)") == ["all of them"])
    // Other columns need another table.
    try project.write("seeds/numbers.csv", "id,value\n1,ten\n")
    let changed = try project.dbt("seed", "--show")
    #expect(changed.code == 0 && changed.output.contains("ten"), "\(changed.output)")
    #expect(try project.rows(identity) != before)
    _ = try project.dbt("seed", "--empty")
    #expect(try project.rows("select count(*) from dev.numbers") == ["0"])
    try project.write("seeds/numbers.csv", "id;value\n1;10\n")
    let wrong = try project.dbt("seed")
    #expect(wrong.code == 1 && wrong.output.contains("syntax error in the header"))
  }

  @Test func `a broken contract is told as a table of columns`() throws {
    let project = try DbtProgramProject([
      "models/orders.sql": "select 'a'::varchar as id, 1 as extra, now() as at",
      "models/schema.yml": """
      models:
        - name: orders
          config: {materialized: table, contract: {enforced: true}}
          columns:
            - {name: id, data_type: text}
            - {name: at, data_type: timestamp}
            - {name: gone, data_type: int}
      """,
    ])
    let run = try project.dbt("run")
    #expect(run.code == 1)
    let message = try #require(try project.results()["orders"]?["message"]?.string)
    #expect(message.contains("This model has an enforced contract that failed."))
    #expect(
      message.contains("| at          | DATETIMETZ      | DATETIME      | data type mismatch")
    )
    #expect(
      message.contains("| extra       | INT             |               | missing in contract")
    )
    #expect(
      message.contains("| gone        |                 | INT           | missing in definition")
    )
    #expect(!message.contains("| id "))
  }

  @Test func `rows are shown as dbt shows them`() throws {
    let project = try DbtProgramProject([
      "models/zoned.sql": """
      {%- call set_sql_header(config) %}set session time zone 'Asia/Kolkata';{% endcall %}
      select current_setting('timezone') as zone
      """
    ])
    let shown = try project.dbt("show", "-s", "zoned", "--output", "json")
    #expect(
      shown.output.contains(
        "  \"show\": [\n    {\n      \"zone\": \"Asia/Kolkata\"\n    }\n  ]\n}"
      ),
      "\(shown.output)"
    )
    let events = try project.events(
      "show",
      "--limit",
      "2",
      "--inline",
      "select generate_series(1, 4) as n",
      "--log-format",
      "json"
    )
    let event = try #require(events.first { $0.info?["name"] == "ShowNode" })
    #expect(event.data?["preview"] == "[{\"n\":1},{\"n\":2}]")
    let results = try project.results()
    #expect(results["inline_query"]?["compiled_code"]?.string?.contains("limit 2") == true)
    let twice = try project.dbt("show", "--limit", "1", "--inline", "select 1 limit 1")
    #expect(twice.code == 2 && twice.output.contains("syntax error at or near \"limit\""))
    let quiet = try project.dbt("show", "-q", "--inline", "select 7 as seven")
    #expect(quiet.code == 0 && quiet.output.contains("7"), "\(quiet.output)")
    #expect(!quiet.output.contains("Previewing"))
    let pure = try project.dbt("--quiet", "show", "-s", "zoned", "--output", "json")
    #expect(pure.output.hasPrefix("{\n  \"node\": \"zoned\""), "\(pure.output)")
  }

  @Test func `comments on columns that are not there are warned of`() throws {
    let project = try DbtProgramProject([
      "models/orders.sql": "{{ config(materialized='table') }} select 1 as id, 2 as \"Upper\"",
      "models/schema.yml": """
      models:
        - name: orders
          config: {persist_docs: {columns: true}}
          columns:
            - {name: ID, description: the key}
            - {name: upper, quote: true, description: never}
            - {name: gone, description: never}
      """,
    ])
    let run = try project.dbt("run")
    #expect(run.code == 0, "\(run.output)")
    #expect(run.output.contains("are not present in the database: upper, gone"), "\(run.output)")
    #expect(
      try project.rows("select col_description('dev.orders'::regclass, 1)") == ["the key"]
    )
  }

  @Test func `hooks depend on what they refer to, and seeds' hooks on nothing`() throws {
    let project = try DbtProgramProject([
      "models/a_first.sql": """
      {{ config(materialized='table', post_hook="insert into {{ this }} select id from {{ ref('z_last') }}") }}
      select 1 as id
      """,
      "models/z_last.sql": "{{ config(materialized='table') }} select 2 as id",
      "seeds/numbers.csv": "id\n1\n",
    ])
    let run = try project.dbt("run", "--threads", "1")
    #expect(run.code == 0, "\(run.output)")
    #expect(try project.rows("select sum(id) from dev.a_first") == ["3"])
    try project.write(
      "dbt_project.yml",
      project.file(settings: "seeds: {post-hook: [\"select * from {{ ref('z_last') }}\"]}")
    )
    let seeds = try project.dbt("parse")
    #expect(seeds.code == 2 && seeds.output.contains("Seeds cannot depend on other nodes"))
    try project.write("dbt_project.yml", project.file())
    try project.write(
      "models/z_last.sql",
      "{{ config({'pre_hook': 'select 1', 'pre-hook': 'select 2'}) }} select 2 as id"
    )
    let twice = try project.dbt("parse")
    #expect(twice.code == 2 && twice.output.contains("\"pre_hook\" and \"pre-hook\""))
  }

  @Test func `rows are replaced under conditions that name columns alone`() throws {
    let project = try DbtProgramProject([
      "models/grown.sql": """
      {{ config(materialized='incremental', unique_key='id', incremental_strategy='delete+insert',
                incremental_predicates=["id != 2"]) }}
      {% if is_incremental() %}select 1 as id, 'new' as state union all select 2, 'new'
      {% else %}select 1 as id, 'old' as state union all select 2, 'old'{% endif %}
      """,
      "models/keyless.sql": """
      {{ config(materialized='incremental', unique_key='') }} select 1 as id
      """,
    ])
    _ = try project.dbt("run")
    let again = try project.dbt("run")
    #expect(again.code == 0, "\(again.output)")
    #expect(
      try project.rows("select id || state from dev.grown order by 1") == ["1new", "2new", "2old"]
    )
    #expect(try project.rows("select count(*) from dev.keyless") == ["2"])
  }

  @Test func `unit tests take columns in any case, long texts and JSON`() throws {
    let project = try DbtProgramProject([
      "models/upstream.sql": "select 1 as id, 'short'::varchar(5) as name, '{}'::json as body",
      "models/orders.sql": "select id, length(name) as size, body from {{ ref('upstream') }}",
      "models/tests.yml": """
      unit_tests:
        - name: sound
          model: orders
          given:
            - {input: ref('upstream'), rows: [{ID: 1, name: longer than five, body: '{"a": 1}'}]}
          expect: {rows: [{Id: 1, size: 16, body: '{"a": 1}'}]}
        - name: unsound
          model: orders
          given: [{input: ref('upstream'), rows: [{wrong: 1}]}]
          expect: {rows: [{id: 1}]}
      """,
    ])
    _ = try project.dbt("run")
    let tested = try project.dbt("test")
    #expect(try project.results()["sound"]?["status"] == "pass", "\(tested.output)")
    #expect(
      tested.output.contains("Invalid column name: 'wrong' in unit test fixture for 'upstream'.")
    )
  }

  @Test func `debug tells what is wrong with a profile, as a failed check`() throws {
    let project = try DbtProgramProject(["models/orders.sql": "select 1 as id"])
    let good = try project.dbt("debug")
    #expect(good.code == 0 && good.output.contains("All checks passed!"), "\(good.output)")
    let target = try project.dbt("debug", "--connection", "--target", "none")
    #expect(target.code == 1)
    #expect(target.output.contains("The profile 'shop' does not have a target named 'none'."))
    #expect(target.output.contains("1 check failed"))
    let profile = try project.dbt("debug", "--profile", "none")
    #expect(profile.code == 1 && profile.output.contains("Could not find profile named 'none'"))
    let folder = try project.dbt("debug", "--profiles-dir", "none")
    #expect(folder.output.contains("dbt looked for a profiles.yml file in none"))
    #expect(try project.dbt("debug", "--project-dir", "none").code == 2)
  }
}

/// A project with a profile of `type: postgres` and a database of its own.
struct DbtProgramProject {
  let program: ProgramHarness
  private let socket: String
  private let database: String

  /// One event of the log.
  struct Event {
    var info: PlainDictionary?
    var data: PlainDictionary?
  }

  init(_ files: [String: String], settings: String = "") throws {
    socket = try #require(ScenarioServer.socket)
    database = "d" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
    var all = files
    all["dbt_project.yml"] = Self.projectFile(settings)
    all["profiles.yml"] = """
      shop:
        target: dev
        outputs:
          dev: { type: postgres, host: "\(socket)", port: 5432, user: redstart, password: "-", \
      dbname: \(database), schema: dev, threads: 4 }
      """
    program = try ProgramHarness.project(all)
    try Self.query("create database \(database)", socket, "dev")
  }

  private static func projectFile(_ settings: String) -> String {
    "name: shop\nprofile: shop\n\(settings)\n"
  }

  func file(settings: String = "") -> String { Self.projectFile(settings) }

  func dbt(_ words: String...) throws -> ProgramHarness.Outcome { try program.dbt(words) }

  func write(_ path: String, _ text: String) throws { try program.folder.write([path: text]) }

  func read(_ path: String) throws -> String { try program.folder.read(path) }

  /// The events that a command logs as JSON.
  func events(_ words: String...) throws -> [Event] {
    let outcome = try program.dbt(words)
    return try outcome.output.split(separator: "\n").filter { $0.hasPrefix("{") }.map { line in
      let event = try PlainValue(json: Array(line.utf8)).dictionary
      return Event(info: event?["info"]?.dictionary, data: event?["data"]?.dictionary)
    }
  }

  /// The entries of run_results.json, by the last part of their ids.
  func results() throws -> [String: PlainDictionary] {
    let artifact = try PlainValue(json: Array(read("target/run_results.json").utf8)).dictionary
    let entries = (artifact?["results"]?.list ?? []).compactMap(\.dictionary)
    return Dictionary(
      entries.map { entry in
        let id = entry["unique_id"]?.string ?? ""
        return (String(id.split(separator: ".").last ?? ""), entry)
      },
      uniquingKeysWith: { $1 }
    )
  }

  /// `args` of run_results.json.
  func arguments() throws -> PlainDictionary {
    let artifact = try PlainValue(json: Array(read("target/run_results.json").utf8)).dictionary
    return artifact?["args"]?.dictionary ?? [:]
  }

  /// What run_results.json tells of, in its order.
  func resultIDs() throws -> [String] {
    let artifact = try PlainValue(json: Array(read("target/run_results.json").utf8)).dictionary
    return (artifact?["results"]?.list ?? []).compactMap { $0.dictionary?["unique_id"]?.string }
  }

  /// The first column of a query's rows.
  @discardableResult
  func rows(_ sql: String) throws -> [String] { try Self.query(sql, socket, database) }

  @discardableResult
  private static func query(_ sql: String, _ socket: String, _ database: String) throws -> [String]
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "psql", "-h", socket, "-U", "redstart", "-d", database, "-qAtX", "-v", "ON_ERROR_STOP=1",
      "-c", sql,
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(sql)")
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
