import Diagnostics
import ProjectModel
import Templating

/// The arguments that a generic test's macro is called with.
struct GenericTestArguments {
  let test: Node.GenericTest

  /// Puts `_dbt_generic_test_kwargs` into a rendering.
  func install(
    in context: NodeContext,
    attached: Node?,
    at range: TextRange
  ) throws(Diagnostic) {
    var pairs: [(String, Value)] = []
    for (name, value) in test.argumentsWithColumn.pairs {
      let isColumn = name == "column_name" && test.arguments[name] == nil
      pairs.append((name, isColumn ? Value(value) : try evaluate(value, in: context, at: range)))
    }
    // Last, as in dbt: parents are named in the order in which templates speak of them.
    if let attached {
      let call = "get_where_subquery(\(attached.referenceCall))"
      pairs.append(("model", try evaluate(call: call, in: context, at: range)))
    }
    context.extra["_dbt_generic_test_kwargs"] = Value.dictionary(DictionaryReference(pairs))
  }

  private func evaluate(
    _ value: PlainValue,
    in context: NodeContext,
    at range: TextRange
  ) throws(Diagnostic) -> Value {
    switch value {
    case .list(let items):
      var values: [Value] = []
      for item in items { values.append(try evaluate(item, in: context, at: range)) }
      return .list(values)
    case .dictionary(let dictionary):
      let result = DictionaryReference()
      for (key, item) in dictionary.pairs {
        result[key] = try evaluate(item, in: context, at: range)
      }
      return .dictionary(result)
    default: break
    }
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
