import Diagnostics
import RedshiftSQL
import Synchronization

/// The transaction in which a node's data and the hooks of the project take effect, or nothing does.
///
/// As with dbt: hooks run in the transaction that publishes the data, unless they say
/// `transaction: false`. Where a node has such hooks, what its materialization begins goes on behind
/// its last statement, and what may only happen once all is committed waits here.
final class NodeTransaction: Sendable {
  /// Work for after the commit, and what is known once it is done.
  struct Cleanup: Sendable {
    var sql: SQLText
    var purpose: String
    var isDone: @Sendable () -> Void
  }

  private struct State {
    var isOpen = false
    var effects: [@Sendable () -> Void] = []
    var cleanups: [Cleanup] = []
    var mayDropDoomed = false
    var wantsAnotherTry = false
  }

  /// Whether hooks of the project belong to it, so that materializations do not end it.
  let isHeld: Bool
  /// Whether the node's template has begun it: then it cannot be done again from its beginning.
  let isBegun: Bool
  private let hasEarlyHooks: Bool
  private let state = Mutex(State())

  /// - Parameters:
  ///   - hasEarlyHooks: whether hooks come in it before the data.
  ///   - hasLateHooks: whether hooks come in it behind the data.
  ///   - isBegun: whether the node's template has begun it, which cannot be done again.
  init(hasEarlyHooks: Bool, hasLateHooks: Bool, isBegun: Bool = false) {
    self.hasEarlyHooks = hasEarlyHooks || isBegun
    self.isBegun = isBegun
    isHeld = hasEarlyHooks || hasLateHooks || isBegun
    state.withLock { state in
      state.isOpen = isBegun
      // There is no second try without views that do not fit.
      state.mayDropDoomed = isBegun
    }
  }

  /// Whether it was begun and not ended: rolling back undoes what came before, too.
  var isOpen: Bool { state.withLock { $0.isOpen } }

  /// The statements that begin it; none where it is open.
  func beginning() -> [SQLText] {
    state.withLock { state in
      if state.isOpen { return [] }
      state.isOpen = true
      return ["begin"]
    }
  }

  /// The statements that end a materialization's transaction; none where hooks are to come.
  func ending() -> [SQLText] { isHeld ? [] : commit() }

  /// The statements that keep what was built aside and is not published yet.
  func endingAside() -> [SQLText] { hasEarlyHooks ? [] : commit() }

  private func commit() -> [SQLText] {
    hasEnded()
    return ["commit"]
  }

  private func hasEnded() { state.withLock { $0.isOpen = false } }

  /// Does something as soon as what was done so far is committed.
  func whenCommitted(_ effect: @escaping @Sendable () -> Void) {
    if isHeld { state.withLock { $0.effects.append(effect) } } else { effect() }
  }

  /// Sends something as soon as what was done so far is committed, see `takeCleanups`.
  func afterCommit(_ cleanup: Cleanup) {
    state.withLock { $0.cleanups.append(cleanup) }
  }

  /// Does what waited for the commit.
  func wasCommitted() {
    let effects = state.withLock { state in
      state.isOpen = false
      defer { state.effects = [] }
      return state.effects
    }
    for effect in effects { effect() }
  }

  func takeCleanups() -> [Cleanup] {
    state.withLock { state in
      defer { state.cleanups = [] }
      return state.cleanups
    }
  }

  /// Forgets all that was rolled back.
  func wasRolledBack() {
    state.withLock { state in
      state.isOpen = false
      state.effects = []
      state.cleanups = []
    }
  }

  // MARK: Trying again

  /// Whether views that do not fit the new columns may go, since their own models make them anew.
  var mayDropDoomed: Bool {
    get { state.withLock { $0.mayDropDoomed } }
    set { state.withLock { $0.mayDropDoomed = newValue } }
  }

  /// Asks for all of it again, hooks among it, without views that do not fit.
  func tryAgainDroppingDoomed() {
    state.withLock { state in
      state.mayDropDoomed = true
      state.wantsAnotherTry = true
    }
  }

  /// Whether another try was asked for.
  func takeAnotherTry() -> Bool {
    state.withLock { state in
      defer { state.wantsAnotherTry = false }
      return state.wantsAnotherTry
    }
  }
}
