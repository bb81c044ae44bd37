import AWSClient
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import RedstartCLI

@Suite struct S3CommandTests {
  static let secret = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"
  static let token = "session-token-that-nobody-may-see"
  /// `seq 1 20 | gzip -n`.
  static let compressed = Data(
    base64Encoded: "H4sIAAAAAAAAAwXByQEAIAjAsH+nsYgc+y9mIsEleRTNsHhQDLyY+LCwcXCJwwf9n9RrMwAAAA=="
  )

  static func server() throws -> HTTPStandIn {
    try HTTPStandIn { request in
      let isList = request.query.contains("list-type=2")
      if request.path.hasPrefix("/denied") {
        return HTTPStandIn.Reply(
          403,
          "<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>R7</RequestId>"
            + "</Error>"
        )
      }
      if isList {
        if request.query.contains("prefix=nothing") {
          return HTTPStandIn.Reply(
            200,
            "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
          )
        }
        func entry(_ key: String, _ size: Int) -> String {
          "<Contents><Key>\(key)</Key><Size>\(size)</Size><ETag>\"e\"</ETag><LastModified>"
            + "2024-01-02T03:04:05.000Z</LastModified></Contents>"
        }
        let folder = "<CommonPrefixes><Prefix>events/2024/</Prefix></CommonPrefixes>"
        let isGrouped = request.query.contains("delimiter=%2F")
        return HTTPStandIn.Reply(
          200,
          "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
            + entry("events/", 0) + entry("events/a+b.csv", 1536) + (isGrouped ? folder : "")
            + "</ListBucketResult>"
        )
      }
      return HTTPStandIn.Reply(
        status: 200,
        headers: [("ETag", "\"e\"")],
        body: Array(Self.compressed ?? Data())
      )
    }
  }

  private func harness(_ server: HTTPStandIn) throws -> CommandLineHarness {
    try CommandLineHarness(
      [:],
      environment: [
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": Self.secret,
        "AWS_SESSION_TOKEN": Self.token, "AWS_REGION": "us-west-2",
        "AWS_ENDPOINT_URL": server.address, "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
      ]
    )
  }

  @Test func looksAroundInS3() async throws {
    let server = try Self.server()
    defer { server.stop() }
    let harness = try harness(server)
    let text = await harness.transcript([
      ["s3", "ls", "s3://lake/events/"],
      ["s3", "ls", "s3://lake/events/", "--recursive", "--output", "json"],
      ["s3", "ls", "s3://lake/nothing"],
      ["s3", "head", "s3://lake/events/", "-n", "3"],
      ["s3", "head", "s3://lake/events/a b.csv", "--bytes", "4"],
      ["s3", "head", "s3://lake/nothing"],
      ["s3", "ls", "s3://denied/x"],
      ["s3", "ls", "lake/events"],
      ["s3", "ls"],
      ["s3", "head", "s3://lake/events/", "-n", "0"],
    ])
    #expect(Golden.problem(text, file: "commands/s3.txt") == nil)
    for secret in [Self.secret, Self.token] { #expect(!text.contains(secret)) }
  }

  /// `seq 1 20 | zstd`, `seq 1 20 | bzip2`, and more lines than come in the first piece.
  @Test func theBeginningIsShownWhateverItsCompression() async throws {
    let bucket = try S3StandIn()
    defer { bucket.stop() }
    for (name, text) in [
      (
        "zstd",
        "KLUv/QRYmQEAMQoyCjMKNAo1CjYKNwo4CjkKMTAKMTEKMTIKMTMKMTQKMTUKMTYKMTcKMTgKMTkKMjAK5Fi4NA=="
      ),
      (
        "bzip2",
        "QlpoOTFBWSZTWTYCzzsAAAvIAAAQf+AgADEA000EPVA3qIYb531N5VqqvmMmYCAAAAIPi7kinChIGwFnnYA="
      ),
    ] {
      bucket.put("s3://lake/\(name)", [UInt8](try #require(Data(base64Encoded: text))))
    }
    bucket.put("s3://lake/plain", Array((1...200_000).map { "\($0)\n" }.joined().utf8))
    bucket.put("s3://lake/damaged", [0x28, 0xB5, 0x2F, 0xFD, 1, 2, 3, 4])
    let harness = try CommandLineHarness([:], environment: bucket.environment)
    for name in ["zstd", "bzip2", "plain"] {
      let shown = await harness.run("s3", "head", "s3://lake/\(name)", "-n", "3")
      #expect(shown.output == "1\n2\n3\n", "\(name): \(shown.error)")
    }
    let many = await harness.run("s3", "head", "s3://lake/plain", "-n", "150000")
    #expect(many.output.hasSuffix("\n149999\n150000\n"))
    let damaged = await harness.run("s3", "head", "s3://lake/damaged")
    #expect(damaged.code == 1 && damaged.error.contains("is damaged zstd"), "\(damaged.error)")
  }

  @Test func saysWhereItLookedForCredentials() async throws {
    let harness = try CommandLineHarness(
      ["aws": "[default]\nregion = us-east-1\n"],
      environment: ["AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent"]
    )
    let outcome = await harness.run("s3", "ls", "s3://lake/")
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("error[no-credentials]"))
    #expect(outcome.error.contains("looked at the instance: AWS_EC2_METADATA_DISABLED is set"))
  }

  /// `--profile` is one of AWS for the commands that are about AWS only.
  @Test(arguments: [
    ("s3", "~/.aws/config"), ("cluster", "~/.aws/config"), ("run", "dbt projects"),
    ("debug", "dbt projects"),
  ])
  func helpSaysWhichProfileIsMeant(_ command: String, _ expected: String) async throws {
    let page = try await CommandLineHarness([:]).run(command, "--help").output
    let line = try #require(page.split(separator: "\n").first { $0.contains("--profile NAME") })
    #expect(line.contains(expected))
  }

  @Test func aProfileOfAWSIsNoneOfDbt() async throws {
    let harness = try CommandLineHarness(
      [
        "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
        "profiles.yml":
          "shop: { target: dev, outputs: { dev: { type: local, schema: shop } } }\n",
      ],
      environment: ["HOME": "/nonexistent"]
    )
    // The project is read by its own profile; what is missing is the cluster's section.
    let cluster = await harness.run("cluster", "status", "--profile", "etl")
    #expect(cluster.error.contains("error[cluster-section]"))
    let parse = await harness.run("parse", "--profile", "etl")
    #expect(parse.error.contains("error[unknown-profile]"))
  }

  /// A model may read S3 on the local warehouse; its keys are not those of dbt's profile.
  @Test(arguments: [(["run"], nil), (["s3", "ls"], "unknown-aws-profile")])
  func aProfileOfDbtIsNoneOfAWS(_ words: [String], _ problem: String?) async throws {
    let server = try Self.server()
    defer { server.stop() }
    let arguments = try Arguments.parse(words + ["--profile", "jaffle"])
    let session = CommandSession(
      arguments: arguments,
      command: try #require(arguments.command),
      console: Console(
        environment: try harness(server).environment,
        workingDirectory: "/nonexistent",
        isInteractive: false,
        style: .plain,
        width: 100,
        output: { _ in },
        error: { _ in }
      )
    )
    do throws(AWSError) {
      let credentials = try await session.awsClient().credentials()
      #expect(problem == nil && credentials.accessKeyID == "AKIDEXAMPLE")
    } catch {
      #expect(error.diagnostic.code == problem)
    }
  }

  @Test func aWrongNumberIsToldBeforeKeysAreLookedFor() async throws {
    let harness = try CommandLineHarness(
      [:],
      environment: ["AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent"]
    )
    let outcome = await harness.run("s3", "head", "s3://lake/x", "--lines", "x")
    #expect(outcome.code == 2)
    #expect(outcome.error.contains("--lines must be a number"))
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1_048_575, "1023.9 KiB"),
    (1_048_576, "1.0 MiB"), (5_368_709_120, "5.0 GiB"),
  ])
  func sizesAreReadable(_ bytes: Int, _ text: String) { #expect(ByteSize(bytes).text == text) }
}
