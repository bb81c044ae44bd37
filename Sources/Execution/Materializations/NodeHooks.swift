import Diagnostics
import ProjectCompiler
import RedshiftSQL

/// A node's hooks, by when they run.
struct NodeHooks {
  /// Before the transaction, and behind it.
  private(set) var before: [NodeHook] = []
  private(set) var after: [NodeHook] = []
  /// In the transaction, before the node's data and behind it.
  private(set) var early: [NodeHook] = []
  private(set) var late: [NodeHook] = []
  private let buffers: Buffers

  init(_ compiled: CompiledNode, in buffers: Buffers) {
    self.buffers = buffers
    for hook in compiled.preHooks where !isEmpty(hook) {
      if isOutside(hook) { before.append(hook) } else { early.append(hook) }
    }
    for hook in compiled.postHooks where !isEmpty(hook) {
      if isOutside(hook) { after.append(hook) } else { late.append(hook) }
    }
  }

  private func isEmpty(_ hook: NodeHook) -> Bool {
    hook.sql.map { QueryText($0, in: buffers).isEmpty } ?? false
  }

  /// Whether a hook runs outside: where it says so, and where it cannot run in a transaction or
  /// makes one of its own, as far as is known before it is rendered.
  private func isOutside(_ hook: NodeHook) -> Bool {
    guard hook.isInTransaction else { return true }
    return hook.sql.map { behaviours(of: $0).contains { $0 == .outside || $0 == .control } }
      ?? false
  }

  /// Whether SQL ends the transaction that it runs in, on Redshift.
  func commits(_ sql: BufferID) -> Bool { behaviours(of: sql).contains(.commits) }

  private func behaviours(of sql: BufferID) -> [Statement.TransactionBehaviour] {
    SQLParser.parse(sql, in: buffers).statements.map(\.transactionBehaviour)
  }
}
