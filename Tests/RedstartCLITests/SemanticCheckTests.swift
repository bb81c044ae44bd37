import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// What dbt refuses of the semantic layer, by its own answers to the same files (dbt 1.11.16).
@Suite struct SemanticCheckTests {
  private static let model = """
    semantic_models:
      - name: orders
        model: ref('orders')
        defaults: {agg_time_dimension: ordered_at}
        entities:
          - {name: order_id, type: primary}
          - {name: customer, type: foreign, expr: customer_id}
        dimensions:
          - {name: ordered_at, type: time, type_params: {time_granularity: day}}
          - {name: status, type: categorical}
        measures:
          - {name: order_count, agg: count, expr: order_id}
          - {name: revenue, agg: sum, expr: amount}
    metrics:
      - {name: m_rev, label: R, type: simple, type_params: {measure: revenue}}
      - {name: m_cnt, label: C, type: simple, type_params: {measure: order_count}}
    saved_queries:
      - name: query_one
        query_params: {metrics: [m_rev], group_by: ["TimeDimension('order_id__ordered_at')"]}

    """

  private func parse(_ text: String) async throws -> CommandLineHarness.Outcome {
    try await CommandLineHarness([
      "dbt_project.yml": "name: shop\nprofile: none\n",
      "models/orders.sql": "select 1 as order_id",
      "models/days.sql": "select 1 as date_day",
      "models/days.yml": """
      models:
        - name: days
          time_spine: {standard_granularity_column: date_day}
          columns: [{name: date_day, granularity: day}]
      """,
      "models/sem.yml": text,
    ]).run("parse")
  }

  @Test(arguments: [
    ("", ""),
    ("{name: status, type: categorical}", "{name: kind, type: categorical}"),
    (
      "{measure: revenue}}",
      "{measure: revenue}, filter: \"{{ Dimension('order_id__status') }} = 'x'\"}"
    ),
    ("type_params: {time_granularity: day}", "expr: now"),
  ])
  func `what dbt takes is taken`(old: String, new: String) async throws {
    let text = old.isEmpty ? Self.model : Self.model.replacing(old, with: new)
    let outcome = try await parse(text)
    #expect(outcome.code == 0, "\(outcome.error)")
  }

  @Test(arguments: [
    ("name: revenue, agg", "name: order_count, agg", "two of the measure \"order_count\""),
    ("{name: status,", "{name: customer,", "is a entity here, and a dimension elsewhere"),
    ("{name: status,", "{name: metric_time,", "MetricFlow's own"),
    ("{name: status,", "{name: a__b,", "is no name here"),
    ("{name: status,", "{name: Abc,", "is no name here"),
    ("{name: status,", "{name: month,", "a granularity of time"),
    ("time_granularity: day}", "time_granularity: eon}", "needs a `time_granularity`"),
    ("agg_time_dimension: ordered_at", "agg_time_dimension: status", "no time dimension of it"),
    ("    defaults: {agg_time_dimension: ordered_at}\n", "", "needs an `agg_time_dimension`"),
    ("type: primary", "type: unique", "no primary entity"),
    ("type: foreign", "type: primary", "more than one primary entity"),
    ("agg: sum, expr", "agg: percentile, expr", "between 0 and 1"),
    (
      "agg: sum, expr", "agg: sum, agg_time_dimension: gone, expr",
      "`agg_time_dimension` of the measure"
    ),
    ("label: R, ", "", "needs a `label`"),
    (
      "{measure: revenue}}", "{measure: revenue}, filter: \"{{ Dimension('status') }} = 'x'\"}",
      "names no entity"
    ),
    (
      "{measure: revenue}}", "{measure: revenue}, filter: \"{{ Dimension('a__b' }} = 'x'\"}",
      "the filter"
    ),
    (
      "{measure: revenue}}", "{measure: revenue}, filter: \"{{ Foo('a__b') }} = 'x'\"}",
      "the filter"
    ),
    ("TimeDimension('order_id__ordered_at')", "Foo('x')", "of `group_by` cannot be read"),
    (
      "TimeDimension('order_id__ordered_at')", "Dimension('order_id__gone')",
      "no semantic model has \"gone\""
    ),
    ("name: m_cnt", "name: m_rev", "two metrics are named"),
    (
      "type: simple, type_params: {measure: order_count}",
      "type: derived, type_params: {expr: a}", "needs `metrics`"
    ),
    (
      "type: simple, type_params: {measure: order_count}",
      "type: cumulative, type_params: {measure: revenue, cumulative_type_params: "
        + "{window: 7 days, grain_to_date: month}}",
      "exclude each other"
    ),
  ])
  func `what dbt refuses is refused`(old: String, new: String, words: String) async throws {
    let outcome = try await parse(Self.model.replacing(old, with: new))
    #expect(outcome.code == 2)
    #expect(outcome.error.contains(words), "\(outcome.error)")
  }
}
