import Synchronization

/// When a request is sent again, and how long after.
///
/// The rules of AWS's standard mode: a few attempts, a random share of a delay that doubles, and a
/// budget of tokens that all requests of a client share, so that an outage is not made worse.
final class RetryPolicy: Sendable {
  static let throttlingCodes: Set<String> = [
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
    "RequestThrottled", "TooManyRequestsException", "ProvisionedThroughputExceededException",
    "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
    "LimitExceededException", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
    "DependentServiceRequestThrottlingFault", "ActiveStatementsExceededException",
  ]
  static let transientCodes: Set<String> = [
    "RequestTimeout", "RequestTimeoutException", "InternalError", "InternalServerException",
    "ServiceUnavailable", "InternalFailure",
  ]
  static let expiredCodes: Set<String> = [
    "ExpiredToken", "ExpiredTokenException", "RequestExpired",
  ]
  /// What services say of temporary keys that were revoked.
  ///
  /// Of keys that somebody wrote down they say the same when those are wrong, and looking for them
  /// again would find the same ones.
  private static let revokedCodes: Set<String> = [
    "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidToken",
  ]
  static let skewCodes: Set<String> = [
    "RequestTimeTooSkewed", "SignatureDoesNotMatch", "InvalidSignatureException", "RequestExpired",
    "AuthFailure", "RequestInTheFuture",
  ]

  private static let capacity = 500
  private static let longestDelay = 20.0

  let maximumAttempts: Int
  private let tokens = Mutex(RetryPolicy.capacity)

  init(maximumAttempts: Int) {
    self.maximumAttempts = maximumAttempts
  }

  /// Whether an error of a service says that the request was turned away, or may be tried again.
  static func isRetryable(_ fault: ServiceFault, isIdempotent: Bool) -> Bool {
    if isThrottling(fault) { return true }
    guard isIdempotent else { return false }
    return transientCodes.contains(fault.code) || [500, 502, 503, 504].contains(fault.status)
  }

  /// Whether other keys may help: these have ended, or were kept and do not count any more.
  static func isAboutKeys(_ fault: ServiceFault, _ credentials: AWSCredentials) -> Bool {
    expiredCodes.contains(fault.code)
      || (credentials.keptIn != nil && revokedCodes.contains(fault.code))
  }

  static func isThrottling(_ fault: ServiceFault) -> Bool {
    throttlingCodes.contains(fault.code) || fault.status == 429
  }

  /// Takes tokens for a retry; nil when the budget is spent.
  func acquire(isTimeout: Bool) -> Int? {
    let cost = isTimeout ? 10 : 5
    return tokens.withLock { left in
      guard left >= cost else { return nil }
      left -= cost
      return cost
    }
  }

  /// Gives tokens back after a success.
  func release(_ cost: Int?) {
    tokens.withLock { $0 = min(Self.capacity, $0 + (cost ?? 1)) }
  }

  /// Seconds before the attempt after `attempt` (from 1).
  func delay(after attempt: Int, random: Double, retryAfter: Double?) -> Double {
    let exponential = random * min(Self.longestDelay, Double(1 << min(attempt - 1, 10)))
    // What the service asks for is the least, within reason.
    return max(exponential, min(retryAfter ?? 0, Self.longestDelay))
  }
}
