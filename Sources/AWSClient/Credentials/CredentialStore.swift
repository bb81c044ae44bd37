/// Keeps the keys that the chain found, and finds new ones before they end.
actor CredentialStore: CredentialSource {
  /// Seconds before their end at which keys are renewed, while they still work.
  static let advisoryWindow = 900.0
  /// Seconds before their end from which keys are not used any more.
  static let mandatoryWindow = 600.0

  private let search: SharedSearch<AWSCredentials>
  private let now: @Sendable () -> Timestamp
  private let forget: @Sendable (AWSCredentials) async -> Void
  private var credentials: AWSCredentials?

  init(
    now: @escaping @Sendable () -> Timestamp,
    forget: @escaping @Sendable (AWSCredentials) async -> Void = { _ in },
    find: @escaping @Sendable () async throws(AWSError) -> AWSCredentials
  ) {
    self.now = now
    self.forget = forget
    search = SharedSearch(find)
  }

  func current() async throws(AWSError) -> AWSCredentials {
    guard let known = credentials else { return try await renew() }
    guard let expiration = known.expiration else { return known }
    let left = expiration.seconds - now().seconds
    if left > Self.advisoryWindow { return known }
    do throws(AWSError) {
      return try await renew()
    } catch {
      // Not yet a reason to stop: the old keys are good for a while.
      if left > Self.mandatoryWindow, error != .cancelled { return known }
      throw error
    }
  }

  func discard(_ old: AWSCredentials) async {
    if credentials == old { credentials = nil }
    await forget(old)
  }

  private func renew() async throws(AWSError) -> AWSCredentials {
    let found = try await search.value()
    credentials = found
    return found
  }
}
