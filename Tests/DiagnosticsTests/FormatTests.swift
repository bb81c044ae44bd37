import Diagnostics
import TestSupport
import Testing

@Suite struct FormatTests {
  /// Marked source, and the diagnostic that its marks stand for (first mark primary).
  static func example(_ marked: String, file: String = "models/a.sql") -> (Diagnostic, Buffers) {
    let text = MarkedText(marked)
    let buffers = Buffers()
    let buffer = buffers.add(name: file, text: text.text)
    var diagnostic = Diagnostic(
      code: "unknown-column",
      "column \"artist_nme\" does not exist in stg_songs",
      at: text.ranges.first.map { TextRange(buffer: buffer, bytes: $0) },
      label: "not a column of stg_songs",
      notes: ["stg_songs has artist_id, artist_name"],
      help: ["did you mean \"artist_name\"?"]
    )
    for range in text.ranges.dropFirst() {
      diagnostic.labels.append(
        Diagnostic.Label(TextRange(buffer: buffer, bytes: range), "which has artist_id")
      )
    }
    return (diagnostic, buffers)
  }

  static let sources: [(name: String, text: String)] = [
    ("two labels", "select\n  s.«artist_nme»\nfrom «stg_songs» s\n"),
    ("empty range at the end of the file", "select 1«»"),
    ("tab before", "select\n\t«artist_nme»\n"),
    ("wide characters before", "select '日本 é' as «x»\n"),
    ("range over several lines", "select «a,\n b» from t\n"),
    ("lines that end in CR LF", "select\r\n  s.«artist_nme»,\r\n  b\r\nfrom «stg_songs» s\r\n"),
    ("lines that end in CR", "select\r  s.«artist_nme»,\r  b\rfrom «stg_songs» s\r"),
    ("range that begins at a CR LF", "select a,«\r\n b» from t\r\n"),
    ("control characters", "select '\u{1B}[31m' as «x»\n"),
    (
      "very long line",
      "select " + String(repeating: "a, ", count: 100) + "«artist_nme»"
        + String(repeating: ", b", count: 100)
    ),
  ]

  @Test func fullFormatShowsExcerptsAsRecorded() {
    var text = ""
    for source in Self.sources {
      let (diagnostic, buffers) = Self.example(source.text)
      text += "# \(source.name)\n"
      text += DiagnosticFormat.full.render([diagnostic], from: buffers) + "\n"
    }
    #expect(Golden.problem(text, file: "full-format.txt") == nil)
  }

  @Test func hundredsOfCallsAreShortened() {
    let buffers = Buffers()
    let model = buffers.add(name: "models/a.sql", text: "select {{ endless() }}")
    let call = TextRange(buffer: model, bytes: 7..<22)
    var rendered = MappedText()
    var frame: Int?
    for number in 1...200 {
      frame = rendered.addFrame(
        SourceMap.Frame(name: "call \(number)", callSite: call, parent: frame)
      )
    }
    rendered.append(copying: buffers.bytes(of: model), range: call, frame: frame)
    let compiled = buffers.add(generated: "compiled", rendered)
    let diagnostic = Diagnostic(code: "c", "wrong", at: buffers.wholeRange(of: compiled))
    let notes = DiagnosticFormat.full.render([diagnostic], from: buffers).split(separator: "\n")
      .filter { $0.contains("note:") }
    #expect(notes.count == 5)
    // Of the calls that generated text led through, 64 are kept.
    #expect(notes.filter { $0.hasSuffix("note: … 60 more") }.count == 1)
    #expect(notes.first?.contains("call 200,") == true)
    #expect(notes.last?.contains("call 137,") == true)
  }

  @Test func hundredsOfCallsThatAreNotesAreShortenedToo() {
    var (diagnostic, buffers) = Self.example("«a»")
    let place = TextRange(buffer: buffers.add(name: "m.sql", text: "m()"), bytes: 0..<3)
    diagnostic.notes = ["a fact"] + (1...200).map { "in macro \"m\($0)\", called from m.sql:1:1" }
    diagnostic.callSites = Array(repeating: place, count: 200)
    let text = DiagnosticFormat.full.render([diagnostic], from: buffers)
    let notes = text.split(separator: "\n").filter { $0.contains("note:") }
    #expect(notes.count == 6)
    #expect(notes.first?.hasSuffix("a fact") == true)
    #expect(notes.last?.contains("\"m200\"") == true)
    #expect(text.contains("… 196 more"))
    // Programs get them all.
    let json = DiagnosticFormat.json.render([diagnostic], from: buffers)
    #expect(json.contains("m100"))
  }

  @Test func ofVeryManyDiagnosticsTheErrorsAreKept() {
    let warnings = (1...60).map { Diagnostic(.warning, code: "w", "warning \($0)") }
    let errors = (1...20).map { Diagnostic(code: "e", "error \($0)") }
    let excerpt = DiagnosticExcerpt(of: warnings + errors)
    #expect(excerpt.shown.count == 50)
    #expect(excerpt.shown.count(where: \.isError) == 20)
    #expect(excerpt.shown.first?.message == "warning 1")
    #expect(excerpt.rest == "… 30 warnings more")
    #expect(DiagnosticExcerpt(of: errors).rest == nil)
    let flood = DiagnosticExcerpt(of: warnings + errors + errors + errors)
    #expect(flood.rest == "… 10 errors and 60 warnings more")
  }

  @Test func whatADiagnosticSaysItselfIsShownInFull() {
    var (diagnostic, buffers) = Self.example("«a»")
    diagnostic.notes = (1...30).map { "model \($0) breaks" }
    let text = DiagnosticFormat.full.render([diagnostic], from: buffers)
    #expect(text.split(separator: "\n").filter { $0.contains("note:") }.count == 30)
  }

  @Test func thousandsOfMistakesOnOneLongLineAreShownQuickly() {
    let buffers = Buffers()
    let count = 20_000
    let buffer = buffers.add(name: "a.sql", text: String(repeating: "mistake, ", count: count))
    let diagnostics = (0..<count).map { number in
      Diagnostic(
        code: "c",
        "wrong",
        at: TextRange(buffer: buffer, bytes: number * 9..<number * 9 + 7)
      )
    }
    let clock = ContinuousClock()
    let time = clock.measure {
      _ = DiagnosticFormat.concise.render(diagnostics, from: buffers)
      _ = DiagnosticFormat.full.render(Array(diagnostics.suffix(100)), from: buffers)
    }
    #expect(time < .seconds(20))
    #expect(buffers.position(of: TextRange(buffer: buffer, bytes: 90..<97)).column == 91)
  }

  @Test func otherFormatsAreAsRecorded() {
    let (diagnostic, buffers) = Self.example("select\n  s.«artist_nme»\n")
    var text = ""
    for format in [DiagnosticFormat.concise, .json, .github] {
      text += "# \(format.rawValue)\n" + format.render([diagnostic], from: buffers) + "\n"
    }
    #expect(Golden.problem(text, file: "other-formats.txt") == nil)
  }

  @Test func positionsClimbThroughGeneratedTextAndMacros() {
    let buffers = Buffers()
    let macroText = Array("cents / 100".utf8)
    let macro = buffers.add(name: "macros/money.sql", bytes: macroText)
    let model = buffers.add(name: "models/a.sql", text: "select {{ money() }} from t")
    var expansion = MappedText()
    let call = TextRange(buffer: model, bytes: 7..<20)
    let frame = expansion.addFrame(
      SourceMap.Frame(name: "macro \"money\"", callSite: call, parent: nil)
    )
    expansion.append(
      copying: macroText,
      range: TextRange(buffer: macro, bytes: 0..<11),
      frame: frame
    )
    var rendered = MappedText()
    rendered.append(
      copying: buffers.bytes(of: model),
      range: TextRange(buffer: model, bytes: 0..<7)
    )
    rendered.append(expansion)
    let compiled = buffers.add(generated: "compiled", rendered)
    var wrapped = MappedText()
    wrapped.append(generated: "create table x as ".utf8, origin: nil)
    wrapped.append(copying: rendered.bytes, range: buffers.wholeRange(of: compiled))
    let sent = buffers.add(generated: "sent", wrapped)
    let offset = 18 + 7 + 8
    let diagnostic = Diagnostic(
      code: "database-error",
      "division by zero",
      at: TextRange(buffer: sent, bytes: offset..<offset + 3)
    )
    let text = DiagnosticFormat.full.render([diagnostic], from: buffers)
    #expect(Golden.problem(text, file: "climb.txt") == nil)
  }

  @Test func slicesKeepTheirOrigins() {
    let buffers = Buffers()
    let text = Array("  select 1  ".utf8)
    let buffer = buffers.add(name: "a.sql", bytes: text)
    var mapped = MappedText()
    mapped.append(copying: text, range: buffers.wholeRange(of: buffer))
    let trimmed = mapped.trimmed()
    let generated = buffers.add(generated: "trimmed", trimmed)
    let origin = buffers.origin(of: TextRange(buffer: generated, bytes: 7..<8))
    #expect(trimmed.string == "select 1")
    #expect(origin.range == TextRange(buffer: buffer, bytes: 9..<10))
  }
}
