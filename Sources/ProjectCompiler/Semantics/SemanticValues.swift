import Diagnostics

/// Values of semantic models, metrics and saved queries as the manifest has them: what properties
/// files leave out is there, and what they write short is written out.
struct SemanticValues {
  /// What is wrong, in the order of discovery.
  private(set) var problems: [String] = []

  // MARK: Semantic models

  /// The keys of a semantic model, but for those that every node has.
  ///
  /// - Parameters:
  ///   - entry: as the properties file has it.
  ///   - meta: that of the model, which its parts inherit.
  /// - Returns: the keys in the order of the manifest.
  mutating func semanticModel(_ entry: PlainDictionary, meta: PlainDictionary) -> PlainDictionary {
    var result = PlainDictionary()
    result["model"] = entry["model"] ?? .null
    for key in ["label", "defaults", "primary_entity"] { result[key] = entry[key] ?? .null }
    result["entities"] = parts(entry["entities"], "entity", of: Self.entityTypes) { part in
      var value = Self.described(part)
      value["role"] = part["role"] ?? .null
      value["expr"] = Self.text(part["expr"])
      return value
    }
    result["measures"] = parts(entry["measures"], "measure", of: Self.aggregations) { part in
      var value = Self.described(part)
      value["create_metric"] = false
      value["expr"] = Self.text(part["expr"])
      value["agg_params"] = Self.filled(
        part["agg_params"],
        [
          "percentile": nil, "use_discrete_percentile": false, "use_approximate_percentile": false,
        ]
      )
      value["non_additive_dimension"] = Self.filled(
        part["non_additive_dimension"],
        ["name": nil, "window_choice": nil, "window_groupings": []]
      )
      value["agg_time_dimension"] = part["agg_time_dimension"] ?? .null
      return value
    }
    result["dimensions"] = parts(entry["dimensions"], "dimension", of: Self.dimensionTypes) {
      part in
      var value = Self.described(part)
      value["is_partition"] = part["is_partition"] ?? false
      value["type_params"] = Self.filled(
        part["type_params"],
        ["time_granularity": nil, "validity_params": nil]
      )
      if var parameters = value["type_params"]?.dictionary {
        parameters["validity_params"] = Self.filled(
          parameters["validity_params"],
          ["is_start": false, "is_end": false]
        )
        value["type_params"] = .dictionary(parameters)
      }
      value["expr"] = Self.text(part["expr"])
      value["metadata"] = .null
      return value
    }
    for key in ["entities", "measures", "dimensions"] {
      let own = result[key]?.list ?? []
      let written = entry[key]?.list ?? []
      result[key] = .list(
        zip(own, written).map { value, written in
          var all = value.dictionary ?? PlainDictionary()
          var inherited = meta
          let config = written.dictionary?["config"]?.dictionary
          inherited.merge(config?["meta"]?.dictionary ?? [:])
          all["config"] = ["meta": .dictionary(inherited)]
          return .dictionary(all)
        }
      )
    }
    return result
  }

  private static let entityTypes = ("type", ["foreign", "natural", "primary", "unique"])
  private static let dimensionTypes = ("type", ["categorical", "time"])
  private static let aggregations = (
    "agg",
    [
      "sum", "min", "max", "count_distinct", "sum_boolean", "average", "percentile", "median",
      "count",
    ]
  )

  private mutating func parts(
    _ list: PlainValue?,
    _ noun: String,
    of kinds: (key: String, values: [String]),
    _ make: (PlainDictionary) -> PlainDictionary
  ) -> PlainValue {
    var result: [PlainValue] = []
    for part in list?.list ?? [] {
      let part = part.dictionary ?? PlainDictionary()
      guard let name = part["name"]?.string else {
        problems.append("one \(noun) has no name")
        continue
      }
      let kind = part[kinds.key]?.string?.lowercased() ?? ""
      if !kinds.values.contains(kind) {
        let choices = kinds.values.joined(separator: ", ")
        problems.append("\"\(kinds.key)\" of the \(noun) \(name) must be one of \(choices)")
      }
      var value: PlainDictionary = ["name": .string(name), kinds.key: .string(kind)]
      value.merge(make(part))
      result.append(.dictionary(value))
    }
    return .list(result)
  }

  private static func described(_ part: PlainDictionary) -> PlainDictionary {
    ["description": part["description"] ?? .null, "label": part["label"] ?? .null]
  }

  /// A mapping with what it leaves out; null where there is none.
  private static func filled(_ value: PlainValue?, _ defaults: PlainDictionary) -> PlainValue {
    guard let given = value?.dictionary else { return .null }
    var result = defaults
    result.merge(given)
    return .dictionary(result)
  }

  /// An expression, which may be written as a number.
  private static func text(_ value: PlainValue?) -> PlainValue {
    switch value {
    case .integer(let number): .string(String(number))
    case .double(let number): .string(String(number))
    case .boolean(let flag): .string(flag ? "True" : "False")
    default: value ?? .null
    }
  }

  // MARK: Metrics

  static let metricTypes = ["simple", "ratio", "cumulative", "derived", "conversion"]

  /// `type_params` of a metric without what other metrics say of it.
  mutating func typeParameters(_ entry: PlainDictionary, type: String) -> PlainDictionary {
    let given = entry["type_params"]?.dictionary ?? PlainDictionary()
    var result: PlainDictionary = [
      "measure": inputMeasure(given["measure"]), "input_measures": [],
      "numerator": inputMetric(given["numerator"]),
      "denominator": inputMetric(given["denominator"]), "expr": Self.text(given["expr"]),
      "window": window(given["window"]), "grain_to_date": given["grain_to_date"] ?? .null,
      "metrics": .list((given["metrics"]?.list ?? []).map { inputMetric($0) }),
      "conversion_type_params": .null, "cumulative_type_params": .null,
      "metric_aggregation_params": .null,
    ]
    if let conversion = given["conversion_type_params"]?.dictionary {
      result["conversion_type_params"] = [
        "base_measure": inputMeasure(conversion["base_measure"]),
        "conversion_measure": inputMeasure(conversion["conversion_measure"]),
        "entity": conversion["entity"] ?? .null,
        "calculation": conversion["calculation"] ?? "conversion_rate",
        "window": window(conversion["window"]),
        "constant_properties": conversion["constant_properties"] ?? .null,
      ]
    }
    if type == "cumulative" {
      let cumulative = given["cumulative_type_params"]?.dictionary ?? PlainDictionary()
      result["cumulative_type_params"] = [
        "window": window(cumulative["window"] ?? given["window"]),
        "grain_to_date": cumulative["grain_to_date"] ?? given["grain_to_date"] ?? .null,
        "period_agg": cumulative["period_agg"] ?? "first", "metric": .null,
      ]
    }
    return result
  }

  private func inputMeasure(_ value: PlainValue?) -> PlainValue {
    guard let given = Self.named(value) else { return .null }
    return [
      "name": given["name"] ?? .null, "filter": Self.filter(given["filter"]),
      "alias": given["alias"] ?? .null,
      "join_to_timespine": given["join_to_timespine"] ?? false,
      "fill_nulls_with": given["fill_nulls_with"] ?? .null,
    ]
  }

  private mutating func inputMetric(_ value: PlainValue?) -> PlainValue {
    guard let given = Self.named(value) else { return .null }
    return [
      "name": given["name"] ?? .null, "filter": Self.filter(given["filter"]),
      "alias": given["alias"] ?? .null, "offset_window": window(given["offset_window"]),
      "offset_to_grain": given["offset_to_grain"] ?? .null,
    ]
  }

  /// A mapping, or the name alone.
  private static func named(_ value: PlainValue?) -> PlainDictionary? {
    switch value {
    case .string(let name): ["name": .string(name)]
    case .dictionary(let mapping): mapping
    default: nil
    }
  }

  /// One condition or several; nobody reads them here.
  static func filter(_ value: PlainValue?) -> PlainValue {
    let conditions: [PlainValue]
    switch value {
    case .string: conditions = [value ?? .null]
    case .list(let list): conditions = list
    default: return .null
    }
    return ["where_filters": .list(conditions.map { ["where_sql_template": $0] })]
  }

  private static let granularities: Set<String> = [
    "nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month",
    "quarter", "year",
  ]

  /// `7 days` as a count and a granularity.
  private mutating func window(_ value: PlainValue?) -> PlainValue {
    guard let value, !value.isNull else { return .null }
    let words = (value.string ?? "").lowercased().split(separator: " ").map(String.init)
    guard words.count == 2, let count = Int(words[0]), count >= 0, !words[0].hasPrefix("+") else {
      problems.append("\(value.jsonString) is no window: write as in \"28 days\"")
      return .null
    }
    let singular = words[1].hasSuffix("s") ? String(words[1].dropLast()) : words[1]
    let granularity = Self.granularities.contains(singular) ? singular : words[1]
    return ["count": .integer(count), "granularity": .string(granularity)]
  }

  // MARK: Saved queries

  /// The keys of a saved query, but for those that every node has.
  ///
  /// - Parameters:
  ///   - entry: as the properties file has it.
  ///   - config: the settled configuration, part of which is that of exports.
  ///   - schema: where exports go that do not say it.
  ///   - database: the target's.
  /// - Returns: the keys in the order of the manifest.
  func savedQuery(
    _ entry: PlainDictionary,
    config: PlainDictionary,
    schema: String,
    database: String
  ) -> PlainDictionary {
    let given = entry["query_params"]?.dictionary ?? PlainDictionary()
    let exports = (entry["exports"]?.list ?? []).compactMap(\.dictionary).map { export in
      let own = export["config"]?.dictionary ?? PlainDictionary()
      func set(_ key: String) -> PlainValue? {
        let value = own[key] ?? config[key]
        return value?.isNull == false ? value : nil
      }
      return PlainValue.dictionary([
        "name": export["name"] ?? .null,
        "config": [
          "export_as": set("export_as") ?? .null,
          "schema_name": set("schema_name") ?? set("schema") ?? .string(schema),
          "alias": set("alias") ?? export["name"] ?? .null, "database": .string(database),
        ],
        "unrendered_config": .dictionary(own),
      ])
    }
    return [
      "query_params": [
        "metrics": given["metrics"] ?? [], "group_by": given["group_by"] ?? [],
        "where": Self.filter(given["where"]), "order_by": given["order_by"] ?? [],
        "limit": given["limit"] ?? .null,
      ],
      "exports": .list(exports), "label": entry["label"] ?? .null,
    ]
  }
}
