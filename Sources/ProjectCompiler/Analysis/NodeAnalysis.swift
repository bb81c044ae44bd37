package import Diagnostics
package import RedshiftSQL

/// A column of a node's result.
package struct NodeColumn: Hashable, Sendable {
  package var name: String
  package var type: SQLType
  package var isNullable: Bool
  /// The item of the select list that makes it; nil where no SQL of the project does.
  package var range: TextRange?
  /// What its value depends on.
  package var origins: [ColumnOrigin]
  /// Changes when what computes the column does, however far inside of the query that is.
  package var fingerprint: String

  package init(
    name: String,
    type: SQLType = .unknown,
    isNullable: Bool = true,
    range: TextRange? = nil,
    origins: [ColumnOrigin] = [],
    fingerprint: String = ""
  ) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.range = range
    self.origins = origins
    self.fingerprint = fingerprint
  }
}

/// What the analysis of a node's SQL found out.
package struct NodeAnalysis: Sendable {
  package var columns: [NodeColumn] = []
  /// Whether `columns` is all.
  package var isComplete = false
  /// What misspelt columns were meant to be called; empty where nothing is wrong.
  var meantNames: Set<String> = []
  /// What decides which rows there are.
  package var influences: [ColumnOrigin] = []
  /// Changes when anything but the select lists does.
  package var rowFingerprint = ""
  /// Every column that is read in any way.
  package var reads: [ColumnOrigin] = []
  /// The stored relations that are read.
  package var relations: [RelationName] = []
  package var diagnostics: [Diagnostic] = []
  /// Whether the parser had nothing to say.
  var isSilent = true

  package init() {}

  /// Takes over what statements before the node's own SQL read and have wrong.
  mutating func merge(_ header: NodeAnalysis) {
    for relation in header.relations where !relations.contains(relation) {
      relations.append(relation)
    }
    reads.formUnion(header.reads)
    diagnostics = header.diagnostics + diagnostics
    isSilent = isSilent && header.isSilent
  }

  /// Takes over what a second rendering of the same node reads and has wrong.
  mutating func merge(_ other: NodeAnalysis, except own: RelationName?) {
    func isOthers(_ name: RelationName) -> Bool {
      name.schema != own?.schema || name.identifier != own?.identifier
    }
    for relation in other.relations where !relations.contains(relation) {
      relations.append(relation)
    }
    influences.formUnion(other.influences.filter { isOthers($0.relation) })
    reads.formUnion(other.reads)
    for index in columns.indices {
      let name = columns[index].name
      guard let second = other.columns.first(where: { $0.name == name }) else { continue }
      columns[index].origins.formUnion(second.origins.filter { isOthers($0.relation) })
    }
    diagnostics += other.diagnostics
    isSilent = isSilent && other.isSilent
  }
}

extension [ColumnOrigin] {
  /// Adds the origins that are not there yet; kinds of the same column add up.
  mutating func formUnion(_ others: [ColumnOrigin]) {
    for other in others {
      if let index = firstIndex(where: {
        $0.column == other.column && $0.relation == other.relation
      }) {
        self[index].kinds.formUnion(other.kinds)
      } else {
        append(other)
      }
    }
  }
}

/// What the analysis of a whole project found out.
package struct ProjectAnalysis: Sendable {
  /// By unique_id, for the nodes that were analysed.
  package var nodes: [String: NodeAnalysis] = [:]
  /// Every relation that is known, after all migrations, seeds and models.
  package var catalog: SymbolicCatalog
  /// Errors and warnings of the nodes asked for, at the severity that the project gives them.
  package var diagnostics: [Diagnostic] = []
  /// How many nodes were taken from the cache.
  package var reusedCount = 0
  /// What the next analysis may use; nil when nothing is kept.
  package var cache: AnalysisCache?

  package var errors: [Diagnostic] { diagnostics.filter(\.isError) }
  package var warnings: [Diagnostic] { diagnostics.filter { $0.severity == .warning } }
}
