import Diagnostics
import ProjectModel
import RedshiftSQL

/// The cache at work in one analysis, beside fingerprints of all that is known so far.
struct AnalysisMemory: Sendable {
  /// What is known of one node, and what that depends on.
  struct Outcome: Sendable {
    var analysis: NodeAnalysis
    var checksum: String
    var buffers: [BufferID]
    var isReused: Bool
  }

  private(set) var cache: AnalysisCache?
  private(set) var reusedCount = 0
  private var fingerprints: CatalogFingerprints

  init(_ cache: AnalysisCache?, _ catalog: SymbolicCatalog) {
    self.cache = cache
    // Without a cache nobody asks for fingerprints.
    fingerprints = CatalogFingerprints(cache == nil ? SymbolicCatalog() : catalog)
  }

  /// What was found out before about a node.
  func outcome(of node: Node, _ sources: [BufferID], _ buffers: Buffers) -> Outcome? {
    guard let cache else { return nil }
    let checksum = checksum(node, sources, buffers)
    let known = cache.analysis(
      of: node.uniqueID,
      checksum: checksum,
      buffers: sources,
      fingerprints: fingerprints
    )
    return known.map {
      Outcome(analysis: $0, checksum: checksum, buffers: sources, isReused: true)
    }
  }

  /// What was found out now.
  func outcome(
    _ analysis: NodeAnalysis,
    of node: Node,
    _ sources: [BufferID],
    _ buffers: Buffers
  ) -> Outcome {
    Outcome(
      analysis: analysis,
      checksum: cache == nil ? "" : checksum(node, sources, buffers),
      buffers: sources,
      isReused: false
    )
  }

  mutating func keep(_ outcome: Outcome, of id: String, _ catalog: SymbolicCatalog) {
    if outcome.isReused {
      reusedCount += 1
      return
    }
    cache?.store(
      outcome.analysis,
      of: id,
      checksum: outcome.checksum,
      buffers: outcome.buffers,
      catalog: catalog,
      fingerprints: fingerprints
    )
  }

  /// Takes notice that a relation is known now, or known better.
  mutating func update(_ name: RelationName, _ catalog: SymbolicCatalog) {
    guard cache != nil, let relation = catalog[name] else { return }
    fingerprints.update(relation, key: catalog.key(of: name))
  }

  private func checksum(_ node: Node, _ sources: [BufferID], _ buffers: Buffers) -> String {
    var parts = sources.map { Checksum.md5(buffers.bytes(of: $0)) }
    if node.kind == .seed {
      for key in ["column_types", "delimiter"] {
        parts.append(node.config[key]?.jsonString ?? "")
      }
    }
    return parts.joined(separator: " ")
  }
}
