package import AWSClient
import Diagnostics
package import RedshiftSQL
package import WarehouseClient

/// A warehouse reached through the Redshift Data API: statements go over HTTPS, with AWS's own
/// permissions, and no network path to the warehouse is needed.
package final class DataWarehouse: Warehouse {
  package let dialect = SQLQuoting.Dialect.redshift
  private let service: DataService
  private let place: DataTarget
  private let setup: [String]
  private let idle = IdleSession<DataSession>()

  /// - Parameters:
  ///   - settings: which cluster or workgroup, database and user.
  ///   - client: of the account and region that it is in.
  ///   - setup: statements at the start of each session.
  ///   - surroundings: the clock and chance.
  package init(
    _ settings: AccessSettings,
    _ client: AWSClient,
    setup: [String],
    surroundings: AWSSurroundings
  ) {
    service = DataService(client: client, surroundings: surroundings)
    var place = DataTarget()
    place.database = settings.database
    place.secret = settings.secret
    switch settings.place {
    case .cluster(let name):
      place.cluster = name
      // A secret has a user of its own, and without either IAM's name is the user's.
      if settings.secret == nil { place.user = settings.user }
    case .workgroup(let name): place.workgroup = name
    case nil: break
    }
    self.place = place
    self.setup = setup
  }

  package func connect() async throws(WarehouseError) -> any WarehouseSession {
    if let kept = idle.take() { return kept }
    let session = DataSession(service, place)
    do throws(WarehouseError) {
      // The first statement opens it.
      _ = try await session.execute(setup.isEmpty ? "SELECT 1" : setup.joined(separator: ";\n"))
    } catch {
      await session.close()
      throw error
    }
    return session
  }

  package func giveBack(_ session: any WarehouseSession) async { await idle.keep(session) }

  package func closeIdle() async { await idle.close() }
}
