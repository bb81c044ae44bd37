import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// What the history has of views as migrations left them, in the words of the server.
struct RecordedViews: Sendable {
  let log: MigrationLog
  /// Views whose text would make another view today, though nobody changed them by hand.
  let dated: Set<SymbolicCatalog.Key>
  let owned: OwnedRelations
  let database: MigrationDatabase
  let session: any WarehouseSession

  /// The queries of a view that are no drift.
  ///
  /// Those that the server wrote behind the migration that made the view, and of one that stands on
  /// a table that was altered since, what it was behind the last migration.
  func texts(of key: SymbolicCatalog.Key) async throws(Diagnostic) -> Set<String> {
    let name = "\(key.schema).\(key.identifier)"
    guard let relation = owned.relations[name] else { return [] }
    var fingerprints: Set<String> = []
    if dated.contains(key), let last = log.schema { fingerprints.insert(last.fingerprint) }
    let made = log.events.last {
      $0.step == .done && $0.path == relation.path && $0.schemaAfter != nil
    }
    if let made = made?.schemaAfter { fingerprints.insert(made) }
    let kept = try await database.keptSchemas(fingerprints.sorted(), session)
    return kept.values.reduce(into: []) { $0.formUnion($1.query(of: name)) }
  }
}
