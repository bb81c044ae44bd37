package import AWSClient
import Diagnostics
package import RedshiftSQL
import Synchronization
package import WarehouseClient

/// A warehouse reached through the Redshift Data API: statements go over HTTPS, with AWS's own
/// permissions, and no network path to the warehouse is needed.
package final class DataWarehouse: Warehouse {
  package let dialect = SQLQuoting.Dialect.redshift
  private let service: DataService
  private let place: DataTarget
  private let setup: [String]
  private let idle = Mutex<DataSession?>(nil)

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
    let kept = idle.withLock { kept in
      defer { kept = nil }
      return kept
    }
    if let kept { return kept }
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

  package func giveBack(_ session: any WarehouseSession) async {
    guard let session = session as? DataSession else { return await session.close() }
    let former = idle.withLock { kept in
      defer { kept = session }
      return kept
    }
    await former?.close()
  }

  package func closeIdle() async {
    let kept = idle.withLock { kept in
      defer { kept = nil }
      return kept
    }
    await kept?.close()
  }
}
