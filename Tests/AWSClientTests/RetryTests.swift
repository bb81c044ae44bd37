import Diagnostics
import TestSupport
import Testing

@testable import AWSClient

@Suite struct RetryTests {
  static let identity = """
    <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</Arn>\
    <UserId>U</UserId><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>
    """

  static func error(_ status: Int, _ code: String) -> HTTPStandIn.Reply {
    HTTPStandIn.Reply(
      status,
      "<ErrorResponse><Error><Code>\(code)</Code><Message>m</Message></Error></ErrorResponse>"
    )
  }

  /// A stand-in with answers one after the other; the last one stays.
  static func server(_ replies: [HTTPStandIn.Reply]) throws -> HTTPStandIn {
    let counter = Counter()
    return try SignatureCheck.server { _ in replies[min(counter.next(), replies.count) - 1] }
  }

  @Test func triesAgainWithGrowingPauses() async throws {
    let server = try Self.server([
      Self.error(503, "ServiceUnavailable"), Self.error(400, "Throttling"),
      HTTPStandIn.Reply(200, Self.identity),
    ])
    defer { server.stop() }
    let pauses = Pauses()
    let client = try Surroundings.client(server, pauses: pauses)
    #expect(try await client.sts.callerIdentity().account == "1")
    // Half of one second, and of two, by the chance that the test gives.
    #expect(pauses.seconds == [0.5, 1])
  }

  @Test func givesUpAfterTheAttemptsAllowed() async throws {
    let server = try Self.server([Self.error(500, "InternalFailure")])
    defer { server.stop() }
    let client = try Surroundings.client(server, ["AWS_MAX_ATTEMPTS": "4"])
    let error = await failure { () async throws(AWSError) in try await client.sts.callerIdentity() }
    #expect(error?.code == "InternalFailure")
    #expect(server.requests.count == 4)
  }

  @Test func waitsAsLongAsItIsTold() async throws {
    var slow = Self.error(503, "SlowDown")
    slow.headers = [("Retry-After", "7")]
    let server = try Self.server([slow, HTTPStandIn.Reply(200, Self.identity)])
    defer { server.stop() }
    let pauses = Pauses()
    _ = try await Surroundings.client(server, pauses: pauses).sts.callerIdentity()
    #expect(pauses.seconds == [7])
  }

  @Test func doesNothingTwiceThatMayHaveHappened() async throws {
    let server = try Self.server([
      HTTPStandIn.Reply(body: [1, 2], cut: 1), Self.error(500, "InternalFailure"),
    ])
    defer { server.stop() }
    let client = try Surroundings.client(server)
    for _ in 0..<2 {
      _ = await failure { () async throws(AWSError) in
        try await client.iam.createRole("r", trustPolicy: "{}")
      }
    }
    #expect(server.requests.count == 2)
    let throttled = try Self.server([
      Self.error(400, "Throttling"), Self.error(409, "EntityAlreadyExists"),
    ])
    defer { throttled.stop() }
    let other = try Surroundings.client(throttled)
    let error = await failure { () async throws(AWSError) in
      try await other.iam.createRole("r", trustPolicy: "{}")
    }
    #expect(error?.code == "EntityAlreadyExists")
  }

  @Test func anOutageIsNotMadeWorse() async throws {
    let server = try Self.server([Self.error(503, "ServiceUnavailable")])
    defer { server.stop() }
    let client = try Surroundings.client(server)
    for _ in 0..<60 {
      _ = await failure { () async throws(AWSError) in try await client.sts.callerIdentity() }
    }
    // 500 tokens at 5 for each retry are 100 retries beside the 60 first attempts.
    #expect(server.requests.count == 160)
  }

  @Test func takesOverTheClockOfTheService() async throws {
    let server = try HTTPStandIn { request in
      if request.header("X-Amz-Date")?.hasPrefix("20300102T0304") == true {
        return HTTPStandIn.Reply(200, Self.identity)
      }
      var reply = Self.error(403, "RequestTimeTooSkewed")
      reply.headers = [("Date", "Wed, 02 Jan 2030 03:04:05 GMT")]
      return reply
    }
    defer { server.stop() }
    let client = try Surroundings.client(server, now: { Timestamp(1_800_000_000) })
    _ = try await client.sts.callerIdentity()
    _ = try await client.sts.callerIdentity()
    #expect(server.requests.count == 3)
  }

  @Test func aWrongSecretIsNotTakenForAWrongClock() async throws {
    let server = try HTTPStandIn { _ in
      var reply = Self.error(403, "SignatureDoesNotMatch")
      reply.headers = [("Date", "Wed, 02 Jan 2030 03:04:05 GMT")]
      return reply
    }
    defer { server.stop() }
    let moment = try #require(Timestamp(iso8601: "2030-01-02T03:03:00Z"))
    let client = try Surroundings.client(server, now: { moment })
    let error = await failure { () async throws(AWSError) in try await client.sts.callerIdentity() }
    #expect(error?.diagnostic.code == "invalid-credentials")
    #expect(server.requests.count == 1)
  }

  @Test func followsABucketToItsRegion() async throws {
    let server = try HTTPStandIn { request in
      let authorization = request.header("Authorization") ?? ""
      if authorization.contains("/eu-north-1/s3/") {
        return HTTPStandIn.Reply(
          200,
          "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
        )
      }
      return HTTPStandIn.Reply(
        301,
        "<Error><Code>PermanentRedirect</Code><Bucket>lake</Bucket></Error>",
        [("x-amz-bucket-region", "eu-north-1")]
      )
    }
    defer { server.stop() }
    let client = try Surroundings.client(server)
    _ = try await client.s3.objects(S3Location(bucket: "lake", key: ""))
    _ = try await client.s3.objects(S3Location(bucket: "lake", key: ""))
    #expect(server.requests.count == 3)
  }

  @Test func expiredKeysAreRenewedOnce() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "keys.sh",
      """
      n=$(cat "$0.count" 2>/dev/null || echo 0); n=$((n+1)); echo $n > "$0.count"
      echo '{"Version": 1, "AccessKeyId": "KEY'$n'", "SecretAccessKey": "secret"}'
      """
    )
    try folder.write(
      "config",
      "[default]\ncredential_process = sh \"\(folder.path)/keys.sh\"\n"
    )
    let server = try HTTPStandIn { request in
      request.header("Authorization")?.contains("KEY2/") == true
        ? HTTPStandIn.Reply(200, Self.identity) : Self.error(403, "ExpiredToken")
    }
    defer { server.stop() }
    let client = try Surroundings.client(
      server,
      [
        "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "",
        "AWS_CONFIG_FILE": "\(folder.path)/config",
      ]
    )
    _ = try await client.sts.callerIdentity()
    #expect(server.requests.count == 2)
    #expect(try await client.credentials().accessKeyID == "KEY2")
  }

  /// `Oracle/retries.py` wrote down what botocore takes for a reason.
  @Test func triesAgainWhereBotocoreDoes() async throws {
    let rules = try #require(try Surroundings.json(Surroundings.fixture("retries.json")).dictionary)
    func attempts(_ status: Int, _ code: String) async throws -> Int {
      let server = try Self.server([
        Self.error(status, code), HTTPStandIn.Reply(200, Self.identity),
      ])
      defer { server.stop() }
      let client = try Surroundings.client(server)
      _ = await failure { () async throws(AWSError) in try await client.sts.callerIdentity() }
      return server.requests.count
    }
    let codes = (rules.list("throttling") + rules.list("transient")).compactMap(\.string)
    #expect(codes.count >= 17)
    for code in codes { #expect(try await attempts(400, code) == 2, "\(code)") }
    for status in rules.list("statuses").compactMap(\.integer) + [429] {
      #expect(try await attempts(status, "Unknown") == 2, "\(status)")
    }
    for (status, code) in [
      (400, "ValidationError"), (403, "AccessDenied"), (404, "NoSuchEntity"), (409, "Conflict"),
      (501, "NotImplemented"),
    ] {
      #expect(try await attempts(status, code) == 1, "\(code)")
    }
  }

  @Test func pausesDoubleUpToALimit() async throws {
    let rules = try #require(try Surroundings.json(Surroundings.fixture("retries.json")).dictionary)
    let longest = try #require(rules.integer("longest_delay"))
    let server = try Self.server([Self.error(400, "Throttling")])
    defer { server.stop() }
    let pauses = Pauses()
    let client = try Surroundings.client(server, ["AWS_MAX_ATTEMPTS": "8"], pauses: pauses)
    _ = await failure { () async throws(AWSError) in try await client.sts.callerIdentity() }
    // Half of each, by the chance that the test gives.
    #expect(pauses.seconds == [0.5, 1, 2, 4, 8, 10, 10])
    #expect(pauses.seconds.max() == Double(longest) / 2)
    let usual = try Self.server([Self.error(400, "Throttling")])
    defer { usual.stop() }
    let other = try Surroundings.client(usual)
    _ = await failure { () async throws(AWSError) in try await other.sts.callerIdentity() }
    #expect(usual.requests.count == rules.integer("attempts"))
  }

  @Test func brokenConnectionsAreTriedAgain() async throws {
    let server = try Self.server([
      HTTPStandIn.Reply(body: [1, 2, 3], cut: 0), HTTPStandIn.Reply(200, Self.identity),
    ])
    defer { server.stop() }
    #expect(try await Surroundings.client(server).sts.callerIdentity().account == "1")
    // In the middle of an answer, of which the head said that all is well.
    let half = Array(Self.identity.utf8)
    let other = try Self.server([
      HTTPStandIn.Reply(body: half, cut: half.count / 2), HTTPStandIn.Reply(200, Self.identity),
    ])
    defer { other.stop() }
    #expect(try await Surroundings.client(other).sts.callerIdentity().account == "1")
    #expect(other.requests.count == 2)
    // Nobody listens there.
    let pauses = Pauses()
    let client = try Surroundings.client(
      nil,
      ["AWS_ENDPOINT_URL": "http://127.0.0.1:1"],
      pauses: pauses
    )
    let error = await failure { () async throws(AWSError) in try await client.sts.callerIdentity() }
    #expect(error?.diagnostic.code == "aws-unreachable")
    #expect(pauses.seconds.count == 2)
  }
}
