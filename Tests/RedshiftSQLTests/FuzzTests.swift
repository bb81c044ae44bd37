import Diagnostics
import Foundation
import RedshiftSQL
import TestSupport
import Testing

/// Statements of the corpus, damaged at random: nothing may crash, and what holds for every text
/// must still hold.
///
/// `REDSTART_FUZZ_SECONDS` makes it run longer, `REDSTART_FUZZ_SEED` starts it elsewhere. By itself
/// it begins at the same place each time, so that a change is blamed for what it broke.
@Suite struct FuzzTests {
  private struct Generator {
    var random: SeededRandom

    mutating func below(_ bound: Int) -> Int { Int(random.next() >> 33) % max(bound, 1) }
  }

  private static let pieces: [[UInt8]] =
    [
      "'", "\"", "(", ")", "((", "))", ";", "--", "/*", "*/", "$$", ",", ".", "::", "[", "]",
      " as ",
      "\\", "\0", "\n", "\r\n", " select ", " from ", " with ", " case ", " end ", " not ", " in (",
      " between ", " over (", "#", "?", "$1", "-", "+", "*", "|", "é", " union ", " join ", " on ",
    ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xE2, 0x82], [0xEF, 0xBB, 0xBF]]

  private func environment(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
  }

  @Test func damagedTextDoesNoHarm() throws {
    let seconds = environment("REDSTART_FUZZ_SECONDS").flatMap(Double.init) ?? 4
    let seed = environment("REDSTART_FUZZ_SEED").flatMap(UInt64.init) ?? 1
    let corpus = try Corpus.statements().map { Array($0.utf8) }
    print("fuzzing with REDSTART_FUZZ_SEED=\(seed)")
    let most = environment("REDSTART_FUZZ_SECONDS") == nil ? 12_000 : Int.max
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    var rounds = 0
    var problems: [String] = []
    while clock.now < end, rounds < most, problems.count < 5 {
      var generator = Generator(random: SeededRandom(seed: seed &+ UInt64(rounds)))
      let bytes = damaged(corpus, &generator)
      if environment("REDSTART_FUZZ_TRACE") != nil {
        FileHandle.standardError.write(Data("\(rounds)\n".utf8))
      }
      for problem in check(bytes) {
        problems.append(
          "seed \(seed &+ UInt64(rounds)): \(problem): \(String(decoding: bytes, as: UTF8.self))"
        )
      }
      rounds += 1
    }
    print("fuzzed \(rounds) texts")
    #expect(problems == [])
  }

  private func damaged(_ corpus: [[UInt8]], _ generator: inout Generator) -> [UInt8] {
    var bytes = corpus[generator.below(corpus.count)]
    for _ in 0...generator.below(3) {
      if generator.below(2) == 0 {
        damageBytes(&bytes, &generator)
      } else {
        damageTokens(&bytes, corpus[generator.below(corpus.count)], &generator)
      }
      if bytes.isEmpty { bytes = [UInt8(ascii: " ")] }
    }
    return bytes
  }

  private func damageBytes(_ bytes: inout [UInt8], _ generator: inout Generator) {
    let position = generator.below(bytes.count)
    switch generator.below(5) {
    case 0: bytes.removeSubrange(position..<min(bytes.count, position + 1 + generator.below(12)))
    case 1:
      let piece = FuzzTests.pieces[generator.below(FuzzTests.pieces.count)]
      bytes.insert(contentsOf: piece, at: position)
    case 2: bytes.insert(UInt8(generator.below(256)), at: position)
    case 3: bytes[position] = UInt8(generator.below(256))
    default: bytes = Array(bytes.prefix(position + 1))
    }
  }

  private func damageTokens(
    _ bytes: inout [UInt8],
    _ other: [UInt8],
    _ generator: inout Generator
  ) {
    var tokens = SQLLexer.tokens(of: bytes).map { Array(bytes[$0.range]) }
    let others = SQLLexer.tokens(of: other).map { Array(other[$0.range]) }
    guard !tokens.isEmpty, !others.isEmpty else { return }
    let position = generator.below(tokens.count)
    switch generator.below(5) {
    case 0: tokens.remove(at: position)
    case 1: tokens.insert(tokens[generator.below(tokens.count)], at: position)
    case 2: tokens.swapAt(position, generator.below(tokens.count))
    case 3:
      let start = generator.below(others.count)
      let piece = others[start..<min(others.count, start + 1 + generator.below(12))]
      tokens.insert(contentsOf: piece, at: position)
    default: tokens[position] = others[generator.below(others.count)]
    }
    bytes = Array(tokens.joined())
  }

  private func check(_ bytes: [UInt8]) -> [String] {
    var problems: [String] = []
    let tokens = SQLLexer.tokens(of: bytes)
    if tokens.flatMap({ Array(bytes[$0.range]) }) != bytes { problems.append("lexer loses text") }
    let buffers = Buffers()
    let parsed = SQLParser.parse(buffers.add(name: "fuzz", bytes: bytes), in: buffers)
    var position = 0
    for statement in parsed.statements {
      if statement.range.bytes.lowerBound < position { problems.append("statements overlap") }
      position = statement.range.bytes.upperBound
      problems += Ranges.problems(statement, in: buffers)
    }
    if position > bytes.count { problems.append("statement beyond the end") }
    for diagnostic in parsed.diagnostics {
      for label in diagnostic.labels where label.range.bytes.upperBound > bytes.count {
        problems.append("diagnostic beyond the end")
      }
    }
    problems += checkPrinting(parsed, bytes, buffers)
    problems += AnalysisRobustnessTests.problems(with: parsed, in: buffers)
    return problems
  }

  private func checkPrinting(
    _ parsed: ParsedSQL,
    _ bytes: [UInt8],
    _ buffers: Buffers
  ) -> [String] {
    var problems: [String] = []
    let printed = SQLPrinter.print(parsed, in: buffers)
    guard parsed.diagnostics.isEmpty else { return [] }
    if FuzzTests.code(printed) != FuzzTests.code(bytes) { problems.append("tokens changed") }
    let second = SQLParser.parse(buffers.add(name: "printed", bytes: printed), in: buffers)
    if !second.diagnostics.isEmpty { problems.append("printed text is not read") }
    let again = SQLPrinter.print(second, in: buffers)
    if again != printed {
      problems.append("not a fixed point: \(String(decoding: printed, as: UTF8.self))")
    }
    return problems
  }

  /// The tokens with words in lower case, comments left out.
  private static func code(_ bytes: [UInt8]) -> [[UInt8]] {
    SQLLexer.tokens(of: bytes).filter { !$0.isTrivia }.flatMap { token -> [[UInt8]] in
      let piece = Array(bytes[token.range])
      switch token.kind {
      case .word, .temporaryName:
        return [piece.map { (65...90).contains($0) ? $0 | 32 : $0 }]
      case .dollarString:
        // The source of a procedure, whose tokens are printed like all others.
        let tag = piece.prefix(2 + piece.dropFirst().prefix { $0 != UInt8(ascii: "$") }.count)
        return [Array(tag)] + code(Array(piece.dropFirst(tag.count).dropLast(tag.count)))
          + [Array(tag)]
      default: return [piece]
      }
    }
  }
}
