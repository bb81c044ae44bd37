import Diagnostics
import RedshiftSQL
import WarehouseClient

/// Creates the schemas that a run needs, in one round trip, and only those that are not there:
/// CREATE SCHEMA IF NOT EXISTS asks for the right to create even when it has nothing to do.
struct SchemaPreparation {
  let pool: SessionPool
  let dialect: SQLQuoting.Dialect
  /// Whether `Sales` and `sales` are one schema, as on Redshift; PostgreSQL itself tells them apart.
  let foldsCase: Bool

  func create(_ written: [String]) async throws(Diagnostic) {
    let schemas = Set(written.map { foldsCase ? $0.lowercased() : $0 }).sorted()
    let session: any WarehouseSession
    do {
      session = try await pool.take()
    } catch {
      throw .statementFailed(error, purpose: "connecting")
    }
    let observed = ObservedSession(session)
    do {
      let present = try await observed.execute(query(schemas).string)
      let known = Set(present.rows.compactMap { $0.first ?? nil })
      let missing = schemas.filter { !known.contains($0) }
      if !missing.isEmpty {
        let batch = missing.map { name -> SQLText in
          "create schema if not exists \(identifier: name)"
        }
        _ = try await observed.execute(batch.joined(separator: ";\n").string)
      }
    } catch {
      await pool.discard(session)
      throw .statementFailed(error, purpose: "creating schemas")
    }
    pool.giveBack(session)
  }

  private func query(_ schemas: [String]) -> SQLText {
    guard !schemas.isEmpty else { return "select 1" }
    guard foldsCase else {
      return """
        select nspname from pg_catalog.pg_namespace
        where nspname in (\(literals: schemas, dialect))
        """
    }
    return """
      select lower(nspname) from pg_catalog.pg_namespace
      where lower(nspname) in (\(literals: schemas, dialect))
      """
  }
}
