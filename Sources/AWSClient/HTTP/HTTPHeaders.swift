/// Header fields in the order they were added; names are compared without regard to case.
package struct HTTPHeaders: Sendable {
  /// Names as written, with their values.
  package private(set) var fields: [(name: String, value: String)] = []

  /// No fields.
  package init() {}

  /// Fields in order.
  package init(_ fields: [(name: String, value: String)]) {
    self.fields = fields
  }

  /// The first value of a field; setting it replaces all of them.
  package subscript(name: String) -> String? {
    get { fields.first { Self.isSame($0.name, name) }?.value }
    set {
      fields.removeAll { Self.isSame($0.name, name) }
      if let newValue { fields.append((name, newValue)) }
    }
  }

  /// Adds a field, beside others of the name.
  package mutating func add(_ name: String, _ value: String) {
    fields.append((name, value))
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.lowercased() == right.lowercased()
  }
}
