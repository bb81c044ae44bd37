package import Diagnostics
package import ProjectCompiler

/// What happens while migrations are applied.
package enum MigrationEvent: Sendable {
  /// Another run has the lock.
  case waitingForLock(LockHolder)
  case applying(MigrationScript, index: Int, total: Int)
  /// Told after the commit; without a time where several were sent together.
  case applied(MigrationScript, milliseconds: Int?)
  case undone(version: String, name: String, milliseconds: Int)
  /// The server ended a transaction for the sake of another one; it is tried again.
  case retrying(Diagnostic, attempt: Int)
  /// Dangers and changes made by hand, told before anything is applied.
  case warning([Diagnostic])
  /// Something in a statement means nothing to this server and was left out, or is worth knowing.
  case note(Diagnostic)
}
