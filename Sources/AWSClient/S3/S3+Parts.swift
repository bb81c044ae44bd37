// Objects that are too large for one request: written in parts, each with its checksum, each sent
// again by itself when its connection breaks.

extension S3 {
  /// A part that S3 has.
  struct Part: Hashable, Sendable {
    var number: Int
    var entityTag: String
    var checksum: String
  }

  /// The smallest part, save for the last one; S3 takes 5 MiB.
  package static let usualPartSize = 16 << 20
  private static let mostParts = 10_000
  /// Parts on their way at once.
  private static let lanes = 4

  /// Writes an object in parts.
  ///
  /// Nothing is seen of it before the last part is there. When it fails, the parts are taken away.
  ///
  /// - Parameters:
  ///   - location: where to.
  ///   - length: how many bytes there are.
  ///   - partSize: how many of them are sent at once; more when there would be too many parts.
  ///   - read: gives some of the bytes, by their place.
  /// - Returns: its entity tag.
  /// - Throws: what S3 refuses, and what `read` throws.
  package func put(
    _ location: S3Location,
    length: Int,
    partSize: Int = S3.usualPartSize,
    inParts read:
      @escaping @Sendable (_ offset: Int, _ count: Int) async throws(AWSError) -> [UInt8]
  ) async throws(AWSError) -> String {
    let upload = try await beginParts(location)
    do throws(AWSError) {
      let parts = try await send(location, upload, length, partSize, read)
      return try await finish(location, upload, parts, length)
    } catch {
      // Parts are billed until they go. Cancelled or not, this is still to be done.
      let leaving = Task { () async -> AWSError? in
        do throws(AWSError) {
          try await abandon(location, upload)
          return nil
        } catch {
          return error
        }
      }
      // What went wrong first is what counts; a rule of the bucket clears what is left.
      _ = await leaving.value
      throw error
    }
  }

  private func send(
    _ location: S3Location,
    _ upload: String,
    _ length: Int,
    _ partSize: Int,
    _ read: @escaping @Sendable (_ offset: Int, _ count: Int) async throws(AWSError) -> [UInt8]
  ) async throws(AWSError) -> [Part] {
    let size = max(partSize, (length + Self.mostParts - 1) / Self.mostParts)
    let offsets = Array(stride(from: 0, to: length, by: size))
    let outcome = await withTaskGroup(of: Result<Part, AWSError>.self) { group in
      var next = 0
      func begin() {
        guard next < offsets.count else { return }
        let (number, offset) = (next + 1, offsets[next])
        next += 1
        group.addTask {
          do throws(AWSError) {
            let bytes = try await read(offset, min(size, length - offset))
            return .success(try await put(location, upload, number, bytes))
          } catch {
            return .failure(error)
          }
        }
      }
      for _ in 0..<Self.lanes { begin() }
      var parts: [Part] = []
      while let result = await group.next() {
        switch result {
        case .success(let part): parts.append(part)
        case .failure(let error):
          group.cancelAll()
          return Result<[Part], AWSError>.failure(error)
        }
        begin()
      }
      return .success(parts.sorted { $0.number < $1.number })
    }
    return try outcome.get()
  }

  // MARK: Requests

  func beginParts(_ location: S3Location) async throws(AWSError) -> String {
    var call = Self.call("CreateMultipartUpload", "POST", location)
    call.query = [("uploads", "")]
    call.headers["x-amz-checksum-algorithm"] = "CRC32"
    let reader = AnswerReader(call)
    let answer = try await reader.xml(
      try await client.send(call),
      root: "InitiateMultipartUploadResult"
    )
    guard let upload = answer.text("UploadId") else { throw reader.failure("UploadId is missing") }
    return upload
  }

  func put(
    _ location: S3Location,
    _ upload: String,
    _ number: Int,
    _ bytes: [UInt8]
  ) async throws(AWSError) -> Part {
    var call = Self.call("UploadPart", "PUT", location)
    call.query = [("partNumber", String(number)), ("uploadId", upload)]
    call.body = .bytes(bytes)
    let checksum = ObjectChecksum.encoded(.crc32, of: bytes)
    call.headers["x-amz-checksum-crc32"] = checksum
    let tag = try await client.send(call).headers["ETag"].map(Self.unquoted)
    guard let tag else { throw AnswerReader(call).failure("ETag is missing") }
    return Part(number: number, entityTag: tag, checksum: checksum)
  }

  private func finish(
    _ location: S3Location,
    _ upload: String,
    _ parts: [Part],
    _ length: Int
  ) async throws(AWSError) -> String {
    var attempt = 1
    while true {
      do throws(AWSError) {
        return try await endParts(location, upload, parts)
      } catch {
        guard error != .cancelled else { throw error }
        // The answer may have been lost on the way: then the object is there as it should be.
        if error.code == nil || error.code == "NoSuchUpload",
          let head = try await found(location), head.length == length,
          let tag = head.entityTag, tag.hasSuffix("-\(parts.count)")
        {
          return tag
        }
        guard attempt < Self.attempts, Self.passing.contains(error.code ?? "") else { throw error }
        do {
          try await client.caller.surroundings.sleep(Double(attempt))
        } catch {
          throw .cancelled
        }
        attempt += 1
      }
    }
  }

  private static let attempts = 3
  private static let passing: Set<String> = ["InternalError", "SlowDown", "ServiceUnavailable"]

  private func found(_ location: S3Location) async throws(AWSError) -> S3ObjectHead? {
    do throws(AWSError) {
      return try await head(location)
    } catch {
      if case .service(let fault) = error, fault.status == 404 || fault.status == 403 { return nil }
      throw error
    }
  }

  func endParts(
    _ location: S3Location,
    _ upload: String,
    _ parts: [Part]
  ) async throws(AWSError) -> String {
    let entries = parts.map { part in
      "<Part><ETag>\"\(part.entityTag)\"</ETag><ChecksumCRC32>\(part.checksum)</ChecksumCRC32>"
        + "<PartNumber>\(part.number)</PartNumber></Part>"
    }
    var call = Self.call("CompleteMultipartUpload", "POST", location)
    call.query = [("uploadId", upload)]
    call.headers["Content-Type"] = "application/xml"
    call.body = .bytes(
      Array(
        ("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
          + "\(entries.joined())</CompleteMultipartUpload>").utf8
      )
    )
    let reader = AnswerReader(call)
    let response = try await client.send(call)
    let bytes = try await reader.bytes(response)
    let answer = try reader.document(bytes)
    // S3 begins its answer before it knows how it ends: an error can stand in a good one.
    if answer.name == "Error" {
      throw .service(
        FaultReader(service: .s3, operation: call.operation)
          .fault(status: response.status, headers: response.headers, body: bytes)
      )
    }
    guard answer.name == "CompleteMultipartUploadResult", let tag = answer.text("ETag") else {
      throw reader.failure("it says neither that the object is there nor what went wrong")
    }
    return Self.unquoted(tag)
  }

  func abandon(_ location: S3Location, _ upload: String) async throws(AWSError) {
    var call = Self.call("AbortMultipartUpload", "DELETE", location)
    call.query = [("uploadId", upload)]
    _ = try await client.send(call)
  }
}
