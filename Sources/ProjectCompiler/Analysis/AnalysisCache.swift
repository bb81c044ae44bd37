import Diagnostics
import ProjectModel
import RedshiftSQL

/// What the analysis of nodes found out before, for those whose SQL and whose relations are as they
/// were then.
///
/// Entries are named by content: the bytes of the SQL, and a fingerprint of every relation that it
/// reads. An entry of other content is as good as none. Only what has no errors is kept: an error
/// may go away with anything in the project.
package struct AnalysisCache: Sendable {
  /// Changes whenever the analysis would find something else in the same texts.
  static let analyserVersion = 2

  /// A relation that was read, and what was known of it.
  struct Dependency: Hashable, Sendable {
    var schema: String
    var identifier: String
    var fingerprint: UInt64
  }

  struct Entry: Sendable {
    /// The checksums of the SQL, with blanks between them: of one rendering, or of two.
    var checksum: String
    /// Whether the parser had nothing to say.
    var isSilent: Bool
    var dependencies: [Dependency]
    var analysis: NodeAnalysis
    /// The buffers of the two renderings when the entry was made; ranges are stored by offset.
    var buffers: [BufferID]
  }

  var entries: [String: Entry] = [:]
  /// Whether there is something that the file does not have.
  package internal(set) var isChanged = false

  package init() {}

  /// Whether a text was parsed before, and found to be right.
  func isSound(_ id: String, _ checksum: String) -> Bool {
    guard let entry = entries[id], entry.isSilent else { return false }
    return entry.checksum.utf8.split(separator: UInt8(ascii: " ")).contains {
      $0.elementsEqual(checksum.utf8)
    }
  }

  /// The analysis of a node, if nothing that it depends on has changed.
  func analysis(
    of id: String,
    checksum: String,
    buffers: [BufferID],
    fingerprints: CatalogFingerprints
  ) -> NodeAnalysis? {
    guard let entry = entries[id], entry.checksum == checksum else { return nil }
    for dependency in entry.dependencies {
      let key = SymbolicCatalog.Key(
        schema: dependency.schema,
        identifier: dependency.identifier
      )
      guard fingerprints[key] == dependency.fingerprint else { return nil }
    }
    return entry.analysis.moved(from: entry.buffers, to: buffers)
  }

  /// Keeps what was found, if it can be kept.
  mutating func store(
    _ analysis: NodeAnalysis,
    of id: String,
    checksum: String,
    buffers: [BufferID],
    catalog: SymbolicCatalog,
    fingerprints: CatalogFingerprints
  ) {
    isChanged = true
    let isKept =
      !analysis.diagnostics.contains(where: \.isError)
      && analysis.ranges.allSatisfy { buffers.contains($0.buffer) }
    guard isKept else {
      entries[id] = nil
      return
    }
    entries[id] = Entry(
      checksum: checksum,
      isSilent: analysis.isSilent,
      dependencies: analysis.relations.map { name in
        let key = catalog.key(of: name)
        return Dependency(
          schema: key.schema,
          identifier: key.identifier,
          fingerprint: fingerprints[key]
        )
      },
      analysis: analysis,
      buffers: buffers
    )
  }
}

extension NodeAnalysis {
  /// Every range in it.
  fileprivate var ranges: [TextRange] {
    columns.compactMap(\.range) + diagnostics.flatMap { $0.labels.map(\.range) }
  }

  /// The same with its ranges in other buffers of the same content.
  fileprivate func moved(from old: [BufferID], to new: [BufferID]) -> NodeAnalysis {
    guard old != new else { return self }
    func moved(_ range: TextRange) -> TextRange {
      guard let index = old.firstIndex(of: range.buffer), new.indices.contains(index) else {
        return range
      }
      return TextRange(buffer: new[index], bytes: range.bytes)
    }
    var result = self
    for index in result.columns.indices {
      result.columns[index].range = result.columns[index].range.map(moved)
    }
    for index in result.diagnostics.indices {
      for label in result.diagnostics[index].labels.indices {
        let range = result.diagnostics[index].labels[label].range
        result.diagnostics[index].labels[label].range = moved(range)
      }
    }
    return result
  }
}

/// Fingerprints of relations as a catalog knows them, worked out once for each.
struct CatalogFingerprints: Sendable {
  private var known: [SymbolicCatalog.Key: UInt64] = [:]
  private var closedSchemas: Set<String>
  private let seed: UInt64

  init(_ catalog: SymbolicCatalog) {
    closedSchemas = catalog.closedSchemas
    var hash = StableHash()
    hash.add(AnalysisCache.analyserVersion)
    hash.add(catalog.defaultSchema)
    for name in catalog.functions.sorted() { hash.add(name) }
    let arities = catalog.functionArities.map {
      ("\($0.key.schema).\($0.key.identifier)", $0.value)
    }
    for (name, counts) in arities.sorted(by: { $0.0 < $1.0 }) {
      hash.add("\(name) \(counts.sorted())")
    }
    for (name, type) in catalog.functionTypes.sorted(by: { $0.key < $1.key }) {
      hash.add("\(name) \(type.spelling)")
    }
    for key in catalog.droppedFunctions.keys.map({ "\($0.schema).\($0.identifier)" }).sorted() {
      hash.add("dropped \(key)")
    }
    seed = hash.value
    for (key, relation) in catalog.relations { known[key] = fingerprint(relation) }
    for key in catalog.removals.keys where known[key] == nil { known[key] = 1 }
  }

  /// The fingerprint of a relation; that of nothing where there is none.
  subscript(key: SymbolicCatalog.Key) -> UInt64 {
    known[key] ?? (seed &+ (closedSchemas.contains(key.schema) ? 2 : 3))
  }

  mutating func update(_ relation: CatalogRelation, key: SymbolicCatalog.Key) {
    known[key] = fingerprint(relation)
  }

  private func fingerprint(_ relation: CatalogRelation) -> UInt64 {
    var hash = StableHash()
    hash.add(Int(truncatingIfNeeded: seed))
    hash.add(relation.kind.rawValue)
    hash.add(relation.isComplete ? 1 : 0)
    for column in relation.columns {
      hash.add(column.name)
      hash.add(column.type.spelling)
      hash.add(
        (column.isNullable ? 1 : 0) + (column.hasDefault ? 2 : 0) + (column.isIdentity ? 4 : 0)
      )
    }
    switch relation.distribution {
    case .unknown: hash.add(0)
    case .automatic: hash.add(1)
    case .even: hash.add(2)
    case .all: hash.add(3)
    case .key(let column): hash.add(column)
    }
    for column in relation.sortKey { hash.add(column) }
    hash.add(relation.isInterleaved ? 1 : 0)
    for removal in relation.removals { hash.add(removal.column) }
    return hash.value
  }
}

/// FNV-1a with 64 bits: the same in every run.
struct StableHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(UInt8(0xFF))
  }

  mutating func add(_ number: Int) {
    var rest = UInt64(bitPattern: Int64(number))
    for _ in 0..<8 {
      add(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  /// Sixteen hexadecimal digits.
  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
