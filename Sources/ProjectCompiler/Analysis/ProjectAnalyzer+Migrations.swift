package import Diagnostics
import ProjectModel
import RedshiftSQL

extension ProjectAnalyzer {
  /// What only a database can tell: files need not make all that is there.
  private static let toldByDatabases: Set<String> = [
    "unknown-relation", "undeclared-relation", "relation-exists", "unknown-procedure",
  ]

  /// What Redshift would refuse of migrations.
  ///
  /// All of the project's migrations are followed; only what is wrong with some of them is told. No
  /// model is compiled for it: what models and their hooks make is left to the database.
  ///
  /// - Parameters:
  ///   - scripts: the migrations that are meant, which are about to run.
  ///   - contents: what the database has before they do; nil where it was not asked, and what files
  ///     say is believed.
  /// - Returns: errors, those alone, by file and place; fewer when the task is cancelled.
  package func errors(
    in scripts: [MigrationScript],
    of contents: DatabaseContents? = nil
  ) -> [Diagnostic] {
    let builder = CatalogBuilder(parsed: parsed, buffers: buffers, types: types)
    var findings = Findings(buffers: buffers, levels: levels, reported: nil)
    let meant = Set(scripts.flatMap { [$0.source, $0.sql] })
    let replay = MigrationReplay(
      parsed.migrations,
      defaultSchema: builder.defaultSchema,
      known: [],
      unseen: UnseenRelations(isOpen: true, mayMakeProcedures: true),
      contents: contents.map { ($0, { meant.contains($0.sql) }) },
      buffers: buffers
    )
    findings.add(replay.diagnostics)
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
