import Diagnostics
import Testing

@testable import Templating

/// Texts of few bytes live in their values; nobody may be able to tell.
@Suite struct ShortTextTests {
  static let texts =
    (0...20).map { String("abcdefghijKLMNOPQRST".prefix($0)) } + [
      "é", "日本語", "a\u{0}b", "ÄÖÜäöüß", "🎵🎵🎵", "🎵🎵🎵🎵",
    ]

  @Test(arguments: texts) func textsOfEveryLengthComeBackAsTheyWere(_ text: String) throws {
    let short = ShortText(text)
    #expect((short != nil) == (text.utf8.count <= 15))
    let string = TemplateString(text)
    #expect(string.text == text)
    #expect(string.byteCount == text.utf8.count)
    #expect(string.isEmpty == text.isEmpty)
    #expect(render("{{ x }}", ["x": .text(text)]).text == text)
    #expect(
      render("{% for x in [y] %}<{{ x }}>{% endfor %}", ["y": .text(text)]).text == "<\(text)>"
    )
  }

  @Test func equalTextsAreEqualWhereverTheyCameFrom() {
    let template = """
      {% set a %}abc{% endset %}{% set b = 'abc' %}{% set c = 'xabcx'[1:4] %}\
      {{ a == b }} {{ b == c }} {{ a in ['abc'] }} {{ {'abc': 1}[a] }} {{ {'abc': 1}.abc }} {{ b == 'abd' }}
      """
    #expect(render(template).text == "True True True 1 1 False")
    // As in Python, an accent apart is no part of its letter.
    #expect(render("{{ a == b }}", ["a": .text("\u{E9}"), "b": .text("e\u{301}")]).text == "False")
  }

  @Test func smallAndCapitalLettersAreThoseOfEveryASCIIByte() {
    for byte in UInt8(0)..<128 {
      let text = String(Unicode.Scalar(byte))
      for padded in [text, "a" + text + "Z", "01234567" + text, text + "0123456789abcD"] {
        guard let short = ShortText(padded) else { continue }
        #expect(short.isASCII)
        #expect(short.lowercasedASCII.text == padded.lowercased())
        #expect(short.uppercasedASCII.text == padded.uppercased())
      }
    }
    #expect(ShortText("aé")?.isASCII == false)
    #expect(
      render("{{ 'STRASSE' | lower }} {{ 'straße' | upper }} {{ 'ÉTÉ' | lower }}").text
        == "strasse STRASSE été"
    )
  }

  @Test func onlyTextsWithWhiteSpaceAtTheirEndsAreTrimmed() {
    let texts = ["a", " a", "a ", "\ta\n", "", " ", "a b", "12345678 ", " 12345678", "1234567 9"]
    for text in texts {
      let trimmed = render("{{ x | trim }}", ["x": .text(text)]).text
      #expect(
        trimmed
          == text.trimmingPrefix { " \t\n".contains($0) }.reversed().drop { " \t\n".contains($0) }
          .reversed().map(String.init).joined()
      )
    }
    // Separators that Python takes for white space.
    #expect(render("{{ x | trim }}", ["x": .text("a\u{1F}")]).text == "a")
  }

  @Test func numbersAreDividedByFixedNumbersAsByOthers() {
    let numbers = [0, 1, 6, 7, 8, 100, 4_294_967_295, 4_294_967_296, .max, -1, -7, -8, .min]
    for divisor in [1, 2, 3, 7, 10, 64, 65_537, 4_294_967_295, 4_294_967_296] {
      for number in numbers {
        let fixed = render("{{ x % \(divisor) }}", ["x": .integer(number)]).text
        let other = render("{{ x % y }}", ["x": .integer(number), "y": .integer(divisor)]).text
        #expect(fixed == other, "\(number) % \(divisor)")
      }
    }
    #expect(FixedDivisor(0) == nil)
    #expect(FixedDivisor(-3) == nil)
  }

  @Test func namesOfTheHostHideFunctionsOfTheSameName() {
    let own = NativeFunction("range") { _ throws(Diagnostic) in .list([.text("own")]) }
    let template = "{% for x in range(2) %}{{ x }}{% endfor %}{{ range(2) | length }}"
    #expect(render(template, ["range": .function(own)]).text == "own1")
    #expect(render(template).text == "012")
  }

  @Test func partsOfAJoinedTextKeepTheirOrigins() throws {
    let template = "ab{% set a %}x{{ n }}{% endset %}{{ 'l' ~ a ~ n ~ 'r' }}"
    guard case .text(let text, let buffers) = render(template, ["n": .integer(12)]) else {
      Issue.record("the template fails")
      return
    }
    #expect(text.string == "ablx1212r")
    let origins = text.map.segments.map { buffers.text(of: $0.origin) }
    #expect(origins == ["ab", "'l'", "x", "n", "n", "'r'"])
    #expect(text.map.segments.map(\.isCopy) == [true, false, true, false, false, false])
  }

  @Test func aFailedJoinLeavesNothingInTheText() {
    let macros = "{% macro early() %}a{{ 'b' ~ return(1) }}{% endmacro %}"
    #expect(
      render("<{{ early() }}>{{ ['x', early() ~ 'y'] | join('-') }}", macros: macros).text
        == "<1>x-1y"
    )
  }
}
