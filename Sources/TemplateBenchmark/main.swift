import Diagnostics
import Foundation
import Templating

// template-benchmark [--rounds N] FILE…: renders templates and prints how long that takes.
//
// One line per file, as JSON: the fastest rendering and the fastest parsing, in microseconds.
// With --rounds, each is parsed and rendered that often and nothing is printed: for a profiler.

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

/// The time this thread has computed, in microseconds: what others do meanwhile does not count.
func computed() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}

/// The fastest of as many rounds as fit into a second, in microseconds.
func fastest(_ body: () throws -> Void) rethrows -> Double {
  var best = Double.infinity
  let end = computed() + 1e6
  repeat {
    let start = computed()
    try body()
    best = min(best, computed() - start)
  } while computed() < end
  return best
}

var paths = CommandLine.arguments.dropFirst()
var rounds: Int?
if paths.first == "--rounds" {
  rounds = Int(paths.dropFirst().first ?? "")
  paths = paths.dropFirst(2)
}
ProcessMemory.keep()
for path in paths {
  let buffers = Buffers()
  let bytes = Array(try Data(contentsOf: URL(filePath: path)))
  let buffer = buffers.add(name: path, bytes: bytes)
  let context = BenchmarkContext()
  let template = try Template(parsing: buffer, in: buffers)
  if let rounds {
    for _ in 0..<rounds {
      let template = try Template(parsing: buffer, in: buffers)
      let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
      _ = try renderer.render(template)
    }
    continue
  }
  let parse = try fastest { _ = try Template(parsing: buffer, in: buffers) }
  let render = try fastest {
    let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
    _ = try renderer.render(template)
  }
  print("{\"render\": \(render), \"parse\": \(parse)}")
}
