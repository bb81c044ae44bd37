/// Signs requests by AWS's Signature Version 4.
///
/// The signature covers method, path, query, headers and body, for one day, one region and one
/// service. What is signed is exactly what `HTTPRequest` sends: nothing is added or rewritten later.
struct SignatureV4: Sendable {
  /// How the path of a request enters the signature.
  enum PathRule: Sendable {
    /// Without `.`, `..` and double slashes, encoded a second time.
    case normalized
    /// As sent: for S3, where keys may hold anything.
    case verbatim
  }

  /// What is said about the body.
  enum Payload: Sendable {
    /// SHA-256 of the bytes, in hexadecimal.
    case hash(String)
    /// Nothing: TLS alone protects the body.
    case unsigned

    static let empty = Payload.hash(Hexadecimal.encode(Digest.sha256([])))

    static func bytes(_ bytes: [UInt8]) -> Payload {
      .hash(Hexadecimal.encode(Digest.sha256(bytes)))
    }

    var text: String {
      switch self {
      case .hash(let hash): hash
      case .unsigned: "UNSIGNED-PAYLOAD"
      }
    }
  }

  var credentials: AWSCredentials
  var region: String
  var service: String
  var time: Timestamp
  var pathRule = PathRule.normalized

  private static let algorithm = "AWS4-HMAC-SHA256"
  /// Headers that machines between us and AWS may change.
  private static let unsignedHeaders = [
    "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
  ]

  /// Adds the headers of a signature.
  func sign(_ request: inout HTTPRequest, payload: Payload) {
    request.headers["Authorization"] = nil
    request.headers["Date"] = nil
    request.headers["X-Amz-Date"] = time.compact
    request.headers["X-Amz-Security-Token"] = credentials.sessionToken?.revealed
    if pathRule == .verbatim { request.headers["X-Amz-Content-SHA256"] = payload.text }
    let headers = canonicalHeaders(request)
    let signature = signature(
      request,
      query: canonicalQuery(request.query),
      headers: headers,
      payload: request.headers["X-Amz-Content-SHA256"] ?? payload.text
    )
    request.headers["Authorization"] =
      "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope), "
      + "SignedHeaders=\(headers.names), Signature=\(signature)"
  }

  /// Adds the parameters of a signature to the query, so that whoever has the address can use it.
  ///
  /// - Parameters:
  ///   - request: Its headers other than `Host` must be sent as they are by whoever uses it.
  ///   - expires: Seconds for which the address is good.
  func presign(_ request: inout HTTPRequest, expires: Int) {
    request.headers["Authorization"] = nil
    let headers = canonicalHeaders(request)
    request.query += [
      ("X-Amz-Algorithm", Self.algorithm),
      ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)"),
      ("X-Amz-Date", time.compact),
      ("X-Amz-Expires", String(expires)),
      ("X-Amz-SignedHeaders", headers.names),
    ]
    if let token = credentials.sessionToken {
      request.query.append(("X-Amz-Security-Token", token.revealed))
    }
    var payload = Payload.empty
    if pathRule == .verbatim { payload = .unsigned }
    if pathRule == .normalized, case .bytes(let bytes) = request.body { payload = .bytes(bytes) }
    let signature = signature(
      request,
      query: canonicalQuery(request.query),
      headers: headers,
      payload: payload.text
    )
    request.query.append(("X-Amz-Signature", signature))
  }

  private var scope: String { "\(time.date)/\(region)/\(service)/aws4_request" }

  private func signature(
    _ request: HTTPRequest,
    query: String,
    headers: CanonicalHeaders,
    payload: String
  ) -> String {
    let canonical = [
      request.method, canonicalPath(request.path), query, headers.lines, headers.names, payload,
    ].joined(separator: "\n")
    let hash = Hexadecimal.encode(Digest.sha256(Array(canonical.utf8)))
    let text = [Self.algorithm, time.compact, scope, hash].joined(separator: "\n")
    var key = Array("AWS4\(credentials.secretAccessKey.revealed)".utf8)
    for part in [time.date, region, service, "aws4_request"] { key = Digest.hmac(part, key: key) }
    return Hexadecimal.encode(Digest.hmac(text, key: key))
  }

  private struct CanonicalHeaders {
    /// Each with a newline at its end.
    var lines: String
    var names: String
  }

  private func canonicalHeaders(_ request: HTTPRequest) -> CanonicalHeaders {
    var values: [String: [String]] = [:]
    for (name, value) in request.headers.fields {
      let name = name.lowercased()
      guard !Self.unsignedHeaders.contains(name) else { continue }
      let words = value.split(whereSeparator: { $0 == " " || $0 == "\t" })
      values[name, default: []].append(words.joined(separator: " "))
    }
    if values["host"] == nil { values["host"] = [request.endpoint.authority] }
    let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return CanonicalHeaders(
      lines: names.map { "\($0):\((values[$0] ?? []).joined(separator: ","))\n" }.joined(),
      names: names.joined(separator: ";")
    )
  }

  private func canonicalQuery(_ query: [(name: String, value: String)]) -> String {
    let encoded = query.map {
      (name: PercentEncoding.encode($0.name), value: PercentEncoding.encode($0.value))
    }
    let sorted = encoded.sorted { left, right in
      if left.name != right.name {
        return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
      }
      return left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
    }
    return sorted.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
  }

  private func canonicalPath(_ path: String) -> String {
    switch pathRule {
    case .verbatim: return path.isEmpty ? "/" : path
    case .normalized:
      var kept: [Substring] = []
      for segment in path.split(separator: "/") where segment != "." {
        if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
      }
      let end = path.hasSuffix("/") && !kept.isEmpty ? "/" : ""
      return "/" + kept.map { PercentEncoding.encode(String($0)) }.joined(separator: "/") + end
    }
  }
}
