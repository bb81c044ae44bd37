import Diagnostics

// Containers and instances: keys from the machine itself.

extension CredentialChain {
  private static let container = "the container"

  /// Keys of the task or pod that redstart runs in.
  func containerCredentials() async throws(AWSError) -> Finding {
    let source = Self.container
    guard let request = try containerRequest() else {
      return .absent("the container: no AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI")
    }
    var attempts = 0
    while true {
      attempts += 1
      let answer = await metadata(request, timeout: 2)
      switch answer {
      case .success(let bytes):
        guard let object = JSONAnswer.object(bytes) else {
          throw .problem(.credentialSource(source, "its answer is no JSON"))
        }
        return .found(try temporary(object, token: "Token", source: source))
      case .failure(let problem):
        guard attempts < 3, problem.isTransient else {
          throw .problem(.credentialSource(source, problem.reason))
        }
      }
    }
  }

  /// What the container is asked by; nil where there is none.
  func containerRequest() throws(AWSError) -> HTTPRequest? {
    let source = Self.container
    let relative = configuration.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    let full = configuration.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    guard let address = relative.map({ "http://169.254.170.2\($0)" }) ?? full else { return nil }
    let pathStart = address.utf8Range(of: "://").flatMap { separator in
      address[separator.upperBound...].firstIndex { $0 == "/" || $0 == "?" }
    }
    let root = pathStart.map { String(address[..<$0]) } ?? address
    guard let endpoint = HTTPEndpoint(root), isTrusted(endpoint) else {
      throw .problem(
        .credentialSource(
          source,
          "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, this machine, or one of the "
            + "addresses of AWS (169.254.170.2, 169.254.170.23, [fd00:ec2::23])"
        )
      )
    }
    var request = HTTPRequest(endpoint: endpoint)
    let target = pathStart.map { address[$0...] } ?? "/"
    let question = target.firstIndex(of: "?") ?? target.endIndex
    request.path = String(target[..<question])
    if request.path.isEmpty { request.path = "/" }
    request.query = target[question...].dropFirst().split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        PercentEncoding.decode(String(parts[0])),
        parts.count > 1 ? PercentEncoding.decode(String(parts[1])) : ""
      )
    }
    if let file = configuration.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
      request.headers["Authorization"] = try text(ofFile: file, source)
    } else if let token = configuration.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
      request.headers["Authorization"] = token
    }
    if request.headers["Authorization"]?.contains(where: \.isNewline) == true {
      throw .problem(.credentialSource(source, "its authorization token has several lines"))
    }
    request.headers["Accept"] = "application/json"
    return request
  }

  private func isTrusted(_ endpoint: HTTPEndpoint) -> Bool {
    endpoint.scheme == "https" || endpoint.isLoopback
      || ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(endpoint.host)
  }

  /// Keys of the role of the EC2 instance that redstart runs on, by its metadata service's second
  /// version.
  func instanceCredentials() async throws(AWSError) -> Finding {
    switch await instanceMetadata("iam/security-credentials/") {
    case .failure(let problem): return .absent("the instance: \(problem.reason)")
    case .success(let bytes):
      let listed = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      guard let role = listed.first.map({ String($0) }), !role.isEmpty else {
        return .absent("the instance: it has no role")
      }
      let source = "role \(role) of the instance"
      switch await instanceMetadata("iam/security-credentials/\(PercentEncoding.encode(role))") {
      case .failure(let problem): throw .problem(.credentialSource(source, problem.reason))
      case .success(let bytes):
        guard let object = JSONAnswer.object(bytes) else {
          throw .problem(.credentialSource(source, "its answer is no JSON"))
        }
        if let code = object.text("Code"), code != "Success" {
          throw .problem(.credentialSource(source, "it says \(code)"))
        }
        return .found(try temporary(object, token: "Token", source: source))
      }
    }
  }

  /// The region of the instance; nil elsewhere.
  func instanceRegion() async -> String? {
    guard case .success(let bytes) = await instanceMetadata("placement/region") else { return nil }
    let region = String(decoding: bytes, as: UTF8.self)
    return AWSConfiguration.isRegion(region) ? region : nil
  }

  struct MetadataProblem: Error {
    var reason: String
    var isTransient = false
  }

  private func instanceMetadata(_ path: String) async -> Result<[UInt8], MetadataProblem> {
    if configuration.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() == "true" {
      return .failure(MetadataProblem(reason: "AWS_EC2_METADATA_DISABLED is set"))
    }
    let usesIPv6 =
      configuration.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?.lowercased() == "ipv6"
    let address =
      configuration.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")
      ?? (usesIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254")
    guard let endpoint = HTTPEndpoint(address) else {
      return .failure(
        MetadataProblem(reason: "AWS_EC2_METADATA_SERVICE_ENDPOINT is no address")
      )
    }
    let timeout = configuration.variable("AWS_METADATA_SERVICE_TIMEOUT").flatMap { Double($0) } ?? 1
    let attempts = configuration.variable("AWS_METADATA_SERVICE_NUM_ATTEMPTS").flatMap { Int($0) }
    var request = HTTPRequest(method: "PUT", endpoint: endpoint, path: "/latest/api/token")
    request.headers["X-aws-ec2-metadata-token-ttl-seconds"] = "21600"
    var last = MetadataProblem(reason: "no answer")
    for _ in 0..<max(1, min(attempts ?? 1, 10)) {
      switch await metadata(request, timeout: timeout) {
      case .failure(let problem): last = problem
      case .success(let token):
        var get = HTTPRequest(endpoint: endpoint, path: "/latest/meta-data/\(path)")
        get.headers["X-aws-ec2-metadata-token"] = String(decoding: token, as: UTF8.self)
        switch await metadata(get, timeout: timeout) {
        case .success(let bytes): return .success(bytes)
        case .failure(let problem): last = problem
        }
      }
      guard last.isTransient else { break }
    }
    return .failure(last)
  }

  private func metadata(
    _ request: HTTPRequest,
    timeout: Double
  ) async -> Result<[UInt8], MetadataProblem> {
    do throws(TransportFailure) {
      let timeouts = HTTPTimeouts(connect: timeout, stall: timeout, total: 2 * timeout)
      let response = try await caller.transport.send(request, timeouts: timeouts)
      let bytes = try await response.body.collect(limit: 1 << 20)
      guard response.status == 200 else {
        let isTransient = response.status >= 500 || response.status == 429
        return .failure(
          MetadataProblem(
            reason: "it answers with status \(response.status)",
            isTransient: isTransient
          )
        )
      }
      return .success(bytes)
    } catch {
      return .failure(
        MetadataProblem(
          reason: "no answer from \(request.endpoint.authority)",
          isTransient: error.isTransient
        )
      )
    }
  }
}
