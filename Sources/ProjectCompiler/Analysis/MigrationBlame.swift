import Diagnostics
import ProjectModel
import RedshiftSQL

/// Finds the migration statements that made nodes wrong.
///
/// A statement is to blame for an error that is not there while the relations that it touched are
/// as they were before it. That holds for whatever it did: dropped, renamed, or given another type.
struct MigrationBlame {
  let analyzer: ProjectAnalyzer
  let texts: NodeTexts
  let builder: CatalogBuilder
  let replay: MigrationReplay

  /// Puts one finding for each statement in the place of the errors that it caused.
  ///
  /// - Parameters:
  ///   - analysis: what is known after all migrations.
  ///   - pending: versions of the migrations that may be blamed; nil for all.
  ///   - findings: what was found against that.
  func blame(_ analysis: ProjectAnalysis, _ pending: Set<String>?, _ findings: inout Findings) {
    for change in replay.changes.reversed() {
      if let pending, !pending.contains(change.script.version) { continue }
      let errors = findings.all.filter { $0.diagnostic.isError && $0.node != nil }
      guard !errors.isEmpty else { return }
      let nodes = withAncestors(errors.compactMap { $0.node?.uniqueID })
      guard concerns(change, nodes, analysis) else { continue }
      var former = replay.catalog
      change.restore(&former)
      var others = Findings(buffers: analyzer.buffers, levels: analyzer.levels, reported: nil)
      _ = analyzer.analyze(texts.restricted(to: nodes), builder, replay, former, &others)
      let caused = errors.filter { !others.contains($0.key) }
      guard !caused.isEmpty else { continue }
      let isReported = findings.replace(
        Set(caused.map(\.key)),
        by: .migrationBreaks(change, caused, analyzer.buffers)
      )
      guard isReported else { continue }
      // A table that is gone hides what is wrong with its columns.
      let broken = Set(caused.compactMap { $0.node?.uniqueID })
      for hidden in others.all where hidden.diagnostic.isError {
        guard let node = hidden.node, broken.contains(node.uniqueID) else { continue }
        findings.add([hidden.diagnostic], of: node)
      }
    }
  }

  /// Whether the nodes read or fill what the statement touched.
  private func concerns(
    _ change: MigrationReplay.Change,
    _ nodes: Set<String>,
    _ analysis: ProjectAnalysis
  ) -> Bool {
    // Which functions a node calls is not kept; such statements are few.
    if !change.functions.isEmpty { return true }
    let touched = Set(change.former.map { replay.catalog.key(of: $0.name) })
    return nodes.contains { id in
      let read = analysis.nodes[id]?.relations ?? []
      let own = analyzer.parsed.graph.nodes[id]?.relationName.map { [$0] } ?? []
      return (read + own).contains { touched.contains(replay.catalog.key(of: $0)) }
    }
  }

  private func withAncestors(_ ids: [String]) -> Set<String> {
    var all = Set(ids)
    for id in ids { all.formUnion(analyzer.parsed.graph.ancestors(of: id)) }
    return all
  }
}

extension Diagnostic {
  /// The code of the finding that stands for all that one statement breaks.
  static let migrationBreaksModels = "migration-breaks-models"

  private static func migrationBreaks(
    _ change: MigrationReplay.Change,
    _ count: Int,
    _ noun: String,
    help: String
  ) -> Diagnostic {
    let statement = change.statement
    return Diagnostic(
      code: migrationBreaksModels,
      "migration \(change.script.version) \(statement.deed), which breaks "
        + "\(count) \(noun)\(count == 1 ? "" : "s")",
      at: statement.blamedRange,
      label: statement.isChangeOfType ? "changed here" : "taken away here",
      help: [help]
    )
  }

  static func migrationBreaks(
    _ change: MigrationReplay.Change,
    _ errors: [Findings.Finding],
    _ buffers: Buffers
  ) -> Diagnostic {
    var diagnostic = migrationBreaks(
      change,
      Set(errors.compactMap { $0.node?.name }).count,
      "node",
      help: "change them together with the migration"
    )
    var said: Set<String> = []
    for error in errors {
      let name = error.node?.name ?? ""
      let note = "\(name): \(error.diagnostic.message)"
      // A model may name the column in many places; one says enough.
      guard said.insert(note).inserted else { continue }
      diagnostic.notes.append(note)
      if let range = error.diagnostic.primary?.range {
        diagnostic.labels.append(Label(range, "in \(name)"))
      }
    }
    return diagnostic
  }
}

/// Finds the statements that drop a column which a bound view of a migration reads.
///
/// The view cannot be made again on the altered table, unless a later statement says how.
extension MigrationReplay {
  /// - Parameters:
  ///   - analysis: what is known of the nodes.
  ///   - parsed: the project.
  ///   - pending: versions of the migrations that may be blamed; nil for all.
  /// - Returns: an error for each such statement.
  func brokenBoundViews(
    _ analysis: ProjectAnalysis,
    _ parsed: ParsedProject,
    pending: Set<String>?
  ) -> [Diagnostic] {
    changes.filter { !$0.boundViews.isEmpty && pending?.contains($0.script.version) ?? true }
      .map { change in
        let views = change.boundViews.compactMap { catalog.relations[$0] }
        let gone = change.boundViews.reduce(into: Set(change.boundViews)) {
          $0.formUnion(catalog.allReaders(of: $1))
        }
        let readers = analysis.nodes.filter { _, node in
          node.relations.contains { gone.contains(catalog.key(of: $0)) }
        }
        let names = readers.keys.compactMap { parsed.graph.nodes[$0]?.name }.sorted()
        return .migrationBreaksBoundViews(change, views, names)
      }
  }
}

extension Diagnostic {
  static func migrationBreaksBoundViews(
    _ change: MigrationReplay.Change,
    _ views: [CatalogRelation],
    _ nodes: [String]
  ) -> Diagnostic {
    var diagnostic = migrationBreaks(
      change,
      views.count,
      "view",
      help: "make the view anew behind this statement, or drop it before"
    )
    for view in views {
      diagnostic.notes.append("\(view.name.description) reads the column")
      if let range = view.range { diagnostic.labels.append(Label(range, "made here")) }
    }
    if !nodes.isEmpty {
      diagnostic.notes.append("read by \(nodes.joined(separator: ", "))")
    }
    return diagnostic
  }

  static func migrationBreaksLateViews(
    _ change: MigrationReplay.Change,
    _ errors: [(view: RelationName, error: Diagnostic)]
  ) -> Diagnostic {
    var diagnostic = migrationBreaks(
      change,
      Set(errors.map(\.view)).count,
      "late-binding view",
      help: "make the view anew behind this statement, or drop it"
    )
    diagnostic.notes.append("the server does not say so before somebody reads the view")
    for (view, error) in errors {
      diagnostic.notes.append("\(view.description): \(error.message)")
      if let range = error.primary?.range {
        diagnostic.labels.append(Label(range, "in \(view.description)"))
      }
    }
    return diagnostic
  }
}

extension Statement {
  /// What the statement does, in words that fit behind "migration 3".
  fileprivate var deed: String {
    switch kind {
    case .drop(let drop):
      let names = drop.names.map(\.relation.description).joined(separator: ", ")
      return "drops \(drop.kind.rawValue) \(names)"
    case .alterTable(let table):
      let name = table.name.relation.description
      switch table.action {
      case .dropColumn(let column, _): return "drops column \"\(column.text)\" of \(name)"
      case .renameColumn(let column, let new):
        return "renames column \"\(column.text)\" of \(name) to \"\(new.text)\""
      case .rename(let new): return "renames \(name) to \(new.text)"
      case .changeType(let column, let type):
        return "makes column \"\(column.text)\" of \(name) \(type.spelling)"
      default: return "changes \(name)"
      }
    case .dropObject(let drop):
      let names = drop.names.map(\.name.relation.description).joined(separator: ", ")
      return "drops \(drop.kind.rawValue) \(names)"
    case .alterSchema(let schema): return "renames schema \(schema.name.text)"
    case .createView(let view): return "replaces view \(view.name.description)"
    default: return "changes a relation"
    }
  }

  fileprivate var isChangeOfType: Bool {
    if case .alterTable(let table) = kind, case .changeType = table.action { return true }
    return false
  }

  /// The part of the statement to point at.
  fileprivate var blamedRange: TextRange {
    switch kind {
    case .alterTable(let table): table.actionRange
    case .createView(let view): view.objectName.range
    default: range
    }
  }
}
