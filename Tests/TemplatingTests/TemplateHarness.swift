import Diagnostics
import ProjectModel
import Templating

/// Names for templates under test.
final class TestContext: TemplateContext {
  var values: [String: Value]

  init(_ values: [String: Value] = [:]) {
    self.values = values
  }

  func value(named name: String) -> Value? { values[name] }
  var names: [String] { Array(values.keys) }
  var readYAML: ((String) throws(Diagnostic) -> Value)? { YAML.templateValue(of:) }
  // A fixed moment: 2024-02-29 12:30:00.
  var now: Int? { 1_709_209_800_000_000 }
}

/// What became of a template.
enum Outcome {
  case text(MappedText, Buffers)
  case failure(Diagnostic, Buffers)

  var text: String? {
    if case .text(let text, _) = self { return text.string }
    return nil
  }

  var diagnostic: Diagnostic? {
    if case .failure(let diagnostic, _) = self { return diagnostic }
    return nil
  }
}

/// Renders a template; `macros` is a file of macros that the host offers by name.
func render(
  _ template: String,
  _ values: [String: Value] = [:],
  macros: String = "",
  undefined: UndefinedPolicy = .standard
) -> Outcome {
  let buffers = Buffers()
  let context = TestContext(values)
  do {
    let library = buffers.add(name: "macros/library.sql", text: macros)
    for macro in try Template(parsing: library, in: buffers).macros {
      context.values[macro.name] = .macro(macro)
    }
    let buffer = buffers.add(name: "models/model.sql", text: template)
    let parsed = try Template(parsing: buffer, in: buffers)
    let renderer = Renderer(context: context, buffers: buffers, undefined: undefined)
    return .text(try renderer.render(parsed), buffers)
  } catch {
    return .failure(error, buffers)
  }
}

/// Evaluates a template as dbt does configuration values.
func evaluate(_ template: String, _ values: [String: Value] = [:]) throws(Diagnostic) -> Value {
  let buffers = Buffers()
  let buffer = buffers.add(name: "project.yml", text: template)
  let parsed = try Template(parsing: buffer, in: buffers)
  let context = TestContext(values)
  return try Renderer(context: context, buffers: buffers, undefined: .standard).evaluate(parsed)
}
