import Diagnostics
import TestSupport
import Testing

@testable import AWSClient

@Suite struct ProtocolTests {
  @Test func readsXML() throws {
    let text = """
      <?xml version="1.0" encoding="UTF-8"?><!-- c --><a:List xmlns:a='x' b="1>2">
        <Key>a&amp;b &#x1F600;&#228;<![CDATA[<raw>&]]></Key><Empty/><Key> kept </Key></a:List>
      """
    let root = try XMLElement(xml: Array(text.utf8))
    #expect(root.name == "List")
    #expect(root.children("Key").map(\.text) == ["a&b 😀ä<raw>&", " kept "])
    #expect(root.child("Empty")?.text == "")
    #expect(root.text == "")
  }

  @Test(arguments: [
    "", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&nope;</a>", "<a>&#xD800;</a>", "<a b></a>",
    "<a b=c/>",
    "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a", "<", "<a>&", "</a>", "<a><![CDATA[",
    "<?xml",
  ])
  func refusesWhatIsNoXML(_ text: String) {
    #expect(throws: XMLElement.Problem.self) { try XMLElement(xml: Array(text.utf8)) }
  }

  @Test func refusesXMLThatIsTooDeep() {
    let deep = String(repeating: "<a>", count: 100_000)
    #expect(throws: XMLElement.Problem.self) { try XMLElement(xml: Array(deep.utf8)) }
  }

  @Test func anyDamageToXMLIsAnErrorAndNoCrash() throws {
    let text = Array("<a b='c'><d>e&amp;f</d><g/><![CDATA[h]]><!-- i --></a>".utf8)
    for index in text.indices {
      for byte in [UInt8(ascii: "<"), UInt8(ascii: "&"), UInt8(ascii: ">"), 0, 0xFF] {
        var damaged = text
        damaged[index] = byte
        _ = try? XMLElement(xml: damaged)
        _ = try? XMLElement(xml: Array(damaged[..<index]))
      }
    }
  }

  @Test(arguments: [
    ("crc32", "y/Q5Jg=="), ("crc32c", "4waSgw=="), ("crc64nvme", "rosUhgp5mIg="),
    ("sha1", "98O8HYCOBHMq32eZZczDTKeuNEE="),
    ("sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
    ("md5", "25f9e794323b453885f5181f1b624d0b"),
  ])
  func checksumsAreRight(_ name: String, _ expected: String) throws {
    let algorithm = try #require(ObjectChecksum.Algorithm(rawValue: name))
    let digits = Array("123456789".utf8)
    // The check values of the catalogues, which are of these nine digits.
    #expect(ObjectChecksum.encoded(algorithm, of: digits) == expected)
    let whole = RunningChecksum(algorithm)
    let pieces = RunningChecksum(algorithm)
    let bytes = (0..<10_007).map { UInt8(truncatingIfNeeded: $0 * 31) }
    whole.update(bytes)
    for start in stride(from: 0, to: bytes.count, by: 13) {
      pieces.update(Array(bytes[start..<min(start + 13, bytes.count)]))
    }
    #expect(whole.finish() == pieces.finish())
  }

  @Test(arguments: [
    ("2013-05-24T00:00:00Z", 1_369_353_600), ("2013-05-24T02:00:00.000+02:00", 1_369_353_600),
    ("2013-05-24T00:00:00UTC", 1_369_353_600), ("1970-01-01T00:00:00", 0),
  ])
  func readsTimes(_ text: String, _ seconds: Double) {
    #expect(Timestamp(iso8601: text)?.seconds == seconds)
  }

  @Test func readsAndWritesTimes() {
    #expect(Timestamp(http: "Fri, 24 May 2013 00:00:00 GMT") == Timestamp(1_369_353_600))
    #expect(Timestamp(iso8601: "2013-13-24T00:00:00Z") == nil)
    #expect(Timestamp(iso8601: "yesterday") == nil)
    #expect(Timestamp(1_369_353_600.9).compact == "20130524T000000Z")
    #expect(Timestamp(1_369_353_600).iso8601 == "2013-05-24T00:00:00Z")
  }

  @Test(arguments: [
    (
      AWSService.s3, "GetObject", 403,
      "<Error><Code>AccessDenied</Code><Message>Access Denied</Message>"
        + "<RequestId>R1</RequestId><HostId>H1</HostId></Error>", "access-denied",
      "no permission for s3:GetObject"
    ),
    (.s3, "HeadObject", 403, "", "access-denied", "no permission for s3:GetObject"),
    (
      .s3, "ListObjectsV2", 404,
      "<Error><Code>NoSuchBucket</Code><Message>m</Message><BucketName>lake"
        + "</BucketName></Error>", "bucket-not-found", "the bucket \"lake\" does not exist"
    ),
    (
      .s3, "ListObjectsV2", 301,
      "<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>",
      "wrong-region", "ListObjectsV2 of S3 was sent to the wrong region"
    ),
    (
      .redshift, "CreateCluster", 403,
      "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: "
        + "arn:aws:iam::1:user/u is not authorized to perform: redshift:CreateCluster on resource: "
        + "arn:aws:redshift:c because no identity-based policy allows it</Message></Error><RequestId>R2"
        + "</RequestId></ErrorResponse>", "access-denied",
      "no permission for redshift:CreateCluster on arn:aws:redshift:c"
    ),
    (
      .ec2, "DescribeVpcs", 400,
      "<Response><Errors><Error><Code>RequestExpired</Code><Message>m"
        + "</Message></Error></Errors><RequestID>R3</RequestID></Response>", "expired-credentials",
      "the AWS credentials have expired"
    ),
    (
      .redshiftData, "ExecuteStatement", 400,
      #"{"__type":"com.amazon#ThrottlingException:http://x","message":"m"}"#,
      "aws-throttled", "Redshift Data API turns ExecuteStatement away: too many requests"
    ),
    (
      .redshift, "Unknown", 500, "<html><body>Internal error<p></body></html>", "aws-error",
      "Unknown of Redshift failed: HTTP500"
    ),
  ])
  func faultsBecomeDiagnostics(
    _ service: AWSService,
    _ operation: String,
    _ status: Int,
    _ body: String,
    _ code: String,
    _ message: String
  ) {
    let fault = FaultReader(service: service, operation: operation).fault(
      status: status,
      headers: HTTPHeaders([("x-amz-request-id", "from-header")]),
      body: Array(body.utf8)
    )
    let diagnostic = AWSError.service(fault).diagnostic
    #expect(diagnostic.code == code)
    #expect(diagnostic.message == message)
    let request = ["R1", "R2", "R3", "from-header"].contains { id in
      diagnostic.notes.last?.contains("request \(id)") == true
    }
    #expect(request)
  }
}
