import Diagnostics
import ProjectModel

/// What MetricFlow would refuse of semantic models, metrics and saved queries, as dbt tells it when
/// a project is read.
struct SemanticCheck {
  private let models: [Node]
  private let metrics: [Node]
  private let queries: [Node]
  private let buffers: Buffers
  private(set) var problems: [(node: Node, reason: String)] = []
  /// Those that have the id of another, with it.
  private(set) var twins: [(node: Node, other: Node)] = []

  init(models: [Node], metrics: [Node], queries: [Node], buffers: Buffers) {
    self.models = models
    self.metrics = metrics
    self.queries = queries
    self.buffers = buffers
    findTwins()
    // As in dbt: without both there is nothing that anybody could ask for.
    guard !models.isEmpty, !metrics.isEmpty else { return }
    models.forEach { check(model: $0) }
    findPairs()
    metrics.forEach { check(metric: $0) }
    queries.forEach { check(query: $0) }
  }

  private mutating func tell(_ node: Node, _ reason: String) { problems.append((node, reason)) }

  private static func entries(_ node: Node, _ key: String) -> [PlainDictionary] {
    (node.extra[key]?.list ?? []).compactMap(\.dictionary)
  }

  private static func name(_ entry: PlainDictionary) -> String { entry["name"]?.string ?? "" }

  // MARK: Names

  private mutating func findTwins() {
    var known: [String: Node] = [:]
    for node in models + metrics + queries {
      guard let other = known.updateValue(node, forKey: node.uniqueID) else { continue }
      twins.append((node, other))
    }
  }

  /// Why something cannot be called so; nil where it can.
  private static func problem(ofName name: String) -> String? {
    if name == "metric_time" { return "the name metric_time is MetricFlow's own" }
    if granularities.contains(name.lowercased()) {
      return "\"\(name)\" is the name of a granularity of time"
    }
    let isPlain = name.utf8.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_")
    }
    let startsWell = name.utf8.first.map { (97...122).contains($0) } ?? false
    if name.utf8.count > 1, isPlain, startsWell, !name.hasSuffix("_"), !name.contains("__") {
      return nil
    }
    return "\"\(name)\" is no name here: names are two or more lower case letters, digits and "
      + "single underscores between them"
  }

  private static let granularities: Set<String> = [
    "nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month",
    "quarter", "year",
  ]

  // MARK: Semantic models

  private mutating func check(model: Node) {
    let dimensions = Self.entries(model, "dimensions")
    let measures = Self.entries(model, "measures")
    let entities = Self.entries(model, "entities")
    if let problem = Self.problem(ofName: model.name) { tell(model, problem) }
    for (word, entries) in [
      ("measure", measures), ("dimension", dimensions), ("entity", entities),
    ] {
      var known: Set<String> = []
      for name in entries.map(Self.name) {
        if let problem = Self.problem(ofName: name) { tell(model, problem) }
        if !known.insert(name).inserted { tell(model, "it has two of the \(word) \"\(name)\"") }
      }
    }
    let primary = entities.filter { $0["type"]?.string == "primary" }.map(Self.name)
    if primary.count > 1 {
      tell(model, "it has more than one primary entity: \(primary.joined(separator: ", "))")
    }
    if !dimensions.isEmpty, primary.isEmpty, model.extra["primary_entity"]?.string == nil {
      tell(model, "it has dimensions and no primary entity")
    }
    checkTimes(of: model, dimensions, measures)
    for measure in measures where measure["agg"]?.string == "percentile" {
      let share = measure["agg_params"]?.dictionary?["percentile"]
      let value: Double? =
        switch share {
        case .double(let number)?: number
        case .integer(let number)?: Double(number)
        default: nil
        }
      guard let value, value > 0, value < 1 else {
        tell(
          model,
          "the measure \"\(Self.name(measure))\" needs `agg_params: {percentile: …}` between 0 and 1"
        )
        continue
      }
    }
  }

  private mutating func checkTimes(
    of model: Node,
    _ dimensions: [PlainDictionary],
    _ measures: [PlainDictionary]
  ) {
    let times = dimensions.filter { $0["type"]?.string == "time" }
    for dimension in times {
      let grain = dimension["type_params"]?.dictionary?["time_granularity"]?.string
      guard let grain else { continue }
      guard Self.granularities.contains(grain.lowercased()) else {
        let known = Self.granularities.sorted().joined(separator: ", ")
        tell(
          model,
          "the time dimension \"\(Self.name(dimension))\" needs a `time_granularity` of \(known)"
        )
        continue
      }
    }
    let names = Set(times.map(Self.name))
    let common = model.extra["defaults"]?.dictionary?["agg_time_dimension"]?.string
    if let common, !names.contains(common) {
      tell(model, "\"\(common)\", the default for `agg_time_dimension`, is no time dimension of it")
    }
    for measure in measures {
      if let other = measure["non_additive_dimension"]?.dictionary?["name"]?.string,
        !names.contains(other)
      {
        tell(
          model,
          "`non_additive_dimension` of the measure \"\(Self.name(measure))\" is \"\(other)\", "
            + "which is no time dimension of it"
        )
      }
      let own = measure["agg_time_dimension"]?.string
      if let own, !names.contains(own) {
        tell(
          model,
          "`agg_time_dimension` of the measure \"\(Self.name(measure))\" is \"\(own)\", "
            + "which is no time dimension of it"
        )
      } else if own == nil, common == nil {
        tell(
          model,
          "the measure \"\(Self.name(measure))\" needs an `agg_time_dimension`, its own or a default"
        )
      }
    }
  }

  /// Measures are known by name alone, and dimensions by the primary entity before them.
  private mutating func findPairs() {
    var measures: [String: String] = [:]
    var dimensions: [String: String] = [:]
    var kinds: [String: String] = [:]
    for model in models {
      for (kind, key) in [
        ("measure", "measures"), ("dimension", "dimensions"), ("entity", "entities"),
      ] {
        for name in Self.entries(model, key).map(Self.name) {
          if let other = kinds.updateValue(kind, forKey: name), other != kind {
            tell(model, "\"\(name)\" is a \(kind) here, and a \(other) elsewhere")
          }
        }
      }
      for name in Self.entries(model, "measures").map(Self.name) {
        if let other = measures.updateValue(model.name, forKey: name), other != model.name {
          tell(model, "the measure \"\(name)\" is also one of \(other)")
        }
      }
      let primary =
        Self.entries(model, "entities").first { $0["type"]?.string == "primary" }.map(Self.name)
        ?? model.extra["primary_entity"]?.string ?? ""
      for name in Self.entries(model, "dimensions").map(Self.name) {
        let key = "\(primary)__\(name)"
        if let other = dimensions.updateValue(model.name, forKey: key), other != model.name {
          tell(model, "the dimension \"\(name)\" of the entity \"\(primary)\" is also in \(other)")
        }
      }
    }
  }

  // MARK: Metrics

  private mutating func check(metric: Node) {
    if let problem = Self.problem(ofName: metric.name) { tell(metric, problem) }
    if metric.extra["label"]?.string == nil { tell(metric, "it needs a `label`") }
    let parameters = metric.extra["type_params"]?.dictionary ?? PlainDictionary()
    switch metric.extra["type"]?.string {
    case "derived":
      let inputs = (parameters["metrics"]?.list ?? []).compactMap(\.dictionary)
      if inputs.isEmpty { tell(metric, "a derived metric needs `metrics`") }
      var known: Set<String> = []
      for alias in inputs.compactMap({ $0["alias"]?.string }) {
        if let problem = Self.problem(ofName: alias) { tell(metric, problem) }
        if !known.insert(alias).inserted {
          tell(metric, "two of its inputs are called \"\(alias)\"")
        }
      }
    case "cumulative":
      let nested = parameters["cumulative_type_params"]?.dictionary ?? PlainDictionary()
      func has(_ key: String) -> Bool {
        parameters[key]?.isNull == false || nested[key]?.isNull == false
      }
      if has("window"), has("grain_to_date") {
        tell(metric, "`window` and `grain_to_date` exclude each other")
      }
    default: break
    }
    for text in Self.filters(metric.extra["filter"]) { check(filter: text, of: metric) }
  }

  private static func filters(_ value: PlainValue?) -> [String] {
    (value?.dictionary?["where_filters"]?.list ?? [])
      .compactMap { $0.dictionary?["where_sql_template"]?.string }
  }

  private mutating func check(filter text: String, of node: Node) {
    if let problem = SemanticExpression(text, buffers: buffers).problem {
      tell(node, "the filter `\(text)` cannot be read: \(problem)")
    }
  }

  // MARK: Saved queries

  private mutating func check(query: Node) {
    if let problem = Self.problem(ofName: query.name) { tell(query, problem) }
    let parameters = query.extra["query_params"]?.dictionary ?? PlainDictionary()
    let known = Set(
      models.flatMap {
        (Self.entries($0, "dimensions") + Self.entries($0, "entities")).map(Self.name)
      }
    )
    for text in parameters["group_by"]?.words ?? [] {
      let expression = SemanticExpression("{{ \(text) }}", buffers: buffers)
      if let problem = expression.problem {
        tell(query, "`\(text)` of `group_by` cannot be read: \(problem)")
      }
      for name in expression.names {
        let element = Self.element(of: name)
        if element != "metric_time", !known.contains(element) {
          tell(query, "no semantic model has \"\(element)\", which `group_by` asks for")
        }
      }
    }
    for text in Self.filters(parameters["where"]) { check(filter: text, of: query) }
  }

  /// What stands behind the entities: `status` of `order__status`.
  private static func element(of name: String) -> String {
    guard let place = name.end(ofLast: "__") else { return name }
    return String(name[place...])
  }
}

extension String {
  /// Where the text behind the last occurrence of another one begins.
  fileprivate func end(ofLast mark: String) -> String.Index? {
    var place = endIndex
    while place > startIndex {
      if self[..<place].hasSuffix(mark) { return place }
      place = index(before: place)
    }
    return nil
  }
}
