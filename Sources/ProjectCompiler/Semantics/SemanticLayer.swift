import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// Semantic models, metrics and saved queries, for the tools that ask for them in the manifest.
///
/// They are read and joined; nothing is computed from them here.
struct SemanticLayer {
  private(set) var models: [Node] = []
  private var metrics: [Node] = []
  private(set) var queries: [Node] = []
  private(set) var problems: [Diagnostic] = []
  /// What is switched off, as it is written.
  private(set) var disabled: [Node] = []
  /// Metrics by name, those of the project first.
  private var metricsByName: [String: [Int]] = [:]
  /// The semantic models that have a measure, by its name.
  private var measures: [String: [String]] = [:]
  private let projectName: String

  var nodes: [Node] { models + metrics + queries }

  /// Reads the entries of all packages.
  ///
  /// - Parameters:
  ///   - parser: settles configurations.
  ///   - references: notes what a call of `ref()` in an entry leads to.
  ///   - relations: the nodes that semantic models speak of, by id.
  init(
    _ parser: ProjectParser,
    references: (inout Node, WrittenCall, inout [Diagnostic]) -> Void,
    relations: [String: Node]
  ) {
    projectName = parser.project.name
    for package in parser.packages {
      for entry in package.properties.others["semantic_models"] ?? [] {
        read(semanticModel: entry, package, parser, references, relations)
      }
      for entry in package.properties.others["metrics"] ?? [] { read(entry, package, parser) }
      for entry in package.properties.others["saved_queries"] ?? [] {
        read(savedQuery: entry, package, parser)
      }
    }
    for (index, metric) in metrics.enumerated() {
      metricsByName[metric.name, default: []].append(index)
    }
    joinMetrics()
    for index in queries.indices {
      let names = queries[index].extra["query_params"]?.dictionary?["metrics"]?.words ?? []
      for name in names {
        if let found = metric(named: name, from: queries[index]) {
          Self.add(metrics[found].uniqueID, to: &queries[index])
        }
      }
    }
    let check = SemanticCheck(
      models: models,
      metrics: metrics,
      queries: queries,
      buffers: parser.buffers
    )
    problems += check.twins.map { node, other in
      .duplicateName(
        node.kind.rawValue,
        node.name,
        at: node.declaration,
        other: other.declaration,
        otherFile: other.originalFilePath
      )
    }
    problems += check.problems.map { .semanticLayer($0.node, $0.reason) }
  }

  // MARK: Reading

  private mutating func node(
    _ kind: Node.Kind,
    _ entry: Properties.Entry,
    _ package: Project,
    _ parser: ProjectParser
  ) -> Node {
    var node = parser.declared(kind, entry, package)
    parser.settle(
      &node,
      patch: entry.value["config"]?.dictionary ?? PlainDictionary(),
      inFile: PlainDictionary()
    )
    problems += parser.settleEnabled(of: &node)
    if kind != .metric {
      // As in dbt, where the project file counts for metrics alone.
      node.unrenderedConfig = entry.value["config"]?.dictionary ?? PlainDictionary()
    }
    return node
  }

  private mutating func read(
    semanticModel entry: Properties.Entry,
    _ package: Project,
    _ parser: ProjectParser,
    _ references: (inout Node, WrittenCall, inout [Diagnostic]) -> Void,
    _ relations: [String: Node]
  ) {
    var model = node(.semanticModel, entry, package, parser)
    var values = SemanticValues()
    model.extra = values.semanticModel(entry.value, meta: model.meta)
    Self.describe(&model, entry)
    tell(values.problems, of: model)
    if model.isEnabled {
      if let call = entry.value["model"]?.string {
        let place = entry.node["model"]?.range ?? entry.range
        references(&model, WrittenCall(call, at: place), &problems)
      } else {
        tell(["\"model\" must be a call as \"ref('orders')\""], of: model)
      }
      if let id = model.dependencies.first, let relation = relations[id] {
        model.extra["node_relation"] = [
          "alias": .string(relation.alias ?? relation.name),
          "schema_name": .optional(relation.schema), "database": .optional(relation.database),
          "relation_name": .optional(relation.relationName?.sql),
        ]
      }
      for name in (model.extra["measures"]?.list ?? []).compactMap({
        $0.dictionary?["name"]?.string
      }) {
        measures[name, default: []].append(model.uniqueID)
      }
      models.append(model)
    } else {
      if let call = entry.value["model"]?.string {
        let place = entry.node["model"]?.range ?? entry.range
        // Nobody minds where the call of what is switched off leads.
        var ignored: [Diagnostic] = []
        references(&model, WrittenCall(call, at: place), &ignored)
        model.dependencies = []
      }
      disabled.append(model)
    }
    for measure in (entry.value["measures"]?.list ?? []).compactMap(\.dictionary)
    where measure["create_metric"]?.boolean == true {
      let name = measure["name"] ?? .null
      let value: PlainDictionary = [
        "name": name, "label": measure["label"] ?? name, "type": "simple",
        "type_params": ["measure": name, "expr": measure["expr"] ?? name],
        "description": measure["description"]
          ?? .string("Metric created from measure \(name.string ?? "")"),
        "config": ["enabled": .boolean(model.isEnabled), "meta": .dictionary(model.meta)],
      ]
      var metric = entry
      metric.value = value
      read(metric, package, parser)
    }
  }

  private mutating func read(
    _ entry: Properties.Entry,
    _ package: Project,
    _ parser: ProjectParser
  ) {
    var metric = node(.metric, entry, package, parser)
    let type = entry.value["type"]?.string?.lowercased() ?? ""
    guard SemanticValues.metricTypes.contains(type) else {
      guard metric.isEnabled else { return }
      let choices = SemanticValues.metricTypes.joined(separator: ", ")
      return tell(["\"type\" must be one of \(choices)"], of: metric)
    }
    metric.description = entry.value["description"]?.string ?? ""
    metric.tags = entry.value["tags"]?.words ?? []
    if metric.meta.isEmpty { metric.meta = entry.value["meta"]?.dictionary ?? [:] }
    var values = SemanticValues()
    metric.extra = [
      "label": entry.value["label"] ?? .null, "type": .string(type),
      "type_params": .dictionary(values.typeParameters(entry.value, type: type)),
      "filter": SemanticValues.filter(entry.value["filter"]),
      "time_granularity": entry.value["time_granularity"] ?? .null,
    ]
    guard metric.isEnabled else { return disabled.append(metric) }
    tell(Self.nameProblems(metric.name), of: metric)
    tell(values.problems, of: metric)
    metrics.append(metric)
  }

  /// What dbt has against the name of a metric, which becomes that of a column.
  private static func nameProblems(_ name: String) -> [String] {
    var problems: [String] = []
    let isPlain = name.unicodeScalars.allSatisfy {
      $0 == "_" || $0.properties.isAlphabetic
        || $0.properties.numericType != nil
    }
    if name.contains(" ") { problems.append("cannot contain spaces") }
    if name.unicodeScalars.count > 250 {
      problems.append("cannot contain more than 250 characters")
    }
    if name.utf8.first.map({ (65...90).contains($0) || (97...122).contains($0) }) != true {
      problems.append("must begin with a letter")
    }
    if !isPlain { problems.append("must contain only letters, numbers and underscores") }
    return problems.isEmpty ? [] : ["its name \(problems.joined(separator: ", "))"]
  }

  /// What says nothing of itself has no description, where others have an empty one.
  private static func describe(_ node: inout Node, _ entry: Properties.Entry) {
    node.description = entry.value["description"]?.string ?? ""
    if node.description.isEmpty { node.extra["description"] = .null }
  }

  private mutating func read(
    savedQuery entry: Properties.Entry,
    _ package: Project,
    _ parser: ProjectParser
  ) {
    var query = node(.savedQuery, entry, package, parser)
    query.tags = Set(query.tags + (entry.value["tags"]?.words ?? [])).sorted()
    query.extra = SemanticValues().savedQuery(
      entry.value,
      config: query.config,
      schema: parser.project.target.schema,
      database: parser.project.target.database
    )
    Self.describe(&query, entry)
    guard query.isEnabled else { return disabled.append(query) }
    queries.append(query)
  }

  // MARK: Joining

  /// What metrics are computed from: measures of semantic models, and other metrics with theirs.
  private mutating func joinMetrics() {
    var settled: Set<Int> = []
    var waiting: [Int: [Int]] = [:]
    for index in metrics.indices {
      let type = metrics[index].extra["type"]?.string
      guard type == "derived" || type == "ratio" else {
        joinMeasures(of: index)
        settled.insert(index)
        continue
      }
      waiting[index] = inputs(of: index)
    }
    // Those first whose inputs are known; a circle is told by the graph.
    while !waiting.isEmpty {
      let ready = waiting.filter { $0.value.allSatisfy(settled.contains) }.keys.sorted()
      for index in ready.isEmpty ? waiting.keys.sorted() : ready {
        join(index, to: waiting.removeValue(forKey: index) ?? [])
        settled.insert(index)
      }
    }
  }

  private mutating func inputs(of index: Int) -> [Int] {
    let metric = metrics[index]
    let parameters = metric.extra["type_params"]?.dictionary ?? PlainDictionary()
    let isRatio = metric.extra["type"] == "ratio"
    if isRatio,
      parameters["numerator"]?.isNull != false || parameters["denominator"]?.isNull != false
    {
      tell(["a ratio needs a numerator and a denominator"], of: metric)
    }
    let given =
      isRatio
      ? [parameters["numerator"], parameters["denominator"]].compactMap { $0 }
      : parameters["metrics"]?.list ?? []
    return given.compactMap { $0.dictionary?["name"]?.string }
      .compactMap { self.metric(named: $0, from: metric) }
  }

  private mutating func join(_ index: Int, to inputs: [Int]) {
    for input in inputs {
      let parameters = metrics[input].extra["type_params"]?.dictionary
      for measure in parameters?["input_measures"]?.list ?? [] { add(measure, to: index) }
      Self.add(metrics[input].uniqueID, to: &metrics[index])
    }
  }

  private mutating func joinMeasures(of index: Int) {
    let metric = metrics[index]
    let parameters = metric.extra["type_params"]?.dictionary ?? PlainDictionary()
    let conversion = parameters["conversion_type_params"]?.dictionary
    let given =
      metric.extra["type"] == "conversion"
      ? [conversion?["base_measure"], conversion?["conversion_measure"]]
      : [parameters["measure"]]
    for measure in given {
      guard let measure, let name = measure.dictionary?["name"]?.string else {
        tell(["it names no measure"], of: metric)
        continue
      }
      add(measure, to: index)
      guard let model = nearest(measures[name] ?? [], to: metric) else {
        if let off = disabled.first(where: { Self.hasMeasure($0, name) }) {
          tell(
            ["The measure `\(name)` is referenced on disabled semantic model `\(off.name)`."],
            of: metric
          )
          continue
        }
        problems.append(
          .semanticLayer(
            metric,
            "no semantic model has a measure \"\(name)\"",
            help: Suggestion.sentence(for: name, among: measures.keys)
          )
        )
        continue
      }
      Self.add(model, to: &metrics[index])
    }
  }

  private static func hasMeasure(_ model: Node, _ name: String) -> Bool {
    model.kind == .semanticModel
      && (model.extra["measures"]?.list ?? []).contains { $0.dictionary?["name"]?.string == name }
  }

  private mutating func add(_ measure: PlainValue, to index: Int) {
    var parameters = metrics[index].extra["type_params"]?.dictionary ?? PlainDictionary()
    var measures = parameters["input_measures"]?.list ?? []
    guard !measures.contains(measure) else { return }
    measures.append(measure)
    parameters["input_measures"] = .list(measures)
    metrics[index].extra["type_params"] = .dictionary(parameters)
  }

  /// The metric that a name means for a node; nil, and a problem, where there is none.
  private mutating func metric(named name: String, package: String? = nil, from node: Node) -> Int?
  {
    let found = (metricsByName[name] ?? []).filter {
      package == nil || metrics[$0].packageName == package
    }
    for wanted in [projectName, node.packageName] {
      if let own = found.first(where: { metrics[$0].packageName == wanted }) { return own }
    }
    if let first = found.first { return first }
    problems.append(
      .semanticLayer(
        node,
        "no metric is named \"\(name)\"",
        help: Suggestion.sentence(for: name, among: metricsByName.keys)
      )
    )
    return nil
  }

  /// Notes the metrics that a node speaks of.
  mutating func joinMetrics(of node: inout Node) {
    for words in node.metricReferences {
      guard let name = words.last,
        let found = metric(named: name, package: words.count == 2 ? words[0] : nil, from: node)
      else { continue }
      Self.add(metrics[found].uniqueID, to: &node)
    }
  }

  private func nearest(_ ids: [String], to node: Node) -> String? {
    ids.first { $0.hasPrefix("semantic_model.\(node.packageName).") } ?? ids.first
  }

  private static func add(_ id: String, to node: inout Node) {
    if !node.dependencies.contains(id) { node.dependencies.append(id) }
  }

  private mutating func tell(_ reasons: [String], of node: Node) {
    problems += reasons.map { .semanticLayer(node, $0) }
  }
}

extension Diagnostic {
  fileprivate static func semanticLayer(
    _ node: Node,
    _ reason: String,
    help: String? = nil
  ) -> Diagnostic {
    let kind = node.kind.rawValue.split(separator: "_").joined(separator: " ")
    return Diagnostic(
      code: "semantic-layer",
      "the \(kind) \(node.name) cannot be read: \(reason)",
      at: node.declaration,
      file: node.originalFilePath,
      help: [help].compactMap { $0 }
    )
  }
}
