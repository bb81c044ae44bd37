import Synchronization
import WarehouseClient

/// The sessions of one run: opened when first needed, used again by the next node.
///
/// It has no limit of its own; the scheduler starts no more nodes than there are threads.
final class SessionPool: Sendable {
  private let warehouse: any Warehouse
  private let idle = Mutex<[any WarehouseSession]>([])

  init(_ warehouse: any Warehouse) {
    self.warehouse = warehouse
  }

  func take() async throws(WarehouseError) -> any WarehouseSession {
    if let session = idle.withLock({ $0.popLast() }) { return session }
    return try await warehouse.connect()
  }

  func giveBack(_ session: any WarehouseSession) {
    idle.withLock { $0.append(session) }
  }

  /// Closes a session that is of no use any more; the next `take` opens another.
  func discard(_ session: any WarehouseSession) async {
    await session.close()
  }

  func closeAll() async {
    let sessions = idle.withLock { idle in
      defer { idle = [] }
      return idle
    }
    for session in sessions { await session.close() }
  }
}
