/// One call of a service, before it is addressed and signed.
struct AWSCall: Sendable {
  enum Signing: Sendable {
    case signed
    /// For calls that carry their proof in themselves.
    case none
  }

  var service: AWSService
  var operation: String
  var method = "POST"
  /// Not encoded; for S3, the key with a slash before it, or nothing for the bucket itself.
  var path = "/"
  var query: [(name: String, value: String)] = []
  var headers = HTTPHeaders()
  var body = HTTPRequest.Body.none
  var bucket: String?
  var signing = Signing.signed
  /// Whether doing it twice is as good as doing it once.
  var isIdempotent = true
  /// Whether the answer is read as it comes, and gone on with by who reads it when it breaks off.
  var isStreamed = false
  /// Statuses besides 200…299 that are answers, not errors.
  var acceptedStatuses: Set<Int> = []
  var timeouts = HTTPTimeouts()
  /// The region instead of the client's.
  var region: String?

  /// A call in one of the `query` protocols.
  static func query(
    _ service: AWSService,
    _ operation: String,
    _ fields: FormFields = FormFields(),
    isIdempotent: Bool = true
  ) -> AWSCall {
    var call = AWSCall(service: service, operation: operation, isIdempotent: isIdempotent)
    call.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    call.body = .bytes(fields.body(action: operation, version: service.version))
    return call
  }

  /// A call in JSON 1.1.
  static func json(
    _ service: AWSService,
    _ operation: String,
    _ input: JSONFields,
    isIdempotent: Bool = true
  ) -> AWSCall {
    var call = AWSCall(service: service, operation: operation, isIdempotent: isIdempotent)
    if case .json(let target) = service.wire {
      call.headers["X-Amz-Target"] = "\(target).\(operation)"
    }
    call.headers["Content-Type"] = "application/x-amz-json-1.1"
    call.body = .bytes(input.body)
    return call
  }
}
