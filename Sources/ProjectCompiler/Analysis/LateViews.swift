import Diagnostics
import RedshiftSQL

/// Views WITH NO SCHEMA BINDING that migrations make.
///
/// Nothing keeps a statement from taking away what they read; whoever queries them finds out.
struct LateViews: Sendable {
  private struct View: Sendable {
    var name: RelationName
    var script: MigrationScript
    var statement: Statement
    /// How many changes were known when it was made.
    var position: Int
  }

  private var views: [SymbolicCatalog.Key: View] = [:]

  /// Follows one statement.
  ///
  /// - Parameters:
  ///   - statement: the next one.
  ///   - script: the migration that it is of.
  ///   - position: how many changes are known before it.
  ///   - catalog: what is there before it.
  mutating func follow(
    _ statement: Statement,
    of script: MigrationScript,
    at position: Int,
    _ catalog: SymbolicCatalog
  ) {
    switch statement.kind {
    case .createView(let view):
      guard !view.objectName.isTemporary else { return }
      let key = catalog.key(of: view.name)
      views[key] =
        view.withoutBinding == nil
        ? nil : View(name: view.name, script: script, statement: statement, position: position)
    case .drop(let drop) where drop.kind == .schema:
      let schemas = Set(drop.names.map { $0.last.lowercased() })
      views = views.filter { !schemas.contains($0.key.schema) }
    case .drop(let drop):
      for name in drop.names { views[catalog.key(of: name.relation)] = nil }
    case .alterTable(let table):
      guard case .rename(let new) = table.action,
        var view = views.removeValue(forKey: catalog.key(of: table.name.relation))
      else { return }
      view.name.identifier = new.text
      views[catalog.key(of: view.name)] = view
    default: return
    }
  }

  /// What changes break of the views that are there in the end.
  ///
  /// - Parameters:
  ///   - replay: the migrations, followed to their end.
  ///   - catalog: what is there in the end, models included.
  ///   - pending: versions of the migrations that may be blamed; nil for all.
  ///   - buffers: the store that has the texts.
  /// - Returns: an error for each statement that breaks any.
  func breaks(
    _ replay: MigrationReplay,
    _ catalog: SymbolicCatalog,
    pending: Set<String>?,
    _ buffers: Buffers
  ) -> [Diagnostic] {
    var broken: [Int: [(view: RelationName, error: Diagnostic)]] = [:]
    for (_, view) in views.sorted(by: { $0.value.name.description < $1.value.name.description }) {
      var errors = self.errors(of: view, catalog, buffers)
      for index in replay.changes.indices.reversed() where !errors.isEmpty {
        let change = replay.changes[index]
        // Files that apply again are read last, whenever they were applied.
        guard index >= view.position || view.script.kind == .repeatable else { continue }
        if let pending, !pending.contains(change.script.version) { continue }
        var former = catalog
        change.restore(&former)
        let others = Set(self.errors(of: view, former, buffers).map(\.message))
        for error in errors where !others.contains(error.message) {
          broken[index, default: []].append((view.name, error))
        }
        errors.removeAll { !others.contains($0.message) }
      }
    }
    return broken.sorted { $0.key < $1.key }.map { index, found in
      .migrationBreaksLateViews(replay.changes[index], found)
    }
  }

  /// What is said of a view that reads what is not there.
  private static let codes: Set<String> = [
    "unknown-column", "unknown-relation", "undeclared-relation",
  ]

  private func errors(
    of view: View,
    _ catalog: SymbolicCatalog,
    _ buffers: Buffers
  ) -> [Diagnostic] {
    SQLAnalyzer(catalog: catalog, buffers: buffers).check(view.statement).diagnostics
      .filter { $0.isError && Self.codes.contains($0.code) }
  }
}
