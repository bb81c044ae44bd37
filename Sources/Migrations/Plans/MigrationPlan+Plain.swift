package import Diagnostics

extension MigrationPlan {
  /// The plan as JSON has it.
  package var plain: PlainValue {
    [
      "redstart_plan": 1, "project": .string(project), "base": .string(base),
      "steps": .list(
        steps.map { step -> PlainValue in
          [
            "key": .string(step.key), "path": .string(step.path),
            "normalized_sha256": .string(step.normalizedChecksum),
            "rendered_sha256": .string(step.renderedChecksum),
            "statements_done": .integer(step.done),
          ]
        }
      ),
      "schema": schema.map { schema in
        var relations = PlainDictionary()
        for name in schema.keys.sorted() { relations[name] = schema[name].map { .string($0) } }
        return .dictionary(relations)
      } ?? .null,
    ]
  }

  /// Reads what `plain` wrote; nil when it is something else.
  package init?(_ value: PlainValue) {
    guard let fields = value.dictionary, fields["redstart_plan"]?.integer == 1,
      let project = fields["project"]?.string, let base = fields["base"]?.string,
      let list = fields["steps"]?.list
    else { return nil }
    var steps: [Step] = []
    for item in list {
      guard let fields = item.dictionary, let key = fields["key"]?.string,
        let path = fields["path"]?.string,
        let normalized = fields["normalized_sha256"]?.string,
        let rendered = fields["rendered_sha256"]?.string,
        let done = fields["statements_done"]?.integer
      else { return nil }
      steps.append(
        Step(
          key: key,
          path: path,
          normalizedChecksum: normalized,
          renderedChecksum: rendered,
          done: done
        )
      )
    }
    self.init(project: project, base: base, steps: steps)
    guard let relations = fields["schema"]?.dictionary else { return }
    var schema: [String: String] = [:]
    for name in relations.keys { schema[name] = relations[name]?.string }
    self.schema = schema
  }
}
