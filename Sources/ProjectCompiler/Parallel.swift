import Dispatch
import Synchronization

/// Maps over items on all cores.
///
/// - Parameters:
///   - items: what is gone over.
///   - transform: what is done with each, on any thread.
/// - Returns: the results in the order of the items.
package func parallelMap<Item: Sendable, Result: Sendable>(
  _ items: [Item],
  _ transform: @Sendable (Item) -> Result
) -> [Result] {
  // Below this, starting threads costs more than it gains.
  guard items.count > 8 else { return items.map(transform) }
  let chunk = max(1, items.count / 64)
  let chunks = (items.count + chunk - 1) / chunk
  let results = Mutex<[(start: Int, values: [Result])]>([])
  DispatchQueue.concurrentPerform(iterations: chunks) { index in
    let start = index * chunk
    let values = items[start..<min(start + chunk, items.count)].map(transform)
    results.withLock { $0.append((start, values)) }
  }
  return results.withLock { $0.sorted { $0.start < $1.start }.flatMap(\.values) }
}
