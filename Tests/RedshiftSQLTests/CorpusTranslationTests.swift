import Diagnostics
import Foundation
import RedshiftSQL
import Testing

@Suite struct CorpusTranslationTests {
  /// Every statement becomes text, or a diagnostic says why not.
  ///
  /// With `REDSTART_TRANSLATED` the pairs are written to that file, in the form that
  /// `Oracle/postgres_parser.py` reads.
  @Test func nothingIsLostInSilence() throws {
    var silent: [String] = []
    var pairs = ""
    var tally = (sent: 0, noted: 0, refused: 0)
    for file in try Corpus.files() {
      let buffers = Buffers()
      let parsed = SQLParser.parse(buffers.add(name: file.name, text: file.text), in: buffers)
      for statement in parsed.statements {
        let source = buffers.text(of: statement.range)
        let translation = PostgresTranslator.translate(statement, in: buffers)
        let problem = translation.diagnostics.first(where: \.isError)
        pairs += "\(oneLine(source));\n"
        if let problem {
          tally.refused += 1
          pairs += "ERROR \(problem.message);\n"
        } else if translation.text.isEmpty {
          tally.noted += 1
          pairs += "NOTHING;\n"
          if translation.diagnostics.isEmpty { silent.append("\(file.name): \(source)") }
        } else {
          tally.sent += 1
          pairs += "\(oneLine(translation.text.string));\n"
        }
      }
    }
    print(
      "\(tally.sent) statements have a translation, \(tally.noted) mean nothing locally,"
        + " \(tally.refused) are refused"
    )
    if let path = ProcessInfo.processInfo.environment["REDSTART_TRANSLATED"] {
      try pairs.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(silent == [])
  }

  /// Text without a semicolon at the end of a line that is not its last one.
  private func oneLine(_ text: String) -> String { text.replacing(";\n", with: "; \n") }
}
