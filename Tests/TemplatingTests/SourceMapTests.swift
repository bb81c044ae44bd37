import Diagnostics
import Templating
import Testing

/// Where each part of the rendered text comes from.
@Suite struct SourceMapTests {
  /// The origin of the first occurrence of `part` in what `template` renders to:
  /// the file, the text there, and the expansions that led there.
  private func origin(
    of part: String,
    in template: String,
    macros: String = "",
    _ values: [String: Value] = [:]
  ) -> String {
    guard case .text(let text, let buffers) = render(template, values, macros: macros),
      let start = text.bytes.firstRange(of: Array(part.utf8))?.lowerBound
    else { return "nothing" }
    let generated = buffers.add(generated: "compiled", text)
    let range = TextRange(buffer: generated, bytes: start..<start + part.utf8.count)
    let origin = buffers.origin(of: range)
    let file = buffers.name(of: origin.range.buffer) == "models/model.sql" ? "model" : "library"
    let frames = origin.frames.map { " < \($0.name) at \(buffers.text(of: $0.callSite))" }
    return "\(file): \(buffers.text(of: origin.range))\(frames.joined())"
  }

  @Test func everythingKnowsItsOrigin() {
    let macros = """
      {% macro price(column) %}round({{ column }} / 100){% endmacro %}
      {% macro outer() %}({{ price('b') }}){% endmacro %}
      {% macro wrap() %}[{{ caller() }}]{% endmacro %}
      {% macro give() %}{% set x %}kept{% endset %}{{ return(x) }}{% endmacro %}
      """
    let rows: [(part: String, template: String, origin: String)] = [
      ("artist", "select artist from {{ 't' }}", "model: artist"),
      ("t_1", "select artist from {{ 't_1' }}", "model: 't_1'"),
      ("round(", "select {{ price('a') }}", "library: round( < macro \"price\" at price('a')"),
      ("a /", "select {{ price('a') }}", "library: column < macro \"price\" at price('a')"),
      (
        "round(", "select {{ outer() }}",
        "library: round( < macro \"price\" at price('b') < macro \"outer\" at outer()"
      ),
      ("body", "{% call wrap() %}body{% endcall %}", "model: body < macro \"wrap\" at wrap()"),
      ("block", "{% set x %}a block{% endset %}{{ x }}", "model: block"),
      ("block", "{% set x %}a block{% endset %}{{ x ~ '!' }}", "model: block"),
      ("block", "{% set x %}  a block {% endset %}{{ x | trim }}", "model: block"),
      ("!", "{% set x %}a block{% endset %}{{ x ~ '!' }}", "model: '!'"),
      ("BLOCK", "{% set x %}a block{% endset %}{{ x | upper }}", "model: x | upper"),
      ("kept", "{{ give() }}", "library: kept"),
      ("b", "a\r\nb", "model: b"),
      ("raw", "{% raw %}{{ raw }}{% endraw %}", "model: raw"),
      ("2", "{% for i in [1, 2] %}{{ i }}{% endfor %}", "model: i"),
    ]
    let wrong = rows.compactMap { row in
      let given = origin(of: row.part, in: row.template, macros: macros)
      return given == row.origin ? nil : "\(row.template): \(given), expected \(row.origin)"
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }
}
