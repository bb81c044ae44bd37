import Diagnostics
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AWSClient

@Suite struct CredentialTests {
  static let withoutKeys = ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""]

  /// A client whose configuration files are those given; `~` is the folder.
  private static func client(
    _ folder: TemporaryFolder,
    _ files: [String: String],
    _ server: HTTPStandIn? = nil,
    _ extra: [String: String] = [:],
    profile: String? = nil
  ) throws -> AWSClient {
    try folder.write(files)
    return try Surroundings.client(
      server,
      withoutKeys.merging(["HOME": folder.path]) { $1 }.merging(extra) { $1 },
      options: AWSOptions(profile: profile)
    )
  }

  /// Answers AssumeRole with keys that tell what was asked with which key.
  private static func sts() throws -> HTTPStandIn {
    try HTTPStandIn { request in
      let user = request.header("Authorization")?.utf8Range(of: "Credential=").map { range in
        request.header("Authorization")?[range.upperBound...].prefix { $0 != "/" } ?? ""
      }
      let operation =
        request.text.contains("WithWebIdentity") ? "AssumeRoleWithWebIdentity" : "AssumeRole"
      return HTTPStandIn.Reply(
        200,
        """
        <\(operation)Response><\(operation)Result><Credentials>
        <AccessKeyId>ROLE-OF-\(user ?? "nobody")</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
        <SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>
        </Credentials></\(operation)Result></\(operation)Response>
        """
      )
    }
  }

  @Test func theEnvironmentComesFirstUnlessAProfileIsNamed() async throws {
    let folder = try TemporaryFolder()
    let files = [
      ".aws/credentials": "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n"
    ]
    let keys = [
      "AWS_ACCESS_KEY_ID": "ENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "s", "AWS_PROFILE": "default",
    ]
    let client = try Self.client(folder, files, nil, keys)
    #expect(try await client.credentials().accessKeyID == "ENVIRONMENT")
    let named = try Self.client(folder, files, nil, keys, profile: "default")
    #expect(try await named.credentials().accessKeyID == "FILE")
  }

  @Test func aCredentialsFileComesBeforeAProgramAndAProgramBeforeTheConfiguration() async throws {
    let folder = try TemporaryFolder()
    let program =
      #"credential_process = printf '{"Version":1,"AccessKeyId":"PROGRAM","SecretAccessKey":"s"}'"#
    let files = [
      ".aws/config": """
      [profile a]
      \(program)
      aws_access_key_id = CONFIG
      aws_secret_access_key = s
      [profile b]
      \(program)
      [profile c]
      aws_access_key_id = CONFIG
      aws_secret_access_key = s
      """,
      ".aws/credentials": "[b]\naws_access_key_id = FILE\naws_secret_access_key = s\n",
    ]
    for (profile, key) in [("a", "PROGRAM"), ("b", "FILE"), ("c", "CONFIG")] {
      let client = try Self.client(folder, files, profile: profile)
      #expect(try await client.credentials().accessKeyID == key)
    }
  }

  @Test func rolesAreAssumedInAChain() async throws {
    let server = try Self.sts()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let config = """
      [profile base]
      aws_access_key_id = BASE
      aws_secret_access_key = s
      [profile middle]
      role_arn = arn:aws:iam::1:role/middle
      source_profile = base
      [profile top]
      role_arn = arn:aws:iam::1:role/top
      source_profile = middle
      external_id = x&y
      duration_seconds = 1800
      role_session_name = load
      """
    let client = try Self.client(folder, [".aws/config": config], server, profile: "top")
    let found = try await client.credentials()
    #expect(found.accessKeyID == "ROLE-OF-ROLE-OF-BASE")
    #expect(found.expiration == Timestamp(iso8601: "2100-01-01T00:00:00Z"))
    #expect(found.source.contains("role/top"))
    let body = try #require(server.requests.last?.text)
    #expect(body.contains("RoleSessionName=load&DurationSeconds=1800&ExternalId=x%26y"))
    // They are kept.
    _ = try await client.credentials()
    #expect(server.requests.count == 2)
  }

  @Test func aRoleCanHaveTheEnvironmentOrTheContainerAsItsSource() async throws {
    let server = try HTTPStandIn { request in
      if request.method == "GET" {
        return HTTPStandIn.Reply(
          200,
          #"{"AccessKeyId":"CONTAINER","SecretAccessKey":"s","Token":"t","Expiration":"2100-01-01T00:00:00Z"}"#
        )
      }
      let user = request.header("Authorization")?.contains("CONTAINER/") == true ? "C" : "E"
      return HTTPStandIn.Reply(
        200,
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>\(user)</AccessKeyId><SecretAccessKey>s"
          + "</SecretAccessKey><SessionToken>t</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>"
      )
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    for (source, expected) in [("Environment", "E"), ("EcsContainer", "C")] {
      let client = try Self.client(
        folder,
        [
          ".aws/config":
            "[profile r]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = \(source)\n"
        ],
        server,
        [
          "AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s",
          "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.address)/creds?a=b",
        ],
        profile: "r"
      )
      #expect(try await client.credentials().accessKeyID == expected)
    }
  }

  /// What the metadata service says of the role of an instance, to who has its token.
  private static func instance(_ request: HTTPStandIn.Request) -> HTTPStandIn.Reply? {
    guard request.path.hasPrefix("/latest/") else { return nil }
    if request.method == "PUT" { return HTTPStandIn.Reply(200, "imds-token") }
    guard request.header("X-aws-ec2-metadata-token") == "imds-token" else {
      return HTTPStandIn.Reply(401, "")
    }
    if request.path.hasSuffix("/security-credentials/") { return HTTPStandIn.Reply(200, "loader") }
    return HTTPStandIn.Reply(
      200,
      #"{"Code":"Success","AccessKeyId":"IMDS","SecretAccessKey":"s","Token":"t","Expiration":"2100-01-01T00:00:00Z"}"#
    )
  }

  @Test func aRoleCanHaveTheInstanceAsItsSource() async throws {
    let sts = try Self.sts()
    defer { sts.stop() }
    let server = try HTTPStandIn { Self.instance($0) ?? HTTPStandIn.Reply(404, "") }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let client = try Self.client(
      folder,
      [
        ".aws/config":
          "[profile r]\nrole_arn = arn:r\ncredential_source = Ec2InstanceMetadata\n"
      ],
      sts,
      [
        "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.address,
        "AWS_REGION": "us-west-2",
      ],
      profile: "r"
    )
    #expect(try await client.credentials().accessKeyID == "ROLE-OF-IMDS")
  }

  /// The first version of the service, which needs no token, is not asked.
  @Test func anInstanceWithoutTokensHasNoKeys() async throws {
    let server = try HTTPStandIn { request in
      request.method == "PUT" ? HTTPStandIn.Reply(404, "") : HTTPStandIn.Reply(200, "loader")
    }
    defer { server.stop() }
    let client = try Self.client(
      try TemporaryFolder(),
      [:],
      nil,
      [
        "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.address,
        "AWS_REGION": "us-west-2",
      ]
    )
    let error = await failure { () async throws(AWSError) in try await client.credentials() }
    #expect(error?.diagnostic.code == "no-credentials")
    let last = error?.diagnostic.notes.last
    #expect(last == "looked at the instance: it answers with status 404")
    #expect(server.requests.allSatisfy { $0.method == "PUT" })
  }

  @Test func aContainerIsAskedWithItsToken() async throws {
    let server = try HTTPStandIn { request in
      guard request.header("Authorization") == "let me in" else {
        return HTTPStandIn.Reply(401, "")
      }
      return HTTPStandIn.Reply(
        200,
        #"{"AccessKeyId":"CONTAINER","SecretAccessKey":"s","Token":"t","Expiration":"2100-01-01T00:00:00Z"}"#
      )
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let place = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.address)/v1/creds"]
    for token in [
      ["AWS_CONTAINER_AUTHORIZATION_TOKEN": "let me in"],
      // The file comes first: it is written anew while a pod lives.
      [
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "old",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "\(folder.path)/token",
      ],
    ] {
      let client = try Self.client(
        folder,
        ["token": "let me in"],
        server,
        place.merging(token) { $1 }
      )
      let found = try await client.credentials()
      #expect(found.accessKeyID == "CONTAINER" && found.sessionToken?.revealed == "t")
    }
    #expect(server.requests.allSatisfy { $0.target == "/v1/creds" })
  }

  /// A token that went to any address would be given away; the usual one is AWS's own.
  @Test(arguments: [
    (nil, "http://example.com/creds", nil),
    (nil, "https://example.com/creds", "https://example.com/creds"),
    (nil, "http://169.254.170.23/v1?a=b%20c", "http://169.254.170.23/v1?a=b%20c"),
    (nil, "http://[fd00:ec2::23]/v1", "http://[fd00:ec2::23]/v1"),
    ("/v2/creds?id=1", "http://example.com/creds", "http://169.254.170.2/v2/creds?id=1"),
  ])
  func containersHaveTheirPlaces(_ relative: String?, _ full: String, _ expected: String?) throws {
    let client = try Surroundings.client(
      nil,
      [
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": relative ?? "",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": full,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "secret-text",
      ]
    )
    let chain = CredentialChain(caller: client.caller)
    do throws(AWSError) {
      let request = try chain.containerRequest()
      #expect(request?.url == expected)
      #expect(request?.headers["Authorization"] == "secret-text")
    } catch {
      #expect(expected == nil)
      #expect(error.diagnostic.code == "credential-source")
      #expect(!"\(error.diagnostic)".contains("secret-text"))
    }
  }

  @Test func aProfileCanHaveAWebIdentity() async throws {
    let server = try Self.sts()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let config = """
      [profile pod]
      role_arn = arn:p
      role_session_name = nightly
      web_identity_token_file = \(folder.path)/token
      """
    let client = try Self.client(
      folder,
      [".aws/config": config, "token": "a.b.c"],
      server,
      profile: "pod"
    )
    #expect(try await client.credentials().accessKeyID == "ROLE-OF-nobody")
    let request = try #require(server.requests.first)
    #expect(request.text.contains("RoleArn=arn%3Ap&RoleSessionName=nightly&WebIdentityToken=a.b.c"))
  }

  @Test func aWebIdentityNeedsNoSignature() async throws {
    let server = try Self.sts()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let client = try Self.client(
      folder,
      ["token": "a.b.c\n"],
      server,
      [
        "AWS_WEB_IDENTITY_TOKEN_FILE": "\(folder.path)/token", "AWS_ROLE_ARN": "arn:r",
        "AWS_ROLE_SESSION_NAME": "pod",
      ]
    )
    #expect(try await client.credentials().accessKeyID == "ROLE-OF-nobody")
    let request = try #require(server.requests.first)
    #expect(request.header("Authorization") == nil)
    #expect(request.text.contains("RoleArn=arn%3Ar&RoleSessionName=pod&WebIdentityToken=a.b.c"))
  }

  private static let signOn = """
    [profile sso]
    sso_session = corp
    sso_account_id = 123
    sso_role_name = Loader
    [sso-session corp]
    sso_region = eu-west-1
    sso_start_url = https://corp.example/start
    """

  @Test func theTokenOfASignInIsUsed() async throws {
    let server = try HTTPStandIn { _ in
      HTTPStandIn.Reply(
        200,
        #"{"roleCredentials":{"accessKeyId":"SSO","secretAccessKey":"s","sessionToken":"t","expiration":4102444800000}}"#
      )
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let name = Hexadecimal.encode(Digest.of(Array("corp".utf8), .sha1))
    let client = try Self.client(
      folder,
      [
        ".aws/config": Self.signOn,
        ".aws/sso/cache/\(name).json":
          #"{"accessToken":"bearer-token","expiresAt":"2100-01-01T00:00:00Z"}"#,
      ],
      server,
      profile: "sso"
    )
    let found = try await client.credentials()
    #expect(found.accessKeyID == "SSO")
    #expect(found.expiration == Timestamp(4_102_444_800))
    let request = try #require(server.requests.first)
    #expect(request.target == "/federation/credentials?role_name=Loader&account_id=123")
    #expect(request.header("x-amz-sso_bearer_token") == "bearer-token")
    #expect(request.header("Authorization") == nil)
  }

  @Test func anOldTokenAsksForANewSignIn() async throws {
    let folder = try TemporaryFolder()
    let name = Hexadecimal.encode(Digest.of(Array("corp".utf8), .sha1))
    let client = try Self.client(
      folder,
      [
        ".aws/config": Self.signOn,
        ".aws/sso/cache/\(name).json":
          #"{"accessToken":"bearer-token","expiresAt":"2001-01-01T00:00:00UTC"}"#,
      ],
      profile: "sso"
    )
    let error = await failure { () async throws(AWSError) in try await client.credentials() }
    #expect(error?.diagnostic.code == "sign-in-needed")
    #expect(error?.diagnostic.help == ["run `aws sso login --profile sso`"])
  }

  @Test func theInstanceIsAskedWithATokenOfItsOwn() async throws {
    let server = try HTTPStandIn { request in
      if request.method == "PUT" { return HTTPStandIn.Reply(200, "imds-token") }
      guard request.header("X-aws-ec2-metadata-token") == "imds-token" else {
        return HTTPStandIn.Reply(401, "")
      }
      switch request.path {
      case "/latest/meta-data/iam/security-credentials/": return HTTPStandIn.Reply(200, "loader")
      case "/latest/meta-data/placement/region": return HTTPStandIn.Reply(200, "eu-south-2")
      default:
        return HTTPStandIn.Reply(
          200,
          #"{"Code":"Success","AccessKeyId":"IMDS","SecretAccessKey":"s","Token":"t","Expiration":"2100-01-01T00:00:00Z"}"#
        )
      }
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let client = try Self.client(
      folder,
      [:],
      nil,
      [
        "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.address,
        "AWS_REGION": "",
      ]
    )
    #expect(try await client.credentials().source == "role loader of the instance")
    #expect(try await client.region() == "eu-south-2")
  }

  /// redstart ignores signals that it handles otherwise; what it starts must not ignore them, too.
  @Test func aProgramEndsOnCtrlC() async throws {
    let numbers = [SIGINT, SIGTERM, SIGPIPE, SIGQUIT]
    let before = numbers.map { signal($0, SIG_IGN) }
    defer { for (number, action) in zip(numbers, before) { signal(number, action) } }
    let folder = try TemporaryFolder()
    let program = """
      ignored=$(awk '/^SigIgn:/ { print $2 }' /proc/self/status)
      echo '{"Version":1,"AccessKeyId":"'$ignored'","SecretAccessKey":"s"}'
      """
    let client = try Self.client(
      folder,
      [
        ".aws/config": "[default]\ncredential_process = sh \(folder.path)/program\n",
        "program": program,
      ]
    )
    let mask = try await client.credentials().accessKeyID
    let ignored = try #require(UInt64(mask, radix: 16))
    #expect(numbers.filter { ignored & (1 << UInt64($0 - 1)) != 0 }.isEmpty)
  }

  @Test func whenNothingIsFoundEveryPlaceIsNamed() async throws {
    let folder = try TemporaryFolder()
    let client = try Self.client(folder, [".aws/config": "[default]\nregion = us-east-1\n"])
    let error = await failure { () async throws(AWSError) in try await client.credentials() }
    let diagnostic = try #require(error?.diagnostic)
    #expect(diagnostic.code == "no-credentials")
    let notes = diagnostic.notes.map { $0.replacing(folder.path, with: "~") }
    #expect(
      notes == [
        "looked at the environment: AWS_ACCESS_KEY_ID is not set",
        "looked at profile \"default\": no role_arn",
        "looked at a web identity: no AWS_WEB_IDENTITY_TOKEN_FILE or web_identity_token_file",
        "looked at profile \"default\": no sso_account_id and sso_role_name",
        "looked at the file ~/.aws/credentials: it does not exist",
        "looked at profile \"default\": no credential_process",
        "looked at the file ~/.aws/config: profile \"default\" has no aws_access_key_id there",
        "looked at the container: no AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI",
        "looked at the instance: AWS_EC2_METADATA_DISABLED is set",
      ]
    )
  }

  @Test(arguments: [
    (
      "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a\n",
      "profile-cycle"
    ),
    ("[profile a]\nrole_arn = r\nsource_profile = nobody\n", "aws-setting"),
    ("[profile a]\nrole_arn = r\n", "credential-source"),
    ("[profile a]\nrole_arn = r\ncredential_source = Moon\n", "aws-setting"),
    ("[profile a]\naws_access_key_id = K\n", "partial-credentials"),
    ("[profile a]\ncredential_process = sh -c 'echo secret-text; exit 3'\n", "credential-source"),
    ("[profile a]\ncredential_process = echo secret-text\n", "credential-source"),
    ("[profile a]\ncredential_process = /nonexistent/program\n", "credential-source"),
    (
      "[profile a]\nrole_arn = r\nsource_profile = c\nmfa_serial = m\n[profile c]\n"
        + "aws_access_key_id = K\naws_secret_access_key = secret-text\n", "mfa-needed"
    ),
    ("[profile a]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n", "credential-source"),
  ])
  func saysWhatIsWrongWithoutSecrets(_ config: String, _ code: String) async throws {
    let folder = try TemporaryFolder()
    let client = try Self.client(folder, [".aws/config": config], profile: "a")
    let error = try #require(
      await failure { () async throws(AWSError) in try await client.credentials() }
    )
    #expect(error.diagnostic.code == code)
    #expect(!"\(error.diagnostic)".contains("secret-text"))
  }

  @Test func keysAreRenewedBeforeTheyEnd() async throws {
    let clock = Mutex(Timestamp(1000))
    let searches = Counter()
    let store = CredentialStore(now: { clock.withLock { $0 } }) { () async throws(AWSError) in
      let number = searches.next()
      if number == 3 { throw AWSError.problem(.noRegion) }
      return AWSCredentials(
        accessKeyID: "K\(number)",
        secretAccessKey: Secret("s"),
        expiration: Timestamp(1000 + Double(number) * 3600),
        source: "a test"
      )
    }
    #expect(try await store.current().accessKeyID == "K1")
    clock.withLock { $0 = Timestamp(1000 + 3600 - 901) }
    #expect(try await store.current().accessKeyID == "K1")
    clock.withLock { $0 = Timestamp(1000 + 3600 - 899) }
    #expect(try await store.current().accessKeyID == "K2")
    // The third search fails, and the second keys are still good enough.
    clock.withLock { $0 = Timestamp(1000 + 7200 - 700) }
    #expect(try await store.current().accessKeyID == "K2")
    #expect(try await store.current().accessKeyID == "K4")
  }

  /// Many rounds: who comes when a search ends, and its keys are not yet kept, must find them too.
  @Test func concurrentCallsShareOneSearch() async throws {
    let searches = Counter()
    let rounds = 500
    for _ in 0..<rounds {
      let store = CredentialStore(now: { Timestamp(0) }) { () async throws(AWSError) in
        _ = searches.next()
        await Task.yield()
        return AWSCredentials(accessKeyID: "K", secretAccessKey: Secret("s"), source: "a test")
      }
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<20 { group.addTask { _ = await failure(store.current) } }
      }
    }
    #expect(searches.next() == rounds + 1)
  }

  /// What AWS says about a wrong signature has all that should have been signed.
  @Test func messagesOfServicesShowNoSecrets() async throws {
    let token = "token-that-nobody-may-see"
    let server = try HTTPStandIn { request in
      HTTPStandIn.Reply(
        403,
        """
        <ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>The signature \
        does not match; \(request.header("x-amz-security-token") ?? "").

        The Canonical String for this request should have been 'POST
        x-amz-security-token:\(token)'</Message></Error></ErrorResponse>
        """
      )
    }
    defer { server.stop() }
    let client = try Surroundings.client(server, ["AWS_SESSION_TOKEN": token])
    let error = try #require(
      await failure { () async throws(AWSError) in try await client.sts.callerIdentity() }
    )
    #expect(error.diagnostic.notes.first == "The signature does not match; *****.")
    #expect(!"\(error)".contains(token))
  }

  @Test func secretsShowInNoDescription() {
    let credentials = AWSCredentials(
      accessKeyID: "AKID",
      secretAccessKey: Secret("hidden-secret"),
      sessionToken: Secret("hidden-token"),
      source: "a test"
    )
    var dumped = ""
    dump(credentials, to: &dumped)
    for text in ["\(credentials)", String(reflecting: credentials), dumped] {
      #expect(!text.contains("hidden"))
    }
  }
}
