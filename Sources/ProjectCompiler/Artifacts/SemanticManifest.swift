import Diagnostics
import ProjectModel
import RedshiftSQL

/// Writes `semantic_manifest.json`: semantic models, metrics and saved queries in the form in which
/// MetricFlow reads them.
package struct SemanticManifest {
  private let parsed: ParsedProject
  private let entries: Manifest

  package init(_ parsed: ParsedProject, entries: Manifest) {
    self.parsed = parsed
    self.entries = entries
  }

  /// Whether anybody looks for it: dbt writes one for every project.
  package var isWanted: Bool {
    parsed.project.fileName == "dbt_project.yml"
      || parsed.graph.nodes.values.contains { $0.kind.isSemantic }
  }

  /// The artifact as JSON on one line.
  package func json() -> [UInt8] { PlainValue.dictionary(plain).json() }

  private var plain: PlainDictionary {
    [
      "semantic_models": .list(entries.semantic(.semanticModel).map(semanticModel)),
      "metrics": .list(entries.semantic(.metric).map(metric)),
      "project_configuration": projectConfiguration,
      "saved_queries": .list(entries.semantic(.savedQuery).map(savedQuery)),
    ]
  }

  // MARK: Entries

  private func semanticModel(_ entry: PlainDictionary) -> PlainValue {
    var model = picked(
      entry,
      ["name", "defaults", "description", "node_relation", "primary_entity"]
    )
    model["entities"] = parts(
      entry["entities"],
      ["name", "description", "type", "role", "expr", "metadata", "label", "config"]
    )
    model["measures"] = parts(
      entry["measures"],
      [
        "name", "agg", "description", "create_metric", "expr", "agg_params", "metadata",
        "non_additive_dimension", "agg_time_dimension", "label", "config",
      ]
    )
    model["dimensions"] = parts(
      entry["dimensions"],
      [
        "name", "description", "type", "is_partition", "type_params", "expr", "metadata", "label",
        "config",
      ]
    )
    model.merge(picked(entry, ["label", "metadata", "config"]))
    return .dictionary(model)
  }

  private func metric(_ entry: PlainDictionary) -> PlainValue {
    var metric = picked(entry, ["name", "description", "type"])
    var parameters = picked(
      entry["type_params"]?.dictionary ?? [:],
      [
        "measure", "numerator", "denominator", "expr", "window", "grain_to_date", "metrics",
        "conversion_type_params", "cumulative_type_params", "input_measures",
      ]
    )
    for key in ["metrics", "input_measures"] where parameters[key] == .null {
      parameters[key] = []
    }
    if let cumulative = parameters["cumulative_type_params"]?.dictionary {
      parameters["cumulative_type_params"] = .dictionary(
        picked(cumulative, ["window", "grain_to_date", "period_agg"])
      )
    }
    metric["type_params"] = .dictionary(parameters)
    metric.merge(picked(entry, ["filter", "metadata", "label", "config", "time_granularity"]))
    return .dictionary(metric)
  }

  private func savedQuery(_ entry: PlainDictionary) -> PlainValue {
    var query = picked(entry, ["name"])
    query["query_params"] = .dictionary(
      picked(
        entry["query_params"]?.dictionary ?? [:],
        ["metrics", "group_by", "order_by", "limit", "where"]
      )
    )
    query.merge(picked(entry, ["description", "metadata", "label"]))
    query["exports"] = .list(
      (entry["exports"]?.list ?? []).compactMap(\.dictionary).map { export in
        [
          "name": export["name"] ?? .null,
          "config": .dictionary(
            picked(export["config"]?.dictionary ?? [:], ["export_as", "schema_name", "alias"])
          ),
        ]
      }
    )
    query["tags"] = entry["tags"] ?? []
    return .dictionary(query)
  }

  private func parts(_ list: PlainValue?, _ keys: [String]) -> PlainValue {
    .list((list?.list ?? []).compactMap(\.dictionary).map { .dictionary(picked($0, keys)) })
  }

  /// The keys in their order, null where there is no value; of configurations, `meta` alone.
  private func picked(_ entry: PlainDictionary, _ keys: [String]) -> PlainDictionary {
    var result = PlainDictionary()
    for key in keys { result[key] = entry[key] ?? .null }
    if let config = result["config"]?.dictionary {
      result["config"] = .dictionary(["meta": config["meta"] ?? [:]])
    }
    return result
  }

  // MARK: Time spines

  private var projectConfiguration: PlainValue {
    [
      "time_spine_table_configurations": .list(formerTimeSpine.map { [$0] } ?? []),
      "metadata": nil,
      "dsi_package_version": ["major_version": "0", "minor_version": "9", "patch_version": "0"],
      "time_spines": .list(parsed.graph.timeSpines.map(timeSpine)),
    ]
  }

  private func timeSpine(_ spine: TimeSpine) -> PlainValue {
    let granularities = spine.settings["custom_granularities"]?.list ?? []
    return [
      "node_relation": [
        "alias": .string(spine.model.alias ?? spine.model.name),
        "schema_name": .optional(spine.model.schema),
        "database": .optional(spine.model.database),
        "relation_name": .optional(spine.model.relationName?.sql),
      ],
      "primary_column": [
        "name": .string(spine.column), "time_granularity": .optional(spine.granularity),
      ],
      "custom_granularities": .list(
        granularities.compactMap(\.dictionary).map {
          .dictionary(picked($0, ["name", "column_name"]))
        }
      ),
    ]
  }

  /// The model of days by its former name, where nothing else says that it is one.
  private var formerTimeSpine: PlainValue? {
    guard parsed.graph.nodes.values.contains(where: { $0.kind == .semanticModel }),
      let model = parsed.graph.formerTimeSpine, model.extra["time_spine"] == nil
    else { return nil }
    return [
      "location": .optional(model.relationName?.sql), "column_name": "date_day", "grain": "day",
    ]
  }
}

/// A model that says what points in time there are.
struct TimeSpine {
  /// From the smallest on.
  static let granularities = [
    "nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month",
    "quarter", "year",
  ]

  let model: Node
  let settings: PlainDictionary
  let column: String

  init?(_ model: Node) {
    guard model.kind == .model, let settings = model.extra["time_spine"]?.dictionary,
      let column = settings["standard_granularity_column"]?.string
    else { return nil }
    self.model = model
    self.settings = settings
    self.column = column
  }

  var granularity: String? {
    model.columns.first { $0.name == column }?.extra["granularity"]?.string
  }

  /// What keeps it from being one, in dbt's words.
  var problem: String? {
    let names = model.columns.map(\.name)
    let list = names.map { "'\($0)'" }.joined(separator: ", ")
    guard names.contains(column) else {
      return "Time spine standard granularity column must be defined on the model. Got invalid "
        + "column name '\(column)' for model '\(model.name)'. Valid names: [\(list)]."
    }
    guard granularity != nil else {
      return
        "Time spine standard granularity column must have a granularity defined. Please add one "
        + "for column '\(column)' in model '\(model.name)'."
    }
    let missing = (settings["custom_granularities"]?.list ?? []).compactMap(\.dictionary)
      .compactMap { ($0["column_name"] ?? $0["name"])?.string }.filter { !names.contains($0) }
    guard !missing.isEmpty else { return nil }
    let absent = missing.map { "'\($0)'" }.joined(separator: ", ")
    return "Time spine custom granularity columns do not exist in the model. "
      + "Columns not found: [\(absent)]; Available columns: [\(list)]"
  }

  /// Whether it has days, or what days are made of.
  var hasDays: Bool {
    guard let granularity, let place = Self.granularities.firstIndex(of: granularity.lowercased()),
      let day = Self.granularities.firstIndex(of: "day")
    else { return false }
    return place <= day
  }
}

extension Graph {
  var timeSpines: [TimeSpine] {
    nodes.keys.sorted().compactMap { nodes[$0].flatMap { TimeSpine($0) } }
  }

  var formerTimeSpine: Node? {
    nodes.values.filter { $0.kind == .model && $0.name == "metricflow_time_spine" }
      .min { $0.uniqueID < $1.uniqueID }
  }
}
