import TestSupport

@testable import AWSClient

/// Checks the signature of a request as AWS does: from the bytes that came over the wire alone.
enum SignatureCheck {
  /// What is wrong with a request's signature; nil when nothing is.
  static func problem(_ request: HTTPStandIn.Request, secrets: [String: String]) -> String? {
    guard let authorization = request.header("Authorization") else { return "no signature" }
    var parts: [String: String] = [:]
    for part in authorization.drop(while: { $0 != " " }).split(separator: ",") {
      let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { parts[String(pair[0])] = String(pair[1]) }
    }
    let scope = (parts["Credential"] ?? "").split(separator: "/").map { String($0) }
    guard authorization.hasPrefix("AWS4-HMAC-SHA256 "), scope.count == 5,
      let secret = secrets[scope[0]], let date = request.header("X-Amz-Date")
    else { return "not a signature of a known key" }
    guard date.hasPrefix(scope[1]) else { return "the date is not that of the scope" }
    let names = (parts["SignedHeaders"] ?? "").split(separator: ";").map { String($0) }
    for (name, _) in request.headers {
      let name = name.lowercased()
      let isNeeded = name == "host" || name == "content-type" || name.hasPrefix("x-amz-")
      if isNeeded, !names.contains(name) { return "\(name) is not signed" }
    }
    guard names == names.sorted() else { return "the signed headers are not sorted" }
    var payload = Hexadecimal.encode(Digest.sha256(request.body))
    if let declared = request.header("X-Amz-Content-SHA256") {
      if declared != payload, declared != "UNSIGNED-PAYLOAD" { return "the body has another hash" }
      payload = declared
    } else if scope[3] == "s3" {
      return "S3 needs X-Amz-Content-SHA256"
    }
    let headers = names.map { name in
      let words = (request.header(name) ?? "").split(separator: " ")
      return "\(name):\(words.joined(separator: " "))\n"
    }
    // What stands in the query is encoded already; parts without "=" have an empty value.
    let query = request.query.split(separator: "&").map { $0.contains("=") ? "\($0)" : "\($0)=" }
    let segments = request.path.split(separator: "/", omittingEmptySubsequences: false)
    let path =
      scope[3] == "s3"
      ? request.path : segments.map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
    let canonical = [
      request.method, path, query.sorted().joined(separator: "&"), headers.joined(),
      names.joined(separator: ";"), payload,
    ].joined(separator: "\n")
    let hash = Hexadecimal.encode(Digest.sha256(Array(canonical.utf8)))
    let rest = scope.dropFirst().joined(separator: "/")
    var key = Array("AWS4\(secret)".utf8)
    for part in scope.dropFirst() { key = Digest.hmac(part, key: key) }
    let text = "AWS4-HMAC-SHA256\n\(date)\n\(rest)\n\(hash)"
    let expected = Hexadecimal.encode(Digest.hmac(text, key: key))
    return parts["Signature"] == expected ? nil : "the signature does not fit"
  }

  /// A stand-in that answers only requests whose signature fits.
  static func server(
    _ answer: @escaping @Sendable (HTTPStandIn.Request) -> HTTPStandIn.Reply
  ) throws -> HTTPStandIn {
    try HTTPStandIn { request in
      if let problem = problem(request, secrets: [Surroundings.key: Surroundings.secret]) {
        return HTTPStandIn.Reply(
          403,
          "<Error><Code>SignatureDoesNotMatch</Code><Message>\(problem)</Message></Error>"
        )
      }
      return answer(request)
    }
  }
}
