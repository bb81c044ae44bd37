package import Diagnostics

/// Something that happened during a run; the terminal, logs and artifacts listen.
package enum ExecutionEvent: Sendable {
  case runStarted(total: Int, threads: Int)
  case nodeStarted(id: String, index: Int, total: Int)
  case nodeFinished(NodeResult)
  /// A hook of the project begins; its place is among the hooks of its kind.
  case hookStarted(id: String, name: String, index: Int, total: Int)
  case batchStarted(id: String, BatchProgress)
  case batchFinished(id: String, BatchProgress)
  /// The server said something (`NOTICE`, `WARNING`, `INFO`); `id` is the node it worked for.
  case notice(id: String?, message: String)
  /// redstart has something to say about how it does its work.
  case log(id: String?, message: String)
  /// A template said something to those who want to know everything.
  case detail(id: String?, message: String)
  /// A notice or warning, as of Redshift SQL that means less on PostgreSQL.
  case diagnostic(Diagnostic)
  /// SQL as it goes to the server for a node; told only to those who ask (`--debug`).
  case statement(id: String, sql: String)
  case runFinished(RunReport)
}
