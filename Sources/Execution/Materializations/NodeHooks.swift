import Diagnostics
import ProjectCompiler
import RedshiftSQL

/// A node's hooks, by when they run.
struct NodeHooks {
  /// Before the transaction, and behind it.
  private(set) var before: [BufferID] = []
  private(set) var after: [BufferID] = []
  /// In the transaction, before the node's data and behind it.
  private(set) var early: [BufferID] = []
  private(set) var late: [BufferID] = []
  private let buffers: Buffers

  init(_ compiled: CompiledNode, in buffers: Buffers) {
    self.buffers = buffers
    for hook in compiled.preHooks where !QueryText(hook, in: buffers).isEmpty {
      if isOutside(hook, compiled) { before.append(hook) } else { early.append(hook) }
    }
    for hook in compiled.postHooks where !QueryText(hook, in: buffers).isEmpty {
      if isOutside(hook, compiled) { after.append(hook) } else { late.append(hook) }
    }
  }

  /// Whether a hook runs outside: where it says so, and where it cannot run in a transaction or
  /// makes one of its own.
  private func isOutside(_ hook: BufferID, _ compiled: CompiledNode) -> Bool {
    compiled.hooksOutside.contains(hook)
      || behaviours(of: hook).contains { $0 == .outside || $0 == .control }
  }

  /// Whether a hook ends the transaction that it runs in, on Redshift.
  func commits(_ hook: BufferID) -> Bool { behaviours(of: hook).contains(.commits) }

  private func behaviours(of hook: BufferID) -> [Statement.TransactionBehaviour] {
    SQLParser.parse(hook, in: buffers).statements.map(\.transactionBehaviour)
  }
}
