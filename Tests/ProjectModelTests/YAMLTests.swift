import Diagnostics
import Foundation
import ProjectModel
import TestSupport
import Testing

@Suite struct YAMLTests {
  struct OracleCase: Decodable {
    var yaml: String
    var expected: String
  }

  @Test func readsWhatPyYAMLReads() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/yaml_oracle.jsonl")
    let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
    let cases = try lines.map { try JSONDecoder().decode(OracleCase.self, from: Data($0)) }
    var differences: [String] = []
    for row in cases {
      let buffers = Buffers()
      var found: String
      do {
        found = show(try YAML.parseValue(row.yaml, name: "t.yml", in: buffers))
      } catch {
        found = "error \(error.message)"
      }
      if found != row.expected {
        differences.append("\(row.yaml.debugDescription): \(row.expected) is read as \(found)")
      }
    }
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    #expect(cases.count > 100)
  }

  /// The notation of yaml_oracle.py.
  func show(_ value: PlainValue) -> String {
    switch value {
    case .null: return "n"
    case .boolean(let flag): return flag ? "T" : "F"
    case .integer(let number): return "i\(number)"
    case .double(let number):
      if number.isNaN { return "nan" }
      let digits = String(number.bitPattern, radix: 16)
      return "f" + String(repeating: "0", count: 16 - digits.count) + digits
    case .string: return value.jsonString
    case .list(let items): return "[" + items.map(show).joined(separator: ",") + "]"
    case .dictionary(let dictionary):
      let pairs = dictionary.pairs.map {
        PlainValue.string($0.key).jsonString + ":" + show($0.value)
      }
      return "{" + pairs.joined(separator: ",") + "}"
    }
  }

  /// Code, words of the message, and the text with the place marked.
  static let errors: [(code: String, message: String, text: String)] = [
    ("yaml-syntax", "a tab cannot indent", "a:\n«\t»b: 1\n"),
    ("yaml-syntax", "a \":\" is not allowed", "a: b«:» c\n"),
    ("yaml-syntax", "never closed", "a: «\"text»\nb: 1\n"),
    ("yaml-syntax", "expected a key", "a: 'x' «y»\n"),
    ("yaml-syntax", "a \":\" is not allowed", "a: 1\n b«:» 2\n"),
    ("yaml-syntax", "another \"- item\"", "- a\n«b:» 1\n"),
    ("yaml-syntax", "expected \",\" or \"]\"", "a: «[1»\n"),
    ("yaml-syntax", "a value is missing", "a: [1,\n«»"),
    ("yaml-syntax", "cannot start with \"@\"", "a: «@foo»\n"),
    ("yaml-syntax", "cannot start with \"%\"", "a: «%foo»\n"),
    ("yaml-syntax", "cannot start with \"*\"", "a: «*.sql»\n"),
    ("yaml-syntax", "no anchor", "ä: «*missing»\n"),
    ("yaml-syntax", "inside of what it repeats", "a: &x [«*x»]\n"),
    ("yaml-syntax", "where a key is expected", "a: {«{x: y}»: z}\n"),
    ("yaml-syntax", "tag \"!!python/name:os\"", "a: «!!python/name:os x»\n"),
    ("yaml-syntax", "second document", "a: 1\n«---»\nb: 2\n"),
    ("yaml-syntax", "takes over the keys", "a: {<<: «1»}\n"),
    ("yaml-syntax", "is no int", "a: «!!int x»\n"),
    ("yaml-syntax", "a \":\" is missing", "a: 1\n«bcd»\ne: 1\n"),
  ]

  @Test func explainsWhatItCannotRead() {
    var differences: [String] = []
    for row in Self.errors {
      let marked = MarkedText(row.text)
      let buffers = Buffers()
      let buffer = buffers.add(name: "t.yml", text: marked.text)
      do {
        _ = try YAML.parse(buffer, in: buffers)
        differences.append("\(row.text.debugDescription): no error")
      } catch {
        let place = error.primary?.range.bytes
        if error.code != row.code || !error.message.contains(row.message)
          || place != marked.ranges.first
        {
          differences.append(
            "\(row.text.debugDescription): \(error.code) \(error.message) at \(String(describing: place)), expected \(String(describing: marked.ranges.first))"
          )
        }
      }
    }
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test func limitsDepthAndAliases() {
    let deep = String(repeating: "[", count: 5000)
    var laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      let items = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      laughs += "a\(level): &a\(level) [\(items)]\n"
    }
    let codes = [deep, laughs].map { text in
      do throws(Diagnostic) {
        _ = try YAML.parseValue(text, name: "t.yml", in: Buffers())
        return "none"
      } catch {
        return error.code
      }
    }
    #expect(codes == ["yaml-too-large", "yaml-too-large"])
  }

  @Test func survivesDamagedText() {
    let sample = Array("a: &x [1, 'é', {b: c}]\n- ? |\n  <<: *x\n\"q\\n\": !!int 010 # ok\n".utf8)
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var misplaced = 0
    for _ in 0..<5000 {
      var bytes = sample
      for _ in 0...random(6) {
        let index = random(bytes.count)
        switch random(3) {
        case 0: bytes.remove(at: index)
        case 1: bytes.insert(sample[random(sample.count)], at: index)
        default: bytes[index] = UInt8(random(256))
        }
      }
      let buffers = Buffers()
      do {
        _ = try YAML.parse(buffers.add(name: "t.yml", bytes: bytes), in: buffers)
      } catch {
        let place = error.primary?.range.bytes
        if place.map({ $0.upperBound > bytes.count }) ?? true { misplaced += 1 }
      }
    }
    #expect(misplaced == 0)
  }

  @Test func warnsOfDuplicateKeys() throws {
    let marked = MarkedText("«a»: 1\nb: é\n«a»: 2\n")
    let buffers = Buffers()
    let document = try YAML.document(buffers.add(name: "t.yml", text: marked.text), in: buffers)
    let warning = try #require(document.warnings.first)
    #expect(warning.code == "duplicate-key")
    #expect(warning.labels.map(\.range.bytes) == [marked.ranges[1], marked.ranges[0]])
  }

  @Test func rangesCoverKeysAndValues() throws {
    let marked = MarkedText(
      "top:\n  «ключ»: «'ä b'»\n  list:\n    - «|\n      text»\n\n  «x»: «y»\n"
    )
    let buffers = Buffers()
    let root = try YAML.parse(buffers.add(name: "t.yml", text: marked.text), in: buffers)
    let pairs = try #require(root["top"]?.pairs)
    let list = try #require(pairs[1].value.items)
    let found = [
      pairs[0].keyRange, pairs[0].value.range, list[0].range, pairs[2].keyRange,
      pairs[2].value.range,
    ]
    #expect(found.map(\.bytes) == marked.ranges)
  }
}
