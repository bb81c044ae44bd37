import Diagnostics
import ProjectModel
import RedshiftSQL
import WarehouseClient

/// Lets one command at a time build a project's relations in one database.
///
/// Two that build the same model would take each other's shadow tables for leftovers. The turn ends
/// with its session, so a process that is killed gives it up. Redshift has no locks that live with a
/// session; there the commands have to be kept apart by whoever starts them.
struct RunTurn {
  private let session: any WarehouseSession

  /// Waits for the turn; says so when another command has it.
  static func take(
    on connection: Connection,
    project: Project,
    waiting: () -> Void
  ) async throws -> RunTurn? {
    guard connection.warehouse.dialect == .postgres else { return nil }
    let name = "redstart run:\(project.name):\(project.target.schema)"
    let key =
      "('x' || substr(md5(\(SQLQuoting.literal(name, for: .postgres))), 1, 16))::bit(64)::bigint"
    let session = try await connection.session()
    do {
      var isFirstTry = true
      while try await session.execute("select pg_try_advisory_lock(\(key))").rows != [["t"]] {
        if isFirstTry { waiting() }
        isFirstTry = false
        // Polled rather than waited for, so that Ctrl-C ends it.
        try await Task.sleep(for: .milliseconds(100))
      }
      return RunTurn(session: session)
    } catch let error as WarehouseError {
      await session.close()
      throw connection.problem(error)
    } catch {
      await session.close()
      throw error
    }
  }

  func end() async { await session.close() }
}
