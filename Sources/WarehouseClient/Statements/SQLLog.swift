/// Receives what is really sent to a server, for `target/run/`.
package struct SQLLog: Sendable {
  /// Called with each statement just before it is sent, in the server's own SQL.
  package let record: @Sendable (String) -> Void

  package init(_ record: @escaping @Sendable (String) -> Void) {
    self.record = record
  }
}
