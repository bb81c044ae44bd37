/// How a transport works.
package struct HTTPSettings: Sendable {
  package var userAgent = "redstart"
  /// Requests to one host that may be under way at the same time.
  package var connectionsPerHost = 32
  package var proxies = ProxySettings()
  /// Certificates of authorities instead of the system's, as `AWS_CA_BUNDLE` names them.
  package var certificateFile: String?

  /// The settings that an environment asks for.
  package init(environment: [String: String] = [:]) {
    proxies = ProxySettings(environment: environment)
    certificateFile = environment["AWS_CA_BUNDLE"].flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Sends requests over libcurl: many at a time, over connections that are kept and used again, with
/// certificates checked against the system's store.
package final class HTTPTransport: Sendable {
  private let loop: CurlLoop

  /// A transport with a thread of its own.
  package init(_ settings: HTTPSettings = HTTPSettings()) {
    loop = CurlLoop(settings)
  }

  deinit { loop.post(.stop) }

  /// Sends a request and waits for the head of the response; its body comes as it is read.
  package func send(
    _ request: HTTPRequest,
    timeouts: HTTPTimeouts = HTTPTimeouts()
  ) async throws(TransportFailure) -> HTTPResponse {
    if Task.isCancelled { throw TransportFailure(kind: .cancelled, reason: "cancelled") }
    let transfer = Transfer(request, timeouts: timeouts, loop: loop)
    // From here on, letting go of the body ends the transfer.
    let body = HTTPBody(transfer, self)
    loop.post(.start(transfer))
    if case .stream(_, let next) = request.body { Task { await transfer.feed(next) } }
    let head = try await transfer.head()
    return HTTPResponse(status: head.status, headers: head.headers, body: body)
  }
}
