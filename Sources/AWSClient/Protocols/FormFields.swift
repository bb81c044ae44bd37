/// The fields of a request in the `query` protocols.
struct FormFields: Sendable {
  private(set) var fields: [(name: String, value: String)] = []

  /// A field; left out when there is no value.
  mutating func set(_ name: String, _ value: String?) {
    if let value { fields.append((name, value)) }
  }

  mutating func set(_ name: String, _ value: Int?) { set(name, value.map { String($0) }) }

  mutating func set(_ name: String, _ value: Bool?) {
    set(name, value.map { $0 ? "true" : "false" })
  }

  /// A list: `Name.member.1`, `Name.member.2`; EC2 has no word for members.
  ///
  /// An empty list is written as such outside of EC2: it means none, where a missing one means "leave
  /// it as it is".
  mutating func list(_ name: String, member: String?, _ values: [String]?) {
    guard let values else { return }
    if values.isEmpty, member != nil { fields.append((name, "")) }
    for (index, value) in values.enumerated() {
      fields.append((path(name, member, index), value))
    }
  }

  /// A list of structures.
  mutating func structures<Value>(
    _ name: String,
    member: String?,
    _ values: [Value],
    _ write: (inout FormFields, _ prefix: String, Value) -> Void
  ) {
    for (index, value) in values.enumerated() {
      write(&self, path(name, member, index), value)
    }
  }

  mutating func tags(_ name: String, member: String?, _ tags: [AWSTag]) {
    structures(name, member: member, tags) { fields, prefix, tag in
      fields.set("\(prefix).Key", tag.key)
      fields.set("\(prefix).Value", tag.value)
    }
  }

  private func path(_ name: String, _ member: String?, _ index: Int) -> String {
    ([name] + (member.map { [$0] } ?? []) + [String(index + 1)]).joined(separator: ".")
  }

  /// The body of a request.
  func body(action: String, version: String) -> [UInt8] {
    Array(PercentEncoding.query([("Action", action), ("Version", version)] + fields).utf8)
  }
}

/// A word and a value on something in AWS.
package struct AWSTag: Hashable, Sendable {
  package var key: String
  package var value: String

  /// A tag.
  package init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}
