package import Diagnostics
import ProjectModel
import RedshiftSQL

extension ProjectAnalyzer {
  /// What only a database can tell: files need not make all that is there.
  private static let toldByDatabases: Set<String> = [
    "unknown-relation", "undeclared-relation", "relation-exists", "unknown-procedure",
  ]

  /// What Redshift would refuse of migrations, whatever a database holds.
  ///
  /// All of the project's migrations are followed; only what is wrong with some of them is told.
  /// Models are looked at for the relations that their hooks make, and for nothing else.
  ///
  /// - Parameter scripts: the migrations that are meant.
  /// - Returns: errors, those alone, by file and place.
  package func errors(in scripts: [MigrationScript]) -> [Diagnostic] {
    let nodes = parsed.graph.nodes.filter {
      [.model, .seed, .snapshot, .test, .operation].contains($0.value.kind)
    }
    let texts = NodeTexts(Compiler(parsed).compile(Set(nodes.keys)), parsed)
    let builder = CatalogBuilder(parsed: parsed, buffers: buffers, types: types)
    var findings = Findings(buffers: buffers, levels: levels, reported: nil)
    findings.add(replay(texts, builder, policy: nil).diagnostics)
    let meant = Set(scripts.flatMap { [$0.source, $0.sql] })
    return findings.sorted.filter { diagnostic in
      guard diagnostic.isError, !Self.toldByDatabases.contains(diagnostic.code),
        let range = diagnostic.primary?.range
      else { return false }
      return meant.contains(range.buffer)
        || meant.contains(buffers.origin(of: range).range.buffer)
    }
  }

  /// The migrations, followed statement by statement.
  func replay(
    _ texts: NodeTexts,
    _ builder: CatalogBuilder,
    policy: HazardPolicy?
  ) -> MigrationReplay {
    MigrationReplay(
      parsed.migrations,
      defaultSchema: builder.defaultSchema,
      known: builder.relationsOfNodes,
      unseen: builder.unseen(texts.allHooks, headers: texts.headers),
      policy: policy,
      buffers: buffers
    )
  }
}
