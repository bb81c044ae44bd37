import Diagnostics
import RedshiftSQL

/// Tells whether what computes a column changed, however far inside of a query it stands.
///
/// A column's fingerprint is made of the words of its select item, and of those of every other item
/// in the query whose name occurs in them, and so on. Layout, comments, case and the schemas of
/// relations are left out. What is in no select item at all decides which rows there are.
struct ColumnFingerprints {
  private struct Item {
    var range: Range<Int>
    /// Indices of its tokens.
    var tokens: Range<Int>
  }

  private let bytes: [UInt8]
  private let tokens: [SQLToken]
  private var items: [String: [Item]] = [:]
  private var isCovered: [Bool]
  private var ignored: Set<Int> = []

  init(_ query: Query, in buffers: Buffers) {
    bytes = buffers.bytes(of: query.range.buffer)
    tokens = SQLLexer.significantTokens(of: bytes)
    isCovered = [Bool](repeating: false, count: tokens.count)
    SyntaxNode.query(query).walk { node in
      switch node {
      case .body(let body): register(body)
      case .relation(let name): ignoreSchema(of: name)
      case .table(let table):
        if case .named(let name) = table.kind { ignoreSchema(of: name) }
      default: break
      }
      return true
    }
  }

  /// The fingerprint of an output column.
  func fingerprint(of name: String, at range: TextRange) -> String {
    var hash = StableHash()
    var visited: Set<String> = []
    var waiting = [name]
    let own = tokenRange(range.bytes)
    mix(own, into: &hash)
    waiting += words(of: own)
    while let word = waiting.popLast() {
      guard let found = items[word], visited.insert(word).inserted else { continue }
      for item in found where item.range != range.bytes {
        mix(item.tokens, into: &hash)
        waiting += words(of: item.tokens)
      }
    }
    return hash.text
  }

  /// The fingerprint of all that is no select item.
  var rows: String {
    var hash = StableHash()
    for index in tokens.indices where !isCovered[index] && !ignored.contains(index) {
      mix(index, into: &hash)
    }
    return hash.text
  }

  // MARK: Reading the tree

  private mutating func register(_ body: QueryBody) {
    switch body.kind {
    case .select(let select):
      for item in select.items { register(item, as: item.outputName) }
      // The commas between items say nothing about rows either.
      if let first = select.items.first, let last = select.items.last {
        let range = first.range.union(last.range).bytes
        for index in tokenRange(range) { isCovered[index] = true }
      }
    case .combined(let first, let terms):
      // Columns of a set operation are named by its first query.
      guard let names = Self.items(of: first)?.map(\.outputName) else { return }
      for term in terms {
        for (name, item) in zip(names, Self.items(of: term.right) ?? []) {
          register(item, as: name)
        }
      }
    default: break
    }
  }

  private static func items(of body: QueryBody) -> [SelectItem]? {
    switch body.kind {
    case .select(let select): select.items
    case .combined(let first, _): items(of: first)
    case .parenthesized(let query): items(of: query.body)
    case .values: nil
    }
  }

  private mutating func register(_ item: SelectItem, as name: String?) {
    let range = tokenRange(item.range.bytes)
    for index in range { isCovered[index] = true }
    guard let name else { return }
    items[name, default: []].append(Item(range: item.range.bytes, tokens: range))
  }

  private mutating func ignoreSchema(of name: ObjectName) {
    guard name.parts.count > 1, let last = name.parts.last else { return }
    let range = tokenRange(name.range.bytes)
    for index in range where tokens[index].start < last.range.bytes.lowerBound {
      ignored.insert(index)
    }
  }

  // MARK: Tokens

  private func tokenRange(_ range: Range<Int>) -> Range<Int> {
    let first = index(from: range.lowerBound)
    return first..<max(first, index(from: range.upperBound))
  }

  /// The first token at or behind an offset.
  private func index(from offset: Int) -> Int {
    var low = 0
    var high = tokens.count
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle].start < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func words(of range: Range<Int>) -> [String] {
    range.compactMap { index in
      let token = tokens[index]
      switch token.kind {
      case .word: return String(decoding: bytes[token.range], as: UTF8.self).lowercased()
      case .quotedIdentifier:
        return String(decoding: bytes[token.range].dropFirst().dropLast(), as: UTF8.self)
          .lowercased()
      default: return nil
      }
    }
  }

  private func mix(_ range: Range<Int>, into hash: inout StableHash) {
    for index in range where !ignored.contains(index) { mix(index, into: &hash) }
    hash.add(UInt8(0))
  }

  private func mix(_ index: Int, into hash: inout StableHash) {
    let token = tokens[index]
    let isText = token.kind == .string || token.kind == .dollarString
    for byte in bytes[token.range] where token.kind != .quotedIdentifier || byte != 34 {
      let isUpper = !isText && (65...90).contains(byte)
      hash.add(isUpper ? byte + 32 : byte)
    }
    hash.add(UInt8(1))
  }
}
