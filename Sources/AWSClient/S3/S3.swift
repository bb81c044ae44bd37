/// Objects in buckets.
package struct S3: Sendable {
  let client: AWSClient

  // MARK: Listing

  /// One page of the keys that begin with a prefix, in order of their bytes.
  package func page(
    _ location: S3Location,
    delimiter: String? = nil,
    mark: String? = nil,
    limit: Int? = nil
  ) async throws(AWSError) -> S3Page {
    var call = Self.call("ListObjectsV2", "GET", S3Location(bucket: location.bucket, key: ""))
    call.query = [("list-type", "2"), ("encoding-type", "url"), ("prefix", location.key)]
    if let delimiter { call.query.append(("delimiter", delimiter)) }
    if let mark { call.query.append(("continuation-token", mark)) }
    if let limit { call.query.append(("max-keys", String(limit))) }
    let reader = AnswerReader(call)
    let answer = try await reader.xml(try await client.send(call), root: "ListBucketResult")
    let isEncoded = answer.text("EncodingType") == "url"
    func key(_ text: String) -> String { isEncoded ? Self.decodedKey(text) : text }
    var page = S3Page(objects: [], prefixes: [], next: nil)
    for entry in answer.children("Contents") {
      guard let name = entry.text("Key"), let size = entry.integer("Size") else {
        throw reader.failure("an entry lacks Key or Size")
      }
      page.objects.append(
        S3Object(
          key: key(name),
          size: size,
          entityTag: Self.unquoted(entry.text("ETag") ?? ""),
          modified: entry.time("LastModified"),
          storageClass: entry.text("StorageClass")
        )
      )
    }
    page.prefixes = answer.children("CommonPrefixes").compactMap { $0.text("Prefix").map(key) }
    if answer.boolean("IsTruncated") == true {
      // Half a listing must not look like a whole one.
      guard let next = answer.text("NextContinuationToken"), next != mark else {
        throw reader.failure("there is more, and no mark to go on from")
      }
      page.next = next
    }
    return page
  }

  /// Hands out the pages of a listing one by one.
  package func forEachPage(
    _ location: S3Location,
    delimiter: String? = nil,
    limit: Int? = nil,
    _ body: (S3Page) async throws(AWSError) -> Void
  ) async throws(AWSError) {
    let pages = Pages<S3Page> { (mark) async throws(AWSError) in
      let page = try await page(location, delimiter: delimiter, mark: mark, limit: limit)
      return (page, page.next)
    }
    try await pages.forEach(body)
  }

  /// Every object whose key begins with a prefix, in order of the keys' bytes.
  package func objects(_ location: S3Location) async throws(AWSError) -> [S3Object] {
    var all: [S3Object] = []
    try await forEachPage(location) { all += $0.objects }
    return all
  }

  // MARK: Objects

  /// An object's head and bytes, or those of a part of it.
  ///
  /// Both ends of the part belong to it. With an entity tag, another version is refused.
  package func get(
    _ location: S3Location,
    from start: Int = 0,
    through end: Int? = nil,
    entityTag: String? = nil
  ) async throws(AWSError) -> (head: S3ObjectHead, body: HTTPBody) {
    var call = Self.call("GetObject", "GET", location)
    call.isStreamed = true
    if start > 0 || end != nil {
      call.headers["Range"] = "bytes=\(start)-\(end.map { String($0) } ?? "")"
    } else {
      call.headers["x-amz-checksum-mode"] = "ENABLED"
    }
    if let entityTag { call.headers["If-Match"] = "\"\(entityTag)\"" }
    let response = try await client.send(call)
    return (S3ObjectHead(response.headers), response.body)
  }

  /// An object's bytes from the start, whatever happens to the connection meanwhile.
  package func reader(_ location: S3Location, entityTag: String? = nil) -> S3ObjectReader {
    S3ObjectReader(self, location, entityTag: entityTag)
  }

  /// What S3 says about an object.
  package func head(_ location: S3Location) async throws(AWSError) -> S3ObjectHead {
    S3ObjectHead(try await client.send(Self.call("HeadObject", "HEAD", location)).headers)
  }

  /// Writes an object, and gives its entity tag.
  package func put(
    _ location: S3Location,
    _ bytes: [UInt8],
    contentType: String? = nil
  ) async throws(AWSError) -> String {
    var call = Self.call("PutObject", "PUT", location)
    call.body = .bytes(bytes)
    call.headers["Content-Type"] = contentType
    call.headers["x-amz-checksum-crc32"] = ObjectChecksum.encoded(.crc32, of: bytes)
    return Self.unquoted(try await client.send(call).headers["ETag"] ?? "")
  }

  /// Writes an object whose bytes are made meanwhile, and gives its entity tag.
  ///
  /// It cannot be sent again by itself when the connection breaks: its bytes are gone.
  package func put(
    _ location: S3Location,
    length: Int,
    contentType: String? = nil,
    _ next: @escaping @Sendable () async throws -> [UInt8]?
  ) async throws(AWSError) -> String {
    var call = Self.call("PutObject", "PUT", location)
    call.body = .stream(length: length, next: next)
    call.headers["Content-Type"] = contentType
    return Self.unquoted(try await client.send(call).headers["ETag"] ?? "")
  }

  /// Deletes an object; one that is not there is as good as deleted.
  package func delete(_ location: S3Location) async throws(AWSError) {
    _ = try await client.send(Self.call("DeleteObject", "DELETE", location))
  }

  /// Deletes objects of one bucket, a thousand with each request, and gives the keys that could not
  /// be deleted with the reason's code.
  package func delete(
    bucket: String,
    keys: [String]
  ) async throws(AWSError) -> [(key: String, code: String)] {
    var failed: [(key: String, code: String)] = []
    for start in stride(from: 0, to: keys.count, by: 1000) {
      let part = keys[start..<min(start + 1000, keys.count)]
      let entries = part.map { "<Object><Key>\(Self.escaped($0))</Key></Object>" }
      let body =
        "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(entries.joined())"
        + "<Quiet>true</Quiet></Delete>"
      var call = Self.call("DeleteObjects", "POST", S3Location(bucket: bucket, key: ""))
      call.query = [("delete", "")]
      let bytes = Array(body.utf8)
      call.headers["Content-Type"] = "application/xml"
      call.headers["Content-MD5"] = Base64.encode(Digest.of(bytes, .md5))
      call.body = .bytes(bytes)
      let response = try await client.send(call)
      let answer = try await AnswerReader(call).xml(response, root: "DeleteResult")
      failed += answer.children("Error").map { ($0.text("Key") ?? "", $0.text("Code") ?? "") }
    }
    return failed
  }

  /// The region of a bucket.
  package func bucketRegion(_ bucket: String) async throws(AWSError) -> String {
    var call = Self.call("GetBucketLocation", "GET", S3Location(bucket: bucket, key: ""))
    call.query = [("location", "")]
    let response = try await client.send(call)
    let answer = try await AnswerReader(call).xml(response, root: "LocationConstraint")
    // The oldest regions have names of their own here.
    switch answer.text {
    case "": return "us-east-1"
    case "EU": return "eu-west-1"
    default: return answer.text
    }
  }

  /// The region of a bucket that calls found elsewhere than they were told; nil when none was.
  package func foundRegion(of bucket: String) -> String? {
    client.caller.foundRegion(of: bucket)
  }

  // MARK: Pieces

  static func call(_ operation: String, _ method: String, _ location: S3Location) -> AWSCall {
    var call = AWSCall(service: .s3, operation: operation, method: method)
    call.bucket = location.bucket
    call.path = location.key.isEmpty ? "" : "/" + location.key
    return call
  }

  static func unquoted(_ tag: String) -> String {
    guard tag.count > 1, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return tag }
    return String(tag.dropFirst().dropLast())
  }

  /// A key of a listing: encoded as a form is, with `+` for a space.
  static func decodedKey(_ text: String) -> String {
    PercentEncoding.decode(String(text.map { $0 == "+" ? " " : $0 }))
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\r", "\n", "\t": result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
