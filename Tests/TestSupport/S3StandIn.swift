import Foundation
import Synchronization

/// A small S3 on 127.0.0.1 for tests: buckets in memory, with pages, ranges, versions and checksums,
/// and with connections that break when asked to.
package final class S3StandIn: Sendable {
  fileprivate struct State {
    /// By path, as `/bucket/key`.
    var objects: [String: [UInt8]] = [:]
    var regions: [String: String] = [:]
    /// How often the next answers with an object's bytes break off, and where.
    var cuts: [String: (count: Int, at: Int)] = [:]
    var damaged: Set<String> = []
    var requests: [String] = []
    /// What was sent of objects in parts, by upload, with the path each is for.
    var uploads: [String: (path: String, parts: [Int: [UInt8]])] = [:]
    var uploadCount = 0
    /// Of how many parts an object is, by path.
    var partCounts: [String: Int] = [:]
    var uploadFaults: [S3StandIn.UploadFault] = []
  }

  /// What goes wrong with an object in parts, each once.
  package enum UploadFault: Hashable, Sendable {
    /// The part of this number is answered with an error of the server.
    case part(Int)
    /// An error stands in the good answer to the end.
    case errorInEnd
    /// The object is there, and the answer says that the upload is not.
    case lostEnd
    /// Every part is refused for good.
    case refuseParts
  }

  /// Keeps what the server answers by, apart from the server itself.
  fileprivate final class Store: Sendable {
    let state = Mutex(State())
    let pageSize: Int

    init(pageSize: Int) { self.pageSize = pageSize }
  }

  private let store: Store
  private let server: HTTPStandIn

  /// Starts a server.
  package init(pageSize: Int = 1000) throws {
    let store = Store(pageSize: pageSize)
    self.store = store
    let verifier = SignatureVerifier(secrets: Self.secrets)
    server = try HTTPStandIn { request in
      do throws(SignatureVerifier.Problem) {
        let scope = try verifier.scope(of: request)
        guard scope.service == "s3" else { throw SignatureVerifier.Problem("not for S3") }
      } catch {
        return Store.fault(403, "SignatureDoesNotMatch", error.description)
      }
      return store.answer(request)
    }
  }

  package var address: String { server.address }

  /// What clients need to find this server.
  package var environment: [String: String] {
    [
      "AWS_ENDPOINT_URL": address, "AWS_REGION": "us-west-2", "AWS_ACCESS_KEY_ID": Self.key,
      "AWS_SECRET_ACCESS_KEY": Self.secret, "AWS_EC2_METADATA_DISABLED": "true",
      "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    ]
  }

  package static let key = "AKIDEXAMPLE"
  package static let secret = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"

  /// Those of clients, and of the stand-in for Redshift, which reads objects as Redshift does.
  private static let secrets = [key: secret, "AKIDSTANDIN": "of-the-stand-in"]

  /// `METHOD /bucket/key` of every request, with `?` for a listing and `@N` for a range.
  package var requests: [String] { store.state.withLock { $0.requests } }

  /// Every object, by `s3://` address.
  package var objects: [String: [UInt8]] {
    store.state.withLock { state in
      Dictionary(
        uniqueKeysWithValues: state.objects.map { ("s3:/" + $0.key, $0.value) }
      )
    }
  }

  package func put(_ address: String, _ bytes: [UInt8]) {
    store.state.withLock { $0.objects[String(address.dropFirst(4))] = bytes }
  }

  /// Puts every file below a folder under a prefix, which ends with a slash.
  package func put(folder: String, at prefix: String) throws {
    let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    guard let names = FileManager.default.enumerator(atPath: root) else { return }
    while let name = names.nextObject() as? String {
      let path = root + "/" + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      put(prefix + name, [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    }
  }

  /// Lets a bucket be in another region than clients are told.
  package func place(bucket: String, in region: String) {
    store.state.withLock { $0.regions[bucket] = region }
  }

  /// Lets the next answers with an object's bytes break off after some of them.
  package func cut(_ address: String, after bytes: Int, times: Int = 1) {
    store.state.withLock { $0.cuts[String(address.dropFirst(4))] = (times, bytes) }
  }

  /// Lets an object's bytes differ from its checksum.
  package func damage(_ address: String) {
    store.state.withLock { _ = $0.damaged.insert(String(address.dropFirst(4))) }
  }

  /// Lets the next objects in parts meet trouble.
  package func fail(_ faults: UploadFault...) {
    store.state.withLock { $0.uploadFaults += faults }
  }

  /// How many objects in parts were begun and neither ended nor given up.
  package var openUploads: Int { store.state.withLock { $0.uploads.count } }

  package func stop() { server.stop() }
}

extension S3StandIn.Store {
  fileprivate func answer(_ request: HTTPStandIn.Request) -> HTTPStandIn.Reply {
    state.withLock { state in
      let path = request.path.removingPercentEncoding ?? request.path
      let bucket = String(path.dropFirst().prefix { $0 != "/" })
      let range = Self.range(request)
      let mark = request.query.contains("list-type") ? "?" : range.map { "@\($0)" } ?? ""
      state.requests.append("\(request.method) \(path)\(mark)")
      if bucket == "denied" { return Self.fault(403, "AccessDenied", "Access Denied") }
      let isKnown = state.objects.keys.contains { $0.hasPrefix("/\(bucket)/") }
      let isWritten = request.method == "PUT" || request.query.contains("upload")
      guard isKnown || isWritten || bucket == "empty" else {
        return Self.fault(404, "NoSuchBucket", "The specified bucket does not exist")
      }
      if let region = state.regions[bucket],
        request.header("Authorization")?.contains("/\(region)/s3/") != true
      {
        return Self.fault(
          301,
          "PermanentRedirect",
          "The bucket is elsewhere",
          [("x-amz-bucket-region", region)]
        )
      }
      let query = HTTPStandIn.Request.pairs(request.query)
      if request.query.hasPrefix("uploads") || query["uploadId"] != nil {
        return inParts(request, path, query, &state)
      }
      switch request.method {
      case "PUT":
        state.objects[path] = request.body
        state.partCounts[path] = nil
        return HTTPStandIn.Reply(200, "", [("ETag", "\"\(Self.tag(request.body, 1))\"")])
      case "POST": return delete(request.text, bucket, &state)
      case "GET" where mark == "?": return list(request, bucket, state)
      default: return object(path, range, request, &state)
      }
    }
  }

  private func inParts(
    _ request: HTTPStandIn.Request,
    _ path: String,
    _ query: [String: String],
    _ state: inout S3StandIn.State
  ) -> HTTPStandIn.Reply {
    func take(_ fault: S3StandIn.UploadFault) -> Bool {
      guard let index = state.uploadFaults.firstIndex(of: fault) else { return false }
      state.uploadFaults.remove(at: index)
      return true
    }
    guard let upload = query["uploadId"] else {
      state.uploadCount += 1
      state.uploads["U\(state.uploadCount)"] = (path, [:])
      return HTTPStandIn.Reply(
        200,
        "<InitiateMultipartUploadResult><UploadId>U\(state.uploadCount)</UploadId>"
          + "</InitiateMultipartUploadResult>"
      )
    }
    guard let known = state.uploads[upload], known.path == path else {
      return Self.fault(404, "NoSuchUpload", "The specified upload does not exist.")
    }
    switch request.method {
    case "PUT":
      let number = query["partNumber"].flatMap { Int($0) } ?? 0
      if state.uploadFaults.contains(.refuseParts) {
        return Self.fault(403, "AccessDenied", "Access Denied")
      }
      if take(.part(number)) { return Self.fault(500, "InternalError", "Try again.") }
      let sum = Self.crc32(request.body)
      let big = (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32($0))) }
      guard request.header("x-amz-checksum-crc32") == Data(big).base64EncodedString() else {
        return Self.fault(400, "BadDigest", "The checksum did not match")
      }
      state.uploads[upload]?.parts[number] = request.body
      return HTTPStandIn.Reply(200, "", [("ETag", "\"part-\(number)\"")])
    case "DELETE":
      state.uploads[upload] = nil
      return HTTPStandIn.Reply(204, "")
    default: break
    }
    if take(.errorInEnd) {
      return HTTPStandIn.Reply(
        200,
        "<Error><Code>InternalError</Code><Message>Try again.</Message></Error>"
      )
    }
    let parts = known.parts.sorted { $0.key < $1.key }
    let expected = parts.map { "<ETag>\"part-\($0.key)\"</ETag>" }
    guard parts.map(\.key) == Array(1...max(parts.count, 1)),
      request.text.components(separatedBy: "<Part>").count == parts.count + 1,
      expected.allSatisfy({ request.text.contains($0) }),
      parts.dropLast().allSatisfy({ $0.value.count >= 5 << 20 })
    else { return Self.fault(400, "InvalidPart", "One or more of the parts could not be found.") }
    state.objects[path] = parts.flatMap(\.value)
    state.partCounts[path] = parts.count
    state.uploads[upload] = nil
    if take(.lostEnd) { return Self.fault(404, "NoSuchUpload", "There is no such upload.") }
    return HTTPStandIn.Reply(
      200,
      "<CompleteMultipartUploadResult><ETag>\"x-\(parts.count)\"</ETag>"
        + "</CompleteMultipartUploadResult>"
    )
  }

  private func list(
    _ request: HTTPStandIn.Request,
    _ bucket: String,
    _ state: S3StandIn.State
  ) -> HTTPStandIn.Reply {
    let query = HTTPStandIn.Request.pairs(request.query)
    let start = "/\(bucket)/"
    let prefix = start + (query["prefix"] ?? "")
    let after = query["continuation-token"].map { start + $0 }
    let paths = state.objects.keys
      .filter { path in
        path.utf8.starts(with: prefix.utf8)
          && after.map { $0.utf8.lexicographicallyPrecedes(path.utf8) } ?? true
      }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var body = "<ListBucketResult><EncodingType>url</EncodingType>"
    for path in paths.prefix(pageSize) {
      let bytes = state.objects[path] ?? []
      let key = path.dropFirst(start.count)
      let encoded = key.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      body +=
        "<Contents><Key>\(encoded)</Key><Size>\(bytes.count)</Size>"
        + "<ETag>\"\(Self.tag(bytes, state.partCounts[path]))\"</ETag></Contents>"
    }
    let rest = paths.dropFirst(pageSize)
    body += "<IsTruncated>\(!rest.isEmpty)</IsTruncated>"
    if !rest.isEmpty, let last = paths.prefix(pageSize).last {
      body += "<NextContinuationToken>\(last.dropFirst(start.count))</NextContinuationToken>"
    }
    return HTTPStandIn.Reply(200, body + "</ListBucketResult>")
  }

  private func object(
    _ path: String,
    _ start: Int?,
    _ request: HTTPStandIn.Request,
    _ state: inout S3StandIn.State
  ) -> HTTPStandIn.Reply {
    guard let bytes = state.objects[path] else {
      return Self.fault(404, "NoSuchKey", "The specified key does not exist.")
    }
    let tag = "\"\(Self.tag(bytes, state.partCounts[path]))\""
    if let wanted = request.header("If-Match"), wanted != tag {
      return Self.fault(412, "PreconditionFailed", "At least one of the pre-conditions failed")
    }
    let from = min(start ?? 0, bytes.count)
    var reply = HTTPStandIn.Reply(
      status: start == nil ? 200 : 206,
      headers: [("ETag", tag)],
      body: Array(bytes[from...])
    )
    reply.headers.append(("Content-Length", String(reply.body.count)))
    if start != nil {
      reply.headers.append(("Content-Range", "bytes \(from)-\(bytes.count - 1)/\(bytes.count)"))
    } else {
      var sum = Self.crc32(bytes)
      if state.damaged.contains(path) { sum ^= 1 }
      let big = (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32($0))) }
      reply.headers.append(("x-amz-checksum-crc32", Data(big).base64EncodedString()))
    }
    if request.method == "GET", let cut = state.cuts[path] {
      reply.cut = cut.at
      state.cuts[path] = cut.count > 1 ? (cut.count - 1, cut.at) : nil
    }
    return reply
  }

  private func delete(
    _ body: String,
    _ bucket: String,
    _ state: inout S3StandIn.State
  ) -> HTTPStandIn.Reply {
    for part in body.components(separatedBy: "<Key>").dropFirst() {
      let key = part.components(separatedBy: "</Key>")[0]
      state.objects["/\(bucket)/\(key)"] = nil
    }
    return HTTPStandIn.Reply(200, "<DeleteResult></DeleteResult>")
  }

  private static func range(_ request: HTTPStandIn.Request) -> Int? {
    request.header("Range").flatMap { text in
      Int(text.dropFirst("bytes=".count).prefix { $0 != "-" })
    }
  }

  fileprivate static func fault(
    _ status: Int,
    _ code: String,
    _ message: String,
    _ headers: [(name: String, value: String)] = []
  ) -> HTTPStandIn.Reply {
    HTTPStandIn.Reply(
      status,
      "<Error><Code>\(code)</Code><Message>\(message)</Message><RequestId>R1</RequestId></Error>",
      headers
    )
  }

  /// No MD5, as of an object that was written in parts.
  private static func tag(_ bytes: [UInt8], _ count: Int?) -> String {
    "\(crc32(bytes))-\(count ?? 1)"
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
    }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF) { sum, byte in
      sum >> 8 ^ table[Int((sum ^ UInt32(byte)) & 255)]
    }
  }
}
