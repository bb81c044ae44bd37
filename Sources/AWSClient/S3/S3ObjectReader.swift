/// Reads an object from the start to the end as one stream.
///
/// When the connection breaks, reading goes on where it stopped, by a range request that insists on
/// the same version of the object. At the end the bytes are counted and added up, and must be what S3
/// says the object has. Memory stays flat: nothing is fetched that nobody asked for, save what fits
/// into a transfer's buffer.
package actor S3ObjectReader {
  private let s3: S3
  package nonisolated let location: S3Location
  private var entityTag: String?
  private var body: HTTPBody?
  private var head: S3ObjectHead?
  private var checksum: RunningChecksum?
  private var isDone = false
  /// Attempts since the last byte came.
  private var attempts = 0
  /// Bytes handed out.
  package private(set) var offset = 0
  /// How often a broken stream was taken up again.
  package private(set) var resumptions = 0

  init(_ s3: S3, _ location: S3Location, entityTag: String?) {
    self.s3 = s3
    self.location = location
    self.entityTag = entityTag
  }

  /// The next bytes; nil after the last.
  package func next() async throws(AWSError) -> [UInt8]? {
    while !isDone {
      let body = try await openBody()
      do throws(TransportFailure) {
        if let chunk = try await body.next() {
          offset += chunk.count
          attempts = 0
          checksum?.update(chunk)
          return chunk
        }
      } catch {
        self.body = nil
        try await recover(from: error)
        continue
      }
      isDone = true
      try check()
    }
    return nil
  }

  /// All bytes, up to a limit; more are not read.
  package func bytes(limit: Int) async throws(AWSError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit, let chunk = try await next() { bytes += chunk }
    return Array(bytes.prefix(limit))
  }

  private func openBody() async throws(AWSError) -> HTTPBody {
    if let body { return body }
    if offset > 0 { resumptions += 1 }
    let response: (head: S3ObjectHead, body: HTTPBody)
    do throws(AWSError) {
      response = try await s3.get(location, from: offset, entityTag: entityTag)
    } catch {
      if error.code == "PreconditionFailed" { throw .problem(.objectChanged(location.url)) }
      throw error
    }
    guard response.head.rangeStart ?? 0 == offset else {
      throw .problem(.objectDamaged(location.url, "the rest after byte \(offset) cannot be had"))
    }
    if head == nil {
      head = response.head
      entityTag = entityTag ?? response.head.entityTag
      checksum = response.head.checksum.map { RunningChecksum($0.algorithm) }
    }
    body = response.body
    return response.body
  }

  private func recover(from failure: TransportFailure) async throws(AWSError) {
    attempts += 1
    let caller = s3.client.caller
    let isLost = failure.kind == .cancelled
    // Everything may have come, though the end of the stream did not.
    if !isLost, let length = head?.length, offset == length, length > 0 {
      isDone = true
      try check()
      return
    }
    guard !isLost, failure.isTransient, attempts < max(3, caller.retries.maximumAttempts),
      let cost = caller.retries.acquire(isTimeout: failure.kind == .timeout)
    else {
      if isLost { throw .cancelled }
      throw .transport(
        failure,
        service: AWSService.s3.name,
        operation: "GetObject",
        host: location.bucket
      )
    }
    // A stream that goes on has proved that the service is well.
    if attempts == 1 { caller.retries.release(cost) }
    let delay = caller.retries.delay(
      after: attempts,
      random: caller.surroundings.random(),
      retryAfter: nil
    )
    do {
      try await caller.surroundings.sleep(delay)
    } catch {
      throw .cancelled
    }
  }

  private func check() throws(AWSError) {
    if let length = head?.length, length != offset {
      throw .problem(
        .objectDamaged(location.url, "\(offset) bytes came, and it should have \(length)")
      )
    }
    guard let expected = head?.checksum, let found = checksum?.finish() else { return }
    guard found == expected.value else {
      throw .problem(
        .objectDamaged(
          location.url,
          "its \(expected.algorithm.rawValue.uppercased()) is \(found), and should be "
            + expected.value
        )
      )
    }
  }
}

extension S3 {
  /// Reads objects of a listing, several at a time, each with a call of `body`.
  ///
  /// An object that has changed since it was listed is refused; the first problem ends all.
  package func read(
    _ objects: [S3Object],
    in bucket: String,
    concurrency: Int = 4,
    _ body: @escaping @Sendable (S3Object, S3ObjectReader) async throws(AWSError) -> Void
  ) async throws(AWSError) {
    let problem = await withTaskGroup(of: AWSError?.self) { group in
      var rest = objects[...]
      var problem: AWSError?
      func start() {
        guard problem == nil, let object = rest.popFirst() else { return }
        let location = S3Location(bucket: bucket, key: object.key)
        let reader = reader(location, entityTag: object.entityTag)
        group.addTask {
          do throws(AWSError) {
            try await body(object, reader)
            return nil
          } catch {
            return error
          }
        }
      }
      for _ in 0..<max(1, concurrency) { start() }
      while let result = await group.next() {
        if let result, problem == nil {
          problem = result
          group.cancelAll()
        }
        start()
      }
      return problem
    }
    if let problem { throw problem }
  }
}
