package import AWSClient
package import Diagnostics
import Glibc
package import WarehouseClient

/// The objects that loads read and unloads write, in S3 itself.
///
/// Clients are made when they are first needed, one for each region that statements name: a project
/// whose files are all in mapped folders needs no credentials.
package struct S3ObjectStore: ObjectStore {
  /// Makes a client; a region of nil is that of the environment.
  package typealias MakeClient =
    @Sendable (_ region: String?) async throws(AWSError) -> AWSClient

  private let clients: RegionClients

  /// A store whose clients are made by a function.
  package init(makeClient: @escaping MakeClient) {
    clients = RegionClients(makeClient: makeClient)
  }

  package func objects(
    startingWith text: String,
    region: String?
  ) async throws(Diagnostic) -> [StorageObject] {
    let location = try Self.location(text)
    return try await calling { () async throws(AWSError) in
      let s3 = try await clients.client(region).s3
      var found: [StorageObject] = []
      try await s3.forEachPage(location) { page in
        // What consoles make to show a folder holds nothing.
        for object in page.objects where object.size > 0 || !object.key.hasSuffix("/") {
          let url = S3Location(bucket: location.bucket, key: object.key).url
          found.append(
            StorageObject(url: url, path: url, size: object.size, version: object.entityTag)
          )
        }
      }
      try Self.check(region, s3, location)
      return found
    }
  }

  package func object(at text: String, region: String?) async throws(Diagnostic) -> StorageObject? {
    let location = try Self.location(text)
    return try await calling { () async throws(AWSError) in
      let s3 = try await clients.client(region).s3
      do throws(AWSError) {
        let head = try await s3.head(location)
        try Self.check(region, s3, location)
        return StorageObject(
          url: location.url,
          path: location.url,
          size: head.length ?? 0,
          version: head.entityTag ?? ""
        )
      } catch {
        // An answer to HEAD has no body that could tell more.
        if case .service(let fault) = error, fault.status == 404, fault.code != "NoSuchBucket" {
          return nil
        }
        throw error
      }
    }
  }

  package func open(
    _ object: StorageObject,
    region: String?
  ) async throws(Diagnostic) -> any ObjectStream {
    let location = try Self.location(object.url)
    let tag = object.version.flatMap { $0.isEmpty ? nil : $0 }
    return try await calling { () async throws(AWSError) in
      let s3 = try await clients.client(region).s3
      return ObjectStreamReader(reader: s3.reader(location, entityTag: tag))
    }
  }

  package func write(
    file path: String,
    size: Int,
    to text: String,
    region: String?
  ) async throws(Diagnostic) {
    let location = try Self.location(text)
    try await calling { () async throws(AWSError) in
      let s3 = try await clients.client(region).s3
      if size <= Self.wholeSize {
        _ = try await s3.put(location, try await FileReader(path).all())
        return
      }
      if size > streamedSize {
        let reader = try FileReader(path)
        _ = try await s3.put(location, length: size, partSize: partSize) {
          (offset, count) async throws(AWSError) in
          try await reader.part(at: offset, count)
        }
        return
      }
      var attempt = 1
      while true {
        let reader = try FileReader(path)
        do throws(AWSError) {
          _ = try await s3.put(location, length: size) { try await reader.next() }
          return
        } catch {
          // A stream cannot be sent again by the client, but the file is still there.
          guard attempt < Self.uploadAttempts, Self.isPassing(error) else { throw error }
          attempt += 1
        }
      }
    }
  }

  package func remove(_ objects: [StorageObject], region: String?) async throws(Diagnostic) {
    var keys: [String: [String]] = [:]
    for object in objects {
      let location = try Self.location(object.url)
      keys[location.bucket, default: []].append(location.key)
    }
    for (bucket, keys) in keys {
      let failed = try await calling { () async throws(AWSError) in
        try await clients.client(region).s3.delete(bucket: bucket, keys: keys)
      }
      if let first = failed.first {
        throw .notDeleted(S3Location(bucket: bucket, key: first.key).url, first.code, failed.count)
      }
    }
  }

  // MARK: Pieces

  /// Files up to this size are sent from memory, with a checksum, and again when that helps.
  private static let wholeSize = 8 << 20
  /// Files up to this size are sent as one stream, larger ones in parts.
  package var streamedSize = 64 << 20
  package var partSize = S3.usualPartSize
  private static let uploadAttempts = 3

  private func calling<Result: Sendable>(
    _ body: () async throws(AWSError) -> Result
  ) async throws(Diagnostic) -> Result {
    do throws(AWSError) {
      return try await body()
    } catch {
      throw error.diagnostic
    }
  }

  private static func location(_ text: String) throws(Diagnostic) -> S3Location {
    guard let location = S3Location(text) else { throw .noLocation(text) }
    return location
  }

  /// A REGION that is not the bucket's: the client finds its way, a cluster does not.
  private static func check(
    _ region: String?,
    _ s3: S3,
    _ location: S3Location
  ) throws(AWSError) {
    guard let region, let found = s3.foundRegion(of: location.bucket), found != region else {
      return
    }
    throw .problem(.regionOfBucket(location.bucket, is: found, not: region))
  }

  private static func isPassing(_ error: AWSError) -> Bool {
    switch error {
    case .transport(let failure, _, _, _): failure.isTransient
    case .service(let fault): fault.status >= 500
    case .response, .problem, .cancelled: false
    }
  }
}

/// The clients that were made, one for each region.
private actor RegionClients {
  private let makeClient: S3ObjectStore.MakeClient
  private var clients: [String: AWSClient] = [:]

  init(makeClient: @escaping S3ObjectStore.MakeClient) {
    self.makeClient = makeClient
  }

  func client(_ region: String?) async throws(AWSError) -> AWSClient {
    let key = region ?? ""
    if let client = clients[key] { return client }
    let made = try await makeClient(region)
    // Two statements may have asked at once.
    if let client = clients[key] { return client }
    clients[key] = made
    return made
  }
}

/// An object's bytes; the reader goes on where a connection broke, and proves them at the end.
private struct ObjectStreamReader: ObjectStream {
  let reader: S3ObjectReader

  func next() async throws(Diagnostic) -> [UInt8]? {
    do throws(AWSError) {
      return try await reader.next()
    } catch {
      throw error.diagnostic
    }
  }
}

/// Reads a file in pieces while it is sent.
private actor FileReader {
  private static let pieceSize = 256 << 10

  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws(AWSError) {
    self.path = path
    descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func next() throws(AWSError) -> [UInt8]? {
    var piece = [UInt8](repeating: 0, count: Self.pieceSize)
    while true {
      let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure(path) }
      return count == 0 ? nil : Array(piece.prefix(count))
    }
  }

  func all() throws(AWSError) -> [UInt8] {
    var bytes: [UInt8] = []
    while let piece = try next() { bytes += piece }
    return bytes
  }

  /// Some bytes from the middle; they must all be there.
  func part(at offset: Int, _ count: Int) throws(AWSError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let number = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: done), count - done, offset + done)
      }
      if number < 0, errno == EINTR { continue }
      guard number >= 0 else { throw Self.failure(path) }
      guard number > 0 else { throw .problem(.notReadable(path, "it is shorter than it was")) }
      done += number
    }
    return bytes
  }

  private static func failure(_ path: String) -> AWSError {
    .problem(.notReadable(path, String(cString: strerror(errno))))
  }
}
