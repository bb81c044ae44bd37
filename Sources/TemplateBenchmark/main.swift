import Diagnostics
import Foundation
import Templating

// template-benchmark FILE…: renders templates and prints how long that takes.
//
// One line per file, as JSON: the fastest rendering and the fastest parsing, in microseconds.

/// The names that the templates of scripts/benchmarks/templates use.
final class BenchmarkContext: TemplateContext {
  private var values: [String: Value]

  init() {
    let row: PlainValue = [
      "a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9, "j": 10,
    ]
    values = [
      "source_relation": .text("\"db\".\"raw\".\"orders\""),
      "this_relation": .text("\"db\".\"m\".\"t\""),
      "payments_relation": .text("\"db\".\"raw\".\"payments\""),
      "incremental": .boolean(true),
      "table": Value(.list(Array(repeating: row, count: 1_000))),
    ]
  }

  func value(named name: String) -> Value? { values[name] }
}

/// The fastest of as many rounds as fit into a second, in microseconds.
func fastest(_ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  var best = Duration.seconds(3_600)
  let end = clock.now + .seconds(1)
  repeat {
    let start = clock.now
    try body()
    best = min(best, clock.now - start)
  } while clock.now < end
  return Double(best.components.seconds) * 1e6 + Double(best.components.attoseconds) / 1e12
}

for path in CommandLine.arguments.dropFirst() {
  let buffers = Buffers()
  let bytes = Array(try Data(contentsOf: URL(filePath: path)))
  let buffer = buffers.add(name: path, bytes: bytes)
  let context = BenchmarkContext()
  let template = try Template(parsing: buffer, in: buffers)
  let parse = try fastest { _ = try Template(parsing: buffer, in: buffers) }
  let render = try fastest {
    let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
    _ = try renderer.render(template)
  }
  print("{\"render\": \(render), \"parse\": \(parse)}")
}
