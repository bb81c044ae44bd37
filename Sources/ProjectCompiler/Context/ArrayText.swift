import Diagnostics

/// An array as PostgreSQL writes it, `{1,2,NULL}`.
struct ArrayText {
  private let scalars: [Unicode.Scalar]
  private let elementType: String

  init(_ text: String, of elementType: String) {
    scalars = Array(text.unicodeScalars)
    self.elementType = elementType
  }

  /// The same in JSON as Python writes it; nil for bounds of its own, and for types whose values have no
  /// such text.
  var json: String? {
    guard ["int2", "int4", "int8", "float4", "float8", "bool"].contains(elementType) || isText
    else { return nil }
    var position = 0
    guard let value = value(at: &position), position == scalars.count else { return nil }
    return value
  }

  private var isText: Bool { ["text", "varchar", "bpchar", "name"].contains(elementType) }

  private func value(at position: inout Int) -> String? {
    guard position < scalars.count else { return nil }
    guard scalars[position] == "{" else { return element(at: &position) }
    position += 1
    var values: [String] = []
    while position < scalars.count, scalars[position] != "}" {
      guard let value = value(at: &position) else { return nil }
      values.append(value)
      if position < scalars.count, scalars[position] == "," { position += 1 }
    }
    guard position < scalars.count else { return nil }
    position += 1
    return "[\(values.joined(separator: ", "))]"
  }

  private func element(at position: inout Int) -> String? {
    var text = String.UnicodeScalarView()
    let isQuoted = scalars[position] == "\""
    if isQuoted {
      position += 1
      while position < scalars.count, scalars[position] != "\"" {
        if scalars[position] == "\\" { position += 1 }
        guard position < scalars.count else { return nil }
        text.append(scalars[position])
        position += 1
      }
      guard position < scalars.count else { return nil }
      position += 1
    } else {
      while position < scalars.count, scalars[position] != ",", scalars[position] != "}" {
        text.append(scalars[position])
        position += 1
      }
    }
    let word = String(text)
    if !isQuoted, word == "NULL" { return "null" }
    if isText { return PlainValue.string(word).jsonString }
    if elementType == "bool" { return word == "t" ? "true" : "false" }
    guard elementType.hasPrefix("float") else { return word }
    return Double(word).map { "\($0)" } ?? word
  }
}
