import Foundation
import TestSupport
import Testing

/// `source freshness`, with what dbt 1.11 does on the same project.
@Suite(.scenarioServer) struct FreshnessTests {
  private static let sources = """
    sources:
      - name: live
        schema: live
        loaded_at_field: loaded_at
        config:
          freshness: {warn_after: {count: 1, period: hour}, error_after: {count: 2, period: day}}
        tables:
          - name: fresh
          - name: warm
            loaded_at_field: "loaded_at::timestamp"
          - name: stale
            config: {freshness: {error_after: {count: 1, period: day}, filter: id > 0}}
          - name: empty
          - name: gone
          - name: by_query
            config: {loaded_at_field: null}
            loaded_at_query: "select max(loaded_at) from {{ this }} where id > 1"
          - name: switched_off
            config: {freshness: null}
          - name: a_date
            loaded_at_field: loaded_at::date
          - name: nameless
            config: {loaded_at_field: null}
    """

  private func project() throws -> DbtProject {
    let shop = try DbtProject([
      "models/schema.yml": Self.sources,
      "models/reader.sql": "select * from {{ source('live', 'warm') }}",
    ])
    var statements = ["create schema live"]
    for (name, age) in [
      ("fresh", "0 hours"), ("warm", "3 hours"), ("stale", "3 days"), ("by_query", "10 hours"),
      ("switched_off", "9 days"), ("a_date", "0 hours"), ("empty", nil), ("nameless", nil),
    ] {
      statements.append("create table live.\(name) (id int, loaded_at timestamptz)")
      guard let age else { continue }
      statements.append(
        "insert into live.\(name) select n, now() - interval '\(age)' from generate_series(1, 2) n"
      )
    }
    statements.append("insert into live.stale values (0, now())")
    _ = try shop.sql(statements.joined(separator: ";"))
    return shop
  }

  @Test func `every source is judged by its own criteria`() throws {
    let shop = try project()
    let outcome = try shop.run("source", "freshness")
    #expect(outcome.code == 1, "\(outcome.error)")
    #expect(
      try shop.results("sources.json", "status") == [
        "source.shop.live.fresh": "pass", "source.shop.live.warm": "warn",
        "source.shop.live.stale": "error", "source.shop.live.empty": "error",
        "source.shop.live.by_query": "warn", "source.shop.live.gone": "runtime error",
        "source.shop.live.a_date": "runtime error",
        "source.shop.live.nameless": "runtime error",
      ],
      "\(outcome.error)"
    )
    let times = try shop.results("sources.json", "max_loaded_at")
    #expect(times["source.shop.live.empty"] == "0001-01-01T00:00:00+00:00")
    let ages = try shop.results("sources.json", "max_loaded_at_time_ago_in_s")
    for (name, hours) in [("warm", 3.0), ("stale", 72), ("by_query", 10)] {
      let age = try #require(ages["source.shop.live.\(name)"].flatMap(Double.init))
      #expect(age >= hours * 3600 && age < hours * 3600 + 600)
    }
    let criteria = try #require(
      (try shop.artifact("sources.json")["results"] as? [[String: Any]])?
        .first { $0["unique_id"] as? String == "source.shop.live.stale" }?["criteria"]
        as? [String: Any]
    )
    #expect(criteria["filter"] as? String == "id > 0")
    #expect((criteria["warn_after"] as? [String: Any])?["period"] as? String == "hour")
    #expect((criteria["error_after"] as? [String: Any])?["count"] as? Int == 1)
    #expect(outcome.error.contains("error[source-stale]"))
    #expect(outcome.error.contains("error[freshness-unknown]"))
    #expect(outcome.error.contains("live.empty has no rows"), "\(outcome.error)")
    #expect(!outcome.error.contains("0001-01-01"), "\(outcome.error)")
  }

  @Test func `warnings are no failure`() throws {
    let shop = try project()
    try shop.succeed("source", "freshness", "-s", "source:live.warm", "source:live.by_query")
    #expect(try Set(shop.results("sources.json", "status").values) == ["warn"])
    let off = try shop.succeed("source", "freshness", "-s", "source:live.switched_off")
    #expect(off.error.contains("no source says how fresh it should be"))
    #expect(try shop.results("sources.json", "status").isEmpty)
    try shop.succeed("source", "freshness", "-s", "source:live.fresh", "-o", "elsewhere.json")
    #expect(try shop.project.folder.read("elsewhere.json").contains("sources/v3.json"))
  }

  @Test func `sources that were loaded since then can be selected`() throws {
    let shop = try project()
    try shop.run("source", "freshness")
    try shop.keepState(as: "earlier")
    let fresher = ["ls", "-q", "-s", "source_status:fresher+", "--state", "earlier"]
    #expect(try shop.project.run(fresher + ["--profiles-dir", "."]).output == "")
    _ = try shop.sql("update live.warm set loaded_at = now()")
    try shop.run("source", "freshness")
    let listed = try shop.project.run(fresher + ["--profiles-dir", "."])
    #expect(
      listed.output.split(separator: "\n").sorted() == ["shop.reader", "source:shop.live.warm"],
      "\(listed.error)"
    )
  }
}
