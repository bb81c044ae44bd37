import Diagnostics
import Foundation
import RedshiftSQL

// A tool for those who work on the SQL compiler; it is no part of the program.
//
//     sql-benchmark speed FILE…     measures reading, as JSON
//     sql-benchmark loop FILE…      reads them two hundred times, for profilers and counters
//     sql-benchmark check FILE…     shows the errors
//     sql-benchmark opaque FILE…    shows statements that are not read further
//     sql-benchmark format FILE…    prints canonical SQL
//     sql-benchmark split FILE…     the statements with NUL bytes between them
//     sql-benchmark verdicts        says of such statements from the input which are read

/// Every statement of the files as a text of its own, as it is given to the parser it is compared
/// with; what is made of one is let go before the next is read.
func statements(of files: [(name: String, bytes: [UInt8])]) -> (all: [BufferID], in: Buffers) {
  let whole = Buffers()
  let buffers = Buffers()
  var all: [BufferID] = []
  for file in files {
    let id = whole.add(name: file.name, bytes: file.bytes)
    for range in SQLStatementSplitter.split(id, in: whole) {
      all.append(buffers.add(name: file.name, bytes: Array(file.bytes[range.bytes])))
    }
  }
  return (all, buffers)
}

func load(_ paths: [String]) -> [(name: String, bytes: [UInt8])] {
  paths.compactMap { path in
    FileManager.default.contents(atPath: path).map { (path, Array($0)) }
  }
}

/// The seconds of the fastest round, which other work on the machine disturbs least.
func time(_ seconds: Double, _ work: () -> Void) -> Double {
  let clock = ContinuousClock()
  work()
  var best = Duration.seconds(1000)
  let start = clock.now
  while start.duration(to: clock.now) < .seconds(seconds) {
    best = min(best, clock.measure(work))
  }
  return Double(best.components.seconds) + Double(best.components.attoseconds) / 1e18
}

func speed(_ files: [(name: String, bytes: [UInt8])]) {
  let (ids, buffers) = statements(of: files)
  let size = ids.map { buffers.bytes(of: $0).count }.reduce(0, +)
  let parsed = ids.map { SQLParser.parse($0, in: buffers) }
  let count = parsed.map(\.statements.count).reduce(0, +)
  let lexing = time(1) {
    for id in ids { _ = SQLLexer.significantTokens(of: buffers.bytes(of: id)) }
  }
  let parsing = time(2) { for id in ids { _ = SQLParser.parse(id, in: buffers) } }
  let printing = time(1) {
    for text in parsed { _ = SQLPrinter.print(text, in: buffers) }
  }
  func line(_ name: String, _ seconds: Double) -> String {
    let megabytes = Double(size) / seconds / 1e6
    let rate = Double(count) / seconds
    return
      "\"\(name)\": {\"seconds\": \(seconds), \"statements_per_second\": \(Int(rate)), "
      + "\"megabytes_per_second\": \((megabytes * 10).rounded() / 10)}"
  }
  print(
    "{\"statements\": \(count), \"bytes\": \(size), \(line("lex", lexing)), "
      + "\(line("parse", parsing)), \(line("format", printing))}"
  )
}

/// Reads and checks the last statement of a file, against what the others make; lineage included.
func model(_ files: [(name: String, bytes: [UInt8])]) {
  for file in files {
    let buffers = Buffers()
    let parsed = SQLParser.parse(buffers.add(name: file.name, bytes: file.bytes), in: buffers)
    guard let last = parsed.statements.last else { continue }
    var catalog = SymbolicCatalog()
    for statement in parsed.statements.dropLast() { catalog.apply(statement, buffers: buffers) }
    let bytes = Array(buffers.text(of: last.range).utf8)
    let id = buffers.add(name: "model", bytes: bytes)
    let analyzer = SQLAnalyzer(catalog: catalog, buffers: buffers)
    var origins = 0
    let seconds = time(2) {
      for statement in SQLParser.parse(id, in: buffers).statements {
        origins = analyzer.check(statement).columns.map(\.origins.count).reduce(0, +)
      }
    }
    print("{\"seconds\": \(seconds), \"lines\": \(lines(bytes)), \"origins\": \(origins)}")
  }
}

private func lines(_ bytes: [UInt8]) -> Int { bytes.count(where: { $0 == UInt8(ascii: "\n") }) + 1 }

func loop(_ files: [(name: String, bytes: [UInt8])]) {
  let (ids, buffers) = statements(of: files)
  for _ in 0..<200 { for id in ids { _ = SQLParser.parse(id, in: buffers) } }
}

func check(_ files: [(name: String, bytes: [UInt8])]) -> Int {
  var problems = 0
  for file in files {
    let buffers = Buffers()
    let parsed = SQLParser.parse(buffers.add(name: file.name, bytes: file.bytes), in: buffers)
    for diagnostic in parsed.diagnostics {
      problems += 1
      let line = diagnostic.primary.map { buffers.position(of: $0.range).line } ?? 0
      print("\(file.name):\(line): \(diagnostic.message) \(diagnostic.help.joined(separator: " "))")
    }
  }
  return problems
}

func opaque(_ files: [(name: String, bytes: [UInt8])]) {
  for file in files {
    let buffers = Buffers()
    let parsed = SQLParser.parse(buffers.add(name: file.name, bytes: file.bytes), in: buffers)
    for statement in parsed.statements {
      guard case .opaque = statement.kind else { continue }
      print("\(file.name): \(buffers.text(of: statement.range))")
    }
  }
}

func split(_ files: [(name: String, bytes: [UInt8])]) {
  for file in files {
    let buffers = Buffers()
    let id = buffers.add(name: file.name, bytes: file.bytes)
    for range in SQLStatementSplitter.split(id, in: buffers) {
      print(buffers.text(of: range), terminator: "\0")
    }
  }
}

func format(_ files: [(name: String, bytes: [UInt8])]) {
  for file in files {
    let buffers = Buffers()
    let parsed = SQLParser.parse(buffers.add(name: file.name, bytes: file.bytes), in: buffers)
    print(String(decoding: SQLPrinter.print(parsed, in: buffers), as: UTF8.self), terminator: "")
  }
}

/// Reads statements with NUL bytes between them and says of each whether it is read.
func verdicts() {
  let input = FileHandle.standardInput.readDataToEndOfFile()
  for bytes in input.split(separator: 0, omittingEmptySubsequences: true) {
    let buffers = Buffers()
    let parsed = SQLParser.parse(buffers.add(name: "input", bytes: Array(bytes)), in: buffers)
    if let problem = parsed.diagnostics.first {
      print("refused \(problem.message)")
    } else if parsed.statements.contains(where: {
      if case .opaque = $0.kind { true } else { false }
    }) {
      print("opaque")
    } else {
      print("read")
    }
  }
}

let arguments = CommandLine.arguments.dropFirst()
let files = load(Array(arguments.dropFirst()))
switch arguments.first {
case "speed": speed(files)
case "model": model(files)
case "loop": loop(files)
case "check": exit(check(files) == 0 ? 0 : 1)
case "opaque": opaque(files)
case "split": split(files)
case "verdicts": verdicts()
case "format": format(files)
default:
  print("usage: sql-benchmark speed|model|loop|check|opaque|format|split FILE… | verdicts")
  exit(2)
}
