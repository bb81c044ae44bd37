import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AWSClient

/// Sign-ins of IAM Identity Center that renew themselves, and codes of second factors.
@Suite struct SignInTests {
  private static let withoutKeys = ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""]
  private static let configuration = """
    [profile sso]
    sso_session = corp
    sso_account_id = 123
    sso_role_name = Loader
    [profile old]
    sso_account_id = 123
    sso_role_name = Loader
    sso_region = eu-west-1
    sso_start_url = corp
    [sso-session corp]
    sso_region = eu-west-1
    sso_start_url = https://corp.example/start
    [profile base]
    aws_access_key_id = BASE
    aws_secret_access_key = s
    [profile guarded]
    role_arn = arn:aws:iam::1:role/guarded
    source_profile = base
    mfa_serial = arn:aws:iam::1:mfa/me
    """

  /// A folder with a token whose ends are so many seconds from now.
  private static func signedIn(
    tokenEnds: Double,
    registrationEnds: Double = 86_400
  ) throws -> (TemporaryFolder, cache: String) {
    func time(_ seconds: Double) -> String {
      Timestamp(Timestamp.now().seconds + seconds).iso8601
    }
    let folder = try TemporaryFolder()
    let cache = ".aws/sso/cache/\(Hexadecimal.encode(Digest.of(Array("corp".utf8), .sha1))).json"
    try folder.write([
      ".aws/config": configuration,
      cache: """
      {"startUrl": "https://corp.example/start", "region": "eu-west-1", "extra": [1],
       "accessToken": "bearer-token", "expiresAt": "\(time(tokenEnds))",
       "refreshToken": "refresh-token", "clientId": "client", "clientSecret": "client-secret",
       "registrationExpiresAt": "\(time(registrationEnds))"}
      """,
    ])
    return (folder, cache)
  }

  private static func client(
    _ folder: TemporaryFolder,
    _ server: HTTPStandIn,
    _ profile: String,
    _ secondFactor: SecondFactor? = nil
  ) throws -> AWSClient {
    try Surroundings.client(
      server,
      withoutKeys.merging(["HOME": folder.path]) { $1 },
      options: AWSOptions(profile: profile),
      secondFactor: secondFactor
    )
  }

  private static func record(_ operation: String) throws -> PlainDictionary {
    let records = try Surroundings.json(Surroundings.fixture("operations.json")).list ?? []
    return try #require(
      records.compactMap(\.dictionary).first { $0.text("operation") == operation }
    )
  }

  /// Answers as the models of the services do; renewals with an answer of one's own.
  private static func portal(_ renewal: HTTPStandIn.Reply? = nil) throws -> HTTPStandIn {
    func answer(_ operation: String) throws -> HTTPStandIn.Reply {
      HTTPStandIn.Reply(200, try record(operation).object("answer")?.text("body") ?? "")
    }
    let token = try renewal ?? answer("CreateToken")
    let keys = try answer("GetRoleCredentials")
    return try HTTPStandIn { $0.path == "/token" ? token : keys }
  }

  @Test func aSignInThatEndedIsRenewedAndKept() async throws {
    let server = try Self.portal()
    defer { server.stop() }
    let (folder, cache) = try Self.signedIn(tokenEnds: -60)
    let old = try #require(try Surroundings.json(folder.read(cache)).dictionary?.time("expiresAt"))
    let found = try await Self.client(folder, server, "sso").credentials()
    #expect(found.accessKeyID == "roleCredentials.accessKeyId")
    #expect(server.requests.map(\.path) == ["/token", "/federation/credentials"])
    let renewal = try #require(server.requests.first)
    OperationTests.compare(renewal, try Self.record("CreateToken"), "CreateToken")
    #expect(renewal.header("Authorization") == nil)
    #expect(server.requests.last?.header("x-amz-sso_bearer_token") == "accessToken")
    // The AWS tools find the new token, and all that is theirs.
    let kept = try #require(try Surroundings.json(folder.read(cache)).dictionary)
    #expect(kept.text("accessToken") == "accessToken")
    #expect(kept.text("refreshToken") == "refreshToken")
    #expect(kept.text("clientSecret") == "client-secret")
    #expect(kept["extra"] == [1])
    #expect(try #require(kept.time("expiresAt")) > old)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + cache)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/.aws/sso/cache")
    #expect(names.count == 1)
  }

  @Test func aTokenThatIsGoodIsUsedAsItIs() async throws {
    let server = try Self.portal()
    defer { server.stop() }
    let (folder, _) = try Self.signedIn(tokenEnds: 3600)
    _ = try await Self.client(folder, server, "sso").credentials()
    let request = try #require(server.requests.first)
    OperationTests.compare(request, try Self.record("GetRoleCredentials"), "GetRoleCredentials")
    #expect(server.requests.count == 1)
  }

  private static let refused = HTTPStandIn.Reply(
    400,
    #"{"error":"invalid_grant","error_description":"no"}"#,
    [("x-amzn-ErrorType", "InvalidGrantException")]
  )

  @Test func aRefusedRenewalIsNoReasonToStopYet() async throws {
    let server = try Self.portal(Self.refused)
    defer { server.stop() }
    let (folder, _) = try Self.signedIn(tokenEnds: 300)
    _ = try await Self.client(folder, server, "sso").credentials()
    #expect(server.requests.map(\.path) == ["/token", "/federation/credentials"])
    #expect(server.requests.last?.header("x-amz-sso_bearer_token") == "bearer-token")
  }

  @Test func whatCannotBeRenewedAsksForANewSignIn() async throws {
    let server = try Self.portal(Self.refused)
    defer { server.stop() }
    for (profile, registrationEnds, words) in [
      ("sso", 86_400.0, "AWS does not renew it (InvalidGrantException)"), ("sso", -1, "expired at"),
      ("old", 86_400, "expired at"),
    ] {
      let before = server.requests.count
      let (folder, cache) = try Self.signedIn(tokenEnds: -60, registrationEnds: registrationEnds)
      let text = try folder.read(cache)
      let client = try Self.client(folder, server, profile)
      let error = await failure { () async throws(AWSError) in try await client.credentials() }
      #expect(error?.diagnostic.code == "sign-in-needed")
      #expect(error?.diagnostic.message.contains(words) == true)
      #expect(server.requests.count == before + (words.hasPrefix("AWS") ? 1 : 0))
      #expect(try folder.read(cache) == text)
    }
  }

  // MARK: Second factors

  private static func sts() throws -> HTTPStandIn {
    try HTTPStandIn { _ in
      HTTPStandIn.Reply(
        200,
        """
        <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>GUARDED</AccessKeyId>
        <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>
        </AssumeRoleResponse>
        """
      )
    }
  }

  @Test func aCodeIsAskedForOnce() async throws {
    let server = try Self.sts()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write([".aws/config": Self.configuration])
    let questions = Mutex<[String]>([])
    let factor = SecondFactor { question in
      questions.withLock { $0.append(question) }
      return " 123456\r"
    }
    // Clients of one command, at the same time and after one another.
    let clients = try (1...4).map { _ in try Self.client(folder, server, "guarded", factor) }
    let keys = try await withThrowingTaskGroup(of: String.self) { group in
      for client in clients { group.addTask { try await client.credentials().accessKeyID } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(keys == ["GUARDED", "GUARDED", "GUARDED", "GUARDED"])
    let later = try Self.client(folder, server, "guarded", factor)
    #expect(try await later.credentials().accessKeyID == "GUARDED")
    #expect(
      questions.withLock { $0 } == ["Code of the second factor arn:aws:iam::1:mfa/me: "]
    )
    #expect(server.requests.count == 1)
    let request = try #require(server.requests.first)
    #expect(
      request.text.contains("SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fme&TokenCode=123456")
    )
    #expect(request.header("Authorization")?.contains("Credential=BASE/") == true)
  }

  @Test func theKeysOfACodeAreKeptForTheNextCommand() async throws {
    let server = try Self.sts()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write([".aws/config": Self.configuration])
    let first = try Self.client(folder, server, "guarded", SecondFactor { _ in "123456" })
    #expect(try await first.credentials().accessKeyID == "GUARDED")
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.path + "/.aws/cli/cache"
    )
    let name = try #require(names.first)
    #expect(names.count == 1)
    for (path, mode) in [(".aws/cli/cache/\(name)", 0o600), (".aws/cli/cache", 0o700)] {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + path)
      #expect(attributes[.posixPermissions] as? Int == mode)
    }
    // Nobody is there to ask, and nobody has to be asked.
    let second = try Self.client(folder, server, "guarded")
    let keys = try await second.credentials()
    #expect(keys.accessKeyID == "GUARDED" && keys.sessionToken == Secret("t"))
    #expect(keys.source.contains("kept in"))
    #expect(server.requests.count == 1)
  }

  @Test(arguments: [
    "", "{}", "no JSON", #"{"Credentials": {"AccessKeyId": "K"}}"#,
    // About to end.
    #"{"Credentials": {"AccessKeyId": "K", "SecretAccessKey": "s", "SessionToken": "t", "#
      + #""Expiration": "SOON"}}"#,
  ])
  func keptKeysThatAreNoGoodAreAskedForAnew(_ text: String) async throws {
    let server = try Self.sts()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let soon = Timestamp(Timestamp.now().seconds + 800).iso8601
    let request = AssumeRoleRequest(roleARN: "arn:aws:iam::1:role/guarded", sessionName: "s")
    let cache = RoleCache(
      request,
      device: "arn:aws:iam::1:mfa/me",
      namesSession: false,
      ["HOME": folder.path]
    )
    let path = String(cache.path.dropFirst(folder.path.count + 1))
    try folder.write([
      ".aws/config": Self.configuration, path: text.replacing("SOON", with: soon),
    ])
    let client = try Self.client(folder, server, "guarded", SecondFactor { _ in "123456" })
    #expect(try await client.credentials().accessKeyID == "GUARDED")
    #expect(try folder.read(path).contains("2100-01-01"))
  }

  /// Keys that were revoked before their end are removed, and the code is asked for once more.
  @Test(arguments: ["ExpiredToken", "InvalidClientTokenId"])
  func keptKeysThatWereRevokedAreAskedForAnew(_ code: String) async throws {
    // Keys are numbered by the codes that led to them, and the first ones have been revoked.
    let made = Mutex(0)
    let server = try HTTPStandIn { request in
      if request.text.contains("Action=AssumeRole") {
        let number = made.withLock { made -> Int in
          made += 1
          return made
        }
        return HTTPStandIn.Reply(
          200,
          """
          <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>KEY\(number)</AccessKeyId>
          <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
          <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>
          </AssumeRoleResponse>
          """
        )
      }
      guard request.header("Authorization")?.contains("Credential=KEY2/") == true else {
        return HTTPStandIn.Reply(
          403,
          "<ErrorResponse><Error><Code>\(code)</Code><Message>no</Message></Error></ErrorResponse>"
        )
      }
      return HTTPStandIn.Reply(
        200,
        """
        <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/me</Arn>
        <UserId>U</UserId><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>
        """
      )
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write([".aws/config": Self.configuration])
    let first = try Self.client(folder, server, "guarded", SecondFactor { _ in "123456" })
    #expect(try await first.credentials().accessKeyID == "KEY1")
    let questions = Mutex(0)
    let factor = SecondFactor { _ in
      questions.withLock { $0 += 1 }
      return "654321"
    }
    // Several clients of the next command use the same kept keys, and one question is enough.
    for client in try (1...3).map({ _ in try Self.client(folder, server, "guarded", factor) }) {
      #expect(try await client.sts.callerIdentity().account == "1")
    }
    #expect(questions.withLock { $0 } == 1 && made.withLock { $0 } == 2)
    let later = try Self.client(folder, server, "guarded")
    #expect(try await later.credentials().accessKeyID == "KEY2")
    // Nobody is asked twice for one call, and what is not taken is not kept.
    made.withLock { $0 = 10 }
    try FileManager.default.removeItem(atPath: folder.path + "/.aws/cli/cache")
    let refused = try Self.client(folder, server, "guarded", SecondFactor { _ in "123456" })
    let error = await failure { () async throws(AWSError) in
      try await refused.sts.callerIdentity()
    }
    #expect(error?.code == code)
    #expect(made.withLock { $0 } == 12)
  }

  /// Nothing else to sign with: wrong keys that somebody wrote down are asked about once.
  @Test func writtenKeysThatAreRefusedAreNotTriedAgain() async throws {
    let server = try HTTPStandIn { _ in
      HTTPStandIn.Reply(
        403,
        "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>"
      )
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write([".aws/config": Self.configuration])
    let client = try Self.client(folder, server, "base")
    let error = await failure { () async throws(AWSError) in try await client.sts.callerIdentity() }
    #expect(error?.code == "InvalidClientTokenId")
    #expect(server.requests.count == 1)
  }

  /// A role assumed by another one, whose kept keys were revoked.
  @Test func keptKeysOfASourceThatWereRevokedAreAskedForAnew() async throws {
    let server = try HTTPStandIn { request in
      let signer = request.header("Authorization") ?? ""
      let isInner = request.text.contains("TokenCode=")
      guard isInner || signer.contains("Credential=NEW/") else {
        return HTTPStandIn.Reply(
          403,
          "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>"
        )
      }
      let key = !isInner ? "OUTER" : request.text.contains("TokenCode=111111") ? "OLD" : "NEW"
      return HTTPStandIn.Reply(
        200,
        """
        <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>\(key)</AccessKeyId>
        <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>
        </AssumeRoleResponse>
        """
      )
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write([
      ".aws/config": Self.configuration + """

        [profile outer]
        role_arn = arn:aws:iam::2:role/outer
        source_profile = guarded
        """
    ])
    let first = try Self.client(folder, server, "guarded", SecondFactor { _ in "111111" })
    #expect(try await first.credentials().accessKeyID == "OLD")
    let second = try Self.client(folder, server, "outer", SecondFactor { _ in "222222" })
    #expect(try await second.credentials().accessKeyID == "OUTER")
  }

  /// A home folder that takes no files costs a question, not the command.
  @Test func keysThatCannotBeKeptAreUsed() async throws {
    let server = try Self.sts()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write([".aws/config": Self.configuration, ".aws/cli": "a file"])
    let client = try Self.client(folder, server, "guarded", SecondFactor { _ in "123456" })
    #expect(try await client.credentials().accessKeyID == "GUARDED")
  }

  /// 36 requests, named by botocore.
  @Test func keptKeysHaveTheNamesThatTheAWSCLIGivesThem() throws {
    let records = try #require(try Surroundings.json(Surroundings.fixture("role_cache.json")).list)
    #expect(records.count == 36)
    for record in records.compactMap(\.dictionary) {
      let request = AssumeRoleRequest(
        roleARN: record.text("role") ?? "",
        sessionName: record.text("session") ?? "redstart-1",
        externalID: record.text("external"),
        durationSeconds: record.integer("duration")
      )
      let name = RoleCache.name(
        request,
        device: record.text("device") ?? "",
        namesSession: record.text("session") != nil
      )
      #expect(name == record.text("name"), "\(record)")
    }
  }

  @Test(arguments: [nil, "", "12345", "1234567", "abcdef"])
  func noCodeIsNoKeys(_ answer: String?) async throws {
    let server = try Self.sts()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write([".aws/config": Self.configuration])
    let client = try Self.client(folder, server, "guarded", SecondFactor { _ in answer })
    let error = await failure { () async throws(AWSError) in try await client.credentials() }
    #expect(error?.diagnostic.code == "mfa-needed")
    #expect(server.requests.isEmpty)
  }
}
