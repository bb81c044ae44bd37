import Diagnostics
import RedshiftSQL

/// Writes the parts of a cache file.
struct CacheWriter {
  private(set) var bytes: [UInt8] = []
  private var texts: [String] = []
  private var indices: [String: Int] = [:]

  /// The texts, then what was written.
  var finished: [UInt8] {
    var head = CacheWriter()
    head.number(texts.count)
    for text in texts { head.plainText(text) }
    return head.bytes + bytes
  }

  mutating func number(_ number: Int) {
    var rest = UInt64(bitPattern: Int64(number))
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func fixed(_ number: UInt64) {
    for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * shift))) }
  }

  mutating func plainText(_ text: String) {
    number(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  /// A text that may come again.
  mutating func text(_ text: String) {
    if let index = indices[text] {
      number(index)
      return
    }
    indices[text] = texts.count
    number(texts.count)
    texts.append(text)
  }

  mutating func list<Item>(_ items: [Item], _ write: (inout CacheWriter, Item) -> Void) {
    number(items.count)
    for item in items { write(&self, item) }
  }

  mutating func relation(_ name: RelationName) {
    text(name.database ?? "")
    text(name.schema ?? "")
    text(name.identifier)
  }

  mutating func origins(_ origins: [ColumnOrigin]) {
    list(origins) { writer, origin in
      writer.relation(origin.relation)
      writer.text(origin.column)
      writer.number(Int(origin.kinds.rawValue))
    }
  }

  mutating func range(_ range: TextRange?, in buffers: [BufferID]) {
    guard let range, let index = buffers.firstIndex(of: range.buffer) else {
      number(0)
      return
    }
    number(index + 1)
    number(range.bytes.lowerBound)
    number(range.bytes.count)
  }

  mutating func type(_ type: SQLType) {
    let simple = CacheReader.simpleTypes.firstIndex(of: type)
    switch type {
    case .decimal(let precision, let scale):
      number(100)
      number((precision ?? -1) + 1)
      number((scale ?? -1) + 1)
    case .character(let length):
      number(101)
      number((length ?? -1) + 1)
    case .characterVarying(let length):
      number(102)
      number((length ?? -1) + 1)
    case .catalog(let name):
      number(103)
      text(name)
    default: number(simple ?? 0)
    }
  }
}

/// Reads the parts of a cache file; whatever is not as it was written is damage.
struct CacheReader {
  struct Damage: Error {}

  private let bytes: [UInt8]
  private var position = 0
  private var texts: [String] = []

  static let simpleTypes: [SQLType] = [
    .unknown, .null, .literalText, .boolean, .smallInteger, .integer, .bigInteger, .real, .double,
    .date, .time, .timeWithZone, .timestamp, .timestampWithZone, .interval, .super, .binary,
    .geometry, .geography, .sketch, .row,
  ]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
    var hash = StableHash()
    for byte in bytes { hash.add(byte) }
    return Int(truncatingIfNeeded: hash.value >> 1)
  }

  var restChecksum: Int { Self.checksum(bytes[position...]) }

  mutating func number() throws(Damage) -> Int {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count, shift < 64 {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return Int(Int64(bitPattern: value)) }
      shift += 7
    }
    throw Damage()
  }

  /// A number of things that follow, each at least one byte.
  mutating func count() throws(Damage) -> Int {
    let number = try number()
    guard number >= 0, number <= bytes.count - position else { throw Damage() }
    return number
  }

  mutating func fixed() throws(Damage) -> UInt64 {
    guard bytes.count - position >= 8 else { throw Damage() }
    var value: UInt64 = 0
    for shift in 0..<8 { value |= UInt64(bytes[position + shift]) << UInt64(8 * shift) }
    position += 8
    return value
  }

  mutating func plainText() throws(Damage) -> String {
    let count = try count()
    defer { position += count }
    return String(decoding: bytes[position..<position + count], as: UTF8.self)
  }

  mutating func readTexts() throws(Damage) {
    let count = try count()
    texts.reserveCapacity(count)
    for _ in 0..<count { texts.append(try plainText()) }
  }

  mutating func text() throws(Damage) -> String {
    let index = try number()
    guard texts.indices.contains(index) else { throw Damage() }
    return texts[index]
  }

  mutating func relation() throws(Damage) -> RelationName {
    let database = try text()
    let schema = try text()
    return RelationName(
      database: database.isEmpty ? nil : database,
      schema: schema.isEmpty ? nil : schema,
      identifier: try text()
    )
  }

  mutating func origins() throws(Damage) -> [ColumnOrigin] {
    let count = try count()
    var origins: [ColumnOrigin] = []
    origins.reserveCapacity(count)
    for _ in 0..<count {
      let relation = try relation()
      let column = try text()
      let kinds = DependenceKinds(rawValue: UInt8(truncatingIfNeeded: try number()))
      origins.append(ColumnOrigin(relation: relation, column: column, kinds: kinds))
    }
    return origins
  }

  mutating func range(in buffers: [BufferID]) throws(Damage) -> TextRange? {
    let index = try number()
    guard index > 0 else { return nil }
    let start = try number()
    let count = try number()
    guard buffers.indices.contains(index - 1), start >= 0, count >= 0 else { throw Damage() }
    return TextRange(buffer: buffers[index - 1], bytes: start..<start + count)
  }

  mutating func type() throws(Damage) -> SQLType {
    func optional(_ number: Int) -> Int? { number > 0 ? number - 1 : nil }
    let tag = try number()
    switch tag {
    case 100: return .decimal(precision: optional(try number()), scale: optional(try number()))
    case 101: return .character(optional(try number()))
    case 102: return .characterVarying(optional(try number()))
    case 103: return .catalog(try text())
    default:
      guard Self.simpleTypes.indices.contains(tag) else { throw Damage() }
      return Self.simpleTypes[tag]
    }
  }
}
