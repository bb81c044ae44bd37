/// Asks for the codes of second factors, and keeps the keys that they led to.
///
/// A code is good once, and a command may have several clients of AWS: whoever needs keys of the same
/// role gets those that are there.
package actor SecondFactor {
  /// Seconds before their end from which kept keys are not handed out any more.
  private static let margin = CredentialStore.mandatoryWindow

  private let ask: @Sendable (_ question: String) async -> String?
  private var kept: [String: AWSCredentials] = [:]
  private var searches: [String: SharedSearch<AWSCredentials>] = [:]

  /// - Parameter ask: puts a question to a person; nil when nobody answers.
  package init(ask: @escaping @Sendable (_ question: String) async -> String?) {
    self.ask = ask
  }

  /// Keys of a role, kept or by a code.
  ///
  /// - Parameters:
  ///   - role: profile and ARN of the role.
  ///   - device: the serial number of the second factor.
  ///   - now: the time.
  ///   - unanswered: what is wrong when there is no code.
  ///   - obtain: gets keys for a code.
  /// - Returns: keys that are good for a while.
  /// - Throws: `unanswered`, or what AWS says about the code.
  func credentials(
    role: String,
    device: String,
    now: Timestamp,
    unanswered: AWSError,
    obtain: @escaping @Sendable (_ code: String) async throws(AWSError) -> AWSCredentials
  ) async throws(AWSError) -> AWSCredentials {
    if let known = kept[role],
      known.expiration.map({ $0.seconds - now.seconds > Self.margin }) ?? true
    {
      return known
    }
    let search =
      searches[role]
      ?? SharedSearch { [ask] () async throws(AWSError) in
        let answer = await ask("Code of the second factor \(device): ") ?? ""
        let code = answer.filter { !$0.isWhitespace }
        guard code.utf8.count == 6, code.utf8.allSatisfy({ (48...57).contains($0) }) else {
          throw unanswered
        }
        return try await obtain(code)
      }
    searches[role] = search
    defer { searches[role] = nil }
    let found = try await search.value()
    kept[role] = found
    return found
  }

  /// Forgets keys that AWS takes no more; the code is asked for again.
  func forget(_ credentials: AWSCredentials) {
    for (role, known) in kept where known == credentials { kept[role] = nil }
  }
}
