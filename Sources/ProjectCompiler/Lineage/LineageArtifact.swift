package import Diagnostics
import ProjectModel
import RedshiftSQL

/// Writes `lineage.json`: every column with its type and what it depends on.
///
/// dbt's schema of the manifest lets nothing be added to nodes, so the whole lineage has a file of
/// its own; the manifest has that of the columns which are described.
package struct LineageArtifact {
  package static let fileName = "lineage.json"
  package static let version = 1

  private let lineage: ProjectLineage
  private let projectName: String

  package init(_ lineage: ProjectLineage, projectName: String) {
    self.lineage = lineage
    self.projectName = projectName
  }

  /// The artifact as data, in a stable order.
  package var plain: PlainValue {
    let pairs = lineage.relations.keys.sorted().compactMap { id in
      lineage.relations[id].map { (id, entry($0)) }
    }
    return [
      "version": .integer(Self.version),
      "project": .string(projectName),
      "relations": .dictionary(PlainDictionary(pairs)),
    ]
  }

  /// The same as JSON on one line, written on all cores.
  package func json() -> [UInt8] {
    let ids = lineage.relations.keys.sorted()
    let relations = parallelMap(ids) { id in
      lineage.relations[id].map { (id, entry($0).json()) }
    }
    return PlainValue.json(object: [
      ("version", PlainValue.integer(Self.version).json()),
      ("project", PlainValue.string(projectName).json()),
      ("relations", PlainValue.json(object: relations.compactMap(\.self))),
    ])
  }

  private func entry(_ relation: ProjectLineage.Relation) -> PlainValue {
    var columns = PlainDictionary()
    for column in relation.columns {
      columns[column.name] = [
        "type": .string(column.type.spelling),
        "nullable": .boolean(column.isNullable),
        "fingerprint": .string(column.fingerprint),
        "lineage": steps(to: ProjectLineage.Place(relation: relation.id, column: column.name)),
      ]
    }
    return [
      "name": .string(relation.name),
      "resource_type": .string(relation.kind),
      "path": relation.path.map { .string($0) } ?? .null,
      "complete": .boolean(relation.isComplete),
      "reads": .list(relation.reads.map { .string($0) }),
      "row_fingerprint": .string(relation.rowFingerprint),
      "row_lineage": steps(to: ProjectLineage.Place(relation: relation.id, column: nil)),
      "columns": .dictionary(columns),
    ]
  }

  /// What a place depends on directly, as data.
  package func steps(to place: ProjectLineage.Place) -> PlainValue {
    .list(
      lineage.parents(of: place).map { edge in
        [
          "relation": .string(edge.from.relation),
          "column": edge.from.column.map { .string($0) } ?? .null,
          "kinds": .list(edge.kinds.words.map { .string($0) }),
        ]
      }
    )
  }
}
