/// Checks the signature of a request as AWS does: from the bytes that came over the wire alone.
///
/// It shares no code with the signer of the product; its own tests hold it to requests that botocore
/// signed.
package struct SignatureVerifier: Sendable {
  /// What a good signature says.
  package struct Scope: Hashable, Sendable {
    package var key: String
    package var date: String
    package var region: String
    package var service: String
  }

  /// What is wrong with a signature.
  package struct Problem: Error, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
      self.description = description
    }
  }

  private let secrets: [String: String]

  /// - Parameter secrets: by the identifiers of their keys.
  package init(secrets: [String: String]) {
    self.secrets = secrets
  }

  /// What the signature of a request says.
  ///
  /// - Throws: what is wrong with it.
  package func scope(of request: HTTPStandIn.Request) throws(Problem) -> Scope {
    guard let authorization = request.header("Authorization") else {
      throw Problem("no signature")
    }
    let parts = Self.parts(authorization)
    let words = (parts["Credential"] ?? "").split(separator: "/").map { String($0) }
    guard authorization.hasPrefix("AWS4-HMAC-SHA256 "), words.count == 5,
      words[4] == "aws4_request", let secret = secrets[words[0]],
      let moment = request.header("X-Amz-Date")
    else { throw Problem("not a signature of a known key") }
    let scope = Scope(key: words[0], date: words[1], region: words[2], service: words[3])
    guard moment.hasPrefix(scope.date + "T") else {
      throw Problem("the date is not that of the scope")
    }
    let names = (parts["SignedHeaders"] ?? "").split(separator: ";").map { String($0) }
    for (name, _) in request.headers {
      let name = name.lowercased()
      let isNeeded = name == "host" || name == "content-type" || name.hasPrefix("x-amz-")
      if isNeeded, !names.contains(name) { throw Problem("\(name) is not signed") }
    }
    guard names == names.sorted() else {
      throw Problem("the signed headers are not sorted")
    }
    let canonical = [
      request.method, Self.path(request.path, scope.service), Self.query(request.query),
      names.map { "\($0):\(Self.value(of: $0, in: request))\n" }.joined(),
      names.joined(separator: ";"), try Self.payload(request, scope.service),
    ].joined(separator: "\n")
    let text = [
      "AWS4-HMAC-SHA256", moment, words.dropFirst().joined(separator: "/"),
      SHA256.hex(Array(canonical.utf8)),
    ].joined(separator: "\n")
    var key = Array("AWS4\(secret)".utf8)
    for word in words.dropFirst() {
      key = SHA256.authenticationCode(Array(word.utf8), key: key)
    }
    let expected = SHA256.hexadecimal(SHA256.authenticationCode(Array(text.utf8), key: key))
    guard parts["Signature"] == expected else {
      throw Problem("the signature does not fit")
    }
    return scope
  }

  private static func parts(_ authorization: String) -> [String: String] {
    var parts: [String: String] = [:]
    for part in authorization.drop(while: { $0 != " " }).split(separator: ",") {
      let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { parts[String(pair[0])] = String(pair[1]) }
    }
    return parts
  }

  /// What is said of the body, if it is true.
  private static func payload(
    _ request: HTTPStandIn.Request,
    _ service: String
  ) throws(Problem) -> String {
    let actual = SHA256.hex(request.body)
    guard let declared = request.header("X-Amz-Content-SHA256") else {
      if service == "s3" { throw Problem("S3 needs X-Amz-Content-SHA256") }
      return actual
    }
    guard declared == actual || declared == "UNSIGNED-PAYLOAD" else {
      throw Problem("the body has another hash")
    }
    return declared
  }

  private static func value(of name: String, in request: HTTPStandIn.Request) -> String {
    request.headers.filter { $0.name.lowercased() == name }.map { header in
      header.value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }.joined(separator: ",")
  }

  /// S3 takes the path as it is; others without dots and double slashes, encoded once more.
  private static func path(_ path: String, _ service: String) -> String {
    if service == "s3" { return path }
    var kept: [String] = []
    let segments = path.split(separator: "/").map { String($0) }
    for segment in segments {
      switch segment {
      case ".": break
      case "..": _ = kept.popLast()
      default: kept.append(encoded(segment))
      }
    }
    let isFolder = path.hasSuffix("/") && !kept.isEmpty
    return "/" + kept.joined(separator: "/") + (isFolder ? "/" : "")
  }

  /// What stands in the query is encoded already; parts without "=" have an empty value.
  private static func query(_ query: String) -> String {
    let pairs = query.split(separator: "&").map { part -> (String, String) in
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(pair[0]), pair.count == 2 ? String(pair[1]) : "")
    }
    return pairs.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }

  private static func encoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes.append(UInt8(ascii: "%"))
        bytes += SHA256.hexadecimal([byte]).uppercased().utf8
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
