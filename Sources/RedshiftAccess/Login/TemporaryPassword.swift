package import AWSClient

/// Keeps a temporary password as long as it opens sessions, and gets another one then.
///
/// A password ends after minutes; sessions that it opened live on.
package actor TemporaryPassword {
  /// Seconds before its end from which a password is not used any more: logging in takes time, and
  /// clocks differ.
  static let margin = 60.0

  private let now: @Sendable () -> Timestamp
  private let search: SharedSearch<DatabaseCredentials>
  private var known: DatabaseCredentials?

  /// - Parameters:
  ///   - now: the clock.
  ///   - find: asks for a new password.
  package init(
    now: @escaping @Sendable () -> Timestamp = { Timestamp.now() },
    find: @escaping @Sendable () async throws(AWSError) -> DatabaseCredentials
  ) {
    self.now = now
    search = SharedSearch(find)
  }

  /// A password that is good for a login now.
  package func current() async throws(AWSError) -> DatabaseCredentials {
    if let known, known.expiration.map({ $0.seconds - now().seconds > Self.margin }) ?? false {
      return known
    }
    let found = try await search.value()
    known = found
    return found
  }
}
