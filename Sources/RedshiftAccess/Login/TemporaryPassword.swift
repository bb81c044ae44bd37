package import AWSClient

/// Keeps a temporary password as long as it opens sessions, and gets another one then.
///
/// A password ends after minutes; sessions that it opened live on.
package actor TemporaryPassword {
  /// Seconds before its end from which a password is not used any more: logging in takes time, and
  /// clocks differ.
  static let margin = 60.0

  private let now: @Sendable () -> Timestamp
  private let find: @Sendable () async throws(AWSError) -> DatabaseCredentials
  private var known: DatabaseCredentials?
  /// All who need a password at the same time wait for the same one.
  private var search: Task<Result<DatabaseCredentials, AWSError>, Never>?

  /// - Parameters:
  ///   - now: the clock.
  ///   - find: asks for a new password.
  package init(
    now: @escaping @Sendable () -> Timestamp = { Timestamp.now() },
    find: @escaping @Sendable () async throws(AWSError) -> DatabaseCredentials
  ) {
    self.now = now
    self.find = find
  }

  /// A password that is good for a login now.
  package func current() async throws(AWSError) -> DatabaseCredentials {
    if let known, known.expiration.map({ $0.seconds - now().seconds > Self.margin }) ?? false {
      return known
    }
    let search =
      search
      ?? Task { [find] in
        do throws(AWSError) {
          return .success(try await find())
        } catch {
          return .failure(error)
        }
      }
    self.search = search
    let result = await search.value
    if self.search == search { self.search = nil }
    let found = try result.get()
    known = found
    return found
  }
}
