import Diagnostics

/// The members of a JSON request, those without a value left out.
struct JSONFields: Sendable {
  private var object = PlainDictionary()

  mutating func set(_ name: String, _ value: String?) {
    if let value { object[name] = .string(value) }
  }

  mutating func set(_ name: String, _ value: Int?) {
    if let value { object[name] = .integer(value) }
  }

  mutating func set(_ name: String, _ value: Bool?) {
    if let value { object[name] = .boolean(value) }
  }

  mutating func list(_ name: String, _ values: [String]?) {
    if let values { object[name] = .list(values.map { .string($0) }) }
  }

  mutating func set(_ name: String, _ value: PlainValue?) {
    if let value { object[name] = value }
  }

  mutating func tags(_ name: String, _ tags: [AWSTag]) {
    guard !tags.isEmpty else { return }
    object[name] = .list(
      tags.map { .dictionary(["key": .string($0.key), "value": .string($0.value)]) }
    )
  }

  var body: [UInt8] { PlainValue.dictionary(object).json() }
}

extension PlainDictionary {
  func text(_ name: String) -> String? { self[name]?.string }
  func integer(_ name: String) -> Int? { self[name]?.integer }
  func boolean(_ name: String) -> Bool? { self[name]?.boolean }
  func list(_ name: String) -> [PlainValue] { self[name]?.list ?? [] }
  func object(_ name: String) -> PlainDictionary? { self[name]?.dictionary }

  func objects(_ name: String) -> [PlainDictionary] { list(name).compactMap(\.dictionary) }

  /// A time: seconds since 1970, or a text where the model says so.
  func time(_ name: String) -> Timestamp? {
    switch self[name] {
    case .integer(let seconds): Timestamp(Double(seconds))
    case .double(let seconds): Timestamp(seconds)
    case .string(let text): Timestamp(iso8601: text)
    default: nil
    }
  }
}
