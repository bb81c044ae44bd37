import Diagnostics
import Templating

/// What `metric()` gives: the name while the project is read, the whole entry of the manifest after.
final class MetricObject: TemplateObject {
  private let name: String
  private let package: String?
  private let graph: GraphSource?

  /// - Parameters:
  ///   - words: the metric's name, after that of its package if it was given.
  ///   - graph: nil while the project is read.
  init(_ words: [String], graph: GraphSource?) {
    name = words.last ?? ""
    package = words.count > 1 ? words[0] : nil
    self.graph = graph
  }

  var typeName: String { graph == nil ? "MetricReference" : "ResolvedMetricReference" }
  var rendered: String { name }

  func attribute(_ attribute: String) -> Value? {
    switch attribute {
    case "metric_name": .text(name)
    case "package_name" where graph == nil: package.map { .text($0) } ?? Value.none
    default: entry?[attribute].map { Value($0) }
    }
  }

  private var entry: PlainDictionary? {
    guard let metrics = graph?.value["metrics"]?.dictionary else { return nil }
    return metrics.pairs.lazy.compactMap(\.value.dictionary).first {
      $0["name"]?.string == self.name
        && (self.package == nil || $0["package_name"]?.string == self.package)
    }
  }
}
