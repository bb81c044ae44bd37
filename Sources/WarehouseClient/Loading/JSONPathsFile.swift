import Diagnostics

/// The paths of a JSONPaths file: `{"jsonpaths": ["$.id", "$['a']['b'][0]"]}`.
struct JSONPathsFile: Hashable, Sendable {
  /// What is wrong with a file, in words.
  struct Fault: Error, Hashable {
    /// Where, when that is known.
    var offset: Int?
    var message: String
    var help: String?
  }

  private enum Notation {
    case dot
    case bracket
  }

  static let stepLimit = 64

  var paths: [[PathTree.Step]]

  init(_ bytes: [UInt8]) throws(Fault) {
    let value: PlainValue
    do throws(PlainJSON.Fault) {
      value = try PlainJSON.parse(bytes)
    } catch {
      throw Fault(offset: error.offset, message: error.message)
    }
    guard let dictionary = value.dictionary else {
      throw Fault(message: "the file must hold one object, as {\"jsonpaths\": [\"$.id\"]}")
    }
    guard let list = dictionary["jsonpaths"] else {
      let keys = dictionary.keys.map { "\"\($0)\"" }.joined(separator: ", ")
      let found = keys.isEmpty ? "" : " (it has \(keys))"
      throw Fault(
        message: "the file has no key \"jsonpaths\"\(found)",
        help: "Redshift would ignore such a file silently and match keys as JSON 'auto' does; "
          + "write {\"jsonpaths\": [...]}, or JSON 'auto' if that is what you want"
      )
    }
    guard let items = list.list, !items.isEmpty else {
      throw Fault(message: "\"jsonpaths\" must be a list of paths, not empty")
    }
    var notation: Notation?
    var paths: [[PathTree.Step]] = []
    for (number, item) in items.enumerated() {
      guard let text = item.string, !text.isEmpty else {
        throw Fault(message: "path \(number + 1) is not a string with a path")
      }
      paths.append(try Self.path(text, notation: &notation))
    }
    self.paths = paths
  }

  private static func path(
    _ text: String,
    notation: inout Notation?
  ) throws(Fault) -> [PathTree.Step] {
    let bytes = Array(text.utf8)
    func fault(_ reason: String) -> Fault {
      Fault(message: "Invalid JSONPath format: \(reason) in \"\(text)\"")
    }
    guard bytes.first == UInt8(ascii: "$") else { throw fault("a path must start with $") }
    var steps: [PathTree.Step] = []
    var index = 1
    func use(_ used: Notation, _ known: inout Notation?) throws(Fault) {
      if let known, known != used {
        throw Fault(
          message: "Invalid JSONPath format: dot and bracket notation are mixed (\"\(text)\")",
          help: "write all paths of one file the same way"
        )
      }
      known = used
    }
    while index < bytes.count {
      guard steps.count < stepLimit else { throw fault("more than \(stepLimit) steps") }
      if bytes[index] == UInt8(ascii: ".") {
        try use(.dot, &notation)
        let start = index + 1
        index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "."),
          bytes[index] != UInt8(ascii: "[")
        {
          guard bytes[index] != UInt8(ascii: "'"), bytes[index] != UInt8(ascii: "]"),
            bytes[index] != UInt8(ascii: "*")
          else { throw fault("a name in dot notation cannot have ' ] or *") }
          index += 1
        }
        guard index > start else { throw fault("a name is missing after the dot") }
        steps.append(.member(Array(bytes[start..<index])))
        continue
      }
      guard bytes[index] == UInt8(ascii: "[") else { throw fault("expected . or [") }
      index += 1
      guard index < bytes.count else { throw fault("] is missing") }
      if bytes[index] == UInt8(ascii: "'") || bytes[index] == UInt8(ascii: "\"") {
        try use(.bracket, &notation)
        let quote = bytes[index]
        let start = index + 1
        guard let end = bytes[start...].firstIndex(of: quote), end > start else {
          throw fault("a name in brackets is empty or not closed")
        }
        steps.append(.member(Array(bytes[start..<end])))
        index = end + 1
      } else {
        let start = index
        while index < bytes.count, bytes[index] &- 48 < 10 { index += 1 }
        let digits = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let number = Int(digits) else {
          throw fault("only names in quotes and numbers may stand in brackets")
        }
        steps.append(.element(number))
      }
      guard index < bytes.count, bytes[index] == UInt8(ascii: "]") else {
        throw fault("] is missing")
      }
      index += 1
    }
    return steps
  }
}
