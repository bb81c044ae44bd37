import Diagnostics
import Templating
import TestSupport
import Testing

/// Mutated templates: whatever is written, the result is text or a diagnostic.
@Suite struct FuzzTests {
  static let seeds = [
    "{% macro m(a, b=[1, 2]) %}{{ a ~ b|join(',') }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, *xs, **d) }}",
    "{%- for k, v in d.items() if v > 1 -%} {{ loop.index }}{{ k|upper }}={{ v ** 2 // 3 }} {% else %}none{% endfor %}",
    "{% set ns = namespace(x=0) %}{% for i in range(10) %}{% if i == 3 %}{% continue %}{% endif %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}",
    "{% call(x) m(1) %}{{ x }}{% endcall %}{% filter replace('a', 'b') %}aaa{% endfilter %}{% with a = 1, b = 2 %}{{ a < b <= 3 }}{% endwith %}",
    "{{ 'abc'[::-1] }}{{ '%05.2f|%s' % (3.14, 'x') }}{{ '{:>5}|{:,}'.format('a', 12345) }}{{ {'a': [1, (2,)]}|tojson }}",
    "{% raw %}{{ x }}{% endraw %}{# comment #}{{ xs|sort|map('string')|batch(2)|list }}{{ users|groupby('age') }}",
    "{% if a is defined and not (b or c) %}x{% elif 1 in [1, 2] %}{{ -5 % 3 }}{% else %}y{% endif %}",
    "{{ xs|select('gt', 1)|list|length }}{{ 2.675|round(2) }}{{ 'a b c'.split(' ', 1)[0] }}{{ nope|default('d') }}",
  ]

  static let pieces = [
    "{{", "}}", "{%", "%}", "{#", "#}", "-%}", "{%-", "(", ")", "[", "]", "{", "}", "'", "\"", "|",
    ".", ",", ":", "~", "*", "**", "//", "%", "not ", " is ", " in ", " if ", " else ", "for ",
    "endfor", "endif", "macro ", "endmacro", "call ", "endcall", "set ", "0", "-1", "1e9",
    "9223372036854775807", "é", "\\", "\\u0041", "\n", "\r", "loop", "loop.index", "caller()",
    "return(1)", "m(1)", "range(99999)", "|join", "|sort", "|replace('', 'x')", ".format(", "ns.x",
    "recursive", "|map('m')", "|wordwrap(1)", "|truncate(3)", "|indent(5)", "|center(50)", "|int",
    "|round(-1)", ".pop()", ".append(xs)", "xs", "d", "|batch(0)", "|slice(3)", "|urlencode",
  ]

  @Test func mutatedTemplatesNeverCrash() {
    var generator = SeededRandom(seed: 42)
    var rendered = 0
    var failed = 0
    for round in 0..<4_000 {
      var bytes = Array(Self.seeds[round % Self.seeds.count].utf8)
      for _ in 0..<Int.random(in: 1...2, using: &generator) {
        let position = Int.random(in: 0...bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0:
          let end = min(bytes.count, position + Int.random(in: 1...8, using: &generator))
          bytes.removeSubrange(position..<end)
        case 1:
          if position < bytes.count {
            bytes[position] = UInt8.random(in: 0...255, using: &generator)
          }
        case 2:
          if let piece = Self.pieces.randomElement(using: &generator) {
            bytes.insert(contentsOf: piece.utf8, at: position)
          }
        default:
          let end = min(bytes.count, position + Int.random(in: 1...20, using: &generator))
          let copied = Array(bytes[position..<end])
          bytes.insert(contentsOf: copied, at: Int.random(in: 0...bytes.count, using: &generator))
        }
      }
      switch outcome(bytes) {
      case .text: rendered += 1
      case .failure(let diagnostic, let buffers):
        failed += 1
        let range = diagnostic.primary?.range
        let isInside = range.map { $0.bytes.upperBound <= buffers.bytes(of: $0.buffer).count }
        if isInside != true || diagnostic.message.isEmpty {
          Issue.record("no place for \(diagnostic) in \(String(decoding: bytes, as: UTF8.self))")
        }
      }
    }
    #expect(rendered > 200 && failed > 200, "\(rendered) rendered, \(failed) failed")
  }

  private func outcome(_ bytes: [UInt8]) -> Outcome {
    let buffers = Buffers()
    let buffer = buffers.add(name: "fuzz", bytes: bytes)
    let context = TestContext([
      "xs": Value(.list([3, 1, 2])), "d": Value(["b": 1, "a": 2]), "a": .integer(1),
      "users": Value([["age": 1], ["age": 2]]),
    ])
    do {
      let template = try Template(parsing: buffer, in: buffers)
      let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
      return .text(try renderer.render(template), buffers)
    } catch {
      return .failure(error, buffers)
    }
  }
}
