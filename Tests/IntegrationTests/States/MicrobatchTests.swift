import Foundation
import TestSupport
import Testing

/// Microbatch models and `--sample`, with what dbt 1.11 does on the same project.
@Suite(.scenarioServer) struct MicrobatchTests {
  private static let files = [
    "models/events.sql": """
    {{ config(materialized='table', event_time='happened_at') }}
    select 1 as id, timestamp '2024-01-01 05:00' as happened_at, 10 as amount
    union all select 2, timestamp '2024-01-02 06:00', 20
    union all select 3, timestamp '2024-01-02 23:59:59', 30
    union all select 4, timestamp '2024-01-04 00:00', {{ var('fourth', 40) }}
    """,
    "models/daily.sql": """
    {{ config(
      materialized='incremental', incremental_strategy='microbatch', unique_key='id',
      event_time='happened_at', batch_size='day', begin='2024-01-01'
    ) }}
    -- {{ model.batch.id }} {{ model.batch.event_time_start }} {{ model.batch.event_time_end }} {{ is_incremental() }}
    select id, happened_at, amount
    {%- if var('fail', '') == model.batch.id %}, 1 / 0 as x{% endif %} from {{ ref('events') }}
    """,
    "models/children.sql": "select count(*) as n from {{ ref('daily') }}",
    "models/sampled.sql": "{{ config(materialized='table') }}\nselect * from {{ ref('events') }}",
  ]

  private static let days = ["--event-time-start", "2024-01-01", "--event-time-end", "2024-01-05"]

  private func project() throws -> DbtProject {
    let shop = try DbtProject(Self.files)
    try shop.succeed("run", "-s", "events")
    return shop
  }

  private func run(_ shop: DbtProject, _ words: String...) throws -> ProgramHarness.Outcome {
    try shop.project.run(words + Self.days + ["--profiles-dir", ".", "--no-color"])
  }

  /// The days of batches that went well, and of those that did not.
  private func batches(_ shop: DbtProject) throws -> String {
    let results = try #require(try shop.artifact("run_results.json")["results"] as? [[String: Any]])
    let daily = try #require(results.first { $0["unique_id"] as? String == "model.shop.daily" })
    let batches = try #require(daily["batch_results"] as? [String: [[String]]])
    func days(_ key: String) -> String {
      (batches[key] ?? []).map { String($0[0].prefix(10).suffix(2)) }.joined(separator: " ")
    }
    return
      "\(daily["status"] ?? "") \(daily["message"] ?? ""): \(days("successful")) | \(days("failed"))"
  }

  @Test func `each batch is rendered for its day`() throws {
    let shop = try project()
    let outcome = try run(shop, "run", "-s", "daily+")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try batches(shop) == "success SUCCESS: 01 02 03 04 | ")
    let database = shop.scenario.database
    for (day, next, isIncremental) in [("01", "02", "False"), ("02", "03", "True")] {
      #expect(
        try shop.compiled("models/daily/daily_2024-01-\(day).sql") == """
          -- 202401\(day) 2024-01-\(day) 00:00:00+00:00 2024-01-\(next) 00:00:00+00:00 \(isIncremental)
          select id, happened_at, amount from (select * from "\(database)"."dev"."events" where \
          happened_at >= '2024-01-\(day) 00:00:00+00:00' and \
          happened_at < '2024-01-\(next) 00:00:00+00:00') _dbt_et_filter_subq_events
          """
      )
    }
    let rows = "select id, amount from dev.daily order by 1"
    #expect(try shop.sql(rows) == "1|10\n2|20\n3|30\n4|40")
    #expect(try shop.sql("select n from dev.children") == "4")
    try shop.succeed("run", "-s", "events", "--vars", "{fourth: 44}")
    let part = try shop.run(
      "run",
      "-s",
      "daily",
      "--event-time-start",
      "2024-01-03",
      "--event-time-end",
      "2024-01-05"
    )
    #expect(part.code == 0, "\(part.error)")
    #expect(try batches(shop) == "success SUCCESS: 03 04 | ")
    #expect(try shop.sql(rows) == "1|10\n2|20\n3|30\n4|44")
  }

  /// The first batch makes the table anew and the others add to it, but to the model nothing is
  /// incremental.
  @Test func `no batch of a full refresh is incremental`() throws {
    let shop = try project()
    #expect(try run(shop, "run", "-s", "daily").code == 0)
    #expect(try run(shop, "run", "-s", "daily", "--full-refresh").code == 0)
    for day in ["01", "02", "04"] {
      let text = try shop.compiled("models/daily/daily_2024-01-\(day).sql")
      #expect(text.split(separator: "\n").first?.hasSuffix(" False") == true)
    }
    #expect(try shop.sql("select id, amount from dev.daily order by 1") == "1|10\n2|20\n3|30\n4|40")
  }

  @Test func `a batch that fails leaves the others, and is done again`() throws {
    let shop = try project()
    #expect(try run(shop, "run", "-s", "daily").code == 0)
    let failed = try run(shop, "run", "-s", "daily+", "--vars", "{fail: '20240102'}")
    #expect(failed.code == 1, "\(failed.error)")
    #expect(try batches(shop) == "partial success PARTIAL SUCCESS (3/4): 01 03 04 | 02")
    #expect(try shop.results("run_results.json", "status")["model.shop.children"] == "skipped")
    // As in dbt, the variables of the run are those of the retry.
    let retried = try shop.run("retry")
    #expect(retried.code == 1, "\(retried.error)")
    #expect(try batches(shop) == "error ERROR: 01 03 04 | 02")
    let mended = try shop.run("retry", "--vars", "{fail: ''}")
    #expect(mended.code == 0, "\(mended.error)")
    #expect(try batches(shop) == "success SUCCESS: 02 01 03 04 | ")
    #expect(try shop.sql("select n from dev.children") == "4")
  }

  @Test func `when the first batch fails, the others are left`() throws {
    let shop = try project()
    let failed = try run(shop, "run", "-s", "daily+", "--vars", "{fail: '20240101'}")
    #expect(failed.code == 1, "\(failed.error)")
    #expect(try batches(shop) == "error ERROR:  | 01 02 03 04")
    #expect(try shop.results("run_results.json", "status")["model.shop.children"] == "skipped")
  }

  @Test func `samples take rows of a stretch of time`() throws {
    let shop = try project()
    let day = "{start: 2024-01-02 00:00:00, end: 2024-01-03 00:00:00}"
    try shop.succeed("run", "-s", "sampled", "--sample", day)
    let database = shop.scenario.database
    #expect(
      try shop.compiled("models/sampled.sql") == """
        select * from (select * from "\(database)"."dev"."events" where \
        happened_at >= '2024-01-02 00:00:00+00:00' and happened_at < '2024-01-03 00:00:00+00:00') \
        _dbt_et_filter_subq_events
        """
    )
    #expect(try shop.sql("select id from dev.sampled order by 1") == "2\n3")
    try shop.succeed("run", "-s", "sampled", "--sample", day, "--empty")
    #expect(
      try shop.compiled("models/sampled.sql") == """
        select * from (select * from (select * from "\(database)"."dev"."events" where false limit 0) \
        _dbt_limit_subq_events where \
        happened_at >= '2024-01-02 00:00:00+00:00' and happened_at < '2024-01-03 00:00:00+00:00') \
        _dbt_et_filter_subq_events
        """
    )
    let evening = "{start: 2024-01-02 12:00:00, end: 2024-01-03 00:00:00}"
    try shop.succeed("run", "-s", "daily", "--sample", evening)
    #expect(try batches(shop) == "success SUCCESS: 02 | ")
    #expect(try shop.sql("select id from dev.daily order by 1") == "3")
    try shop.succeed("run", "-s", "sampled", "--sample", "3 days")
    #expect(try shop.sql("select count(*) from dev.sampled") == "0")
  }

  @Test func `on Redshift a batch takes the place of what the table holds of its day`() throws {
    let project = try ProgramHarness.project([
      "project.yml": "name: shop\ntargets: { local: { type: local, schema: dev } }\n",
      "models/events.sql": Self.files["models/events.sql"] ?? "",
      "models/daily.sql": """
      {{ config(
        materialized='incremental', incremental_strategy='microbatch', event_time='happened_at',
        batch_size='day', begin='2024-01-01'
      ) }}
      select happened_at, amount from {{ ref('events') }}
      """,
    ])
    defer { project.stopServer() }
    for _ in 1...2 {
      let outcome = try project.run(["run"] + Self.days)
      #expect(outcome.code == 0, "\(outcome.error)")
    }
    let shown = try project.run(
      "show",
      "-q",
      "--output",
      "csv",
      "--inline",
      "select amount from {{ ref('daily') }} order by 1"
    )
    #expect(shown.output == "amount\n10\n20\n30\n40\n", "\(shown.error)")
  }

  @Test(arguments: [
    (["--event-time-start", "2024-01-03"], "needs --event-time-end"),
    (
      ["--event-time-start", "2024-01-03", "--event-time-end", "2024-01-02"],
      "must be before --event-time-end"
    ),
    (["--event-time-start", "soon", "--event-time-end", "2024-01-02"], "must be a time"),
    (
      ["--event-time-start", "2024-01-01T00:00Z", "--event-time-end", "2024-01-02"],
      "must be a time"
    ),
    (
      ["--event-time-start", "2024-01-01 00:00:00+02:00", "--event-time-end", "2024-01-02"],
      "must be a time"
    ),
    (["--sample", "3 weeks"], "is no unit"),
    (["--sample", "many days"], "a number and a unit"),
  ])
  func `times that cannot be are refused`(words: [String], reason: String) throws {
    let shop = try DbtProject(Self.files)
    let outcome = try shop.project.run(["run"] + words + ["--profiles-dir", "."])
    #expect(outcome.code == 2 && outcome.error.contains(reason), "\(outcome.error)")
  }

  @Test(arguments: [
    ("'2024-01-01 00:00:00'", "2024-01-01T00:00:00"),
    ("modules.datetime.datetime(2024, 1, 1)", "2024-01-01T00:00:00"),
    ("modules.datetime.date(2024, 1, 1)", "2024-01-01T00:00:00"),
  ])
  func `batches begin at a moment, too`(begin: String, written: String) throws {
    var files = Self.files
    files["models/daily.sql"] = files["models/daily.sql"]?
      .replacing("begin='2024-01-01'", with: "begin=\(begin)")
    let shop = try DbtProject(files)
    try shop.succeed("run", "-s", "events")
    let outcome = try run(shop, "run", "-s", "daily")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try batches(shop) == "success SUCCESS: 01 02 03 04 | ")
    let nodes = try #require(try shop.artifact("manifest.json")["nodes"] as? [String: Any])
    let daily = try #require(nodes["model.shop.daily"] as? [String: Any])
    #expect((daily["config"] as? [String: Any])?["begin"] as? String == written)
  }

  @Test(arguments: [
    ("event_time='happened_at', ", "event_time"), (", begin='2024-01-01'", "begin"),
    ("batch_size='day', ", "batch_size"),
  ])
  func `what batches need is asked for when the project is read`(
    missing: String,
    word: String
  ) throws {
    var files = Self.files
    files["models/daily.sql"] = files["models/daily.sql"]?.replacing(missing, with: "")
    let outcome = try DbtProject(files).run("parse")
    #expect(outcome.code == 2 && outcome.error.contains("error[microbatch-config]"))
    #expect(outcome.error.contains("`\(word)`"), "\(outcome.error)")
  }
}
