import Diagnostics
import ProjectModel

/// Models with a `deprecation_date`: from that day on nobody should use them.
struct DeprecatedModels {
  let graph: Graph
  /// UTC, ISO 8601: the day of it counts.
  let now: String

  /// Warnings, in dbt's words.
  var problems: [Diagnostic] {
    let dated = graph.nodes.values.filter {
      $0.kind == .model && $0.extra["deprecation_date"]?.string?.isEmpty == false
    }
    return dated.sorted { $0.uniqueID < $1.uniqueID }.flatMap { model -> [Diagnostic] in
      let date = model.extra["deprecation_date"]?.string ?? ""
      let isPast = date.prefix(10) < now.prefix(10)
      let name = model.name + (model.version.map { ".v\(ReferenceResolver.text($0))" } ?? "")
      var problems: [Diagnostic] = []
      if isPast {
        problems.append(
          Diagnostic(
            .warning,
            code: "deprecated-model",
            "Model \(name) has passed its deprecation date of \(date). "
              + "This model should be disabled or removed.",
            at: model.patch ?? model.place,
            file: model.originalFilePath
          )
        )
      }
      for id in (graph.children[model.uniqueID] ?? []).sorted() {
        guard let reader = graph.nodes[id], reader.kind == .model else { continue }
        problems.append(reference(from: reader, to: name, of: model, on: date, isPast: isPast))
      }
      return problems
    }
  }

  private func reference(
    from reader: Node,
    to name: String,
    of model: Node,
    on date: String,
    isPast: Bool
  ) -> Diagnostic {
    let latest = model.latestVersion.map(ReferenceResolver.text)
    let hasNewer = model.version.map(ReferenceResolver.text) != latest && latest != nil
    let newer = latest.map { "ref('\(model.packageName)', '\(model.name)', v='\($0)')" } ?? ""
    return Diagnostic(
      .warning,
      code: isPast ? "deprecated-reference" : "upcoming-deprecation",
      "While compiling '\(reader.name)': Found a reference to \(name), which "
        + (isPast ? "was deprecated on '\(date)'." : "is slated for deprecation on '\(date)'."),
      at: reader.place,
      file: reader.originalFilePath,
      help: hasNewer ? ["a newer version is there: {{ \(newer) }}"] : []
    )
  }
}
