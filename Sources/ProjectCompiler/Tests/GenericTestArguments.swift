import Diagnostics
import ProjectModel
import Templating

/// The arguments that a generic test's macro is called with.
struct GenericTestArguments {
  let test: Node.GenericTest
  let whereClause: String?

  init(test: Node.GenericTest, config: PlainDictionary) throws(Diagnostic) {
    self.test = test
    whereClause = config["where"]?.string
  }

  /// Puts `_dbt_generic_test_kwargs` into a rendering.
  func install(
    in context: NodeContext,
    attached: Node?,
    at range: TextRange
  ) throws(Diagnostic) {
    var pairs: [(String, Value)] = []
    if let attached {
      pairs.append(("model", try model(attached, context, range)))
    }
    if let column = test.columnName { pairs.append(("column_name", .text(column))) }
    for (name, value) in test.arguments.pairs {
      pairs.append((name, try evaluate(value, in: context, at: range)))
    }
    context.extra["_dbt_generic_test_kwargs"] = Value.dictionary(DictionaryReference(pairs))
  }

  /// The relation under test, narrowed by the test's `where`.
  private func model(
    _ attached: Node,
    _ context: NodeContext,
    _ range: TextRange
  ) throws(Diagnostic) -> Value {
    let relation = try evaluate(call: attached.referenceCall, in: context, at: range)
    guard let whereClause else { return relation }
    return .text("(select * from \(relation.rendered) where \(whereClause)) dbt_subquery")
  }

  private func evaluate(
    _ value: PlainValue,
    in context: NodeContext,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    guard case .string(let text) = value else { return Value(value) }
    for function in ["ref(", "source(", "var(", "env_var("] where text.hasPrefix(function) {
      return try evaluate(call: text, in: context, at: range)
    }
    guard text.contains("{{") else { return .text(text) }
    return try evaluate(template: text, in: context, at: range)
  }

  private func evaluate(
    call: String,
    in context: NodeContext,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    try evaluate(template: "{{ \(call) }}", in: context, at: range)
  }

  private func evaluate(
    template text: String,
    in context: NodeContext,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    var mapped = MappedText()
    mapped.append(generated: text.utf8, origin: range)
    let buffers = context.environment.buffers
    let buffer = buffers.add(generated: "argument of test \(test.name)", mapped)
    let template = try Template(parsing: buffer, in: buffers)
    let renderer = Renderer(
      context: context,
      buffers: buffers,
      undefined: context.isExecuting ? .standard : .absorbing
    )
    return try renderer.evaluate(template)
  }
}
