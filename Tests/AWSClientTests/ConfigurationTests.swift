import Diagnostics
import TestSupport
import Testing

@testable import AWSClient

@Suite struct ConfigurationTests {
  @Test func readsFilesAsBotocoreDoes() throws {
    let records = try #require(try Surroundings.json(Surroundings.fixture("files.json")).list)
    var problems: [String] = []
    for record in records.compactMap(\.dictionary) {
      let text = try #require(record.text("text"))
      let expected = record.object("sections")
      do throws(INIFile.Problem) {
        let found = Self.plain(try INIFile(text))
        if expected == nil {
          problems.append("no error for:\n\(text)")
        } else if Self.sorted(.dictionary(expected ?? [:])) != Self.sorted(found) {
          problems.append("\(found.jsonString) instead of \(record) for:\n\(text)")
        }
      } catch {
        if expected != nil { problems.append("\(error) for:\n\(text)") }
      }
    }
    #expect(records.count > 300)
    #expect(problems == [])
  }

  private static func plain(_ file: INIFile) -> PlainValue {
    var sections = PlainDictionary()
    for (name, values) in file.sections {
      var section = PlainDictionary()
      for (key, value) in values {
        switch value {
        case .text(let text): section[key] = .string(text)
        case .nested(let nested):
          section[key] = .dictionary(PlainDictionary(nested.map { ($0.key, .string($0.value)) }))
        }
      }
      sections[name] = .dictionary(section)
    }
    return .dictionary(sections)
  }

  private static func sorted(_ value: PlainValue) -> PlainValue {
    guard let object = value.dictionary else { return value }
    return .dictionary(
      PlainDictionary(object.pairs.sorted { $0.key < $1.key }.map { ($0.key, sorted($0.value)) })
    )
  }

  @Test func findsServicesWhereBotocoreDoes() throws {
    let services: [String: AWSService] = [
      "sts": .sts, "iam": .iam, "ec2": .ec2, "redshift": .redshift, "s3": .s3,
      "redshift-serverless": .redshiftServerless, "redshift-data": .redshiftData,
      "secretsmanager": .secretsManager,
    ]
    let records = try #require(try Surroundings.json(Surroundings.fixture("endpoints.json")).list)
    #expect(records.count > 90)
    for record in records.compactMap(\.dictionary) {
      let service = try #require(record.text("service").flatMap { services[$0] })
      let region = try #require(record.text("region"))
      let environment = record.object("environment")?.pairs.compactMap { pair in
        pair.value.string.map { (pair.key, $0) }
      }
      let configuration = try AWSConfiguration(
        options: AWSOptions(),
        environment: Dictionary(uniqueKeysWithValues: environment ?? [])
      )
      let endpoint = try configuration.endpoint(for: service, region: region)
      #expect(endpoint.text == record.text("url"), "\(record)")
      #expect(configuration.signingRegion(for: service, region) == record.text("signing"))
    }
  }

  static let file = """
    [default]
    region = eu-central-1

    [profile etl]
    region = eu-west-1
    services = local
    endpoint_url = https://all.example
    max_attempts = 7

    [services local]
    redshift_data =
      endpoint_url = https://data.example/base/
    """

  @Test func choosesRegionsAndEndpointsInOrder() throws {
    let folder = try TemporaryFolder()
    try folder.write("config", Self.file)
    let base = ["AWS_CONFIG_FILE": "\(folder.path)/config"]
    func configuration(_ extra: [String: String]) throws -> AWSConfiguration {
      try AWSConfiguration(options: AWSOptions(), environment: base.merging(extra) { $1 })
    }
    #expect(try configuration([:]).region == "eu-central-1")
    let etl = try configuration(["AWS_PROFILE": "etl"])
    #expect(etl.region == "eu-west-1")
    #expect(etl.maximumAttempts == 7)
    #expect(try etl.endpointOverride(for: .redshiftData)?.text == "https://data.example/base")
    #expect(try etl.endpointOverride(for: .s3)?.text == "https://all.example")
    let variables = [
      "AWS_PROFILE": "etl", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
      "AWS_ENDPOINT_URL_S3": "http://localhost:2", "AWS_DEFAULT_REGION": "us-east-1",
    ]
    let set = try configuration(variables)
    #expect(set.region == "us-east-1")
    #expect(try set.endpointOverride(for: .s3)?.text == "http://localhost:2")
    #expect(try set.endpointOverride(for: .redshiftData)?.text == "http://127.0.0.1:1")
    let both = try configuration(variables.merging(["AWS_REGION": "us-west-1"]) { $1 })
    #expect(both.region == "us-west-1")
    let ignored = try configuration(
      variables.merging(["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"]) { $1 }
    )
    #expect(try ignored.endpointOverride(for: .s3) == nil)
  }

  @Test(arguments: [
    (["AWS_ENDPOINT_URL": "http://example.com"], "insecure-endpoint"),
    (["AWS_ENDPOINT_URL": "ftp://example.com"], "aws-setting"),
    (["AWS_PROFILE": "nobody"], "unknown-aws-profile"),
    (["AWS_MAX_ATTEMPTS": "none"], "aws-setting"),
    (["AWS_RETRY_MODE": "fast"], "aws-setting"),
    (["AWS_REGION": "us west"], "aws-setting"),
    (["AWS_CONFIG_FILE": "/proc/self/mem"], "aws-file"),
  ])
  func refusesWrongSettings(_ environment: [String: String], _ code: String) async throws {
    var found: String?
    do {
      let client = try Surroundings.client(nil, environment)
      _ = try await client.sts.callerIdentity()
    } catch let error as Diagnostic {
      found = error.code
    } catch let error as AWSError {
      found = error.diagnostic.code
    }
    #expect(found == code)
  }

  @Test(arguments: [
    ("https://a.example", "https://proxy:1"), ("http://a.example", "http://plain:2"),
    ("https://b.internal", nil), ("https://x.b.internal", nil),
    ("https://xb.internal", "https://proxy:1"),
    ("http://127.0.0.1:99", nil), ("http://169.254.169.254", nil), ("https://c.example", nil),
  ])
  func choosesProxies(_ address: String, _ expected: String?) throws {
    let settings = ProxySettings(environment: [
      "HTTPS_PROXY": "https://proxy:1", "http_proxy": "http://plain:2",
      "HTTP_PROXY": "http://evil:3",
      "no_proxy": ".b.internal, c.example",
    ])
    #expect(settings.proxy(for: try #require(HTTPEndpoint(address))) == expected)
  }

  @Test func splitsWordsAsAShellDoes() {
    #expect(
      WordSplitter.split(#"a 'b c' "d \"e\" \n" f\ g"#) == ["a", "b c", "d \"e\" \\n", "f g"]
    )
    #expect(WordSplitter.split("''") == [""])
    #expect(WordSplitter.split("'open") == nil)
  }
}
