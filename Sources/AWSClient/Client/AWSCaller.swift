import Diagnostics
import Synchronization

/// Somebody who has keys to sign with.
protocol CredentialSource: Sendable {
  func current() async throws(AWSError) -> AWSCredentials
  /// Forgets keys that a service called expired; the next ones are new.
  func discard(_ credentials: AWSCredentials) async
}

/// Keys that stay the same.
struct FixedCredentials: CredentialSource {
  /// No keys at all, for calls that carry their proof in themselves.
  static let nobody = FixedCredentials(
    credentials: AWSCredentials(accessKeyID: "", secretAccessKey: Secret(""), source: "nowhere")
  )

  var credentials: AWSCredentials

  func current() async throws(AWSError) -> AWSCredentials { credentials }
  func discard(_ credentials: AWSCredentials) async {}
}

/// Addresses, signs and sends calls, again where that helps.
final class AWSCaller: Sendable {
  let configuration: AWSConfiguration
  let transport: HTTPTransport
  let surroundings: AWSSurroundings
  let retries: RetryPolicy
  /// Seconds by which AWS's clock is ahead of ours.
  private let clockOffset = Mutex(0.0)
  /// Regions that buckets turned out to be in.
  private let bucketRegions = Mutex<[String: String]>([:])

  init(configuration: AWSConfiguration, transport: HTTPTransport, surroundings: AWSSurroundings) {
    self.configuration = configuration
    self.transport = transport
    self.surroundings = surroundings
    retries = RetryPolicy(maximumAttempts: configuration.maximumAttempts)
  }

  /// The region that a bucket turned out to be in, against what was asked for; nil when nothing
  /// was wrong with that.
  func foundRegion(of bucket: String) -> String? { bucketRegions.withLock { $0[bucket] } }

  /// The most that is kept of an answer.
  private static let longestAnswer = 128 << 20

  /// Sends a call and waits for an answer that is no error: for all of it, or for its head where it
  /// is to be read as it comes.
  func send(
    _ call: AWSCall,
    region: String,
    credentials source: any CredentialSource
  ) async throws(AWSError) -> HTTPResponse {
    var attempt = Attempt(region: call.region ?? region)
    while true {
      attempt.number += 1
      if let bucket = call.bucket {
        attempt.region = bucketRegions.withLock { $0[bucket] } ?? attempt.region
      }
      let credentials = call.signing == .signed ? try await source.current() : nil
      let request = try request(call, region: attempt.region, credentials: credentials)
      var fault: ServiceFault?
      var retryAfter: Double?
      var failure: TransportFailure?
      do throws(TransportFailure) {
        var response = try await transport.send(request, timeouts: call.timeouts)
        if (200..<300).contains(response.status) || call.acceptedStatuses.contains(response.status)
        {
          // A connection can break in an answer, too, and the next attempt brings all of it.
          if !call.isStreamed {
            response.body = HTTPBody(try await response.body.collect(limit: Self.longestAnswer))
          }
          retries.release(attempt.cost)
          return response
        }
        let body = try await response.body.collect(limit: 1 << 20)
        retryAfter = Self.retryAfter(response.headers)
        var answer = FaultReader(service: call.service, operation: call.operation)
          .fault(status: response.status, headers: response.headers, body: body)
        answer.message = Self.withoutSecrets(answer.message, credentials)
        fault = answer
        attempt.serverTime = response.headers["Date"].flatMap { Timestamp(http: $0) }
      } catch {
        failure = error
      }
      if let failure {
        try await retry(call, after: failure, host: request.endpoint.authority, &attempt)
      } else if let fault {
        try await retry(call, after: fault, retryAfter, credentials, source, &attempt)
      }
    }
  }

  private struct Attempt {
    var number = 0
    var region: String
    var cost: Int?
    var serverTime: Timestamp?
    /// What is put right once only.
    var corrected: Set<String> = []
  }

  // MARK: Trying again

  private func retry(
    _ call: AWSCall,
    after failure: TransportFailure,
    host: String,
    _ attempt: inout Attempt
  ) async throws(AWSError) {
    if failure.kind == .cancelled { throw .cancelled }
    let error = AWSError.transport(
      failure,
      service: call.service.name,
      operation: call.operation,
      host: host
    )
    guard failure.isTransient, call.isIdempotent || failure.wasNotSent, call.body.isReplayable,
      attempt.number < retries.maximumAttempts,
      let cost = retries.acquire(isTimeout: failure.kind == .timeout)
    else { throw error }
    attempt.cost = cost
    try await pause(attempt.number, nil)
  }

  private func retry(
    _ call: AWSCall,
    after fault: ServiceFault,
    _ retryAfter: Double?,
    _ credentials: AWSCredentials?,
    _ source: any CredentialSource,
    _ attempt: inout Attempt
  ) async throws(AWSError) {
    guard call.body.isReplayable else { throw .service(fault) }
    if correctRegion(call, fault, &attempt) || correctClock(fault, &attempt) {
      // Nothing was done, and this was not the service's fault: no delay, no token.
      attempt.number -= 1
      return
    }
    if let credentials, RetryPolicy.isAboutKeys(fault, credentials),
      attempt.corrected.insert("credentials").inserted
    {
      await source.discard(credentials)
      attempt.number -= 1
      return
    }
    guard RetryPolicy.isRetryable(fault, isIdempotent: call.isIdempotent),
      attempt.number < retries.maximumAttempts, let cost = retries.acquire(isTimeout: false)
    else { throw .service(fault) }
    attempt.cost = cost
    try await pause(attempt.number, retryAfter)
  }

  private func pause(_ number: Int, _ retryAfter: Double?) async throws(AWSError) {
    let delay = retries.delay(
      after: number,
      random: surroundings.random(),
      retryAfter: retryAfter
    )
    do {
      try await surroundings.sleep(delay)
    } catch {
      throw .cancelled
    }
  }

  /// Goes to the region where a bucket really is.
  private func correctRegion(_ call: AWSCall, _ fault: ServiceFault, _ attempt: inout Attempt)
    -> Bool
  {
    let isWrong =
      fault.status == 301 || fault.code == "AuthorizationHeaderMalformed"
      || fault.code == "IllegalLocationConstraintException"
      || (fault.status == 400 && call.method == "HEAD")
    guard isWrong, let bucket = call.bucket, let region = fault.region, region != attempt.region,
      AWSConfiguration.isRegion(region), attempt.corrected.insert("region").inserted
    else { return false }
    bucketRegions.withLock { $0[bucket] = region }
    attempt.region = region
    return true
  }

  /// Takes over the clock of the service, when ours is what is wrong.
  private func correctClock(_ fault: ServiceFault, _ attempt: inout Attempt) -> Bool {
    guard RetryPolicy.skewCodes.contains(fault.code), let server = attempt.serverTime else {
      return false
    }
    let offset = server.seconds - surroundings.now().seconds
    let current = clockOffset.withLock { $0 }
    // Signatures are good for five minutes; a smaller difference was not the reason.
    guard abs(offset - current) > 240, attempt.corrected.insert("clock").inserted else {
      return false
    }
    clockOffset.withLock { $0 = offset }
    return true
  }

  /// A service's message, in which a token can stand: about a wrong signature, AWS says what should
  /// have been signed.
  private static func withoutSecrets(_ message: String, _ credentials: AWSCredentials?) -> String {
    var message = message
    if let canonical = message.utf8Range(of: "The Canonical String") {
      message = String(message[..<canonical.lowerBound])
      while message.last?.isWhitespace == true { message.removeLast() }
    }
    for secret in [credentials?.secretAccessKey, credentials?.sessionToken] {
      guard let text = secret?.revealed, text.utf8.count >= 4 else { continue }
      message = message.split(separator: text, omittingEmptySubsequences: false)
        .joined(separator: "*****")
    }
    return message
  }

  private static func retryAfter(_ headers: HTTPHeaders) -> Double? {
    if let text = headers["x-amz-retry-after"], let milliseconds = Double(text) {
      return milliseconds / 1000
    }
    return headers["Retry-After"].flatMap { Double($0) }
  }

  // MARK: Addressing and signing

  /// The request for a call, signed.
  func request(
    _ call: AWSCall,
    region: String,
    credentials: AWSCredentials?
  ) throws(AWSError) -> HTTPRequest {
    var request = try address(call, region: region)
    if let credentials {
      let signer = signer(call, region: region, credentials)
      signer.sign(&request, payload: payload(request))
    }
    return request
  }

  private func signer(
    _ call: AWSCall,
    region: String,
    _ credentials: AWSCredentials
  ) -> SignatureV4 {
    SignatureV4(
      credentials: credentials,
      region: configuration.signingRegion(for: call.service, region),
      service: call.service.signingName,
      time: Timestamp(surroundings.now().seconds + clockOffset.withLock { $0 }),
      pathRule: call.service == .s3 ? .verbatim : .normalized
    )
  }

  private func payload(_ request: HTTPRequest) -> SignatureV4.Payload {
    switch request.body {
    case .none: .empty
    case .bytes(let bytes): .bytes(bytes)
    // Its hash is known when it has been sent; TLS protects it meanwhile, and on this machine
    // nothing needs to.
    case .stream: .unsigned
    }
  }

  private func address(_ call: AWSCall, region: String) throws(AWSError) -> HTTPRequest {
    var endpoint: HTTPEndpoint
    let isOverridden: Bool
    do throws(Diagnostic) {
      endpoint = try configuration.endpoint(for: call.service, region: region)
      isOverridden = try configuration.endpointOverride(for: call.service) != nil
    } catch {
      throw .problem(error)
    }
    var path = PercentEncoding.encodePath(call.path)
    if let bucket = call.bucket {
      if usesHostOfBucket(bucket, isOverridden: isOverridden) {
        endpoint.authority = "\(bucket).\(endpoint.authority)"
      } else {
        path = "/" + PercentEncoding.encode(bucket) + path
      }
    }
    if path.isEmpty { path = "/" }
    return HTTPRequest(
      method: call.method,
      endpoint: endpoint,
      path: path,
      query: call.query,
      headers: call.headers,
      body: call.body
    )
  }

  /// Whether a bucket is part of the host's name; a dot in it would fit no certificate.
  private func usesHostOfBucket(_ bucket: String, isOverridden: Bool) -> Bool {
    let isHostName = bucket.utf8.allSatisfy {
      ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == UInt8(ascii: "-")
    }
    guard isHostName else { return false }
    switch configuration.addressingStyle {
    case "path": return false
    case "virtual": return true
    default: return !isOverridden
    }
  }
}
