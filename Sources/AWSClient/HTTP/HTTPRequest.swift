/// Where requests go: scheme, host and port, and what stands before every path.
package struct HTTPEndpoint: Hashable, Sendable {
  package var scheme: String
  /// Host, with `:port` where it is not the scheme's own.
  package var authority: String
  /// Without a slash at its end.
  package var basePath: String

  /// An endpoint from its parts.
  package init(scheme: String = "https", authority: String, basePath: String = "") {
    self.scheme = scheme
    self.authority = authority
    self.basePath = basePath
  }

  /// Reads `https://host[:port][/path]`; nil when the text is no such address.
  package init?(_ text: String) {
    guard let separator = text.utf8Range(of: "://") else { return nil }
    let scheme = text[..<separator.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    let rest = text[separator.upperBound...]
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    var authority = String(rest[..<slash])
    var path = rest[slash...]
    let isPlain = authority.utf8.allSatisfy {
      $0 > 32 && $0 < 127 && !"@?#\"<>\\".utf8.contains($0)
    }
    guard !authority.isEmpty, isPlain, !path.contains("?"), !path.contains("#") else { return nil }
    while path.hasSuffix("/") { path.removeLast() }
    // The port that the scheme has anyway is not part of the Host header.
    for suffix in [scheme == "https" ? ":443" : ":80"] where authority.hasSuffix(suffix) {
      authority.removeLast(suffix.count)
    }
    self.init(scheme: scheme, authority: authority, basePath: String(path))
  }

  /// The host without port and brackets.
  package var host: String {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      return String(authority[authority.index(after: authority.startIndex)..<end])
    }
    return String(authority.prefix { $0 != ":" })
  }

  /// Whether the host is this machine, so that plain http shows nothing to a network.
  package var isLoopback: Bool {
    let host = host.lowercased()
    return host == "localhost" || host == "::1" || host.hasSuffix(".localhost")
      || (host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." })
  }

  /// The address as text.
  package var text: String { "\(scheme)://\(authority)\(basePath)" }
}

/// One HTTP request.
package struct HTTPRequest: Sendable {
  /// What is sent after the headers.
  package enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// Bytes made while they are sent; `next` gives nil after the last.
    case stream(length: Int, next: @Sendable () async throws -> [UInt8]?)

    /// Whether it can be sent a second time.
    var isReplayable: Bool {
      if case .stream = self { return false }
      return true
    }
  }

  package var method: String
  package var endpoint: HTTPEndpoint
  /// Percent-encoded, beginning with a slash.
  package var path: String
  /// Not encoded.
  package var query: [(name: String, value: String)]
  package var headers: HTTPHeaders
  package var body: Body

  /// A request for a path that is encoded already.
  package init(
    method: String = "GET",
    endpoint: HTTPEndpoint,
    path: String = "/",
    query: [(name: String, value: String)] = [],
    headers: HTTPHeaders = HTTPHeaders(),
    body: Body = .none
  ) {
    self.method = method
    self.endpoint = endpoint
    self.path = endpoint.basePath + path
    self.query = query
    self.headers = headers
    self.body = body
  }

  /// The address as it goes over the wire.
  package var url: String {
    let suffix = query.isEmpty ? "" : "?" + PercentEncoding.query(query)
    return "\(endpoint.scheme)://\(endpoint.authority)\(path)\(suffix)"
  }
}

/// Limits of time for one request, in seconds.
package struct HTTPTimeouts: Hashable, Sendable {
  /// Until the connection stands.
  package var connect: Double
  /// Without a single byte from the other side; while the bytes of a stream are made, none is
  /// expected.
  package var stall: Double
  /// For all of it; nil for as long as bytes flow.
  package var total: Double?

  /// Limits; the defaults are those of the AWS tools.
  package init(connect: Double = 60, stall: Double = 60, total: Double? = nil) {
    self.connect = connect
    self.stall = stall
    self.total = total
  }
}

extension String {
  /// The first place where a text of ASCII stands.
  func utf8Range(of text: String) -> Range<String.Index>? {
    let pattern = Array(text.utf8)
    var start = utf8.startIndex
    while start < utf8.endIndex {
      if utf8[start...].starts(with: pattern) {
        return start..<utf8.index(start, offsetBy: pattern.count)
      }
      start = utf8.index(after: start)
    }
    return nil
  }
}
