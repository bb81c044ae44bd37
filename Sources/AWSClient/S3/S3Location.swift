/// A place in S3: a bucket and a key, or the beginning of keys.
package struct S3Location: Hashable, Sendable {
  package var bucket: String
  package var key: String

  /// A place.
  package init(bucket: String, key: String) {
    self.bucket = bucket
    self.key = key
  }

  /// Reads `s3://bucket/key`; nil when the text is no such address.
  package init?(_ text: String) {
    guard text.lowercased().hasPrefix("s3://") else { return nil }
    let rest = text.dropFirst(5)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let bucket = String(rest[..<slash])
    let isName = bucket.utf8.allSatisfy {
      ($0 >= 97 && $0 <= 122) || ($0 >= 65 && $0 <= 90) || ($0 >= 48 && $0 <= 57)
        || ".-_".utf8.contains($0)
    }
    guard isName, (3...255).contains(bucket.utf8.count), bucket.first != "." else { return nil }
    self.init(bucket: bucket, key: String(rest[slash...].dropFirst()))
  }

  /// The address as text.
  package var url: String { "s3://\(bucket)/\(key)" }
}

/// An object as a listing shows it.
package struct S3Object: Hashable, Sendable {
  package var key: String
  package var size: Int
  /// Without quotes.
  package var entityTag: String
  package var modified: Timestamp?
  package var storageClass: String?

  /// An object.
  package init(
    key: String,
    size: Int,
    entityTag: String,
    modified: Timestamp? = nil,
    storageClass: String? = nil
  ) {
    self.key = key
    self.size = size
    self.entityTag = entityTag
    self.modified = modified
    self.storageClass = storageClass
  }
}

/// What a listing says at one page.
package struct S3Page: Hashable, Sendable {
  package var objects: [S3Object]
  /// Beginnings of keys up to the delimiter, as folders.
  package var prefixes: [String]
  package var next: String?
}

/// What S3 says about an object beside its bytes.
package struct S3ObjectHead: Hashable, Sendable {
  /// Bytes of the object, or of the part that was asked for.
  package var length: Int?
  /// Without quotes.
  package var entityTag: String?
  package var modified: Timestamp?
  package var contentType: String?
  package var contentEncoding: String?
  package var storageClass: String?
  var checksum: ObjectChecksum?
  /// Where a part begins; nil for a whole object.
  var rangeStart: Int?

  init(_ headers: HTTPHeaders) {
    length = headers["Content-Length"].flatMap { Int($0) }
    entityTag = headers["ETag"].map { S3.unquoted($0) }
    modified = headers["Last-Modified"].flatMap { Timestamp(http: $0) }
    contentType = headers["Content-Type"]
    contentEncoding = headers["Content-Encoding"]
    storageClass = headers["x-amz-storage-class"]
    checksum = ObjectChecksum(headers)
    rangeStart = headers["Content-Range"].flatMap { text in
      text.split { " -/".contains($0) }.dropFirst().first.flatMap { Int($0) }
    }
  }
}
