import Diagnostics
import Foundation
import Templating
import Testing

/// Compares with what Jinja itself renders; `Oracle/generate.py` made the table.
@Suite struct OracleTests {
  struct Table: Decodable {
    struct Case: Decodable {
      var template: String
      var expected: String?
    }

    var context: [String: Plain]
    var cases: [Case]
  }

  /// JSON with the order of keys as in the file is not needed: values are compared as rendered.
  enum Plain: Decodable {
    case value(PlainValue)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .value(.null)
      } else if let flag = try? container.decode(Bool.self) {
        self = .value(.boolean(flag))
      } else if let number = try? container.decode(Int.self) {
        self = .value(.integer(number))
      } else if let number = try? container.decode(Double.self) {
        self = .value(.double(number))
      } else if let text = try? container.decode(String.self) {
        self = .value(.string(text))
      } else if let elements = try? container.decode([Plain].self) {
        self = .value(.list(elements.map(\.plain)))
      } else {
        let pairs = try container.decode([String: Plain].self)
        // Foundation forgets the order; the table's dictionaries name their keys' order here.
        let order = ["b", "a", "c", "x", "y", "name", "age", "city", "address", "zip"]
        let keys = pairs.keys.sorted {
          (order.firstIndex(of: $0) ?? 99) < (order.firstIndex(of: $1) ?? 99)
        }
        self = .value(
          .dictionary(
            PlainDictionary(keys.compactMap { key in pairs[key].map { (key, $0.plain) } })
          )
        )
      }
    }

    var plain: PlainValue {
      switch self {
      case .value(let value): value
      }
    }
  }

  /// Where we differ on purpose, with the reason.
  static let differences: [String: String] = [
    "[{{ 'aé'.encode is defined }}]": "there are no bytes in templates",
    "[{{ self is defined }}]": "blocks cannot be overridden, so they have no use by name",
    "{% for a, in [(1,), (2,)] %}{{ a }}{% endfor %}": "Python's one-element tuple is welcome",
  ]

  @Test func rendersAsJinjaDoes() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Oracle/cases.json")
    let table = try JSONDecoder().decode(Table.self, from: Data(contentsOf: file))
    var mismatches: [String] = []
    for test in table.cases where Self.differences[test.template] == nil {
      let values = table.context.mapValues { Value($0.plain) }
      let outcome = render(test.template, values)
      let matches =
        switch outcome {
        case .text(let text, _): text.string == test.expected
        case .failure: test.expected == nil
        }
      guard !matches else { continue }
      let given = outcome.text ?? outcome.diagnostic?.message ?? ""
      mismatches.append(
        "\(test.template)\n    jinja: \(test.expected ?? "an error")\n    ours:  \(given)"
      )
    }
    let report = mismatches.joined(separator: "\n")
    #expect(table.cases.count > 300)
    #expect(mismatches.isEmpty, "\(mismatches.count) of \(table.cases.count) differ:\n\(report)")
  }
}
