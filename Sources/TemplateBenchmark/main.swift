import Diagnostics
import Foundation
import Templating

// template-benchmark [--rounds N | --renderings N] FILE…: renders templates and prints how long that takes.
//
// One line per file, as JSON: the fastest rendering and the fastest parsing, in microseconds.
// For a profiler, which has nothing printed: with --rounds, each is parsed and rendered that often,
// with --renderings, each is parsed once and rendered that often.

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

/// The fastest of as many batches as fit into a second, in microseconds for one round.
///
/// A batch computes for about a millisecond, so that reading the clock does not count.
func fastest(_ body: () throws -> Void) rethrows -> Double {
  var best = Double.infinity
  var rounds = 1
  let end = computed() + 1e6
  repeat {
    let start = computed()
    for _ in 0..<rounds { try body() }
    let spent = computed() - start
    best = min(best, spent / Double(rounds))
    if spent < 500 { rounds *= 2 }
  } while computed() < end
  return best
}

let options = ["--rounds", "--renderings"]
var paths = CommandLine.arguments.dropFirst()
var profiled: (rounds: Int, parses: Bool)?
if let option = paths.first, options.contains(option) {
  profiled = (Int(paths.dropFirst().first ?? "") ?? 1, parses: option == "--rounds")
  paths = paths.dropFirst(2)
}
ProcessMemory.keep()
for path in paths {
  let buffers = Buffers()
  let bytes = Array(try Data(contentsOf: URL(filePath: path)))
  let buffer = buffers.add(name: path, bytes: bytes)
  let context = BenchmarkContext()
  let template = try Template(parsing: buffer, in: buffers)
  func render(_ template: Template) throws {
    let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
    _ = try renderer.render(template)
  }
  if let profiled {
    for _ in 0..<profiled.rounds {
      try render(profiled.parses ? Template(parsing: buffer, in: buffers) : template)
    }
    continue
  }
  let parse = try fastest { _ = try Template(parsing: buffer, in: buffers) }
  let rendering = try fastest { try render(template) }
  print("{\"render\": \(rendering), \"parse\": \(parse)}")
}
