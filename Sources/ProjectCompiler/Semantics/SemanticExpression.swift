import Diagnostics
import Templating

/// A filter or a grouping in MetricFlow's words: `{{ Dimension('order__status') }} = 'paid'`.
struct SemanticExpression {
  /// Why it cannot be read; nil where it can.
  private(set) var problem: String?
  /// The dimensions and entities it speaks of.
  private(set) var names: [String] = []

  init(_ text: String, buffers: Buffers) {
    let context = SemanticContext()
    do throws(Diagnostic) {
      let template = try Template(parsing: buffers.add(name: "filter", text: text), in: buffers)
      _ = try Renderer(context: context, buffers: buffers, undefined: .standard).render(template)
    } catch {
      problem = error.message
    }
    names = context.asked
  }
}

/// What such texts can call.
private final class SemanticContext: TemplateContext {
  /// The elements that were asked for, in order.
  private(set) var asked: [String] = []

  var names: [String] { ["Dimension", "TimeDimension", "Entity", "Metric"] }

  func value(named name: String) -> Value? {
    guard names.contains(name) else { return nil }
    return .function(
      NativeFunction(name) { [unowned self] arguments throws(Diagnostic) in
        let element = try arguments.string(0, "name", of: name)
        let isDimension = name == "Dimension" || name == "TimeDimension"
        let parts = element.split(separator: "_", omittingEmptySubsequences: false)
        if isDimension, element != "metric_time", !parts.dropFirst().dropLast().contains("") {
          throw Diagnostic(
            code: "semantic-layer",
            "\"\(element)\" names no entity: write entity__\(element)",
            at: arguments.range
          )
        }
        if name != "Metric" { asked.append(element) }
        return .object(SemanticElement(name: element))
      }
    )
  }
}

/// A dimension that an expression speaks of.
private final class SemanticElement: TemplateObject {
  private let name: String

  init(name: String) { self.name = name }

  var typeName: String { "dimension" }
  var rendered: String { name }

  func attribute(_ attribute: String) -> Value? {
    guard ["grain", "date_part", "descending"].contains(attribute) else { return nil }
    return .function(NativeFunction(attribute) { [self] _ throws(Diagnostic) in .object(self) })
  }
}
